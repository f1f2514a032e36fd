"""What no statement can write: graphql-core's executor over the tree that a plan wrote, and for introspection."""

from collections.abc import Mapping
from typing import Any, cast

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, execute
from graphql.execution import ExecutionResult

from api.failures import explained


def completed(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    raw: Mapping[str, Any],
    tree: object,
    request_id: str,
) -> dict[str, Any]:
    """The result, `data` and, where a field failed, `errors`. `raw`: the variables as they came."""
    result = cast(
        ExecutionResult,  # no resolver over a tree waits for anything
        execute(
            schema,
            document,
            root_value=tree,
            variable_values=dict(raw),
            operation_name=operation.name.value if operation.name else None,
        ),
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [explained(error, request_id) for error in result.errors]
    return answer
