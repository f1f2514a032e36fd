"""What no plan fills, and why: the reviewed list. Everything else in the schema comes from SQL by a shape.

compose.py refuses to start where a type of the schema has neither a source nor a place here; /metrics counts how often
an answer took graphql-core's executor, by the reasons that stand here.
"""

# Types whose values are made in Python.
TYPES = {
    "FeedCaughtUp": "made by the feed's views: it is a position, and no event stands behind it",
    "FeedReset": "made by the feed's views: it says that the log behind a cursor is gone",
    "InputError": "made by a mutation: what was wrong with its input",
}

# What is wrapped round rows: a mutation's result is a plan, and so is what a connection holds.
ENDINGS = {
    "Payload": "put together from a mutation's result, which a plan reads, cursor and user errors",
    "Connection": "compiled as a whole (plans/connections.py)",
    "Edge": "compiled with its connection",
    "PageInfo": "compiled with its connection",
}

# When graphql-core's executor runs, over what a plan wrote or over nothing.
EXECUTED = {
    "introspection": "__schema and __type are the executor's, beside or without what a plan fills",
    "computed": "fields that Python computes from facts of the row (Computed), such as viewerCanDo",
    "user errors": "a payload that says what to put right: rare, and its errors are an interface",
    "payload": "a payload with more than result, cursor and user errors: signing in, invitations",
}


def is_unplanned(type_name: str) -> bool:
    """Whether values of this type are made elsewhere than in a source."""
    return type_name in TYPES or type_name.endswith(tuple(ENDINGS))
