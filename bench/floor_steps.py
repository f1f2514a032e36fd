"""The floor's writes in the steps that Groundswell takes: begin; the rows; payload, event and key; commit.

What this costs more than the floor is the price of a transaction whose rules are asked between its statements; what
Groundswell costs more than this is the price of GraphQL, signing in, rules and the tail.
"""

from typing import Any

from bench.floor import (
    COMMENT_EVENT,
    COMMENT_ROWS,
    COMMENT_SQL,
    SUBMIT_EVENT,
    SUBMIT_ROWS,
    SUBMIT_SQL,
    Floor,
    logged,
)

# Both steps take the same arguments, so what one does not need it names with its type.
STEPS = {
    SUBMIT_SQL: (
        f"{SUBMIT_ROWS}) select theme_id, $3::text, $4::bytea from written",
        f"""with seen as (
            select theme_id, shown_unit_id, json_build_object('submitIdea', json_build_object('idea',
                json_build_object('title', i.title, 'status', i.status,
                'author', json_build_object('name', person.name),
                'theme', json_build_object('title', theme.title)), 'userErrors', '[]'::json))::text as body
            from idea i join person on person.id = i.author_id join theme on theme.id = i.theme_id
            where i.id = $5 {logged("seen", **SUBMIT_EVENT)}
            select body, $6::text, $7::text, $8::uuid from seen""",
    ),
    COMMENT_SQL: (
        f"{COMMENT_ROWS}) select theme_id, $3::text, $4::bytea from counted",
        f"""with seen as (
            select theme_id, shown_unit_id, json_build_object('addComment', json_build_object('comment',
                json_build_object('body', c.body, 'kind', c.kind, 'author', json_build_object('name', person.name)),
                'userErrors', '[]'::json))::text as body
            from comment c join person on person.id = c.author_id join idea i on i.id = c.idea_id
            where c.id = $5 {logged("seen", **COMMENT_EVENT)}
            select body, $7::text from seen""",
    ),
}


class FloorInSteps(Floor):
    """The ASGI application; reads are the floor's."""

    async def ask(self, connection: Any, text: str, args: tuple[object, ...]) -> str:
        if text not in STEPS:
            return await super().ask(connection, text, args)
        rows, ending = STEPS[text]
        await connection.execute("begin")
        await connection.fetchrow(rows, *args)
        answer: str = await connection.fetchval(ending, *args)
        await connection.execute("commit")
        return answer
