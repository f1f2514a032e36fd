"""The live feed: doorbell, tail, hub, views and subscribers."""
