"""Follows and supports: the mutations; the fields are the idea's."""

from api.resolvers.mutations import Answers, Writes
from db.operations import follows as operations

MUTATIONS: dict[str, Writes | Answers] = {
    "supportIdea": Writes(operations.support_idea, "idea", "Idea"),
    "unsupportIdea": Writes(operations.unsupport_idea, "idea", "Idea"),
    "followIdea": Writes(operations.follow_idea, "idea", "Idea"),
    "unfollowIdea": Writes(operations.unfollow_idea, "idea", "Idea"),
}
