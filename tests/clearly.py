"""Whether an answer that refuses does so clearly: a known code, a message, and nothing of the inside."""

import re

from db.terms import RefusalCode, UserErrorCode
from tests.client import Answer

CODES = {*map(str, RefusalCode), "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"} - {"INTERNAL", "UNAVAILABLE"}
# Statements, stack traces, file names, class names, addresses of objects: what a clear error never says.
LEAKS = re.compile(
    r"(?i)\bselect\b.*\bfrom\b|insert into|traceback|\.py\b|asyncpg|sqlalchemy|strawberry|graphql-core"
    r"|<class|object at 0x|[a-z]Error\b|[a-z]Exception\b|\bNoneType\b|dataclass|organisation_id|postgres"
)


def clear(answer: Answer) -> list[str]:
    """The codes of an answer that refused, clearly: none where it did not refuse."""
    codes = []
    assert answer.response.status_code < 500, answer.response.text[:500]
    assert len(answer.response.content) < 20_000
    assert not (found := LEAKS.search(answer.response.text)), (found, answer.response.text[:500])
    for error in answer.errors:
        assert error["message"]
        assert error["extensions"]["code"] in CODES, error
        codes.append(error["extensions"]["code"])
    for payload in (answer.data or {}).values():
        for error in (payload or {}).get("userErrors", ()) if isinstance(payload, dict) else ():
            assert error["code"] in set(UserErrorCode)
            assert error["message"]
            codes.append(error["code"])
    return codes
