"""Comments: where their fields come from."""

from sqlalchemy import not_

from api.plans.shapes import Computed, Facts, One, Source
from api.resolvers.columns import STANDING, node_id, standing, standing_facts
from api.resolvers.mutations import Answers, Writes
from db import models as t
from db import rules, sight
from db.operations import comments as operations


def can_do(facts: Facts) -> object:
    return rules.comment_actions(standing(facts))


COMMENT = Source(
    "Comment",
    t.comments,
    {
        "id": node_id("comment"),
        "idea": One("Idea", lambda c, i: i.c.id == c.c.idea_id, always=True),
        "author": One("Person", lambda c, p: (p.c.id == c.c.author_id) & not_(c.c.anonymous)),
        "viewerCanDo": Computed(STANDING, can_do),
    },
    sees=sight.comment,
    facts=standing_facts(author=lambda c: c.c.author_id),
    tag="comment",
)

SOURCES = [COMMENT]

MUTATIONS: dict[str, Writes | Answers] = {
    "addComment": Writes(operations.add_comment, "comment", "Comment"),
    "editComment": Writes(operations.edit_comment, "comment", "Comment"),
    "removeComment": Writes(operations.remove_comment, "idea", "Idea"),
}
