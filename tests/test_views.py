"""Which subscriptions share a view: those that are answered with the same bytes, and no others."""

from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from api.context import Context
from api.subscriptions.view import Opening
from api.viewer import Viewer
from db.terms import Sight
from tests.client import Api
from tests.factories import Hospital

SAID = """subscription($quiet: Boolean!) {
    feed { ... on IdeaSubmitted { idea { id } } ... on FeedCaughtUp { cursor @skip(if: $quiet) __typename } }
}"""
COMPUTED = """subscription($short: Boolean!) {
    ideaSubmitted { idea { viewerCanMoveTo viewerCanDo @skip(if: $short) } }
}"""
PLAIN = "subscription($after: Cursor, $theme: ID) { ideaSubmitted(after: $after, themeId: $theme) { idea { id } } }"


async def key(api: Api, hospital: Hospital, text: str, person: UUID | None = None, **variables: Any) -> Hashable:
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    viewer = Viewer(hospital.organisation, person or hospital.nurse, uuid4(), Sight.MEMBER, expires_at)
    opening = await api.service.subscriptions.open(Context(viewer), text, variables, None)
    assert isinstance(opening, Opening), opening
    kept.append(opening)  # a key names what it is of by its place in memory
    return opening.view.key


kept: list[Opening] = []


async def test_a_view_is_shared_whatever_it_begins_after_and_whoever_watches(
    module_api: Api, module_hospital: Hospital
) -> None:
    asked = await module_api.ask("{ cursor }", await module_api.token(module_hospital.nurse))
    plain = await key(module_api, module_hospital, PLAIN)
    assert plain == await key(module_api, module_hospital, PLAIN, after=asked.data["cursor"])
    assert plain == await key(module_api, module_hospital, PLAIN, module_hospital.lead)
    assert plain != await key(module_api, module_hospital, PLAIN, theme=f"theme_{module_hospital.theme}")


async def test_directives_on_what_no_statement_reads_make_another_view(
    module_api: Api, module_hospital: Hospital
) -> None:
    for text, name in ((SAID, "quiet"), (COMPUTED, "short")):
        with_it, again, without = [
            await key(module_api, module_hospital, text, **{name: value}) for value in (False, False, True)
        ]
        assert with_it == again != without
