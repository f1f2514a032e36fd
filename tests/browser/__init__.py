"""The explorer in a real browser; `python -m tests.browser.picture` makes the README's picture."""
