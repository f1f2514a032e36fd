"""Text as it is kept: what was meant, in one form of writing it, whatever the script."""

import pytest
import pytest_asyncio

from db.rules import SEARCH
from tests.clearly import clear
from tests.client import Api
from tests.factories import Hospital
from tests.mutations import Cast, cast_of


@pytest_asyncio.fixture(scope="module")
async def c(module_hospital: Hospital, module_api: Api, quick_passwords: None) -> Cast:
    return await cast_of(module_hospital, module_api)


TEXTS = {
    "composed": ("Cafe\u0301 au lait", "Caf\u00e9 au lait"),
    "lines of Windows": ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    "blanks around": ("  \n in the middle \t\n ".replace("\t", ""), "in the middle"),
    "emoji": ("👩🏽‍⚕️ and 🏳️‍🌈 on ward 7 🎉", "👩🏽‍⚕️ and 🏳️‍🌈 on ward 7 🎉"),
    "right to left": ("غرفة الانتظار مكتظة", "غرفة الانتظار مكتظة"),
    "both directions": ("Bed \u2067غرفة\u2069 4", "Bed \u2067غرفة\u2069 4"),
    "markup": ("<script>alert('x')</script> & \\ \"", "<script>alert('x')</script> & \\ \""),
    "SQL": ("'; drop table idea; -- $1 %s {x}", "'; drop table idea; -- $1 %s {x}"),
    "beyond the BMP": ("𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0010fffd", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0010fffd"),
}


@pytest.mark.parametrize("what", TEXTS)
async def test_text_is_kept_as_it_was_meant(what: str, c: Cast) -> None:
    given, kept = TEXTS[what]
    query = "mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { id title problem } } }"
    written = await c.api.ask(query, c.tokens["member"], input={"problem": given})
    idea = written.data["submitIdea"]["idea"]
    assert (idea["problem"], idea["title"]) == (kept, " ".join(kept.split()))
    again = await c.api.ask("query($id: ID!) { idea(id: $id) { id title problem } }", c.tokens["author"], id=idea["id"])
    assert again.data["idea"] == idea


async def test_lengths_are_those_of_what_is_kept(c: Cast) -> None:
    for length, codes in ((140, []), (141, ["TOO_LONG"])):
        given = {"problem": "x", "title": " " + "e\u0301" * length + "  "}
        assert clear(await c.ask("member", "submitIdea", given)) == codes
        assert clear(await c.ask("member", "submitIdea", {"problem": "🎉", "title": "🎉" * length})) == codes
    for length, codes in ((4000, []), (4001, ["TOO_LONG"])):
        assert clear(await c.ask("member", "submitIdea", {"problem": "p" * length})) == codes


async def test_a_missing_title_is_the_first_words_of_the_problem(c: Cast) -> None:
    query = "mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { title } } }"
    for problem, title in (
        ("Every night we look for a drip stand, on three wards and in the corridor behind the lifts.",
         "Every night we look for a drip stand, on three wards and in the corridor behind"),
        ("x" * 100, "x" * 80),
        ("One\nline", "One line"),
    ):  # fmt: skip
        for missing in ({}, {"title": None}, {"title": "  \n"}):
            answer = await c.api.ask(query, c.tokens["member"], input={"problem": problem, **missing})
            assert answer.data["submitIdea"]["idea"]["title"] == title


async def test_blank_optional_text_is_none(c: Cast) -> None:
    query = "mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { solution } userErrors { code } } }"
    for blank in ("", "   ", "\n\t \r\n", "\u2003", None):
        answer = await c.api.ask(query, c.tokens["member"], input={"problem": "x", "solution": blank})
        assert answer.data["submitIdea"] == {"idea": {"solution": None}, "userErrors": []}


@pytest.mark.parametrize("field", ["ideas(filter: {text: $text})", "people(search: $text)"])
@pytest.mark.parametrize("words", ["lift or ", "-lift ", "Ω ", '"a b" '])
async def test_whatever_is_looked_for_is_answered_or_too_long(field: str, words: str, c: Cast) -> None:
    query = f"query($text: String) {{ {field} {{ nodes {{ id }} }} }}"
    short = words * (SEARCH // len(words))
    assert (await c.api.ask(query, c.tokens["member"], text=short)).errors == []
    [error] = (await c.api.ask(query, c.tokens["member"], text=words * 20_000)).errors
    assert (error["extensions"]["code"], str(SEARCH) in error["message"]) == ("BAD_ARGUMENT", True)
