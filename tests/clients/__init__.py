"""The examples in clients/, run as their readers run them."""
