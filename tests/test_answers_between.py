"""Whatever is answered by whichever process is what was written, and never older than what that process said before.

`ANSWERS_SECONDS=600 pytest -m soak tests/test_answers_between.py -s` for long; `ANSWERS_SEED=…` chooses the same things
again, though never at the same moments.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from uuid import UUID

import pytest

from api.cursors import Cursor, encode_id
from api.settings import Settings
from api.viewer import printed_token
from db.log import HEAD
from db.operations import people
from db.terms import Role
from tests import factories
from tests.answers_clients import Clients
from tests.answers_documents import DOCUMENTS
from tests.answers_judged import judge
from tests.answers_model import EVENTS, State, Theme, Who
from tests.answers_places import Place, Process
from tests.answers_slow import slow
from tests.answers_writers import KEYED, Writer
from tests.client import ENVIRONMENT, SECRET
from tests.factories import Hospital
from tests.server import Server

SECONDS = 5.0  # of each of the two, in `make test`
READERS = 2  # of a process
SEED = 11
NEEDED = {"GET", "POST", "socket", "304", "gzip", "again", *KEYED, *EVENTS}  # must have been answered to prove anything
LONGEST = 30.0  # seconds more until all of it was


async def person(hospital: Hospital, organisation: UUID, id_: UUID) -> Who:
    database = hospital.database
    row = await database.row("select name, email, roles, unit_id from person where id = $1", [id_])
    assert row is not None
    led = await database.value("select unit_id from unit_lead where person_id = $1", [id_])
    return Who(
        encode_id("org", organisation),
        encode_id("person", id_),
        row["name"],
        row["email"],
        await printed_token(database, Settings.read(ENVIRONMENT), row["email"], 1),
        frozenset(Role(role) for role in row["roles"]) | ({Role.UNIT_LEAD} if led else set()),
        row["unit_id"] and encode_id("unit", row["unit_id"]),
        led and encode_id("unit", led),
    )


async def place_of(
    hospital: Hospital, organisation: UUID, ids: Sequence[UUID], mover: UUID, owner: UUID, themes: Sequence[UUID]
) -> Place:
    """`owner`: of the themes, and who assigns ideas to them."""
    everybody = {id_: await person(hospital, organisation, id_) for id_ in ids}
    database = hospital.database
    titles = {theme: await database.value("select title from theme where id = $1", [theme]) for theme in themes}
    row = await database.row(HEAD, [organisation])
    assert row is not None
    return Place(
        people=[*everybody.values()],
        themes=[Theme(encode_id("theme", id_), title, everybody[owner], open=True) for id_, title in titles.items()],
        start=Cursor(row["epoch"], organisation, row["position"]),
        mover=everybody[mover],
        assigner=everybody[owner],
    )


async def places_of(hospital: Hospital) -> tuple[Place, Place]:
    """The hospital with all sights in it, and its neighbour."""
    h = hospital
    themes = [h.theme, await factories.theme(h, title="Sleep")]
    here = [h.nurse, h.colleague, h.lead, h.coach, h.moderator, h.admin]
    neighbours = [h.stranger]
    for name, *roles in (("Wanda Member",), ("Max Moderator", Role.MODERATOR)):
        email = f"{name.split()[0].lower()}@wenlow.example"
        given = {"name": name, "email": email, "roles": roles}
        invited = await factories.do(h.database, h.other_organisation, people.invite_person, h.stranger, **given)
        neighbours.append(invited.id)
    theirs = [await factories.create_theme(h.database, h.other_organisation, h.stranger)]
    first = await place_of(h, h.organisation, here, h.coach, h.lead, themes)
    second = await place_of(h, h.other_organisation, neighbours, h.stranger, h.stranger, theirs)
    first.other, second.other = second, first
    return first, second


@asynccontextmanager
async def started(hospital: Hospital, doorbell: str, choice: Random) -> AsyncIterator[list[Process]]:
    """Three, the last of which is told late what the database answers.

    With a doorbell all write. Where none hears of the others but by looking now and then, that one only reads.
    """
    dsn, rings = hospital.database.dsn, doorbell == "rings"
    shares = (1.0, 1.0, 0.2) if rings else (1.0, 0.05, 0.0)
    async with slow(dsn, choice) as late:
        given = {"SECRET_KEY": SECRET, "BROADCAST_URL": dsn if rings else "memory://"}
        processes = [
            Process(Server({**given, "DATABASE_URL": address}), share)
            for share, address in zip(shares, (dsn, dsn, late), strict=True)
        ]
        try:
            await asyncio.gather(*(process.server.start() for process in processes))
            yield processes
        finally:
            for process in processes:
                process.lines.close()
                process.kill()


async def live(clients: Clients, seconds: float, kills: int) -> None:
    """Everybody does what they do; now and then nobody writes for a moment. `kills`: of processes, meanwhile."""
    enough, calm = asyncio.Event(), asyncio.Event()
    choice = clients.random

    async def weather() -> None:
        while True:
            await asyncio.sleep(choice.uniform(0.1, 0.6))
            calm.set()
            await asyncio.sleep(choice.uniform(0.05, 0.4))
            calm.clear()

    async def killer() -> None:
        for _ in range(kills):
            await asyncio.sleep(seconds / (kills + 1))
            process = choice.choice(clients.processes)
            process.kill()
            await process.start()
            clients.counted["killed"] += 1

    async with asyncio.TaskGroup() as group:
        side = [group.create_task(weather()), group.create_task(killer())]
        for place in clients.places:
            for who in place.people:
                writer = Writer(clients, place, who, Random(choice.random()))
                group.create_task(writer.run(enough, calm))
        for process in clients.processes:
            for _ in range(READERS):
                group.create_task(clients.reader(process, enough))
            group.create_task(clients.watcher(process, enough))
        await asyncio.sleep(seconds)
        await side[1]
        limit = time.monotonic() + LONGEST
        while missing := NEEDED - set(clients.counted):
            if time.monotonic() > limit:
                clients.wrong(f"never answered: {missing}")
                break
            await asyncio.sleep(0.1)
        side[0].cancel()
        enough.set()


async def between(hospital: Hospital, doorbell: str, seed: int, seconds: float, kills: int = 0) -> None:
    places = await places_of(hospital)
    states = [
        State(name, place.people, place.themes) for name, place in zip(("Ashcombe", "Wenlow"), places, strict=True)
    ]
    choice = Random(seed)
    async with started(hospital, doorbell, choice) as processes:
        clients = Clients(processes, places, choice)
        await clients.warm(places[1])  # who has all sights in it
        await live(clients, seconds, kills)
    problems = list(clients.problems[:10])
    for place, state in zip(places, states, strict=True):
        problems += await judge(hospital.database, place, state)
    said = dict(sorted(clients.counted.items()))
    print(f"seed {seed}: {sum(len(place.reads) for place in places)} answers to queries; {said}")
    assert not problems, "\n".join([f"ANSWERS_SEED={seed}", *problems])
    asked = {read.document.name for place in places for read in place.reads}
    assert asked == {document.name for document in DOCUMENTS}


@pytest.mark.parametrize("doorbell", ["rings", "never rings"])
async def test_no_answer_is_older_or_other_than_it_may_be(hospital: Hospital, doorbell: str) -> None:
    seed = int(os.environ.get("ANSWERS_SEED") or SEED)
    await between(hospital, doorbell, seed, float(os.environ.get("ANSWERS_SECONDS") or SECONDS))


@pytest.mark.soak
@pytest.mark.parametrize("doorbell", ["rings", "never rings"])
async def test_no_answer_is_wrong_for_long_while_processes_are_killed(hospital: Hospital, doorbell: str) -> None:
    seed = int(os.environ.get("ANSWERS_SEED") or random.randrange(2**32))
    seconds = float(os.environ.get("ANSWERS_SECONDS") or 60)
    await between(hospital, doorbell, seed, seconds, kills=max(1, int(seconds / 8)))
