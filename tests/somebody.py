"""A person at a front end: what they do, and what they then see."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.client import Answer, Api
from tests.mutations import input_of, mutations, results_of


@dataclass(frozen=True)
class Somebody:
    api: Api
    person: UUID

    async def ask(self, query: str, **variables: Any) -> Answer:
        return await self.api.ask(query, await self.api.token(self.person), **variables)

    async def see(self, query: str, **variables: Any) -> Any:
        """What a query answers; there are no errors."""
        answer = await self.ask(query, **variables)
        assert answer.errors == []
        return answer.data

    async def node(self, id: str, type_: str, fields: str) -> Any:
        return (await self.see(f"query($id: ID!) {{ node(id: $id) {{ ... on {type_} {{ {fields} }} }} }}", id=id))[
            "node"
        ]

    async def send(self, mutation: str, fields: str = "id", /, **given: Any) -> Answer:
        result = f"{results_of(mutation)[0]} {{ {fields} }}" if fields else ""
        type_ = mutations()[mutation].args["input"].type
        assert set(given) <= set(input_of(mutation).fields)
        return await self.ask(
            f"mutation($input: {type_}) {{ {mutation}(input: $input) {{ "
            f"{result} cursor userErrors {{ code message path }} }} }}",
            input=given,
        )

    async def do(self, mutation: str, fields: str = "id", /, **given: Any) -> Any:
        """The mutation's result; there are no errors of either kind."""
        answer = await self.send(mutation, fields, **given)
        assert answer.errors == []
        payload = answer.data[mutation]
        assert payload["userErrors"] == [], payload
        assert answer.response.headers["groundswell-cursor"] == payload["cursor"]
        return payload[results_of(mutation)[0]]

    async def fails(self, mutation: str, /, **given: Any) -> tuple[str, ...]:
        """The code of the one user error, and its path; or the code with which it is refused."""
        answer = await self.send(mutation, "id", **given)
        if answer.errors:
            (code,) = answer.codes
            return (code,)
        (error,) = answer.data[mutation]["userErrors"]
        assert answer.data[mutation][results_of(mutation)[0]] is None
        return (error["code"], *error["path"])
