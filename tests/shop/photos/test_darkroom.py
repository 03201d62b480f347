from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from camket_shop.errors import BusyError, InvalidError, ShopError, TooLargeError
from camket_shop.photos.darkroom import Darkroom, Limits
from camket_shop.photos.pipeline import make_picture
from tests.shop.photos.photographs import file_of, photograph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PHOTO = photograph(width=300, height=400).file()
PRELUDE = """
import os, signal, sys
from camket_shop.photos import worker
source, sink = sys.stdin.buffer, sys.stdout.buffer
"""
HANGS = "worker.receive(source); signal.pause()"
CRASHES = "worker.receive(source); os.abort()"
LIES = "worker.receive(source); sink.write(b'\\xff' * 100); sink.flush(); signal.pause()"
BOASTS = "worker.receive(source); worker.send(sink, {'whitened': True, 'sizes': [7]}, b'x'); signal.pause()"
ENDS = "raise SystemExit(3)"
SAYS_NOTHING = "os.close(1); worker.receive(source)"
WAITS_FOR_A_LINE = (
    "worker.receive(source)\n"
    "open(sys.argv[1]).read()\n"
    "worker.send(sink, {'whitened': False, 'sizes': [1200, 400, 160]}, b'a', b'b', b'c')\n"
    "worker.receive(source)"
)


def program(script: str, *words: str) -> tuple[str, ...]:
    """Return the command of a process that does something else than it should."""
    return (sys.executable, "-c", PRELUDE + script, *words)


@pytest.fixture
def darkroom() -> Iterator[Callable[..., Darkroom]]:
    """Return a maker of darkrooms that are closed at the end."""
    made: list[Darkroom] = []

    def make(command: tuple[str, ...] | None = None, **limits: float) -> Darkroom:
        bounds = Limits(**limits)  # type: ignore[arg-type]  # whole numbers where whole numbers are wanted
        made.append(Darkroom(bounds) if command is None else Darkroom(bounds, command))
        return made[-1]

    yield make
    for one in made:
        one.close()


def is_gone(process: int) -> bool:
    """Whether a process has ended and was waited for."""
    return not Path(f"/proc/{process}").exists()


def test_a_picture_is_the_same_as_made_here(darkroom: Callable[..., Darkroom]) -> None:
    """The other process gives byte for byte what the pipeline gives, and whether it found a product."""
    room = darkroom()
    assert room.develop(PHOTO, whiten=True) == make_picture(PHOTO, whiten=True)
    assert room.develop(PHOTO, whiten=False) == make_picture(PHOTO, whiten=False)


def test_a_process_stays_warm_for_the_next_photo(darkroom: Callable[..., Darkroom]) -> None:
    """Two photos one after the other are made by one process; none runs before the first."""
    room = darkroom()
    assert not room.processes
    room.develop(PHOTO, whiten=False)
    (first,) = room.processes
    room.develop(PHOTO, whiten=False)
    assert list(room.processes) == [first]


def test_a_process_without_work_ends(darkroom: Callable[..., Darkroom]) -> None:
    """After the time without work the process is gone and waited for; the next photo gets a new one."""
    room = darkroom(idle_seconds=0.05)
    room.develop(PHOTO, whiten=False)
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()
    assert room.processes == ()
    assert room.develop(PHOTO, whiten=False).address


def test_what_is_no_photo_starts_no_process(darkroom: Callable[..., Darkroom]) -> None:
    """A page called photo.jpg is refused by its first bytes."""
    room = darkroom(program("raise SystemExit(1)"))
    with pytest.raises(InvalidError, match="picture_html"):
        room.develop(b"<!doctype html>", whiten=True)
    assert room.processes == ()


@pytest.mark.parametrize(
    ("photo", "kind", "code"),
    [
        (PHOTO[:900], InvalidError, "picture_broken"),
        (file_of(Image.new("L", (10_000, 10_000))), TooLargeError, "picture_too_many_pixels"),
    ],
)
def test_a_refusal_comes_through_as_it_was(
    darkroom: Callable[..., Darkroom], photo: bytes, kind: type[ShopError], code: str
) -> None:
    """An error of the other process is the same error here, with its code, field and values; the process stays."""
    room = darkroom()
    with pytest.raises(kind) as refused:
        room.develop(photo, whiten=False)
    assert (refused.value.code, refused.value.field) == (code, "picture")
    assert len(room.processes) == 1


@pytest.mark.parametrize(
    "script", [CRASHES, LIES, BOASTS, "raise SystemExit(3)", "os.close(1); worker.receive(source)"]
)
def test_a_process_that_fails_fails_one_photo(darkroom: Callable[..., Darkroom], script: str) -> None:
    """A process that crashes, ends, talks nonsense or promises what it did not make: one refusal, and it is gone."""
    room = darkroom(program(script))
    with pytest.raises(InvalidError, match="picture_failed"):
        room.develop(PHOTO, whiten=False)
    assert room.processes == ()


def test_a_process_that_hangs_is_ended(darkroom: Callable[..., Darkroom]) -> None:
    """After its time a photo is refused and its process is killed."""
    room = darkroom(program(HANGS), work_seconds=0.3)
    with pytest.raises(InvalidError, match="picture_failed"):
        room.develop(PHOTO, whiten=False)
    assert room.processes == ()


def test_a_killed_process_is_replaced(darkroom: Callable[..., Darkroom]) -> None:
    """One that the system killed while it waited for work is not given any; the photo does not notice."""
    room = darkroom()
    room.develop(PHOTO, whiten=False)
    (process,) = room.processes
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert room.develop(PHOTO, whiten=False).address
    assert process not in room.processes
    assert is_gone(process)


def test_a_photo_that_wants_too_much_memory_is_refused(darkroom: Callable[..., Darkroom]) -> None:
    """Beyond its bound a process gets no memory: that photo is refused, and the next one is made."""
    room = darkroom(memory_megabytes=420)
    large = file_of(Image.linear_gradient("L").resize((7000, 7000)).convert("RGBA"), "PNG")
    with pytest.raises(ShopError) as refused:
        room.develop(large, whiten=False)
    assert refused.value.code == "picture_out_of_memory"
    assert room.develop(PHOTO, whiten=True).address


def test_a_process_can_write_no_file_and_leaves_no_core() -> None:
    """Once confined, a process cannot put one byte into a file, and its limits cannot be raised again."""
    script = (
        "import resource, sys, tempfile\nfrom camket_shop.photos.worker import confine\nconfine(600)\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
        "assert resource.getrlimit(resource.RLIMIT_AS)[0] == 600 * 2**20\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "file = open(sys.argv[1], 'wb', buffering=0)\n"
        "try:\n    file.write(b'a')\nexcept OSError:\n    print('refused')\n"
    )
    target = Path("/dev/shm") / f"camket-confined-{os.getpid()}"  # noqa: S108 - a file system that a test may write to
    try:
        run = subprocess.run([sys.executable, "-c", script, target], capture_output=True, text=True, check=False)
        assert run.stdout == "refused\n", run.stderr
        assert target.read_bytes() == b""
    finally:
        target.unlink(missing_ok=True)


def test_who_comes_when_all_are_busy_is_told_so(darkroom: Callable[..., Darkroom], tmp_path: Path) -> None:
    """With every place taken and nobody allowed to wait, the answer is `pictures_busy`, at once; then it goes on."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    room = darkroom((*program(WAITS_FOR_A_LINE, str(gate)),), workers=1, waiting=0)
    answers: list[str] = []
    working = threading.Thread(target=lambda: answers.append(room.develop(PHOTO, whiten=False).address))
    working.start()
    with gate.open("w", encoding="ascii") as held:  # opens once the process waits behind it
        with pytest.raises(BusyError, match="pictures_busy"):
            room.develop(PHOTO, whiten=False)
        held.write("go")
    working.join()
    assert len(answers) == 1


def test_who_waits_too_long_is_told_so(darkroom: Callable[..., Darkroom], tmp_path: Path) -> None:
    """One may wait, but not longer than is allowed; the place is free for the next one."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    room = darkroom((*program(WAITS_FOR_A_LINE, str(gate)),), workers=1, waiting=1, wait_seconds=0.05)
    working = threading.Thread(target=lambda: room.develop(PHOTO, whiten=False))
    working.start()
    with gate.open("w", encoding="ascii") as held:
        for _ in range(3):
            with pytest.raises(BusyError, match="pictures_busy"):
                room.develop(PHOTO, whiten=False)
        held.write("go")
    working.join()


def test_many_at_once_all_get_their_own_picture(darkroom: Callable[..., Darkroom]) -> None:
    """Eight photos at once are made by two processes, and nobody gets another's."""
    room = darkroom(waiting=8, wait_seconds=60)
    photos = [file_of(Image.new("RGB", (100, 100), (30 * n, 90, 60))) for n in range(8)]
    made: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda n=n: made.__setitem__(n, room.develop(photos[n], whiten=False).address))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {n: make_picture(photos[n], whiten=False).address for n in range(8)}
    assert 1 <= len(room.processes) <= 2


def test_a_closed_darkroom_leaves_no_process(darkroom: Callable[..., Darkroom]) -> None:
    """Closing ends what runs; twice is once, and later photos are told that it is busy."""
    room = darkroom()
    room.develop(PHOTO, whiten=False)
    (process,) = room.processes
    room.close()
    room.close()
    assert is_gone(process)
    with pytest.raises(BusyError):
        room.develop(PHOTO, whiten=False)


def test_the_process_ends_with_the_service() -> None:
    """A service that is killed takes its processes with it: their input ends."""
    script = (
        "import sys, signal\nfrom camket_shop.photos.darkroom import Darkroom\nroom = Darkroom()\n"
        "room.develop(sys.stdin.buffer.read(), whiten=False)\nprint(*room.processes, flush=True)\nsignal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        service.stdin.write(PHOTO)
        service.stdin.close()
        process = os.pidfd_open(int(service.stdout.readline()))
        service.kill()
    ended, _, _ = select.select([process], [], [], 20)
    os.close(process)
    assert ended


def test_the_service_loads_nothing_that_decodes() -> None:
    """Where the darkroom is used, neither numpy nor Pillow nor the HEIC decoder is loaded."""
    script = (
        "import sys\nfrom camket_shop.photos.darkroom import Darkroom\nimport camket_shop.app\nroom = Darkroom()\n"
        "room.develop(sys.stdin.buffer.read(), whiten=True)\nroom.close()\n"
        "print([name for name in ('numpy', 'PIL', 'pi_heif') if name in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, "-c", script], input=PHOTO, capture_output=True, check=True)
    assert run.stdout == b"[]\n"
