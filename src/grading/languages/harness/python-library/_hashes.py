"""What `hashlib` takes from OpenSSL, which is not here: derivation of keys from passwords (RFC 8018, RFC 7914)."""

import hashlib


def _algorithm(name):
    return lambda data=b"": hashlib.new(name, data)


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    if not isinstance(hash_name, str):
        raise TypeError("pbkdf2_hmac() argument 'hash_name' must be str")
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    make = _algorithm(hash_name)
    size = make().block_size
    password, salt = bytes(password), bytes(salt)
    if len(password) > size:
        password = make(password).digest()
    padded = password.ljust(size, b"\0")
    inner = make(bytes(one ^ 0x36 for one in padded))
    outer = make(bytes(one ^ 0x5C for one in padded))

    def keyed(message):
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    length = inner.digest_size if dklen is None else dklen
    if length < 1:
        raise ValueError("key length must be greater than 0.")
    derived = b""
    for number in range(1, -(-length // inner.digest_size) + 1):
        block = keyed(salt + number.to_bytes(4, "big"))
        total = int.from_bytes(block, "big")
        for _ in range(iterations - 1):
            block = keyed(block)
            total ^= int.from_bytes(block, "big")
        derived += total.to_bytes(inner.digest_size, "big")
    return derived[:length]


def _salsa(block):
    state = list(block)

    def mix(a, b, c, d):
        for to, one, other, turn in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
            total = (state[one] + state[other]) & 0xFFFFFFFF
            state[to] ^= ((total << turn) & 0xFFFFFFFF) | (total >> (32 - turn))

    for _ in range(4):
        for start in ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)):
            mix(*start)
        for start in ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)):
            mix(*start)
    return [(one + other) & 0xFFFFFFFF for one, other in zip(state, block)]


def _mixed(block, r):
    last = block[-16:]
    even, odd = [], []
    for at in range(2 * r):
        last = _salsa([one ^ other for one, other in zip(last, block[16 * at : 16 * at + 16])])
        (odd if at % 2 else even).extend(last)
    return even + odd


def scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64):
    if n < 2 or n & (n - 1):
        raise ValueError("n must be a power of 2.")
    if (maxmem or 32 * 1024 * 1024) < 128 * r * (n + p):
        raise ValueError("memory limit exceeded")
    blocks = pbkdf2_hmac("sha256", password, salt, 1, p * 128 * r)
    mixed = b""
    for lane in range(p):
        part = blocks[lane * 128 * r : (lane + 1) * 128 * r]
        state = [int.from_bytes(part[at : at + 4], "little") for at in range(0, len(part), 4)]
        table = []
        for _ in range(n):
            table.append(state)
            state = _mixed(state, r)
        for _ in range(n):
            chosen = table[state[-16] & (n - 1)]
            state = _mixed([one ^ other for one, other in zip(state, chosen)], r)
        mixed += b"".join(one.to_bytes(4, "little") for one in state)
    return pbkdf2_hmac("sha256", password, mixed, 1, dklen)


def install():
    """Once, before the state that programs start from."""
    hashlib.pbkdf2_hmac, hashlib.scrypt = pbkdf2_hmac, scrypt
