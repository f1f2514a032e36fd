"""The comparison that the fault tests rest on: whatever is wrong with a record is found and named."""

import pytest

from tests.faults.record import NUMBERS, difference

DUE = [position << 8 | NUMBERS["IdeaSubmitted"] for position in (3, 4, 7, 9)]
OTHER = 7 << 8 | NUMBERS["CommentAdded"]


def test_a_record_that_equals_the_log_is_right() -> None:
    assert difference("nurse", list(DUE), DUE) is None


@pytest.mark.parametrize(
    ("record", "named"),
    [
        (DUE[:2] + DUE[3:], "1 missing [7 IdeaSubmitted]"),
        (DUE[:3], "1 missing [9 IdeaSubmitted]"),
        ([], "4 missing [3 IdeaSubmitted, 4 IdeaSubmitted, 7 IdeaSubmitted, 9 IdeaSubmitted]"),
        ([*DUE[:2], *DUE[1:]], "1 twice [4 IdeaSubmitted]"),
        ([*DUE, 10 << 8 | 1], "1 not of this view [10 IdeaSubmitted]"),
        ([*DUE[:2], OTHER, DUE[3]], "1 not of this view [7 CommentAdded]"),
        (
            [DUE[0], DUE[2], DUE[1], DUE[3]],
            "first wrong after [3 IdeaSubmitted]: [7 IdeaSubmitted, 4 IdeaSubmitted, 9 IdeaSubmitted] instead",
        ),
    ],
)
def test_what_is_wrong_with_a_record_is_named(record: list[int], named: str) -> None:
    words = difference("nurse", record, DUE)
    assert words is not None
    assert named in words
