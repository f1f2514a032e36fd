"""A front end's documents: found in its files, joined with the fragments that they spread, checked against the schema.

Documents inside code are not read: nothing short of a parser of that language tells them from what only looks like
them, or from texts that are put together as the code runs. They are pointed at.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    Source,
    TypeSystemDefinitionNode,
    TypeSystemExtensionNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from api.documents import ERRORS, Document
from api.plans.cache import Shelf
from api.validation import RULES, too_much

READ = (".graphql", ".gql")
CODE = (".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".vue", ".svelte")
EMBEDDED = re.compile(r"\b(gql|graphql)\s*(\(\s*)?`|/\*\s*GraphQL\s*\*/")


@dataclass(frozen=True, slots=True)
class Found:
    """One operation, as a text that stands by itself: its fragments follow it, by name. `place`: file and line."""

    name: str
    kind: str
    text: str
    place: str


@dataclass(slots=True)
class Gathered:
    """What the files hold. `problems`: what forbids to use them, `notes`: what was passed over; each with its place."""

    operations: dict[str, OperationDefinitionNode] = field(default_factory=dict)
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def gather(paths: Sequence[Path]) -> Gathered:
    """The documents of these files and folders."""
    gathered = Gathered()
    for path in found_in(paths, gathered.problems):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            if path.suffix in READ:
                gathered.problems.append(f"{path}: cannot be read ({error})")
            continue
        if path.suffix in READ:
            take(gathered, path, text)
        elif match := EMBEDDED.search(text):
            line = text.count("\n", 0, match.start()) + 1
            gathered.notes.append(
                f"{path}:{line}: looks like a document, and is not read: put it into a {READ[0]} file."
            )
    return gathered


def found_in(paths: Sequence[Path], problems: list[str]) -> Iterator[Path]:
    """Files, each once and in the order of their names; not those of node_modules, nor hidden ones."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            files: Iterable[Path] = walked(path)
        elif path.is_file() and path.suffix in READ:
            files = [path]
        else:
            problems.append(f"{path}: there is no such folder, and no such file of {' or '.join(READ)}")
            continue
        for file in files:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def walked(folder: Path) -> Iterator[Path]:
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "node_modules" and not name.startswith("."))
        yield from (Path(at, name) for name in sorted(files) if Path(name).suffix in (*READ, *CODE))


def take(gathered: Gathered, path: Path, text: str) -> None:
    """The operations and fragments of one file; what only declares types is a schema, and passed over."""
    if not text.strip():
        return
    try:
        definitions = parse(Source(text, str(path))).definitions
    except GraphQLSyntaxError as error:
        line = error.locations[0].line if error.locations else 1
        gathered.problems.append(f"{path}:{line}: {error.message}")
        return
    except RecursionError:
        gathered.problems.append(f"{path}: is nested too deeply")
        return
    for definition in definitions:
        if isinstance(definition, (TypeSystemDefinitionNode, TypeSystemExtensionNode)):
            continue
        assert isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode))
        known: dict[str, Any] = (
            gathered.operations if isinstance(definition, OperationDefinitionNode) else gathered.fragments
        )
        if definition.name is None:
            gathered.problems.append(f"{place(definition)}: an operation needs a name, by which its id can be found")
        elif (name := definition.name.value) in known:
            gathered.problems.append(f"{place(definition)}: {name} stands in {place(known[name])} already")
        else:
            known[name] = definition


def checked(gathered: Gathered, schema: GraphQLSchema) -> list[Found]:
    """The operations by name, by the server's own rules; those that break one are among the problems."""
    problems: dict[str, None] = {}  # a fragment's are found with each operation that spreads it
    found: list[Found] = []
    spread: set[str] = set()
    for name, operation in sorted(gathered.operations.items()):
        document = joined(operation, gathered.fragments)
        spread.update(each.name.value for each in document.definitions if isinstance(each, FragmentDefinitionNode))
        text = print_ast(document)
        wrong = [f"{place(operation)}: {reason}"] if (reason := too_much(document)) else []
        if not wrong:
            for error in validate(schema, document, RULES, max_errors=ERRORS):
                at = place(error.nodes[0] if error.nodes else operation)
                wrong.append(f"{at}: {error.message}")
        if not wrong:  # as the server will read it
            wrong = [f"{place(operation)}: {error['message']}" for error in Document(schema, text, Shelf()).errors]
        problems.update(dict.fromkeys(wrong))
        found.append(Found(name, operation.operation.value, text, place(operation)))
    gathered.problems += problems
    gathered.notes += [
        f"{place(fragment)}: the fragment {name} is spread nowhere, and left out."
        for name, fragment in sorted(gathered.fragments.items())
        if name not in spread
    ]
    return found


def joined(operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> DocumentNode:
    """The operation and all fragments that it spreads, directly or not, as far as there are such."""
    wanted: dict[str, FragmentDefinitionNode] = {}
    look: list[Node] = [operation]
    while look:
        for name in spreads(look.pop()):
            if name in fragments and name not in wanted:
                wanted[name] = fragments[name]
                look.append(fragments[name])
    return DocumentNode(definitions=(operation, *(wanted[name] for name in sorted(wanted))))


def spreads(node: Node) -> list[str]:
    found: list[str] = []

    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: Any) -> None:
            found.append(spread.name.value)

    visit(node, Spreads())
    return found


def place(node: Node) -> str:
    """File and line."""
    assert node.loc is not None, "what was parsed has a place"
    return f"{node.loc.source.name}:{node.loc.start_token.line}"
