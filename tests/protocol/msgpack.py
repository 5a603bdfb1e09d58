"""As much of MessagePack as docs/protocol.md and docs/formats.md use: shortest forms of nil, bool, unsigned, str, bin, array."""


def sized(size, short, *kinds):
    if short is not None and size <= short[1]:
        return bytes([short[0] | size])
    for kind, width in kinds:
        if size < 1 << 8 * width:
            return bytes([kind]) + size.to_bytes(width, "big")
    raise ValueError(size)


def pack(value):
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return sized(value, (0, 0x7F), (0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8))
    if isinstance(value, bytes):
        return sized(len(value), None, (0xC4, 1), (0xC5, 2), (0xC6, 4)) + value
    if isinstance(value, str):
        data = value.encode()
        return sized(len(data), (0xA0, 31), (0xD9, 1), (0xDA, 2), (0xDB, 4)) + data
    return sized(len(value), (0x90, 15), (0xDC, 2), (0xDD, 4)) + b"".join(map(pack, value))


def unpack(data):
    """(value, how many bytes it has)"""
    kind = data[0]
    if kind < 0x80:
        return kind, 1
    if kind in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[kind], 1
    if kind & 0xE0 == 0xA0:
        size, at = kind & 31, 1
    elif kind & 0xF0 == 0x90:
        size, at = kind & 15, 1
    else:
        width = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD9: 1, 0xDA: 2, 0xDB: 4, 0xDC: 2, 0xDD: 4}[kind]
        size, at = int.from_bytes(data[1:1 + width], "big"), 1 + width
    if 0xCC <= kind <= 0xCF:
        return size, at
    if kind & 0xF0 == 0x90 or kind in (0xDC, 0xDD):
        values = []
        for _ in range(size):
            value, used = unpack(data[at:])
            values.append(value)
            at += used
        return values, at
    raw = bytes(data[at:at + size])
    if len(raw) != size:
        raise ValueError("cut")
    return (raw if 0xC4 <= kind <= 0xC6 else raw.decode()), at + size
