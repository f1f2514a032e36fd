"""The demonstration: a believable hospital on the first day, and of any size for tests under load."""

from db.seed.demo import PASSWORD, seed_demo
from db.seed.growth import seed_ideas
from db.seed.lively import go_on

__all__ = ["PASSWORD", "go_on", "seed_demo", "seed_ideas"]
