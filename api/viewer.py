"""Who asks: from a bearer token to a viewer, and from a viewer to whether it still holds."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from api.settings import Settings
from db.engine import Database
from db.operations import screens, sessions
from db.terms import Sight

ACCESS_LASTS = timedelta(minutes=15)
KEPT = 20_000  # sessions remembered in memory; the least recently used goes first
ALGORITHM = "HS256"
SCREEN_TOKEN = "screen."  # how the token of a screen begins
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, as their token and the database say: how much they see, and until when.

    Somebody signed in; or a screen, whose own id stands for person and session.
    """

    organisation: UUID
    person: UUID
    session: UUID
    sight: Sight
    expires_at: datetime
    unit: UUID | None = None  # of a screen that has one


@dataclass(frozen=True, slots=True)
class Token:
    """An access token as it is given out."""

    text: str
    expires_at: datetime


def viewer_of(shown: screens.Shown) -> Viewer:
    """A screen, as one who asks."""
    return Viewer(shown.organisation, shown.screen, shown.screen, shown.sight, NEVER, shown.unit)


class Tokens:
    """Makes access tokens with the first key, and reads those made with any of them (rule 15)."""

    def __init__(self, key: str, *older: str) -> None:
        self.keys = (key, *older)

    def make(self, organisation: UUID, person: UUID, session: UUID, lasts: timedelta = ACCESS_LASTS) -> Token:
        expires_at = datetime.now(UTC).replace(microsecond=0) + lasts
        claims = {"sub": str(person), "org": str(organisation), "sid": str(session), "exp": expires_at}
        return Token(jwt.encode(claims, self.keys[0], ALGORITHM), expires_at)

    def read(self, text: str) -> tuple[UUID, UUID, UUID, datetime] | None:
        """Organisation, person, session and end of a token that one of the keys signed and that has not ended."""
        for key in self.keys:
            try:
                claims = jwt.decode(text, key, [ALGORITHM], options={"require": ["exp", "sub"]})
                return (
                    UUID(claims["org"]),
                    UUID(claims["sub"]),
                    UUID(claims["sid"]),
                    datetime.fromtimestamp(claims["exp"], UTC),
                )
            except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
                continue
        return None


async def printed_token(database: Database, settings: Settings, email: str, days: int) -> str:
    """A token to print: good for so many days, unless its session is revoked. Raises UserMistake for an unknown one."""
    lasts = timedelta(days=days)
    signed = await sessions.printed_session(database, email=email, lasts=lasts)
    return Tokens(settings.secret_key).make(signed.organisation, signed.person, signed.session, lasts).text


class Viewers:
    """Who the bearers of tokens are. A session is looked up once; the tail's `forget` makes it be looked up again."""

    def __init__(self, database: Database, tokens: Tokens) -> None:
        self.database = database
        self.tokens = tokens
        self.sights: OrderedDict[tuple[UUID, UUID, UUID], Sight] = OrderedDict()
        self.forgotten = 0
        self.screens: set[UUID] = set()  # those that asked, until somebody takes them (api/seen.py)
        # What good tokens say, since reading one costs more than its request; whether it holds is asked every time.
        self.bearers: OrderedDict[str, Viewer] = OrderedDict()

    async def viewer(self, text: str) -> Viewer | None:
        """The viewer of a bearer token; None where it is not ours, has ended or was withdrawn."""
        viewer = self.bearers.get(text)
        if viewer is None:
            viewer = await self.read(text)
            if viewer is None:
                return None
            self.bearers[text] = viewer
            if len(self.bearers) > KEPT:
                self.bearers.popitem(last=False)
        return await self.current(viewer)

    async def read(self, text: str) -> Viewer | None:
        """What a token says, whether or not it holds."""
        if text.startswith(SCREEN_TOKEN):
            shown = await screens.of_token(self.database, text.removeprefix(SCREEN_TOKEN))
            return None if shown is None else viewer_of(shown)
        claims = self.tokens.read(text)
        if claims is None:
            return None
        organisation, person, session, expires_at = claims
        return Viewer(organisation, person, session, Sight.MEMBER, expires_at)

    async def sight_of(self, viewer: Viewer) -> Sight | None:
        """How much they see now; None where they see nothing any more."""
        if viewer.sight.on_a_wall:
            shown = await screens.access(self.database, viewer.person)
            return None if shown is None or shown.organisation != viewer.organisation else shown.sight
        access = await sessions.access(self.database, viewer.session)
        if access is None or (access.organisation, access.person) != (viewer.organisation, viewer.person):
            return None
        return access.sight

    async def current(self, viewer: Viewer) -> Viewer | None:
        """The viewer as they are now; None where the session was revoked or the person deactivated."""
        if viewer.expires_at <= datetime.now(UTC):
            return None
        key = (viewer.organisation, viewer.person, viewer.session)
        sight = self.sights.get(key)
        if sight is None:
            forgotten = self.forgotten
            sight = await self.sight_of(viewer)
            if sight is None:
                return None
            if forgotten == self.forgotten:  # otherwise what was read may be older than what was forgotten
                self.sights[key] = sight
                if len(self.sights) > KEPT:
                    self.sights.popitem(last=False)
        else:
            self.sights.move_to_end(key)
        if sight.on_a_wall:
            self.screens.add(viewer.person)
        return viewer if sight is viewer.sight else replace(viewer, sight=sight)

    def forget(self, person: UUID) -> None:
        """Roles, sessions or activity of this person changed: look again."""
        self.forgotten += 1
        for key in [key for key in self.sights if key[1] == person]:
            del self.sights[key]

    def forget_all(self, organisation: UUID) -> None:
        """Its database was replaced: look again at everybody."""
        self.forgotten += 1
        for key in [key for key in self.sights if key[0] == organisation]:
            del self.sights[key]
