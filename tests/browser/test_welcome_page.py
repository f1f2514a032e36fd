"""An invitation as its two people meet it: who makes the link, and who opens it, once and in time."""

from playwright.async_api import Browser, Page, expect

from db.operations import people
from tests.browser.ward import ADMIN, SOON, signed_in
from tests.factories import PASSWORD, Hospital
from tests.old_events import execute
from tests.server import Server


async def invited(hospital: Hospital, server: Server) -> str:
    """The link that somebody new was given."""
    waiting: list[str] = []

    async def invite(*given: object, **more: object) -> people.Invited:
        made = await people.invite_person(*given, **more)  # type: ignore[arg-type]
        waiting.append(made.token)
        return made

    await hospital.do(invite, hospital.admin, name="Nell New", email="nell@ashcombe.example", unit=hospital.ward_a)
    return f"{server.url}/welcome#token={waiting[0]}"


async def choose(page: Page, password: str) -> None:
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Begin").click()


async def test_somebody_is_invited_opens_the_link_chooses_a_password_and_shares_an_idea(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    desk = await signed_in(await browser.new_context(), groundswell, "/settings#people", email=ADMIN)
    await desk.get_by_role("button", name="Invite somebody").click(timeout=SOON)
    form = desk.get_by_role("form", name="Invite somebody")
    await form.get_by_label("Name").fill("Nell New")
    await form.get_by_label("E-mail address").fill("nell@ashcombe.example")
    await form.get_by_label("Job title").fill("Physiotherapist")
    await form.get_by_label("Unit", exact=True).select_option(label="\u2003\u2003Ward A")
    await form.get_by_role("button", name="Make the link").click()
    link = desk.get_by_label("The link to give them")
    await expect(link).to_be_focused(timeout=SOON)
    await expect(desk.get_by_text("It is good once, and for 14 days.")).to_be_visible()
    await desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await desk.get_by_role("button", name="Copy").click()
    await expect(desk.get_by_text("Copied.")).to_be_visible()
    address = await link.input_value()
    assert await desk.evaluate("navigator.clipboard.readText()") == address
    await desk.get_by_role("button", name="Done").click()
    await expect(link).not_to_be_attached()  # it was shown once

    phone = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
    await phone.goto(address)
    await expect(phone.get_by_text("At least 10 characters.")).to_be_visible()
    assert "token" not in await phone.evaluate("location.href")
    await choose(phone, "too short")
    await expect(phone.get_by_role("alert")).to_have_text("At least 10 characters, please.", timeout=SOON)
    await expect(phone.get_by_label("Password")).to_have_value("too short")
    await choose(phone, PASSWORD)
    await expect(phone.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
    await phone.get_by_label("What gets in the way?").fill("No room for the frames")
    await phone.get_by_role("button", name="Share it").click()
    await expect(phone.get_by_role("heading", name="is on the board.")).to_be_visible(timeout=SOON)
    told = "select name, job_title, unit_id from person join idea on author_id = person.id"
    assert [tuple(row) for row in await hospital.database.rows(told)] == [
        ("Nell New", "Physiotherapist", hospital.ward_a)
    ]


async def test_the_token_is_neither_in_the_address_nor_in_the_history(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page = await browser.new_page()
    link = await invited(hospital, groundswell)
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Welcome")).to_be_visible(timeout=SOON)
    await choose(page, PASSWORD)
    await expect(page.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
    token = link.partition("token=")[2]
    assert token not in await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    await page.go_back()  # to where the link was opened from, over the page of the link
    assert page.url == "about:blank"


async def test_a_link_that_was_used_says_so_kindly_and_leads_to_signing_in(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    link = await invited(hospital, groundswell)
    first = await browser.new_page()
    await first.goto(link)
    await choose(first, PASSWORD)
    await expect(first.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
    second = await browser.new_page()
    await second.goto(link)
    await choose(second, "another password")
    heading = second.get_by_role("heading", name="This link does not work any more")
    await expect(heading).to_be_focused(timeout=SOON)
    await expect(second.get_by_text("ask who invited you for a new link")).to_be_visible()
    await second.get_by_role("link", name="Sign in").click()
    await second.get_by_label("E-mail address").fill("nell@ashcombe.example")
    await second.get_by_label("Password").fill(PASSWORD)
    await second.get_by_role("button", name="Sign in").click()
    await expect(second.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)


async def test_a_link_that_is_too_old_or_not_whole_says_what_to_do(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    old = await invited(hospital, groundswell)
    await execute(hospital, "update invitation set expires_at = now() - interval '1 second'")
    page = await browser.new_page()
    await page.goto(old)
    await choose(page, PASSWORD)
    await expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible(timeout=SOON)
    await page.goto(f"{groundswell.url}/welcome")
    await expect(page.get_by_role("heading", name="This link is not whole")).to_be_visible()
    await page.goto(await invited(hospital, groundswell))  # a new one, in the same tab
    await expect(page.get_by_role("heading", name="Welcome")).to_be_visible(timeout=SOON)
    assert "token" not in page.url
    await choose(page, PASSWORD)
    await expect(page.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)


async def test_without_a_connection_the_password_stays_and_the_link_is_still_good(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(await invited(hospital, groundswell))
    groundswell.kill()
    await choose(page, PASSWORD)
    await expect(page.get_by_role("alert")).to_contain_text("cannot be reached just now", timeout=SOON)
    await expect(page.get_by_label("Password")).to_have_value(PASSWORD)
    await groundswell.start()
    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
