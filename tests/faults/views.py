"""The views that subscribers follow: each as it is asked of the API, and by the rules in plain Python.

`sees` knows nothing of the API: it looks at a row of the log, and at the tree of units where a unit is asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.factories import Hospital

Row = Mapping[str, Any]

BARE = "__typename cursor"
FEED = f"subscription($after: Cursor, $filter: FeedFilter) {{ feed(after: $after, filter: $filter) {{ {BARE} }} }}"
# Long ones, so that the server soon notices a reader who stops.
LONG = " ".join(f"{alias}: {{0}}" for alias in "abcdefghijkl")
WHOLE = f"""subscription($after: Cursor) {{ feed(after: $after) {{ {BARE}
  ... on IdeaSubmitted {{ idea {{ title author {{ name }} theme {{ title }} {LONG.format("problem")} }} }}
  ... on IdeaStatusChanged {{ from to idea {{ id title }} }}
  ... on IdeaSupported {{ supportCount idea {{ id }} }}
  ... on CommentAdded {{ comment {{ author {{ name }} {LONG.format("body")} }} idea {{ id title }} }} }} }}"""
IDEAS = f"""subscription($after: Cursor, $theme: ID, $unit: ID) {{
  ideaSubmitted(after: $after, themeId: $theme, unitId: $unit) {{ {BARE}
    idea {{ title author {{ name }} theme {{ title }} }} }} }}"""
COMMENTS = f"""subscription($after: Cursor, $theme: ID, $unit: ID) {{
  commentAdded(after: $after, themeId: $theme, unitId: $unit) {{ {BARE} comment {{ body }} }} }}"""

TYPES = {
    name: "".join(word.capitalize() for word in name.split("_"))
    for name in (
        "IDEA_SUBMITTED",
        "IDEA_EDITED",
        "IDEA_STATUS_CHANGED",
        "IDEA_SUPPORTED",
        "COMMENT_ADDED",
    )
}  # what writers do here: what the log calls it, and the API


@dataclass(frozen=True)
class View:
    """`email`: of who watches."""

    name: str
    organisation: UUID
    email: str
    query: str
    sees: Callable[[Row], bool]
    variables: Mapping[str, Any] = field(default_factory=dict)


def everything(row: Row) -> bool:
    return True


def of_type(*types: str) -> Callable[[Row], bool]:
    return lambda row: row["type"] in types


def of_theme(theme: UUID) -> Callable[[Row], bool]:
    """Before a move and after it: both are in the log."""
    return lambda row: theme in row["themes"]


def of_units(*units: UUID) -> Callable[[Row], bool]:
    """The unit and all below it."""
    return lambda row: not set(units).isdisjoint(row["units"])


def both(one: Callable[[Row], bool], other: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: one(row) and other(row)


def views(hospital: Hospital) -> list[View]:
    """Of every kind, for the hospital and its neighbour."""
    h = hospital
    nurse, lead, admin = "nina@ashcombe.example", "lena@ashcombe.example", "admin@ashcombe.example"
    theme, ward_a, division = f"theme_{h.theme}", f"unit_{h.ward_a}", f"unit_{h.division}"
    some = ["COMMENT_ADDED", "IDEA_STATUS_CHANGED"]
    submitted, commented = of_type("IDEA_SUBMITTED"), of_type("COMMENT_ADDED")
    of_division = of_units(h.division, h.ward_a, h.ward_b)

    def feed(name: str, email: str, sees: Callable[[Row], bool], **wanted: Any) -> View:
        return View(name, h.organisation, email, FEED, sees, {"filter": wanted} if wanted else {})

    return [
        View("whole", h.organisation, nurse, WHOLE, everything),
        feed("bare", lead, everything),
        feed("types", nurse, of_type(*some), types=some),
        feed("theme", nurse, of_theme(h.theme), themeId=theme),
        feed("unit", lead, of_units(h.ward_a), unitId=ward_a),
        feed("division", nurse, of_division, unitId=division),
        View("ideas", h.organisation, nurse, IDEAS, submitted),
        View("ideas-theme", h.organisation, lead, IDEAS, both(submitted, of_theme(h.theme)), {"theme": theme}),
        View("comments", h.organisation, nurse, COMMENTS, commented),
        View("comments-unit", h.organisation, lead, COMMENTS, both(commented, of_division), {"unit": division}),
        View("admin", h.organisation, admin, WHOLE, everything),
        View("neighbour", h.other_organisation, "other@wenlow.example", FEED, everything),
        View("neighbour-ideas", h.other_organisation, "other@wenlow.example", IDEAS, submitted),
    ]
