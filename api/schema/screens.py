"""Screens: what hangs on a wall, how it is paired, renamed and revoked, and whether it still shows something."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.schema import lazy
from api.schema.connections import After, Connection, First
from api.schema.declared import described, mutate, optional, planned, stored
from api.schema.errors import Failing, Written
from api.schema.nodes import Node
from api.schema.scalars import URL
from db.rules import NAME, PAIRING_LASTS, PAIRING_POLLS

MINUTES = int(PAIRING_LASTS.total_seconds() // 60)


@strawberry.type(
    description="A screen on a wall, with a token of its own: it reads what is fit for a wall, of its unit."
)
class Screen(Node):
    name: str = stored(f"What it is called, such as where it hangs. At most {NAME} characters.")
    unit: lazy.Unit | None = strawberry.field(
        description="The unit whose board it shows, with those below it; null: the whole organisation's."
    )
    paired_by: lazy.Person | None = strawberry.field(
        description="Who approved it; null where the name may not be shown."
    )
    last_seen_at: datetime | None = strawberry.field(
        description="When it was last known to be on, to half a minute or so; null: never yet."
    )
    last_event_at: datetime | None = strawberry.field(
        description="When it was last sent something new, to half a minute or so; null: never yet."
    )
    revoked_at: datetime | None = stored("When its token was withdrawn; null: it may show its board.")


@strawberry.type
class ScreenResult:
    screen: Screen | None = strawberry.field(description="The screen as it is now; null where there are user errors.")


@strawberry.input(description="Something on a wall that wants to become a screen.")
class RequestPairingInput:
    name: str | None = optional(
        f"What it is to be called, unless whoever approves it says otherwise. At most {NAME} characters."
    )


@strawberry.type(description="The answer to requestPairing.")
class RequestPairingPayload(Failing):
    code: str | None = strawberry.field(
        description=f"To show on the wall, and in a QR code of `approveUrl`. Good for {MINUTES} minutes, and once."
    )
    device_secret: str | None = strawberry.field(
        description="For redeemPairing. Keep it where the screen's token will be kept; show it to nobody."
    )
    approve_url: URL | None = strawberry.field(description="Where somebody approves it, signed in, on their phone.")
    expires_at: datetime | None = strawberry.field(description="When the code ends: ask for another then.")
    poll_seconds: int | None = strawberry.field(description="How long to wait between two calls of redeemPairing.")


@strawberry.input(description="The wall's own half of a pairing.")
class RedeemPairingInput:
    device_secret: str = strawberry.field(description="What requestPairing answered.")


@strawberry.type(description="The answer to redeemPairing.")
class RedeemPairingPayload(ScreenResult, Failing):
    token: str | None = strawberry.field(
        description="The screen's token for `Authorization: Bearer`, good until it is revoked; null where there are "
        "user errors, such as PAIRING_PENDING while nobody has approved it."
    )


@strawberry.input(description="A code that is shown on a wall, and what that wall is to be.")
class ApprovePairingInput:
    code: str = strawberry.field(description="The code, however it is written: blanks and dashes do not matter.")
    name: str | None = optional(
        f"What it is called, such as where it hangs. At most {NAME} characters. Absent or null: as the wall suggests."
    )
    unit_id: strawberry.ID | None = optional(
        "The unit whose board it shows; absent or null: the whole organisation's, for administrators."
    )


@strawberry.type(description="The answer to approvePairing.")
class ApprovePairingPayload(ScreenResult, Written):
    pass


@strawberry.input(description="Another name for a screen.")
class RenameScreenInput:
    screen_id: strawberry.ID = strawberry.field(description="The screen.")
    name: str = strawberry.field(description=f"What it is called from now on. At most {NAME} characters.")


@strawberry.type(description="The answer to renameScreen.")
class RenameScreenPayload(ScreenResult, Written):
    pass


@strawberry.input(description="The screen to revoke.")
class RevokeScreenInput:
    screen_id: strawberry.ID = strawberry.field(description="The screen.")


@strawberry.type(description="The answer to revokeScreen.")
class RevokeScreenPayload(ScreenResult, Written):
    pass


@strawberry.type
class ScreenQueries:
    @described("The screens that one answers for, by name: administrators all, leads those of their units.")
    def screens(self, first: First = strawberry.UNSET, after: After = strawberry.UNSET) -> Connection[Screen]:
        planned()


@strawberry.type
class ScreenMutations:
    @described("Begins a pairing, as RFC 8628 has it: a code to show, and a secret to redeem it with. Needs no token.")
    async def request_pairing(
        self,
        info: strawberry.Info,
        input: Annotated[RequestPairingInput, strawberry.argument(description="What asks.")],
    ) -> RequestPairingPayload | None:
        return await mutate(info, input, RequestPairingPayload)

    @described(
        f"Asks whether somebody has approved the pairing, every {PAIRING_POLLS} seconds; then, for the screen and its "
        "token. Needs no token."
    )
    async def redeem_pairing(
        self,
        info: strawberry.Info,
        input: Annotated[RedeemPairingInput, strawberry.argument(description="The wall's half of the pairing.")],
    ) -> RedeemPairingPayload | None:
        return await mutate(info, input, RedeemPairingPayload)

    @described("Makes a screen of what shows this code. For leads of the unit and administrators.")
    async def approve_pairing(
        self,
        info: strawberry.Info,
        input: Annotated[ApprovePairingInput, strawberry.argument(description="The code, and what it is to be.")],
    ) -> ApprovePairingPayload | None:
        return await mutate(info, input, ApprovePairingPayload)

    @described("Gives a screen another name. For leads of its unit and administrators.")
    async def rename_screen(
        self,
        info: strawberry.Info,
        input: Annotated[RenameScreenInput, strawberry.argument(description="The screen and its name.")],
    ) -> RenameScreenPayload | None:
        return await mutate(info, input, RenameScreenPayload)

    @described("Withdraws a screen's token: it goes blank within seconds. For leads of its unit and administrators.")
    async def revoke_screen(
        self,
        info: strawberry.Info,
        input: Annotated[RevokeScreenInput, strawberry.argument(description="The screen.")],
    ) -> RevokeScreenPayload | None:
        return await mutate(info, input, RevokeScreenPayload)
