"""Contents at the edges, the same on every machine: name -> bytes."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

VERSION = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
MAX = 4190208  # the largest chunk of the living format


def lcg(seed):
    """Numerical Recipes' generator; yields the upper 16 bits."""
    state = seed & 0xFFFFFFFF
    while True:
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        yield state >> 16


def noise(size, seed=1):
    """Incompressible bytes; SHAKE-128 of the seed (quick, and everywhere)."""
    return hashlib.shake_128(f"libsafe noise {seed}".encode()).digest(size)


def cycle(period, size):
    return (bytes(range(period)) * (size // period + 1))[:size]


WORDS = ("the of and to in is that it was for on are as with his they be at one have this from or had by hot word "
         "but what some we can out other were all there when up use your how said an each she which do their time if "
         "will way about many then them write would like so these her long make thing see him two has look more day "
         "could go come did number sound no most people my over know water than call first who may down side been "
         "now find chunk address vault network byte cafés naïve Ωmega слово").split()


def text(size, seed=1):
    """Words with frequencies that fall; enough spaces to pass 65535 a block."""
    random = lcg(seed)
    parts, length = [], 0
    while length < size:
        r, s = next(random), next(random)
        word = WORDS[r * s // 65536 * len(WORDS) // 65536]
        parts.append(word)
        length += len(word.encode()) + 1
        if r % 97 == 0:
            parts.append("\n")
            length += 2
    return " ".join(parts).encode()[:size]


def skewed(size, seed, bits):
    """Few symbols, the low ones far likelier."""
    table = bytes(min(b >> bits, 255 - b) for b in range(256))
    return noise(size, seed).translate(table)


def runs(size, seed):
    random = lcg(seed)
    out = bytearray()
    while len(out) < size:
        out += bytes([next(random) & 7]) * (1 + next(random) % 3000)
    return bytes(out[:size])


def sparse(size, seed):
    """Zeros with islands of noise and of text."""
    random = lcg(seed)
    out = bytearray(size)
    for i in range(max(1, size // 50000)):
        at = (next(random) << 16 | next(random)) % size
        piece = noise(next(random) % 4000, i) if i % 2 else text(4000, i)
        out[at:at + len(piece)] = piece
    return bytes(out[:size])


def mixed(size, seed):
    """Stretches of everything, so that block splits and long jumps happen."""
    random = lcg(seed)
    makers = (noise, text, runs, sparse, lambda n, s: skewed(n, s, s % 5 + 2), lambda n, s: cycle(s % 250 + 2, n))
    out = bytearray()
    while len(out) < size:
        n = 1000 + next(random) * 3
        out += makers[next(random) % len(makers)](n, next(random) & 255)
    return bytes(out[:size])


def repeated_far(size, seed):
    """The same noise again from distances up to the window."""
    block = noise(size // 3, seed)
    return (block + noise(size // 4, seed + 1) + block + block)[:size]


def all_edges():
    for size in (*range(3, 80), 96, 127, 128, 129, 191, 192, 193, 255, 256, 257, 300, 511, 512, 513, 767, 768, 769, 1023,
                 1024, 1025, 3071, 3072, 3073, 12287, 12288, 12289):
        yield f"small-noise-{size}", lambda n=size: noise(n, n)
        if size < 40 or size % 2:
            yield f"small-text-{size}", lambda n=size: text(n, n)
            yield f"small-zero-{size}", lambda n=size: bytes(n)
    # around 64 KiB a chunk (the encoder's first block) and its multiples
    for base in (65536, 131072, 3 * 65536, 6 * 65536, 1 << 20, 3 << 20):
        for size in (base - 17, base - 1, base, base + 1, base + 15):
            yield f"block-text-{size}", lambda n=size: text(n, 7)
            yield f"block-noise-{size}", lambda n=size: noise(n, 7)
            yield f"block-mixed-{size}", lambda n=size: mixed(n, 7)
    for size in (MAX - 1, MAX, MAX + 1, 3 * MAX - 2, 3 * MAX - 1, 3 * MAX, 3 * MAX + 1, 3 * MAX + 2, 4 * MAX - 1, 4 * MAX,
                 4 * MAX + 1, 5 * MAX + 100):
        yield f"border-cycle251-{size}", lambda n=size: cycle(251, n)
        yield f"border-mixed-{size}", lambda n=size: mixed(n, n & 255)
    for seed in range(20):
        yield f"mixed-{seed}", lambda s=seed: mixed(200_000 + 170_003 * s, s)
        yield f"runs-{seed}", lambda s=seed: runs(10_000 + 90_007 * s, s)
        yield f"sparse-{seed}", lambda s=seed: sparse(10_000 + 150_001 * s, s)
        yield f"skewed-{seed}", lambda s=seed: skewed(30_000 + 120_011 * s, s, s % 6 + 1)
        yield f"cycle-{seed}", lambda s=seed: cycle(2 + s * 11, 20_000 + 30_011 * s)
        yield f"text-{seed}", lambda s=seed: text(5_000 + 60_013 * s, s)
        yield f"far-{seed}", lambda s=seed: repeated_far(5_000 + 400_009 * s, s)
    yield "text-of-three-full-chunks", lambda: text(3 * MAX, 99)
    yield "noise-of-three-full-chunks", lambda: noise(3 * MAX, 99)
    yield "far-of-three-full-chunks", lambda: repeated_far(3 * MAX, 99)
    yield "two-symbols-of-three-full-chunks", lambda: noise(3 * MAX, 5).translate(bytes(b & 1 for b in range(256)))
    yield "zeros-of-three-full-chunks", lambda: bytes(3 * MAX)


def write_all(folder):
    """Writes what is missing; returns the paths."""
    folder = Path(folder)
    names = [name for name, _ in all_edges()]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".make.", dir=folder.parent))
        for name, make in all_edges():
            (work / name).write_bytes(make())
        try:
            os.rename(work, folder)
        except OSError:
            shutil.rmtree(work)
    return [str(folder / name) for name in names]
