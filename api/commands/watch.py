"""`groundswell watch`: the feed on a terminal, or as plain lines for a script."""

import asyncio
import signal
import sys
from argparse import Namespace
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from api.commands.installation import on_database
from api.settings import Settings, read_settings
from api.viewer import printed_token
from api.watch import Item, TokenRefusedError, Watcher
from db.errors import Misconfigured

DEMO_ADMIN = "admin@demo.example"
TOKEN_DAYS = 30

RESETS = {
    "CURSOR_EXPIRED": "What happened after the cursor is no longer kept. From here on nothing is missed.",
    "LOG_REPLACED": "The database was restored: what happened since the backup may be missing. Going on from here.",
    "ACCESS_CHANGED": "What you may see has changed. Going on from here.",
}


def command(given: Namespace) -> None:
    settings = read_settings()
    credential = Credential(settings, given.token or (None if given.email else settings.token), given.email)
    out = sys.stdout.isatty()
    screen: Screen = Terminal() if out else Plain()
    watcher = Watcher(given.url or settings.address, credential.token, given.after, screen.item, screen.status)
    try:
        with screen, suppress(asyncio.CancelledError):
            asyncio.run(until_stopped(watcher, credential))
    finally:
        if watcher.cursor is not None:
            print(
                f"Go on from here: groundswell watch --after {watcher.cursor}", file=sys.stdout if out else sys.stderr
            )


async def until_stopped(watcher: Watcher, credential: "Credential") -> None:
    """Watch until a signal. It cancels at an await: between showing an item and keeping its cursor there is none."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    while True:
        try:
            await watcher.watch()
        except TokenRefusedError as refused:
            credential.renew(str(refused), watcher.accepted)
            watcher.accepted = False


class Credential:
    """The token: as given, or made here for somebody, and made again once when it is no longer accepted."""

    def __init__(self, settings: Settings, given: str | None, email: str | None) -> None:
        if given is None and email is None and not settings.embedded:
            raise Misconfigured("Say who watches: --token TOKEN, GROUNDSWELL_TOKEN or --as EMAIL.")
        self.settings = settings
        self.given = given
        self.email = email or DEMO_ADMIN
        self.made: str | None = None

    async def token(self) -> str:
        if self.given is not None:
            return self.given
        if self.made is None:
            self.made = await asyncio.to_thread(self.make)
        return self.made

    def make(self) -> str:
        settings = self.settings
        return on_database(settings, lambda database: printed_token(database, settings, self.email, TOKEN_DAYS))

    def renew(self, reason: str, accepted: bool) -> None:
        """Make another next time. Raises Misconfigured where it is not ours to make or the first was not accepted."""
        if self.given is not None or not accepted:
            raise Misconfigured(f"The server does not accept this token ({reason or 'expired or withdrawn'}).")
        self.made = None


@dataclass(frozen=True)
class Line:
    """One event in words."""

    at: datetime
    what: str
    reference: str
    title: str
    who: str
    theme: str


def line(item: Item) -> Line:
    """Any event, of a newer server too."""
    kind: str = item["__typename"]
    idea, win, theme = item.get("idea") or {}, item.get("win") or {}, item.get("theme") or {}
    what = {
        "IdeaSubmitted": "idea shared",
        "IdeaEdited": "idea edited",
        "IdeaStatusChanged": f"{words(item.get('from'))} → {words(item.get('to'))}",
        "IdeaSupported": f"supported by {item.get('supportCount')}",
        "CommentAdded": "comment",
        "CommentEdited": "comment edited",
        "IdeasImported": f"{item.get('count')} ideas imported",
        "WinShared": "win shared",
        "WinEdited": "win edited",
        "ThemeOpened": "theme opened",
        "ThemeClosed": "theme closed",
        "ThemeEdited": "theme edited",
        "ContentRetracted": "taken back",
    }.get(kind, kind)
    return Line(
        datetime.fromisoformat(item["at"]),
        what,
        idea.get("reference") or item.get("nodeId") or "",
        printable(idea.get("title") or win.get("headline") or theme.get("title") or ""),
        printable((item.get("actor") or {}).get("name") or ""),
        printable(((idea or win).get("theme") or {}).get("title") or ""),
    )


def reset(item: Item) -> str:
    """Why continuity is lost; any reason, of a newer server too."""
    reason: str = item["reason"]
    return RESETS.get(reason, reason)


def words(status: str | None) -> str:
    return (status or "").lower().replace("_", " ")


def printable(text: str) -> str:
    """One line, and nothing in it that moves a terminal's cursor."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class Screen(Protocol):
    """Where events are shown."""

    def item(self, item: Item) -> None: ...
    def status(self, text: str) -> None: ...
    def __enter__(self) -> object: ...
    def __exit__(self, *error: object) -> None: ...


class Plain:
    """A line an event, with tabs between its parts and the cursor last; all else on standard error."""

    def item(self, item: Item) -> None:
        kind = item["__typename"]
        if kind == "FeedReset":
            self.status(reset(item))
        elif kind != "FeedCaughtUp":
            event = line(item)
            parts = (event.what, event.reference, event.title, event.who, event.theme)
            print(item["at"], kind, *parts, item["cursor"], sep="\t", flush=True)

    def status(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def __enter__(self) -> "Plain":
        return self

    def __exit__(self, *error: object) -> None:
        pass


COLOURS = {"IdeaSubmitted": "cyan", "WinShared": "bold green", "ThemeOpened": "magenta", "ContentRetracted": "red"}


class Terminal:
    """Events scroll by above one line that says how the connection stands."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.live = Live(Text(""), console=self.console, auto_refresh=False, transient=True)

    def item(self, item: Item) -> None:
        kind = item["__typename"]
        if kind == "FeedReset":
            self.console.print(Text(reset(item), style="yellow"))
        elif kind != "FeedCaughtUp":
            event, local = line(item), datetime.fromisoformat(item["at"]).astimezone()
            today = local.date() == datetime.now(local.tzinfo).date()
            self.console.print(
                Text.assemble(
                    (f"{local:%H:%M:%S}  " if today else f"{local:%d %b %H:%M}  ", "dim"),
                    (f"{event.what:<22}", COLOURS.get(kind, "")),
                    (f"{event.reference:<10} " if event.reference else "", "bold"),
                    event.title,
                    (f"  {event.who}" if event.who else "", "italic"),
                    (f"  · {event.theme}" if event.theme else "", "dim"),
                ),
                no_wrap=True,
                overflow="ellipsis",
            )

    def status(self, text: str) -> None:
        colour = "green" if text == "Live" else "yellow"
        self.live.update(Text.assemble((f"● {text}", colour), ("  Ctrl-C ends", "dim")), refresh=True)

    def __enter__(self) -> "Terminal":
        self.live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.live.stop()
