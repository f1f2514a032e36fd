"""Signing in and out, refreshing, links that work once, and guessing that does not pay."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from db.engine import Database
from db.errors import Refused, UserMistake
from db.log import writing
from db.operations import people, sessions
from db.operations.people import Invited
from db.terms import RefusalCode, Role, Sight
from tests.factories import PASSWORD, Hospital
from tests.noticed import events_of, mistake

EMAIL = "nina@ashcombe.example"


async def invite_again(hospital: Hospital, email: str = EMAIL) -> str:
    async def work(tx: Any) -> Any:
        return await people.invite_person(tx, hospital.admin, name="Nina Nurse", email=email)

    outcome = (await writing(hospital.database, hospital.organisation, work)).outcome
    assert isinstance(outcome, Invited)
    return outcome.token


@pytest_asyncio.fixture
async def database(hospital: Hospital) -> Database:
    """The nurse has a password."""
    token = await invite_again(hospital)
    signed_in = await sessions.accept_invitation(hospital.database, token=token, password=PASSWORD)
    assert (signed_in.person, signed_in.organisation) == (hospital.nurse, hospital.organisation)
    return hospital.database


async def sign_in(database: Database, password: str = PASSWORD, email: str = EMAIL, address: str = "10.0.0.1") -> Any:
    return await sessions.sign_in(database, email=email, password=password, address=address)


async def test_a_link_works_once_and_a_new_one_replaces_it(hospital: Hospital) -> None:
    old = await invite_again(hospital)
    new = await invite_again(hospital)
    with mistake("INVALID", "password"):
        await sessions.accept_invitation(hospital.database, token=new, password="short")
    for token, answer in ((old, "GONE"), (new, None), (new, "GONE"), ("guess", "GONE")):
        if answer is None:
            await sessions.accept_invitation(hospital.database, token=token, password=PASSWORD)
        else:
            with mistake(answer, "token"):
                await sessions.accept_invitation(hospital.database, token=token, password=PASSWORD)
    with mistake("ALREADY_TAKEN", "email"):
        await invite_again(hospital)


async def test_signing_in_opens_a_session(hospital: Hospital, database: Database) -> None:
    signed_in = await sign_in(database, email=" Nina@Ashcombe.example")
    assert (signed_in.person, signed_in.organisation) == (hospital.nurse, hospital.organisation)
    access = await sessions.access(database, signed_in.session)
    assert access is not None
    assert (access.person, access.sight) == (hospital.nurse, Sight.MEMBER)
    await hospital.do(people.edit_person, hospital.admin, person=hospital.nurse, roles=[Role.MODERATOR])
    access = await sessions.access(database, signed_in.session)
    assert access is not None
    assert access.sight is Sight.MODERATOR
    assert signed_in.refresh_token not in repr(signed_in)


async def test_wrong_unknown_and_without_password_answer_the_same(database: Database) -> None:
    messages = set()
    for email, password in (
        (EMAIL, "wrong"),
        (EMAIL, "x" * 1000),
        ("nobody@ashcombe.example", PASSWORD),
        ("lena@ashcombe.example", PASSWORD),
        ("a\0b", PASSWORD),
    ):
        with pytest.raises(UserMistake) as caught:
            await sign_in(database, password, email)
        messages.add((caught.value.code, caught.value.message, caught.value.path))
    assert len(messages) == 1


async def test_five_failures_close_an_account_for_a_while(database: Database) -> None:
    for n in range(5):
        with mistake("BAD_CREDENTIALS"):
            await sign_in(database, "wrong", address=f"10.0.1.{n}")
    with pytest.raises(Refused) as caught:
        await sign_in(database, address="10.0.2.1")
    assert caught.value.code is RefusalCode.RATE_LIMITED
    assert 0 < int(str(caught.value.extensions["retryAfterSeconds"])) <= 900
    async with database.writes.connection() as held:
        await held.execute("update sign_in_failure set at = at - interval '16 minutes'")
    await sign_in(database)


async def test_twenty_failures_close_an_address(database: Database) -> None:
    for n in range(20):
        with mistake("BAD_CREDENTIALS"):
            await sign_in(database, "x" * 300, f"somebody{n}@ashcombe.example")
    with pytest.raises(Refused):
        await sign_in(database)
    await sign_in(database, address="10.0.0.2")


async def test_success_forgives_the_account(database: Database) -> None:
    for _ in range(2):
        for _ in range(4):
            with mistake("BAD_CREDENTIALS"):
                await sign_in(database, "wrong")
        await sign_in(database)


async def test_guesses_all_at_once_are_no_way_round(database: Database) -> None:
    guesses = (sign_in(database, f"guess {n}", address=f"10.0.3.{n}") for n in range(9))
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused"] * 4 + ["UserMistake"] * 5
    with pytest.raises(Refused):
        await sign_in(database)


async def test_a_refresh_token_works_once_and_coming_back_with_it_ends_the_session(
    hospital: Hospital, database: Database
) -> None:
    first = await sign_in(database)
    second = await sessions.refresh_session(database, refresh_token=first.refresh_token)
    third = await sessions.refresh_session(database, refresh_token=second.refresh_token or "")
    assert first.session == second.session == third.session
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    with mistake("BAD_CREDENTIALS", "refreshToken"):
        await sessions.refresh_session(database, refresh_token="made.up")
    assert await sessions.access(database, first.session) is not None
    for token in (first.refresh_token, third.refresh_token):
        with mistake("BAD_CREDENTIALS", "refreshToken"):
            await sessions.refresh_session(database, refresh_token=token or "")
    assert await sessions.access(database, first.session) is None
    event = await database.row(
        "select type, facts from event where organisation_id = $1 order by position desc limit 1",
        [hospital.organisation],
    )
    assert event is not None
    assert (event["type"], str(hospital.nurse) in event["facts"]) == ("ACCESS_CHANGED", True)


async def test_of_two_refreshes_at_once_one_wins_and_the_session_ends(database: Database) -> None:
    signed_in = await sign_in(database)
    answers = await asyncio.gather(
        *(sessions.refresh_session(database, refresh_token=signed_in.refresh_token) for _ in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["SignedIn", "UserMistake"]
    assert await sessions.access(database, signed_in.session) is None


async def test_signing_out_ends_one_session(hospital: Hospital, database: Database) -> None:
    here, there = await sign_in(database), await sign_in(database)
    for _ in range(2):
        await sessions.sign_out(database, organisation=hospital.organisation, session=here.session)
    assert await sessions.access(database, here.session) is None
    assert await sessions.access(database, there.session) is not None


async def test_a_new_password_ends_all_other_sessions(hospital: Hospital, database: Database) -> None:
    here, there = await sign_in(database), await sign_in(database)
    with mistake("BAD_CREDENTIALS", "currentPassword"):
        await sessions.check_password(database, person=hospital.nurse, password="wrong", address="10.0.0.1")
    kept = await sessions.check_password(database, person=hospital.nurse, password=PASSWORD, address="10.0.0.1")
    given = {"verified_hash": kept, "new_hash": kept + " ", "session": here.session}
    [event] = await events_of(hospital, people.change_password, hospital.nurse, **given)
    assert event["type"] == "ACCESS_CHANGED"
    assert await sessions.access(database, here.session) is not None
    assert await sessions.access(database, there.session) is None
    with mistake("NOT_ALLOWED_NOW", "currentPassword"):
        await hospital.do(people.change_password, hospital.nurse, **given)


async def test_no_session_begins_with_a_password_that_is_changed_meanwhile(
    hospital: Hospital, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = sessions._verified

    async def and_then_changed(*given: Any) -> Any:
        found = await verified(*given)
        kept = found["password_hash"]
        await hospital.do(people.change_password, hospital.nurse, verified_hash=kept, new_hash=kept + " ")
        return found

    monkeypatch.setattr(sessions, "_verified", and_then_changed)
    with mistake("BAD_CREDENTIALS"):
        await sign_in(database)
    assert await database.value("select count(*) from session where revoked_at is null") == 0


async def test_who_waits_too_long_to_sign_in_may_try_again(database: Database) -> None:
    async with database.writes.connection() as held:
        await held.execute("begin; lock table session")
        with pytest.raises(Refused) as caught:
            await sign_in(database)
        await held.execute("rollback")
    assert caught.value.code is RefusalCode.UNAVAILABLE


async def test_who_has_left_is_signed_out_and_does_not_come_back(hospital: Hospital, database: Database) -> None:
    signed_in = await sign_in(database)
    printed = await sessions.printed_session(database, email=EMAIL, lasts=timedelta(days=30))
    assert printed.refresh_token is None
    assert await sessions.access(database, printed.session) is not None
    await hospital.do(people.deactivate_person, hospital.admin, person=hospital.nurse)
    for session in (signed_in.session, printed.session):
        assert await sessions.access(database, session) is None
    with mistake("BAD_CREDENTIALS", "refreshToken"):
        await sessions.refresh_session(database, refresh_token=signed_in.refresh_token)
    with mistake("BAD_CREDENTIALS"):
        await sign_in(database)
    with mistake("NOT_FOUND", "email"):
        await sessions.printed_session(database, email=EMAIL, lasts=timedelta(days=30))
