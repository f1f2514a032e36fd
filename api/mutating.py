"""How a mutation is done: its document is planned once; then input, operation, payload and commit, and no executor.

One transaction a field, in their order. The payload's result is read by a plan in the same transaction; what the plan
wrote, the cursor and the absence of user errors are the answer's text. Where a payload holds more than that, the
executor completes this field alone.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

import orjson
from graphql import (
    DocumentNode,
    GraphQLInputObjectType,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    located_error,
)

from api.answers import Answers as Memory
from api.completing import completed
from api.context import Context
from api.cursors import Cursor, encode_cursor
from api.documents import Documents, Request
from api.failures import encoded, explained
from api.plans.plan import Plan, payload_plan
from api.plans.selection import Builder, Look, Selected
from api.resolvers.mutations import Answers, Call, Services, Writes, decoded, once, taken, whether_there
from api.steps import Step, Steps, below, readings, text_of
from api.viewer import Viewer
from db.engine import BUSY, LOST
from db.errors import Refused, UserMistake
from db.log import Transaction, Written, writing
from db.terms import RefusalCode, Sight, UserErrorCode


class Mutations:
    """Every mutation by its name. `executed` counts payloads that the executor made, by why (unplanned.py)."""

    def __init__(
        self, documents: Documents, services: Services, known: Mapping[str, Writes | Answers], memory: Memory
    ) -> None:
        self.documents = documents
        self.services = services
        self.known = known
        self.memory = memory
        self.executed: Counter[str] = Counter()
        mutations = documents.schema.mutation_type
        assert mutations is not None
        self.takes = {
            name: taken(cast(GraphQLInputObjectType, get_named_type(field.args["input"].type)))
            for name, field in mutations.fields.items()
        }

    async def __call__(self, context: Context, request: Request) -> tuple[bytes, int]:
        """The whole result, and the most rows that it could answer. Raises Refused for what is too costly."""
        self.admit(context, request)
        steps = self.steps(request, context.viewer.sight if context.viewer else Sight.MEMBER)
        if context.viewer is not None:
            steps.check(context.viewer, request, self.memory.heads.epoch(context.viewer.organisation))
        parts: list[bytes] = []
        errors: list[dict[str, Any]] = []
        for key, step in steps.fields:
            parts.append(key + (b'"Mutation"' if step is None else await self.do(step, context, request, errors)))
        more = b',"errors":' + encoded(errors) if errors else b""
        return b'{"data":{%b}%b}' % (b",".join(parts), more), steps.rows

    def admit(self, context: Context, request: Request) -> None:
        """Raises Refused, before anything is planned, where nobody is signed in and more is asked than to sign in.

        A screen changes nothing, nor does it sign anybody in.
        """
        if context.viewer is not None and context.viewer.sight.on_a_wall:
            raise Refused(RefusalCode.FORBIDDEN, "A screen reads, and changes nothing.")
        if context.viewer is None:
            fields = {selected.name for selected in self.documents.roots(request, Sight.MEMBER)} - {"__typename"}
            if any(isinstance(self.known[name], Writes) for name in fields):
                raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")

    # Planning -------------------------------------------------------------------------------------------------------

    def steps(self, request: Request, sight: Sight) -> Steps:
        """The plan of a mutation. Raises Refused."""
        return request.document.plans.get(
            ("mutation", sight, id(request.operation)), request.variables, lambda: self.plan(request, sight)
        )

    def plan(self, request: Request, sight: Sight) -> tuple[Steps, tuple[Look, ...]]:
        documents = self.documents
        asked = documents.asked(request, sight)
        builder = Builder(asked.schema, asked.fragments, asked.variables, sight, asked.limits, completing=False)
        looks: dict[Look, None] = {}
        rows = 0
        root = documents.root(request)
        fields: list[tuple[bytes, Step | None]] = []
        for selected in builder.collect_root(root, request.operation.selection_set):
            step = None
            if selected.name != "__typename":
                step, found, more = self.step(request, asked, builder, root, selected)
                looks.update(dict.fromkeys(found))
                rows += more
            fields.append((orjson.dumps(selected.key) + b":", step))
        return Steps(fields, rows), tuple({**builder.looks, **looks})

    def step(
        self, request: Request, asked: Any, builder: Builder, root: GraphQLObjectType, selected: Selected
    ) -> tuple[Step, list[Look], int]:
        spec = self.known[selected.name]
        field = root.fields[selected.name]
        payload = cast(GraphQLObjectType, get_named_type(field.type))
        selection = builder.collect(payload, selected.nodes)
        plans: dict[str, Plan] = {}
        looks: list[Look] = []
        unasked: Plan | None = None
        if isinstance(spec, Writes):
            for s in selection:
                if s.name == spec.result:
                    with below(selected.key):
                        plans[s.key], found = payload_plan(asked, spec.type, s)
                    looks += found
                    builder.count_beside(plans[s.key].rows, plans[s.key].fields)
            if all(plan.reads_log for plan in plans.values()):
                unasked, _ = payload_plan(asked, spec.type, whether_there(spec))
        operation = OperationDefinitionNode(
            operation=request.operation.operation,
            name=request.operation.name,
            variable_definitions=request.operation.variable_definitions,
            selection_set=SelectionSetNode(selections=tuple(selected.nodes)),
        )
        step = Step(
            selected=selected,
            spec=spec,
            input=builder.arguments(field, selected, (selected.key,))["input"].read,
            payload=payload,
            selection=selection,
            plans=plans,
            unasked=unasked,
            text=text_of(spec, selection, plans, payload.name),
            document=DocumentNode(definitions=(operation, *request.document.fragments.values())),
            operation=operation,
        )
        return step, looks, sum(plan.rows for plan in plans.values())

    # Doing ----------------------------------------------------------------------------------------------------------

    async def do(self, step: Step, context: Context, request: Request, errors: list[dict[str, Any]]) -> bytes:
        """One field: its value as JSON. What fails is added to the errors, and the value is null."""
        call = Call(
            self.services,
            context,
            self.documents.asked(request, context.viewer.sight if context.viewer else Sight.MEMBER),
            request.document.plans,
            step.selection,
        )
        try:
            input_ = self.takes[step.selected.name](step.input(request.variables))
            if isinstance(step.spec, Answers):
                values = {"userErrors": [], **await step.spec.run(call, input_)}
                return self.complete(step, context, request, values, "payload", errors)
            return await self.write(step, step.spec, call, request, input_, errors)
        except UserMistake as mistake:
            error = {
                "$type": "InputError",
                "code": mistake.code,
                "message": mistake.message,
                "path": [str(part) for part in mistake.path],
            }
            return self.complete(step, context, request, {"userErrors": [error]}, "user errors", errors)
        except Exception as error:
            located = located_error(error, step.selected.nodes, [step.selected.key])
            errors.append(explained(located, context.request_id))
            return b"null"

    async def write(
        self, step: Step, spec: Writes, call: Call, request: Request, input_: Any, errors: list[dict[str, Any]]
    ) -> bytes:
        viewer = call.viewer
        arguments = decoded(input_, spec.operation)
        if spec.prepare is not None:
            arguments.update(await spec.prepare(call, input_))
        key = once(viewer, step.selected.name, input_)
        history = self.memory.histories[viewer.organisation]
        written = await writing(
            self.services.database,
            viewer.organisation,
            lambda tx: run(tx, spec, viewer, arguments),
            readings(step, viewer, request, keyed=key is not None),
            key,
        )
        head = Cursor(written.epoch, viewer.organisation, written.position)
        self.memory.gave(head, history)
        call.context.cursor = cursor = encode_cursor(head)
        bodies = await self.bodies(step, viewer, request, written)
        # Of a repeated key alone: what withdraws, done twice, finds what it wanted.
        if written.outcome is None and any(row is None or row["gone"] for row in written.rows):
            raise UserMistake(UserErrorCode.GONE, "It was there, and has been withdrawn since.")
        if step.text is not None:
            parts = [
                before + (b"" if s is None else b'"%b"' % cursor.encode() if s.name == "cursor" else bodies[s.key])
                for before, s in step.text
            ]
            return b"".join(parts)
        extra = {} if spec.also is None or written.outcome is None else spec.also(call, written.outcome)
        results = {key: orjson.loads(body) for key, body in bodies.items()}
        why = "payload" if spec.also is not None else "computed"
        values = {**extra, "cursor": cursor, "userErrors": [], **results}
        return self.complete(step, call.context, request, values, why, errors)

    async def bodies(self, step: Step, viewer: Viewer, request: Request, written: Written) -> dict[str, bytes]:
        """The results as JSON, by response key."""
        rows = iter(written.rows)
        found: dict[str, bytes] = {}
        for key, plan in step.plans.items():
            if plan.reads_log:  # the log as it is with this very write
                args = plan.args(viewer, request.variables, {"id": written.id})
                try:
                    row = await self.services.database.row(plan.text, args)
                except (*LOST, *BUSY):
                    raise Refused(
                        RefusalCode.UNAVAILABLE, "It is done, and could not be read just now: query it again."
                    ) from None
            else:
                row = next(rows)
            found[key] = b"null" if row is None else row["body"].encode()
        return found

    def complete(
        self,
        step: Step,
        context: Context,
        request: Request,
        values: Mapping[str, object],
        why: str,
        errors: list[dict[str, Any]],
    ) -> bytes:
        """The payload by the executor: `values` by response key or by field name; what neither has is null."""
        self.executed[why] += 1
        key = step.selected.key
        tree = {
            "$type": step.payload.name,
            **{s.key: values.get(s.key, values.get(s.name)) for s in step.selection},
        }
        schema = self.documents.schema
        result = completed(schema, step.document, step.operation, request.raw, {key: tree}, context.request_id)
        errors += result.get("errors", [])
        return encoded((result["data"] or {}).get(key))


async def run(tx: Transaction, spec: Writes, viewer: Viewer, arguments: Mapping[str, Any]) -> Any:
    return await spec.operation(tx, viewer.person, **arguments)
