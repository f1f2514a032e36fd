"""Screens: where their fields come from, and the mutations of pairing, which carry no cursor."""

from dataclasses import replace
from typing import Any

from sqlalchemy import true

from api.plans.places import read_text
from api.plans.shapes import Connection, Key, One, Order, Shape, Source
from api.resolvers.columns import column, node_id
from api.resolvers.mutations import Answers, Call, Writes
from api.viewer import SCREEN_TOKEN, viewer_of
from db import models as t
from db import sight
from db.operations import pairing
from db.operations import screens as operations
from db.rules import PAIRING_POLLS

BY_NAME = {"NAME": Order([Key(lambda row: row.c.name, t.screens.c.name.type, read_text)])}

SCREEN = Source(
    "Screen",
    t.screens,
    {
        "id": node_id("screen"),
        "unit": One("Unit", lambda s, u: u.c.id == s.c.unit_id),
        "pairedBy": One("Person", lambda s, p: p.c.id == s.c.paired_by),
        "lastSeenAt": replace(column("last_seen_at"), moving=True),  # written without an event (rule 4)
        "lastEventAt": replace(column("last_event_at"), moving=True),
    },
    sees=sight.screen,
    tag="screen",
)

ROOT: dict[str, Shape] = {"screens": Connection("Screen", lambda root, s: true(), BY_NAME)}

SOURCES = [SCREEN]


async def request_pairing(call: Call, given: Any) -> dict[str, object]:
    begun = await pairing.request_pairing(call.services.database, address=call.context.address, name=given.name)
    return {
        "code": begun.code,
        "deviceSecret": begun.secret,
        "approveUrl": f"{call.services.public_url}/pair#code={begun.code}",
        "expiresAt": begun.expires_at,
        "pollSeconds": PAIRING_POLLS,
    }


async def redeem_pairing(call: Call, given: Any) -> dict[str, object]:
    redeemed = await pairing.redeem_pairing(call.services.database, secret=given.device_secret)
    viewer = viewer_of(operations.Shown(redeemed.screen, redeemed.organisation, redeemed.unit))
    screens = {s.key: await call.read("Screen", s, viewer, viewer.person) for s in call.selection if s.name == "screen"}
    return {"token": SCREEN_TOKEN + given.device_secret, **screens}


async def its_pairing(call: Call, given: Any) -> dict[str, object]:
    """The pairing of the code: looked for outside the transaction, so that a guess counts though nothing is written."""
    found = await pairing.find_pairing(call.services.database, person=call.viewer.person, code=given.code)
    return {"pairing": found}


MUTATIONS: dict[str, Writes | Answers] = {
    "requestPairing": Answers(request_pairing),
    "redeemPairing": Answers(redeem_pairing),
    "approvePairing": Writes(operations.approve_pairing, "screen", "Screen", prepare=its_pairing),
    "renameScreen": Writes(operations.rename_screen, "screen", "Screen"),
    "revokeScreen": Writes(operations.revoke_screen, "screen", "Screen"),
}
