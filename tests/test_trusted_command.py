"""`groundswell documents`: from a front end's files to a manifest that the server takes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from graphql import OperationType

from api.cli import main
from api.compose import compose
from api.documents import Documents
from api.plans.selection import Limits
from api.resolvers.sources import MUTATIONS, SOURCES
from api.trusted import Trusted, document_id, plan_all

LATEST = "query Latest { ideas(first: 3) { nodes { ...Card } } }"
CARD = "fragment Card on Idea { id title author { ...Name } }"
NAME = "fragment Name on Person { name }"


@dataclass
class FrontEnd:
    """A folder of sources, and what the command says about it."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def has(self, **files: str) -> "FrontEnd":
        """Files by their names, of which `__` are slashes and `_` dots."""
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return self

    @property
    def manifest(self) -> Path:
        return self.folder / "trusted.json"

    def written(self) -> dict[str, str]:
        return dict(json.loads(self.manifest.read_text()))

    def run(self, *arguments: object) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["documents", *map(str, arguments)])
        self.out, self.err = self.capture.readouterr()
        code = ended.value.code
        if isinstance(code, str):
            self.err += code
            return 1
        return int(code or 0)

    def write(self) -> int:
        return self.run(self.folder, "--output", self.manifest)

    def rows(self) -> dict[str, list[str]]:
        """The table without its heading, by the operation's name."""
        return {line.split()[0]: line.split()[1:] for line in self.out.splitlines()[1:]}


@pytest.fixture
def front_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> FrontEnd:
    return FrontEnd(tmp_path, capsys)


def by_name(texts: Mapping[str, str]) -> dict[str, str]:
    """Ids by the names of operations, as a front-end build reads them from the manifest (docs/trusted-documents.md)."""
    found = {id_: re.match(r"(?:query|mutation|subscription) (\w+)", text) for id_, text in texts.items()}
    return {match[1]: id_ for id_, match in found.items() if match is not None}


def test_each_operation_becomes_one_document_with_just_its_fragments(front_end: FrontEnd) -> None:
    front_end.has(
        ideas_graphql=f"{LATEST}\nquery Now {{ cursor }}", parts__card_gql=CARD, parts__deep__name_graphql=NAME
    )
    assert front_end.write() == 0
    documents = front_end.written()
    ids = by_name(documents)
    assert set(ids) == {"Latest", "Now"}
    assert documents[ids["Now"]] == "query Now {\n  cursor\n}"
    assert re.findall(r"^(?:query|fragment) \w+", documents[ids["Latest"]], re.MULTILINE) == [
        "query Latest", "fragment Card", "fragment Name",
    ]  # fmt: skip


def test_the_server_takes_the_manifest_and_plans_all_of_it(front_end: FrontEnd) -> None:
    front_end.has(
        all_graphql=LATEST
        + CARD
        + NAME
        + """
        query One($id: ID!) { node(id: $id) { ... on Idea { ...Card } } }
        mutation Submit($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { ...Card } } }
        subscription Feed($after: Cursor) { feed(after: $after) { cursor } }
        subscription Board { board { counts { open } } }
        """
    )
    assert front_end.write() == 0
    trusted = Trusted.load([front_end.manifest])
    documents = Documents(*compose(SOURCES, MUTATIONS), trusted=trusted.texts)
    trusted.require_valid(documents)
    planned = plan_all(documents, trusted.texts, {OperationType.QUERY: documents.query_plan})
    assert (planned.operations, set(planned.skipped)) == (2, {"Submit", "Feed", "Board"})
    kinds = {name: row[0] for name, row in front_end.rows().items()}
    assert kinds == {
        "Latest": "query", "One": "query", "Submit": "mutation", "Feed": "subscription", "Board": "subscription",
    }  # fmt: skip


def test_ids_are_the_hashes_of_the_texts_and_stand_in_the_table(front_end: FrontEnd) -> None:
    front_end.has(now_graphql="query Now { cursor }")
    assert front_end.write() == 0
    (text,) = front_end.written().values()
    assert front_end.written() == {document_id(text): text}
    assert front_end.rows()["Now"][-1] == document_id(text)


def test_the_same_documents_give_the_same_file_wherever_they_stand(front_end: FrontEnd) -> None:
    front_end.has(a_graphql=f"{LATEST} query Now {{ cursor }}", b_graphql=f"{NAME} {CARD}")
    assert front_end.write() == 0
    first = front_end.manifest.read_bytes()
    for file in front_end.folder.glob("*.graphql"):
        file.unlink()
    front_end.has(z_graphql=f"# a comment\n{CARD}", y__x_gql=f"query   Now{{cursor}}\n{NAME}", b_graphql=LATEST)
    assert front_end.write() == 0
    assert front_end.manifest.read_bytes() == first
    assert list(front_end.written()) == sorted(front_end.written())


def test_files_and_folders_may_be_named_and_overlap(front_end: FrontEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    front_end.has(a__now_graphql="query Now { cursor }", b__name_graphql="query Name { organisation { name } }")
    folder = front_end.folder
    assert front_end.run(folder / "a", folder, folder / "a" / "now.graphql") == 0
    assert set(front_end.rows()) == {"Now", "Name"}
    assert front_end.run(folder / "a" / "now.graphql") == 0
    assert set(front_end.rows()) == {"Now"}
    monkeypatch.chdir(folder / "b")
    assert front_end.run() == 0
    assert set(front_end.rows()) == {"Name"}
    assert not front_end.manifest.exists()  # it was not asked for


def test_what_others_installed_and_a_copy_of_the_schema_are_passed_over(front_end: FrontEnd) -> None:
    front_end.has(
        now_graphql="query Now { cursor }",
        node__modules_x_graphql="query Broken {",
        schema_graphql="type Query { cursor: String }\nextend type Query { more: Int }",
        empty_graphql="\n",
    )
    (front_end.folder / "node_modules" / "x").mkdir(parents=True)
    (front_end.folder / "node_modules" / "x" / "x.graphql").write_text("query Broken {")
    (front_end.folder / ".cache").mkdir()
    (front_end.folder / ".cache" / "x.graphql").write_text("query Broken {")
    (front_end.folder / "node" / "modules.x.graphql").unlink()
    assert front_end.write() == 0
    assert set(by_name(front_end.written())) == {"Now"}
    assert front_end.err == ""


@pytest.mark.parametrize(
    "code",
    [
        "const A = gql`query X { cursor }`",
        "const A = graphql(`query X { cursor }`)",
        "const A = /* GraphQL */ `query X { cursor }`",
    ],
)
def test_a_document_inside_code_is_not_read_but_pointed_at(front_end: FrontEnd, code: str) -> None:
    front_end.has(now_graphql="query Now { cursor }", app_tsx=f"import x\n{code}\n", other_ts="const graphql = 1")
    assert front_end.write() == 0
    assert set(by_name(front_end.written())) == {"Now"}
    (line,) = front_end.err.splitlines()
    assert line.startswith(f"{front_end.folder}/app.tsx:2: looks like a document, and is not read")


def test_a_fragment_that_nobody_spreads_is_left_out_and_said(front_end: FrontEnd) -> None:
    front_end.has(now_graphql="query Now { cursor }", parts_graphql=f"\n{NAME}")
    assert front_end.write() == 0
    assert f"{front_end.folder}/parts.graphql:2: the fragment Name is spread nowhere" in front_end.err


@pytest.mark.parametrize(
    ("files", "place", "why"),
    [
        ({"a_graphql": "query A {\n  cursor\n  colour\n}"}, "a.graphql:3", "Cannot query field 'colour'"),
        ({"a_graphql": "query A {\n  cursor"}, "a.graphql:2", "Syntax Error"),
        ({"a_graphql": "\n{ cursor }"}, "a.graphql:2", "needs a name"),
        ({"a_graphql": LATEST, "b_graphql": "\nfragment Card on Idea {\n  colour\n}"}, "b.graphql:3", "'colour'"),
        ({"a_graphql": LATEST}, "a.graphql:1", "Unknown fragment 'Card'"),
        ({"a_graphql": "query A { cursor }", "b_graphql": "\nquery A { cursor }"}, "b.graphql:2", "stands in"),
        ({"a_graphql": LATEST + CARD + NAME, "b_graphql": NAME}, "b.graphql:1", "Name stands in"),
        ({"a_graphql": f"query A {{ {'cursor ' * 11} }}"}, "a.graphql:1", "More than 10 times the same"),
        ({"a_graphql": f"query A {{ {'x' * 64}: cursor }}"}, "a.graphql:1", "at most 63 characters"),
        ({"a_graphql": "query A { o: __schema { queryType { name } } }"}, "a.graphql:1", "takes no alias"),
    ],
)
def test_what_the_server_would_refuse_is_said_with_file_and_line(
    front_end: FrontEnd, files: dict[str, str], place: str, why: str
) -> None:
    front_end.has(**files)
    assert front_end.write() == 1
    (line,) = front_end.err.splitlines()
    assert line.startswith(f"{front_end.folder}/{place}: ")
    assert why in line
    assert front_end.out == ""
    assert not front_end.manifest.exists()


def test_all_problems_are_said_at_once_and_each_once(front_end: FrontEnd) -> None:
    front_end.has(
        a_graphql="query A { ideas { nodes { ...Card } } }\nquery B { ideas { nodes { ...Card } } }",
        b_graphql="fragment Card on Idea { colour }",
        c_graphql="query C { size }",
    )
    assert front_end.run(front_end.folder, front_end.folder / "absent") == 1
    assert [line.split(": ")[0].rpartition("/")[2] for line in front_end.err.splitlines()] == [
        "absent", "b.graphql:1", "c.graphql:1",
    ]  # fmt: skip


def test_a_manifest_stays_as_it_is_where_anything_is_wrong(front_end: FrontEnd) -> None:
    front_end.has(a_graphql="query A { cursor }")
    assert front_end.write() == 0
    before = front_end.manifest.read_bytes()
    front_end.has(b_graphql="query B { colour }")
    assert front_end.write() == 1
    assert front_end.manifest.read_bytes() == before
    assert sorted(path.name for path in front_end.folder.iterdir()) == ["a.graphql", "b.graphql", "trusted.json"]


def test_nothing_at_all_is_a_mistake(front_end: FrontEnd) -> None:
    assert front_end.write() == 1
    assert "no operation" in front_end.err
    assert front_end.run(front_end.folder / "absent.graphql") == 1
    assert "absent.graphql: there is no such folder" in front_end.err


def test_a_check_tells_whether_the_manifest_is_what_would_be_written(front_end: FrontEnd) -> None:
    front_end.has(a_graphql="query A { cursor }")
    check = (front_end.folder, "--check", front_end.manifest)
    assert front_end.run(*check) == 1
    assert not front_end.manifest.exists()
    assert front_end.write() == 0
    assert front_end.run(*check) == 0
    assert front_end.err == ""
    front_end.has(a_graphql="query A { c: cursor }")
    before = front_end.manifest.read_bytes()
    assert front_end.run(*check) == 1
    assert f"{front_end.manifest} is not what would be written" in front_end.err
    assert front_end.manifest.read_bytes() == before


def test_a_place_where_nothing_can_be_written_is_said(front_end: FrontEnd) -> None:
    front_end.has(a_graphql="query A { cursor }")
    assert front_end.run(front_end.folder, "--output", front_end.folder / "absent" / "trusted.json") == 1
    assert "cannot be written (No such file or directory)" in front_end.err


@pytest.mark.parametrize(
    ("operation", "rows"),
    [
        ("query Q { ideas(first: 7) { nodes { title } } }", "7"),
        ("query Q($n: Int) { ideas(first: $n) { nodes { title } } }", "100"),
        ("query Q($n: Int! = 5) { ideas(first: $n) { nodes { title } } }", "100"),
        ("query Q { ideas(first: 3) { nodes { comments(first: 5) { nodes { body } } } } }", "18"),
        ("query Q($x: Boolean!) { ideas(first: 7) @include(if: $x) { nodes { title } } }", "7"),
        ("query Q($x: Boolean!) { ideas(first: 7) @skip(if: $x) { nodes { title } } }", "7"),
        (
            "query Q($x: Boolean!) { a: ideas(first: 7) @skip(if: $x) { nodes { id } }"
            " b: ideas(first: 9) @include(if: $x) { nodes { id } } }",
            "9",
        ),
        ("query Q($n: Int) { board { newIdeas(first: $n) { title } } }", "20"),  # as the server counts a board
        (
            "mutation Q($i: SupportIdeaInput!) { supportIdea(input: $i) {"
            " idea { comments(first: 4) { nodes { id } } } } }",
            "4",
        ),
    ],
)
def test_the_table_tells_the_most_rows_that_an_operation_can_answer(
    front_end: FrontEnd, operation: str, rows: str
) -> None:
    front_end.has(q_graphql=operation)
    assert front_end.run(front_end.folder) == 0
    kind, most, limit, _ = front_end.rows()["Q"]
    assert (kind, most, limit) == (operation.split()[0], rows, f"{Limits().rows:,}")


def test_pages_that_a_client_may_ask_too_large_are_marked(front_end: FrontEnd) -> None:
    front_end.has(
        q_graphql="query Q($n: Int) { ideas(first: $n) { nodes { comments(first: $n) { nodes { idea { comments("
        "first: $n) { nodes { id } } } } } } } }"
    )
    assert front_end.write() == 0
    assert front_end.rows()["Q"][1].startswith("!")
    assert "is refused where every page is asked for at its largest" in front_end.out


def test_what_is_always_too_costly_is_a_problem(front_end: FrontEnd) -> None:
    front_end.has(
        q_graphql="\nquery Q { ideas(first: 100) { nodes { comments(first: 100) { nodes { idea { comments("
        "first: 100) { nodes { id } } } } } } } }"
    )
    assert front_end.write() == 1
    assert f"{front_end.folder}/q.graphql:2: Q: This could answer" in front_end.err
    assert not front_end.manifest.exists()


def test_what_is_refused_whatever_its_variables_is_a_problem(front_end: FrontEnd) -> None:
    front_end.has(q_graphql="query Q { ideas(first: 101) { nodes { id } } }")
    assert front_end.write() == 1
    assert "q.graphql:1: Q: A page has 1 to 100 items" in front_end.err
