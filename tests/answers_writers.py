"""People who write: each does one thing after another, by whatever process, and repeats what was not answered."""

import asyncio
from random import Random
from uuid import uuid4

from api.cursors import Cursor, encode_cursor
from tests.answers_clients import Clients
from tests.answers_documents import Data
from tests.answers_model import Who, Write
from tests.answers_places import Place, Process
from tests.answers_wire import GONE

RESULTS = {"addComment": "comment", "editComment": "comment", "createTheme": "theme", "editProfile": "person"}
MOVES = ("UNDER_REVIEW", "PLANNED", "TESTING", "DEFERRED")
KEYED = ("submitIdea", "addComment", "createTheme")
# What somebody may be told who comes too late, since others write too.
TOO_LATE = {"NOT_FOUND", "NOT_ALLOWED_NOW", "GONE", "FORBIDDEN"}


def mutation_text(mutation: str) -> str:
    result = RESULTS.get(mutation, "organisation" if mutation == "editOrganisation" else "idea")
    type_ = f"{mutation[0].upper()}{mutation[1:]}Input!"
    return (
        f"mutation($input: {type_}) {{ {mutation}(input: $input) "
        f"{{ result: {result} {{ id }} cursor userErrors {{ code }} }} }}"
    )


class Writer:
    """One person, who does one thing after another, each by whatever process."""

    def __init__(self, clients: Clients, place: Place, who: Who, random: Random) -> None:
        self.clients, self.place, self.who, self.random = clients, place, who, random
        self.supports: set[str] = set()
        self.follows: set[str] = set()
        self.mine: list[str] = []  # comments

    async def run(self, enough: asyncio.Event, calm: asyncio.Event) -> None:
        """Now and then nobody writes, and what is known stays good for a while."""
        while not enough.is_set():
            if not calm.is_set():
                await self.something()
            await asyncio.sleep(self.random.uniform(0, 0.06))

    async def something(self) -> None:
        mutation, given = self.choice()
        done = await self.write(mutation, given)
        if done is None:
            return
        write, process = done
        place, clients, random = self.place, self.clients, self.random
        if random.random() < 0.15:
            await self.again(write)
        if random.random() < 0.7:
            document, variables = place.hot if place.hot and random.random() < 0.5 else clients.choose(place)
            who, cursor = random.choice([self.who, *place.people]), encode_cursor(self.at(write))
            if random.random() < 0.5:
                await clients.read(process, place, who, document, variables)
            else:
                await clients.read(clients.some_process(), place, who, document, variables, after=cursor)

    def at(self, write: Write) -> Cursor:
        return Cursor(self.place.start.epoch, self.place.start.organisation, write.upto)

    def choice(self) -> tuple[str, Data]:
        """What this person does next; what only one of all does is theirs more often."""
        place, random = self.place, self.random
        published = [id_ for id_, status in place.statuses.items() if status != "WITHDRAWN"]
        if not published or random.random() < 0.1:
            return "submitIdea", self.an_idea()
        idea = random.choice(published[-4:] if random.random() < 0.7 else published)
        ways: list[tuple[str, Data]] = [
            ("addComment", {"ideaId": idea, "body": f"Comment {uuid4()}"}),
            ("unsupportIdea" if idea in self.supports else "supportIdea", {"ideaId": idea}),
            ("unsupportIdea" if idea in self.supports else "supportIdea", {"ideaId": idea}),
            ("unfollowIdea" if idea in self.follows else "followIdea", {"ideaId": idea}),
        ]
        if random.random() < 0.2:
            ways.append(("editProfile", {"name": f"{self.who.name} {uuid4().hex[:6]}"}))
        if self.mine and random.random() < 0.5:
            comment = random.choice(self.mine)
            ways.append(("editComment", {"commentId": comment, "body": f"Edited {uuid4()}"}))
            ways.append(("removeComment", {"commentId": comment}))
        if self.who == place.mover:
            to = random.choice([each for each in MOVES if each != place.statuses[idea]])
            needed = to == "DEFERRED" or random.random() < 0.5
            given = {"ideaId": idea, "to": to, "reason": f"Because {uuid4()}" if needed else None}
            ways += [("changeIdeaStatus", given)] * 3
        if self.who == place.assigner:
            themes = [None, *(theme.id for theme in place.themes)]
            to_theme = random.choice([theme for theme in themes if theme != place.placed[idea]])
            ways.append(("assignIdeaToTheme", {"ideaId": idea, "themeId": to_theme}))
            ways.append(("createTheme", {"title": f"Draft {uuid4()}", "objective": "Not yet"}))
        if self.who.admin:
            ways.append(("editOrganisation", {"name": f"Organisation {uuid4().hex[:6]}"}))
        if place.owners[idea] == self.who:
            ways.append(("editIdea", {"ideaId": idea, "title": f"Edited {uuid4()}"}))
            ways.append(("editIdea", {"ideaId": idea, "title": f"Edited {uuid4()}"}))
            ways.append(("withdrawIdea", {"ideaId": idea}))
        return random.choice(ways)

    def an_idea(self) -> Data:
        random = self.random
        theme = random.choice([None, *(theme.id for theme in self.place.themes)])
        name = uuid4()
        given = {
            "title": f"Idea {name}",
            "problem": f"{name} " * random.choice([1, 40]),
            "anonymous": random.random() < 0.2,
        }
        given["problem"] = given["problem"].strip()
        return {**given, **({"themeId": theme} if theme else {})}

    async def write(self, mutation: str, given: Data) -> tuple[Write, Process] | None:
        """Until it is answered; None where there was nothing to do any more."""
        clients, place = self.clients, self.place
        if mutation in KEYED:
            given = {**given, "idempotencyKey": str(uuid4())}
        write = Write(mutation, self.who, given, before=place.newest)
        while True:
            process = clients.writer_of()
            floors = process.floors
            floor = floors[place.id]
            payload = await self.attempt(process, write)
            if payload is not None:
                break
            write.doubtful = True
            await asyncio.sleep(0.05)
        codes = {error["code"] for error in payload["userErrors"]}
        if codes:
            if not codes <= TOO_LATE:
                clients.wrong(f"{mutation} {given} by {self.who.name}: {codes}")
            if write.doubtful:
                write.upto = place.newest
                place.writes.append(write)  # the log says whether it was done
            return None
        write.result = payload["result"]["id"]
        write.upto = place.heard(payload["cursor"])
        if write.upto <= floor and not write.doubtful:
            clients.wrong(
                f"{mutation} is at {write.upto}, and {process.server.port} had answered {floor} before it began"
            )
        floors[place.id] = max(floors[place.id], write.upto)
        if mutation in KEYED or not write.doubtful:
            write.position = write.upto
        place.writes.append(write)
        clients.counted[mutation] += 1
        self.note(write)
        return write, process

    async def attempt(self, process: Process, write: Write) -> Data | None:
        """The payload; None where nobody knows whether it was done."""
        floors = process.floors
        try:
            text = mutation_text(write.mutation)
            response = await process.lines.ask(self.who.token, text, {"input": write.given})
        except GONE as error:
            self.clients.lost(process, floors, error)
            return None
        answer = response.answer
        if "errors" in answer:
            codes = [error["extensions"]["code"] for error in answer["errors"]]
            if codes == ["FORBIDDEN"]:
                return {"userErrors": [{"code": "FORBIDDEN"}]}
            if codes != ["UNAVAILABLE"]:
                self.clients.wrong(f"{write.mutation} {write.given}: {answer['errors']}")
            return None
        payload: Data = answer["data"][write.mutation]
        if payload["cursor"] is not None and payload["cursor"] != response.headers["groundswell-cursor"]:
            self.clients.wrong(f"{write.mutation}: {payload['cursor']} in the answer, {response.headers} beside it")
        return payload

    async def again(self, write: Write) -> None:
        """The same once more, by any process: it has its effect already, and does nothing."""
        clients, place = self.clients, self.place
        process = clients.writer_of()
        floors = process.floors
        floor = floors[place.id]
        payload = await self.attempt(process, write)
        if payload is None or payload["userErrors"]:
            return  # a process was killed; somebody withdrew the idea meanwhile
        clients.counted["again"] += 1
        position = place.heard(payload["cursor"])
        if write.mutation in KEYED:
            if (position, payload["result"]["id"]) != (write.upto, write.result):
                clients.wrong(f"{write.mutation} with the key of {write.result} at {write.upto} answers {payload}")
        elif position < max(floor, write.upto):
            clients.wrong(f"{write.mutation} again is at {position}, older than {floor} or {write.upto}")
        floors[place.id] = max(floors[place.id], position)

    def note(self, write: Write) -> None:
        """What is known from now on."""
        place, result, idea = self.place, write.result, write.given.get("ideaId")
        assert result is not None
        match write.mutation:
            case "submitIdea":
                place.owners[result] = self.who
                place.statuses[result], place.placed[result] = "OPEN", write.given.get("themeId")
                self.follows.add(result)
            case "addComment":
                self.mine.append(result)
                self.follows.add(str(idea))
            case "removeComment":
                self.mine.remove(write.given["commentId"])
            case "createTheme":
                place.drafts.append(result)
            case "withdrawIdea":
                place.statuses[str(idea)] = "WITHDRAWN"
            case "assignIdeaToTheme":
                place.placed[str(idea)] = write.given["themeId"]
            case "supportIdea":
                self.supports.add(str(idea))
                self.follows.add(str(idea))
            case "unsupportIdea":
                self.supports.discard(str(idea))
            case "followIdea":
                self.follows.add(str(idea))
            case "unfollowIdea":
                self.follows.discard(str(idea))
            case "changeIdeaStatus":
                if place.statuses[str(idea)] != "WITHDRAWN":  # its author may have been answered first
                    place.statuses[str(idea)] = write.given["to"]
                if write.given["reason"]:
                    self.follows.add(str(idea))
