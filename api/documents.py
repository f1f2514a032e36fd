"""Documents: a text or a trusted id, parsed, validated and planned once."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from api.cursors import DOCUMENT, by_id
from api.failures import Failed, formatted, refusal
from api.plans.arguments import Variables
from api.plans.cache import Plans, Shelf
from api.plans.plan import Asked, Plan, query_plan
from api.plans.selection import Builder, Limits, Selected
from api.plans.shapes import Sources
from api.validation import RULES, too_much
from db.errors import Refused
from db.terms import RefusalCode, Sight

KEPT = 512  # documents; clients send variables, so an installation has a few dozen
KEPT_CHARACTERS = 1_000_000  # of them all: parsed, a text takes over a hundred times its size
LONGEST = 100_000  # characters
TOKENS = 10_000
ERRORS = 20
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Document:
    """One text: its operations and fragments, the errors that forbid it, and the plans made for it so far.

    `trusted`: it stands in the manifest of trusted documents.
    """

    def __init__(self, schema: GraphQLSchema, text: str, shelf: Shelf, *, trusted: bool = False) -> None:
        self.text = text
        self.trusted = trusted
        self.errors: list[dict[str, Any]] = []
        self.operations: dict[str | None, OperationDefinitionNode] = {}
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self.plans = Plans(shelf)
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
    """One operation, ready to be answered: its document and its variables, coerced and as they came."""

    document: Document
    operation: OperationDefinitionNode
    variables: Variables
    raw: Mapping[str, Any]

    @property
    def kind(self) -> OperationType:
        return self.operation.operation


class Documents:
    """Every document that this process knows. `trusted`: the texts of the manifest by their ids, which are kept."""

    def __init__(
        self,
        schema: GraphQLSchema,
        sources: Sources,
        limits: Limits | None = None,
        trusted: Mapping[str, str] | None = None,
    ) -> None:
        self.schema = schema
        self.sources = sources
        self.limits = limits or Limits()
        self.shelf = Shelf()
        self.known: OrderedDict[str, Document] = OrderedDict()
        self.characters = 0  # of all their texts
        self.trusted: dict[str, Document] = {}  # by each of its ids and by its text
        for id_, text in (trusted or {}).items():
            document = self.trusted.get(text) or Document(schema, text, self.shelf, trusted=True)
            self.trusted[by_id(id_)] = self.trusted[text] = document

    def document(self, text: str) -> Document:
        """By its text or, as `by_id` writes it, by the id of a trusted one.

        Raises Failed for an unknown id and for what is far too long.
        """
        trusted = self.trusted.get(text)
        if trusted is not None:
            return trusted
        document = self.known.get(text)
        if document is not None:
            self.known.move_to_end(text)
            return document
        if text.startswith(DOCUMENT):
            raise Failed(refusal(Refused(RefusalCode.DOCUMENT_NOT_FOUND, "No trusted document has this id.")))
        if len(text) > LONGEST:
            raise Failed(refusal(Refused(RefusalCode.TOO_COSTLY, "This document is too long.")))
        document = self.known[text] = Document(self.schema, text, self.shelf)
        self.characters += len(text)
        while len(self.known) > KEPT or self.characters > KEPT_CHARACTERS:
            gone, document_gone = self.known.popitem(last=False)
            self.characters -= len(gone)
            document_gone.plans.clear()
        return document

    def request(self, text: str, variables: Mapping[str, Any] | None, operation_name: str | None) -> Request:
        """Raises Failed."""
        document = self.document(text)
        operation = document.operation(operation_name)
        declared = operation.variable_definitions
        if not declared:
            return Request(document, operation, NOTHING, NOTHING)
        coerced = get_variable_values(self.schema, declared, dict(variables or {}), max_errors=ERRORS)
        if isinstance(coerced, list):
            raise Failed(*(formatted(error, RefusalCode.BAD_ARGUMENT) for error in coerced))
        # A view may keep them for long: only what the operation declares.
        names = {each.variable.name.value for each in declared}
        raw = {name: value for name, value in (variables or {}).items() if name in names}
        return Request(document, operation, coerced.coerced, raw)

    def query_plan(self, request: Request, sight: Sight) -> Plan:
        """The plan of a query, or of a live one. Raises Refused."""
        return request.document.plans.get(
            (sight, id(request.operation)),
            request.variables,
            lambda: query_plan(self.asked(request, sight), self.root(request), request.operation.selection_set),
        )

    def root(self, request: Request) -> GraphQLObjectType:
        return cast(GraphQLObjectType, self.schema.get_root_type(request.kind))

    def asked(self, request: Request, sight: Sight) -> Asked:
        live = request.kind is OperationType.SUBSCRIPTION
        fragments, variables = request.document.fragments, request.variables
        return Asked(self.schema, self.sources, fragments, variables, sight, self.limits, live)

    def builder(self, request: Request, sight: Sight) -> Builder:
        """What reads an operation's parts where nothing is planned."""
        fragments, variables = request.document.fragments, request.variables
        return Builder(self.schema, fragments, variables, sight, self.limits, completing=False)

    def roots(self, request: Request, sight: Sight) -> list[Selected]:
        """The root fields of an operation. Raises Refused where they are too many, or not for this sight."""
        return self.builder(request, sight).collect_root(self.root(request), request.operation.selection_set)
