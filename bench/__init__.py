"""Measures what a request and a delivery cost, beside plain Strawberry and beside the same by hand: `make bench`."""
