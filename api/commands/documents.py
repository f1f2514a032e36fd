"""`groundswell documents`: a front end's operations, checked and costed, as a manifest of trusted documents."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, cast

from graphql import (
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    type_from_ast,
)

from api.compose import compose
from api.documents import Documents, Request
from api.failures import Failed
from api.gathering import Found, checked, gather
from api.plans.plan import events_plan, payload_plan
from api.plans.selection import Builder
from api.plans.shapes import Live
from api.resolvers.mutations import Writes
from api.resolvers.sources import MUTATIONS, SOURCES
from api.trusted import document_id, samples
from db.errors import Misconfigured, Refused
from db.rules import MOST_BOARD_ITEMS, PAGE_MOST
from db.terms import RefusalCode, Sight

LARGEST_PAGES = (PAGE_MOST, MOST_BOARD_ITEMS)  # of connections; of a board's lists, which refuse more
MOST_SWITCHES = 6  # Boolean variables, of which each combination is tried


def command(given: Namespace) -> int:
    schema, sources = compose(SOURCES, MUTATIONS)
    gathered = gather(given.paths or [Path()])
    found = checked(gathered, schema)
    documents = Documents(schema, sources, trusted={document_id(each.text): each.text for each in found})
    problems = gathered.problems
    rows = {} if problems else {each.name: greatest(documents, each, problems) for each in found}
    if not found and not problems:
        problems.append("There is no operation in these files.")
    say([*gathered.notes, *problems])
    if problems:
        return 1
    print(table(found, rows, documents.limits.rows))
    text = manifest(found)
    if given.check is not None:
        return check(given.check, text)
    if given.output is not None:
        write(given.output, text)
    return 0


def say(lines: Sequence[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def manifest(found: Sequence[Found]) -> str:
    """The same text for the same documents, wherever and in what order they stand."""
    texts = {document_id(each.text): each.text for each in found}
    return json.dumps(texts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def check(file: Path, text: str) -> int:
    try:
        behind = file.read_text(encoding="utf-8") != text
    except (OSError, UnicodeDecodeError):
        behind = True
    if behind:
        say([f"{file} is not what would be written: run groundswell documents with --output {file}."])
    return int(behind)


def write(file: Path, text: str) -> None:
    """Whole or not at all. Raises Misconfigured."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Misconfigured(f"{file} cannot be written ({error.strerror}).") from error


def table(found: Sequence[Found], rows: Mapping[str, int], limit: int) -> str:
    """Names, kinds, rows, the limit and ids; what its largest pages take beyond the limit is marked."""
    lines = [("operation", "kind", "rows", "limit", "id")]
    for each in found:
        at_most = rows[each.name]
        over = "!" if at_most > limit else ""
        lines.append((each.name, each.kind, f"{over}{at_most:,}", f"{limit:,}", document_id(each.text)))
    name, kind, cost, most = (max(len(line[n]) for line in lines) for n in range(4))
    text = [f"{a:<{name}}  {b:<{kind}}  {c:>{cost}}  {d:>{most}}  {e}" for a, b, c, d, e in lines]
    if any(at_most > limit for at_most in rows.values()):
        text.append("! is refused where every page is asked for at its largest")
    return "\n".join(text)


# The greatest number of rows ----------------------------------------------------------------------------------------


def greatest(documents: Documents, found: Found, problems: list[str]) -> int:
    """With every page at its largest. What is refused with the smallest too, or takes no variables, is a problem."""
    operation = documents.document(found.text).operation(found.name)
    least, refused = most_rows(documents, found, samples(documents.schema, operation))
    if refused is not None and (refused.code is RefusalCode.TOO_COSTLY or not operation.variable_definitions):
        problems.append(f"{found.place}: {found.name}: {refused.message}")
    most, _ = most_rows(documents, found, largest(documents, operation))
    return max(least, most)


def most_rows(documents: Documents, found: Found, variables: Iterable[Mapping[str, Any]]) -> tuple[int, Refused | None]:
    """The most rows that any of these variables ask for; why they are refused, where all of them are."""
    most, refusal, planned = 0, None, False
    for each in variables:
        try:
            most, planned = max(most, rows_of(documents, documents.request(found.text, each, found.name))), True
        except Failed:
            continue  # made up, and not of the right form
        except Refused as refused:
            refusal = refused
            cost = refused.extensions.get("cost")
            if refused.extensions.get("limit") == documents.limits.rows and isinstance(cost, int):
                most = max(most, cost)
    return most, None if planned else refusal


def rows_of(documents: Documents, request: Request) -> int:
    """As the server counts them. Raises Refused."""
    root, asked = documents.root(request), documents.asked(request, Sight.ADMIN)
    if request.kind is OperationType.QUERY:
        return documents.query_plan(request, Sight.ADMIN).rows
    if request.kind is OperationType.SUBSCRIPTION:
        (selected, *_) = documents.roots(request, Sight.ADMIN)
        live = isinstance(documents.sources.concrete[root.name].fields.get(selected.name), Live)
        return (events_plan(asked, root, selected)[0] if live else documents.query_plan(request, Sight.ADMIN)).rows
    builder = Builder(asked.schema, asked.fragments, asked.variables, asked.sight, asked.limits, completing=False)
    rows = 0
    for selected in documents.roots(request, Sight.ADMIN):
        spec = MUTATIONS.get(selected.name)
        if isinstance(spec, Writes):
            payload = cast(GraphQLObjectType, get_named_type(root.fields[selected.name].type))
            results = [s for s in builder.collect(payload, selected.nodes) if s.name == spec.result]
            rows += sum(payload_plan(asked, spec.type, result)[0].rows for result in results)
    return rows


def largest(documents: Documents, operation: OperationDefinitionNode) -> Iterator[dict[str, Any]]:
    """Variables with which every page is at its largest, and every combination of what is included or skipped."""
    types = {
        each.variable.name.value: get_named_type(cast(Any, type_from_ast(documents.schema, each.type))).name
        for each in operation.variable_definitions or ()
    }
    pages = [name for name, type_ in types.items() if type_ == "Int"]
    switches = [name for name, type_ in types.items() if type_ == "Boolean"]
    tried, rest = switches[:MOST_SWITCHES], switches[MOST_SWITCHES:]
    for sample in samples(documents.schema, operation):
        for size, *values in product(LARGEST_PAGES, *[(True, False)] * len(tried)):
            chosen = dict(zip(tried, values, strict=True))
            yield {**sample, **dict.fromkeys(pages, size), **dict.fromkeys(rest, True), **chosen}
