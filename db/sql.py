"""Statements compiled once to the text and parameter order that asyncpg takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

from sqlalchemy import ClauseElement, FromClause, literal_column
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler

DIALECT = asyncpg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_NAMED = asyncpg.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")  # not the second colon of a cast


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
    names = tuple(result.positiontup or ())
    return Compiled(str(result), names, _constants(result))


def written(text: str, **parts: ClauseElement) -> Compiled:
    """A statement written in SQL: `:name` is a parameter, `{part}` an expression of sight or standing.

    What an expression says of a row of the statement it says by `named`, or SQLAlchemy would read that row anew.
    """
    constants: dict[str, object] = {}
    made: dict[str, str] = {}
    for part, expression in parts.items():
        result = expression.compile(dialect=_NAMED)
        assert isinstance(result, SQLCompiler)
        made[part] = f"({result})"
        for name, value in _constants(result).items():
            own = f"{part}_{name}"  # each expression counts its own from one
            made[part] = re.sub(rf":{name}\b", f":{own}", made[part])
            constants[own] = value
    filled = text.format(**made)
    names = tuple(dict.fromkeys(_PARAMETER.findall(filled)))
    numbered = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", filled)
    return Compiled(numbered, names, constants)


def named(alias: str, table: FromClause) -> SimpleNamespace:
    """The columns of a row that a statement written in SQL calls `alias`."""
    return SimpleNamespace(**{c.name: literal_column(f"{alias}.{c.name}", c.type) for c in table.c})


def _constants(result: SQLCompiler) -> dict[str, object]:
    return {
        name: bind.value for bind, name in result.bind_names.items() if not bind.required and bind.value is not None
    }
