"""What lists call the columns that are taken over: the names by which each is recognised."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What a list is of. `columns`: ours in order, each with other names for it; `needed`: without it it is no list."""

    of: str
    needed: str
    columns: Mapping[str, tuple[str, ...]]


# Written as names are compared (see `heading`). A name stands for one column only. A form's "ID" is no reference: each
# form counts its own from one.
IDEAS = Kind(
    of="ideas",
    needed="problem",
    columns={
        "problem": (
            "problem description",
            "problem statement",
            "describe the problem",
            "describe the problem or idea",
            "description of problem",
            "description of the problem",
            "what is the problem",
            "what's the problem",
            "what is wrong",
            "what bothers you",
            "what is your suggestion",
            "what is your idea",
            "what would you like to improve",
            "what could we improve",
            "what could be improved",
            "what could we do better",
            "issue",
            "issue description",
            "concern",
            "concerns",
            "suggestion",
            "suggestions",
            "your suggestion",
            "idea",
            "ideas",
            "your idea",
            "improvement idea",
            "improvement suggestion",
            "improvement opportunity",
            "opportunity",
            "description",
            "feedback",
        ),
        "solution": (
            "solutions",
            "proposed solution",
            "suggested solution",
            "possible solution",
            "solution idea",
            "proposal",
            "recommendation",
            "what could be done about it",
            "what should we do about it",
            "what would help",
            "how could we improve it",
            "how could it be improved",
            "how would you improve it",
            "how would you fix it",
            "what would you do",
            "what is your solution",
            "suggested improvement",
        ),
        "title": ("headline", "subject", "short title", "summary", "idea title", "heading"),
        "theme": ("topic", "campaign", "challenge", "focus", "improvement theme"),
        "unit": (
            "ward",
            "department",
            "dept",
            "team",
            "area",
            "ward / department",
            "ward/department",
            "ward or department",
            "clinical area",
            "location",
            "service",
            "division",
            "which ward",
            "which ward or department",
            "where do you work",
            "your department",
            "your ward",
        ),
        "author": (
            "email",
            "e mail",
            "email address",
            "e mail address",
            "your email",
            "your email address",
            "author email",
            "submitter email",
            "submitted by",
            "raised by",
            "suggested by",
            "staff email",
            "work email",
            "username",
        ),
        "anonymous": ("anonymously", "stay anonymous", "submit anonymously", "share anonymously"),
        "status": ("state", "progress", "stage", "current status", "outcome", "decision"),
        "reason": (
            "response",
            "answer",
            "reply",
            "our response",
            "management response",
            "manager response",
            "manager's response",
            "reason for decision",
            "feedback given",
            "outcome comment",
            "status reason",
            "action taken",
        ),
        "answered": (
            "answered on",
            "date answered",
            "response date",
            "date of response",
            "responded",
            "responded on",
            "date responded",
            "decision date",
            "date of decision",
            "date closed",
            "closed on",
        ),
        "submitted": (
            "submitted on",
            "submitted at",
            "date submitted",
            "submission date",
            "date of submission",
            "date",
            "date raised",
            "raised on",
            "date received",
            "received",
            "created",
            "created on",
            "created at",
            "date created",
            "timestamp",
            "completion time",
        ),
        "reference": (
            "ref",
            "ref no",
            "reference no",
            "reference number",
            "idea id",
            "idea no",
            "idea number",
            "suggestion id",
            "suggestion no",
            "suggestion number",
        ),
    },
)

DATES = ("submitted", "answered")

PEOPLE = Kind(
    of="people",
    needed="email",
    columns={
        "name": ("full name", "display name", "staff name", "employee name", "person", "employee"),
        "email": (
            "e mail",
            "email address",
            "e mail address",
            "work email",
            "work email address",
            "mail",
            "user principal name",
            "userprincipalname",
            "username",
        ),
        "job title": ("jobtitle", "job", "position", "post", "post title", "job role", "occupation"),
        "unit": (
            "unit path",
            "ward",
            "department",
            "dept",
            "team",
            "area",
            "ward / department",
            "ward/department",
            "organisation unit",
            "org unit",
            "location",
        ),
        "roles": ("role", "groundswell role", "groundswell roles", "permissions"),
        "lead": ("leads", "unit lead", "is lead", "ward lead", "manager", "leads the unit", "ward manager"),
    },
)


def plain(name: str) -> str:
    """A name as names are compared: without regard to capitals and spaces."""
    return " ".join(name.split()).casefold()


def heading(name: str) -> str:
    """A column's name as it is compared: no star, colon or question mark at its end, no hyphens or underscores."""
    return plain(name.replace("_", " ").replace("-", " ").replace("’", "'").strip(" \t\n*:?."))
