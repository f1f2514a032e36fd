"""What a document may be: GraphQL's rules and ours, and what is counted before, since validating costs the square."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    SelectionSetNode,
    ValidationRule,
    specified_rules,
)

LONGEST_ALIAS = 63  # PostgreSQL cuts longer names without a word
MOST_SELECTED = 200  # selections of one object
MOST_REPEATS = 10  # of one response key or fragment in one selection: each is compared with each
MOST_FRAGMENTS = 100


class ShortAliases(ValidationRule):
    """Aliases become names in SQL."""

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        if node.alias is not None and len(node.alias.value) > LONGEST_ALIAS:
            self.report_error(GraphQLError(f"An alias has at most {LONGEST_ALIAS} characters.", node.alias))


class PlainIntrospection(ValidationRule):
    """No field of the schema's description twice under other names: it answers without a bearer, and in one piece."""

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        parent = self.context.get_parent_type()
        if node.alias is None or node.alias.value == node.name.value or parent is None:
            return
        if parent.name.startswith("__") or node.name.value == "__schema":
            self.report_error(GraphQLError("A field of the introspection takes no alias.", node.alias))


RULES = (*specified_rules, ShortAliases, PlainIntrospection)


def too_much(document: DocumentNode) -> str | None:
    """Why a document is not even validated, as a sentence; None for one that is of a size to be."""
    if sum(isinstance(each, FragmentDefinitionNode) for each in document.definitions) > MOST_FRAGMENTS:
        return f"A document has at most {MOST_FRAGMENTS} fragments."
    sets = [
        s for each in document.definitions if isinstance(s := getattr(each, "selection_set", None), SelectionSetNode)
    ]
    while sets:
        selections = sets.pop().selections
        if len(selections) > MOST_SELECTED:
            return f"More than {MOST_SELECTED} fields of one object."
        repeats: dict[str, int] = {}
        for node in selections:
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
            else:
                key = f"...{node.name.value}" if isinstance(node, FragmentSpreadNode) else "..."
            repeats[key] = repeats.get(key, 0) + 1
            if repeats[key] > MOST_REPEATS and key != "...":
                return f"More than {MOST_REPEATS} times the same in one selection."
            inner = getattr(node, "selection_set", None)
            if inner is not None:
                sets.append(inner)
    return None
