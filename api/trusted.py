"""Trusted documents: read from manifests at start, planned and tried before anybody asks; who may send no others.

A manifest is a flat JSON object, ids to texts, as front-end builds make it. Each text is known by its SHA-256 as well,
whatever the manifest calls it.
"""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    type_from_ast,
)
from graphql.type import is_required_input_field

from api.cursors import ARTICLES, Cursor, by_id, encode_cursor, encode_id
from api.documents import Documents, Request
from api.failures import Failed
from api.plans.plan import Plan
from db.engine import BUSY, LOST, Database
from db.errors import Misconfigured, Refused
from db.operations.organisations import takes_only_trusted
from db.terms import RefusalCode, Sight

log = logging.getLogger(__name__)

ID = re.compile(r"[A-Za-z0-9._~:-]{1,200}")  # GraphQL over HTTP, appendix on persisted documents; ours are short
ID_BEGINS = "sha256:"
SETTING = "TRUSTED_DOCUMENTS"
NOBODY = UUID(int=0)  # of whom, and of whose organisation, no row is


def document_id(text: str) -> str:
    """The id that everybody can compute. Raises UnicodeEncodeError for half a surrogate pair."""
    return ID_BEGINS + hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Trusted:
    """What the manifests hold: `texts` by every id that names them, `files`: the manifest of each of those ids."""

    texts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def load(cls, paths: Sequence[Path]) -> "Trusted":
        """Raises Misconfigured with the file and the reason where one cannot be used."""
        texts: dict[str, str] = {}
        files: dict[str, Path] = {}
        for path in paths:
            for id_, text in read_manifest(path):
                for name in (id_, document_id(text)):
                    if texts.setdefault(name, text) != text:
                        raise unusable(path, f"{id_} is another document in {files[name]}")
                    files.setdefault(name, path)
        return cls(texts, files)

    def require_valid(self, documents: Documents) -> None:
        """Raises Misconfigured for what is no document of this schema; `documents` was made with these texts."""
        for id_, path in self.files.items():
            errors = documents.document(by_id(id_)).errors
            if errors:
                line = f", line {errors[0]['locations'][0]['line']}" if errors[0].get("locations") else ""
                raise unusable(path, f"{id_}{line}: {errors[0]['message']}")


def read_manifest(path: Path) -> Iterator[tuple[str, str]]:
    """Ids and texts. Raises Misconfigured."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once_each)
    except OSError as error:
        raise unusable(path, f"it cannot be read ({error.strerror})") from error
    except ValueError as error:  # no JSON, no UTF-8, the same id twice
        raise unusable(path, f"it is no JSON object of ids and texts ({error})") from error
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise unusable(path, 'it is no flat JSON object of ids and texts, {"sha256:…": "query …"}')
    for id_, text in manifest.items():
        if not ID.fullmatch(id_):
            raise unusable(path, f"{id_[:80]!r} is no id: letters, digits and . _ ~ : - are, at most 200")
        try:
            hashed = document_id(text)
        except UnicodeEncodeError as error:
            raise unusable(path, f"{id_} has a character that is none") from error
        if id_.startswith(ID_BEGINS) and id_ != hashed:
            raise unusable(path, f"{id_} is not the hash of its text, which is {hashed}")
        yield id_, text


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an id stands there twice")
    return found


def unusable(path: Path, why: str) -> Misconfigured:
    return Misconfigured(f"{SETTING}: {path}: {why}.")


# Planned at start ---------------------------------------------------------------------------------------------------

Planner = Callable[[Request, Sight], object]


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who would ask for the statements that are tried out."""

    organisation: UUID = NOBODY
    person: UUID = NOBODY
    unit: UUID | None = NOBODY


@dataclass(slots=True)
class Planned:
    """What the start prepared: so many `operations`; `skipped`: those that could not be, by name or id, and why not.

    `statements`: the SQL of the queries among them, with arguments for nobody.
    """

    operations: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    statements: dict[str, list[object]] = field(default_factory=dict)


def plan_all(documents: Documents, ids: Iterable[str], planners: Mapping[OperationType, Planner]) -> Planned:
    """Plans every operation, for each sight, by the planner of its kind and with variables that are made up.

    Whoever asks later with variables that shape the same SQL finds its plan. What cannot be planned so is not fatal.
    """
    planned = Planned()
    for id_ in {documents.document(by_id(id_)): id_ for id_ in ids}.values():  # a document may have several
        for name, operation in documents.document(by_id(id_)).operations.items():
            why_not = f"a {operation.operation.value} is planned when it is asked"
            if operation.operation in planners:
                why_not = plan_one(planned, documents, id_, name, operation, planners[operation.operation])
            if why_not:
                planned.skipped[name or id_] = why_not
            else:
                planned.operations += 1
    return planned


def plan_one(
    planned: Planned,
    documents: Documents,
    id_: str,
    name: str | None,
    operation: OperationDefinitionNode,
    planner: Planner,
) -> str:
    """Why none of the samples could be planned; nothing, where one was."""
    why_not, done = "", False
    for variables in samples(documents.schema, operation):
        try:
            request = documents.request(by_id(id_), variables, name)
            for sight in Sight:
                try:
                    plan = planner(request, sight)
                except Refused as refused:
                    if refused.code is RefusalCode.FORBIDDEN and sight.on_a_wall:
                        continue  # as most documents are: not for a wall
                    raise
                if isinstance(plan, Plan) and request.kind is OperationType.QUERY:
                    planned.statements[plan.text] = plan.args(Nobody(), request.variables, {})
            done = True
        except (Failed, Refused) as error:  # ids of another type, mostly
            why_not = str(error)
        except Exception:
            log.exception("%s cannot be planned", name or id_)
            why_not = "an error of ours, which has been written down"
    return "" if done else why_not


async def try_out(database: Database, statements: Mapping[str, Sequence[object]], connections: int) -> None:
    """Runs each statement for nobody on so many connections for reading, at most all of them: it reads no row.

    So nobody waits for PostgreSQL to parse and plan it, but on a connection that takes a lost one's place. asyncpg
    keeps what is executed, not what is prepared.
    """
    async with AsyncExitStack() as stack:
        try:
            held = [await stack.enter_async_context(database.reads.connection()) for _ in range(connections)]
            for text, args in statements.items():
                await asyncio.gather(*(connection.fetch(text, *args) for connection in held))
        except (*LOST, *BUSY) as error:
            log.warning("trusted documents were not tried out, the database does not answer (%r)", error)


def samples(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Iterator[dict[str, Any]]:
    """Variables that are just enough, as a client sends them; several where an id may be of several types."""
    required = {
        each.variable.name.value: type_
        for each in operation.variable_definitions or ()
        if each.default_value is None
        and isinstance(type_ := cast(object, type_from_ast(schema, each.type)), GraphQLNonNull)
    }
    tags = ARTICLES if any(has_id(type_) for type_ in required.values()) else ("idea",)
    for tag in tags:
        yield {name: sample(type_, tag) for name, type_ in required.items()}


def sample(type_: Any, tag: str) -> Any:
    """A value of an input type, as JSON has it."""
    if isinstance(type_, GraphQLNonNull):
        return sample(type_.of_type, tag)
    if isinstance(type_, GraphQLList):
        return [sample(type_.of_type, tag)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return {name: sample(each.type, tag) for name, each in type_.fields.items() if is_required_input_field(each)}
    return encode_id(tag, NOBODY) if type_.name == "ID" else SCALARS[type_.name]


def has_id(type_: Any) -> bool:
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        return any(has_id(each.type) for each in named.fields.values() if is_required_input_field(each))
    return bool(named.name == "ID")


SCALARS = {
    "Boolean": False,
    "Cursor": encode_cursor(Cursor("0", NOBODY, 0)),
    "Date": "2026-01-01",
    "DateTime": "2026-01-01T00:00:00+00:00",
    "Float": 1.0,
    "Int": 1,
    "String": "",
    "URL": "https://groundswell.example",
}


# Who may send no others ---------------------------------------------------------------------------------------------


class Browsers:
    """Which organisations take nothing but trusted documents from browsers.

    Looked up once for each; the tail's `forget` makes it be looked up again.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.only: dict[UUID, bool] = {}
        self.forgotten = 0

    async def refuses(self, viewer_organisation: UUID, origin: str | None, trusted: bool) -> bool:
        """A browser is a request with an Origin."""
        if origin is None or trusted:
            return False
        only = self.only.get(viewer_organisation)
        if only is None:
            forgotten = self.forgotten
            only = await takes_only_trusted(self.database, viewer_organisation)
            if forgotten == self.forgotten:  # otherwise what was read may be older than what was forgotten
                self.only[viewer_organisation] = only
        return only

    def forget(self, organisation: UUID) -> None:
        """Its settings changed, or its database was replaced."""
        self.forgotten += 1
        self.only.pop(organisation, None)
