"""A process over the shop's books that tells on its standard output what it was told, until it is killed or refused."""

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from camket_shop.errors import StoreError
from camket_shop.ids import new_id
from camket_shop.selling import VoidReason, commit_sale, read_sale, void_sale
from camket_shop.store.engine import ShopStore, open_store
from tests.shop.selling import sent_sale

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
THREADS = 8
SHOPS = ("alice-subject", "bob-subject")
LARGEST_FILE_BYTES = 1_500_000


def say(line: str) -> None:
    """Tell one line, whole, at once."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def sell(folder: Path, url: str | None) -> None:
    """Sell in two shops from eight threads; tell each sale before it is sent, and its number once it is committed."""
    store = open_store(folder, url)

    def work(thread: int) -> None:
        shop = SHOPS[thread % len(SHOPS)]
        for number in count():
            sale = new_id()
            say(f"sends {shop} {sale}")
            row, _ = commit_sale(store, shop, read_sale(sent_sale(id=sale)), at=NOW)
            say(f"sold {shop} {sale} {row.number}")
            if number % 5 == 0:
                void_sale(store, shop, sale, VoidReason.TEST, at=NOW)
                say(f"voided {shop} {sale}")

    _run_threads(work)


def die_inside(folder: Path, url: str | None) -> None:
    """Sell ten times, then be killed in the midst of a sale: its rows are written and its commit never begins."""
    store = open_store(folder, url)
    for _ in range(10):
        row, _ = commit_sale(store, SHOPS[0], read_sale(sent_sale()), at=NOW)
        say(f"sold {SHOPS[0]} {row.id} {row.number}")
    sale = new_id()
    say(f"sends {SHOPS[0]} {sale}")
    write = store.write

    def dying_write(work: Callable[..., object]) -> object:
        def die(connection: object) -> object:
            work(connection)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        return write(die)

    store.write = dying_write  # type: ignore[assignment,method-assign]  # this process dies in it
    commit_sale(store, SHOPS[0], read_sale(sent_sale(id=sale)), at=NOW)


def fill(folder: Path, _url: str | None) -> None:
    """Sell until the books cannot grow, tell the refusal, then sell once more when they can."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = open_store(folder)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE_BYTES, most))
    refused = _sell_until_refused(store)
    say(f"refused {refused}")


def _sell_until_refused(store: ShopStore) -> str:
    for _ in count():
        try:
            row, _ = commit_sale(store, SHOPS[0], read_sale(sent_sale()), at=NOW)
        except StoreError as error:
            return error.code
        say(f"sold {SHOPS[0]} {row.id} {row.number}")
    raise AssertionError


def _run_threads(work: Callable[[int], None]) -> None:
    for thread in range(THREADS):
        threading.Thread(target=work, args=(thread,)).start()


if __name__ == "__main__":
    name, folder, *rest = sys.argv[1:]
    {"sell": sell, "die-inside": die_inside, "fill": fill}[name](Path(folder), rest[0] if rest else None)
