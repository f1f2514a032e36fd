"""Trusted documents: what a manifest may be, and that its documents are planned before anybody asks."""

import hashlib
import json
import logging
from pathlib import Path

import pytest
from graphql import GraphQLScalarType, GraphQLSchema, OperationDefinitionNode, OperationType, parse

from api.compose import compose
from api.cursors import by_id
from api.documents import Documents, Request
from api.resolvers.sources import MUTATIONS, SOURCES
from api.trusted import NOBODY, SCALARS, Trusted, document_id, plan_all, samples, try_out
from db.engine import Database
from db.errors import Misconfigured, Refused
from db.terms import RefusalCode, Sight
from tests.factories import Hospital
from tests.mutations import mutations

LATEST = "query Latest { ideas(first: 3) { nodes { title } } }"
THEMES = "query Themes { themes { nodes { title } } }"
SCHEMA, COMPLETE = compose(SOURCES, MUTATIONS)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return SCHEMA


def knowing(schema: GraphQLSchema, *texts: str) -> tuple[Documents, list[str]]:
    """Documents that trust these texts, and their ids."""
    trusted = {document_id(text): text for text in texts}
    return Documents(schema, COMPLETE, trusted=trusted), list(trusted)


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


# Manifests ----------------------------------------------------------------------------------------------------------


def test_a_manifest_maps_ids_to_texts(tmp_path: Path) -> None:
    given = {document_id(LATEST): LATEST, document_id(THEMES): THEMES}
    assert Trusted.load([written(tmp_path / "trusted.json", given)]).texts == given
    assert Trusted.load([]).texts == {}


def test_an_id_is_the_hash_of_the_text_in_utf_8() -> None:
    # The example of GraphQL over HTTP's appendix on persisted documents.
    text = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}"
    assert document_id(text) == "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e"
    assert document_id("{ é }") == "sha256:" + hashlib.sha256("{ é }".encode()).hexdigest()


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])  # GraphQL Code Generator's two, and Relay's
def test_what_front_end_builds_make_is_taken_as_it_is_and_known_by_its_sha256_too(
    tmp_path: Path, algorithm: str
) -> None:
    id_ = hashlib.new(algorithm, LATEST.encode()).hexdigest()
    trusted = Trusted.load([written(tmp_path / "persisted-documents.json", {id_: LATEST})])
    assert trusted.texts == {id_: LATEST, document_id(LATEST): LATEST}


def test_releases_stand_beside_each_other(tmp_path: Path) -> None:
    old = written(tmp_path / "old.json", {document_id(LATEST): LATEST, "shared": THEMES})
    new = written(tmp_path / "new.json", {document_id(THEMES): THEMES, "shared": THEMES})
    assert set(Trusted.load([old, new]).texts) == {document_id(LATEST), document_id(THEMES), "shared"}


def test_one_id_is_one_document_in_all_manifests(tmp_path: Path) -> None:
    old = written(tmp_path / "old.json", {"latest": LATEST})
    new = written(tmp_path / "new.json", {"latest": THEMES})
    with pytest.raises(Misconfigured, match=r"new\.json: latest is another document in .*old\.json"):
        Trusted.load([old, new])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no JSON object of ids and texts"),
        ("{", "no JSON object of ids and texts"),
        ('{"a": "{ a }", "a": "{ b }"}', "stands there twice"),
        (["query"], "no flat JSON object"),
        ({"a": {"text": "{ a }"}}, "no flat JSON object"),
        ({"format": "apollo-persisted-query-manifest", "version": 1, "operations": []}, "no flat JSON object"),
        ({"a b": LATEST}, "is no id"),
        ({"": LATEST}, "is no id"),
        ({f"sha256:{'0' * 64}": LATEST}, f"is not the hash of its text, which is {document_id(LATEST)}"),
        ({document_id(LATEST).upper().replace("SHA", "sha"): LATEST}, "is not the hash of its text"),
        ({document_id(LATEST): LATEST + "\n"}, "is not the hash of its text"),
        ('{"a": "\\ud800"}', "a character that is none"),
    ],
)
def test_what_is_no_manifest_is_said_with_its_file(tmp_path: Path, content: object, why: str) -> None:
    path = written(tmp_path / "trusted.json", content)
    with pytest.raises(Misconfigured) as error:
        Trusted.load([path])
    assert str(error.value).startswith(f"TRUSTED_DOCUMENTS: {path}: ")
    assert why in str(error.value)


def test_a_file_that_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"absent\.json: it cannot be read \(No such file"):
        Trusted.load([tmp_path / "absent.json"])
    with pytest.raises(Misconfigured, match="cannot be read"):
        Trusted.load([tmp_path])
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(Misconfigured, match="no JSON object of ids and texts"):
        Trusted.load([tmp_path / "latin.json"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("query Latest {\n  ideas { nodes { colour } }\n}", r"line 2: Cannot query field 'colour'"),
        ("query Latest {", r"line 1: Syntax Error"),
        ("type Idea { id: ID }", r"Idea"),
        ("{ " + "ideas { totalCount } " * 11 + "}", r"More than 10 times the same"),
    ],
)
def test_what_is_no_document_of_this_schema_is_said_with_its_file(
    schema: GraphQLSchema, tmp_path: Path, text: str, why: str
) -> None:
    path = written(tmp_path / "trusted.json", {document_id(LATEST): LATEST, document_id(text): text})
    trusted = Trusted.load([path])
    documents = Documents(schema, COMPLETE, trusted=trusted.texts)
    with pytest.raises(Misconfigured, match=f"^TRUSTED_DOCUMENTS: .*trusted.json: {document_id(text)}.*{why}"):
        trusted.require_valid(documents)


def test_documents_of_this_schema_are_good(schema: GraphQLSchema, tmp_path: Path) -> None:
    trusted = Trusted.load([written(tmp_path / "trusted.json", {"latest": LATEST, "themes": THEMES})])
    trusted.require_valid(Documents(schema, COMPLETE, trusted=trusted.texts))


# Planned at start ---------------------------------------------------------------------------------------------------


class Counting:
    """A planner that counts."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.asked: list[tuple[str, Sight]] = []

    def __call__(self, request: Request, sight: Sight) -> object:
        self.asked.append((str(request.operation.name.value if request.operation.name else None), sight))
        return self.documents.query_plan(request, sight)


def test_every_operation_is_planned_for_every_sight(schema: GraphQLSchema) -> None:
    documents, ids = knowing(schema, LATEST, "query A { cursor } query B { organisation { name } }")
    planner = Counting(documents)
    planned = plan_all(documents, ids, {OperationType.QUERY: planner})
    assert set(planner.asked) == {(name, sight) for name in ("Latest", "A", "B") for sight in Sight}
    assert (planned.operations, planned.skipped) == (3, {})
    for text in ("query A", "query Latest"):
        document = next(each for each in documents.trusted.values() if each.text.startswith(text))
        sights = [sight for sight in Sight if text == "query A" or not sight.on_a_wall]  # ideas are no wall's list
        assert len(document.plans.used) == len(sights) * len(document.operations)


def test_who_asks_later_finds_the_plan_that_is_there(schema: GraphQLSchema) -> None:
    text = "query Of($unit: ID!, $first: Int) { ideas(first: $first, filter: {unitId: $unit}) { nodes { id } } }"
    documents, ids = knowing(schema, text)
    plan_all(documents, ids, {OperationType.QUERY: documents.query_plan})
    document = documents.document(by_id(ids[0]))
    plans = dict(document.plans.used)
    asked = documents.request(by_id(ids[0]), {"unit": f"unit_{NOBODY}"[:-1] + "7"}, None)
    documents.query_plan(asked, Sight.MEMBER)
    assert dict(document.plans.used) == plans


def test_an_id_is_tried_as_that_of_each_type(schema: GraphQLSchema) -> None:
    text = "query One($id: ID!) { node(id: $id) { id ... on Idea { title } ... on Win { headline } } }"
    documents, ids = knowing(schema, text)
    planned = plan_all(documents, ids, {OperationType.QUERY: documents.query_plan})
    assert (planned.operations, planned.skipped) == (1, {})
    plans = dict(documents.document(by_id(ids[0])).plans.used)
    for tag in ("idea", "win"):
        documents.query_plan(documents.request(by_id(ids[0]), {"id": f"{tag}_{NOBODY}"}, None), Sight.MEMBER)
    assert dict(documents.document(by_id(ids[0])).plans.used) == plans


def test_what_cannot_be_planned_is_counted_and_not_fatal(
    schema: GraphQLSchema, caplog: pytest.LogCaptureFixture
) -> None:
    documents, ids = knowing(
        schema, LATEST, THEMES, "subscription Feed { feed { cursor } }", "query Two { a: cursor, b: cursor }"
    )

    def planner(request: Request, sight: Sight) -> object:
        if "Themes" in request.document.text:
            raise Refused(RefusalCode.TOO_COSTLY, "Too much.")
        if "Two" in request.document.text:
            raise ZeroDivisionError
        return documents.query_plan(request, sight)

    with caplog.at_level(logging.ERROR):
        planned = plan_all(documents, ids, {OperationType.QUERY: planner})
    assert planned.operations == 1
    assert planned.skipped == {
        "Themes": "Too much.",
        "Feed": "a subscription is planned when it is asked",
        "Two": "an error of ours, which has been written down",
    }
    assert [record.exc_info is not None for record in caplog.records] == [True]


def operation(text: str) -> OperationDefinitionNode:
    definition = parse(text).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition


def test_made_up_variables_are_the_fewest_that_will_do(schema: GraphQLSchema) -> None:
    asks = "($a: Int, $b: Int! = 3, $c: Int!, $d: [String!]!, $e: IdeaStatus!, $f: Boolean!, $g: Date!)"
    (variables,) = samples(schema, operation(f"query Q{asks} {{ cursor }}"))
    assert variables == {"c": 1, "d": [""], "e": "OPEN", "f": False, "g": "2026-01-01"}


@pytest.mark.parametrize("mutation", sorted(mutations()))
def test_the_input_of_every_mutation_can_be_made_up(schema: GraphQLSchema, mutation: str) -> None:
    type_ = mutations()[mutation].args["input"].type
    text = f"mutation M($input: {type_}) {{ {mutation}(input: $input) {{ __typename }} }}"
    documents, ids = knowing(schema, text)
    assert documents.document(text).errors == []
    planned = plan_all(documents, ids, {OperationType.MUTATION: lambda request, sight: request.variables})
    assert (planned.operations, planned.skipped) == (1, {})


def test_a_value_can_be_made_up_for_every_scalar(schema: GraphQLSchema) -> None:
    scalars = {name: type_ for name, type_ in schema.type_map.items() if isinstance(type_, GraphQLScalarType)}
    assert set(SCALARS) == set(scalars) - {"ID"}
    for name, value in SCALARS.items():
        assert scalars[name].parse_value(value) is not None


async def test_what_was_tried_out_runs_at_once(schema: GraphQLSchema, hospital: Hospital) -> None:
    """No statement is parsed or planned any more on any connection, and no row was read for it."""
    documents, ids = knowing(schema, LATEST, THEMES)
    statements = plan_all(documents, ids, {OperationType.QUERY: documents.query_plan}).statements
    assert len(statements) == 2
    database = Database(hospital.database.dsn, readers=3)
    try:
        await try_out(database, statements, 3)
        for connection in database.reads.all:
            prepared = {
                row["statement"]: row["generic_plans"]
                for row in await connection.fetch("select statement, generic_plans from pg_prepared_statements")
            }
            assert {text: prepared.get(text) for text in statements} == dict.fromkeys(statements, 1)
        assert len(database.reads.all) == len(database.reads.idle) == 3
    finally:
        await database.close()


async def test_a_database_that_is_away_does_not_stop_the_start(caplog: pytest.LogCaptureFixture) -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    await try_out(database, {"select 1": []}, 2)
    assert "were not tried out" in caplog.text


def test_nothing_of_a_manifest_is_lost_on_the_way(schema: GraphQLSchema, tmp_path: Path) -> None:
    """The whole of what the start does with a file."""
    manifest = {"latest": LATEST, document_id(THEMES): THEMES}
    trusted = Trusted.load([written(tmp_path / "trusted.json", manifest)])
    documents = Documents(schema, COMPLETE, trusted=trusted.texts)
    trusted.require_valid(documents)
    planned = plan_all(documents, trusted.texts, {OperationType.QUERY: documents.query_plan})
    assert planned.skipped == {}
    for id_ in ("latest", document_id(LATEST), document_id(THEMES)):
        assert documents.document(by_id(id_)).trusted
        assert documents.document(by_id(id_)).plans.used
