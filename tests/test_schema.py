"""The public schema keeps its conventions: every word described, every name and null as front ends expect."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    coerce_input_value,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_type,
    validate_schema,
)

from api.resolvers.mutations import taken
from api.schema import scalars
from api.schema.root import build
from db import events
from db.terms import FeedEventType

BUILT = build()
SCHEMA: GraphQLSchema = BUILT._schema
TYPES: list[GraphQLNamedType] = [
    type_
    for type_ in SCHEMA.type_map.values()
    if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
]
FIELDED = [type_ for type_ in TYPES if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)]
OBJECTS = [type_ for type_ in FIELDED if isinstance(type_, GraphQLObjectType)]
ROOTS = {"Query", "Mutation", "Subscription"}
# These make or end a session rather than change what the feed tells of.
WITHOUT_CURSOR = {"signIn", "refreshSession", "signOut", "acceptInvitation", "requestPairing", "redeemPairing"}
CREATING = {"submitIdea", "addComment", "createTheme", "shareWin", "invitePerson", "createUnit"}
EDITING = {
    "editIdea",
    "editComment",
    "editTheme",
    "editWin",
    "editOrganisation",
    "editUnit",
    "editPerson",
    "editProfile",
    "changeIdeaStatus",
}


def root(name: str) -> dict[str, GraphQLField]:
    type_ = SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return dict(type_.fields)


def fields_of(name: str) -> dict[str, Any]:
    type_ = SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
    return dict(type_.fields)


def words() -> Iterator[tuple[str, str | None]]:
    """Everything that carries a description, and the description."""
    for type_ in TYPES:
        yield type_.name, type_.description
        if isinstance(type_, GraphQLEnumType):
            for name, value in type_.values.items():
                yield f"{type_.name}.{name}", value.description
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field.description
                for argument, of in getattr(field, "args", {}).items():
                    yield f"{type_.name}.{name}({argument}:)", of.description


def test_the_schema_is_valid() -> None:
    assert validate_schema(SCHEMA) == []


def test_the_printed_schema_is_the_one_that_is_built() -> None:
    printed = Path(__file__).parent.parent / "api/schema/schema.graphql"
    assert printed.read_text() == BUILT.as_str() + "\n"


def test_everything_is_described() -> None:
    assert [where for where, text in words() if not (text or "").strip()] == []


def test_a_description_is_a_sentence() -> None:
    assert [where for where, text in words() if not re.search(r'[.)]"?$', text or "")] == []
    assert [where for where, text in words() if re.search(r"  |\n", text or "")] == []


@pytest.mark.parametrize("name", root("Mutation"))
def test_a_mutation_takes_one_input_and_gives_one_payload(name: str) -> None:
    field = root("Mutation")[name]
    noun = name[0].upper() + name[1:]
    assert {argument: str(of.type) for argument, of in field.args.items()} == {"input": f"{noun}Input!"}
    assert str(field.type) == f"{noun}Payload"
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name)


@pytest.mark.parametrize("name", root("Mutation"))
def test_a_payload_has_a_result_or_user_errors_and_a_cursor(name: str) -> None:
    fields = fields_of(name[0].upper() + name[1:] + "Payload")
    assert str(fields["userErrors"].type) == "[UserError!]!"
    assert ("cursor" in fields) == (name not in WITHOUT_CURSOR)
    if "cursor" in fields:
        assert str(fields["cursor"].type) == "Cursor"
    results = fields.keys() - {"userErrors", "cursor"}
    assert results
    assert not [result for result in results if isinstance(fields[result].type, GraphQLNonNull)]


def test_what_creates_takes_an_idempotency_key() -> None:
    with_key = {name for name, field in root("Mutation").items() if "idempotencyKey" in fields_of(input_of(field))}
    assert with_key == CREATING


def test_what_edits_can_expect_a_version() -> None:
    with_version = {name for name, field in root("Mutation").items() if "expectedVersion" in fields_of(input_of(field))}
    assert with_version >= EDITING
    assert with_version - EDITING == {"assignIdeaToTheme"}


def input_of(field: GraphQLField) -> str:
    return str(get_named_type(field.args["input"].type))


def test_ids_in_inputs_are_named_after_their_noun() -> None:
    for type_ in TYPES:
        if isinstance(type_, GraphQLInputObjectType):
            for name, field in type_.fields.items():
                if str(get_named_type(field.type)) == "ID" and name != "idempotencyKey":
                    assert name.endswith("Ids" if "[" in str(field.type) else "Id"), f"{type_.name}.{name}"


def test_connections_have_edges_nodes_and_page_info() -> None:
    connections = [type_ for type_ in OBJECTS if type_.name.endswith("Connection")]
    assert connections
    for type_ in connections:
        noun = type_.name.removesuffix("Connection")
        node, page, cursor = ("FeedEvent", "FeedPageInfo", "Cursor") if noun == "Feed" else (noun, "PageInfo", "String")
        assert {name: str(field.type) for name, field in type_.fields.items()} == {
            "edges": f"[{noun}Edge!]!",
            "nodes": f"[{node}!]!",
            "pageInfo": f"{page}!",
        }
        assert {name: str(field.type) for name, field in fields_of(f"{noun}Edge").items()} == {
            "cursor": f"{cursor}!",
            "node": f"{node}!",
        }
        assert {name: str(field.type) for name, field in fields_of(page).items()} == {
            "hasNextPage": "Boolean!",
            "hasPreviousPage": "Boolean!",
            "startCursor": cursor,
            "endCursor": cursor,
        }


def test_a_connection_pages_forward_and_none_backward_without_before() -> None:
    for type_ in FIELDED:
        for name, field in type_.fields.items():
            if str(get_named_type(field.type)).endswith("Connection"):
                arguments = field.args.keys()
                assert {"first", "after"} <= arguments, f"{type_.name}.{name}"
                assert ("last" in arguments) == ("before" in arguments), f"{type_.name}.{name}"


def test_what_depends_on_who_asks_says_so() -> None:
    """Lists of what may be done now are the viewer's alone."""
    for type_ in OBJECTS:
        for name, field in type_.fields.items():
            if isinstance(get_named_type(field.type), GraphQLEnumType) and re.search(r"[cC]an[A-Z]", name):
                assert name.startswith("viewer"), f"{type_.name}.{name}"
            if str(get_named_type(field.type)).endswith("Action"):
                assert name == "viewerCanDo", f"{type_.name}.{name}"


def test_times_days_and_counts_are_known_by_their_names() -> None:
    for type_ in FIELDED:
        for name, field in type_.fields.items():
            kind, where = str(get_named_type(field.type)), f"{type_.name}.{name}"
            if kind == "DateTime":
                assert re.search("(^at|^asOf|At)$", name), where
            elif kind == "Date":
                assert re.search("(^today|On)$", name), where
            elif name.endswith("Count"):
                assert kind == "Int", where


def test_items_of_lists_are_never_null_but_those_of_nodes() -> None:
    nullable = {
        f"{type_.name}.{name}"
        for type_ in TYPES
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
        for name, field in type_.fields.items()
        if isinstance(list_ := inner(field.type), GraphQLList) and not isinstance(list_.of_type, GraphQLNonNull)
    }
    assert nullable == {"Query.nodes"}


def inner(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def test_no_default_is_null() -> None:
    """Absent and null mean the same only where it is said; a printed null would hide the difference."""
    for type_ in TYPES:
        for name, field in getattr(type_, "fields", {}).items():
            for where, of in [(name, field), *getattr(field, "args", {}).items()]:
                assert getattr(of, "default_value", Undefined) is not None, f"{type_.name}.{name} {where}"


def test_a_feed_item_of_every_event_exists() -> None:
    assert [event.type for event in events.PUBLIC] == [type_.value for type_ in FeedEventType]
    feed_event = SCHEMA.type_map["FeedEvent"]
    assert isinstance(feed_event, GraphQLInterfaceType)
    objects = {type_.name for type_ in SCHEMA.get_implementations(feed_event).objects}
    assert objects == {event.__name__ for event in events.PUBLIC}


def test_the_viewer_is_a_person_or_a_screen() -> None:
    viewer = SCHEMA.type_map["Viewer"]
    assert isinstance(viewer, GraphQLUnionType)
    assert print_type(viewer).endswith("union Viewer = Person | Screen")


def test_every_node_says_so() -> None:
    for type_ in OBJECTS:
        if "id" in type_.fields and type_.name not in ROOTS:
            assert "Node" in {interface.name for interface in type_.interfaces}, type_.name


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 11, 23, 15, 54, 34, 123456, tzinfo=UTC), "2026-11-23T15:54:34.123456+00:00"),
        (datetime(2026, 11, 23, 15, 54, 34, 120000, tzinfo=UTC), "2026-11-23T15:54:34.12+00:00"),
        (datetime(2026, 11, 23, 15, 54, 34, 12, tzinfo=UTC), "2026-11-23T15:54:34.000012+00:00"),
        (datetime(2026, 11, 23, 16, 54, 34, tzinfo=timezone(timedelta(hours=1))), "2026-11-23T15:54:34+00:00"),
    ],
)
def test_a_time_is_written_as_the_database_writes_it(time: datetime, text: str) -> None:
    assert scalars.write_time(time) == text
    assert scalars.write_time(text) == text
    assert scalars.read_time(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23",
        "2026-11-23T15:54:34",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "2026-11-23T15Z",
        5,
        None,
    ],
)
def test_a_time_without_its_offset_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="A DateTime is written as"):
        scalars.read_time(text)


def test_a_day_is_a_day() -> None:
    assert scalars.read_day("2026-11-23") == date(2026, 11, 23)
    assert scalars.write_day(date(2026, 11, 23)) == scalars.write_day("2026-11-23") == "2026-11-23"
    for text in ("2026-02-30", "20261123", "2026-W01-1", 20261123):
        with pytest.raises(ValueError, match="A Date is written as"):
            scalars.read_day(text)


def test_an_address_is_absolute_and_of_the_web() -> None:
    assert scalars.read_url("https://ideas.example/board?unit=1") == "https://ideas.example/board?unit=1"
    for text in ("ideas.example", "javascript:alert(1)", "https://", "http://a b", "https://[", "h" * 3000, 1):
        with pytest.raises(ValueError, match="A URL begins with"):
            scalars.read_url(text)


def test_an_absent_input_is_none_and_a_null_is_some_where_it_clears() -> None:
    """What the inputs look like in Python: no sentinel but Maybe's."""

    def input_of(mutation: str, **given: object) -> Any:
        assert BUILT._schema.mutation_type is not None
        type_ = get_named_type(BUILT._schema.mutation_type.fields[mutation].args["input"].type)
        return taken(cast(GraphQLInputObjectType, type_))(coerce_input_value(given, type_))

    edit = input_of("editIdea", ideaId="i", solution=None)
    share = input_of("shareWin", headline="h", change="c", beforeValue=0)
    assert edit.title is None
    assert edit.expected_version is None
    assert edit.solution is not None
    assert edit.solution.value is None
    assert share.before_value == 0
    assert share.after_value is None
    assert share.idea_ids == []
