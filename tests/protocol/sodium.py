"""The few functions of the system's libsodium that the protocol names."""

import ctypes

lib = ctypes.CDLL("libsodium.so.23")
assert lib.sodium_init() >= 0


def call(name, *arguments):
    return getattr(lib, name)(*(ctypes.c_ulonglong(a) if isinstance(a, int) else a for a in arguments))


class Failed(Exception):
    pass


def must(status):
    if status != 0:
        raise Failed


class SigningKey:
    def __init__(self, seed):
        self.public, self.secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        must(call("crypto_sign_seed_keypair", self.public, self.secret, seed))
        self.public = self.public.raw

    def sign(self, message):
        out = ctypes.create_string_buffer(64)
        must(call("crypto_sign_detached", out, None, message, len(message), self.secret))
        return out.raw


def verify(key, message, signature):
    must(call("crypto_sign_verify_detached", signature, message, len(message), key))


def x25519_public(secret):
    out = ctypes.create_string_buffer(32)
    must(call("crypto_scalarmult_base", out, secret))
    return out.raw


def kx(side, public, secret, other):
    """(receive, send)"""
    receive, send = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    must(call(f"crypto_kx_{side}_session_keys", receive, send, public, secret, other))
    return receive.raw, send.raw


MESSAGE, REKEY, FINAL = 0, 2, 3


class SecretStream:
    """Either direction: init_push is init_pull with a header of its own choice."""

    def __init__(self, key, header):
        self.state = ctypes.create_string_buffer(lib.crypto_secretstream_xchacha20poly1305_statebytes())
        must(call("crypto_secretstream_xchacha20poly1305_init_pull", self.state, header, key))

    def push(self, plain, tag=MESSAGE):
        out = ctypes.create_string_buffer(len(plain) + 17)
        must(lib.crypto_secretstream_xchacha20poly1305_push(
            self.state, out, None, plain, ctypes.c_ulonglong(len(plain)), None, ctypes.c_ulonglong(0), ctypes.c_ubyte(tag)))
        return out.raw

    def pull(self, sealed):
        out, tag = ctypes.create_string_buffer(max(len(sealed) - 17, 1)), ctypes.c_ubyte()
        must(lib.crypto_secretstream_xchacha20poly1305_pull(
            self.state, out, None, ctypes.byref(tag), sealed, ctypes.c_ulonglong(len(sealed)), None, ctypes.c_ulonglong(0)))
        return out.raw[:len(sealed) - 17], tag.value
