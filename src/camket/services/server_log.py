"""The server log (P6): four declared facts about each request of a signed-in customer, kept like all their other data.

Lines are gathered in memory and put through the door together, one unit of work for many customers. Those of one
customer in one service within an hour lie in one block: four values, one for each item, a line for each request. A
block is written anew as it grows. What is in memory only when the process is killed is lost: these are observations,
nothing that anybody was told is stored.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

import structlog

from camket.core.errors import ConflictError, DeniedError, KeyStoreError, StoreError
from camket.core.policy.model import Collection
from camket.core.terms import Outcome, Source
from camket.services.ids import random_id
from camket.services.log_lines import MOST_WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from camket.core.policy.model import Item, Policy
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.log_lines import LogLine

TIME: Final = "log.time"
PATH: Final = "log.path"
STATUS: Final = "log.status"
ADDRESS: Final = "log.address"
LOG_ITEMS: Final = (TIME, PATH, STATUS, ADDRESS)
"""What a line says, and no other; an item that the policy in force does not declare is left out."""

COLLECTOR: Final = "service:log"
INTERVAL_SECONDS: Final = 10.0
"""What a kill may cost: lines wait no longer than this."""
BLOCK: Final = timedelta(hours=1)
LINES_OF_A_BLOCK: Final = 200
BLOCKS_IN_A_UNIT: Final = 50
"""Other units of work wait no longer than these take."""
NOT_ASKED_AGAIN: Final = timedelta(hours=1)
"""For whom the gate did not permit it, it is not asked again for so long: each question is on record."""
MOST_REFUSED: Final = 10_000
NOTHING: Final = "-"
"""Stands where a fact is not known, so that the lines of the four values stay side by side."""

log = structlog.get_logger("camket.log")

Owner = tuple[str, str]
"""A customer and a service."""


@dataclass(kw_only=True, slots=True)
class _Block:
    """Lines of one customer in one service within an hour, oldest first; `written` of them are in the vault."""

    id: str
    lines: list[LogLine] = field(default_factory=list)
    written: int = 0

    @property
    def began_at(self) -> datetime:
        return self.lines[0].at

    @property
    def waiting(self) -> int:
        return len(self.lines) - self.written

    def takes(self, line: LogLine) -> bool:
        return len(self.lines) < LINES_OF_A_BLOCK and line.at - self.began_at < BLOCK

    def values(self, items: Iterable[str]) -> dict[str, str]:
        told = {
            TIME: (line.at.isoformat(timespec="seconds") for line in self.lines),
            PATH: (line.path for line in self.lines),
            STATUS: (str(line.status) for line in self.lines),
            ADDRESS: (line.address or NOTHING for line in self.lines),
        }
        return {item: "\n".join(told[item]) for item in items}


class ServerLog:
    """Writes the lines of one process down. One thread uses it at a time.

    Args:
        ctx: the service; its `log_queue` is emptied.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._blocks: defaultdict[Owner, list[_Block]] = defaultdict(list)
        self._refused: dict[Owner, datetime] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camket-server-log", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Write down what waits and end; returns when it has ended. Twice is once."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def once(self) -> int:
        """Write down what waits.

        Returns:
            How many lines are in the vault that were not before.

        Raises:
            StoreError: the store could not make it durable; the lines wait on.

        Effects:
            For each block the values and their ledger record are durable together, many blocks in one unit of work.
        """
        now = self._ctx.clock.now()
        # While the store fails, lines wait in the queue, which is bounded.
        if sum(block.waiting for block in self._all()) < MOST_WAITING:
            lines, dropped = self._ctx.log_queue.take()
            if dropped:
                log.warning("log_lines_dropped", lines=dropped)
            for line in lines:
                self._sort_in(line, now)
        written = 0
        fresh = iter([(owner, one) for owner, blocks in self._blocks.items() for one in blocks if one.waiting])
        while page := tuple(islice(fresh, BLOCKS_IN_A_UNIT)):
            written += self._write(page, now)
        self._forget(now)
        return written

    def _sort_in(self, line: LogLine, now: datetime) -> None:
        owner = (line.subject_id, line.service)
        if self._refused.get(owner, now) > now:
            return
        blocks = self._blocks[owner]
        if not blocks or not blocks[-1].takes(line):
            blocks.append(_Block(id=random_id(self._ctx.entropy)))
        blocks[-1].lines.append(line)

    def _write(self, page: tuple[tuple[Owner, _Block], ...], now: datetime) -> int:
        taken = self._ctx.store.write(lambda unit: [self._write_in(unit, owner, block) for owner, block in page])
        written = 0
        for (owner, block), permitted in zip(page, taken, strict=True):
            if permitted:
                written += block.waiting
                block.written = len(block.lines)
            else:
                self._refused[owner] = now + NOT_ASKED_AGAIN
                self._blocks.pop(owner, None)
        return written

    def _write_in(self, unit: Unit, owner: Owner, block: _Block) -> bool:
        """Put a block through the door; False where the gate does not permit it, or there is no such customer."""
        subject_id, service = owner
        policy = self._ctx.policies.in_force_in(unit, self._ctx.clock.now()).newest.policy
        wanted = Collection(service=service, source=Source.OBSERVED)
        items = [item.id for item in policy.items if item.id in LOG_ITEMS and wanted in item.collected]
        if not items or unit.subjects.revision(subject_id) is None:
            return False
        try:
            collected = self._ctx.door.collect_in(
                unit,
                actor=COLLECTOR,
                subject_id=subject_id,
                values=block.values(items),
                service=service,
                source=Source.OBSERVED,
                row_ids={item: f"{block.id}.{item}" for item in items},
                since=block.began_at,
            )
        except DeniedError:  # their key died a moment ago
            return False
        return collected.decision.outcome is Outcome.PERMIT

    def _forget(self, now: datetime) -> None:
        """Drop from memory what takes no more lines, and who may be asked again."""
        full = sum(len(block.lines) for block in self._all()) > MOST_WAITING
        for owner, blocks in list(self._blocks.items()):
            standing = [one for one in blocks if one.waiting or (now - one.began_at < BLOCK and not full)]
            if standing:
                self._blocks[owner] = standing
            else:
                del self._blocks[owner]
        if len(self._refused) > MOST_REFUSED:
            self._refused.clear()

    def _all(self) -> Iterator[_Block]:
        return (block for blocks in self._blocks.values() for block in blocks)

    def _run(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stop.wait(INTERVAL_SECONDS)
            try:
                self.once()
            except (StoreError, KeyStoreError, ConflictError) as error:
                log.warning("server_log_failed", exc_info=error)
            except Exception as error:
                # The outermost loop: a thread that ends here would leave every later request without its line.
                log.error("server_log_failed", exc_info=error)  # noqa: TRY400 - the class and the places, no message
                self._blocks.clear()


def logged_items(policy: Policy) -> tuple[Item, ...]:
    """Return those of the log's items that a policy declares, in the order in which a line says them."""
    declared = {item.id: item for item in policy.items}
    return tuple(declared[item] for item in LOG_ITEMS if item in declared)


def lines_of(values: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield what each line of a block says, oldest first: item -> its fact; an item that was not kept is left out."""
    columns = {item: text.split("\n") for item, text in values.items()}
    length = max((len(column) for column in columns.values()), default=0)
    for place in range(length):
        yield {item: column[place] for item, column in columns.items() if place < len(column)}
