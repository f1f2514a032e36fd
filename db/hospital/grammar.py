"""A small text grammar: alternatives, numbers and remembered words, rendered with a given random.Random.

[a|b|c]      one of the alternatives (they may nest; an empty one is allowed)
<3-9>        a whole number; <20-60/5> in steps of 5; <b=3-9> is remembered as b
<b>          the number remembered as b
{thing}      a word of the sheet or the caller, chosen once a text; {Thing} begins with a capital
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

_TOKEN = re.compile(r"[\[\]|]|<[^>]*>|\{[^}]*\}|[^\[\]|<{]+")
_NUMBER = re.compile(r"<(?:(\w+)=)?(\d+)-(\d+)(?:/(\d+))?>")


@dataclass(frozen=True, slots=True)
class Number:
    """A number to draw, remembered when it has a name."""

    name: str | None
    low: int
    count: int
    step: int


@dataclass(frozen=True, slots=True)
class Word:
    """A remembered word or number."""

    name: str
    capital: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives: each a plain string or a sequence of nodes."""

    options: tuple["Node", ...]
    count: int


type_error = "unbalanced brackets in a hospital text: "
Node = str | Number | Word | Choice | tuple["Node", ...]
Bindings = dict[str, str]


def compile_text(text: str) -> Node:
    """The tree of a text; raises ValueError where brackets do not match."""
    tokens: list[str] = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise ValueError(type_error + text)
    node, end = _options(tokens, 0, text, top=True)
    if end != len(tokens):
        raise ValueError(type_error + text)
    return node


def _options(tokens: list[str], at: int, text: str, *, top: bool) -> tuple[Node, int]:
    options: list[Node] = []
    current: list[Node] = []
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token == "[":
            inner, at = _options(tokens, at, text, top=False)
            current.append(inner)
        elif token == "|":
            options.append(_sequence(current))
            current = []
        elif token == "]":
            if top:
                raise ValueError(type_error + text)
            options.append(_sequence(current))
            return Choice(tuple(options), len(options)), at
        else:
            current.append(_leaf(token))
    if not top:
        raise ValueError(type_error + text)
    options.append(_sequence(current))
    return (options[0] if len(options) == 1 else Choice(tuple(options), len(options))), at


def _leaf(token: str) -> Node:
    if token.startswith("{"):
        name = token[1:-1]
        return Word(name.lower(), name[:1].isupper())
    if token.startswith("<"):
        match = _NUMBER.fullmatch(token)
        if match is None:
            return Word(token[1:-1], False)
        low, high, step = int(match[2]), int(match[3]), int(match[4] or 1)
        return Number(match[1], low, (high - low) // step + 1, step)
    return token


def _sequence(nodes: list[Node]) -> Node:
    if not nodes:
        return ""
    return nodes[0] if len(nodes) == 1 else tuple(nodes)


def render(node: Node, rng: Random, words: Mapping[str, Node], bound: Bindings) -> str:
    """The text of a tree. `bound` remembers what was chosen, so that several texts can agree."""
    out: list[str] = []
    _render(node, rng.random, words, bound, out)
    return "".join(out)


def _render(node: Node, draw: Callable[[], float], words: Mapping[str, Node], bound: Bindings, out: list[str]) -> None:
    if isinstance(node, str):
        out.append(node)
    elif isinstance(node, tuple):
        for part in node:
            if isinstance(part, str):
                out.append(part)
            else:
                _render(part, draw, words, bound, out)
    elif isinstance(node, Choice):
        _render(node.options[int(draw() * node.count)], draw, words, bound, out)
    elif isinstance(node, Number):
        value = str(node.low + node.step * int(draw() * node.count))
        if node.name is not None:
            bound[node.name] = value
        out.append(value)
    else:
        value = bound.get(node.name, "")
        if not value:
            inner: list[str] = []
            _render(words[node.name], draw, words, bound, inner)
            value = bound[node.name] = "".join(inner)
        out.append(value[:1].upper() + value[1:] if node.capital else value)
