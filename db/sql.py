"""Core statements compiled once to the text and parameter order that asyncpg takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler

DIALECT = asyncpg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement's text and the names of its parameters $1, $2, …; `constants` are those with a fixed value."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, object]

    def args(self, values: Mapping[str, object]) -> list[object]:
        """The arguments in order. Raises KeyError for a parameter that nobody gives."""
        return [values[name] if name in values else self.constants[name] for name in self.names]


def compiled(statement: ClauseElement) -> Compiled:
    """Compile once; `$n` is reused where the same bind parameter comes again."""
    result = statement.compile(dialect=DIALECT)
    assert isinstance(result, SQLCompiler)
    constants = {
        name: bind.value for bind, name in result.bind_names.items() if not bind.required and bind.value is not None
    }
    names = tuple(result.positiontup or ())
    return Compiled(str(result), names, constants)
