"""BLAKE3-256 in plain Python, from its specification (section 2): slow and short."""

import struct

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
MIXES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
         (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def compress(chaining, block, counter, length, flags):
    v = [*chaining, *IV[:4], counter & 0xFFFFFFFF, counter >> 32, length, flags]
    words = list(block)
    for _ in range(7):
        for i, (a, b, c, d) in enumerate(MIXES):
            for word, left, right in ((words[2 * i], 16, 12), (words[2 * i + 1], 8, 7)):
                v[a] = v[a] + v[b] + word & 0xFFFFFFFF
                x = v[d] ^ v[a]
                v[d] = (x >> left | x << 32 - left) & 0xFFFFFFFF
                v[c] = v[c] + v[d] & 0xFFFFFFFF
                x = v[b] ^ v[c]
                v[b] = (x >> right | x << 32 - right) & 0xFFFFFFFF
        words = [words[i] for i in ORDER]
    return [v[i] ^ v[i + 8] for i in range(8)]


def words_of(block):
    return struct.unpack("<16I", block.ljust(64, b"\0"))


def node_of(data, first):
    """The last compression of a subtree, not yet done: chaining value, block, counter, length, flags."""
    if len(data) > 1024:
        half = 1024
        while 2 * half < len(data):
            half *= 2
        left, right = (compress(*node_of(*part)) for part in ((data[:half], first), (data[half:], first + half // 1024)))
        return IV, (*left, *right), 0, 64, PARENT
    chaining, flags = IV, CHUNK_START
    while len(data) > 64:
        chaining, flags, data = compress(chaining, words_of(data[:64]), first, 64, flags), 0, data[64:]
    return chaining, words_of(data), first, len(data), flags | CHUNK_END


def blake3(data):
    chaining, block, _, length, flags = node_of(data, 0)
    return struct.pack("<8I", *compress(chaining, block, 0, length, flags | ROOT))


assert blake3(b"").hex() == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
