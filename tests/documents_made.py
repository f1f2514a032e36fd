"""Documents made by chance: any selection of the schema, with aliases, fragments, directives, variables and filters."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast
from uuid import UUID

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from tests.cursors_made import BAD_CURSORS
from tests.naive import paging
from tests.naive.asking import Asks
from tests.naive.filled import TEXTS
from tests.naive.refusals import order_of
from tests.naive.values import feed_cursor, page_cursor, write

NOUNS = ("unit", "person", "theme", "idea", "comment", "win", "screen")
TABLE_OF = {"org": "organisation"} | {name: name for name in NOUNS}
TABLE_OF_LIST = {
    "ideas": "idea",
    "themes": "theme",
    "wins": "win",
    "people": "person",
    "units": "unit",
    "screens": "screen",
    "comments": "comment",
}
TAG_OF = {"themeId": "theme", "unitId": "unit", "authorId": "person", "ideaId": "idea"}
ABSENT = object()


@dataclass
class Made:
    """A document and two sets of variables for it."""

    text: str
    variables: list[dict[str, Any]]


@dataclass
class Variable:
    name: str
    type: str
    values: list[Any]


@dataclass
class Maker:
    """Writes one document. Everything drawn comes from `random`, which a test library may steer.

    `wanted`: fields by their parents' types, to be chosen rather than others.
    """

    schema: GraphQLSchema
    asks: Asks
    random: Random
    size: int = 40  # about so many fields
    wanted: frozenset[tuple[str, str]] = frozenset()
    bad: float = 0.01  # how often an argument is one that must be refused
    variables: list[Variable] = field(default_factory=list)
    fragments: dict[str, tuple[str, int, str]] = field(default_factory=dict)  # name -> type, depth, text
    count: int = 0

    def __post_init__(self) -> None:
        self.clashing = clashing(self.schema)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, items: Sequence[Any]) -> Any:
        return items[self.random.randrange(len(items))]

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    # -- the document

    def document(self) -> Made:
        body = self.selection("Query", self.pick((4, 5, 6, 7)))
        declared = ", ".join(f"${v.name}: {v.type}" for v in self.variables)
        text = f"query Q{f'({declared})' if declared else ''} {{ {body} }}"
        fragments = [f"fragment {name} on {type_} {{ {body} }}" for name, (type_, _, body) in self.fragments.items()]
        variables = [{v.name: v.values[n] for v in self.variables if v.values[n] is not ABSENT} for n in range(2)]
        return Made("\n".join([text, *fragments]), variables)

    def selection(self, type_name: str, depth: int, *, apart: bool = False) -> str:
        """`apart`: beside selections of other types, with which equal keys would clash."""
        type_ = self.schema.type_map[type_name]
        if is_abstract_type(type_):
            return self.abstract_selection(type_name, depth)
        fields = list(cast(GraphQLObjectType, type_).fields.items())
        if depth <= 0:
            fields = [(name, f) for name, f in fields if is_leaf_type(get_named_type(f.type))]
        elif depth > 1 and self.size > 0:  # what goes deeper is rarer than what does not, but worth more
            fields += [(name, f) for name, f in fields if not is_leaf_type(get_named_type(f.type))]
        parts = []
        wanted = [(name, f) for name, f in fields if (type_name, name) in self.wanted]
        typename = 0.5 if (type_name, "__typename") in self.wanted else 0.05
        for _ in range(self.pick((1, 2, 2, 3, 4, 6) if self.size > 0 else (1, 2))):
            self.size -= 1
            if not fields or self.chance(typename):
                parts.append(f"{self.alias(0.3)}__typename{self.directives()}")
            elif self.chance(0.12):
                parts.append(self.fragment(type_name, depth, apart))
            else:
                name, field_ = self.pick(wanted if wanted and self.chance(0.5) else fields)
                parts += self.field(type_name, name, field_, depth, apart)
        return " ".join(parts)

    def abstract_selection(self, type_name: str, depth: int) -> str:
        type_ = cast(Any, self.schema.type_map[type_name])
        members = [member.name for member in self.schema.get_possible_types(type_)]
        parts = []
        if isinstance(type_, GraphQLInterfaceType):
            for name, field_ in type_.fields.items():
                if self.chance(0.3):
                    parts += self.field(type_name, name, field_, depth, False)
        clash = type_name == "Node"
        for member in [self.pick(members) for _ in range(self.pick((1, 2, 3, 5)))]:
            parts.append(self.fragment(member, depth, clash, inside=True))
        if self.chance(0.1):
            parts.append(f"... on {type_name} {{ __typename }}")
        return " ".join(parts)

    def fragment(self, type_name: str, depth: int, apart: bool, *, inside: bool = False) -> str:
        """A selection of the same object in a fragment: by name, inline, on its interface, or without condition.

        `inside`: within an abstract type, where a condition is needed.
        """
        known = [name for name, (of, deep, _) in self.fragments.items() if of == type_name and deep <= depth]
        if known and not apart and self.chance(0.5):
            return f"...{self.pick(known)}{self.directives()}"
        interfaces = getattr(self.schema.type_map[type_name], "interfaces", ())
        if interfaces and self.chance(0.2):
            interface = self.pick(interfaces)
            name, field_ = self.pick(list(interface.fields.items()))
            parts = self.field(interface.name, name, field_, depth, apart)
            return f"... on {interface.name}{self.directives()} {{ {' '.join(parts)} }}"
        body = self.selection(type_name, depth, apart=apart)
        if not apart and self.chance(0.5):
            name = self.name("F")
            self.fragments[name] = (type_name, depth, body)
            return f"...{name}{self.directives()}"
        condition = "" if not apart and not inside and self.chance(0.3) else f" on {type_name}"
        return f"...{condition}{self.directives()} {{ {body} }}"

    def field(self, type_name: str, name: str, field_: GraphQLField, depth: int, apart: bool) -> list[str]:
        arguments = self.arguments(type_name, name, field_)
        alias = self.alias(1 if arguments or (apart and name in self.clashing) else 0.2)
        called = f"{alias}{name}{arguments}"
        target = get_named_type(field_.type).name
        if is_leaf_type(self.schema.type_map[target]):
            return [f"{called}{self.directives()}"]
        # Now and then the same field twice, so that its selections merge.
        return [
            f"{called}{self.directives()} {{ {self.selection(target, depth - 1)} }}"
            for _ in range(2 if self.chance(0.08) else 1)
        ]

    def alias(self, share: float) -> str:
        return f"{self.name('a')}: " if self.chance(share) else ""

    def directives(self) -> str:
        if not self.chance(0.12):
            return ""
        parts = []
        for name in self.pick((["skip"], ["include"], ["include", "skip"])):
            likely = name == "include"
            value = self.given("Boolean!", lambda likely=likely: self.chance(0.75) is likely)
            parts.append(f" @{name}(if: {value})")
        return "".join(parts)

    # -- arguments

    def given(self, type_: str, draw: Callable[[], Any], *, variable: float = 0.5) -> str:
        """A value, written as a literal or as a variable with two values; null and absent where the type allows."""

        def drawn() -> Any:
            if not type_.endswith("!") and self.chance(0.1):
                return self.pick((None, ABSENT))
            return draw()

        if self.chance(variable):
            self.variables.append(Variable(self.name("v"), type_, [drawn(), drawn()]))
            return f"${self.variables[-1].name}"
        value = drawn()
        return literal(None if value is ABSENT else value, self.schema, type_)

    def arguments(self, type_name: str, name: str, field_: GraphQLField) -> str:
        """Arguments in brackets, or nothing."""
        given: dict[str, str] = {}
        chosen = {arg: a for arg, a in field_.args.items() if isinstance(a.type, GraphQLNonNull) or self.chance(0.3)}
        if "first" in chosen and "last" in chosen and not self.chance(self.bad):
            del chosen[self.pick(("first", "last"))]
        order = "NEWEST"
        if "orderBy" in chosen:  # as a literal where a cursor must fit it
            order = self.pick(list(paging.IDEAS))
            given["orderBy"] = order if self.chance(0.7) else self.given("IdeaOrder", lambda: Enum(order))
        for arg, argument in chosen.items():
            if arg != "orderBy":
                given[arg] = self.argument(type_name, name, arg, argument, order)
        return f"({', '.join(f'{arg}: {value}' for arg, value in given.items())})" if given else ""

    def argument(self, type_name: str, name: str, arg: str, argument: GraphQLArgument, order: str) -> str:
        type_ = str(argument.type)
        if arg in ("after", "before"):
            of = order_of(type_name, name, {"orderBy": order})
            assert of is not None
            return self.given(type_, lambda: self.cursor(of, name))
        if arg == "filter":
            if self.chance(0.3):
                return self.given(type_, lambda: self.filter_value(argument), variable=1)
            return self.filter_text(argument)
        return self.given(type_, lambda: self.value(type_name, name, arg, argument.type))

    def fields_of(self, argument: GraphQLArgument) -> list[tuple[str, GraphQLInputField]]:
        type_ = cast(GraphQLInputObjectType, get_named_type(argument.type))
        return [item for item in type_.fields.items() if self.chance(0.2)]

    def filter_value(self, argument: GraphQLArgument) -> dict[str, Any]:
        return {
            name: None if self.chance(0.1) else plain(self.value("", "filter", name, f.type))
            for name, f in self.fields_of(argument)
        }

    def filter_text(self, argument: GraphQLArgument) -> str:
        parts = [
            f"{name}: {self.given(str(f.type), lambda name=name, f=f: self.value('', 'filter', name, f.type))}"
            for name, f in self.fields_of(argument)
        ]
        return f"{{{', '.join(parts)}}}"

    def value(self, type_name: str, field_name: str, name: str, type_: Any) -> Any:
        named = get_named_type(type_)
        if isinstance(named, GraphQLEnumType):
            words = [Enum(word) for word in named.values]
            return [self.pick(words) for _ in range(self.pick((0, 1, 1, 2, 3)))] if is_list(type_) else self.pick(words)
        if name in ("first", "last"):
            return self.pick((0, -1, 101, 51)) if self.chance(self.bad) else self.pick((1, 1, 2, 3, 5, 20, 50))
        if name in TAG_OF:
            return self.id(TAG_OF[name])
        if name == "id":
            return self.id({"theme": "theme", "idea": "idea"}.get(field_name))
        if name == "ids":
            return [self.id(None) for _ in range(self.pick((0, 1, 2, 5)))]
        if name == "reference":
            number = self.pick((1001, 1002, 1014, 1007, 9999))
            return self.pick((f"IDEA-{number}", f"idea {number}", str(number), f" Idea{number} ", "IDEA-", "x"))
        if name == "text":
            return self.pick(TEXTS)
        if name == "search":
            return self.pick(("e", "BEA", "%", "_", "\\", "é", "100%", "", "zz"))
        if name in ("submittedAfter", "submittedBefore"):
            at = write(self.pick(self.asks.tables.rows["idea"])["submitted_at"])
            return self.pick((at, at.replace("+00:00", "Z"), at.replace("+00:00", "+05:30"), "0001-01-02T00:00:00Z"))
        return self.chance(0.5)

    def id(self, tag: str | None) -> str:
        """Of something there, mostly; of any organisation, hidden or not; rarely of nothing or of another type."""
        if tag is None:
            tag = self.pick(tuple(TABLE_OF)) if not self.chance(0.05) else "thing"
        elif self.chance(self.bad):
            return self.pick((f"comment_{UUID(int=7)}", "nothing", "", f"{tag}_{UUID(int=5)}".upper()))
        if tag not in TABLE_OF or self.chance(0.05):
            return f"{tag}_{UUID(int=9)}"
        return f"{tag}_{self.row(TABLE_OF[tag])['id']}"

    def row(self, table: str) -> dict[str, Any]:
        rows = self.asks.tables.rows[table]
        own = [row for row in rows if row.get("organisation_id") == self.asks.organisation["id"]]
        return cast("dict[str, Any]", self.pick(rows if not own or self.chance(0.1) else own))

    def cursor(self, order: paging.Order, field_name: str) -> str:
        if isinstance(order, paging.Position):
            head = self.asks.head
            if self.chance(self.bad):
                other = {**head, "epoch": "elsewhere"}
                return self.pick(("x", "a.b.1", feed_cursor(other, 1), feed_cursor(head, head["position"] + 1)))
            return feed_cursor(head, self.random.randrange(head["position"] + 1))
        if self.chance(self.bad):
            return self.pick(BAD_CURSORS)
        row = self.row(TABLE_OF_LIST[field_name])
        return page_cursor(order.name, order.place(row))


class Enum(str):
    """A word of an enumeration, which a literal writes without quotes."""


def plain(value: Any) -> Any:
    return [str(item) for item in value] if isinstance(value, list) else value


def is_list(type_: Any) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def literal(value: Any, schema: GraphQLSchema, type_: str) -> str:
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(literal(item, schema, type_) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def clashing(schema: GraphQLSchema) -> set[str]:
    """Names of fields whose types differ among the nodes: side by side they need aliases."""
    types: dict[str, set[str]] = {}
    for member in schema.get_possible_types(cast(Any, schema.type_map["Node"])):
        for name, field_ in member.fields.items():
            types.setdefault(name, set()).add(str(field_.type))
    return {name for name, found in types.items() if len(found) > 1}
