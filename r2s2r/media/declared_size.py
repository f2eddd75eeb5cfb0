"""How long a file declares itself to be: one that is shorter was cut off."""

from io import BytesIO
from pathlib import Path

_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067
_HEAD_BYTES = 4096


def declared_bytes(path: Path) -> int | None:
    """Return the length a Matroska or RIFF (AVI) file declares at its start; None where it declares none.

    RFC 8794 (EBML), section 6, and RFC 9559 (Matroska), section 5; RIFF: a four-letter tag and a 32-bit size.
    """
    with path.open("rb") as file:
        head = BytesIO(file.read(_HEAD_BYTES))
    tag = head.read(4)
    if tag == b"RIFF":
        return 8 + int.from_bytes(head.read(4), "little")
    if int.from_bytes(tag) != _EBML or (header_bytes := _size(head)) is None:
        return None
    head.seek(header_bytes, 1)
    if int.from_bytes(head.read(4)) != _SEGMENT or (segment_bytes := _size(head)) is None:
        return None
    return head.tell() + segment_bytes


def _size(head: BytesIO) -> int | None:
    """Read an EBML size: leading zero bits tell its length; all ones mean that it is not known (a live recording)."""
    first = head.read(1)
    if not first or first[0] == 0:
        return None
    length = 9 - first[0].bit_length()
    value = int.from_bytes(first + head.read(length - 1)) & ~(1 << 7 * length)
    return None if value == (1 << 7 * length) - 1 else value
