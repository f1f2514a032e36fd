"""The public schema: Strawberry classes and their descriptions, one file a noun; never where values come from."""
