"""Counts as people say them: 1 date, 2 dates, 1,000 people."""


def counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
