"""Verifies ECDSA signatures over P-384 with SHA-384. All its inputs are public: its time may depend on them."""

from __future__ import annotations

import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    Point = tuple[int, int, int]  # X, Y, Z with x = X/Z^2, y = Y/Z^3; Z = 0 is the point at infinity

# y^2 = x^3 - 3x + b over a prime field, and a base point of prime order
_SIZE = 48
_PRIME = 2**384 - 2**128 - 2**96 + 2**32 - 1
_B = 0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
_BASE: Point = (
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    1,
)
_INFINITY: Point = (1, 1, 0)


def verified(point: Point, pair: tuple[int, int], message: bytes) -> bool:
    """Tell whether the two integers of a signature of a message were made with the private key to a point."""
    if not all(0 < number < ORDER for number in pair):
        return False
    r, s = pair
    digest = int.from_bytes(hashlib.sha384(message).digest(), "big")  # as long as the order
    inverse = pow(s, -1, ORDER)
    x, _, z = _sum_of_multiples(digest * inverse % ORDER, r * inverse % ORDER, point)
    return z != 0 and x * pow(z, -2, _PRIME) % _PRIME % ORDER == r


def decompressed(raw: bytes) -> Point | None:
    """Return the point of the curve that bytes are the compressed form of, or None if there is none."""
    if len(raw) != _SIZE + 1 or raw[0] not in {2, 3}:
        return None
    x = int.from_bytes(raw[1:], "big")
    square = (x * x * x - 3 * x + _B) % _PRIME
    y = pow(square, (_PRIME + 1) // 4, _PRIME)  # the square root, as the prime leaves 3 when divided by 4
    if x >= _PRIME or y * y % _PRIME != square:
        return None
    return (x, y if y % 2 == raw[0] % 2 else _PRIME - y, 1)


def integers(der: bytes) -> tuple[int, int] | None:
    """Return the two positive integers of a signature. Only what they encode to is taken, so it is strict DER."""
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2:
        return None
    split = 4 + der[3]
    r, s = int.from_bytes(der[4:split], "big"), int.from_bytes(der[split + 2 :], "big")
    encoded = _der_integer(r) + _der_integer(s)
    return (r, s) if r and s and encoded == der[2:] else None


def _der_integer(number: int) -> bytes:
    raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes([2, len(raw)]) + raw if len(raw) < 128 else b""


def _sum_of_multiples(one: int, other: int, point: Point) -> Point:
    """Return one * base point + other * point, two bits of both at each step."""
    table = [_INFINITY]  # at 4i + j: i * base point + j * point
    for at in range(1, 16):
        table.append(_added(table[at - 1], point) if at % 4 else _added(table[at - 4], _BASE))
    total = _INFINITY
    for shift in range(_SIZE * 8 - 2, -1, -2):
        total = _doubled(_doubled(total))
        at = (one >> shift & 3) * 4 + (other >> shift & 3)
        if at:
            total = _added(total, table[at])
    return total


def _doubled(point: Point) -> Point:
    x, y, z = point
    delta = z * z % _PRIME
    gamma = y * y % _PRIME
    beta = x * gamma % _PRIME
    alpha = 3 * (x - delta) * (x + delta) % _PRIME
    new_x = (alpha * alpha - 8 * beta) % _PRIME
    new_z = ((y + z) ** 2 - gamma - delta) % _PRIME
    return new_x, (alpha * (4 * beta - new_x) - 8 * gamma * gamma) % _PRIME, new_z


def _added(one: Point, other: Point) -> Point:
    x1, y1, z1 = one
    x2, y2, z2 = other
    if not z1:
        return other
    if not z2:
        return one
    z1z1, z2z2 = z1 * z1 % _PRIME, z2 * z2 % _PRIME
    u1, u2 = x1 * z2z2 % _PRIME, x2 * z1z1 % _PRIME
    s1, s2 = y1 * z2 * z2z2 % _PRIME, y2 * z1 * z1z1 % _PRIME
    h, r = (u2 - u1) % _PRIME, (s2 - s1) % _PRIME
    if not h:
        return _INFINITY if r else _doubled(one)
    hh = h * h % _PRIME
    hhh, v = h * hh % _PRIME, u1 * hh % _PRIME
    x3 = (r * r - hhh - 2 * v) % _PRIME
    return x3, (r * (v - x3) - s1 * hhh) % _PRIME, h * z1 * z2 % _PRIME
