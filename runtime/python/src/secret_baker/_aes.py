"""AES-256 in pure Python: the standard library has none, and Lambda's image has no `cryptography`.

Fit for a few kilobytes. All blocks of a message pass through a round together: a row of the state is one long integer
with the bytes of all blocks, so that a round is some 50 operations of C, however many blocks there are.
"""

from __future__ import annotations

BLOCK = 16


def _double(byte: int) -> int:
    """Multiply by x in the field of AES."""
    return (byte << 1) ^ (0x11B if byte & 0x80 else 0)


def _substitutions() -> bytes:
    """Return AES's S-box: the inverses in the field, walked through by a generator and its inverse, made affine."""
    box = bytearray(256)
    forth = back = 1
    while True:
        forth ^= _double(forth)  # times 3
        for shift in (1, 2, 4):  # divided by 3
            back ^= back << shift & 0xFF
        back ^= 0x09 if back & 0x80 else 0
        spread = back ^ back << 1 ^ back << 2 ^ back << 3 ^ back << 4
        box[forth] = (spread ^ spread >> 8) & 0xFF ^ 0x63  # what was shifted out comes in again: five rotations
        if forth == 1:
            box[0] = 0x63
            return bytes(box)


_BOX = _substitutions()
_BOX_DOUBLED = bytes(_double(byte) for byte in _BOX)


class Aes:
    """The block cipher under one key of 32 bytes. Only encrypts: no mode that is needed asks for more."""

    __slots__ = ("_round_keys",)

    def __init__(self, key: bytes) -> None:
        self._round_keys = _expanded(key)

    def encrypted(self, data: bytes) -> bytes:
        """Encrypt whole blocks, each on its own."""
        count = len(data) // BLOCK
        width = 4 * count
        # Row r holds byte r of each column: those of column 0 of all blocks, then those of column 1, and so on.
        rows = [b"".join([data[column * 4 + row :: BLOCK] for column in range(4)]) for row in range(4)]
        first, *middle, last = self._round_keys
        state = [int.from_bytes(row, "big") ^ _spread(key, count) for row, key in zip(rows, first)]
        for keys in middle:
            rows = _shifted(state, count)
            one = [int.from_bytes(row.translate(_BOX), "big") for row in rows]
            two = [int.from_bytes(row.translate(_BOX_DOUBLED), "big") for row in rows]
            both = one[0] ^ one[1] ^ one[2] ^ one[3]
            # 2a + 3b + c + d = 2a + 2b + (a + b + c + d) + a
            state = [two[row] ^ two[(row + 1) % 4] ^ both ^ one[row] ^ _spread(keys[row], count) for row in range(4)]
        rows = [
            (int.from_bytes(row.translate(_BOX), "big") ^ _spread(key, count)).to_bytes(width, "big")
            for row, key in zip(_shifted(state, count), last)
        ]
        result = bytearray(len(data))
        for row, line in enumerate(rows):
            for column in range(4):
                result[column * 4 + row :: BLOCK] = line[column * count : (column + 1) * count]
        return bytes(result)


def _expanded(key: bytes) -> list[list[bytes]]:
    """Return the round keys, each as four rows of four bytes."""
    words = [key[at : at + 4] for at in range(0, len(key), 4)]
    constant = 1
    for at in range(8, 60):
        word = words[-1]
        if at % 8 == 0:
            word = (word[1:] + word[:1]).translate(_BOX)
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = _double(constant)
        elif at % 8 == 4:
            word = word.translate(_BOX)
        words.append(xor(word, words[at - 8]))
    return [[bytes(row) for row in zip(*words[at : at + 4])] for at in range(0, len(words), 4)]


def _spread(key: bytes, count: int) -> int:
    """Return a row of a round key, for so many blocks."""
    return int.from_bytes(b"".join([key[column : column + 1] * count for column in range(4)]), "big")


def _shifted(state: list[int], count: int) -> list[bytes]:
    """Return the rows, the second one rotated by one column, the third by two, the last by three."""
    rows = [row.to_bytes(4 * count, "big") for row in state]
    return [row[number * count :] + row[: number * count] for number, row in enumerate(rows)]


def xor(one: bytes, other: bytes) -> bytes:
    """Return the sum of two texts of one length, bit by bit."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")
