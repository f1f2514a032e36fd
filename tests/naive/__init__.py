"""The naive reader: whole tables in dictionaries, GraphQL in plain Python; the oracle of the plans.

It is written from the rules and shares no SQL, no visibility and no traversal with what it judges. The types of the
schema, the coercion of arguments (graphql-core) and the pure rules of db/rules.py are common ground.
"""
