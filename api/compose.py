"""The one place that sees schema and resolvers: joins them by name, and proves at start that they fit.

Every field of the schema has exactly one source: a shape, a mutation, or the column of its name where the schema says
so (`stored`). What no plan fills stands in unplanned.py.
What does not fit raises Unfit before anything runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
)
from sqlalchemy import Uuid
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from api.plans.shapes import (
    ById,
    Column,
    Computed,
    Connection,
    FeedPages,
    Here,
    Live,
    Many,
    One,
    Shape,
    Source,
    Sources,
)
from api.resolvers.columns import column
from api.resolvers.mutations import Answers, Writes, unmatched
from api.schema.declared import is_stored
from api.schema.root import build
from api.unplanned import TYPES, is_unplanned


class Unfit(Exception):
    """The schema and its sources do not fit; the message lists where."""


def compose(sources: Sources, mutations: Mapping[str, Writes | Answers]) -> tuple[GraphQLSchema, Sources]:
    """The schema, with each field reading from what its plan wrote, and the sources with its stored fields."""
    schema = build()._schema  # there is no public way to it
    problems = undecided(schema, sources)
    sources = with_stored(schema, sources)
    problems += misfits(schema, sources, mutations) + unmatched(schema, mutations)
    if problems:
        raise Unfit("\n".join(problems))
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType):
            type_.is_type_of = None  # Strawberry's refuses the dictionaries that plans write
            source = sources.concrete.get(type_.name)
            for name, field in type_.fields.items():
                shape = source.fields.get(name) if source else None
                field.resolve = computed(shape) if isinstance(shape, Computed) else planned
                if type_.name in TYPES:
                    field.resolve = by_name
        elif is_abstract_type(type_):
            type_.resolve_type = type_of
    return schema, sources


def stored_columns(type_: GraphQLObjectType) -> dict[str, str]:
    """The fields that are columns as they stand: GraphQL name -> column's name."""
    found: dict[str, str] = {}
    for name, field in type_.fields.items():
        declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if isinstance(declared, StrawberryField) and is_stored(declared):
            found[name] = declared.python_name
    return found


def undecided(schema: GraphQLSchema, sources: Sources) -> list[str]:
    """Stored fields that have another source too, or no table to be a column of; one line each."""
    problems: list[str] = []
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            source = sources.concrete.get(type_.name)
            for name in stored_columns(type_):
                if source is None:
                    problems.append(f"{type_.name}.{name} is stored, and {type_.name} has no table")
                elif name in source.fields:
                    problems.append(f"{type_.name}.{name} is stored and has a source as well")
    return problems


def with_stored(schema: GraphQLSchema, sources: Sources) -> Sources:
    """The sources, with a column for each stored field of the schema."""

    def with_columns(source: Source) -> Source:
        type_ = schema.type_map.get(source.type)
        stored = stored_columns(type_) if isinstance(type_, GraphQLObjectType) else {}
        return replace(source, fields={**{name: column(its) for name, its in stored.items()}, **source.fields})

    return Sources([*map(with_columns, sources.concrete.values()), *sources.abstract.values()])


def planned(source: Any, info: "GraphQLResolveInfo[Any]", **_arguments: Any) -> Any:
    """What the plan wrote under the response key."""
    return source[info.path.key]


def by_name(source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    """What a mutation put into a user error."""
    return source[info.field_name]


def computed(shape: Computed) -> Callable[..., Any]:
    def resolve(source: Any, _info: "GraphQLResolveInfo[Any]", **_arguments: Any) -> Any:
        facts = source["$facts"]
        return shape.by({need: facts[need] for need in shape.needs})

    return resolve


def type_of(value: Any, _info: "GraphQLResolveInfo[Any]", _type: Any) -> str:
    return str(value["$type"])


def misfits(schema: GraphQLSchema, sources: Sources, mutations: Mapping[str, Writes | Answers]) -> list[str]:
    """Where schema, sources and mutations differ, one line each."""
    problems: list[str] = []
    names = {type_.name for type_ in schema.type_map.values() if is_object_type(type_)}
    for type_ in schema.type_map.values():
        if type_.name.startswith("__") or not isinstance(type_, GraphQLObjectType):
            continue
        if type_ is schema.mutation_type:
            problems += differing("Mutation", set(type_.fields), set(mutations))
        elif type_.name in sources.concrete:
            problems += source_misfits(type_, sources.concrete[type_.name], sources)
        elif not is_unplanned(type_.name):
            problems.append(f"{type_.name} has no source")
    problems += [f"the source {name} is of no type of the schema" for name in sources.concrete if name not in names]
    for name, abstract in sources.abstract.items():
        possible = {member.name for member in schema.get_possible_types(cast(Any, schema.type_map[name]))} - set(TYPES)
        members = {*abstract.members, *(abstract.on_a_wall.members if abstract.on_a_wall else ())}
        problems += differing(name, possible, members)
    return problems


def differing(where: str, fields: set[str], sources: set[str]) -> list[str]:
    return [f"{where}.{name} has no source" for name in sorted(fields - sources)] + [
        f"{where}.{name} has a source and is not in the schema" for name in sorted(sources - fields)
    ]


def source_misfits(type_: GraphQLObjectType, source: Source, sources: Sources) -> list[str]:
    problems = differing(type_.name, set(type_.fields), set(source.fields))
    for name, field in type_.fields.items():
        shape = source.fields.get(name)
        if shape is not None and not fits(field, shape, sources):
            problems.append(f"{type_.name}.{name}: {field.type} does not fit {type(shape).__name__}")
        if isinstance(shape, Column) and shape.name:
            problems += column_misfits(f"{type_.name}.{name}", field, source, shape.name)
    for name, shape in source.fields.items():
        for need in shape.needs if isinstance(shape, Computed) else ():
            if not isinstance(source.facts.get(need) or source.fields.get(need), Column):
                problems.append(f"{type_.name}.{name} needs {need}, which is no column")
    return problems


def column_misfits(where: str, field: GraphQLField, source: Source, name: str) -> list[str]:
    """A field that is one column as it stands: is the column there, may it be shown, may it be null?"""
    kept = source.table.c.get(name)
    if kept is None:
        return [f"{where}: the table {source.table.description} has no column {name}"]
    if isinstance(getattr(kept.type, "item_type", kept.type), Uuid):  # author_id would tell who is anonymous
        return [f"{where}: {name} holds ids of the database, never shown as such"]
    if isinstance(field.type, GraphQLNonNull) and kept.nullable:
        return [f"{where}: {field.type} comes from a column that may be null"]
    return []


def fits(field: GraphQLField, shape: Shape, sources: Sources) -> bool:
    """Kind, type and nullability of a field against the shape that fills it."""
    named = get_named_type(field.type)
    required = isinstance(field.type, GraphQLNonNull)
    inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    listed = isinstance(inner, GraphQLList)
    match shape:
        case Column() | Computed():
            return is_leaf_type(named)
        case One():
            return not listed and named.name == shape.type and (shape.always or not required)
        case Here():
            return not listed and named.name == shape.type
        case Many():
            return listed and required and named.name == shape.type
        case Connection():
            return required and named.name == f"{shape.type}Connection" and set(field.args) >= {"first", "after"}
        case FeedPages():
            return named.name == "FeedConnection" and "first" in field.args
        case ById():
            return named.name == "Node" and listed == shape.many and not (required and not shape.many)
        case Live():
            return (
                not listed
                and named.name == shape.type
                and (shape.type in sources.abstract or shape.type in sources.concrete)
            )
