"""The ideas as they are: read at a cursor, kept by what comes after it."""

from collections.abc import Callable
from typing import Any

from gql import GraphQLRequest, gql
from gql.client import AsyncClientSession

# guide: documents
IDEA = "id reference title problem status supportCount version submittedAt"
PAGE = f"{{ nodes {{ {IDEA} }} pageInfo {{ hasNextPage endCursor }} }}"

FIRST = gql(f"query {{ cursor ideas(first: 20) {PAGE} }}")
MORE = f"query ($after: String!) {{ ideas(first: 20, after: $after) {PAGE} }}"
FEED = f"""
subscription ($after: Cursor) {{
  feed(after: $after) {{
    __typename
    cursor
    ... on IdeaSubmitted {{ idea {{ {IDEA} }} }}
    ... on IdeaEdited {{ idea {{ {IDEA} }} }}
    ... on IdeaStatusChanged {{ idea {{ {IDEA} }} }}
    ... on IdeaSupported {{ idea {{ {IDEA} }} }}
    ... on ContentRetracted {{ nodeId }}
  }}
}}
"""
# guide ends: documents

Idea = dict[str, Any]
Item = dict[str, Any]


# guide: ideas
class Ideas:
    """`changed` is called whenever `ideas` has changed, `taken` with each item of the feed."""

    def __init__(self, changed: Callable[[], None], taken: Callable[[Item], None]) -> None:
        self.changed = changed
        self.taken = taken
        self.ideas: list[Idea] = []  # newest first
        self.more: str | None = None  # the page cursor of the next page
        self.cursor: str | None = None  # of the feed; None: everything has to be read
        self.meanwhile: list[Item] | None = None  # what was told while a page is on its way, which may be older

    async def follow(self, session: AsyncClientSession) -> None:
        """Until the session is lost. On the next one it goes on after the last item that was taken."""
        while True:
            if self.cursor is None:
                await self.read(session)
            asked = GraphQLRequest(FEED, variable_values={"after": self.cursor})
            async for answer in session.subscribe(asked):
                item = answer["feed"]
                self.ideas = reduce(self.ideas, item)
                if self.meanwhile is not None:
                    self.meanwhile.append(item)
                self.cursor = item["cursor"]  # not before it was taken: else it would be missing
                self.taken(item)
                if item["__typename"] in ("FeedReset", "IdeasImported"):
                    self.cursor = None
                    break
                self.changed()

    async def read(self, session: AsyncClientSession) -> None:
        answer = await session.execute(FIRST)
        self.ideas, self.cursor = answer["ideas"]["nodes"], answer["cursor"]
        self.more = next_page(answer["ideas"])
        self.changed()

    def put(self, idea: Idea) -> None:
        """What a mutation answered."""
        self.ideas = put(self.ideas, idea)
        self.changed()

    async def read_more(self, session: AsyncClientSession) -> None:
        after = self.more
        if after is None or self.meanwhile is not None:
            return
        self.meanwhile = told = []
        try:
            page = (await session.execute(GraphQLRequest(MORE, variable_values={"after": after})))["ideas"]
        finally:
            self.meanwhile = None
        if self.more != after:
            return  # the list was read anew meanwhile, and may end elsewhere
        known = {idea["id"] for idea in self.ideas}
        ideas = [*self.ideas, *(idea for idea in page["nodes"] if idea["id"] not in known)]
        for item in told:
            ideas = reduce(ideas, item)
        self.ideas, self.more = ideas, next_page(page)
        self.changed()


def reduce(ideas: list[Idea], item: Item) -> list[Idea]:
    """What an item makes of the list. Told twice, it is the same as told once."""
    match item["__typename"]:
        case "IdeaSubmitted":
            return place(ideas, newer(ideas, item["idea"]))
        case "IdeaEdited" | "IdeaStatusChanged" | "IdeaSupported":
            idea = newer(ideas, item["idea"])
            return [idea if each["id"] == idea["id"] else each for each in ideas]
        case "ContentRetracted":
            return [idea for idea in ideas if idea["id"] != item["nodeId"]]
    return ideas


def put(ideas: list[Idea], idea: Idea) -> list[Idea]:
    """With what a mutation answered. That may have been long on its way: at the same version the feed knows better."""
    known = next((each for each in ideas if each["id"] == idea["id"]), None)
    return place(ideas, known if known and known["version"] >= idea["version"] else idea)


def newer(ideas: list[Idea], idea: Idea) -> Idea:
    """As the feed tells it, unless a mutation's answer was sooner here."""
    return next((each for each in ideas if each["id"] == idea["id"] and each["version"] > idea["version"]), idea)


def place(ideas: list[Idea], idea: Idea) -> list[Idea]:
    """In its place, once. What was shared last stands first, whatever came last."""
    others = [each for each in ideas if each["id"] != idea["id"]]
    return sorted([idea, *others], key=lambda each: str(each["submittedAt"]), reverse=True)


def next_page(page: dict[str, Any]) -> str | None:
    info = page["pageInfo"]
    return info["endCursor"] if info["hasNextPage"] else None


# guide ends: ideas
