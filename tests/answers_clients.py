"""Clients that read from several processes at random, and hold each to what it has answered before."""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from api.cursors import Cursor, decode_cursor, encode_cursor
from tests.answers_documents import DOCUMENTS, Data, Document, a_page_after_a_place
from tests.answers_model import Who
from tests.answers_places import Place, Process, Read, Tag
from tests.answers_wire import GONE, Response, Socket

KEPT_TAGS = 4  # of one document and its variables


@dataclass
class Clients:
    """All of them. `problems`: what is wrong at once; what the answers say is judged when all positions are known."""

    processes: Sequence[Process]
    places: Sequence[Place]
    random: Random
    problems: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def wrong(self, what: str) -> None:
        self.problems.append(what)

    def some_process(self) -> Process:
        return self.random.choice([each for each in self.processes if each.up])

    def writer_of(self) -> Process:
        ups = [each for each in self.processes if each.up and each.share]
        return self.random.choices(ups, [each.share for each in ups])[0]

    # -- one query

    def choose(self, place: Place) -> tuple[Document, Data]:
        document = self.random.choice(DOCUMENTS)
        return document, document.choose(self.random, place.known())

    async def warm(self, place: Place) -> None:
        """Every document once in every process by everybody of a place: planning takes longer than answering."""
        await asyncio.gather(
            *(
                self.read(process, place, who, document, document.choose(self.random, place.known()))
                for process in self.processes
                for who in place.people
                for document in DOCUMENTS
            )
        )

    async def read(
        self,
        process: Process,
        place: Place,
        who: Who,
        document: Document,
        variables: Data,
        *,
        after: str | None = None,
        socket: Socket | None = None,
    ) -> None:
        """Asks in one of the ways there are, and notes the answer. Nothing is noted where the process was killed."""
        random = self.random
        get = socket is None and random.random() < 0.5
        headers = {"Accept-Encoding": "gzip"} if random.random() < 0.5 else {}
        wanted = 0
        if socket is None and after is None and random.random() < 0.4:
            after = random.choice([place.cursors[-1], random.choice(place.cursors), *self.expired(place)])
        if socket is None and after is not None:
            headers["Groundswell-After"] = after
            if (cursor := decode_cursor(after)).organisation == place.start.organisation:
                wanted = cursor.position if cursor.epoch == place.start.epoch else 0
        asked = (document, tuple(variables.items()))
        sent = self.offered(place, asked) if get else {}
        if sent:
            headers["If-None-Match"] = ", ".join(sent)
        how = f"{'socket' if socket else 'GET' if get else 'POST'} to {process.server.port} {headers}"
        floors = process.floors
        floor = max(floors[place.id], wanted)
        try:
            if socket is not None:
                answer, response = await socket.ask(document.text, variables), None
                cursor_text = (answer.get("data") or {}).get("cursor")
            else:
                response = await process.lines.ask(who.token, document.text, variables, get=get, headers=headers)
                answer = None if response.status == 304 else response.answer
                cursor_text = response.headers.get("groundswell-cursor")
        except GONE as error:
            self.lost(process, floors, error)
            return
        self.counted["socket" if socket else "GET" if get else "POST"] += 1
        if answer is not None and "errors" in answer:
            if [error["extensions"]["code"] for error in answer["errors"]] != ["UNAVAILABLE"]:
                self.wrong(f"{how}: {document.name} {variables} of {who.name}: {answer['errors']}")
            return
        if cursor_text is None:
            self.wrong(f"{how}: {document.name} has no cursor")
            return
        position = place.heard(cursor_text)
        if position < floor:
            since = "that the request named" if wanted == floor else "that this process had answered"
            self.wrong(f"{how}: {document.name} {variables}: read at {position}, older than {floor} {since}")
        floors[place.id] = max(floors[place.id], position)
        data = self.data_of(place, document, asked, response, answer, sent)
        if data is None:
            self.wrong(f"{how}: a 304 for none of what was offered")
            return
        if document.has_cursor and data["cursor"] != cursor_text:
            self.wrong(f"{how}: {document.name} says {data['cursor']}, and its header {cursor_text}")
        told = {name: value for name, value in data.items() if name != "cursor"}
        place.reads.append(Read(who, document, variables, position, told, how))

    def data_of(
        self,
        place: Place,
        document: Document,
        asked: Any,
        response: Response | None,
        answer: Any,
        sent: Mapping[str, Tag],
    ) -> Data | None:
        """What was answered, or is answered by what the client has; None for a 304 that names nothing of it."""
        if answer is None:
            assert response is not None
            self.counted["304"] += 1
            kept = sent.get(response.headers.get("etag", ""))
            return None if kept is None else kept.data
        data: Data = answer["data"]
        if document is a_page_after_a_place:  # what a page cursor stands for is learnt where it is given
            nodes, info = data["ideas"]["nodes"], data["ideas"]["pageInfo"]
            if info["endCursor"] is not None:
                info["endCursor"] = place.pages.setdefault(info["endCursor"], nodes[-1]["id"])
        if response is not None and "etag" in response.headers:
            kept_here = place.tags.setdefault(asked, deque(maxlen=KEPT_TAGS))
            kept_here.append(Tag(response.headers["etag"], data))
        if response is not None and response.headers.get("content-encoding") == "gzip":
            self.counted["gzip"] += 1
        return data

    def expired(self, place: Place) -> list[str]:
        """Cursors that say nothing here: another organisation's, and one of another epoch."""
        head = decode_cursor(place.cursors[-1])
        return [place.other.cursors[-1], encode_cursor(Cursor("another", head.organisation, head.position))]

    def offered(self, place: Place, asked: Any) -> dict[str, Tag]:
        """For If-None-Match: of the same document, whoever asked it; now and then of another one."""
        random = self.random
        of = random.choice([*place.tags]) if place.tags and random.random() < 0.1 else asked
        tags = [*place.tags.get(of, ())]
        if random.random() < 0.5:
            tags = tags[-1:]
        return {each.tag: each for each in tags} if random.random() < 0.8 else {}

    def lost(self, process: Process, floors: object, error: BaseException) -> None:
        """A connection that ended: only because its process was killed."""
        if process.up and process.floors is floors:
            self.wrong(f"{process.server.port} ended a connection by itself: {error!r}")

    async def stranger(self, process: Process, place: Place) -> None:
        """Who is not signed in is told nothing, whatever is known here."""
        document, variables = place.hot or self.choose(place)
        floors = process.floors
        try:
            response = await process.lines.ask(None, document.text, variables, get=True)
        except GONE as error:
            self.lost(process, floors, error)
            return
        codes = [error["extensions"]["code"] for error in response.answer.get("errors", ())]
        if codes != ["UNAUTHENTICATED"] or response.answer.get("data"):
            self.wrong(f"a stranger is told {response.body!r}")

    # -- those who only read

    async def reader(self, process: Process, enough: asyncio.Event) -> None:
        """By HTTP: every document once, then at random, often what others ask for as well."""
        random = self.random
        for place in self.places:
            for document in DOCUMENTS:
                await self.read(
                    process, place, random.choice(place.people), document, document.choose(random, place.known())
                )
        while not enough.is_set():
            if not process.up:
                await asyncio.sleep(0.05)
                continue
            place = random.choices(self.places, [3, 1])[0]
            if place.hot is None or random.random() < 0.05:
                place.hot = self.choose(place)
            document, variables = place.hot if random.random() < 0.6 else self.choose(place)
            crowd = random.choices([1, 6], [9, 1])[0]
            await asyncio.gather(
                *(self.read(process, place, random.choice(place.people), document, variables) for _ in range(crowd))
            )
            if random.random() < 0.02:
                await self.stranger(process, place)

    async def watcher(self, process: Process, enough: asyncio.Event) -> None:
        """Over one WebSocket after another, each somebody else's."""
        random = self.random
        while not enough.is_set():
            place = random.choices(self.places, [3, 1])[0]
            who, floors = random.choice(place.people), process.floors
            try:
                async with Socket(process.server, who.token) as socket:
                    for _ in range(30):
                        document, variables = place.hot or self.choose(place)
                        if document.has_cursor:
                            await self.read(process, place, who, document, variables, socket=socket)
                        else:
                            place.hot = self.choose(place)
                        if enough.is_set() or process.floors is not floors:
                            break
            except GONE as error:
                self.lost(process, floors, error)
                await asyncio.sleep(0.05)
