"""Reads the sheets of situations into compiled grammars.

    @key     a theme                        * title            one per situation
    % fact   a fact of the theme            ~ word: a | b      a word of the situation
    - problem   (several are alternatives)  + solution
Any other line continues the one before. The grammar inside is grammar.py's.
"""

import re
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from db.hospital import (
    situations_care,
    situations_flow,
    situations_harm,
    situations_people,
    situations_places,
    situations_staff,
)
from db.hospital.grammar import Choice, Node, compile_text

MODULES: tuple[ModuleType, ...] = (
    situations_harm,
    situations_flow,
    situations_people,
    situations_staff,
    situations_care,
    situations_places,
)
OTHER = (
    "[the ward next door|our neighbours|Cedar|Maple|Elm|Rowan|Hazel|Larch|the other site|St Bride's|"
    "the ward upstairs|Orchard]"
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What an idea is made of; `words` holds the situation's own words and the shared ones."""

    title: Node
    problem: Node
    solution: Node
    words: dict[str, Node]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A theme's facts and situations."""

    facts: tuple[Node, ...]
    situations: tuple[Situation, ...]


def _lines(text: str) -> list[str]:
    joined: list[str] = []
    for line in text.strip().split("\n"):
        if line[0] in "@%*~-+" and line[1:2] != "":
            joined.append(line)
        else:
            joined[-1] += ("" if joined[-1].endswith(("|", "[")) else " ") + line.strip()
    return [re.sub(r"\| (?=\S)(?![^\[]*\Z)", "|", line) if line[0] != "~" else line for line in joined]


def _choice(texts: list[str]) -> Node:
    nodes = tuple(compile_text(text) for text in texts)
    return nodes[0] if len(nodes) == 1 else Choice(nodes, len(nodes))


def _situation(lines: list[str]) -> Situation:
    words: dict[str, Node] = {"other": compile_text(OTHER)}
    parts: dict[str, list[str]] = {"*": [], "-": [], "+": []}
    for line in lines:
        mark, text = line[0], line[1:].strip()
        if mark == "~":
            name, _, options = text.partition(":")
            words[name.strip()] = _choice([option.strip() for option in options.split("|")])
        else:
            parts[mark].append(text)
    titles = f"[{parts['*'][0]}]"
    return Situation(compile_text(titles), _choice(parts["-"]), _choice(parts["+"]), words)


def _sheet(block: str) -> tuple[str, Sheet]:
    key, _, body = block.partition("\n")
    facts: list[Node] = []
    groups: list[list[str]] = []
    for line in _lines(body):
        if line[0] == "%":
            facts.append(compile_text(line[1:].strip()))
        elif line[0] == "*":
            groups.append([line])
        else:
            groups[-1].append(line)
    return key.strip(), Sheet(tuple(facts), tuple(_situation(group) for group in groups))


@cache
def sheets() -> dict[str, Sheet]:
    """All sheets by the theme's key; read once."""
    blocks = [block for module in MODULES for block in module.TEXT.strip().split("@")[1:]]
    return dict(_sheet(block) for block in blocks)
