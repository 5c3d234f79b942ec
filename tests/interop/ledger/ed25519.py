"""Ed25519 (RFC 8032) on Python's integers, accepting what libsodium 1.0.18 accepts.

The rule of its crypto_sign_verify_detached: the key and R are not of small order, key, R and S are
canonical, and R is compared as bytes (no cofactor). It is slow, and its running time tells secrets:
it is for tests, whose keys are none.
"""
import functools
import hashlib

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)


def add(a, b):  # extended twisted Edwards coordinates, the complete formulas of RFC 8032 5.1.4
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * D * a[3] * b[3] % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def unpack(text):
    sign, y = text[31] >> 7, int.from_bytes(text, "little") & (2**255 - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT % P
    if y >= P or v * x * x % P != u or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y, 1, (P - x if x & 1 != sign else x) * y % P


def pack(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def small_order(point):
    return pack(times(8, point)) == pack((0, 1, 1, 0))


BASE = unpack((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=4096)
def ed25519_holds(key, message, signature):
    a, r, s = unpack(key), unpack(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or small_order(a) or small_order(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], a[2], P - a[3])  # not (L - k)A: the key may have a small component
    return pack(add(times(s, BASE), times(k, minus_a))) == signature[:32]


def expand(seed):
    digest = bytearray(hashlib.sha512(seed).digest())
    digest[0], digest[31] = digest[0] & 248, digest[31] & 63 | 64
    return int.from_bytes(digest[:32], "little"), bytes(digest[32:])


def public_key(seed):
    return pack(times(expand(seed)[0], BASE))


def sign(seed, message):
    scalar, prefix = expand(seed)
    key = public_key(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    first = pack(times(r, BASE))
    k = int.from_bytes(hashlib.sha512(first + key + message).digest(), "little") % L
    return first + ((r + k * scalar) % L).to_bytes(32, "little")
