"""Documents: a text parsed, validated and planned once, and how its operations are answered."""

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    validate,
)
from graphql.execution import ExecutionResult
from graphql.execution.values import get_variable_values

from api.context import Context, Mutate
from api.cursors import Cursor, decode_cursor, encode_cursor
from api.plans.cache import Plans
from api.plans.plan import Asked, Plan, query_plan
from api.plans.selection import Builder, Limits, Selected, Variables
from api.plans.shapes import Sources
from api.validation import RULES, too_much
from api.viewer import Viewer
from db.engine import BUSY, LOST, Database
from db.errors import Refused
from db.terms import RefusalCode, Sight

log = logging.getLogger(__name__)

KEPT = 512  # documents; clients send variables, so an installation has a few dozen
KEPT_CHARACTERS = 1_000_000  # of them all: parsed, a text takes over a hundred times its size
LONGEST = 100_000  # characters
TOKENS = 10_000
LONGEST_MESSAGE = 500  # characters: errors quote what was sent
ERRORS = 20


class Failed(Exception):
    """The operation did not begin: errors as GraphQL has them."""

    def __init__(self, *errors: dict[str, Any]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = list(errors)


class Document:
    """One text: its operations and fragments, the errors that forbid it, and the plans made for it so far."""

    def __init__(self, schema: GraphQLSchema, text: str) -> None:
        self.errors: list[dict[str, Any]] = []
        self.operations: dict[str | None, OperationDefinitionNode] = {}
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self.plans = Plans()
        self.ast: DocumentNode
        try:
            self.ast = parse(text, max_tokens=TOKENS)
        except GraphQLSyntaxError as error:
            self.errors = [formatted(error, "GRAPHQL_PARSE_FAILED")]
            return
        except RecursionError:
            self.errors = [refusal(Refused(RefusalCode.TOO_COSTLY, "This document is nested too deeply."))]
            return
        if (reason := too_much(self.ast)) is not None:
            self.errors = [refusal(Refused(RefusalCode.TOO_COSTLY, reason))]
            return
        found = validate(schema, self.ast, RULES, max_errors=ERRORS)
        self.errors = [formatted(error, "GRAPHQL_VALIDATION_FAILED") for error in found]
        for definition in self.ast.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self.operations[definition.name.value if definition.name else None] = definition
            elif isinstance(definition, FragmentDefinitionNode):
                self.fragments[definition.name.value] = definition

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation that is meant. Raises Failed where the document is wrong or the name says nothing."""
        if self.errors:
            raise Failed(*self.errors)
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name not in self.operations or name is None:
            raise Failed(
                {
                    "message": "Say with operationName which operation of the document is meant.",
                    "extensions": {"code": RefusalCode.BAD_ARGUMENT},
                }
            )
        return self.operations[name]


@dataclass(frozen=True, slots=True)
class Request:
    """One operation, ready to be answered: its document, its coerced variables and who asks."""

    document: Document
    operation: OperationDefinitionNode
    variables: Variables
    raw: Mapping[str, Any] | None

    @property
    def kind(self) -> OperationType:
        return self.operation.operation


class Documents:
    """Every document that this process knows, and the way from one to its answer."""

    def __init__(
        self, schema: GraphQLSchema, sources: Sources, database: Database, mutate: Mutate, limits: Limits | None = None
    ) -> None:
        self.schema = schema
        self.sources = sources
        self.database = database
        self.mutate = mutate
        self.limits = limits or Limits()
        self.known: OrderedDict[str, Document] = OrderedDict()
        self.characters = 0  # of all their texts

    def document(self, text: str) -> Document:
        """Raises Failed for what is far too long."""
        document = self.known.get(text)
        if document is None:
            if len(text) > LONGEST:
                raise Failed(refusal(Refused(RefusalCode.TOO_COSTLY, "This document is too long.")))
            document = self.known[text] = Document(self.schema, text)
            self.characters += len(text)
            while len(self.known) > KEPT or self.characters > KEPT_CHARACTERS:
                gone, _ = self.known.popitem(last=False)
                self.characters -= len(gone)
        else:
            self.known.move_to_end(text)
        return document

    def request(self, text: str, variables: Mapping[str, Any] | None, operation_name: str | None) -> Request:
        """Raises Failed."""
        document = self.document(text)
        operation = document.operation(operation_name)
        coerced = get_variable_values(
            self.schema, operation.variable_definitions or (), dict(variables or {}), max_errors=ERRORS
        )
        if isinstance(coerced, list):
            raise Failed(*(formatted(error, RefusalCode.BAD_ARGUMENT) for error in coerced))
        # A view may keep them for long: only what the operation declares.
        names = {each.variable.name.value for each in operation.variable_definitions or ()}
        raw = {name: value for name, value in (variables or {}).items() if name in names}
        return Request(document, operation, coerced.coerced, raw)

    async def run(
        self, context: Context, query: str, variables: Mapping[str, Any] | None, operation_name: str | None
    ) -> bytes:
        """The whole result as JSON, of a query or a mutation."""
        try:
            request = self.request(query, variables, operation_name)
            return await self.answer(context, request)
        except Failed as failed:
            return encoded({"errors": failed.errors})

    async def answer(self, context: Context, request: Request) -> bytes:
        """Raises Failed where the operation did not begin."""
        if request.kind is OperationType.SUBSCRIPTION:
            raise Failed(
                refusal(Refused(RefusalCode.BAD_ARGUMENT, "Subscribe over a WebSocket or by text/event-stream."))
            )
        context.plans = request.document.plans
        context.mutation = self.mutate
        try:
            if request.kind is OperationType.MUTATION:
                self.roots(request, cast(GraphQLObjectType, self.schema.mutation_type))  # refuses what are too many
                return await self.execute(context, request, None)
            return await self.query(context, request)
        except Refused as refused:
            raise Failed(refusal(refused)) from None
        except LOST as error:
            log.warning("%s: the database cannot be reached (%s)", context.request_id, type(error).__name__)
            raise Failed(refusal(unavailable())) from None
        except BUSY as error:
            log.warning("%s: took too long (%s)", context.request_id, type(error).__name__)
            raise Failed(refusal(busy())) from None
        except Exception:
            log.exception("%s: failed", context.request_id)
            raise Failed(internal(context)) from None

    async def query(self, context: Context, request: Request) -> bytes:
        root = cast(GraphQLObjectType, self.schema.query_type)
        if context.viewer is None:
            if not self.is_open(request, root):
                raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
            return await self.execute(context, request, {})
        viewer = context.viewer
        plan = self.query_plan(request, root, viewer.sight)
        body = await read(self.database, plan, viewer, request.variables)
        context.cursor = body.cursor
        if plan.completing:
            return await self.execute(context, request, orjson.loads(body.text))
        return b'{"data":' + body.text.encode() + b"}"

    def query_plan(self, request: Request, root: GraphQLObjectType, sight: Sight) -> Plan:
        scope = (sight, id(request.operation))
        return request.document.plans.get(
            scope,
            request.variables,
            lambda: query_plan(self.asked(request, sight), root, request.operation.selection_set),
        )

    def asked(self, request: Request, sight: Sight) -> Asked:
        return Asked(self.schema, self.sources, request.document.fragments, request.variables, sight, self.limits)

    def roots(self, request: Request, root: GraphQLObjectType) -> list[Selected]:
        builder = Builder(
            self.schema,
            request.document.fragments,
            request.variables,
            Sight.MEMBER,
            self.limits,
            completing=False,
        )
        return builder.collect_root(root, request.operation.selection_set)

    def is_open(self, request: Request, root: GraphQLObjectType) -> bool:
        """Only introspection, which answers without a bearer too (rule 15)."""
        return all(selected.name.startswith("__") for selected in self.roots(request, root))

    async def execute(self, context: Context, request: Request, tree: Any) -> bytes:
        """graphql-core's executor: over a plan's tree, for mutations and for introspection."""
        result = execute(
            self.schema,
            request.document.ast,
            root_value=tree,
            context_value=context,
            variable_values=dict(request.raw or {}),
            operation_name=request.operation.name.value if request.operation.name else None,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [explained(error, context) for error in result.errors]
        return encoded(answer)


@dataclass(frozen=True, slots=True)
class Body:
    """What a plan answered: the JSON of `data`, and the position it was read at, as a cursor."""

    text: str
    position: int
    cursor: str


async def read(database: Database, plan: Plan, viewer: Viewer, variables: Variables) -> Body:
    """One statement. Raises Refused, CURSOR_EXPIRED included."""
    row = await database.row(plan.text, plan.args(viewer.organisation, viewer.person, variables, {}))
    if row is None:
        raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
    head = Cursor(row["epoch"], viewer.organisation, row["position"])
    for observe, path in plan.cursors:
        check_cursor(decode_cursor(observe(variables)), head, path)
    return Body(row["body"], head.position, encode_cursor(head))


def check_cursor(cursor: Cursor, head: Cursor, path: Sequence[str]) -> None:
    """Raises Refused(CURSOR_EXPIRED) for another organisation's, an older epoch's and one beyond the log's end."""
    if (cursor.epoch, cursor.organisation) != (head.epoch, head.organisation) or cursor.position > head.position:
        raise Refused(
            RefusalCode.CURSOR_EXPIRED,
            "This cursor is not one of this feed as it is now: query again, and go on from the new cursor.",
            {"path": list(path), "cursor": encode_cursor(head)},
        )


def encoded(answer: object) -> bytes:
    return orjson.dumps(answer, default=str)


def unavailable() -> Refused:
    return Refused(RefusalCode.UNAVAILABLE, "The database cannot be reached just now; please try again.")


def busy() -> Refused:
    return Refused(RefusalCode.UNAVAILABLE, "That took too long; please ask for less, or try again.")


def refusal(refused: Refused) -> dict[str, Any]:
    """A refusal as a GraphQL error: the path beside the message, the rest under extensions."""
    extensions = {"code": refused.code, **refused.extensions}
    path = extensions.pop("path", None)
    return {"message": refused.message, **({"path": path} if path else {}), "extensions": extensions}


def internal(context: Context) -> dict[str, Any]:
    return {
        "message": "Something went wrong on our side; it has been written down.",
        "extensions": {"code": RefusalCode.INTERNAL, "requestId": context.request_id},
    }


def formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    """An error of the document or its variables; what it says comes from the document alone."""
    answer = dict(error.formatted)
    message = error.message if len(error.message) <= LONGEST_MESSAGE else f"{error.message[:LONGEST_MESSAGE]}…"
    extensions = cast("dict[str, Any]", answer.get("extensions") or {})
    return {**answer, "message": message, "extensions": {"code": code, **extensions}}


def explained(error: GraphQLError, context: Context) -> dict[str, Any]:
    """An error of the execution: refusals as they are, the unexpected as one sentence and a request id."""
    original = error.original_error
    answer: dict[str, Any]
    if isinstance(original, Refused):
        answer = refusal(original)
    elif isinstance(original, LOST):
        log.warning("%s: the database cannot be reached (%s)", context.request_id, type(original).__name__)
        answer = refusal(unavailable())
    elif isinstance(original, BUSY):
        log.warning("%s: took too long (%s)", context.request_id, type(original).__name__)
        answer = refusal(busy())
    elif original is None or isinstance(original, GraphQLError):
        answer = formatted(error, RefusalCode.BAD_ARGUMENT)
    else:
        log.error("%s: failed at %s", context.request_id, error.path, exc_info=original)
        answer = internal(context)
    locations = error.formatted.get("locations")
    return {**answer, **({"locations": locations} if locations else {}), "path": error.path}
