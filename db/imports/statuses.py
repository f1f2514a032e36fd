"""What lists say of how far an idea has come, and which status each means. What could be several is asked for."""

import re
from collections.abc import Sequence

from db.errors import UserMistake
from db.imports.grid import wrong
from db.imports.names import plain
from db.imports.wording import quoted
from db.terms import IdeaStatus, UserErrorCode

_WORDS: dict[IdeaStatus, tuple[str, ...]] = {
    IdeaStatus.OPEN: ("new", "submitted", "received", "logged", "not started", "to do", "pending", "awaiting review"),
    IdeaStatus.UNDER_REVIEW: ("in review", "reviewing", "being reviewed", "under consideration", "under discussion"),
    IdeaStatus.PLANNED: ("accepted", "approved", "agreed", "scheduled", "to be implemented"),
    IdeaStatus.TESTING: (
        *("in progress", "ongoing", "on going", "underway", "under way", "started", "trial", "trialling", "in trial"),
        *("pilot", "piloting", "being tested"),
    ),
    IdeaStatus.IMPLEMENTED: (
        *("done", "complete", "completed", "implemented", "finished", "closed implemented", "closed completed"),
        *("closed complete", "closed done", "fully implemented"),
    ),
    IdeaStatus.SUSTAINED: ("embedded", "business as usual", "bau"),
    IdeaStatus.DEFERRED: ("on hold", "hold", "parked", "postponed", "paused", "later", "closed deferred"),
    IdeaStatus.DECLINED: (
        *("rejected", "not approved", "not accepted", "not agreed", "not feasible", "refused"),
        *("closed rejected", "closed declined", "closed not implemented", "will not do", "won't do"),
    ),
}
_KNOWN = [each for each in IdeaStatus if each is not IdeaStatus.WITHDRAWN]


class Statuses:
    """Reads the statuses of one list. `read`: how often each word was read as what."""

    def __init__(self, told: Sequence[str] = ()) -> None:
        """`told`: "their word=our status". Raises UserMistake."""
        self._means = {_word(word): status for status, words in _WORDS.items() for word in words}
        self._means |= {_word(status): status for status in _KNOWN}
        for entry in told:
            theirs, equals, ours = entry.rpartition("=")
            if not equals or not _word(theirs) or _word(ours) not in {_word(each) for each in _KNOWN}:
                raise wrong(f"--status {entry}: write THEIRS=OURS, where OURS is one of {_listed()}.")
            self._means[_word(theirs)] = self._means[_word(ours)]
        self.read: dict[str, tuple[IdeaStatus, int]] = {}

    def status(self, text: str) -> IdeaStatus:
        """Raises UserMistake where it is none that an idea can be taken over with."""
        found = self._means.get(_word(text))
        if found is None:
            raise UserMistake(
                UserErrorCode.INVALID,
                f"{quoted(text)} is none of {_listed()}; with --status {quoted(f'{text}=…')} you say which it means.",
                ["status"],
            )
        _, often = self.read.get(text, (found, 0))
        self.read[text] = found, often + 1
        return found


def _word(text: str) -> str:
    return plain(re.sub(r"[\s_:/()–—.,-]+", " ", text))


def _listed() -> str:
    return ", ".join(each.replace("_", " ").lower() for each in _KNOWN)
