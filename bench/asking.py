"""Single requests over a kept connection, whose answers are looked at."""

import asyncio
from typing import Any
from uuid import uuid4

import orjson

from bench.questions import KEY, Question


class Asker:
    """A connection to one server's /graphql, opened when it is needed."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.head = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nAccept: application/json\r\nContent-Length: "
        )
        self.connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, document: str, variables: dict[str, Any]) -> Any:
        """The data. Raises where there is none, and where there are errors."""
        if self.connection is None or self.connection[0].at_eof():
            self.close()
            self.connection = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self.connection
        request = orjson.dumps({"query": document, "variables": variables})
        writer.write(f"{self.head}{len(request)}\r\n\r\n".encode() + request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
        answer = orjson.loads(body) if head.startswith(b"http/1.1 200") else {}
        if "data" not in answer or answer.get("errors"):
            raise RuntimeError(f"not answered: {head.decode()}{body[:2000].decode()}")
        return answer["data"]

    async def answers(self, question: Question) -> list[Any]:
        """To each of its variables; of what writes, to the first alone."""
        if not question.keyed:
            return [await self.ask(question.document, variables) for variables in question.variables]
        given = {"input": {**question.variables[0]["input"], KEY: uuid4().hex}}
        return [await self.ask(question.document, given)]

    def close(self) -> None:
        if self.connection is not None:
            self.connection[1].close()
            self.connection = None
