"""What no plan fills, and why: the reviewed list. Everything else in the schema comes from SQL by a shape.

compose.py refuses to start where a type of the schema has neither a source nor a place here.
"""

# Types whose values are made in Python.
TYPES = {
    "FeedCaughtUp": "made by the feed's views: it is a position, and no event stands behind it",
    "FeedReset": "made by the feed's views: it says that the log behind a cursor is gone",
    "InputError": "made by a mutation: what was wrong with its input",
}

# What is wrapped round rows: a mutation's result is a plan, and so is what a connection holds.
ENDINGS = {
    "Payload": "a mutation's dictionary: its result is read by a plan, beside cursor and user errors",
    "Connection": "compiled as a whole (plans/connections.py)",
    "Edge": "compiled with its connection",
    "PageInfo": "compiled with its connection",
}

# Root fields that answer without a statement of a plan.
FIELDS = {
    "Query.__schema": "introspection is the executor's",
    "Query.__type": "introspection is the executor's",
}


def is_unplanned(type_name: str) -> bool:
    """Whether values of this type are made elsewhere than in a source."""
    return type_name in TYPES or type_name.endswith(tuple(ENDINGS))
