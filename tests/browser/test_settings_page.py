"""The settings page as administrators, leads and nurses meet it: each sees and does what the server lets them."""

from playwright.async_api import Browser, Route, expect

from db.operations import people, units
from db.terms import Role
from tests.browser.office import item, links, settings
from tests.browser.ward import ADMIN, LEAD, NURSE, SOON, signed_in
from tests.factories import PASSWORD, Hospital
from tests.server import Server

COACH = "cora@ashcombe.example"


async def test_somebody_is_found_by_a_part_of_their_name_and_the_rest_by_show_more(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    for n in range(25):
        given = {"name": f"Zoe Porter {n:02}", "email": f"z{n}@ashcombe.example"}
        await hospital.do(people.invite_person, hospital.admin, **given)
    page = await settings(browser, groundswell, ADMIN, "#people")
    names = page.get_by_role("heading", level=3)
    await expect(names).to_have_count(20)
    await page.get_by_label("Search by name").fill("porter")
    await expect(names).to_have_text([f"Zoe Porter {n:02}" for n in range(20)], timeout=SOON)
    await page.get_by_role("button", name="Show more").click()
    await expect(names).to_have_text([f"Zoe Porter {n:02}" for n in range(25)], timeout=SOON)
    await expect(page.get_by_role("button", name="Show more")).not_to_be_attached()
    await page.get_by_label("Search by name").fill("nina")
    await expect(names).to_have_text(["Nina Nurse"], timeout=SOON)


async def test_what_is_refused_is_said_beside_its_field_and_what_was_typed_stays(
    groundswell: Server, browser: Browser
) -> None:
    page = await settings(browser, groundswell, ADMIN, "#people")
    await page.get_by_role("button", name="Invite somebody").click()
    form = page.get_by_role("form", name="Invite somebody")
    await form.get_by_label("Name").fill("Another Nina")
    await form.get_by_label("E-mail address").fill(NURSE)
    await form.get_by_label("Job title").fill("Nurse")
    await form.get_by_role("button", name="Make the link").click()
    email = form.get_by_label("E-mail address")
    await expect(email).to_have_accessible_description("Somebody already has this e-mail address.", timeout=SOON)
    await expect(email).to_be_focused()
    await expect(email).to_have_value(NURSE)
    await expect(form.get_by_label("Name")).to_have_value("Another Nina")
    await expect(form.get_by_label("Job title")).to_have_value("Nurse")
    await email.fill("other.nina@ashcombe.example")
    await form.get_by_role("button", name="Make the link").click()
    await expect(page.get_by_role("heading", name="Another Nina is invited")).to_be_visible(timeout=SOON)


async def test_somebody_is_invited_once_though_the_answer_was_lost_and_the_link_is_good(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page = await settings(browser, groundswell, ADMIN, "#people")
    await page.get_by_role("button", name="Invite somebody").click()
    form = page.get_by_role("form", name="Invite somebody")
    await form.get_by_label("Name").fill("Nell New")
    await form.get_by_label("E-mail address").fill("nell@ashcombe.example")

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/graphql", lost, times=1)
    await form.get_by_role("button", name="Make the link").click()
    await expect(form.get_by_role("alert")).to_contain_text("cannot be reached just now", timeout=SOON)
    await form.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("The link to give them")
    await expect(link).to_be_visible(timeout=SOON)
    other = await (await browser.new_context()).new_page()
    await other.goto(await link.input_value())
    await other.get_by_label("Password").fill(PASSWORD)
    await other.get_by_role("button", name="Begin").click()
    await expect(other.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
    assert await hospital.database.value("select count(*) from person where name = 'Nell New'") == 1


async def test_who_is_deactivated_is_led_to_sign_in_by_their_next_request(
    groundswell: Server, browser: Browser
) -> None:
    nurse = await settings(browser, groundswell, NURSE)
    page = await settings(browser, groundswell, ADMIN, "#people")
    await page.get_by_label("Search by name").fill("nina")
    await page.get_by_role("button", name="Deactivate Nina Nurse").click()
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()  # it asks first
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("button", name="Deactivate Nina Nurse")).to_be_focused()
    await page.get_by_role("button", name="Deactivate Nina Nurse").click()
    await page.get_by_role("button", name="Yes, deactivate").click()
    await expect(page.get_by_text("Nina Nurse is deactivated.")).to_be_visible(timeout=SOON)
    await expect(item(page, "Nina Nurse")).to_contain_text("left on")
    await expect(page.get_by_role("heading", name="Nina Nurse")).to_be_focused()
    await expect(item(page, "Nina Nurse").get_by_role("button")).to_have_count(0)
    await nurse.get_by_label("Job title").fill("Ward sister")
    await nurse.get_by_role("button", name="Save").click()
    await expect(nurse.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON)
    assert await nurse.evaluate("localStorage.getItem('groundswell.session')") is None


async def test_two_administrators_change_the_same_person_and_the_second_is_told(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await hospital.do(people.edit_person, hospital.admin, person=hospital.coach, roles=[Role.ADMIN])
    pages = [await settings(browser, groundswell, email, "#people") for email in (ADMIN, COACH)]
    for page, title in zip(pages, ("Staff nurse", "Ward sister"), strict=True):
        await page.get_by_label("Search by name").fill("nina")
        await page.get_by_role("button", name="Edit Nina Nurse").click()
        await page.get_by_label("Job title").fill(title)
    first, second = pages
    await first.get_by_role("button", name="Save").click()
    await expect(first.get_by_text("Saved.")).to_be_visible(timeout=SOON)
    await second.get_by_role("button", name="Save").click()
    await expect(second.get_by_role("alert")).to_have_text("Somebody else has changed this meanwhile.", timeout=SOON)
    await expect(second.get_by_label("Job title")).to_have_value("Ward sister")
    titles = "select job_title from person where email = $1"
    assert await hospital.database.value(titles, [NURSE]) == "Staff nurse"
    await second.get_by_role("button", name="Start again from how it is now").click()
    await expect(second.get_by_label("Job title")).to_have_value("Staff nurse", timeout=SOON)
    await expect(second.get_by_label("Name", exact=True)).to_be_focused()
    await second.get_by_label("Job title").fill("Ward sister")
    await second.get_by_role("button", name="Save").click()
    await expect(second.get_by_text("Saved.")).to_be_visible(timeout=SOON)
    assert await hospital.database.value(titles, [NURSE]) == "Ward sister"


async def test_a_unit_is_made_below_another_and_who_leads_it_sees_what_a_lead_sees(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    nurse = await settings(browser, groundswell, NURSE)
    await expect(nurse.get_by_role("navigation", name="Sections")).not_to_be_attached()
    page = await settings(browser, groundswell, ADMIN, "#units")
    await page.get_by_role("button", name="Add a unit below Ward A").click()
    form = page.get_by_role("form", name="Add a unit below Ward A")
    await form.get_by_label("Name", exact=True).fill("Bay 3")
    await form.get_by_label("Search for people by name").fill("nina")
    await form.get_by_role("button", name="Add Nina Nurse, Ward A").click()
    await expect(form.get_by_role("button", name="Remove Nina Nurse")).to_be_visible()
    await form.get_by_role("button", name="Add", exact=True).click()
    await expect(item(page, "Bay 3")).to_contain_text("led by Nina Nurse", timeout=SOON)
    above = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Ward A", exact=True))
    await expect(above.last.get_by_role("list").get_by_role("heading", name="Bay 3")).to_be_visible()
    await nurse.reload()
    await expect(nurse.get_by_role("navigation", name="Sections")).to_be_visible(timeout=SOON)
    assert await links(nurse) == ["Themes", "Screens", "Your profile"]
    await nurse.get_by_role("link", name="Screens").click()
    await expect(nurse.get_by_role("link", name="Pair a screen")).to_be_visible()

    await page.get_by_role("button", name="Edit Bay 3").click()
    form = page.get_by_role("form", name="Edit Bay 3")
    await form.get_by_label("Name", exact=True).fill("Bay 4")
    await form.get_by_role("button", name="Remove Nina Nurse").click()
    await form.get_by_role("button", name="Save").click()
    await expect(item(page, "Bay 4")).to_contain_text("nobody leads it yet", timeout=SOON)
    row = await hospital.database.rows("select parent_id, name from unit where name like 'Bay%'")
    assert [tuple(each) for each in row] == [(hospital.ward_a, "Bay 4")]


async def test_a_theme_is_made_opened_and_closed_and_is_on_the_share_page_meanwhile(
    groundswell: Server, browser: Browser
) -> None:
    page = await settings(browser, groundswell, LEAD, "#themes")
    await page.get_by_role("button", name="Create a theme").click()
    form = page.get_by_role("form", name="Create a theme")
    await form.get_by_label("Title").fill("Quiet nights")
    await form.get_by_label("What is everyone to work toward?").fill("Nobody is woken without need")
    await form.get_by_label("Ward B").check()
    await form.get_by_label("Opens by itself on").fill("2031-03-01")
    await form.get_by_label("Last day").fill("2031-02-01")
    await form.get_by_role("button", name="Create it as a draft").click()
    await expect(form.get_by_role("alert")).to_be_visible(timeout=SOON)  # it would close before it opens
    await expect(form.get_by_label("Ward B")).to_be_checked()
    await form.get_by_label("Opens by itself on").fill("")
    await form.get_by_role("button", name="Create it as a draft").click()
    theme = item(page, "Quiet nights")
    await expect(theme).to_contain_text("Draft", timeout=SOON)
    await expect(theme).to_contain_text("until 1 Feb 2031 · Ward B · led by Lena Lead")
    phone = await signed_in(await browser.new_context(), groundswell, "/share")
    await expect(phone.get_by_role("option", name="Falls")).to_be_attached(timeout=SOON)
    await expect(phone.get_by_role("option", name="Quiet nights")).not_to_be_attached()
    await theme.get_by_role("button", name="Open").click()
    await expect(page.get_by_text("Quiet nights is open.")).to_be_visible(timeout=SOON)
    await expect(theme.get_by_role("button", name="Close")).to_be_focused()
    await phone.reload()
    await expect(phone.get_by_role("option", name="Quiet nights")).to_be_attached(timeout=SOON)
    await theme.get_by_role("button", name="Edit").click()
    await theme.get_by_label("Title").fill("Quieter nights")
    await theme.get_by_role("button", name="Save").click()
    await expect(item(page, "Quieter nights")).to_be_visible(timeout=SOON)
    await item(page, "Quieter nights").get_by_role("button", name="Close").click()
    await expect(item(page, "Quieter nights").get_by_role("button", name="Cancel")).to_be_focused()  # it asks first
    await item(page, "Quieter nights").get_by_role("button", name="Yes, close it").click()
    await expect(item(page, "Quieter nights")).to_contain_text("Closed", timeout=SOON)
    await phone.reload()
    await expect(phone.get_by_role("option", name="Falls")).to_be_attached(timeout=SOON)
    await expect(phone.get_by_role("option", name="Quieter nights")).not_to_be_attached()


async def test_a_nurse_sees_only_her_profile_and_what_she_says_of_her_name_is_kept(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page = await settings(browser, groundswell, NURSE, "#people")  # which is not for her
    await expect(page.get_by_role("heading", level=2)).to_have_text("Your profile")
    await expect(page.get_by_role("navigation", name="Sections")).not_to_be_attached()
    shown = page.get_by_label("May screens on the wall show my name?")
    await expect(shown).not_to_be_checked()
    await shown.check()
    await page.get_by_label("Job title").fill("Staff nurse")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible(timeout=SOON)
    await expect(page.get_by_role("button", name="Save")).to_be_focused()
    await page.get_by_role("button", name="Save").click()  # once more, which is no change
    await expect(page.get_by_role("button", name="Save")).to_be_focused()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await page.reload()
    await expect(shown).to_be_checked(timeout=SOON)
    await expect(page.get_by_label("Job title")).to_have_value("Staff nurse")
    said = "select shown_on_screens, job_title from person where id = $1"
    [row] = await hospital.database.rows(said, [hospital.nurse])
    assert tuple(row) == (True, "Staff nurse")


async def test_a_password_is_changed_and_a_wrong_one_is_said_beside_its_field(
    groundswell: Server, browser: Browser
) -> None:
    page = await settings(browser, groundswell, NURSE)
    before = page.get_by_label("Current password")
    await before.fill("not this one")
    await page.get_by_label("New password").fill("a quiet night")
    await page.get_by_role("button", name="Change it").click()
    await expect(before).to_have_accessible_description(
        "This is not your current password. Please try again.", timeout=SOON
    )
    await before.fill(PASSWORD)
    await page.get_by_role("button", name="Change it").click()
    await expect(page.get_by_text("Your password is changed")).to_be_visible(timeout=SOON)
    other = await signed_in(await browser.new_context(), groundswell, "/share", password="a quiet night")
    await expect(other.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)


async def test_the_link_to_give_to_whoever_is_invited_comes_into_view(groundswell: Server, browser: Browser) -> None:
    for width, height in ((1440, 900), (390, 844)):
        context = await browser.new_context(viewport={"width": width, "height": height})
        page = await signed_in(context, groundswell, "/settings#people", email=ADMIN)
        await page.get_by_role("button", name="Invite somebody").click(timeout=SOON)
        form = page.get_by_role("form", name="Invite somebody")
        await form.get_by_label("Name").fill("Nell New")
        await form.get_by_label("E-mail address").fill(f"nell{width}@ashcombe.example")
        await form.get_by_role("button", name="Make the link").click()
        link = page.get_by_label("The link to give them")
        await expect(link).to_be_focused(timeout=SOON)
        for shown in (page.get_by_role("heading", name="Nell New is invited"), link):
            await expect(shown).to_be_in_viewport(ratio=1)


async def test_a_unit_is_found_by_its_name_and_that_one_was_added_is_seen_where_one_is(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    for n in range(15):
        await hospital.do(units.create_unit, hospital.admin, name=f"Clinic {n:02}", parent=hospital.site)
    page = await settings(browser, groundswell, ADMIN, "#units")
    await page.get_by_role("button", name="Add a unit below Ward B").click()
    form = page.get_by_role("form", name="Add a unit below Ward B")
    await form.get_by_label("Name", exact=True).fill("Day room")
    await form.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("Day room is added.")).to_be_in_viewport(timeout=SOON)
    await page.get_by_label("Search by name").fill("day R")
    names = page.get_by_role("heading", level=3)
    await expect(names).to_have_text(["Day room"], timeout=SOON)
    await expect(item(page, "Day room")).to_contain_text("Ward B, Medicine, Ashcombe General")
    await expect(page.get_by_text("1 unit", exact=True)).to_be_visible()
    await page.get_by_label("Search by name").fill("")
    await expect(names).to_have_count(20)


async def test_who_leads_a_unit_is_offered_that_and_what_is_below_for_a_theme(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await hospital.do(units.edit_unit, hospital.admin, unit=hospital.ward_b, leads=[hospital.nurse])
    await hospital.do(units.create_unit, hospital.admin, name="Bay 3", parent=hospital.ward_b)
    page = await settings(browser, groundswell, NURSE, "#themes")
    await page.get_by_role("button", name="Create a theme").click()
    choices = page.get_by_role("group", name="For which units?")
    await expect(choices.get_by_role("checkbox")).to_have_count(2)
    await choices.get_by_label("Ward B").check()
    await expect(choices.get_by_label("Bay 3")).to_be_visible()
    await page.get_by_label("Title").fill("Quiet nights")
    await page.get_by_label("What is everyone to work toward?").fill("Nobody is woken without need")
    await page.get_by_role("button", name="Create it as a draft").click()
    await expect(item(page, "Quiet nights")).to_contain_text("Ward B", timeout=SOON)
