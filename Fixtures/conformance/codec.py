"""The codecs of `test-services --codec NAME`: what goes into the journal of its services is encoded.

Examples for tests, made of the standard library alone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


class Flipped:
    """The byte 0x7f, then every byte XOR 0x55."""

    def encode(self, body: bytes) -> bytes:
        return b"\x7f" + bytes(b ^ 0x55 for b in body)

    def decode(self, body: bytes) -> bytes:
        if body[:1] != b"\x7f":
            raise AssertionError(f"an answer that is not encoded: {body[:100]!r}")
        return bytes(b ^ 0x55 for b in body[1:])


class Sealing:
    """The mark s1, a nonce of 16 bytes, the bytes XOR a stream of HMACs, and a tag of 16 bytes."""

    def __init__(self, secret: bytes = b"test-services"):
        self._encryption = _hmac(secret, b"encryption")
        self._signature = _hmac(secret, b"signature")

    def encode(self, body: bytes) -> bytes:
        nonce = secrets.token_bytes(16)
        signed = b"s1" + nonce + self._flipped(body, nonce)
        return signed + _hmac(self._signature, signed)[:16]

    def decode(self, body: bytes) -> bytes:
        signed, tag = body[:-16], body[-16:]
        if not signed.startswith(b"s1") or not hmac.compare_digest(_hmac(self._signature, signed)[:16], tag):
            raise AssertionError(f"an answer that is not sealed: {body[:100]!r}")
        return self._flipped(signed[18:], signed[2:18])

    def _flipped(self, body: bytes, nonce: bytes) -> bytes:
        stream = b"".join(
            _hmac(self._encryption, nonce + number.to_bytes(4, "big")) for number in range((len(body) + 31) // 32)
        )
        return bytes(a ^ b for a, b in zip(body, stream))


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


CODECS = {"flipped": Flipped, "sealing": Sealing}
