"""The API side: GraphQL, plans, subscriptions and transports over the database side."""
