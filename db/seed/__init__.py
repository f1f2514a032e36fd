"""The demonstration: a believable hospital on the first day, and of any size for tests under load."""

from db.seed.demo import PASSWORD, seed_demo
from db.seed.growth import seed_ideas

__all__ = ["PASSWORD", "seed_demo", "seed_ideas"]
