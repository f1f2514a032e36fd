"""What is asked of every server: the same documents, the same variables, and the same answers."""

from dataclasses import dataclass, field
from typing import Any

from bench.filled import Hospital

KEY = "idempotencyKey"


@dataclass(frozen=True, slots=True)
class Question:
    """One document and the variables that are sent in turn. `aims`: ms of CPU, by state; server and PostgreSQL.

    `keyed`: the input carries an idempotency key, a fresh one each time. `in_node`: Mercurius answers it too.
    """

    name: str
    document: str
    variables: list[dict[str, Any]]
    keyed: bool = False
    in_node: bool = True
    aims: dict[str, float] = field(default_factory=dict)

    @property
    def reads(self) -> bool:
        return not self.keyed


LATEST = """query Latest { ideas(first: 50) { nodes {
  id title status supportCount commentCount author { name } theme { title } } } }"""
IDEA = """query Idea($id: ID!) { idea(id: $id) { id title problem status author { name }
  comments(last: 20) { nodes { body kind author { name } } } } }"""
THEMES = """query Themes { themes(first: 40) { nodes { id title ideaCount
  wins(first: 3) { nodes { headline early } } } } }"""
BOARD = """query Board($unit: ID!) { board(unitId: $unit) { unit { name }
  newIdeas(first: 10) { title author { name } theme { title } }
  awaitingResponse(first: 10) { title author { name } theme { title } }
  testing(first: 10) { title author { name } theme { title } }
  wins(first: 5) { headline }
  counts { open awaitingResponse testing implemented wins newIdeas } } }"""
VIEWER = """query Mine { ideas(first: 50) { nodes {
  title status supportCount author { name } viewerSupports viewerFollows } } }"""
SUBMIT = """mutation Submit($input: SubmitIdeaInput!) { submitIdea(input: $input) {
  idea { title status author { name } theme { title } } userErrors { message } } }"""
COMMENT = """mutation Comment($input: AddCommentInput!) { addComment(input: $input) {
  comment { body kind author { name } } userErrors { message } } }"""


def questions(hospital: Hospital) -> list[Question]:
    """All of them, in the order in which they are asked: first what leaves the database as it is."""
    theme = f"theme_{hospital.theme}"
    warm = 0.12
    return [
        Question("Q1 latest 50 ideas, author, theme, counts", LATEST, [{}], aims={"cold": 0.8, "warm": warm}),
        Question(
            "Q2 an idea, its 20 latest comments, their authors",
            IDEA,
            [{"id": f"idea_{id_}"} for id_ in hospital.discussed],
            aims={"cold": 0.5, "warm": warm},
        ),
        Question("Q3 40 themes, idea count, 3 latest wins each", THEMES, [{}], aims={"cold": 1.0, "warm": warm}),
        Question("Board of a division", BOARD, [board(hospital)], in_node=False),
        Question("Viewer: 50 ideas with viewer… fields", VIEWER, [{}], in_node=False),
        Question(
            "M1 submitIdea",
            SUBMIT,
            [{"input": submission("A bench idea", theme)}],
            keyed=True,
            aims={"write": 0.9},
        ),
        Question(
            "M2 addComment",
            COMMENT,
            [{"input": {"ideaId": f"idea_{id_}", "body": "The same with us."}} for id_ in hospital.quiet],
            keyed=True,
            aims={"write": 0.9},
        ),
    ]


def board(hospital: Hospital) -> dict[str, Any]:
    return {"unit": f"unit_{hospital.unit}"}


def submission(title: str, theme: str | None, more: str = "") -> dict[str, Any]:
    return {"problem": f"A bench measures.{more}", "title": title, "themeId": theme}
