"""Similar ideas while somebody types: how long an answer takes among many ideas, of words as common as words are.

`python -m bench.similar` starts a database and a server of its own. Of 20,000 words the n-th is used a share of 1/n of
the times (G. K. Zipf, "Human Behavior and the Principle of Least Effort", 1949). Each text is of the same words, is
asked once to warm up and then measured, one at a time; printed are milliseconds at the client.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import asyncpg
import httpx

from api.settings import Settings
from api.viewer import printed_token
from bench.filled import NURSE, fill
from bench.processes import Serving, python, serving
from db import embedded
from db.engine import Database
from db.migrate import migrate

SECRET = "the-key-of-a-bench-that-guards-nothing"
VOCABULARY = 20_000
LENGTHS = (4, 8, 16, 24)  # words typed
QUERY = "query ($text: String!) { similarIdeas(text: $text, first: 3) { likeness idea { id title supportCount } } }"
# 40 words an idea, of a vocabulary in which a few are everywhere and most are rare.
SPREAD = "(hashtextextended(idea.number || ' ' || w, 7) % 1000000 + 1000000) % 1000000 / 1e6"
TEXTS = f"""
update idea set title = 'Idea ' || number, solution = null, problem = (
    select string_agg('w' || floor(exp(ln({VOCABULARY}) * ({SPREAD})))::integer || 'n', ' ')
    from generate_series(1, 40) w)
"""


def typed(words: int, chance: random.Random) -> str:
    return " ".join(f"w{int(VOCABULARY ** chance.random())}n" for _ in range(words))


async def prepare(dsn: str, ideas: int) -> str:
    """Filled, and the token of who asks."""
    await migrate(dsn)
    await fill(dsn, ideas)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(TEXTS)
        await connection.execute("vacuum (full, analyze) idea")
    finally:
        await connection.close()
    database = Database(dsn, readers=1, writers=1)
    try:
        settings = Settings.read({"DATABASE_URL": dsn, "SECRET_KEY": SECRET})
        return await printed_token(database, settings, NURSE, 1)
    finally:
        await database.close()


async def measure(dsn: str, server: Serving, token: str, ideas: int, rounds: int) -> None:
    await server.ready()
    headers = {"authorization": f"Bearer {token}"}
    chance = random.Random(7)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=30) as http:

        async def ask(text: str) -> float:
            begun = time.perf_counter()
            answer = (await http.post("/graphql", json={"query": QUERY, "variables": {"text": text}})).json()
            took = (time.perf_counter() - begun) * 1000
            assert "errors" not in answer, answer
            return took

        for words in LENGTHS:
            await ask(typed(words, chance))
            times = [await ask(typed(words, chance)) for _ in range(rounds)]
            print(
                f"{words:3} words among {ideas:,} ideas: median {statistics.median(times):5.0f} ms, "
                f"slowest of {rounds} {max(times):5.0f} ms",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.similar", description=__doc__)
    parser.add_argument("--ideas", type=int, default=100_000, metavar="N", help="ideas in the database")
    parser.add_argument("--rounds", type=int, default=30, metavar="N", help="texts of each length")
    given = parser.parse_args()
    # As root PostgreSQL runs under another account, which must be able to pass through.
    with tempfile.TemporaryDirectory(prefix="gs-bench-", dir="/tmp" if os.path.isdir("/tmp") else None) as folder:
        Path(folder).chmod(0o711)
        with embedded.start(Path(folder).resolve() / "home") as running:
            settings = {"DATABASE_URL": running.dsn, "SECRET_KEY": SECRET, "HOST": "127.0.0.1", "PUBLIC_URL": ""}
            token = asyncio.run(prepare(running.dsn, given.ideas))
            with serving(*python("api.cli", "run"), environment=settings) as server:
                asyncio.run(measure(running.dsn, server, token, given.ideas, given.rounds))


if __name__ == "__main__":
    main()
