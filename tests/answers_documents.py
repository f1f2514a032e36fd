"""What is asked of the servers, and what the model says that the answer must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from api.cursors import decode_cursor
from tests.answers_model import Comment, Idea, State, Who

Data = dict[str, Any]
Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """What clients of one organisation have heard of so far; `foreign`: ids of the other one's."""

    ideas: Sequence[str]
    things: Sequence[str]  # ids of ideas, drafts, themes and people
    foreign: Sequence[str]
    pages: Sequence[tuple[str, str]]  # page cursors of NEWEST, with the id of the idea that each stands for
    cursors: Sequence[str]


@dataclass(frozen=True, eq=False)
class Document:
    """`choose`: its variables, few different ones, so that many ask the same; `expect`: its data without `cursor`."""

    name: str
    text: str
    choose: Callable[[Random, Known], Data]
    expect: Callable[[State, Who, Variables, "At"], Data]

    @property
    def has_cursor(self) -> bool:
        """Or only HTTP's header says at which position it was read."""
        return "{ cursor " in self.text


@dataclass(frozen=True)
class At:
    """Where it is read: the position, and how a cursor is written. `places`: the ideas' keys that page cursors name."""

    position: int
    cursor: Callable[[int], str]
    places: Mapping[str, tuple[datetime, str]]


DOCUMENTS: list[Document] = []
NOWHERE = f"idea_{UUID(int=0)}"


def document(text: str, choose: Callable[[Random, Known], Data] = lambda random, known: {}) -> Any:
    """Makes a document of the function that says what is expected."""

    def made(expect: Callable[[State, Who, Variables, At], Data]) -> Document:
        DOCUMENTS.append(Document(expect.__name__, text, choose, expect))
        return DOCUMENTS[-1]

    return made


# -- variables: the newest and the oldest ideas are asked for most


def an_idea(random: Random, known: Known) -> Data:
    few = [*known.ideas[:2], *known.ideas[-3:]]
    if random.random() < 0.1 or not few:
        few = [*known.ideas, *known.foreign[-3:], NOWHERE]
    return {"id": random.choice(few)}


def anything(random: Random, known: Known) -> Data:
    return {"id": random.choice([*known.ideas[-3:], *known.things[-4:], *known.things[:6], *known.foreign[-3:]])}


def so_many(*sizes: int) -> Callable[[Random, Known], Data]:
    return lambda random, known: {"first": random.choice(sizes)}


def a_page(random: Random, known: Known) -> Data:
    return {"first": 2, "after": random.choice([None, *(cursor for cursor, _ in known.pages[:3])])}


def an_event(random: Random, known: Known) -> Data:
    return {"first": 20, "after": random.choice([*known.cursors[:1], *known.cursors[-2:]])}


# -- what is expected


def author(state: State, of: Idea | Comment) -> Data | None:
    hidden = isinstance(of, Idea) and of.anonymous
    return None if hidden else {"id": of.author.id, "name": state.names[of.author.id]}


def newest(state: State) -> list[Idea]:
    return sorted(state.published(), key=lambda idea: idea.key, reverse=True)


@document(
    "query($id: ID!) { cursor idea(id: $id) { id title status version supportCount commentCount awaitingResponse "
    "author { id name } theme { id ideaCount } } }",
    an_idea,
)
def an_idea_by_its_id(state: State, who: Who, given: Variables, at: At) -> Data:
    idea = state.by_id(given["id"], who)
    if idea is None:
        return {"idea": None}
    return {
        "idea": {
            "id": idea.id,
            "title": idea.title,
            "status": idea.status,
            "version": idea.version,
            "supportCount": len(idea.supporters),
            "commentCount": idea.comment_count,
            "awaitingResponse": idea.waits,
            "author": author(state, idea),
            "theme": idea.theme and {"id": idea.theme, "ideaCount": state.idea_count(idea.theme)},
        }
    }


@document("query($id: ID!) { idea(id: $id) { id viewerSupports viewerFollows viewerCanDo viewerCanMoveTo } }", an_idea)
def how_the_viewer_stands_to_it(state: State, who: Who, given: Variables, at: At) -> Data:
    idea = state.by_id(given["id"], who)
    if idea is None:
        return {"idea": None}
    return {
        "idea": {
            "id": idea.id,
            "viewerSupports": who.id in idea.supporters,
            "viewerFollows": who.id in idea.followers,
            "viewerCanDo": state.actions(who, idea),
            "viewerCanMoveTo": state.moves(who, idea),
        }
    }


@document(
    "query($id: ID!) { node(id: $id) { __typename id ... on Idea { title viewerSupports } "
    "... on Theme { title status } ... on Person { name email } } }",
    anything,
)
def any_node(state: State, who: Who, given: Variables, at: At) -> Data:
    id_ = given["id"]
    idea, theme, person = state.by_id(id_, who), state.theme(id_, who), state.people.get(id_)
    node: Data | None = None
    if idea is not None:
        node = {"__typename": "Idea", "id": id_, "title": idea.title, "viewerSupports": who.id in idea.supporters}
    elif theme is not None:
        node = {"__typename": "Theme", "id": id_, "title": theme.title, "status": "OPEN" if theme.open else "DRAFT"}
    elif person is not None:
        email = person.email if who.admin or who == person else None
        node = {"__typename": "Person", "id": id_, "name": state.names[id_], "email": email}
    return {"node": node}


@document(
    "query($first: Int!) { ideas(first: $first) { nodes { id title supportCount commentCount "
    "author { id name email } } pageInfo { hasNextPage } } }",
    so_many(1, 20),
)
def the_newest(state: State, who: Who, given: Variables, at: At) -> Data:
    """Nothing of it is the viewer's own; addresses are for administrators."""

    def node(idea: Idea) -> Data:
        its = author(state, idea)
        return {
            "id": idea.id,
            "title": idea.title,
            "supportCount": len(idea.supporters),
            "commentCount": idea.comment_count,
            "author": its and {**its, "email": idea.author.email if who.admin else None},
        }

    ideas = newest(state)
    nodes = [node(idea) for idea in ideas[: given["first"]]]
    return {"ideas": {"nodes": nodes, "pageInfo": {"hasNextPage": len(ideas) > given["first"]}}}


@document(
    "query($first: Int!, $mine: Boolean!) { cursor ideas(first: $first) { nodes { id "
    "title @skip(if: $mine) viewerSupports @include(if: $mine) viewerFollows @include(if: $mine) } } }",
    lambda random, known: {"first": 4, "mine": random.random() < 0.7},
)
def the_newest_and_the_viewer(state: State, who: Who, given: Variables, at: At) -> Data:
    def node(idea: Idea) -> Data:
        if not given["mine"]:
            return {"id": idea.id, "title": idea.title}
        mine = {"viewerSupports": who.id in idea.supporters, "viewerFollows": who.id in idea.followers}
        return {"id": idea.id, **mine}

    return {"ideas": {"nodes": [node(idea) for idea in newest(state)[: given["first"]]]}}


@document("query($first: Int!) { ideas(first: $first) { nodes { id problem } } }", so_many(60))
def a_large_page(state: State, who: Who, given: Variables, at: At) -> Data:
    """Large enough to be sent as gzip."""
    nodes = [{"id": idea.id, "problem": idea.problem} for idea in newest(state)[: given["first"]]]
    return {"ideas": {"nodes": nodes}}


@document(
    "query($first: Int!, $after: String) { cursor ideas(first: $first, after: $after) "
    "{ nodes { id supportCount } pageInfo { hasNextPage hasPreviousPage endCursor } } }",
    a_page,
)
def a_page_after_a_place(state: State, who: Who, given: Variables, at: At) -> Data:
    ideas = newest(state)
    if given["after"] is not None:
        ideas = [idea for idea in ideas if idea.key < at.places[given["after"]]]
    page = ideas[: given["first"]]
    info = {"hasNextPage": len(ideas) > len(page), "hasPreviousPage": given["after"] is not None}
    return {
        "ideas": {
            "nodes": [{"id": idea.id, "supportCount": len(idea.supporters)} for idea in page],
            "pageInfo": {**info, "endCursor": page[-1].id if page else None},  # by the idea that it stands for
        }
    }


@document("query { cursor ideas(first: 5, orderBy: MOST_SUPPORTED) { nodes { id supportCount } } }")
def the_most_supported(state: State, who: Who, given: Variables, at: At) -> Data:
    ideas = sorted(state.published(), key=lambda idea: (len(idea.supporters), idea.id), reverse=True)
    return {"ideas": {"nodes": [{"id": idea.id, "supportCount": len(idea.supporters)} for idea in ideas[:5]]}}


@document(
    "query { cursor mine: ideas(first: 100, filter: {mine: true}) { nodes { id title status anonymous } } "
    "followed: ideas(first: 100, filter: {followed: true}) { nodes { id } } }"
)
def what_is_the_viewers(state: State, who: Who, given: Variables, at: At) -> Data:
    mine = sorted((i for i in state.ideas.values() if i.author == who), key=lambda idea: idea.key, reverse=True)
    followed = [idea for idea in newest(state) if who.id in idea.followers]
    return {
        "mine": {
            "nodes": [
                {"id": idea.id, "title": idea.title, "status": idea.status, "anonymous": idea.anonymous}
                for idea in mine[:100]
            ]
        },
        "followed": {"nodes": [{"id": idea.id} for idea in followed[:100]]},
    }


@document(
    "query($id: ID!) { cursor idea(id: $id) { commentCount comments(first: 3) "
    "{ nodes { id body author { id name } viewerCanDo } pageInfo { hasNextPage } } } }",
    an_idea,
)
def its_comments(state: State, who: Who, given: Variables, at: At) -> Data:
    idea = state.by_id(given["id"], who)
    if idea is None:
        return {"idea": None}
    seen = [comment for comment in idea.comments if not comment.removed and idea.published]
    nodes = [
        {
            "id": comment.id,
            "body": comment.body,
            "author": author(state, comment),
            "viewerCanDo": state.comment_actions(who, comment),
        }
        for comment in seen[:3]
    ]
    comments = {"nodes": nodes, "pageInfo": {"hasNextPage": len(seen) > 3}}
    return {"idea": {"commentCount": idea.comment_count, "comments": comments}}


@document(
    "query { cursor board { at: cursor counts { open awaitingResponse testing } "
    "awaitingResponse(first: 4) { id title } } }"
)
def the_board(state: State, who: Who, given: Variables, at: At) -> Data:
    ideas = list(state.published())
    waiting = sorted((idea for idea in ideas if idea.waits), key=lambda idea: idea.key)
    counts = {
        "open": sum(idea.status == "OPEN" for idea in ideas),
        "awaitingResponse": len(waiting),
        "testing": sum(idea.status == "TESTING" for idea in ideas),
    }
    listed = [{"id": idea.id, "title": idea.title} for idea in waiting[:4]]
    return {"board": {"at": at.cursor(at.position), "counts": counts, "awaitingResponse": listed}}


@document(
    "query { cursor organisation { id name } viewer { ... on Person { id name email } } "
    "themes(first: 100, filter: {mine: true}) { nodes { id status } } ideas(first: 1) { nodes { id } } }"
)
def everything_at_once(state: State, who: Who, given: Variables, at: At) -> Data:
    """Several root fields in one snapshot. A draft that is made later is newer."""
    mine = [theme for theme in state.themes.values() if theme.owner == who]
    return {
        "organisation": {"id": who.organisation, "name": state.organisation},
        "viewer": {"id": who.id, "name": state.names[who.id], "email": who.email},
        "themes": {
            "nodes": [{"id": theme.id, "status": "OPEN" if theme.open else "DRAFT"} for theme in reversed(mine)][:100]
        },
        "ideas": {"nodes": [{"id": idea.id} for idea in newest(state)[:1]]},
    }


@document(
    "query($first: Int!, $after: Cursor) { feed(first: $first, after: $after) "
    "{ nodes { __typename cursor actor { id } } pageInfo { hasNextPage endCursor } } }",
    an_event,
)
def the_feed_after_a_cursor(state: State, who: Who, given: Variables, at: At) -> Data:
    after = decode_cursor(given["after"]).position
    events = [event for event in state.happened if event.position > after and event.shows]
    events.sort(key=lambda event: event.position)
    page = events[: given["first"]]
    more = len(events) > len(page)
    nodes = [
        {
            "__typename": event.type.title().replace("_", ""),
            "cursor": at.cursor(event.position),
            "actor": event.actor and {"id": event.actor},
        }
        for event in page
    ]
    end = at.cursor(page[-1].position if more else at.position)
    return {"feed": {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": end}}}
