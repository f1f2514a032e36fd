"""Sharing an idea on a phone: once and by who wrote it, whatever is cut when; and supporting what is there already."""

import asyncio
import json

from playwright.async_api import Browser, BrowserContext, CDPSession, Locator, Page, Route, expect

from db.operations import themes
from tests.browser.chromium import ELSEWHERE
from tests.browser.ward import LEAD, NURSE, SOON, signed_in
from tests.factories import PASSWORD, Hospital, submit, theme
from tests.server import Server

SHARED = "select coalesce(array_agg(problem order by number), '{}') from idea"
KEPT = "Thank you. It is kept here."


async def at_share(phone: BrowserContext, groundswell: Server, email: str = NURSE) -> Page:
    """The page, with a worker that has kept it."""
    page = await signed_in(phone, groundswell, "/share", email=email)
    await expect(page.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
    await page.evaluate("navigator.serviceWorker.ready")
    return page


def problem(page: Page) -> Locator:
    return page.get_by_label("What gets in the way?")


async def share(page: Page, text: str) -> None:
    await problem(page).fill(text)
    await page.get_by_role("button", name="Share it").click()


def said(page: Page, text: str) -> Locator:
    return page.get_by_role("status").filter(has_text=text)


async def network(page: Page) -> CDPSession:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    return session


async def test_at_the_first_visit_the_page_is_kept_whole_and_can_be_installed(
    groundswell: Server, phone: BrowserContext
) -> None:
    page = await at_share(phone, groundswell)
    kept = await page.evaluate(
        "async () => (await (await caches.open('share')).keys()).map(({ url }) => new URL(url).pathname)"
    )
    named = await page.evaluate(
        "[...document.querySelectorAll('script[src], link[rel=stylesheet], link[rel=modulepreload]')]"
        ".map((each) => new URL(each.src || each.href).pathname)"
    )
    assert len(named) > 2
    assert {"/share", *named} == set(kept)
    manifest = await page.evaluate("document.querySelector('link[rel=manifest]').href")
    assert (await phone.request.get(manifest)).headers["content-type"].startswith("application/manifest+json")


async def test_an_idea_without_a_connection_is_kept_and_shared_once(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await at_share(phone, groundswell)
    groundswell.kill()
    await (await network(page)).send("Network.clearBrowserCache")  # only what the worker kept is there
    await page.reload()
    await share(page, "No wifi in the basement")
    await expect(said(page, KEPT)).to_be_visible(timeout=SOON)
    await page.close()
    await groundswell.start()
    again = await phone.new_page()
    await again.goto(f"{groundswell.url}/share")
    await expect(said(again, "IDEA-1 is on the board.")).to_be_visible(timeout=SOON)
    await again.reload()
    await expect(again.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
    assert await hospital.database.value(SHARED) == ["No wifi in the basement"]


async def test_where_only_the_answer_is_lost_it_is_still_shared_once(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await signed_in(phone, groundswell, "/share")
    await expect(problem(page)).to_be_visible(timeout=SOON)
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        if "submitIdea" in (route.request.post_data or "") and not lost:
            lost += 1
            await route.fetch()
            await route.abort()
        else:
            await route.fallback()

    await page.route("**/graphql", lose)
    await share(page, "The lift is slow")
    await expect(said(page, KEPT)).to_be_visible(timeout=SOON)
    assert (lost, await hospital.database.value(SHARED)) == (1, ["The lift is slow"])
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(said(page, "IDEA-1 is on the board.")).to_be_visible(timeout=SOON)
    assert await hospital.database.value(SHARED) == ["The lift is slow"]


async def test_what_one_person_wrote_is_not_sent_by_the_next_on_the_same_phone(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await at_share(phone, groundswell)
    await page.route("**/graphql", lambda route: route.abort())
    await share(page, "Nina’s own words")
    await expect(said(page, KEPT)).to_be_visible(timeout=SOON)
    await page.unroute("**/graphql")
    await page.evaluate("localStorage.removeItem('groundswell.session')")
    await page.close()
    theirs = await signed_in(phone, groundswell, "/share", email=LEAD)
    await share(theirs, "Lena’s own words")
    await expect(said(theirs, "IDEA-1 is on the board.")).to_be_visible(timeout=SOON)
    await theirs.get_by_role("button", name="Sign out").click()
    await theirs.get_by_label("E-mail address").fill(NURSE)
    await theirs.get_by_label("Password").fill(PASSWORD)
    await theirs.get_by_role("button", name="Sign in").click()
    await expect(said(theirs, "IDEA-2 is on the board.")).to_be_visible(timeout=SOON)
    names = "select array_agg(p.name || ': ' || problem order by number) from idea join person p on p.id = author_id"
    assert await hospital.database.value(names) == ["Lena Lead: Lena’s own words", "Nina Nurse: Nina’s own words"]


async def test_what_is_refused_later_comes_back_to_be_put_right_and_holds_up_nothing(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await at_share(phone, groundswell)
    await expect(page.get_by_label("For which theme?")).to_have_value(await only_theme(page))
    await page.route("**/graphql", lambda route: route.abort())
    await share(page, "About falls")
    await page.get_by_role("button", name="Share another").click()
    await page.get_by_label("For which theme?").select_option("")
    await share(page, "About something else")
    await expect(said(page, KEPT)).to_be_visible(timeout=SOON)
    await hospital.do(themes.close_theme, hospital.lead, theme=hospital.theme)
    await page.unroute("**/graphql")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(said(page, "IDEA-1 is on the board.")).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Share another").click()
    await expect(page.get_by_role("alert")).to_contain_text("This theme is not open.", timeout=SOON)
    await expect(problem(page)).to_have_value("About falls")
    await page.get_by_label("For which theme?").select_option("")
    await page.get_by_role("button", name="Share it").click()
    await expect(said(page, "IDEA-2 is on the board.")).to_be_visible(timeout=SOON)
    assert await hospital.database.value(SHARED) == ["About something else", "About falls"]


async def only_theme(page: Page) -> str:
    return await page.get_by_role("option", name="Falls").get_attribute("value") or ""


async def test_what_goes_out_by_itself_leaves_what_is_being_written_alone(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await at_share(phone, groundswell)
    await page.route("**/graphql", lambda route: route.abort())
    await share(page, "The first")
    await page.get_by_role("button", name="Share another").click()
    await problem(page).fill("The second, half wri")
    await page.unroute("**/graphql")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(said(page, "IDEA-1, which you wrote without a connection, is on the board now.")).to_be_visible(
        timeout=SOON
    )
    await expect(problem(page)).to_have_value("The second, half wri")
    await page.reload()
    await expect(problem(page)).to_have_value("The second, half wri", timeout=SOON)
    assert await hospital.database.value(SHARED) == ["The first"]


async def test_who_is_no_longer_signed_in_signs_in_and_then_it_is_shared(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await at_share(phone, groundswell)
    await hospital.database.value("update session set revoked_at = now() returning 1")
    await page.evaluate(
        "localStorage.setItem('groundswell.session',"
        " JSON.stringify({ ...JSON.parse(localStorage.getItem('groundswell.session')), until: 0 }))"
    )
    await share(page, "Not to be lost")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON)
    await page.get_by_label("E-mail address").fill(NURSE)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(said(page, "IDEA-1 is on the board.")).to_be_visible(timeout=SOON)
    assert await hospital.database.value(SHARED) == ["Not to be lost"]


async def test_what_is_refused_is_still_there_to_be_put_right(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await signed_in(phone, groundswell, "/share")
    await expect(page.get_by_role("option", name="Falls")).to_be_attached(timeout=SOON)
    await hospital.do(themes.close_theme, hospital.lead, theme=hospital.theme)
    await share(page, "Letters wait")
    await expect(page.get_by_role("alert")).to_contain_text("This theme is not open.", timeout=SOON)
    await expect(problem(page)).to_have_value("Letters wait")
    await page.get_by_label("For which theme?").select_option("None of these, or not sure")
    await page.get_by_role("button", name="Share it").click()
    await expect(said(page, "is on the board.")).to_be_visible(timeout=SOON)


async def test_nobodys_idea_goes_to_a_theme_by_oversight(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    await theme(hospital, title="Quiet nights", objective="Everybody sleeps through")
    page = await signed_in(phone, groundswell, "/share")
    await expect(page.get_by_role("option", name="Quiet nights")).to_be_attached(timeout=SOON)
    await expect(page.get_by_label("For which theme?")).to_have_value("")
    await page.get_by_label("For which theme?").select_option("Quiet nights")
    await expect(page.get_by_text("Everybody sleeps through")).to_be_visible()


async def test_by_plain_http_from_another_computer_it_is_shared_all_the_same(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    page = await signed_in(phone, groundswell, "/share", address=f"http://{ELSEWHERE}:{groundswell.port}")
    await expect(problem(page)).to_be_visible(timeout=SOON)
    assert await page.evaluate("isSecureContext") is False
    await share(page, "From the ward’s own network")
    await expect(said(page, "IDEA-1 is on the board.")).to_be_visible(timeout=SOON)
    assert await hospital.database.value(SHARED) == ["From the ward’s own network"]


async def test_whoever_writes_what_is_there_already_reads_it_and_supports_it_instead(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    await submit(hospital, hospital.lead, title="No hoist at night", problem="At night the hoist is locked away.")
    await submit(hospital, hospital.lead, title="Cold tea", problem="Tea is cold when it comes.")
    page = await signed_in(phone, groundswell, "/share")
    await problem(page).press_sequentially("Nobody finds the hoist at night")
    similar = page.get_by_role("region", name="Is it one of these?")
    await expect(similar.get_by_role("listitem")).to_have_count(1, timeout=SOON)
    await similar.get_by_text("Read it").click()
    await expect(similar.get_by_text("At night the hoist is locked away.")).to_be_visible()
    await similar.get_by_role("button", name="Support it instead: No hoist at night").click()
    await expect(similar).to_contain_text("You support IDEA-1. Thank you.", timeout=SOON)
    await expect(similar).to_contain_text("1 colleague supports it")
    await similar.get_by_role("button", name="I’d rather not").click()
    await expect(similar).to_contain_text("0 colleagues support it", timeout=SOON)
    await similar.get_by_role("button", name="Support it instead: No hoist at night").click()
    await similar.get_by_role("button", name="That says it: no need to share mine").click()
    await expect(page.get_by_role("heading", name="Thank you. You support IDEA-1")).to_be_focused(timeout=SOON)
    assert await hospital.database.value("select support_count from idea where number = 1") == 1
    await page.get_by_role("button", name="Share another").click()
    await expect(problem(page)).to_have_value("")
    await share(page, "Something else altogether, about parking")
    await expect(said(page, "IDEA-3 is on the board.")).to_be_visible(timeout=SOON)


async def test_a_support_that_fails_can_be_tried_again(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    await submit(hospital, hospital.lead, title="No hoist at night", problem="At night the hoist is locked away.")
    page = await signed_in(phone, groundswell, "/share")
    await problem(page).fill("Nobody finds the hoist at night")
    support = page.get_by_role("button", name="Support it instead: No hoist at night")
    await expect(support).to_be_visible(timeout=SOON)
    await page.route("**/graphql", lambda route: route.abort())
    await support.click()
    await expect(page.get_by_role("alert")).to_contain_text("Please try again.", timeout=SOON)
    await page.unroute("**/graphql")
    await support.click()
    await expect(page.get_by_text("You support IDEA-1. Thank you.")).to_be_visible(timeout=SOON)


async def test_whoever_may_tell_who_a_patient_is_is_asked_to_look_again(
    groundswell: Server, phone: BrowserContext
) -> None:
    page = await signed_in(phone, groundswell, "/share")
    caution = page.get_by_text("Could this tell who a patient or a colleague is?")
    for telling in ("Record 943 476 5919 was lost", "Born 03/04/1961, waited", "Mrs Smith waited"):
        await problem(page).fill(telling)
        await expect(caution).to_be_visible(timeout=SOON)
        await problem(page).fill("It takes 45 minutes, twice in 2026")
        await expect(caution).not_to_be_attached(timeout=SOON)


async def test_who_signs_out_leaves_nothing_behind_and_their_session_has_ended(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    context = await browser.new_context()
    page = await at_share(context, groundswell)
    await expect(page.get_by_text("Signed in as Nina Nurse")).to_be_visible()
    await problem(page).fill("Half written")
    kept = json.loads(await page.evaluate("localStorage.getItem('groundswell.session')"))
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON)
    assert await page.evaluate("[localStorage.getItem('groundswell.session'), sessionStorage.length]") == [None, 0]
    for _ in range(100):
        if not await is_good(context, groundswell, kept["access"]):
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("the session has not ended")


async def is_good(context: BrowserContext, server: Server, token: str) -> bool:
    """Whether the server takes this token still."""
    answer = await context.request.post(
        f"{server.url}/graphql",
        headers={"authorization": f"Bearer {token}"},
        data={"query": "{ viewer { __typename } }"},
    )
    errors = (await answer.json()).get("errors", [])
    assert {error["extensions"]["code"] for error in errors} <= {"UNAUTHENTICATED"}
    return not errors
