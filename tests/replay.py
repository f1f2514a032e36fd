"""What a client keeps: a snapshot of ideas, comments, themes and wins, read by queries and moved on by events.

Which fields there are is read from the schema, so that a new one is compared from its first day. People, units and
the organisation are ids; what one node follows from others (counts, the wins of an idea) the client works out itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from tests.client import Api

Node = dict[str, Any]
NODES = ("Idea", "Comment", "Theme", "Win")


@dataclass(frozen=True)
class Snapshot:
    """The nodes by their ids, and the position they were read at."""

    cursor: str
    nodes: Mapping[str, Node]

    def of(self, type_: str) -> dict[str, Node]:
        return {id_: node for id_, node in self.nodes.items() if node["__typename"] == type_}


def selection(schema: GraphQLSchema, type_: str) -> str:
    """All of a type that anybody sees alike. Connections are left out: what is in them is in the snapshot itself."""
    parts = ["__typename"]
    for name, field in cast(GraphQLObjectType, schema.type_map[type_]).fields.items():
        of = get_named_type(field.type)
        if name.startswith("viewer") or name == "similar" or of.name.endswith("Connection"):  # of others' words
            continue
        parts.append(name if is_leaf_type(of) else f"{name} {{ id }}")
    return " ".join(parts)


def fragments(schema: GraphQLSchema) -> str:
    return "\n".join(f"fragment {type_}Fields on {type_} {{ {selection(schema, type_)} }}" for type_ in NODES)


def feed_items(schema: GraphQLSchema, of_type: str) -> str:
    """Of an item (FeedItem, FeedEvent) everything; of what it carries the same fields as in the snapshot."""
    parts = ["__typename cursor"]
    for type_ in schema.get_implementations(cast(GraphQLInterfaceType, schema.type_map[of_type])).objects:
        fields = []
        for name, field in type_.fields.items():
            of = get_named_type(field.type)
            if is_leaf_type(of):
                fields.append(name)
            else:
                fields.append(f"{name} {{ ...{of.name}Fields }}" if of.name in NODES else f"{name} {{ id }}")
        parts.append(f"... on {type_.name} {{ {' '.join(fields)} }}")
    return " ".join(parts)


def feed_subscription(schema: GraphQLSchema) -> str:
    items = feed_items(schema, "FeedItem")
    return f"subscription($after: Cursor) {{ feed(after: $after) {{ {items} }} }}\n{fragments(schema)}"


def feed_query(schema: GraphQLSchema) -> str:
    return (
        f"query($after: Cursor) {{ feed(first: 100, after: $after) {{ nodes {{ {feed_items(schema, 'FeedEvent')} }} "
        f"pageInfo {{ hasNextPage endCursor }} }} }}\n{fragments(schema)}"
    )


async def snapshot(api: Api, token: str) -> Snapshot:
    """Everything that a member sees, page by page; nobody may write meanwhile."""
    schema = api.service.documents.schema
    nodes: dict[str, Node] = {}
    cursors: set[str] = set()

    async def walk(root: str, selected: str, inner: str | None = None) -> None:
        after: str | None = None
        more = True
        query = (
            f"query($after: String) {{ cursor {root}(first: 40, after: $after) {{ nodes {{ {selected} }} "
            f"pageInfo {{ hasNextPage endCursor }} }} }}\n{used(schema, selected)}"
        )
        while more:
            answer = await api.ask(query, token, after=after)
            assert not answer.errors, answer.errors
            cursors.add(answer.data["cursor"])
            page = answer.data[root]
            for node in page["nodes"]:
                if inner is None:
                    add(nodes, node)
                    continue
                assert not node[inner]["pageInfo"]["hasNextPage"]
                for each in node[inner]["nodes"]:
                    add(nodes, each)
            more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]

    await walk("themes", "...ThemeFields")
    await walk("ideas", "...IdeaFields")
    await walk("wins", "...WinFields")
    await walk("ideas", "comments(first: 100) { nodes { ...CommentFields } pageInfo { hasNextPage } }", "comments")
    assert len(cursors) == 1, "somebody wrote while the snapshot was read"
    return Snapshot(cursors.pop(), nodes)


def used(schema: GraphQLSchema, selected: str) -> str:
    return "\n".join(
        f"fragment {type_}Fields on {type_} {{ {selection(schema, type_)} }}"
        for type_ in NODES
        if f"...{type_}Fields" in selected
    )


def add(nodes: dict[str, Node], node: Mapping[str, Any]) -> None:
    nodes[node["id"]] = {name: plain(value) for name, value in node.items()}


def plain(value: Any) -> Any:
    """Other nodes as their ids; a list of them as a set, since names that sort it are outside the snapshot."""
    if isinstance(value, dict):
        return value["id"]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted(item["id"] for item in value)
    return value


def moved_on(old: Snapshot, events: Iterable[Mapping[str, Any]]) -> dict[str, Node]:
    """The old snapshot after these events: what they carry replaces what was, and what is retracted goes."""
    nodes = {id_: dict(node) for id_, node in old.nodes.items()}
    for event in events:
        if event["__typename"] == "ContentRetracted":
            retract(nodes, event["nodeId"])
            continue
        carried = [event[name] for name in ("theme", "idea", "comment", "win") if name in event]
        assert carried, f"{event['__typename']} tells nothing that a snapshot could follow"
        for node in carried:
            add(nodes, node)
    return settled(nodes)


def retract(nodes: dict[str, Node], gone: str) -> None:
    for id_ in [id_ for id_, node in nodes.items() if id_ == gone or node.get("idea") == gone]:
        del nodes[id_]
    for node in nodes.values():
        if gone in (node.get("ideas") or ()):
            node["ideas"] = [idea for idea in node["ideas"] if idea != gone]


def settled(nodes: dict[str, Node]) -> dict[str, Node]:
    """With what follows from other nodes worked out anew."""
    by_type: dict[str, list[Node]] = {type_: [] for type_ in NODES}
    for node in nodes.values():
        by_type[node["__typename"]].append(node)
    comments = Counter(comment["idea"] for comment in by_type["Comment"])
    ideas = Counter(idea["theme"] for idea in by_type["Idea"])
    wins = Counter(win["theme"] for win in by_type["Win"])
    for idea in by_type["Idea"]:
        idea["commentCount"] = comments[idea["id"]]
        idea["wins"] = sorted(win["id"] for win in by_type["Win"] if idea["id"] in win["ideas"])
    for theme in by_type["Theme"]:
        theme["ideaCount"], theme["winCount"] = ideas[theme["id"]], wins[theme["id"]]
    return nodes
