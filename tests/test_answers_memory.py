"""What memory costs: answers, their keys and plans are bounded in bytes, and nobody's variables stay behind."""

import asyncio
import gc
import gzip
import sys
import weakref
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from api import answers as answers_module
from api import documents as documents_module
from api.answers import ASIDE, WORTH_PACKING, weight
from api.documents import Request
from db.terms import Sight
from tests.answers_late import TITLES, at_once, known
from tests.client import Api, serving
from tests.factories import Hospital, submit
from tests.mutations import DOCUMENTS


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def test_each_of_two_long_answers_is_compressed_by_itself(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    for n in range(30):
        await submit(hospital, title=f"Lift {n}", problem=f"{n} " + "The lift is slow. " * 20)
    await api.see(nurse)
    for field in ("problem", "id title problem"):
        query = f"{{ ideas(first: 30) {{ nodes {{ {field} }} }} }}"
        plain = await at_once(api, nurse, query, accept_encoding="identity")
        packed = await at_once(api, nurse, query, accept_encoding="gzip")
        assert len(plain.content) >= WORTH_PACKING
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content


async def test_memory_is_bounded_and_keeps_what_was_asked_for_last(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    for n in range(30):
        await submit(hospital, title=f"Lift {n}", problem=f"{n} " + "The lift is slow. " * 20)
    await api.see(nurse)
    answers = api.service.answers
    answers.most_bytes = 64 * 1024
    await at_once(api, nurse, TITLES)
    for n in range(1, 31):
        await at_once(api, nurse, f"{{ ideas(first: {n}) {{ nodes {{ id problem }} }} }}", accept_encoding="gzip")
        read = answers.executions
        await at_once(api, nurse, TITLES)
        assert answers.executions == read
        assert answers.size == sum(map(weight, answers.kept.values()))
        assert answers.size <= answers.most_bytes
    assert 1 < len(answers.kept) < 30
    read = answers.executions
    await at_once(api, nurse, "{ ideas(first: 1) { nodes { id problem } } }")
    assert answers.executions == read + 1


async def test_what_is_too_long_to_be_kept_takes_nobodys_place(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_module, "LARGEST", 1024)
    (nurse,) = await known(api, hospital.nurse)
    await submit(hospital, problem="The lift is slow. " * 100)
    await api.see(nurse)
    held = api.service.answers.size
    read = api.service.answers.executions
    for _ in range(2):
        await at_once(api, nurse, "{ ideas { nodes { problem } } }")
    assert api.service.answers.executions == read + 2
    assert api.service.answers.size == held


def bytes_of(thing: object, met: set[int]) -> int:
    """What an object and all that it holds takes."""
    if id(thing) in met or isinstance(thing, type):
        return 0
    met.add(id(thing))
    parts: list[object] = list(gc.get_referents(thing))
    return sys.getsizeof(thing) + sum(bytes_of(part, met) for part in parts)


async def test_what_an_answer_is_kept_under_counts_too(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nurse,) = await known(api, hospital.nurse)
    answers = api.service.answers
    answers.most_bytes = 2**20
    asked = "query($values: [Value!]) { ideas(filter: {values: $values}) { nodes { title } } }"
    headers = {"authorization": f"Bearer {nurse}"}
    for n in range(40):
        variables = {"values": ["PATIENT_SAFETY"] * (1000 + n)}
        answer = await api.http.post("/graphql", json={"query": asked, "variables": variables}, headers=headers)
        assert answer.json() == {"data": {"ideas": {"nodes": []}}}
    assert 1 < len(answers.kept) < 10
    assert sum(bytes_of(entry, set()) for entry in answers.kept.items()) <= answers.most_bytes
    huge = {"values": ["PATIENT_SAFETY"] * 9000}
    monkeypatch.setattr(answers_module, "LARGEST", 100_000)
    held = list(answers.kept)
    answer = await api.http.post("/graphql", json={"query": asked, "variables": huge}, headers=headers)
    assert answer.json() == {"data": {"ideas": {"nodes": []}}}
    assert list(answers.kept) == held


async def test_a_long_answer_is_compressed_once_by_whoever_comes_first(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse, lead = await known(api, hospital.nurse, hospital.lead)
    for _ in range(40):
        await submit(hospital, problem="The lift is slow. " * 200)
    await api.see(nurse)
    query = "{ ideas(first: 50) { nodes { id problem } } }"
    plain = await at_once(api, nurse, query, accept_encoding="identity")
    assert len(plain.content) > ASIDE
    packed: list[int] = []
    compress = gzip.compress

    def counting(body: bytes, *args: Any, **named: Any) -> bytes:
        packed.append(len(body))
        return compress(body, *args, **named)

    monkeypatch.setattr(gzip, "compress", counting)
    many = [at_once(api, token, query, accept_encoding="gzip") for token in (nurse, lead) * 10]
    assert {answer.content for answer in await asyncio.gather(*many)} == {plain.content}
    for _ in range(3):
        assert (await at_once(api, lead, query, accept_encoding="gzip")).content == plain.content
    with_empty_extensions = {"query": query, "extensions": {"persistedQuery": {}}}
    named = {"authorization": f"Bearer {nurse}", "accept-encoding": "gzip"}
    assert (await api.http.post("/graphql", json=with_empty_extensions, headers=named)).content == plain.content
    assert packed == [len(plain.content)]


class Watched(dict[str, Any]):
    """Variables of which one can see that they are gone."""


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (
            "query($f: IdeaFilter, $n: Int) { ideas(first: $n, filter: $f) { nodes { title } } }",
            {"f": {"text": "x"}, "n": 3},
        ),
        ("query($yes: Boolean!) { board { asOf @include(if: $yes) } themes { nodes { id } } }", {"yes": True}),
        (DOCUMENTS["submitIdea"], {"input": {"problem": "The lift is slow."}}),
    ],
)
async def test_a_plan_keeps_nothing_of_who_asked_first(api: Api, text: str, variables: dict[str, Any]) -> None:
    documents, steps = api.service.documents, api.service.mutations.steps

    def plan() -> "weakref.ref[Watched]":
        request: Request = documents.request(text, variables, None)
        request = replace(request, variables=Watched(request.variables), raw={})
        planned = steps(request, Sight.MEMBER) if "mutation" in text else documents.query_plan(request, Sight.MEMBER)
        assert planned.weight > 0
        assert isinstance(request.variables, Watched)
        return weakref.ref(request.variables)

    gone = plan()
    gc.collect()
    assert request_plans(api, text) == 1
    assert gone() is None


def plan_of(api: Api, text: str) -> object:
    [way] = next(iter(api.service.documents.document(text).plans.ways.values()))
    [plan] = way.plans.values()
    return plan


def request_plans(api: Api, text: str) -> int:
    return len(api.service.documents.document(text).plans.used)


@pytest.mark.parametrize("documents_kept", [512, 8])
async def test_plans_are_bounded_in_bytes_and_those_in_use_stay(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch, documents_kept: int
) -> None:
    """With a document its plans go too."""
    monkeypatch.setattr(documents_module, "KEPT", documents_kept)
    (nurse,) = await known(api, hospital.nurse)
    documents = api.service.documents
    documents.shelf.most_bytes = 256 * 1024
    await at_once(api, nurse, TITLES)
    first = plan_of(api, TITLES)
    fields = "id title problem solution author { name } theme { title } comments(first: 3) { nodes { body } }"
    for n in range(1, 60):
        query = f"{{ ideas(first: {n}) {{ nodes {{ {fields} }} }} }}"
        assert "errors" not in (await at_once(api, nurse, query)).json()
        await at_once(api, nurse, TITLES)
        assert documents.shelf.size <= documents.shelf.most_bytes
        assert len(documents.shelf.standing) == sum(len(each.plans.used) for each in documents.known.values())
    assert plan_of(api, TITLES) is first
    assert request_plans(api, f"{{ ideas(first: 1) {{ nodes {{ {fields} }} }} }}") == 0
    assert "errors" not in (await at_once(api, nurse, f"{{ ideas(first: 1) {{ nodes {{ {fields} }} }} }}")).json()
    held = sum(bytes_of(each, set()) for each in plans_of(api))
    assert held <= 4 * documents.shelf.most_bytes  # schema and document, which they share, not counted twice


def plans_of(api: Api) -> list[object]:
    return [
        plan.text
        for document in api.service.documents.known.values()
        for ways in document.plans.ways.values()
        for way in ways
        for plan in way.plans.values()
        if hasattr(plan, "text")
    ]
