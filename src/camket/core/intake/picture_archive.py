"""The archive that a picture is kept as: a ZIP of files of fixed names, stored, with nothing in it that is not read.

Read strictly: every byte belongs to a local header, to a file's data, to the central directory or to its end, each
where the others say it is; no comment, extra field, data descriptor, encryption, compression or second disk. What is
written here has one form: equal files give equal bytes, whatever clock or system packed them before.

Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
END: Final = struct.Struct("<4sHHHHIIH")
LOCAL_SIGNATURE: Final = b"PK\x03\x04"
CENTRAL_SIGNATURE: Final = b"PK\x01\x02"
END_SIGNATURE: Final = b"PK\x05\x06"
VERSIONS: Final = (10, 20)
UTF8_NAMES: Final = 0x0800
EPOCH_DATE: Final = 0x0021
"""1 January 1980, the first day that the format can say: when a picture was packed is no one's business."""


class _Local(NamedTuple):
    signature: bytes
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_length: int
    extra_length: int


class _Central(NamedTuple):
    signature: bytes
    made_by: int
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_length: int
    extra_length: int
    comment_length: int
    disk: int
    inner: int
    outer: int
    offset: int


class _End(NamedTuple):
    signature: bytes
    disk: int
    first_disk: int
    entries_here: int
    entries: int
    length: int
    offset: int
    comment_length: int


class _Entry(NamedTuple):
    """One file as its local header describes it."""

    name: bytes
    header: _Local
    offset: int
    data: bytes


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of the files, in their order; equal files give equal bytes."""
    body, directory = bytearray(), bytearray()
    for name, data in files.items():
        encoded, crc = name.encode("ascii"), zlib.crc32(data)
        common = (20, 0, 0, 0, EPOCH_DATE, crc, len(data), len(data), len(encoded), 0)
        directory += CENTRAL.pack(CENTRAL_SIGNATURE, 20, *common, 0, 0, 0, 0, len(body)) + encoded
        body += LOCAL.pack(LOCAL_SIGNATURE, *common) + encoded + data
    end = END.pack(END_SIGNATURE, 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory) + end


def unpack(raw: bytes, names: Sequence[str]) -> dict[str, bytes] | None:
    """Return the files of an archive, in the order of the names; None unless it holds exactly these and nothing else.

    Total: answers for every run of bytes. Looks at no more than the archive says of itself.
    """
    wanted = {name.encode("ascii"): name for name in names}
    entries: list[_Entry] = []
    at = 0
    while len(entries) < len(wanted):
        entry = _read_local(raw, at)
        if entry is None:
            return None
        entries.append(entry)
        at = entry.offset + LOCAL.size + len(entry.name) + len(entry.data)
    if {entry.name for entry in entries} != wanted.keys() or not _directory_agrees(raw, at, entries):
        return None
    found = {wanted[entry.name]: entry.data for entry in entries}
    return {name: found[name] for name in names}


def _read_local(raw: bytes, at: int) -> _Entry | None:
    if len(raw) < at + LOCAL.size:
        return None
    header = _Local(*LOCAL.unpack_from(raw, at))
    sound = (
        header.signature == LOCAL_SIGNATURE
        and header.version in VERSIONS
        and header.flags & ~UTF8_NAMES == 0
        and header.method == 0
        and header.packed == header.size
        and header.extra_length == 0
    )
    start = at + LOCAL.size + header.name_length
    data = raw[start : start + header.size]
    if not sound or len(data) != header.size or zlib.crc32(data) != header.crc:
        return None
    return _Entry(name=raw[at + LOCAL.size : start], header=header, offset=at, data=data)


def _directory_agrees(raw: bytes, at: int, entries: Sequence[_Entry]) -> bool:
    """Say whether the directory begins here, lists the entries as they are, and the archive ends with it."""
    start = at
    for entry in entries:
        if len(raw) < at + CENTRAL.size:
            return False
        listed, header = _Central(*CENTRAL.unpack_from(raw, at)), entry.header
        at += CENTRAL.size
        # The local header's fields from the version on stand in the directory once more.
        same = listed[2:12] == header[1:] and listed.offset == entry.offset
        plain = (listed.signature, listed.comment_length, listed.disk) == (CENTRAL_SIGNATURE, 0, 0)
        if not (same and plain and raw[at : at + len(entry.name)] == entry.name):
            return False
        at += len(entry.name)
    if len(raw) != at + END.size:
        return False
    expected = _End(END_SIGNATURE, 0, 0, len(entries), len(entries), at - start, start, 0)
    return _End(*END.unpack_from(raw, at)) == expected
