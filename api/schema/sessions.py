"""Sessions: signing in, staying signed in and signing out."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.schema.declared import described, mutate, optional
from api.schema.errors import Failing
from api.schema.people import Viewer


@strawberry.type
class SignedIn:
    access_token: str | None = strawberry.field(
        description="The token for `Authorization: Bearer`, good until `expiresAt`; null where there are user errors."
    )
    refresh_token: str | None = strawberry.field(
        description="The token for `refreshSession`, good once; null where there are user errors."
    )
    expires_at: datetime | None = strawberry.field(
        description="When the access token ends; null where there are user errors."
    )
    viewer: Viewer | None = strawberry.field(description="Who is signed in now; null where there are user errors.")


@strawberry.input(description="Who signs in.")
class SignInInput:
    email: str = strawberry.field(description="The e-mail address, in whatever case.")
    password: str = strawberry.field(description="The password.")


@strawberry.type(description="The answer to signIn.")
class SignInPayload(SignedIn, Failing):
    pass


@strawberry.input(description="The session to go on with.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(
        description="The newest refresh token. One that is used twice ends its session."
    )


@strawberry.type(description="The answer to refreshSession.")
class RefreshSessionPayload(SignedIn, Failing):
    pass


@strawberry.input(description="The session to end.")
class SignOutInput:
    refresh_token: str | None = optional(
        "The refresh token of the session to end, one's own; absent or null: the session of the bearer."
    )


@strawberry.type
class SignedOut:
    signed_out: bool | None = strawberry.field(
        description="True: the session has ended and its tokens are worth nothing; null where there are user errors."
    )


@strawberry.type(description="The answer to signOut.")
class SignOutPayload(SignedOut, Failing):
    pass


@strawberry.input(description="An invitation, and the password to begin with.")
class AcceptInvitationInput:
    token: str = strawberry.field(description="The token that the invitation's link carries, good once.")
    password: str = strawberry.field(description="The password from now on.")


@strawberry.type(description="The answer to acceptInvitation.")
class AcceptInvitationPayload(SignedIn, Failing):
    pass


@strawberry.type
class SessionQueries:
    viewer: Viewer = strawberry.field(description="Who the bearer of this token is.")


@strawberry.type
class SessionMutations:
    @described(
        "Signs in with e-mail address and password. Needs no token. After too many failures it is refused with "
        "RATE_LIMITED and the seconds to wait."
    )
    async def sign_in(
        self,
        info: strawberry.Info,
        input: Annotated[SignInInput, strawberry.argument(description="Who signs in.")],
    ) -> SignInPayload | None:
        return await mutate(info, input, SignInPayload)

    @described("Trades a refresh token for a new access token and a new refresh token. Needs no other token.")
    async def refresh_session(
        self,
        info: strawberry.Info,
        input: Annotated[RefreshSessionInput, strawberry.argument(description="The session to go on with.")],
    ) -> RefreshSessionPayload | None:
        return await mutate(info, input, RefreshSessionPayload)

    @described("Ends a session: its tokens are refused and its live connections closed within seconds.")
    async def sign_out(
        self,
        info: strawberry.Info,
        input: Annotated[SignOutInput, strawberry.argument(description="The session to end.")],
    ) -> SignOutPayload | None:
        return await mutate(info, input, SignOutPayload)

    @described("Sets the first password by an invitation, and signs in. Needs no token but the invitation's.")
    async def accept_invitation(
        self,
        info: strawberry.Info,
        input: Annotated[AcceptInvitationInput, strawberry.argument(description="The invitation and the password.")],
    ) -> AcceptInvitationPayload | None:
        return await mutate(info, input, AcceptInvitationPayload)
