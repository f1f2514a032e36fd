"""The demonstration hospital's content: units, people, themes and texts; pure and the same for the same seed."""
