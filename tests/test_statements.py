"""How often PostgreSQL is asked: once for a query, whatever is in it, and for a mutation as often as the table says.

Counted at the connections, as asyncpg sends it: BEGIN and COMMIT too. What the tail reads is not a request's.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from db.engine import Connection, Held
from db.passwords import hash_password
from tests import factories as make
from tests import replay_ideas, replay_others  # noqa: F401 - the cases
from tests.client import Answer, Api, serving
from tests.factories import PASSWORD, Hospital
from tests.mutations import SCHEMA, VALID, Cast, input_of, mutations, results_of
from tests.replay_stage import CASES, OUTSIDE, Case, Stage
from tests.statements_around import surround


@dataclass
class Counter:
    """Every statement that a request may have asked, in order. `others`: connections that are no request's."""

    texts: list[str] = field(default_factory=list)
    others: set[Held] = field(default_factory=set)

    async def connect(self, held: Held) -> Connection:
        connection = await CONNECT(held)
        connection.add_query_logger(lambda query: self.note(held, query.query))
        return connection

    def note(self, held: Held, text: str) -> None:
        if held not in self.others and not any(each in text for each in ONCE):
            self.texts.append(text)

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[list[str]]:
        """What is asked inside."""
        await asyncio.sleep(0)  # asyncpg tells of a statement in the loop's next turn
        self.texts = []
        yield self.texts
        await asyncio.sleep(0)


CONNECT = Held.connect
ONCE = ("typeinfo_tree", "set_config('jit'")  # asyncpg asks each connection once what an array is made of


@pytest_asyncio.fixture(scope="module")
async def served(module_hospital: Hospital) -> AsyncIterator[tuple[Api, Counter]]:
    counter = Counter()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Held, "connect", lambda held: counter.connect(held))
        async with serving(module_hospital.database.dsn) as api:
            service = api.service
            counter.others.add(service.tail.database.reads)
            assert service.midnight is not None
            service.midnight.cancel()  # the clock asks now and then
            yield api, counter


async def asked(served: tuple[Api, Counter], text: str, token: str, **variables: Any) -> tuple[list[str], Answer]:
    """The statements of one operation, and its answer."""
    api, counter = served
    async with counter.counting() as texts:
        answer = await api.ask(text, token, **variables)
        assert not answer.errors, answer.errors
    return [*texts], answer


async def known(api: Api, person: UUID) -> str:
    """A token whose session is remembered, which is one statement more at its first request."""
    token = await api.token(person)
    await api.ask("{ __typename }", token)
    return token


# -- queries

PAGE = "nodes { id title author { id name unit { name } } theme { id title } viewerSupports viewerCanDo"
ROOTS = {
    "cursor": "cursor",
    "feed": "feed(first: 100) { nodes { __typename cursor actor { name } } pageInfo { endCursor } }",
    "node": "node(id: $idea) { id ... on Idea { title comments { nodes { body } } } }",
    "nodes": "nodes(ids: [$idea, $theme]) { id ... on Idea { title } ... on Theme { title wins { nodes { id } } } }",
    "viewer": "viewer { ... on Person { name email unit { parent { name } } } }",
    "organisation": "organisation { name units { nodes { name leads { name } children { name } } } }",
    "themes": "themes { nodes { title ideaCount owner { name } wins(first: 3) { nodes { headline } } } }",
    "theme": f"theme(id: $theme) {{ title units {{ name }} ideas(first: 100) {{ {PAGE} }} }} }}",
    "ideas": f"ideas(first: 100) {{ {PAGE} comments(first: 5) {{ nodes {{ body author {{ name }} }} }} }} }}",
    "idea": "idea(id: $idea) { title history { nodes { __typename } } comments(first: 100) { nodes { body } } }",
    "wins": "wins { nodes { headline ideas { title author { name } } thanks { name } sharedBy { name } } }",
    "screens": "screens(first: 100) { nodes { name unit { name } pairedBy { name } lastSeenAt } }",
    "similarIdeas": 'similarIdeas(text: "hoist", first: 50) { likeness idea { title author { name } } }',
    "people": "people(first: 100) { nodes { name roles unit { name } } }",
    "board": "board { counts { open newIdeas wins } newIdeas { title } awaitingResponse { title } wins { headline } }",
}


def query(*roots: str) -> str:
    """An operation with these root fields."""
    text = " ".join(roots)
    used = ", ".join(f"${name}: ID!" for name in ("idea", "theme") if f"${name}" in text)
    return f"query{used and f'({used})'} {{ {text} }}"


OPERATIONS = {
    **{name: query(root) for name, root in ROOTS.items()},
    "all of them": query(*ROOTS.values()),
    "ten alike": query(*(f"a{n}: {ROOTS['ideas']}" for n in range(10))),
}


def test_every_root_field_is_asked_for() -> None:
    assert SCHEMA.query_type is not None
    assert set(ROOTS) == set(SCHEMA.query_type.fields)


async def test_a_query_is_one_statement_for_one_row_and_for_a_hundred(
    served: tuple[Api, Counter], module_hospital: Hospital
) -> None:
    at = module_hospital
    token = await known(served[0], at.nurse)
    idea = await make.submit(at, theme=at.theme)
    given = {"idea": f"idea_{idea}", "theme": f"theme_{at.theme}"}

    async def statements() -> dict[str, int]:
        counted = {}
        for name, text in OPERATIONS.items():
            variables = {key: value for key, value in given.items() if f"${key}" in text}
            texts, _ = await asked(served, text, token, **variables)
            counted[name] = len(texts)
        return counted

    one = dict.fromkeys(OPERATIONS, 1)
    assert await statements() == one
    await surround(Stage(at, at.nurse), given, MANY)
    for _ in range(80):
        await make.comment(at, await make.submit(at, theme=at.theme))
    assert await statements() == one


async def test_what_was_answered_already_is_no_statement_until_the_position_moves(
    served: tuple[Api, Counter], module_hospital: Hospital
) -> None:
    at, (api, counter) = module_hospital, served
    nurse, lead = [await known(api, person) for person in (at.nurse, at.lead)]
    shared = query("ideas(first: 3) { nodes { title supportCount } } board { counts { open } }")
    own = query("ideas(first: 3) { nodes { title viewerSupports viewerCanDo } }")
    texts, first = await asked(served, shared, nurse)
    assert len(texts) == 1
    for token in (nurse, lead):
        texts, again = await asked(served, shared, token)
        assert (texts, again.data) == ([], first.data)
    await asked(served, own, nurse)
    assert [len((await asked(served, own, token))[0]) for token in (nurse, lead, lead)] == [0, 1, 0]
    # By GET: neither is the look whether it still holds.
    headers = {"authorization": f"Bearer {nurse}"}
    answer = await api.http.get("/graphql", params={"query": own}, headers=headers)
    async with counter.counting() as texts:
        unless = {**headers, "if-none-match": answer.headers["etag"]}
        assert (await api.http.get("/graphql", params={"query": own}, headers=unless)).status_code == 304
    assert texts == []
    await make.submit(at)  # as another process does, of which the tail hears
    head = await at.database.value("select position from feed_head where organisation_id = $1", [at.organisation])
    assert await api.service.tail.wait_for(at.organisation, head)
    assert [len((await asked(served, text, nurse))[0]) for text in (shared, own, shared, own)] == [1, 1, 0, 0]


# -- mutations

MANY = 20

# The round trips of each case of test_replay, one of which is BEGIN and one is COMMIT.
MUTATIONS = {
    "submitIdea: the least": 4,
    "submitIdea: in a theme": 4,
    "submitIdea: anonymously": 4,
    "editIdea: its text": 5,
    "editIdea: by another person": 9,
    "editIdea: the name given later": 7,
    "editIdea: the name given later to its win too": 8,
    "withdrawIdea: with comments and in a theme": 7,
    "withdrawIdea: that a win was shared of": 7,
    "changeIdeaStatus: without a word": 5,
    "changeIdeaStatus: declined with a reason": 6,
    "assignIdeaToTheme: to a first theme": 8,
    "assignIdeaToTheme: to another theme": 8,
    "assignIdeaToTheme: out of its theme": 7,
    "supportIdea: of somebody": 4,
    "unsupportIdea: taken back": 4,
    "followIdea: followed": 5,
    "unfollowIdea: not any more": 5,
    "addComment: by a colleague": 4,
    "addComment: that is the response": 5,
    "addComment: without a name": 4,
    "editComment: a word": 7,
    "removeComment: ones own": 7,
    "removeComment: the response of another": 7,
    "createTheme: a draft": 8,
    "editTheme: of a draft": 5,
    "editTheme: all of it": 8,
    "openTheme: for the first time": 5,
    "openTheme: again": 5,
    "closeTheme: with ideas": 5,
    "shareWin: simply done": 9,
    "shareWin: of an idea that is tested": 8,
    "shareWin: of several": 9,
    "editWin: and the thanks": 10,
    "editWin: of another": 7,
    "invitePerson: somebody new": 11,
    "editPerson: their name and unit": 10,
    "editPerson: their roles": 7,
    "deactivatePerson: who leaves": 10,
    "editProfile: of ones own": 6,
    "changePassword: by who knows the old one": 15,
    "editOrganisation: its settings": 6,
    "editOrganisation: how soon it answers": 6,
    "editOrganisation: a time zone where it is tomorrow": 13,
    "createUnit: below another": 12,
    "editUnit: its name leads and place": 17,
    "approvePairing: of a ward": 13,
    "renameScreen: that hangs elsewhere now": 5,
    "revokeScreen: that was stolen": 5,
}
AGAIN = 9  # of submitIdea, with a key that was answered


def payload(mutation: str, fields: str) -> str:
    """The mutation with one field of its payload's result, or with all that it has."""
    result = results_of(mutation)[0]
    named = get_named_type(mutations()[mutation].type)
    type_ = get_named_type(cast(GraphQLObjectType, named).fields[result].type)
    selected = f"{{ {everything(type_.name) if fields == 'all' else fields} }}"
    return (
        f"mutation($input: {input_of(mutation).name}!) {{ {mutation}(input: $input) "
        f"{{ {result} {selected} cursor userErrors {{ code message }} }} }}"
    )


def everything(type_: str) -> str:
    """All fields of a type, lists and pages too; but the history, which is read after the commit, a statement more."""
    parts = []
    for name, its in cast(GraphQLObjectType, SCHEMA.type_map[type_]).fields.items():
        of = get_named_type(its.type)
        if of.name.endswith("Connection"):
            parts.append("" if of.name == "FeedConnection" else f"{name} {{ nodes {{ id }} }}")
        else:
            part = "likeness idea { id }" if of.name == "SimilarIdea" else "id"
            parts.append(name if is_leaf_type(of) else f"{name} {{ {part} }}")
    return " ".join(parts)


async def done(served: tuple[Api, Counter], case: Case, at: Hospital, fields: str, number: int) -> list[str]:
    """The statements of one mutation that succeeds; `number`: of what there is around what it acts on."""
    stage = Stage(at, getattr(at, case.by))
    given = await case.prepare(stage)
    await surround(stage, given, number)
    if "idempotencyKey" in input_of(case.mutation).fields:
        given = {**given, "idempotencyKey": uuid4().hex}
    token = await known(served[0], stage.by)
    texts, answer = await asked(served, payload(case.mutation, fields), token, input=given)
    assert answer.data[case.mutation]["userErrors"] == [], (case.name, answer.data)
    return texts


async def test_a_mutation_is_as_many_statements_as_the_table_says_whatever_is_read_of_it_and_however_much_there_is(
    served: tuple[Api, Counter], module_hospital: Hospital
) -> None:
    counted: dict[str, int] = {}
    unlike: list[str] = []
    for case in CASES:
        texts = [
            await done(served, case, module_hospital, fields, number)
            for fields, number in (("__typename", 1), ("all", 1), ("__typename", MANY))
        ]
        counted[case.name] = len(texts[0])
        if len({*map(len, texts)}) > 1:
            unlike.append("\n".join([f"{case.name}: {[*map(len, texts)]}", *map(shortly, max(texts, key=len))]))
    changed = {name: number for name, number in counted.items() if MUTATIONS.get(name) != number}
    told = "\n".join(f'    "{name}": {number},  # was {MUTATIONS.get(name)}' for name, number in changed.items())
    assert not unlike, "\n\n".join(unlike)
    assert not changed, f"the table in {__file__} differs:\n{told}"
    assert set(MUTATIONS) == set(counted)


# The sign-in family, which has no cursor: not all of it is one transaction.
OUTSIDE_THE_LOG = {"acceptInvitation": 9, "refreshSession": 6, "signIn": 15, "signOut": 7} | {
    "redeemPairing": 5,
    "requestPairing": 7,
}


async def test_signing_in_and_out_is_as_many_statements_as_the_table_says(
    served: tuple[Api, Counter], module_hospital: Hospital, quick_passwords: None
) -> None:
    at, (api, _) = module_hospital, served
    cast_ = Cast(at, api, {"member": at.colleague, "admin": at.admin}, at.theme)
    hashed = await hash_password(PASSWORD)
    async with at.database.writes.connection() as connection:
        await connection.execute("update person set password_hash = $1 where id = $2", hashed, at.colleague)
    counted: dict[str, int] = {}
    for mutation in OUTSIDE:
        numbers = []
        for result in payloads_outside(mutation):
            given = await VALID[mutation](cast_)
            token = await known(api, at.colleague)
            texts, answer = await asked(served, result, token, input=given)
            assert answer.data[mutation]["userErrors"] == [], answer.data
            numbers.append(len(texts))
        assert len({*numbers}) == 1, (mutation, numbers)
        counted[mutation] = numbers[0]
    assert counted == OUTSIDE_THE_LOG


def payloads_outside(mutation: str) -> Iterator[str]:
    result = {"signOut": "signedOut", "requestPairing": "code", "redeemPairing": "screen"}.get(mutation, "viewer")
    more = "name unit { name }" if mutation == "redeemPairing" else f"... on Person {{ {everything('Person')} }}"
    for fields in ("__typename", more):
        selected = result if mutation in ("signOut", "requestPairing") else f"{result} {{ {fields} }}"
        yield (
            f"mutation($input: {input_of(mutation).name}!) {{ {mutation}(input: $input) "
            f"{{ {selected} userErrors {{ code }} }} }}"
        )


async def test_a_key_that_comes_again_is_answered_by_a_few_statements_more(
    served: tuple[Api, Counter], module_hospital: Hospital
) -> None:
    """What the first did is done again, found to be done already, and undone."""
    at, (api, _) = module_hospital, served
    token = await known(api, at.nurse)
    given = {"problem": "The lift is slow.", "idempotencyKey": uuid4().hex}
    numbers = [len((await asked(served, payload("submitIdea", "id"), token, input=given))[0]) for _ in range(3)]
    assert numbers == [MUTATIONS["submitIdea: the least"], AGAIN, AGAIN]


def shortly(text: str) -> str:
    return " ".join(text.split())[:150]
