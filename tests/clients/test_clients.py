"""Each example of a front end, beside a server that is killed twice: nothing is lost, nothing is there twice."""

from collections import Counter

import pytest

from tests.clients import building
from tests.clients.conftest import PRESSED, Story
from tests.clients.watched import EXAMPLES, FIRST, WAY, Example


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest, story: Story) -> Example:
    return story.examples[request.param]


@pytest.mark.parametrize("name", [*EXAMPLES, FIRST])
def test_every_event_is_shown_once_and_in_order_though_the_server_was_killed(story: Story, name: str) -> None:
    of_no_event = ("FeedCaughtUp", "FeedReset")
    assert [item for item in story.examples[name].items if item["__typename"] not in of_no_event] == story.log


def test_in_the_end_what_is_shown_is_what_there_is(example: Example, story: Story) -> None:
    assert story.last[example.name] == [
        f"{idea['reference']} {idea['title']} ({idea['status']}, {idea['supportCount']})" for idea in story.ideas
    ]


@pytest.mark.parametrize("when", ["While all is well", "Without a connection", "Without an answer"])
def test_what_somebody_shares_is_shown_at_once_and_shared_once(example: Example, story: Story, when: str) -> None:
    problem = f"{when}: {example.name}."
    assert Counter(idea["problem"] for idea in story.ideas)[problem] == 1
    lists = story.shown[example.name]
    often = [sum(problem in line for line in shown) for shown in lists]
    assert often == sorted(often), "from then on it is there, and never beside itself"
    assert often[-1] == 1
    assert lists[often.index(1)][0] == problem + WAY


def test_who_looks_is_told_when_it_is_not_live(example: Example) -> None:
    said = [
        status for status, before in zip(example.statuses, [None, *example.statuses], strict=False) if status != before
    ]
    assert sum("no connection" in (status or "").lower() for status in said) >= 2, "each time that the server was away"
    assert said[-1] == "Sign in again."


def test_what_was_refused_was_shown_and_taken_back_with_its_reason(example: Example) -> None:
    assert any(shown[0] == "x" * 4001 + WAY for shown in example.lists if shown)
    assert any("4,000 characters" in alert for alert in example.alerts)


@pytest.mark.parametrize("name", PRESSED)
def test_what_was_refused_is_in_its_field_again_to_be_put_right(story: Story, name: str) -> None:
    assert story.examples[name].field == "x" * 4001


@pytest.mark.parametrize("name", PRESSED)
def test_support_is_shown_before_the_answer_and_taken_back_where_there_is_none(story: Story, name: str) -> None:
    lines = [line for shown in story.examples[name].lists for line in shown if line.startswith(f"{PRESSED[name]} ")]
    counts = [line[-len("(OPEN, 0)") :] for line, before in zip(lines, ["", *lines], strict=False) if line != before]
    without, with_ = "(OPEN, 0)", "(OPEN, 1)"
    assert counts[:4] == [without, with_, without, with_], "taken back by the dead server, then by the silent one kept"
    assert counts[-1] == with_


def test_the_examples_are_written_as_the_pages_are() -> None:
    done = building.checked()
    assert done.returncode == 0, done.stdout + done.stderr
