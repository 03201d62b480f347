"""Carrying a print job to a printer with an IP address, TCP port 9100 (raw printing, "JetDirect").

A page cannot open a socket, so the server does it in its place - which would let a page reach whatever the server
reaches. Therefore nothing is allowed until the operator names networks (`QUAY_NETWORK_PRINTERS`); an address is an IP
address, never a name that someone else's name server could turn; the ports are ten; nothing that a printer says back is
told to anyone.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from camket_shop.errors import DeniedError, InvalidError, PrinterError, TooLargeError
from camket_shop.networks import Network

PORTS: Final = range(9100, 9110)
JOB_BYTES: Final = 512 * 1024
"""A receipt is 20 KB; a strip of 200 labels as pictures still fits."""
HELD_BACK_BYTES: Final = 8 * 1024
CONNECT_SECONDS: Final = 5.0
WRITE_SECONDS: Final = 14.0
"""For the whole job: a printer that takes a byte now and then does not hold a thread."""
CLOSE_SECONDS: Final = 1.0
TURN_SECONDS: Final = 8.0
JOBS_AT_ONCE: Final = 4
PARTS_OF_AN_ADDRESS: Final = 64
"""Longer than any IP address with its port."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrinterAddress:
    """Where a printer listens: an address that may be printed to.

    Made by `read_address` alone, so that holding one is the proof that the operator allows it.
    """

    host: IPv4Address | IPv6Address
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if isinstance(self.host, IPv6Address) else f"{self.host}:{self.port}"


def read_address(text: str, allowed: Sequence[Network]) -> PrinterAddress:
    """Return the address that a text means, if the operator allows it.

    Args:
        text: `192.168.1.50:9100` or `[fd00::7]:9100`; *personal*, it is information about the owner's network.
        allowed: the operator's networks.

    Raises:
        InvalidError: `printer_address`, it is no IP address with a port.
        DeniedError: `printer_not_allowed`, the address or the port is not one that may be printed to.
    """
    host, separator, port = text.strip().rpartition(":")
    if len(text) > PARTS_OF_AN_ADDRESS or not separator or not (port.isascii() and port.isdigit()):
        raise InvalidError("printer_address", field="printer")
    try:
        address = ip_address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
    except ValueError:
        raise InvalidError("printer_address", field="printer") from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if int(port) not in PORTS or not any(_allows(network, address) for network in allowed):
        raise DeniedError("printer_not_allowed", field="printer")
    return PrinterAddress(host=address, port=int(port))


# INVARIANT: a wide network never opens the server itself or what answers on the link: those must be named for what they
# are. Addresses of many, of no one and of the future are never printers.
def _allows(network: Network, address: IPv4Address | IPv6Address) -> bool:
    if network.version != address.version or address not in network:
        return False
    if address.is_multicast or address.is_unspecified or (address.is_reserved and not address.is_loopback):
        return False
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address.sixtofour or address.teredo):
        return False
    return network.is_loopback == address.is_loopback and network.is_link_local == address.is_link_local


class Spooler:
    """Carries jobs to printers, one at a time to each, a few at a time in all.

    Args:
        jobs_at_once: how many threads of the server may wait for printers.
        connect_seconds: how long a printer may take to answer a connection.
        write_seconds: how long the whole job may take.
        turn_seconds: how long a job waits for the one before it.
    """

    def __init__(
        self,
        *,
        jobs_at_once: int = JOBS_AT_ONCE,
        connect_seconds: float = CONNECT_SECONDS,
        write_seconds: float = WRITE_SECONDS,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self._free = threading.Condition()
        self._busy: set[PrinterAddress] = set()
        self._jobs_at_once = jobs_at_once
        self._connect_seconds = connect_seconds
        self._write_seconds = write_seconds
        self._turn_seconds = turn_seconds

    def send(self, address: PrinterAddress, job: bytes) -> None:
        """Send a job, byte for byte.

        Returns when the printer's side took every byte; whether there was paper, no one is told over this protocol.

        Args:
            address: an allowed one.
            job: *personal*; what is printed. Kept nowhere.

        Raises:
            TooLargeError: more than 512 KiB. Nothing was sent.
            PrinterError: `printer_busy`, `printer_unreachable` or `printer_refused`: nothing was sent; `printer_silent`
                or `printer_reset`: the paper may hold the beginning.
        """
        if len(job) > JOB_BYTES:
            raise TooLargeError("too_large")
        with self._turn(address), _connected(address, self._connect_seconds) as connection:
            _write(connection, job, self._write_seconds)

    @contextmanager
    def _turn(self, address: PrinterAddress) -> Iterator[None]:
        def is_free() -> bool:
            return address not in self._busy and len(self._busy) < self._jobs_at_once

        with self._free:
            if not self._free.wait_for(is_free, timeout=self._turn_seconds):
                raise PrinterError("printer_busy")
            self._busy.add(address)
        try:
            yield
        finally:
            with self._free:
                self._busy.discard(address)
                self._free.notify_all()


@contextmanager
def _connected(address: PrinterAddress, seconds: float) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if isinstance(address.host, IPv6Address) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        # What this machine holds back for a slow printer is not printed: the less it holds, the sooner that is noticed.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD_BACK_BYTES)
        try:
            connection.connect((str(address.host), address.port))
        except ConnectionRefusedError:
            raise PrinterError("printer_refused") from None
        except OSError:
            raise PrinterError("printer_unreachable") from None
        yield connection


def _write(connection: socket.socket, job: bytes, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    try:
        rest = memoryview(job)
        while rest:
            connection.settimeout(_left(deadline))
            rest = rest[connection.send(rest) :]
        connection.shutdown(socket.SHUT_WR)
        _await_end(connection)
    except TimeoutError:
        raise PrinterError("printer_silent") from None
    except OSError:
        raise PrinterError("printer_reset") from None


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _await_end(connection: socket.socket) -> None:
    """Wait a moment for the printer to close, which tells a reset in time; most printers simply stay silent."""
    connection.settimeout(CLOSE_SECONDS)
    deadline = time.monotonic() + CLOSE_SECONDS
    try:
        while connection.recv(1024) and time.monotonic() < deadline:
            pass
    except TimeoutError:
        return
