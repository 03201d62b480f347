"""What apps and other systems give for a copy: asked one by one, each answer kept sealed until the copy is made."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from camket.core.errors import HolderError
from camket.core.ledger.entry import LedgerAction
from camket.core.rights.exported import ExportedItem
from camket.core.rights.failing import Failing
from camket.core.terms import RIGHTS_PURPOSE, Language
from camket.services.access import SUBJECT
from camket.services.holdings import Exported
from camket.services.ids import random_id
from camket.services.request_failures import note_failing
from camket.services.request_files import open_parts, seal_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from camket.holder_ports import Holder
    from camket.ports import Unit
    from camket.rows import Json
    from camket.rows.requests import RequestPartRow, RequestRow
    from camket.services.context import Context
    from camket.services.steps import Run

Running: TypeAlias = "Callable[[Unit], RequestRow]"
"""Returns a request that is still being carried out, as a step's unit sees it; raises where it is not any more."""


def ask_holders(ctx: Context, run: Run, request: RequestRow, *, running_in: Running) -> None:
    """Have every app and other system give what it holds about a subject, each in steps of its own.

    Args:
        ctx: the service.
        run: of the request's job.
        request: what it is given for.
        running_in: checks in a step's unit that the request is still being carried out, and raises where it is not.

    Raises:
        HolderError: one could not give it, or is not loaded in this process; all others have. The request says so, and
            the job is to be tried again: it asks those that failed.

    Effects: what each gave is kept sealed, durable before the next is asked. That it was read is on record before it is
        asked for.
    """
    failures: list[HolderError] = []
    try:
        for holder in ctx.holders.all():
            if run.result(_given(holder.name)) is None:
                try:
                    _ask(ctx, run, request, holder, running_in)
                except HolderError as failure:
                    # One that fails keeps the copy from its end, and no other from being asked.
                    failures.append(failure)
    except HolderError as missing:
        failures.append(missing)
    note_failing(ctx, request.id, [Failing(step=_given(one.holder), failure=one.failure) for one in failures])
    if failures:
        raise failures[0]


def read_given(ctx: Context, run: Run, request: RequestRow) -> tuple[Exported, ...]:
    """Return what every app and other system gave, *personal*, by name; those that hold nothing are left out.

    Raises:
        NotFoundError: the subject's key is gone, or what was kept was dropped.
    """
    found = []
    for holder in ctx.holders.all():
        kept = run.result(_given(holder.name))
        if isinstance(kept, dict):
            parts = open_parts(
                ctx,
                subject_id=request.subject_id,
                request_id=request.id,
                name=str(kept["name"]),
                count=int(str(kept["parts"])),
            )
            exported = _from_bytes(b"".join(parts))
            if exported.items:
                found.append(exported)
    return tuple(found)


def _given(name: str) -> str:
    return f"holder:{name}"


def _ask(ctx: Context, run: Run, request: RequestRow, holder: Holder, running_in: Running) -> None:
    run.going_on()
    held = tuple(sorted(holder.count(request.subject_id)))

    def record(unit: Unit) -> Json:
        running_in(unit)
        if held:
            ctx.door.record_in(
                unit,
                actor=SUBJECT,
                action=LedgerAction.USE,
                subject_id=request.subject_id,
                items=held,
                purpose=RIGHTS_PURPOSE,
                request=request.id,
            )
        return len(held)

    # INVARIANT: an app is asked for what it holds after that is on record.
    run.step(f"asked:{holder.name}", record)
    exported = Exported(holder=holder.name, label=holder.label, items=tuple(holder.export(request.subject_id)))
    # Another try has another name: its parts are never mixed with those of one that died half-way.
    name = f"{_given(holder.name)} {random_id(ctx.entropy)}"
    rows = seal_parts(ctx, request, name, _to_bytes(exported))
    for row in rows[:-1]:
        run.step(f"{name} {row.position}", partial(_store_in, row=row, running_in=running_in))
    kept: Json = {"name": name, "parts": len(rows)}
    run.step(_given(holder.name), partial(_store_in, row=rows[-1], running_in=running_in, result=kept))


def _store_in(unit: Unit, *, row: RequestPartRow, running_in: Running, result: Json = True) -> Json:
    running_in(unit)
    unit.request_parts.add_part(row)
    return result


def _to_bytes(exported: Exported) -> bytes:
    value = {
        "holder": exported.holder,
        "label": {language.value: text for language, text in exported.label.items()},
        "items": [
            {
                "item": one.item,
                "file_name": one.file_name,
                "media_type": one.media_type,
                "content": base64.b64encode(one.content).decode(),
                "count": one.count,
                "labels": {name: dict(texts) for name, texts in one.labels.items()},
            }
            for one in exported.items
        ],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _from_bytes(raw: bytes) -> Exported:
    value = json.loads(raw)
    return Exported(
        holder=value["holder"],
        label={Language(language): text for language, text in value["label"].items()},
        items=tuple(ExportedItem(**one | {"content": base64.b64decode(one["content"])}) for one in value["items"]),
    )
