"""Where photos become pictures: in processes of their own, so that what decodes them never runs in the service.

A process starts when the first photo comes, stays warm for the next, and ends after a minute without work. At most two
work at a time; who comes then waits, and when too many wait or it takes too long, is told so. A photo that breaks its
process, hangs it or wants too much memory fails alone: the next one gets another process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from camket_shop.errors import BusyError, InvalidError, ShopError, TooLargeError
from camket_shop.photos.intake import FIELD, recognise
from camket_shop.photos.renditions import Picture
from camket_shop.photos.worker import EndOfWork, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

log = structlog.get_logger("camket_shop.photos")

COMMAND: Final = (sys.executable, "-m", "camket_shop.photos.worker")
KEPT_VARIABLES: Final = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TZ")
ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Two processes share the cores already, and each thread more would reserve memory of its own."""
REFUSALS: Final[dict[str, type[ShopError]]] = {kind.__name__: kind for kind in (InvalidError, TooLargeError)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one darkroom may use.

    Args:
        workers: processes at a time.
        waiting: how many may wait for one.
        wait_seconds: how long they wait at most.
        work_seconds: how long one photo may take; then its process is ended.
        idle_seconds: without work, after which a process ends.
        memory_megabytes: address space of one process.
    """

    workers: int = 2
    waiting: int = 6
    wait_seconds: float = 12
    work_seconds: float = 15
    idle_seconds: float = 60
    memory_megabytes: int = 768


DEFAULT_LIMITS: Final = Limits()


class Darkroom:
    """Makes pictures of photos. Safe for many threads; starts nothing before the first photo.

    Args:
        limits: what it may use.
        command: what a process runs; the limit on its memory is added.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, command: Sequence[str] = COMMAND) -> None:
        self._limits = limits
        self._command = (*command, str(limits.memory_megabytes))
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(limits.workers)
        self._here = 0
        self._idle: list[_Process] = []
        self._closed = False

    def develop(self, photo: bytes, *, whiten: bool) -> Picture:
        """Return the product picture of a photo. Nothing is kept; the same photo gives the same picture.

        Args:
            photo: *personal*; JPEG, PNG, WebP, AVIF or HEIC, of at most 25 MB and 50 megapixels.
            whiten: make the background white.

        Raises:
            InvalidError: it is no photo that becomes a picture; the code says why.
            TooLargeError: too many bytes or pixels.
            BusyError: too many photos are being worked on; the same one may be sent again.
        """
        recognise(photo)  # what is no photo at all starts no process
        with self._place(), self._process() as process:
            answer = process.ask(photo, whiten=whiten, seconds=self._limits.work_seconds)
        if isinstance(answer, ShopError):
            raise answer
        return answer

    def close(self) -> None:
        """End every process that waits for work; those that work end after their photo. No other is taken in."""
        with self._lock:
            self._closed = True
            ended, self._idle = self._idle, []
        for process in ended:
            process.end()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Hold one of the places to work at, after waiting for it no longer than is allowed."""
        with self._lock:
            if self._closed or self._here >= self._limits.workers + self._limits.waiting:
                raise BusyError("pictures_busy", field=FIELD)
            self._here += 1
        try:
            if not self._places.acquire(timeout=self._limits.wait_seconds):
                raise BusyError("pictures_busy", field=FIELD)
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._here -= 1

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        """Hold a process; it is kept warm afterwards unless its work failed."""
        process = self._warm() or _Process(self._command)
        try:
            yield process
        except BaseException:
            process.end()
            raise
        with self._lock:
            kept = not self._closed
            if kept:
                self._idle.append(process)
                process.end_after(self._limits.idle_seconds, self._retire)
        if not kept:
            process.end()

    def _warm(self) -> _Process | None:
        with self._lock:
            process = self._idle.pop() if self._idle else None
            if process is not None:
                process.stay()
        if process is not None and not process.lives:
            process.end()
            return self._warm()
        return process

    def _retire(self, process: _Process) -> None:
        with self._lock:
            if process not in self._idle:
                return
            self._idle.remove(process)
        process.end()

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of the processes that wait for work."""
        with self._lock:
            return tuple(process.pid for process in self._idle)


def _answer(head: dict[str, Any], parts: list[bytes]) -> Picture | ShopError:
    """Return what a process answered; it is not trusted to have answered anything of sense."""
    if "code" in head:
        return REFUSALS[head["kind"]](str(head["code"]), field=FIELD, values=head["values"])
    renditions = dict(zip(head["sizes"], parts, strict=True))
    return Picture(renditions=renditions, whitened=head["whitened"] is True)


class _Process:
    """One process that makes pictures.

    Args:
        command: what it runs.
    """

    def __init__(self, command: Sequence[str]) -> None:
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        # What it says goes nowhere: a decoder's complaint may quote the photo.
        self._popen = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept | ONE_THREAD,
            close_fds=True,
        )
        self._ender: threading.Timer | None = None

    @property
    def pid(self) -> int:
        """Its id."""
        return self._popen.pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended by itself."""
        return self._popen.poll() is None

    def ask(self, photo: bytes, *, whiten: bool, seconds: float) -> Picture | ShopError:
        """Return the picture of a photo, or why there is none.

        Raises:
            InvalidError: the process ended or was ended over it, or answered with nonsense.
        """
        assert self._popen.stdin is not None  # noqa: S101 - for the type checker; both are pipes
        assert self._popen.stdout is not None  # noqa: S101 - as above
        late = threading.Timer(seconds, self._popen.kill)  # the pipes end with it, and with them the wait below
        late.daemon = True
        late.start()
        try:
            send(self._popen.stdin, {"whiten": whiten}, photo)
            return _answer(*receive(self._popen.stdout))
        except (BrokenPipeError, EndOfWork, KeyError, TypeError, ValueError):
            log.warning("picture_process_failed", status=self._popen.poll())
            raise InvalidError("picture_failed", field=FIELD) from None
        finally:
            late.cancel()

    def end_after(self, seconds: float, retire: Callable[[_Process], None]) -> None:
        """Have it retired when nobody has taken it until then."""
        self._ender = threading.Timer(seconds, retire, [self])
        self._ender.daemon = True
        self._ender.start()

    def stay(self) -> None:
        """Take back `end_after`."""
        if self._ender is not None:
            self._ender.cancel()

    def end(self) -> None:
        """End it, and wait until it has."""
        self.stay()
        self._popen.kill()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was not written any more was meant for who is gone
                    pipe.close()
        self._popen.wait()
