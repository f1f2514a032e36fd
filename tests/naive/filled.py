"""Two organisations with something of everything: what is hidden, equal, empty, anonymous, withdrawn, unknown.

Written straight into the tables: much of it no operation makes in one go, some of it none at all.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from db.engine import Database
from tests.naive.asking import EVENTS
from tests.naive.walls import fill_screens

NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)  # the day after the clocks went forward in London
TODAY = date(2026, 3, 30)
VALUES = ("PATIENT_SAFETY", "CLINICAL_QUALITY", "STAFF_WELLBEING", "TIMELINESS", "MONEY")
STATUSES = (
    *("OPEN",) * 4,
    "UNDER_REVIEW",
    "PLANNED",
    *("TESTING",) * 3,
    "IMPLEMENTED",
    "SUSTAINED",
    "DEFERRED",
    "DECLINED",
    "WITHDRAWN",
)
WORDS = ("trolley", "label", "chart", "bleep", "ward", "night", "porter", "pump")
TEXTS = ["trolley", "trolleys labelled", "pump -night", '"ward night"', "porter or chart", "nowhere", "", "the & | !:*"]
NAMES = ("Ada", "Bea", "Bea", "Cem", "Dora 100%", "Élise", "eve_", "Finn", "Gus", 'Ida "I"', "Jo\\n", "Kim", "Lea")


@dataclass
class Filled:
    """The ids of those who ask, by what they are."""

    people: dict[str, UUID] = field(default_factory=dict)
    organisations: list[UUID] = field(default_factory=list)


class Filler:
    def __init__(self, connection: asyncpg.Connection, random: Random) -> None:
        self.connection = connection
        self.random = random
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def add(self, table: str, **row: Any) -> UUID:
        self.rows.setdefault(table, []).append(row)
        return row.get("id", UUID(int=0))

    def some(self, items: Any, most: int) -> list[Any]:
        return self.random.sample(list(items), self.random.randint(0, min(most, len(items))))

    def pick(self, items: Any) -> Any:
        return self.random.choice(list(items))

    def moment(self, days: int = 20) -> datetime:
        """Not many different ones, so that sort keys are equal; with fractions of every length."""
        when = NOON - timedelta(hours=7 * self.random.randrange(days * 3))
        return when + timedelta(microseconds=self.pick((0, 500000, 120000, 123456, 1)))

    async def write(self) -> None:
        for table, rows in self.rows.items():
            names = list(rows[0])
            columns = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join(f"${n}" for n in range(1, len(names) + 1))
            await self.connection.executemany(
                f"insert into {table} ({columns}) values ({marks})", [[row[name] for name in names] for row in rows]
            )


async def fill(database: Database) -> Filled:
    filled = Filled()
    async with database.writes.connection() as connection:
        filler = Filler(connection, Random(4))
        for n, (name, zone) in enumerate((("St Aldhelm's", "Europe/London"), ("Other Trust", "Pacific/Auckland"))):
            fill_organisation(filler, filled, n, name, zone)
        await filler.write()
    return filled


def fill_organisation(f: Filler, filled: Filled, n: int, name: str, zone: str) -> None:
    o = f.add(
        "organisation",
        id=f.id(),
        name=name,
        slug=f"o{n}",
        time_zone=zone,
        today=TODAY,
        value_focus=["PATIENT_SAFETY", "MONEY"][: n + 1],
        response_target_days=14 + n,
        public_url="https://improve.example",
        trusted_documents_only=n == 1,
        created_at=NOON - timedelta(days=400),
    )
    filled.organisations.append(o)
    units = fill_units(f, o)
    people = fill_people(f, filled, o, units, n)
    themes = fill_themes(f, o, units, people)
    ideas = fill_ideas(f, o, units, people, themes, count=40 if n == 0 else 6)
    comments = fill_comments(f, o, people, ideas)
    for at, screen in enumerate(fill_screens(f, o, units, people, NOON)):
        filled.people[f"{'foreign ' * n}screen {at}"] = screen
    wins = fill_wins(f, o, units, people, themes, ideas)
    fill_log(f, o, n, units, people, themes, ideas, comments, wins)


def fill_units(f: Filler, o: UUID) -> list[UUID]:
    parents = (None, 0, 0, 1, 1, 2, 3, None)
    units: list[UUID] = []
    above: dict[UUID, list[UUID]] = {}
    for n, parent in enumerate(parents):
        parent_id = None if parent is None else units[parent]
        unit = f.add(
            "unit",
            id=f.id(),
            organisation_id=o,
            parent_id=parent_id,
            name="Ward" if n in (3, 4) else f"Unit {n}",
            member_count=n * 3,
            version=n + 1,
        )
        units.append(unit)
        above[unit] = [unit, *(above[parent_id] if parent_id else ())]
        for depth, ancestor in enumerate(above[unit]):
            f.add("unit_within", organisation_id=o, ancestor_id=ancestor, unit_id=unit, depth=depth)
    return units


def fill_people(f: Filler, filled: Filled, o: UUID, units: list[UUID], n: int) -> list[UUID]:
    kinds = ("member", "lead", "theme lead", "coach", "moderator", "executive", "admin", "double")
    roles = ([], [], ["THEME_LEAD"], ["COACH"], ["MODERATOR"], ["EXECUTIVE"], ["ADMIN"], ["EXECUTIVE", "CONTRIBUTOR"])
    people = []
    for at, name in enumerate(NAMES if n == 0 else NAMES[:9]):
        kind = kinds[at] if at < len(kinds) else f"other {at}"
        person = f.add(
            "person",
            id=f.id(),
            organisation_id=o,
            unit_id=None if at % 6 == 5 else units[at % len(units)],
            name=name,
            email=f"p{at}@o{n}.example",
            job_title=None if at % 3 else "nurse",
            roles=roles[at] if at < len(roles) else ["CONTRIBUTOR"],
            shown_on_screens=at % 2 == 0,
            deactivated_at=NOON if at in (8, 11) else None,
            version=1,
        )
        people.append(person)
        filled.people[kind if n == 0 else f"foreign {kind}"] = person
    for unit, person in ((1, 1), (1, 8), (3, 2), (7, 1), (2, 9 % len(people))):
        f.add("unit_lead", organisation_id=o, unit_id=units[unit], person_id=people[person])
    return people


def fill_themes(f: Filler, o: UUID, units: list[UUID], people: list[UUID]) -> list[UUID]:
    days = [None, TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=9)]
    kinds = (
        ("OPEN", [], None, None),
        ("OPEN", [1], days[1], days[1]),
        ("OPEN", [3, 5], days[2], days[3]),
        ("OPEN", [], days[3], None),
        ("CLOSED", [2], days[2], days[2]),
        ("CLOSED", [], None, days[2]),
        ("DRAFT", [], days[3], None),
        ("DRAFT", [1], None, None),
        ("OPEN", [7], None, days[3]),
    )
    themes = []
    for n, (status, of_units, opens_on, closes_on) in enumerate(kinds):
        theme = f.add(
            "theme",
            id=f.id(),
            organisation_id=o,
            title=f"Theme {n} – weiß",
            objective="Fewer falls\non every ward",
            why=None if n % 2 else "Because.",
            status=status,
            values=f.some(VALUES, 3),
            owner_id=people[(n % 4) if n != 7 else 0],
            created_by=people[(n % 3) if n != 6 else 1],
            opens_on=opens_on,
            closes_on=closes_on,
            first_opened_at=None if status == "DRAFT" else NOON - timedelta(days=30),
            created_at=NOON - timedelta(days=n // 2),
            idea_count=n,
            win_count=n // 2,
            version=n + 1,
        )
        themes.append(theme)
        for unit in of_units:
            f.add("theme_unit", organisation_id=o, theme_id=theme, unit_id=units[unit])
    return themes


def fill_ideas(
    f: Filler, o: UUID, units: list[UUID], people: list[UUID], themes: list[UUID], count: int
) -> list[dict[str, Any]]:
    ideas: list[dict[str, Any]] = []
    for n in range(count):
        status = STATUSES[n % len(STATUSES)]
        author_unit = f.pick([*units, None])
        submitted = f.moment(12)
        anonymous = n % 4 == 1
        row = {
            "id": f.id(),
            "organisation_id": o,
            "number": 1001 + n,
            "title": f"{f.pick(WORDS)} {f.pick(WORDS)}",
            "problem": " ".join(f.pick(WORDS) for _ in range(4)) + (' "quoted" \\ \u2028 💡' if n == 3 else ""),
            "solution": None if n % 3 == 0 else f"{f.pick(WORDS)}s {f.pick(WORDS)}led",
            "status": status,
            "status_reason": "Not now" if status in ("DEFERRED", "DECLINED") else None,
            "values": f.some(VALUES, 3),
            "author_id": None if n % 10 == 6 else people[n % 7],  # as an old list brings them
            "anonymous": anonymous and n % 10 != 6,
            "theme_id": f.pick([*themes, None]),
            "author_unit_id": author_unit,
            "shown_unit_id": f.pick([author_unit, None, units[0]]) if anonymous else author_unit,
            "support_count": f.pick((0, 0, 1, 2, 5)),
            "comment_count": f.pick((0, 1, 1, 3)),
            "first_response_at": None if n % 3 == 0 else submitted + timedelta(hours=5),
            "submitted_at": submitted,
            "updated_at": f.moment(),
            "active_at": f.moment(),
            "withdrawn_at": NOON if status == "WITHDRAWN" else None,
            "version": 1 + n % 3,
        }
        f.add("idea", **row)
        ideas.append(row)
        for table in ("support", "follow"):
            for person in f.some(people, 4):
                f.add(table, organisation_id=o, idea_id=row["id"], person_id=person)
    return ideas


def fill_comments(f: Filler, o: UUID, people: list[UUID], ideas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    comments: list[dict[str, Any]] = []
    for n, idea in enumerate(ideas):
        for _ in range((0, 1, 2, 5)[n % 4] if n < 28 else 1):
            at = len(comments)
            row = {
                "id": f.id(),
                "organisation_id": o,
                "idea_id": idea["id"],
                "author_id": people[at % 7],
                "anonymous": at % 5 == 0,
                "body": f"Comment {at}",
                "kind": ("COMMENT", "COMMENT", "RESPONSE", "STATUS_REASON")[at % 4],
                "created_at": f.moment(2),
                "edited_at": NOON if at % 6 == 0 else None,
                "removed_at": NOON if at % 7 == 3 else None,
                "idea_withdrawn_at": idea["withdrawn_at"],
                "version": 1,
            }
            f.add("comment", **row)
            comments.append(row)
    return comments


def fill_wins(
    f: Filler, o: UUID, units: list[UUID], people: list[UUID], themes: list[UUID], ideas: list[dict[str, Any]]
) -> list[UUID]:
    wins = []
    for n in range(9):
        win = f.add(
            "win",
            id=f.id(),
            organisation_id=o,
            headline=f"Win {n}",
            before=None if n % 2 else "it was so",
            change="this",
            after=None if n % 3 else "it is so",
            before_value=(None, 1.0, 12.5, -3.0, 1e21)[n % 5],
            after_value=(None, 0.0, 1 / 3, 4.0, 1e-7)[n % 5],
            unit_of_measure=None if n % 5 == 0 else "days",
            learned=None if n % 4 else "much",
            early=n % 3 == 0,
            values=f.some(VALUES, 3),
            theme_id=f.pick([*themes, None]),
            unit_id=f.pick([*units, None]),
            shared_by=people[n % 5],
            shared_at=f.moment(3),
            version=1,
        )
        wins.append(win)
        for idea in f.some(ideas, 4):
            f.add("win_idea", organisation_id=o, win_id=win, idea_id=idea["id"])
        for person in f.some(people, 3):
            f.add("win_thanks", organisation_id=o, win_id=win, person_id=person)
    return wins


def fill_log(
    f: Filler,
    o: UUID,
    n: int,
    units: list[UUID],
    people: list[UUID],
    themes: list[UUID],
    ideas: list[dict[str, Any]],
    comments: list[dict[str, Any]],
    wins: list[UUID],
) -> None:
    """Every type of event several times, silent ones between them and at the end, and some of a newer release."""
    types = [*EVENTS, "SILENT", "ACCESS_CHANGED", "FROM_A_NEWER_RELEASE"] * 4
    f.random.shuffle(types)
    types += ["SILENT"] * 2
    for position, type_ in enumerate(types, start=1):
        about: dict[str, UUID | None] = {"idea_id": None, "comment_id": None, "win_id": None, "theme_id": None}
        facts: dict[str, object] = {}
        if type_ in ("COMMENT_ADDED", "COMMENT_EDITED"):
            comment = f.pick(comments)
            about |= {"comment_id": comment["id"], "idea_id": comment["idea_id"]}
        elif type_.startswith("IDEA_"):
            about["idea_id"] = f.pick(ideas[:14])["id"]
            facts = {"from": "OPEN", "to": "PLANNED"} if type_ == "IDEA_STATUS_CHANGED" else {}
        elif type_.startswith("WIN_"):
            about["win_id"] = f.pick(wins)
        elif type_.startswith("THEME_"):
            about["theme_id"] = f.pick(themes)
        elif type_ == "IDEAS_IMPORTED":
            facts = {"count": position}
        elif type_ == "CONTENT_RETRACTED":
            facts = {"node": f"idea_{f.pick(ideas)['id']}"}
        f.add(
            "event",
            organisation_id=o,
            position=position,
            at=NOON - timedelta(minutes=500 - position),
            type=type_,
            version=2 if type_ == "IDEA_EDITED" and position % 2 else 1,
            public=type_ not in ("SILENT", "ACCESS_CHANGED"),
            unfiltered=type_ in ("IDEAS_IMPORTED", "CONTENT_RETRACTED"),
            actor_id=f.pick([*people, None]),
            actor_shown=f.random.random() < 0.7,
            **about,
            themes=f.some(themes, 2),
            units=f.some(units, 2),
            facts=orjson.dumps(facts).decode(),
        )
    f.add("feed_head", organisation_id=o, position=len(types), epoch=f"epoch{n}")
