"""The window of newest events: what it gives is what the log would give, within its bounds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from api.subscriptions import window as windows
from api.subscriptions.view import Batch, Item
from api.subscriptions.window import AGE, BYTES, Shelf, Window
from db.events import PUBLIC

END = 40
MINE = frozenset(p for p in range(1, END + 1) if p % 3)


def read(after: int, upto: int, most: int = 1000, size: int = 1) -> Batch:
    """As the log answers: the view's events of (after, upto]."""
    found = [p for p in range(after + 1, upto + 1) if p in MINE]
    if len(found) > most:
        found = found[:most]
        upto = found[-1]
    return Batch([Item(p, b"%d" % p + b"." * (size - 1)) for p in found], upto)


STEPS = st.one_of(
    st.tuples(st.just("live"), st.integers(1, 6)),
    st.tuples(st.just("missed"), st.integers(0, END), st.integers(1, END), st.integers(1, 7)),
    st.tuples(st.just("asked"), st.integers(0, END), st.integers(1, END), st.integers(1, 7)),
    st.tuples(st.just("passed"), st.integers(1, 3)),
    st.tuples(st.just("time"), st.floats(0, AGE)),
    st.tuples(st.just("cleared")),
)


@settings(deadline=None, derandomize=True, max_examples=500)
@given(st.lists(STEPS, min_size=3, max_size=40))
def test_a_page_from_memory_is_a_page_of_the_log(steps: list[tuple[object, ...]]) -> None:
    window, head, now = Window(Shelf()), 0, 0.0
    for step in steps:
        match step:
            case ("live", int(many)) if head + many <= END:
                window.take(head, read(head, head + many), now, live=True)
                head += many
            case ("missed", int(after), int(upto), int(most)) if after < upto <= head:
                window.take(after, read(after, upto, most), now, live=False)
            case ("asked", int(after), int(upto), int(most)) if after < upto <= head:
                page = window.page(after, upto, most, now)
                if page is not None:
                    assert after < page.reached <= upto
                    assert list(page.items) == list(read(after, page.reached).items)
                    assert len(page.items) <= most
            case ("passed", int(many)) if head + many <= END and MINE.isdisjoint(range(head + 1, head + many + 1)):
                window.pass_over(head, head + many)
                head += many
            case ("time", float(seconds)):
                now += seconds
            case ("cleared",):
                window.clear()
                assert all(window.page(after, head, 5, now) is None for after in range(head))
        assert window.size == sum(windows.size_of(kept.item) for kept in window.kept) == window.shelf.size
        assert all(now - kept.at <= AGE for kept in window.kept) or window.page(0, 1, 1, now) is None


def test_who_comes_back_is_given_what_they_missed_and_nothing_is_older_than_it_may_be() -> None:
    window = Window(Shelf())
    window.take(0, read(0, 10), now=0, live=True)
    window.take(10, read(10, 20), now=AGE, live=True)
    assert window.page(8, 20, 100, now=AGE) == read(8, 20)
    assert window.page(8, 20, 100, now=AGE + 1) is None, "it has been forgotten by now"
    assert window.page(12, 20, 100, now=AGE + 1) == read(12, 20)


def test_a_window_holds_so_many_bytes_and_all_of_them_so_many_together() -> None:
    window = Window(Shelf())
    window.take(0, read(0, END, size=BYTES // 4), now=0, live=True)
    assert window.size <= BYTES
    assert window.page(END - 1, END, 10, now=0) == read(END - 1, END, size=BYTES // 4)
    assert window.page(0, END, 10, now=0) is None
    shelf = Shelf(most=10 * BYTES)
    many = [Window(shelf) for _ in range(50)]
    for each in many:
        each.take(0, read(0, 3, size=BYTES // 3), now=0, live=True)
        assert shelf.size <= shelf.most
    assert many[-1].page(0, 3, 10, now=0) is not None
    assert many[0].page(0, 3, 10, now=0) is None, "the one that was used longest ago goes first"


def test_a_batch_that_does_not_follow_begins_a_new_window() -> None:
    window = Window(Shelf())
    window.take(0, read(0, 10), now=0, live=True)
    window.take(20, read(20, 30), now=0, live=True)
    assert window.page(5, 30, 100, now=0) is None
    assert window.page(20, 30, 100, now=0) == read(20, 30)


def test_what_a_retraction_or_an_edit_makes_untrue_has_its_event_on_the_list() -> None:
    public = {event.type for event in PUBLIC}
    assert public >= windows.UNDOING
    assert {type_ for type_ in public if "EDITED" in type_ or "RETRACTED" in type_} == windows.UNDOING
