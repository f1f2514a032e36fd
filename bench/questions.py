"""What is asked of every server: the same documents, the same variables, and the same answers."""

from dataclasses import dataclass
from typing import Any

from bench.filled import Hospital


@dataclass(frozen=True, slots=True)
class Question:
    """One document and the variables that are sent in turn."""

    name: str
    document: str
    variables: list[dict[str, Any]]
    writes: bool = False


PAGE = """query Page { ideas(first: 50) { nodes {
  title reference status supportCount commentCount author { name } theme { title } unit { name } } } }"""
IDEA = """query Idea($id: ID!) { idea(id: $id) { title problem status author { name }
  comments(first: 20) { nodes { body kind author { name } } } } }"""
THEMES = """query Themes { themes(first: 40) { nodes { title objective ideaCount winCount
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


def questions(hospital: Hospital) -> list[Question]:
    """All of them, in the order in which they are printed."""
    theme = f"theme_{hospital.theme}"
    return [
        Question("50 ideas with author, theme, unit, counts", PAGE, [{}]),
        Question("an idea, 20 comments, their authors", IDEA, [{"id": f"idea_{id_}"} for id_ in hospital.discussed]),
        Question("40 themes, counts, 3 wins each", THEMES, [{}]),
        Question("the board of a division", BOARD, [{"unit": f"unit_{hospital.unit}"}]),
        Question("50 ideas with viewer… fields", VIEWER, [{}]),
        Question("submitIdea", SUBMIT, [{"input": submission("A bench idea", theme)}], writes=True),
    ]


def submission(title: str, theme: str | None, more: str = "") -> dict[str, Any]:
    return {"problem": f"A bench measures.{more}", "title": title, "themeId": theme}
