"""The inputs of the golden vectors, as recipes that any language can follow.

A recipe is a JSON object; these are all kinds there are:

  {"kind": "ascii", "text": T}            the bytes of T
  {"kind": "repeat", "text": T, "times": N}
  {"kind": "cycle", "period": P}          byte j = j mod P
  {"kind": "square"}                      byte j = (j*j + j/7) mod 251, j 64-bit, division truncating
  {"kind": "noise", "seed": S}            splitmix64 started at S, each result as 8 bytes, little-endian
  {"kind": "text", "seed": S}             words, see text() below
  {"kind": "runs", "seed": S}             runs of one byte, see runs() below

Each is cut to "len" bytes. All arithmetic is modulo 2^64.
"""

M64 = (1 << 64) - 1
WORDS = ["the", "of", "and", "to", "in", "a", "vault", "chunk", "address", "network", "byte", "is", "that", "self",
         "encryption", "map"]


def splitmix64(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & M64
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
        yield z ^ (z >> 31)


def noise(size, seed):
    random = splitmix64(seed)
    return b"".join(next(random).to_bytes(8, "little") for _ in range((size + 7) // 8))[:size]


def text(size, seed):
    """From each splitmix64 result z: the word number min(z mod 16, (z div 16) mod 16), then a space,
    or a line feed where (z div 256) mod 12 is 0."""
    random = splitmix64(seed)
    parts, length = [], 0
    while length < size:
        z = next(random)
        part = WORDS[min(z % 16, z // 16 % 16)] + ("\n" if z // 256 % 12 == 0 else " ")
        parts.append(part)
        length += len(part)
    return "".join(parts).encode()[:size]


def runs(size, seed):
    """From each splitmix64 result z: the byte (z mod 4) * 85, (z div 4) mod 5000 + 1 times."""
    random = splitmix64(seed)
    out = bytearray()
    while len(out) < size:
        z = next(random)
        out += bytes([z % 4 * 85]) * (z // 4 % 5000 + 1)
    return bytes(out[:size])


def square(size):
    return bytes((j * j + j // 7) % 251 for j in range(size))


def make(recipe, size):
    kind = recipe["kind"]
    if kind == "ascii":
        data = recipe["text"].encode()
    elif kind == "repeat":
        data = recipe["text"].encode() * recipe["times"]
    elif kind == "cycle":
        period = bytes(range(recipe["period"]))
        data = (period * (size // len(period) + 1))[:size]
    elif kind == "square":
        data = square(size)
    elif kind == "noise":
        data = noise(size, recipe["seed"])
    elif kind == "text":
        data = text(size, recipe["seed"])
    elif kind == "runs":
        data = runs(size, recipe["seed"])
    else:
        raise ValueError(f"no recipe of kind {kind}")
    assert len(data) == size, (recipe, size, len(data))
    return data


MAX = 4190208  # the largest chunk


def inputs():
    """(recipe, length) of every golden vector, in the order of the file."""
    ascii_, cycle = (lambda t: {"kind": "ascii", "text": t}), (lambda p: {"kind": "cycle", "period": p})
    # those of the reference notes
    yield ascii_("abc"), 3
    yield ascii_("Hello, World!"), 13
    yield cycle(256), 3072
    yield {"kind": "repeat", "text": "Hello, World!", "times": 1000}, 13000
    yield {"kind": "repeat", "text": "x", "times": 1_000_000}, 1_000_000
    for size in (3 * MAX - 1, 3 * MAX, 3 * MAX + 1, 20_951_140):
        yield cycle(251), size
    # tiny files: chunks of 1, 2, 3 bytes
    for size in (3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 33, 64, 100, 255, 256, 257, 1000, 1023, 1024, 1025, 3071, 3072, 3073):
        yield {"kind": "square"}, size
        yield {"kind": "noise", "seed": size}, size
    # around the encoder's first block of 64 KiB a chunk, and well inside
    for size in (3 * 65536 - 1, 3 * 65536, 3 * 65536 + 1, 400_001, 969_265, 3 << 20):
        for kind in ("noise", "text", "runs"):
            yield {"kind": kind, "seed": size}, size
        yield {"kind": "square"}, size
    # around the borders of full chunks
    for size in (3 * MAX - 2, 3 * MAX - 1, 3 * MAX, 3 * MAX + 1, 3 * MAX + 2, 4 * MAX - 1, 4 * MAX, 4 * MAX + 1, 5 * MAX + 17):
        for kind in ("noise", "text", "runs"):
            yield {"kind": kind, "seed": size % 1000}, size
    # one symbol more than 65535 times in a block (a space), full chunks of text
    yield {"kind": "text", "seed": 1}, 9_000_000
    # maps of more entries
    yield cycle(251), 30 * MAX + 5
