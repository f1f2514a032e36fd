"""The whole play: an installation with a hospital and its neighbour in it, writers, and subscribers who follow them."""

import asyncio
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from api.cursors import decode_cursor
from api.settings import Settings
from api.viewer import printed_token
from db import migrate
from db.engine import Database
from tests import factories
from tests.client import ENVIRONMENT
from tests.factories import Hospital
from tests.faults.crowd import Crowd, Standing
from tests.faults.processes import Api, Installation
from tests.faults.record import answers_agree, difference, due, read_log
from tests.faults.views import Row, View, views
from tests.faults.writers import Place, Writers
from tests.redis_server import RedisMissing, redis_binary

LEVEL = re.compile(r"^\d{4}-\d\d-\d\d \S+ (WARNING|ERROR|CRITICAL) (\S+): (.*)")
# What no fault explains, whatever dies.
NEVER = (
    "CRITICAL",
    " events between ",
    "could not be written to",
    "the doorbell has stopped",
    "looking at a viewer's access failed",
    "an operation on a socket failed",
    "an operation of a stream failed",
)
# The close codes after which every client connects again (1011, say, is a stock client's last word).
RESUMABLE = ("1012", "1013")
CATCH_UP = 300.0  # seconds: who stops reading, and is half-open then, needs 150 and 60; a stuck one needs for ever


@dataclass(frozen=True)
class Scale:
    """`every`: seconds between two writes of one writer; `patience`: of subscribers, by transport."""

    subscribers: int
    processes: int  # in which they are
    every: float
    patience: Mapping[str, float]
    transports: Sequence[str] = ("websocket", "sse")  # of subscribers, in turn
    writers: int = 5
    answer: float = 4.0  # seconds that a writer waits, then it is asked again


@dataclass
class Stage:
    installation: Installation
    crowd: Crowd
    writers: Writers
    hospital: Hospital
    views: Sequence[View]
    begins: Mapping[UUID, str]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    writing: "asyncio.Task[None] | None" = None

    def note(self, text: str) -> None:
        self.notes.append(text)
        print(text, flush=True)

    async def everybody_has_joined(self) -> Standing:
        """And is told so by what the processes say, not by the clock."""
        async with asyncio.timeout(CATCH_UP):
            while True:
                standing = await self.crowd.standing()
                if standing.joined == len(self.crowd.followers):
                    return standing
                await asyncio.sleep(0.1)

    async def too_slow(self) -> int:
        """How many readers who took nothing these processes have closed."""
        figures = [await api.metrics() for api in self.installation.apis]
        return int(sum(each["groundswell_too_slow_total"] for each in figures))

    def must_write(self) -> None:
        """Writers never end before they are told to; one that was refused ends them all."""
        assert self.writing is not None
        if self.writing.done():
            self.writing.result()
            raise AssertionError("the writers have ended")

    async def everybody_is_back(self) -> None:
        """Connected, and as far as the log was when we asked."""
        database = Database(self.installation.postgres.dsn, readers=1)
        try:
            _, expected = await self.due(database)
        finally:
            await database.close()
        await self.everybody_has_joined()
        standing = await self.caught_up(expected)
        behind = self.behind(standing, expected)
        assert not behind, f"not there after {CATCH_UP} s, though connected: {behind}"
        assert not standing.wrong, standing.wrong

    async def due(self, database: Database) -> tuple[Mapping[UUID, Sequence[Row]], Mapping[str, Sequence[int]]]:
        """The logs as they are, and what each view's subscribers are due of them."""
        logs = {
            organisation: await read_log(database, organisation, decode_cursor(begin).position)
            for organisation, begin in self.begins.items()
        }
        return logs, {view.name: due(view, logs[view.organisation]) for view in self.views}

    async def compare(self) -> None:
        """Writers stop, everybody catches up; then records, log and answers must say the same."""
        self.writers.enough.set()
        assert self.writing is not None
        async with asyncio.timeout(CATCH_UP):
            await self.writing
        await self.crowd.read_on()
        database = Database(self.installation.postgres.dsn, readers=1)
        try:
            logs, expected = await self.due(database)
            self.problems += await answers_agree(database, logs, self.writers.answers)
        finally:
            await database.close()
        assert all(expected.values()), "a view that shows nothing proves nothing"
        standing = await self.caught_up(expected)
        records = await self.crowd.written()
        wrong = [
            words
            for follower in self.crowd.followers
            if (words := difference(follower.name, records[follower.name], expected[follower.view.name]))
        ]
        if wrong:
            self.problems.append(f"{len(wrong)} of {len(records)} records differ from the log")
        self.problems += wrong[:10]
        self.problems += [f"a subscriber: {words}" for words in standing.wrong[:10]] + self.writers.wrong[:10]
        for api in self.installation.apis:
            self.problems += [f"{api.name} ended by itself with code {code}" for code in api.ended_alone]
        self.problems += [f"a process that was asked to end said {code}" for code in self.installation.exits if code]
        self.tell(standing, sum(map(len, logs.values())), sum(map(len, records.values())))

    async def caught_up(self, expected: Mapping[str, Sequence[int]]) -> Standing:
        """When everybody has the last event, or never will have it; what is missing is found by the comparison."""
        limit = time.monotonic() + CATCH_UP
        while True:
            standing = await self.crowd.standing()
            if not self.behind(standing, expected) or time.monotonic() > limit:
                return standing
            await asyncio.sleep(0.25)

    def behind(self, standing: Standing, expected: Mapping[str, Sequence[int]]) -> Mapping[str, str]:
        """Who has not been sent the last event of their view yet."""
        last = {view: events[-1] >> 8 if events else 0 for view, events in expected.items()}
        return {
            f.name: f"at {standing.reached[f.name]}, not at {last[f.view.name]}; {standing.doing[f.name]}"
            for f in self.crowd.followers
            if standing.reached[f.name] < last[f.view.name]
        }

    def tell(self, standing: Standing, events: int, deliveries: int) -> None:
        answered = len(self.writers.answers)
        self.note(f"{events} events, {deliveries} deliveries to {len(self.crowd.followers)} subscribers")
        self.note(f"{answered} answered writes; asked again after: {listed(self.writers.outcomes)}")
        self.note(f"connections ended: {listed(standing.ended)}")
        self.problems += [
            f"{count} sockets were closed with {code}, after which clients do not come back"
            for code, count in standing.ended.items()
            if code.isdigit() and code not in RESUMABLE
        ]
        lines, tracebacks = said(self.installation.apis)
        self.note(f"server logs: {tracebacks} tracebacks; {listed(lines)}")
        self.problems += [f"a server said: {line}" for line in lines if any(words in line for words in NEVER)]


def listed(counts: Mapping[str, int]) -> str:
    most = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{name} {count}" for name, count in most) or "none"


def said(apis: Sequence[Api]) -> tuple[Counter[str], int]:
    """What the servers complained of, how often, without numbers; and how many tracebacks stand beside it."""
    lines: Counter[str] = Counter()
    tracebacks = 0
    for api in apis:
        for line in api.log.read_text(errors="replace").splitlines():
            tracebacks += line.startswith("Traceback")
            if found := LEVEL.match(line):
                level, name, text = found.groups()
                lines[f"{level} {name}: {re.sub(r'[0-9a-f-]{8,}|[0-9.]+', 'N', text)[:80]}"] += 1
    return lines, tracebacks


def has_redis() -> bool:
    try:
        redis_binary()
    except RedisMissing as missing:
        print(missing, flush=True)
        return False
    return True


def new_folder() -> Path:
    """Where the account that runs PostgreSQL can go; as root it cannot go into pytest's tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="gs-faults-", dir="/tmp"))
    folder.chmod(0o711)
    return folder


@asynccontextmanager
async def staged(
    seed: int, scale: Scale, installed: Callable[[Path, int], Installation] | None = None
) -> AsyncIterator[Stage]:
    """Everything runs and everybody has joined. Where it fails, the logs are kept and named."""
    folder = new_folder()
    installation = installed(folder, seed) if installed else Installation(folder, seed, redis=has_redis())
    stage: Stage | None = None
    try:
        await installation.postgres.start()
        hospital, tokens, begins, places = await peopled(installation.postgres.dsn)
        await installation.start()
        crowd = Crowd(folder, installation.port, seed, processes=scale.processes, trust=installation.trust)
        writing = [places[n % len(places)] for n in range(scale.writers)]
        writers = Writers(installation.url, writing, seed, scale.every, scale.answer, installation.trust)
        stage = Stage(installation, crowd, writers, hospital, views(hospital), begins)
        await crowd.gather(
            scale.subscribers,
            stage.views,
            tokens=tokens,
            after=begins,
            patience=scale.patience,
            transports=scale.transports,
        )
        await stage.everybody_has_joined()
        stage.writing = asyncio.create_task(writers.run())
        yield stage
        await stage.compare()
        assert not stage.problems, "\n".join(stage.problems)
    except BaseException as error:
        error.add_note("\n".join(["", *(stage.notes if stage is not None else ())]))
        error.add_note(f"SOAK_SEED={seed} repeats it. The processes' logs are in {folder}")
        raise
    finally:
        if stage is not None:
            if stage.writing is not None:
                stage.writing.cancel()
            await stage.crowd.go()
        await installation.stop()
    await asyncio.to_thread(shutil.rmtree, folder)


async def peopled(dsn: str) -> tuple[Hospital, dict[str, str], dict[UUID, str], list[Place]]:
    """The hospital and its neighbour, tokens by email, the cursors at which everything begins, and who writes."""
    await migrate.migrate(dsn)
    database = Database(dsn, readers=1, writers=1)
    try:
        hospital = await factories.hospital(database)
        second = await factories.theme(hospital, title="Handovers")
        settings = Settings.read(ENVIRONMENT)
        emails = [f"{name}@ashcombe.example" for name in ("nina", "lena", "bo", "admin")] + ["other@wenlow.example"]
        tokens = {email: await printed_token(database, settings, email, 1) for email in emails}
        rows = await database.rows("select organisation_id, position, epoch from feed_head")
    finally:
        await database.close()
    begins = {row["organisation_id"]: f"{row['epoch']}.{row['organisation_id'].hex}.{row['position']}" for row in rows}
    h, themes, wards = hospital, (hospital.theme, second), (hospital.ward_a, hospital.ward_b, hospital.site)
    places = [
        Place(h.organisation, h.nurse, tokens["nina@ashcombe.example"], themes=themes),
        Place(h.organisation, h.lead, tokens["lena@ashcombe.example"], themes=themes, leads=True, units=[h.ward_a]),
        Place(h.organisation, h.colleague, tokens["bo@ashcombe.example"], units=wards),
        Place(h.organisation, h.admin, tokens["admin@ashcombe.example"], themes=themes, leads=True, units=wards),
        Place(h.other_organisation, h.stranger, tokens["other@wenlow.example"]),
    ]
    return hospital, tokens, begins, places
