"""The server log as its customer reads it: every line that is kept, newest first, a few blocks at a time (P6, P12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from camket.core.terms import RIGHTS_PURPOSE
from camket.services.access import SUBJECT
from camket.services.access_standing import item_names
from camket.services.server_log import ADDRESS, LOG_ITEMS, NOTHING, PATH, STATUS, TIME, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from camket.ports import Unit
    from camket.services.access import Opened, OpenedValue, Pending
    from camket.services.context import Context
    from camket.services.sessions import Session

BLOCKS_OF_A_PAGE: Final = 6
"""A page holds the lines of so many blocks; a block is an hour at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnLine:
    """One request, *personal*; what was not kept is empty.

    Args:
        at: aware; when it came, in UTC.
        path: the pattern of the page.
        status: of the answer.
        address: network address.
    """

    at: datetime
    path: str = field(repr=False)
    status: str
    address: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnLog:
    """A page of the server log, newest line first.

    Args:
        newer: number of the page before; None on the first.
        older: number of the next page; None on the last.
    """

    lines: tuple[OwnLine, ...]
    newer: int | None
    older: int | None


def own_log(ctx: Context, session: Session, *, page: int = 1) -> OwnLog:
    """Return a page of the server log of a customer.

    Args:
        ctx: the service.
        session: whose.
        page: from 1; a page past the end is empty.

    Effects: one ledger record of the view, durable before anything is returned; none where there is no line.
    """
    page = max(1, page)
    start = (page - 1) * BLOCKS_OF_A_PAGE

    def read(unit: Unit) -> tuple[Pending | None, bool]:
        times = sorted(unit.values.of_subject(session.subject_id, (TIME,)), key=lambda row: row.collected_at)[::-1]
        blocks = [row.id.removesuffix(f".{TIME}") for row in times[start : start + BLOCKS_OF_A_PAGE]]
        if not blocks:
            return None, False
        pending = ctx.door.read_in(
            unit,
            actor=SUBJECT,
            subject_id=session.subject_id,
            items=LOG_ITEMS,
            purpose=RIGHTS_PURPOSE,
            rows=tuple(f"{block}.{item}" for block in blocks for item in LOG_ITEMS),
        )
        return pending, len(times) > start + BLOCKS_OF_A_PAGE

    pending, more = ctx.store.write(read)
    return OwnLog(
        lines=() if pending is None else log_lines(_values(pending.open())),
        newer=page - 1 if page > 1 else None,
        older=page + 1 if more else None,
    )


def log_lines(values: Iterable[OpenedValue]) -> tuple[OwnLine, ...]:
    """Return the lines among opened values, newest first; what is no value of the log is passed over."""
    blocks: dict[str, dict[str, str]] = {}
    for value in values:
        if value.item in LOG_ITEMS:
            blocks.setdefault(value.row_id.removesuffix(f".{value.item}"), {})[value.item] = value.text
    lines = [_own_line(said) for block in blocks.values() if TIME in block for said in lines_of(block)]
    return tuple(sorted(lines, key=lambda line: line.at)[::-1])


def _values(opened: Opened) -> Iterator[OpenedValue]:
    return (value for of_item in opened.values.values() for value in of_item)


def _own_line(said: dict[str, str]) -> OwnLine:
    address = said.get(ADDRESS, "")
    return OwnLine(
        at=datetime.fromisoformat(said[TIME]),
        path=said.get(PATH, ""),
        status=said.get(STATUS, ""),
        address="" if address == NOTHING else address,
    )


def held_but_log_in(unit: Unit, ctx: Context, subject_id: str) -> tuple[tuple[str, ...], int]:
    """Return the items that are held about a subject, the server log's apart, and how many values that one has.

    Returns:
        The newest names of the items, each once; none where nothing else is held.
    """
    names = item_names(ctx.policies.in_force_in(unit, ctx.clock.now()))
    held = unit.values.items_of_subject(subject_id)
    newest = [names.names.get(names.roots.get(item, item), (item,))[0] for item in held if item not in LOG_ITEMS]
    return tuple(dict.fromkeys(newest)), sum(held.get(item, 0) for item in LOG_ITEMS)
