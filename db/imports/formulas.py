"""Cells that a spreadsheet would take for formulas are made harmless in a file of ours, and read back as they were.

An apostrophe goes before what begins as a formula, also behind a semicolon, tab or line break inside a cell: where
Excel separates by semicolons, it opens our commas as text and begins new cells there.
"""

import re

# What people do not see, or a spreadsheet passes over, before the sign that makes a formula of it.
_PASSED_OVER = r"""[ "'\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*"""
_FORMULA = rf"{_PASSED_OVER}[=+\-@＝＋－＠]"
_HERE = r"(?:^|(?<=[;\t\r\n]))"
_RISKY = re.compile(rf"{_HERE}(?={_FORMULA}|'*[\t\r])")
_ESCAPED = re.compile(rf"{_HERE}'(?={_FORMULA}|'*[\t\r])")


def escaped(cell: str) -> str:
    return _RISKY.sub("'", cell)


def unescaped(cell: str) -> str:
    return _ESCAPED.sub("", cell)
