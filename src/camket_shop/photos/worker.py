"""The darkroom's own process: reads one photo at a time from its input, writes the picture to its output.

Run as `python -m camket_shop.photos.worker MEGABYTES`. It ends when its input does. It has a bound on its memory, may
write no file and leaves no core: a photo that breaks a decoder breaks this process and nothing else.

A message is the length of its head (4 bytes, big end first), the head as JSON, and the bytes that the head announces.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket_shop.errors import ShopError

HEAD_LENGTH_BYTES: Final = 4
LONGEST_HEAD_BYTES: Final = 64 * 1024
LONGEST_MESSAGE_BYTES: Final = 32 * 2**20
OUT_OF_MEMORY: Final = "picture_out_of_memory"


class EndOfWork(Exception):  # noqa: N818 - it is no error: there is nothing more to do
    """The other side has ended."""


def send(channel: IO[bytes], head: Mapping[str, object], *parts: bytes) -> None:
    """Write a message.

    Args:
        channel: where to.
        head: small; the lengths of the parts are added to it.
        parts: *personal*; photo or renditions.

    Raises:
        BrokenPipeError: the other side has ended.
    """
    text = json.dumps({**head, "lengths": [len(part) for part in parts]}).encode()
    channel.write(len(text).to_bytes(HEAD_LENGTH_BYTES, "big") + text)
    channel.writelines(parts)
    channel.flush()


def receive(channel: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Read a message: its head and its parts.

    Raises:
        EndOfWork: the other side has ended, or what it wrote is no message.
    """
    length = int.from_bytes(_exactly(channel, HEAD_LENGTH_BYTES), "big")
    if length > LONGEST_HEAD_BYTES:
        raise EndOfWork
    head: dict[str, Any] = json.loads(_exactly(channel, length))
    lengths: list[int] = head["lengths"]
    if sum(lengths) > LONGEST_MESSAGE_BYTES:
        raise EndOfWork
    return head, [_exactly(channel, part) for part in lengths]


def _exactly(channel: IO[bytes], length: int) -> bytes:
    content = channel.read(length)
    if len(content) < length:
        raise EndOfWork
    return content


def confine(megabytes: int) -> None:
    """Bound what this process can do, before it reads anything that a stranger sent.

    Args:
        megabytes: of address space; beyond it memory is refused, which fails one photo.
    """
    for limit, most in (
        (resource.RLIMIT_AS, megabytes * 2**20),
        (resource.RLIMIT_FSIZE, 0),  # INVARIANT: no photo touches a disk, not even as a dump
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def work(source: IO[bytes], sink: IO[bytes]) -> None:
    """Make a picture of each photo that comes, until no more come."""
    from camket_shop.errors import ShopError  # noqa: PLC0415 - only this process loads what decodes and draws,
    from camket_shop.photos.pipeline import make_picture  # noqa: PLC0415 - and only once it is confined

    while True:
        try:
            head, (photo,) = receive(source)
        except EndOfWork:
            return
        try:
            picture = make_picture(photo, whiten=bool(head["whiten"]))
        except ShopError as error:
            send(sink, _refusal(error))
        except MemoryError:
            send(sink, {"code": OUT_OF_MEMORY, "kind": "TooLargeError", "field": "picture", "values": {}})
        else:
            answer = {"whitened": picture.whitened, "sizes": list(picture.renditions)}
            send(sink, answer, *picture.renditions.values())


def _refusal(error: ShopError) -> dict[str, object]:
    return {
        "code": error.code,
        "kind": type(error).__name__,
        "field": error.field,
        "values": dict(error.values),
    }


def main() -> None:
    """Work on what the standard input brings. Anything that writes to the standard output by itself goes to the log."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    confine(int(sys.argv[1]))
    work(source, sink)


if __name__ == "__main__":
    main()
