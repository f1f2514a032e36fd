"""Arguments of a document's fields: what of them shapes the SQL is looked at, all else is read at each execution."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Protocol, cast

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    is_non_null_type,
    print_ast,
    value_from_ast,
)
from graphql.type import GraphQLInputType
from sqlalchemy import ColumnElement

from db.errors import Refused
from db.terms import RefusalCode

Variables = Mapping[str, Any]
Reader = Callable[[Variables], Any]


class Records(Protocol):
    """Where what was looked at and what is bound is recorded: the builder of a plan."""

    cursors: list[tuple[Reader, tuple[str, ...]]]

    @property
    def variables(self) -> Variables: ...

    def look(self, identity: tuple[object, ...], observe: Reader) -> Any: ...

    def bind(self, read: Reader, type_: Any) -> ColumnElement[Any]: ...


class Given:
    """One argument or one field of an input object (shapes.Argument)."""

    def __init__(
        self,
        builder: Records,
        identity: tuple[object, ...],
        read: Reader,
        fixed: bool,
        path: tuple[str, ...],
        node: ValueNode | None = None,
        type_: GraphQLInputType | None = None,
    ) -> None:
        self.builder = builder
        self.identity = identity
        self.read = read
        self.fixed = fixed  # no variable in it: nothing to record
        self.path = path
        self.node = node
        self.type = type_

    def __getitem__(self, name: str) -> "Given":
        identity = (*self.identity, name)
        if isinstance(self.node, ObjectValueNode):  # only this field of it is read, at each execution
            field_ = cast(GraphQLInputObjectType, get_named_type(self.type)).fields[name]
            node = next((each.value for each in self.node.fields or () if each.name.value == name), None)
            return given(self.builder, identity, node, field_.type, field_.default_value, self.path)
        read = self.read

        def inner(variables: Variables) -> Any:
            value = read(variables)
            return value.get(name) if isinstance(value, Mapping) else None

        return Given(self.builder, identity, inner, self.fixed, self.path)

    @property
    def given(self) -> bool:
        if self.fixed:
            return self.read(self.builder.variables) is not None
        return bool(self.builder.look((*self.identity, "given"), lambda v: self.read(v) is not None))

    def look(self) -> Any:
        """A list as the set that it means: what is said twice, or in another order, shapes no other SQL."""
        return self.seen("value", lambda value: tuple(sorted(set(value))) if isinstance(value, list) else value)

    def seen(self, how: str, observe: Callable[[Any], Any]) -> Any:
        """A property of the value that shapes the SQL."""

        def read(variables: Variables) -> Any:
            with_path = self.read(variables)
            return self.refusing(observe, with_path)

        if self.fixed:
            return read(self.builder.variables)
        return self.builder.look((*self.identity, how), read)

    def later(self) -> Reader:
        return self.read

    def bind(self, type_: Any, decode: Callable[[Any], Any] = lambda value: value) -> ColumnElement[Any]:
        return self.builder.bind(lambda v: self.refusing(lambda value: storable(decode(value)), self.read(v)), type_)

    def refusing(self, decode: Callable[[Any], Any], value: Any) -> Any:
        try:
            return decode(value)
        except Refused as refusal:
            refusal.extensions.setdefault("path", list(self.path))
            raise


def storable(value: Any) -> Any:
    """The value itself. Refuses text that PostgreSQL cannot take: a NUL, half of a surrogate pair."""
    if isinstance(value, str) and ("\0" in value or (not value.isprintable() and has_surrogate(value))):
        raise Refused(RefusalCode.BAD_ARGUMENT, "This text has a character that cannot be looked for.")
    return value


def has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


class Arguments(Given):
    """All arguments of one field, as one input object."""

    def __init__(self, builder: Records, field_: GraphQLField, node: FieldNode, path: tuple[str, ...]) -> None:
        self.field = field_
        self.call = node
        super().__init__(builder, (id(node),), lambda v: {}, True, path)

    def __getitem__(self, name: str) -> Given:
        argument = self.field.args[name]
        node = next((a.value for a in self.call.arguments or () if a.name.value == name), None)
        return given(self.builder, (*self.identity, name), node, argument.type, argument.default_value, self.path)


def given(
    builder: Records,
    identity: tuple[object, ...],
    node: ValueNode | None,
    type_: GraphQLInputType,
    default: Any,
    path: tuple[str, ...],
) -> Given:
    """What an argument or a field of an input object is given; `node` None: nothing."""
    read = reader(node, type_, None if default is Undefined else default)
    return Given(builder, identity, read, node is None or not has_variable(node), path, node, type_)


def reader(node: ValueNode | None, type_: GraphQLInputType, default: Any) -> Reader:
    """How an argument's value is read from coerced variables: a variable is looked up, the rest is coerced."""
    if node is None:
        return lambda variables: default
    if isinstance(node, VariableNode):
        name = node.name.value
        if is_non_null_type(type_):
            return lambda variables: variables[name] if variables.get(name) is not None else refuse_null(node)
        return lambda variables: variables.get(name, default)
    if not has_variable(node):
        value = value_from_ast(node, type_)
        return (lambda variables: value) if value is not Undefined else (lambda variables: refuse(node))
    return lambda variables: coerced(node, type_, variables)


def coerced(node: ValueNode, type_: GraphQLInputType, variables: Variables) -> Any:
    """A value with variables in it. Refuses null where a default let validation pass a variable that may be null."""
    value = value_from_ast(node, type_, dict(variables))
    return refuse_null(node) if value is Undefined else value


def refuse_null(node: ValueNode) -> NoReturn:
    raise Refused(RefusalCode.BAD_ARGUMENT, f"A variable is null in {print_ast(node)}, which takes no null there.")


def refuse(node: ValueNode) -> NoReturn:
    """What validation lets pass and no value can be made of: a number beyond all numbers."""
    raise Refused(RefusalCode.BAD_ARGUMENT, f"{print_ast(node)} is no value here.")


def has_variable(node: ValueNode) -> bool:
    if isinstance(node, VariableNode):
        return True
    inner: Sequence[Any] = getattr(node, "values", None) or getattr(node, "fields", None) or ()
    return any(has_variable(getattr(child, "value", child)) for child in inner if not isinstance(child, str))
