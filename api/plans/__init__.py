"""A document as one SQL statement. Knows no noun: it is given the GraphQL schema and the sources."""
