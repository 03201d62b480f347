"""A printer on a real socket of this machine, with the moods that printers have."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Mood = Literal["well", "never reads", "resets"]
RESET: Final = struct.pack("ii", 1, 0)
"""Closing with a linger of zero resets the connection."""
SMALL_BUFFER: Final = 4096
READ_BEFORE_RESET: Final = 2000


@dataclass
class EmulatedPrinter:
    """A printer that listens.

    Args:
        port: of this machine.
        jobs: what each connection sent, one after the other.
        at_once: how many connections were open at the same time, at most.
    """

    port: int
    jobs: list[bytes] = field(default_factory=list)
    at_once: int = 0
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def await_jobs(self, count: int, *, seconds: float = 10) -> list[bytes]:
        """Return the jobs once there are so many."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.jobs) >= count, timeout=seconds)
            return list(self.jobs)


def free_port(ports: range) -> socket.socket:
    """Return a socket that is bound to one of some ports, whichever is free."""
    for port in ports:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError:
            listening.close()
        else:
            return listening
    message = f"none of the ports {ports} is free"
    raise AssertionError(message)


@contextmanager
def emulated_printer(mood: Mood = "well", *, ports: range = range(9100, 9110)) -> Iterator[EmulatedPrinter]:
    """Run a printer until the end of the block."""
    listening = free_port(ports)
    listening.listen(8)
    printer = EmulatedPrinter(port=listening.getsockname()[1])
    stopped = threading.Event()
    open_now: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            if mood == "never reads":
                stopped.wait()
                return
            job = b""
            while part := _read(connection):
                job += part
                if mood == "resets" and len(job) >= READ_BEFORE_RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    break
            with printer.arrived:  # before it is closed: then the next one may come
                open_now.remove(connection)
                printer.jobs.append(job)
                printer.arrived.notify_all()

    def listen() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with printer.arrived:
                open_now.append(connection)
                printer.at_once = max(printer.at_once, len(open_now))
                printer.arrived.notify_all()
            threads.append(threading.Thread(target=serve, args=(connection,)))
            threads[-1].start()

    threads = [threading.Thread(target=listen)]
    threads[0].start()
    try:
        yield printer
    finally:
        stopped.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in threads:
            thread.join()


def _read(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1000)
    except OSError:
        return b""
