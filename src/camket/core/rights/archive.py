"""An archive with one spelling: a zip whose bytes follow from its files alone, so that every changed byte shows.

Any program unpacks it. Nothing in it is compressed, encrypted, dated or commented: what is read is never larger than
what was given, no two entries share a name, and no byte stands before, between or behind the files.

Source: APPNOTE.TXT 6.3.10, sections 4.3 and 4.4 (stored entries).
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_FILES: Final = 64
MOST_ARCHIVE_BYTES: Final = 64 * 1024 * 1024

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\.[a-z0-9]{1,8}", re.ASCII)
_HEAD: Final = struct.Struct("<4sHHHHHIIIHH")
"""Local file header, section 4.3.7: signature, version, flags, method, time, day, CRC, two sizes, name, extra."""
_ENTRY: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
"""Central directory header, section 4.3.12."""
_END: Final = struct.Struct("<4sHHHHIIH")
"""End of central directory record, section 4.3.16."""
_HEAD_SIGNATURE: Final = b"PK\x03\x04"
_ENTRY_SIGNATURE: Final = b"PK\x01\x02"
_END_SIGNATURE: Final = b"PK\x05\x06"
_VERSION: Final = 20
_UNIX: Final = 3 << 8
_FIRST_DAY: Final = 0x21
"""1 January 1980, the first that a zip can tell."""
_READABLE_FILE: Final = 0o100644 << 16


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of these files, in their order.

    Args:
        files: at least one, name -> content; a name is lower-case letters, digits and `-`, then an ending.

    Raises:
        InvalidValueError: a name has another form, or there are too many files or bytes.
    """
    if not 1 <= len(files) <= MOST_FILES or sum(map(len, files.values())) > MOST_ARCHIVE_BYTES:
        raise InvalidValueError(f"an archive holds 1 to {MOST_FILES} files of {MOST_ARCHIVE_BYTES >> 20} MB together")
    body, directory = bytearray(), bytearray()
    for name, content in files.items():
        if _NAME.fullmatch(name) is None:
            raise InvalidValueError(f"`{name[:80]}` is no name for a file of an archive; write `evidence.json`")
        offset, raw, size = len(body), name.encode(), len(content)
        told = (_VERSION, 0, 0, 0, _FIRST_DAY, zlib.crc32(content), size, size, len(raw), 0)
        body += _HEAD.pack(_HEAD_SIGNATURE, *told) + raw + content
        directory += _ENTRY.pack(_ENTRY_SIGNATURE, _UNIX | _VERSION, *told, 0, 0, 0, _READABLE_FILE, offset) + raw
    count = len(files)
    return bytes(body + directory + _END.pack(_END_SIGNATURE, 0, 0, count, count, len(directory), len(body), 0))


def unpack(raw: bytes) -> dict[str, bytes]:
    """Return the files of an archive, in their order.

    Args:
        raw: as `pack` gave it; anything else is refused, whatever other programs would make of it.

    Raises:
        LedgerError: another byte somewhere: the archive was altered, packed anew, or is none; the message says what.
    """
    if len(raw) > MOST_ARCHIVE_BYTES:
        raise LedgerError(f"the archive is larger than {MOST_ARCHIVE_BYTES >> 20} MB")
    files: dict[str, bytes] = {}
    at = 0
    while raw[at : at + 4] == _HEAD_SIGNATURE:
        name, content, at = _file_at(raw, at)
        if name in files:
            raise LedgerError(f"the archive holds the file `{name}` twice")
        files[name] = content
        if len(files) > MOST_FILES:
            raise LedgerError(f"the archive holds more than {MOST_FILES} files")
    if not files:
        raise LedgerError("the file does not begin as an archive of this form does")
    # INVARIANT: one archive, one spelling: what a reader could understand differently is refused as a whole.
    if pack(files) != raw:
        raise LedgerError("the archive was packed anew, or bytes stand before, between or behind its files")
    return files


def _file_at(raw: bytes, at: int) -> tuple[str, bytes, int]:
    begin = at + _HEAD.size
    if begin > len(raw):
        raise LedgerError("the archive breaks off")
    _, _, flags, method, _, _, crc, stored, size, name_length, extra = _HEAD.unpack_from(raw, at)
    name = raw[begin : begin + name_length].decode("ascii", "replace")
    if _NAME.fullmatch(name) is None:
        raise LedgerError("the archive holds a file whose name has another form")
    if flags or method or stored != size or extra:
        raise LedgerError(f"the file `{name}` of the archive is compressed, encrypted or written in another way")
    content = raw[begin + name_length : begin + name_length + size]
    if len(content) != size:
        raise LedgerError(f"the file `{name}` of the archive breaks off")
    if zlib.crc32(content) != crc:
        raise LedgerError(f"the file `{name}` of the archive is damaged: its check sum is another one")
    return name, content, begin + name_length + size
