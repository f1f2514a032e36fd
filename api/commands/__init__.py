"""One module a command: `command(arguments)` answers an exit code, or None for success."""
