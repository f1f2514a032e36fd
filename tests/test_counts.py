"""The check of counters finds what is wrong, and nothing after whatever people do."""

import asyncio
from contextlib import suppress
from random import Random

from db.counts import Miscount, miscounted
from db.errors import Refused, UserMistake
from db.operations.comments import remove_comment
from db.operations.follows import support_idea, unsupport_idea
from db.operations.ideas import assign_idea_to_theme, withdraw_idea
from tests.factories import Hospital, comment, submit, theme, win


async def test_a_wrong_counter_is_found(hospital: Hospital) -> None:
    idea = await submit(hospital)
    assert await miscounted(hospital.database) == []
    async with hospital.database.writes.connection() as held:
        await held.execute("update idea set support_count = 3 where id = $1", idea)
    assert await miscounted(hospital.database) == [Miscount("idea", "support_count", idea, 3, 0)]


async def test_counters_stay_right_whatever_many_do_at_once(hospital: Hospital) -> None:
    rng = Random(7)
    themes = [hospital.theme, await theme(hospital), await theme(hospital)]
    ideas = [await submit(hospital, theme=rng.choice(themes)) for _ in range(6)]
    comments = [await comment(hospital, idea) for idea in ideas]
    people = [hospital.nurse, hospital.lead, hospital.colleague, hospital.coach]

    async def something() -> None:
        idea, person = rng.choice(ideas), rng.choice(people)
        with suppress(UserMistake, Refused):
            match rng.randrange(8):
                case 0 | 1:
                    await hospital.do(support_idea, person, idea=idea)
                case 2:
                    await hospital.do(unsupport_idea, person, idea=idea)
                case 3:
                    await comment(hospital, idea, person)
                case 4:
                    await hospital.do(remove_comment, hospital.colleague, comment=rng.choice(comments))
                case 5:
                    await hospital.do(
                        assign_idea_to_theme, hospital.admin, idea=idea, theme=rng.choice([*themes, None])
                    )
                case 6:
                    await submit(hospital, person, theme=rng.choice(themes))
                    await win(hospital, person, theme=rng.choice(themes))
                case 7:
                    await hospital.do(withdraw_idea, hospital.nurse, idea=rng.choice(ideas[:2]))

    for _ in range(10):
        await asyncio.gather(*(something() for _ in range(12)))
    assert await miscounted(hospital.database) == []
