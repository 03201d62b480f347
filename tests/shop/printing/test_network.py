"""Printers with an address: which may be reached, and what becomes of a job."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest

from camket_shop.errors import DeniedError, InvalidError, PrinterError, StoreError, TooLargeError
from camket_shop.networks import read_networks
from camket_shop.printing.network import JOB_BYTES, PrinterAddress, Spooler, read_address
from camket_shop.printing.usage import PrinterUses
from tests.shop.printing.emulated import emulated_printer, free_port

if TYPE_CHECKING:
    from camket_shop.networks import Network

HOME = read_networks("192.168.1.0/24, 10.0.0.7, fd00::/8")
HERE = read_networks("127.0.0.0/8")
EVERYTHING = read_networks("0.0.0.0/0, ::/0")
QUICK = Spooler(connect_seconds=1, write_seconds=1, turn_seconds=1)
JOB = bytes(range(256)) * 80


def here(port: int) -> PrinterAddress:
    """Return the address of an emulated printer."""
    return read_address(f"127.0.0.1:{port}", HERE)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("192.168.1.50:9100", "192.168.1.50:9100"),
        (" 10.0.0.7:9109 ", "10.0.0.7:9109"),
        ("[fd00::7]:9100", "[fd00::7]:9100"),
        ("[::ffff:192.168.1.50]:9100", "192.168.1.50:9100"),
    ],
)
def test_an_address_in_an_allowed_network_is_read(text: str, read: str) -> None:
    """An IP address of a network that the operator named may be printed to, in whichever way it is written."""
    assert str(read_address(text, HOME)) == read


@pytest.mark.parametrize(
    "text",
    ["", "9100", "192.168.1.50", "192.168.1.50:", "192.168.1.50:ab", "printer.example:9100", "localhost:9100",
     "192.168.1:9100", "0300.0250.1.50:9100", "192.168.001.050:9100", "0xc0a80132:9100", "3232235826:9100",
     "192.168.1.50:９１００", "[fd00::7:9100", "192.168.1.50:9100@10.0.0.7", "x" * 5000 + ":9100"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    """A name, a shortened or odd spelling, a missing or strange port: none of them is guessed at or looked up."""
    with pytest.raises(InvalidError, match="printer_address"):
        read_address(text, HOME)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("192.168.2.50:9100", HOME),
        ("10.0.0.8:9100", HOME),
        ("192.168.1.50:80", HOME),
        ("192.168.1.50:9099", HOME),
        ("192.168.1.50:9110", HOME),
        ("127.0.0.1:9100", HOME),
        ("192.168.1.50:9100", ()),
        ("127.0.0.1:9100", EVERYTHING),
        ("[::1]:9100", EVERYTHING),
        ("[::ffff:127.0.0.1]:9100", EVERYTHING),
        ("169.254.169.254:9100", EVERYTHING),
        ("[fe80::1%eth0]:9100", EVERYTHING),
        ("0.0.0.0:9100", EVERYTHING),
        ("224.0.0.1:9100", EVERYTHING),
        ("255.255.255.255:9100", EVERYTHING),
        ("[2002:7f00:1::]:9100", EVERYTHING),
    ],
)
def test_what_is_not_allowed_is_refused(text: str, allowed: tuple[Network, ...]) -> None:
    """Nothing outside of the named networks, and never the server itself unless that is what was named."""
    with pytest.raises(DeniedError, match="printer_not_allowed"):
        read_address(text, allowed)


def test_loopback_is_reached_where_it_is_named() -> None:
    """An operator whose print server runs beside the shop names 127.0.0.0/8, and only then it is reached."""
    assert here(9100).port == 9100


def test_a_job_arrives_byte_for_byte() -> None:
    """What was sent is what the printer gets, once."""
    with emulated_printer() as printer:
        Spooler().send(here(printer.port), JOB)
        assert printer.await_jobs(1) == [JOB]


def test_a_printer_that_never_reads_is_given_up() -> None:
    """A job that the printer does not take ends in a time-out that says so, and holds no one for longer."""
    with emulated_printer("never reads") as printer, pytest.raises(PrinterError, match="printer_silent"):
        QUICK.send(here(printer.port), bytes(JOB_BYTES))


def test_a_printer_that_resets_is_told() -> None:
    """A connection that breaks in the middle is told from one that was never there."""
    with emulated_printer("resets") as printer, pytest.raises(PrinterError, match="printer_reset"):
        QUICK.send(here(printer.port), bytes(JOB_BYTES))


def test_a_printer_that_is_off_is_told() -> None:
    """Nobody listens: refused, and nothing was sent."""
    free = free_port(range(9100, 9110))
    port = free.getsockname()[1]
    free.close()
    with pytest.raises(PrinterError, match="printer_refused"):
        QUICK.send(here(port), JOB)


def test_a_job_that_is_too_long_is_refused() -> None:
    """More than 512 KiB is not sent at all."""
    with emulated_printer() as printer, pytest.raises(TooLargeError):
        QUICK.send(here(printer.port), bytes(JOB_BYTES + 1))
    assert printer.jobs == []


def test_two_jobs_for_one_printer_do_not_meet() -> None:
    """One waits for the other: a printer never has two connections, and no job is lost."""
    spooler = Spooler()
    with emulated_printer() as printer:
        jobs = [bytes([number]) * 50_000 for number in range(5)]
        threads = [threading.Thread(target=spooler.send, args=(here(printer.port), job)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(printer.await_jobs(5)) == jobs
        assert printer.at_once == 1


def test_who_waits_too_long_for_a_turn_is_told() -> None:
    """A printer that is stuck with one job does not keep the next one waiting for ever."""
    spooler = Spooler(turn_seconds=0.2, write_seconds=3)
    with emulated_printer("never reads") as printer:
        stuck = threading.Thread(target=_send_in_vain, args=(spooler, printer.port))
        stuck.start()
        with printer.arrived:
            assert printer.arrived.wait_for(lambda: printer.at_once == 1, timeout=5)
        with pytest.raises(PrinterError, match="printer_busy"):
            spooler.send(here(printer.port), JOB)
    stuck.join()


def _send_in_vain(spooler: Spooler, port: int) -> None:
    with pytest.raises(PrinterError):
        spooler.send(here(port), bytes(JOB_BYTES))


class Uses:
    """What was kept, for the tests of `PrinterUses`."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.today = date(2026, 11, 22)
        self.error: Exception | None = None

    def keep(self, subject_id: str, name: str) -> None:
        """Keep a use, or fail."""
        self.kept.append((subject_id, name))
        if self.error is not None:
            raise self.error


def test_a_printer_is_kept_once_a_day() -> None:
    """The second receipt of a day on a printer puts nothing on record; another printer, owner or day does."""
    uses = Uses()
    remembered = PrinterUses(uses.keep, today=lambda: uses.today)
    for subject, name in [("alice", "MPT-II"), ("alice", "MPT-II"), ("alice", "XP-80"), ("bob", "MPT-II")]:
        remembered.note(subject, name)
    assert uses.kept == [("alice", "MPT-II"), ("alice", "XP-80"), ("bob", "MPT-II")]
    uses.today = date(2026, 11, 23)
    remembered.note("alice", "MPT-II")
    assert uses.kept[3:] == [("alice", "MPT-II")]


def test_a_refusal_is_no_failure_and_not_repeated() -> None:
    """What the owner objected to is asked for once a day and never stands in the way of printing."""
    uses = Uses()
    uses.error = DeniedError("policy_denied")
    remembered = PrinterUses(uses.keep, today=lambda: uses.today)
    remembered.note("alice", "MPT-II")
    remembered.note("alice", "MPT-II")
    assert len(uses.kept) == 1


def test_what_could_not_be_kept_is_told_again() -> None:
    """A store that fails is told to who printed, and the next receipt tries again."""
    uses = Uses()
    remembered = PrinterUses(uses.keep, today=lambda: uses.today)
    uses.error = StoreError("platform_failed", reason="disk full")
    with pytest.raises(StoreError):
        remembered.note("alice", "MPT-II")
    uses.error = None
    remembered.note("alice", "MPT-II")
    assert len(uses.kept) == 2
