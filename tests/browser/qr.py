"""Reads a QR code's modules back into its text: what a camera does, without correcting errors (ISO/IEC 18004)."""

from collections.abc import Iterator, Sequence

Modules = Sequence[Sequence[bool]]  # rows of dark ones, without the border

FINDER = ("#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######")
M_BLOCKS = {1: [16], 2: [28], 3: [44], 4: [32] * 2, 5: [43] * 2, 6: [27] * 4, 7: [31] * 4, 8: [38] * 2 + [39] * 2}
ALIGNED = {1: [], 2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42]}
LEVEL_M = 0b00
FORMAT_MASK = 0b101010000010010
MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)


def has_finders(modules: Modules) -> bool:
    """The three squares by which a camera finds it."""
    last = len(modules) - 7
    return all(
        [[dark == "#" for dark in row] for row in FINDER] == [list(row[x : x + 7]) for row in modules[y : y + 7]]
        for y, x in ((0, 0), (0, last), (last, 0))
    )


def decode(modules: Modules) -> str:
    """The text of a code of level M, version 1 to 8, in bytes of UTF-8."""
    size = len(modules)
    version = (size - 17) // 4
    # Level and mask, along the left finder: bits 14 to 9 come first.
    row = [*range(6), 7, 8]
    bits = [modules[8][x] for x in row] + [modules[y][8] for y in (7, 5, 4, 3, 2, 1, 0)]
    form = int("".join("01"[bit] for bit in bits), 2) ^ FORMAT_MASK
    assert form >> 13 == LEVEL_M
    mask = MASKS[form >> 10 & 0b111]
    data = [modules[y][x] ^ mask(y, x) for y, x in way(size) if not is_function(version, size, y, x)]
    words = [int("".join("01"[bit] for bit in data[n : n + 8]), 2) for n in range(0, len(data) // 8 * 8, 8)]
    text = "".join(f"{word:08b}" for word in gathered(words, M_BLOCKS[version]))
    assert text[:4] == "0100", "bytes"
    length = int(text[4:12], 2)
    return bytes(int(text[n : n + 8], 2) for n in range(12, 12 + 8 * length, 8)).decode()


def way(size: int) -> Iterator[tuple[int, int]]:
    """All modules in the order of the data: two columns at a time from the right, up and down in turn."""
    up = True
    for right in (x for x in range(size - 1, 0, -1) if x not in skipped(size)):
        for y in range(size - 1, -1, -1) if up else range(size):
            yield from ((y, right), (y, right - 1))
        up = not up


def skipped(size: int) -> set[int]:
    """Columns that are not the right one of two; the timing column 6 belongs to none."""
    rights = {*range(size - 1, 6, -2), *range(5, 0, -2)}
    return set(range(size)) - rights


def is_function(version: int, size: int, y: int, x: int) -> bool:
    """Finders with their formats, timing, alignment, version: what holds no data."""
    if (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9) or 6 in (y, x):
        return True
    if version >= 7 and ((y < 6 and x >= size - 11) or (x < 6 and y >= size - 11)):
        return True
    centres = ALIGNED[version]
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    return any(
        abs(y - row) <= 2 and abs(x - column) <= 2
        for row in centres
        for column in centres
        if (row, column) not in corners
    )


def gathered(words: Sequence[int], blocks: Sequence[int]) -> list[int]:
    """The data words block after block; they are kept in turn, a word of each."""
    found: list[list[int]] = [[] for _ in blocks]
    rest = iter(words)
    for n in range(max(blocks)):
        for block, length in zip(found, blocks, strict=True):
            if n < length:
                block.append(next(rest))
    return [word for block in found for word in block]
