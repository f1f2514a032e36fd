"""The schema as pages to read: one a kind of thing, each name a heading, each type a link to where it is described."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    get_named_type,
    is_specified_scalar_type,
    print_ast,
    print_type,
)

Lines = Iterator[str]
Typed = GraphQLField | GraphQLArgument | GraphQLInputField

_ROOTS = {"Query": "queries", "Mutation": "mutations", "Subscription": "subscriptions"}
_INTRODUCTIONS = {
    "queries": ("Queries", "What can be asked. All root fields of one query are read at one position, its `cursor`."),
    "mutations": ("Mutations", "What can be done. `userErrors` is empty exactly when it was done."),
    "subscriptions": ("Subscriptions", "What can be followed, over WebSocket and server-sent events."),
    "types": ("Types", "What answers are made of."),
    "inputs": ("Inputs", "What arguments are made of."),
    "enums": ("Enums", "Words that stand for themselves."),
    "scalars": ("Scalars", "Values."),
}


def write_reference(schema: GraphQLSchema, folder: Path) -> None:
    """Fills the folder with one page of Markdown a kind of thing."""
    folder.mkdir(parents=True, exist_ok=True)
    pages: dict[str, list[str]] = {page: [] for page in _INTRODUCTIONS}
    for name, kind in sorted(schema.type_map.items()):
        if not name.startswith("__") and not is_specified_scalar_type(kind):
            pages[_page(kind)].extend(_described(kind))
    for page, (title, words) in _INTRODUCTIONS.items():
        text = "\n".join([f"# {title}", "", words, "", *pages[page]])
        (folder / f"{page}.md").write_text(text.rstrip() + "\n")


def _page(kind: GraphQLNamedType) -> str:
    match kind:
        case GraphQLObjectType(name=name) if name in _ROOTS:
            return _ROOTS[name]
        case GraphQLInputObjectType():
            return "inputs"
        case GraphQLEnumType():
            return "enums"
        case GraphQLScalarType():
            return "scalars"
        case _:
            return "types"


def _described(kind: GraphQLNamedType) -> Lines:
    if kind.name in _ROOTS:
        assert isinstance(kind, GraphQLObjectType)
        for name, field in sorted(kind.fields.items()):
            yield from (f"## {name}", "", *_words(field), f"Answers {_link(field.type)}.", "")
            yield from _table("Argument", field.args)
        return
    yield from (f"## {kind.name}", "", *_words(kind))
    match kind:
        case GraphQLObjectType() | GraphQLInterfaceType():
            if kind.interfaces:
                yield from (f"Is a {_links(kind.interfaces)}.", "")
            yield from _table("Field", kind.fields)
            for name, field in kind.fields.items():
                if field.args:
                    yield from (f"Arguments of `{name}`:", "", *_table("Argument", field.args))
        case GraphQLUnionType():
            yield from (f"One of {_links(kind.types)}.", "")
        case GraphQLInputObjectType():
            yield from _table("Field", kind.fields)
        case GraphQLEnumType():
            rows = ((f"`{name}`", " ".join(_said(value))) for name, value in kind.values.items())
            yield from _rows(("Value", "Means"), rows)
        case _:
            yield from ("```graphql", print_type(kind).rpartition('"""\n')[2], "```", "")


def _words(thing: GraphQLNamedType | GraphQLField) -> Lines:
    if thing.description:
        yield from (thing.description.strip(), "")
    if isinstance(thing, GraphQLField) and thing.deprecation_reason:
        yield from (f"**Deprecated.** {thing.deprecation_reason}", "")


def _table(kind: str, described: Mapping[str, Typed]) -> Lines:
    def row(name: str, thing: Typed) -> Sequence[str]:
        words = [*_said(thing)]
        default = _default(thing)
        if default is not None:
            words.append(f"Without it: {_code(default)}.")
        return f"`{name}`", _link(thing.type), " ".join(words)

    if described:
        yield from _rows((kind, "Type", "What it is"), (row(name, thing) for name, thing in described.items()))


def _said(thing: Typed | GraphQLEnumValue) -> Lines:
    """In a table's cell: what it is, and what to use instead."""
    if thing.description:
        yield _inline(thing.description)
    if thing.deprecation_reason:
        yield f"**Deprecated.** {_inline(thing.deprecation_reason)}"


def _default(thing: Typed) -> str | None:
    node = None if isinstance(thing, GraphQLField) or thing.ast_node is None else thing.ast_node.default_value
    return None if node is None else print_ast(node)


def _rows(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    yield from (line(heads), line(["---"] * len(heads)), *map(line, rows), "")


def _inline(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def _code(text: str) -> str:
    """In a table's cell, where readers of Markdown disagree on how a `|` is written between backticks."""
    if set(text).isdisjoint("|`\n"):
        return f"`{text}`"
    written = (sign if sign.isalnum() or sign == " " else f"&#{ord(sign)};" for sign in text)
    return f"<code>{''.join(written)}</code>"


def _link(kind: GraphQLType) -> str:
    named = get_named_type(kind)
    if is_specified_scalar_type(named):
        return f"`{kind}`"
    return f"[`{kind}`]({_page(named)}.md#{named.name.lower()})"


def _links(kinds: Iterable[GraphQLNamedType]) -> str:
    each: Callable[[GraphQLNamedType], str] = _link
    return ", ".join(map(each, kinds))
