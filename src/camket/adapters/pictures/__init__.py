"""Photos made into pictures in a process of their own, so that what decodes them never runs in the service.

One process for each photo: it starts in some tenths of a second, has bounds on its time and memory, and takes nothing
with it when it breaks. Few run at a time; who has to wait too long is told so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Final

import structlog

from camket.adapters.pictures import worker
from camket.core.intake import Problem, pack_picture, read_picture_file
from camket.core.intake.answer import ProblemCode, problem
from camket.core.intake.photos import NOT_A_PHOTO, PHOTO_PIXELS, TOO_MANY_PIXELS, recognise_photo
from camket.core.intake.pictures import SIZES

log = structlog.get_logger("camket.pictures")

KEPT_VARIABLES: Final = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TZ")
MEGABYTES: Final = 768
"""Address space of one process."""
WORK_SECONDS: Final = 10
"""How long one photo may take; then its process is ended."""
WAIT_SECONDS: Final = 8
"""How long a photo waits for its turn."""
AT_A_TIME: Final = 2

_BUSY: Final = problem(
    ProblemCode.NOT_A_PICTURE,
    vi="Lúc này có quá nhiều ảnh đang chờ xử lý. Hãy gửi lại sau ít phút.",
    en="Too many pictures are being worked on right now. Please send it again in a few minutes.",
)


class ConfinedPictures:
    """Makes pictures of photos; see `camket.ports.PictureMaker`."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(AT_A_TIME)

    def make(self, photo: bytes) -> bytes | Problem:
        """Return the picture of a photo as it is kept, or what is wrong with it and what to do."""
        kind = recognise_photo(photo)  # what is no photo at all starts no process
        if isinstance(kind, Problem):
            return kind
        if not self._places.acquire(timeout=WAIT_SECONDS):
            return _BUSY
        try:
            drawn = _drawn(photo, kind.value)
        finally:
            self._places.release()
        if isinstance(drawn, Problem):
            return drawn
        # INVARIANT: what the process drew is believed no more than what anyone sends.
        accepted = read_picture_file(drawn)
        return accepted if isinstance(accepted, Problem) else accepted.value


def _drawn(photo: bytes, kind: str) -> bytes | Problem:
    sizes = ",".join(str(size) for size in SIZES)
    command = (sys.executable, "-m", worker.__name__, str(MEGABYTES), kind, str(PHOTO_PIXELS), sizes)
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        # What it says goes nowhere: a decoder's complaint may quote the photo.
        ended = subprocess.run(  # noqa: S603 - our own program
            command,
            input=photo,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept,
            timeout=WORK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("picture_process_failed", status="late")
        return TOO_MANY_PIXELS
    if ended.returncode:
        log.warning("picture_process_failed", status=ended.returncode)
        return TOO_MANY_PIXELS if ended.returncode == worker.TOO_MANY_PIXELS else NOT_A_PHOTO
    return _packed(ended.stdout)


def _packed(answer: bytes) -> bytes | Problem:
    renditions = {}
    for size in SIZES:
        length = int.from_bytes(answer[: worker.LENGTH_BYTES], "big")
        answer = answer[worker.LENGTH_BYTES :]
        renditions[size], answer = answer[:length], answer[length:]
    return NOT_A_PHOTO if answer else pack_picture(renditions)
