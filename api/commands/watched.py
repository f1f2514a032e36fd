"""What somebody sees of a long command: a bar on a terminal, now and then a line elsewhere; Ctrl-C ends it cleanly."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINES = 10  # that tell how far it is, where there is no terminal
_MANY = 1000  # of fewer it is not told


class Watched:
    """`stopped`: Ctrl-C was pressed; whoever works looks at it between two transactions."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, transient=True) if self._console.is_terminal else None
        self._task = None if self._bar is None else self._bar.add_task(what, total=None, visible=False)
        self._told = 0
        self.stopped = False

    def say(self, sentence: str) -> None:
        self._console.print(sentence)

    def step(self, done: int, of: int) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=of, visible=True)
        elif of >= _MANY and done * _LINES // of > self._told:
            self._told = done * _LINES // of
            self.say(f"{done:,} of {of:,} {self._what}")

    @contextmanager
    def watching(self) -> Iterator["Watched"]:
        """While it runs. In a running loop."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)

        def stop() -> None:
            self.stopped = True
            as_before()  # once more, and it ends at once

        def as_before() -> None:
            for each in signals:
                loop.remove_signal_handler(each)
                signal.signal(each, signal.default_int_handler)

        for each in signals:
            loop.add_signal_handler(each, stop)
        try:
            if self._bar is None:
                yield self
            else:
                with self._bar:
                    yield self
        finally:
            if not self.stopped:
                as_before()
