"""The database side: tables, rules, operations and the log. Knows nothing of GraphQL."""
