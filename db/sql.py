"""Core statements compiled once to the text and parameter order that asyncpg takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import ClauseElement

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
    names = tuple(getattr(result, "positiontup", None) or ())
    constants = {
        name: bind.value
        for name, bind in ((result.bind_names[bind], bind) for bind in result.bind_names)
        if not bind.required and bind.value is not None
    }
    return Compiled(str(result), names, constants)
