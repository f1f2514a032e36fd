"""What can be done, one file a noun: lock, decide, write, return the result and its events."""
