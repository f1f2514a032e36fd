"""Sessions: the mutations of signing in and out, which carry no cursor."""

from typing import Any

from api.resolvers.mutations import Answers, Call, Writes
from api.viewer import Viewer
from db.errors import Refused
from db.operations import sessions as operations
from db.terms import RefusalCode

Payload = dict[str, object]


async def sign_in(call: Call, given: Any) -> Payload:
    signed = await operations.sign_in(
        call.services.database, email=given.email, password=given.password, address=call.context.address
    )
    return await signed_in(call, signed)


async def refresh_session(call: Call, given: Any) -> Payload:
    return await signed_in(
        call, await operations.refresh_session(call.services.database, refresh_token=given.refresh_token)
    )


async def accept_invitation(call: Call, given: Any) -> Payload:
    return await signed_in(
        call,
        await operations.accept_invitation(call.services.database, token=given.token, password=given.password),
    )


async def sign_out(call: Call, given: Any) -> Payload:
    """The session of the bearer, or of another device of theirs. What has ended already is no mistake."""
    viewer, database = call.viewer, call.services.database
    if given.refresh_token is not None:
        await operations.sign_out_by_token(database, person=viewer.person, refresh_token=given.refresh_token)
    else:
        await operations.sign_out(database, organisation=viewer.organisation, session=viewer.session)
    return {"signedOut": True}


async def signed_in(call: Call, signed: operations.SignedIn) -> Payload:
    """The tokens, and who they are for."""
    token = call.services.tokens.make(signed.organisation, signed.person, signed.session)
    access = await operations.access(call.services.database, signed.session)
    if access is None:
        raise Refused(RefusalCode.UNAUTHENTICATED, "This account has just been closed.")
    viewer = Viewer(signed.organisation, signed.person, signed.session, access.sight, token.expires_at)
    return {
        "accessToken": token.text,
        "refreshToken": signed.refresh_token,
        "expiresAt": token.expires_at,
        **await who(call, viewer),
    }


async def who(call: Call, viewer: Viewer) -> Payload:
    """`viewer` of the payload, by response key."""
    found: Payload = {}
    for selected in call.selection:
        if selected.name == "viewer":
            found[selected.key] = await call.read("Viewer", selected, viewer, viewer.person)
    return found


MUTATIONS: dict[str, Writes | Answers] = {
    "signIn": Answers(sign_in),
    "refreshSession": Answers(refresh_session),
    "acceptInvitation": Answers(accept_invitation),
    "signOut": Answers(sign_out),
}
