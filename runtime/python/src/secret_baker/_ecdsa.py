"""Verifies ECDSA signatures over P-256 and P-384. All its inputs are public, so its running time may depend on them."""

from __future__ import annotations

import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    Point = tuple[int, int, int]  # X, Y, Z with x = X/Z^2, y = Y/Z^3; Z = 0 is the point at infinity

_INFINITY: Point = (1, 1, 0)


class Curve:
    """y^2 = x^3 - 3x + b over a prime field, a base point of prime order, and the hash that goes with it."""

    __slots__ = ("b", "base", "hash", "order", "prime", "size")

    def __init__(self, digest: str, prime: int, b: int, order: int, base: tuple[int, int]) -> None:
        self.hash, self.prime, self.b, self.order = digest, prime, b, order
        self.base: Point = (*base, 1)
        self.size = (prime.bit_length() + 7) // 8


CURVES = {
    "P-256": Curve(
        "sha256",
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        (
            0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
            0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        ),
    ),
    "P-384": Curve(
        "sha384",
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        (
            0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
            0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        ),
    ),
}


def verified(curve: Curve, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a DER signature of a message was made with the private key to a compressed public key."""
    point = _decompressed(curve, public_key)
    pair = _integers(signature)
    if point is None or pair is None or not all(0 < number < curve.order for number in pair):
        return False
    r, s = pair
    digest = int.from_bytes(hashlib.new(curve.hash, message).digest(), "big")  # as long as the order
    inverse = pow(s, -1, curve.order)
    x, _, z = _sum_of_multiples(curve, digest * inverse % curve.order, r * inverse % curve.order, point)
    return z != 0 and x * pow(z, -2, curve.prime) % curve.prime % curve.order == r


def _decompressed(curve: Curve, raw: bytes) -> Point | None:
    """Return the point of the curve, or None if there is none."""
    if len(raw) != curve.size + 1 or raw[0] not in {2, 3}:
        return None
    prime = curve.prime
    x = int.from_bytes(raw[1:], "big")
    square = (x * x * x - 3 * x + curve.b) % prime
    y = pow(square, (prime + 1) // 4, prime)  # the square root, as both primes leave 3 when divided by 4
    if x >= prime or y * y % prime != square:
        return None
    return (x, y if y % 2 == raw[0] % 2 else prime - y, 1)


def _integers(der: bytes) -> tuple[int, int] | None:
    """Return the two integers of a SEQUENCE. Only what they encode to is taken, so DER is checked with it."""
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2:
        return None
    split = 4 + der[3]
    r, s = int.from_bytes(der[4:split], "big"), int.from_bytes(der[split + 2 :], "big")
    encoded = _der_integer(r) + _der_integer(s)
    return (r, s) if encoded == der[2:] else None


def _der_integer(number: int) -> bytes:
    raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes([2, len(raw)]) + raw if len(raw) < 128 else b""


def _sum_of_multiples(curve: Curve, one: int, other: int, point: Point) -> Point:
    """Return one * base point + other * point, two bits of both at each step."""
    prime = curve.prime
    table = [_INFINITY]  # at 4i + j: i * base point + j * point
    for at in range(1, 16):
        table.append(_added(prime, table[at - 1], point) if at % 4 else _added(prime, table[at - 4], curve.base))
    total = _INFINITY
    for shift in range(curve.size * 8 - 2, -1, -2):
        total = _doubled(prime, _doubled(prime, total))
        at = (one >> shift & 3) * 4 + (other >> shift & 3)
        if at:
            total = _added(prime, total, table[at])
    return total


def _doubled(prime: int, point: Point) -> Point:
    x, y, z = point
    delta = z * z % prime
    gamma = y * y % prime
    beta = x * gamma % prime
    alpha = 3 * (x - delta) * (x + delta) % prime
    new_x = (alpha * alpha - 8 * beta) % prime
    new_z = ((y + z) ** 2 - gamma - delta) % prime
    return new_x, (alpha * (4 * beta - new_x) - 8 * gamma * gamma) % prime, new_z


def _added(prime: int, one: Point, other: Point) -> Point:
    x1, y1, z1 = one
    x2, y2, z2 = other
    if not z1:
        return other
    if not z2:
        return one
    z1z1, z2z2 = z1 * z1 % prime, z2 * z2 % prime
    u1, u2 = x1 * z2z2 % prime, x2 * z1z1 % prime
    s1, s2 = y1 * z2 * z2z2 % prime, y2 * z1 * z1z1 % prime
    h, r = (u2 - u1) % prime, (s2 - s1) % prime
    if not h:
        return _INFINITY if r else _doubled(prime, one)
    hh = h * h % prime
    hhh, v = h * hh % prime, u1 * hh % prime
    x3 = (r * r - hhh - 2 * v) % prime
    return x3, (r * (v - x3) - s1 * hhh) % prime, h * z1 * z2 % prime
