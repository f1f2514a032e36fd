"""Sessions through the API: signing in and out, tokens that rotate, links that work once, guessing in vain."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest_asyncio

from db.operations import people, sessions
from db.passwords import hash_password
from db.terms import Role
from tests.client import SECRET, Answer, Api
from tests.factories import PASSWORD, Hospital
from tests.mutations import DOCUMENTS
from tests.state import unchanged

LONG = timedelta(hours=1)
NURSE = "nina@ashcombe.example"
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
  accessToken refreshToken expiresAt viewer { ... on Person { id name email } } userErrors { code message path } } }"""
WHO = "{ viewer { ... on Person { name } } }"


@pytest_asyncio.fixture(scope="module")
async def with_passwords(module_hospital: Hospital, quick_passwords: None) -> Hospital:
    """Everybody has one."""
    hashed = await hash_password(PASSWORD)
    async with module_hospital.database.writes.connection() as connection:
        await connection.execute("update person set password_hash = $1", hashed)
    return module_hospital


@pytest_asyncio.fixture
async def hospital(with_passwords: Hospital) -> AsyncIterator[Hospital]:
    """With a good password, and no failures remembered."""
    yield with_passwords
    async with with_passwords.database.writes.connection() as connection:
        await connection.execute("delete from sign_in_failure")


@pytest_asyncio.fixture
def api(module_api: Api) -> Api:
    return module_api


async def sign_in(api: Api, email: str = NURSE, password: str = PASSWORD) -> Answer:
    return await api.ask(SIGN_IN, input={"email": email, "password": password})


async def signed_in(api: Api, email: str = NURSE) -> tuple[str, str]:
    payload = (await sign_in(api, email)).data["signIn"]
    return payload["accessToken"], payload["refreshToken"]


async def done(api: Api, mutation: str, token: str | None = None, /, **given: Any) -> Any:
    answer = await api.ask(DOCUMENTS[mutation], token, input=given)
    assert answer.errors == [], answer.errors
    return answer.data[mutation]


def code_of(payload: Any) -> str:
    (error,) = payload["userErrors"]
    assert all(value is None for name, value in payload.items() if name != "userErrors")
    return str(error["code"])


async def works(api: Api, token: str) -> bool:
    answer = await api.ask(WHO, token)
    assert answer.codes in ([], ["UNAUTHENTICATED"])
    return answer.errors == []


async def test_signing_in_gives_tokens_that_work(api: Api, hospital: Hospital) -> None:
    answer = await sign_in(api, " Nina@Ashcombe.example ")
    payload = answer.data["signIn"]
    assert payload["viewer"] == {"id": f"person_{hospital.nurse}", "name": "Nina Nurse", "email": NURSE}
    claims = jwt.decode(payload["accessToken"], SECRET, ["HS256"])
    assert (claims["sub"], claims["org"]) == (str(hospital.nurse), str(hospital.organisation))
    assert payload["userErrors"] == []
    seen = await api.ask(WHO, payload["accessToken"])
    assert seen.data == {"viewer": {"name": "Nina Nurse"}}
    assert answer.response.headers["cache-control"] == "no-store"


async def test_an_unknown_account_and_a_wrong_password_answer_the_same(api: Api, hospital: Hospital) -> None:
    await hospital.do(people.invite_person, hospital.admin, name="No Password", email="none@ashcombe.example")
    left = (await hospital.do(people.invite_person, hospital.admin, name="Left", email="left@ashcombe.example")).id
    await hospital.do(people.deactivate_person, hospital.admin, person=left)
    answers = {
        (await sign_in(api, email, password)).response.content
        for email, password in (
            (NURSE, "wrong password"),
            ("nobody@nowhere.example", PASSWORD),
            ("none@ashcombe.example", PASSWORD),
            ("left@ashcombe.example", PASSWORD),
            ("no address at all", ""),
        )
    }
    assert len(answers) == 1
    assert code_of((await sign_in(api, NURSE, "wrong")).data["signIn"]) == "BAD_CREDENTIALS"


async def test_five_failures_close_an_account_for_a_while(api: Api, hospital: Hospital) -> None:
    for _ in range(5):
        assert code_of((await sign_in(api, NURSE, "wrong")).data["signIn"]) == "BAD_CREDENTIALS"
    refused = await sign_in(api)
    assert refused.codes == ["RATE_LIMITED"]
    assert 0 < refused.errors[0]["extensions"]["retryAfterSeconds"] <= 15 * 60
    assert refused.data == {"signIn": None}
    assert (await sign_in(api, "bo@ashcombe.example")).data["signIn"]["accessToken"]
    # An unknown one is closed in the same way: otherwise it would tell.
    for _ in range(5):
        await sign_in(api, "nobody@nowhere.example", "wrong")
    assert (await sign_in(api, "nobody@nowhere.example")).codes == ["RATE_LIMITED"]


async def test_twenty_failures_close_an_address_for_a_while(api: Api, hospital: Hospital) -> None:
    for n in range(20):
        assert code_of((await sign_in(api, f"guess{n}@ashcombe.example", "wrong")).data["signIn"])
    refused = await sign_in(api)
    assert refused.codes == ["RATE_LIMITED"]
    assert refused.errors[0]["extensions"]["retryAfterSeconds"] > 0
    elsewhere = httpx.ASGITransport(app=api.app, client=("10.1.2.3", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://groundswell.test") as http:
        assert (await sign_in(Api(api.app, http))).data["signIn"]["accessToken"]


async def test_guessing_in_one_document_does_not_pay_either(api: Api, hospital: Hospital) -> None:
    guesses = " ".join(
        f'g{n}: signIn(input: {{email: "{NURSE}", password: "{PASSWORD if n == 7 else "guess"}"}}) {{ accessToken }}'
        for n in range(8)
    )
    answer = await api.ask(f"mutation {{ {guesses} }}")
    assert set(answer.codes) == {"RATE_LIMITED"}
    assert all((payload or {}).get("accessToken") is None for payload in answer.data.values())


async def test_a_refresh_token_is_good_once(api: Api, hospital: Hospital) -> None:
    first, refresh = await signed_in(api)
    other, _ = await signed_in(api)
    renewed = await done(api, "refreshSession", refreshToken=refresh)
    assert await works(api, renewed["accessToken"])
    assert renewed["refreshToken"] != refresh
    again = await done(api, "refreshSession", refreshToken=renewed["refreshToken"])
    # Somebody comes with one that was used: the whole family ends, at once, and no other.
    assert code_of(await done(api, "refreshSession", refreshToken=refresh)) == "BAD_CREDENTIALS"
    assert code_of(await done(api, "refreshSession", refreshToken=again["refreshToken"])) == "BAD_CREDENTIALS"
    assert [await works(api, token) for token in (first, renewed["accessToken"], again["accessToken"], other)] == [
        False, False, False, True,
    ]  # fmt: skip


async def test_whoever_signs_out_is_out_at_once(api: Api, hospital: Hospital) -> None:
    token, refresh = await signed_in(api)
    other, other_refresh = await signed_in(api)
    assert await done(api, "signOut", token) == {"signedOut": True, "userErrors": []}
    assert not await works(api, token)
    assert code_of(await done(api, "refreshSession", refreshToken=refresh)) == "BAD_CREDENTIALS"
    assert await works(api, other)
    # One's other device, by its refresh token; what has ended already is no mistake.
    third, _ = await signed_in(api)
    for _ in range(2):
        assert await done(api, "signOut", third, refreshToken=other_refresh) == {"signedOut": True, "userErrors": []}
    assert [await works(api, each) for each in (other, third)] == [False, True]


async def test_nobody_signs_out_somebody_else(api: Api, hospital: Hospital) -> None:
    token, refresh = await signed_in(api)
    colleague, _ = await signed_in(api, "bo@ashcombe.example")
    stranger, _ = await signed_in(api, "other@wenlow.example")
    async with unchanged(hospital.database):
        for given in ({}, {"refreshToken": refresh}):
            assert (await api.ask(DOCUMENTS["signOut"], input=given)).codes == ["UNAUTHENTICATED"]
        for other in (colleague, stranger):
            for guess in (refresh, "guess", f"{refresh.partition('.')[0]}.guess"):
                assert (await done(api, "signOut", other, refreshToken=guess))["signedOut"]
    assert await works(api, token)


async def test_an_invitation_is_accepted_once(api: Api, hospital: Hospital) -> None:
    admin, _ = await signed_in(api, "admin@ashcombe.example")
    key = "invite-once"
    given = {"name": "Ina Invited", "email": "ina@ashcombe.example", "idempotencyKey": key}
    invited = await done(api, "invitePerson", admin, **given)
    before, _, link = invited["invitationUrl"].partition("#token=")
    assert before.endswith("/welcome")
    repeated = await done(api, "invitePerson", admin, **given)
    assert (repeated["person"], repeated["invitationUrl"]) == (invited["person"], None)
    assert code_of(await done(api, "acceptInvitation", token=link, password="short")) == "INVALID"
    accepted = await done(api, "acceptInvitation", token=link, password="a long enough one")
    assert await works(api, accepted["accessToken"])
    assert code_of(await done(api, "acceptInvitation", token=link, password="a long enough one")) == "GONE"
    assert code_of(await done(api, "acceptInvitation", token="guess", password="a long enough one")) == "GONE"
    assert (await sign_in(api, "ina@ashcombe.example", "a long enough one")).data["signIn"]["accessToken"]


async def test_a_new_password_signs_out_the_other_devices(api: Api, hospital: Hospital) -> None:
    email = "cora@ashcombe.example"
    here, refresh = await signed_in(api, email)
    there, there_refresh = await signed_in(api, email)
    assert await works(api, there)
    wrong = await done(api, "changePassword", here, currentPassword="wrong", newPassword="another long one")
    assert (code_of(wrong), wrong["userErrors"][0]["path"]) == ("BAD_CREDENTIALS", ["currentPassword"])
    changed = await done(api, "changePassword", here, currentPassword=PASSWORD, newPassword="another long one")
    assert changed["userErrors"] == []
    assert [await works(api, token) for token in (here, there)] == [True, False]
    assert (await done(api, "refreshSession", refreshToken=refresh))["accessToken"]
    assert code_of(await done(api, "refreshSession", refreshToken=there_refresh)) == "BAD_CREDENTIALS"
    assert code_of((await sign_in(api, email)).data["signIn"]) == "BAD_CREDENTIALS"
    assert (await sign_in(api, email, "another long one")).data["signIn"]["accessToken"]


async def test_somebody_who_left_is_out_at_once(api: Api, hospital: Hospital) -> None:
    admin, _ = await signed_in(api, "admin@ashcombe.example")
    token, refresh = await signed_in(api, "a1@ashcombe.example")
    assert await works(api, token)
    person = await hospital.database.value("select id from person where email = 'a1@ashcombe.example'")
    await done(api, "deactivatePerson", admin, personId=f"person_{person}")
    assert not await works(api, token)
    assert code_of(await done(api, "refreshSession", refreshToken=refresh)) == "BAD_CREDENTIALS"
    assert code_of((await sign_in(api, "a1@ashcombe.example")).data["signIn"]) == "BAD_CREDENTIALS"


async def test_other_roles_are_another_sight_at_once(api: Api, hospital: Hospital) -> None:
    admin, _ = await signed_in(api, "admin@ashcombe.example")
    token, _ = await signed_in(api, "mo@ashcombe.example")
    emails = '{ people(search: "Nina") { nodes { email } } }'
    person = f"person_{hospital.moderator}"
    for roles, email in ((["ADMIN"], NURSE), (["CONTRIBUTOR"], None), (["MODERATOR", "ADMIN"], NURSE)):
        await done(api, "editPerson", admin, personId=person, roles=roles)
        assert (await api.ask(emails, token)).data == {"people": {"nodes": [{"email": email}]}}
        edit = await api.ask(DOCUMENTS["createUnit"], token, input={"name": "Annexe"})
        assert edit.codes == ([] if "ADMIN" in roles else ["FORBIDDEN"])
    await hospital.do(people.edit_person, hospital.admin, person=hospital.moderator, roles=[Role.MODERATOR])


async def test_a_token_of_another_key_or_of_no_session_opens_nothing(api: Api, hospital: Hospital) -> None:
    token, _ = await signed_in(api)
    claims = jwt.decode(token, SECRET, ["HS256"])
    signed = await sessions.printed_session(hospital.database, email="eve@ashcombe.example", lasts=LONG)
    forged = {
        "another key": jwt.encode(claims, "another-key-" + "x" * 32, "HS256"),
        "no key": jwt.encode(claims, None, "none"),
        "another person of this session": jwt.encode({**claims, "sub": str(hospital.admin)}, SECRET, "HS256"),
        "another session": jwt.encode({**claims, "sid": str(signed.session)}, SECRET, "HS256"),
        "another organisation": jwt.encode({**claims, "org": str(hospital.other_organisation)}, SECRET, "HS256"),
        "no end": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, SECRET, "HS256"),
        "no session": jwt.encode({**claims, "sid": "x"}, SECRET, "HS256"),
        "another algorithm": jwt.encode(claims, SECRET * 2, "HS512"),
        "cut": token[:-3],
        "nothing": "x",
    }
    for what, text in forged.items():
        assert not await works(api, text), what
    assert await works(api, token)


async def test_without_a_bearer_only_signing_in_and_introspection_answer(api: Api, hospital: Hospital) -> None:
    assert (await api.ask("{ __typename __schema { queryType { name } } }")).errors == []
    for query in (WHO, "{ cursor }", "{ __typename cursor }", "{ organisation { name } }", "{ board { cursor } }"):
        answer = await api.ask(query)
        assert (answer.data, answer.codes) == (None, ["UNAUTHENTICATED"]), query
    response = await api.http.post(
        "/graphql", json={"query": "{ cursor }"}, headers={"accept": "application/graphql-response+json"}
    )
    assert response.status_code == 401
