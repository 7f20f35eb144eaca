"""Give an Ogg stream a fixed serial number, so that the same audio gives the same file.

libsndfile uses a random serial number for every file. Source of page layout and checksum: RFC 3533.
"""

from __future__ import annotations

import struct
import zlib

from cuesmith.errors import CuesmithError

_CAPTURE = b"OggS"
_SERIAL_AT, _CRC_AT, _SEGMENTS_AT, _HEADER_BYTES = 14, 22, 26, 27
_MIRROR = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def with_serial(stream: bytes, serial: int) -> bytes:
    """Return the same Ogg stream with the serial number of every page replaced and its checksum corrected.

    serial: 0 .. 2³² - 1.

    Raises CuesmithError when the bytes are not complete Ogg pages.
    """
    out = bytearray(stream)
    at = 0
    while at < len(out):
        if out[at : at + 4] != _CAPTURE or at + _HEADER_BYTES > len(out):
            raise CuesmithError(f"no Ogg page at byte {at}; the encoder probably ran out of disk space")
        segments = out[at + _SEGMENTS_AT]
        body_at = at + _HEADER_BYTES + segments
        end = body_at + sum(out[at + _HEADER_BYTES : body_at])
        struct.pack_into("<I", out, at + _SERIAL_AT, serial)
        struct.pack_into("<I", out, at + _CRC_AT, 0)
        struct.pack_into("<I", out, at + _CRC_AT, page_crc(bytes(out[at:end])))
        at = end
    return bytes(out)


def page_crc(page: bytes) -> int:
    """Return Ogg's checksum: CRC-32 with polynomial 0x04C11DB7, most significant bit first, no inversions.

    zlib's CRC-32 has the same polynomial with mirrored bits, and inverts at start and end. Mirroring the input and the
    result, and undoing the inversions, gives Ogg's checksum at the speed of C.
    """
    mirrored = zlib.crc32(page.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
