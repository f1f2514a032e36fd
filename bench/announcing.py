"""Events for the feed: ideas submitted over HTTP, whose titles carry what the subscribers check and measure."""

import time
from collections import Counter

from bench.asking import Asker
from bench.questions import SUBMIT, submission

LARGE = "€" * 3_900  # nearly the longest problem there is, three bytes each


class Announcer:
    """Submits ideas to one server. A lane's events are numbered without a gap; each says when it was sent."""

    def __init__(self, port: int, token: str, theme: str, *, lanes: int = 1, large: bool = False) -> None:
        self.askers = [Asker(port, token) for _ in range(lanes)]
        self.theme = theme
        self.more = LARGE if large else ""
        self.numbers = Counter[int]()

    async def submit(self, lane: int = 0) -> None:
        number = self.numbers[lane]
        self.numbers[lane] += 1
        title = f"Event {lane} {number} {time.monotonic_ns()}"
        await self.askers[lane].ask(SUBMIT, {"input": submission(title, self.theme, self.more)})

    def close(self) -> None:
        for asker in self.askers:
            asker.close()
