"""The part of reads and writes: every server under the same questions, and a thousand boards at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass

from rich.status import Status

from bench.boards import BOARDS, reload
from bench.filled import Hospital
from bench.loading import loading
from bench.node_peer import versions
from bench.printed_reads import PrintedReads
from bench.processes import Cost, Serving, many_files
from bench.questions import BOARD, Question, board, questions
from bench.reads import AIMED_AT, Case, Side, State, Turns, agree
from bench.sides import Contender, contenders

SPARE = 200  # files of a server beside its sockets
OF_BOARDS = "Boards"


@dataclass(frozen=True, slots=True)
class ReadsSize:
    """How much is measured. `seconds`: of a turn; `warming`: of each side before a question."""

    rounds: int
    seconds: float
    warming: float


FULL = ReadsSize(rounds=5, seconds=0.45, warming=1.0)
QUICK = ReadsSize(rounds=3, seconds=0.2, warming=0.5)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of what there is: questions by how their names begin, kinds of sides, connections, states."""

    questions: tuple[str, ...]
    sides: tuple[str, ...]
    connections: tuple[int, ...]
    states: tuple[State, ...]

    def asks(self, name: str) -> bool:
        return any(name.casefold().startswith(each.casefold()) for each in self.questions)


class ReadsPart:
    def __init__(
        self,
        size: ReadsSize,
        chosen: Chosen,
        hospital: Hospital,
        by: tuple[str, str, str],
        token: str,
        database: Cost,
        ours: Callable[[], AbstractContextManager[Serving]],
        shown: PrintedReads,
        status: Status,
    ) -> None:
        """`by`: the database, the organisation and the person who asks."""
        self.size, self.chosen, self.hospital = size, chosen, hospital
        self.by, self.token, self.database, self.ours = by, token, database, ours
        self.shown, self.status = shown, status

    async def measure(self) -> None:
        say = self.shown.printed.say
        found, left_out = contenders(*self.by, self.ours, self.chosen.sides)
        for each in found:
            say(f"side: {each.name}: {each.settings}")
        for sentence in left_out:
            say(sentence)
        if any(each.kind == "mercurius" for each in found):
            self.shown.printed.figures.about["node"] = of_node = versions()
            say(f"of Mercurius: {', '.join(f'{name} {version}' for name, version in of_node.items())}")
        say(
            "cold: before each request a silent event is written by a connection whose CPU is not counted, and the "
            "request carries its cursor; warm: nothing is written; for all sides but Groundswell that is the same"
        )
        async with AsyncExitStack() as stack:
            loads = await stack.enter_async_context(loading(*self.by[:2]))
            sides = [await self.started(each, stack) for each in found]
            turns = Turns(loads, self.database, self.size.seconds)
            for question in questions(self.hospital):
                if self.chosen.asks(question.name):
                    await self.compare(turns, question, [each for each in sides if answers(each, question)])
                if question.document == BOARD and self.chosen.asks(OF_BOARDS):
                    await self.boards(turns, [each for each in sides if each.contender.is_ours])
        self.shown.end()

    async def started(self, contender: Contender, stack: AsyncExitStack) -> Side:
        server = stack.enter_context(contender.start())
        await server.ready()
        self.status.console.print(f"{contender.name}: process {server.process.pid}, port {server.port}")
        return Side(contender, server, self.token)

    async def compare(self, turns: Turns, question: Question, sides: list[Side]) -> None:
        if not sides:
            return
        self.status.update(f"{question.name}: comparing the answers …")
        await agree(question, sides)
        for side in sides:
            await turns.warm_up(question, side, self.size.warming)
        cases = []
        for case in self.cases(question):
            self.status.update(f"{question.name}: {case.state}, {case.connections} connections …")
            cases.append(await turns.compare(case, sides, self.size.rounds))
        if cases:
            self.shown.question(cases, sides[0].name)

    def cases(self, question: Question) -> list[Case]:
        """What Mercurius does not answer is asked at the usual number of connections alone."""
        states: tuple[State, ...] = ("write",) if question.keyed else ("cold", "warm")
        return [
            Case(question, state, connections)
            for state in states
            for connections in self.chosen.connections
            if state in self.chosen.states and (question.in_node or connections == AIMED_AT)
        ]

    async def boards(self, turns: Turns, sides: list[Side]) -> None:
        if (files := many_files()) < BOARDS + SPARE:
            self.shown.printed.say(
                f"{BOARDS:,} boards are left out: this machine allows a process {files:,} open files"
            )
            return
        question = Question(OF_BOARDS, BOARD, [board(self.hospital)])
        for side in sides:
            self.status.update(f"{BOARDS:,} boards reload …")
            self.shown.boards(await reload(turns, side, question, self.size.rounds))


def answers(side: Side, question: Question) -> bool:
    return question.in_node or side.contender.kind != "mercurius"
