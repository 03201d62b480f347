"""A copy of everything held about a subject: to read, to take elsewhere, and to check (P12; LAW Art. 4.1).

One zip: a page for people in each language, `data.json` for programs, pictures and what apps hold as files, and
`openings.json`, which opens the subject's own entries of the ledger to them and to whomever they show it.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from camket.core.errors import NotFoundError
from camket.core.intake import rendition
from camket.core.intake.pictures import SIZES
from camket.core.ledger.canonical import lined_json
from camket.core.policy.dpv import VOCABULARIES
from camket.core.terms import RIGHTS_PURPOSE, Language
from camket.services.access import SUBJECT
from camket.services.copy_asked import read_requests_in, requests_data
from camket.services.copy_consents import consents_data
from camket.services.copy_notices import notices_data
from camket.services.copy_page import FILE_OF, PICTURES, render_page
from camket.services.copy_schema import FORMAT, FORMAT_VERSION, SCHEMA_FILE, schema_bytes
from camket.services.erasure_plan import declared_item
from camket.services.own_log import log_lines
from camket.services.proofs import prove_set
from camket.services.purposes import purposes_of
from camket.services.uses import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from camket.core.gate.history import History
    from camket.core.ledger.entry import MemberOpening, Opening
    from camket.core.rights.exported import ExportedItem
    from camket.ports import Unit
    from camket.rows import FactRow, SessionRow, SubjectRecordRow, SubjectRow
    from camket.rows.consents import ConsentEventRow, ConsentTextRow
    from camket.rows.notices import DeliveryRow
    from camket.rows.requests import RequestRow
    from camket.services.access import OpenedValue, Pending
    from camket.services.context import Context
    from camket.services.copy_asked import RequestRead
    from camket.services.holdings import Exported

APPS: Final = "apps"
MOST_RECORDS: Final = 20_000
"""The newest ones; a copy that has no more says so."""
COMPRESSION: Final = 3
"""Of zlib's 1 to 9: hashes do not get smaller by trying harder."""
_MAGIC: Final = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"RIFF", "webp"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A copy as a file.

    Args:
        file_name: to save it under; nothing personal.
        data: the zip, *personal*.
    """

    file_name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyRead:
    """What one unit of work gathered; the values open once it is durable."""

    pending: Pending
    subject: SubjectRow
    facts: tuple[FactRow, ...]
    consents: tuple[ConsentEventRow, ...]
    texts: tuple[ConsentTextRow, ...]
    notices: tuple[DeliveryRow, ...]
    sessions: tuple[SessionRow, ...]
    requests: tuple[RequestRead, ...]
    records: tuple[SubjectRecordRow, ...]


def read_copy_in(unit: Unit, ctx: Context, request: RequestRow) -> CopyRead:
    """Read everything that is held about a subject, in one unit of work, for their request that is carried out.

    Args:
        unit: that it was read is on record when this unit is durable; the values open then.
        ctx: the service.
        request: whose, and the number that the record names.

    Raises:
        NotFoundError: the subject is gone; the unit must not go on.
    """
    subject_id = request.subject_id
    subject = unit.subjects.get(subject_id)
    if subject is None:
        raise NotFoundError("there is no such account")
    pending = ctx.door.read_in(
        unit, actor=SUBJECT, subject_id=subject_id, items=(), purpose=RIGHTS_PURPOSE, request=request.id
    )
    consents = unit.consents.of_subject(subject_id)
    return CopyRead(
        pending=pending,
        subject=subject,
        facts=unit.facts.of_subject(subject_id),
        consents=consents,
        texts=unit.consents.texts(sorted({one.text_hash for one in consents if one.text_hash is not None})),
        notices=unit.notices.of_subject(subject_id),
        sessions=unit.sessions.of_subject(subject_id),
        requests=read_requests_in(unit, subject_id),
        records=unit.records.of_subject(subject_id, limit=MOST_RECORDS + 1),
    )


def build_copy(
    ctx: Context, read: CopyRead, exported: Sequence[Exported], *, going_on: Callable[[], None] = lambda: None
) -> Copy:
    """Return the file of what was read; the page in the subject's own language stands first.

    Args:
        ctx: the service.
        read: from `read_copy_in`, in a unit that is durable.
        exported: what apps and other systems gave.
        going_on: called again and again while the file is made; what it raises ends it.

    Raises:
        DeniedError: the gate said no: the subject is erased.
        VaultError: a value does not open, for example because its key has died since.
    """
    opened = read.pending.open()
    history = read.pending.standing.history
    values = [value for of_item in opened.values.values() for value in of_item]
    pictures = _pictures(values, going_on)
    openings = _openings(ctx, read)
    going_on()
    data = _data(ctx, read, values, {row_id: name for row_id, (name, _) in pictures.items()}, opened.at)
    records = read.records[:MOST_RECORDS]
    data["uses"] = [_use(row, openings.get(row.id)) for row in records]
    data["uses_complete"] = len(records) == len(read.records)
    data["holdings"] = [one for app in exported for one in _holdings(read, app, opened.at)]
    given = {_file_of(app, item): item.content for app in exported for item in app.items}
    languages = sorted(Language, key=lambda one: one is not read.subject.language)
    files: dict[str, bytes] = {}
    for one in languages:
        page = render_page(data, given, history.newest.policy, one, origin=ctx.settings.origin)
        files[FILE_OF[one]] = page.encode()
        going_on()
    files["data.json"] = lined_json(data)
    files[SCHEMA_FILE] = schema_bytes()
    proven = prove_set(ctx, [(openings[row.id], row.ledger_index) for row in records if row.id in openings])
    if proven is not None:
        files["openings.json"] = proven.to_bytes()
    files |= given | dict(pictures.values())
    return Copy(file_name=f"camket-{opened.at:%Y-%m-%d}.zip", data=_zip(files, opened.at, going_on))


def _openings(ctx: Context, read: CopyRead) -> dict[int, Opening | MemberOpening]:
    """Return the opening of each record by its id, *personal*."""
    # A record without a sealed part was never one that its subject can open.
    known = [row for row in read.records if row.sealed is not None]
    opened = ctx.door.open_records(subject_id=read.subject.id, rows=known)
    return {row.id: opening for opening, row in zip(opened, known, strict=True)}


def _data(
    ctx: Context, read: CopyRead, values: list[OpenedValue], pictures: dict[str, str], at: datetime
) -> dict[str, Any]:
    """Return `data.json`; `docs/reference/copy-format.md` says what each field means."""
    history = read.pending.standing.history
    policy = history.newest.policy
    purposes = {item: list(purposes_of(read.pending.standing, item, at)) for item in {one.item for one in values}}
    return {
        "$schema": SCHEMA_FILE,
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "vocabularies": VOCABULARIES,
        "made_at": _instant(at),
        "origin": ctx.settings.origin,
        "controller": {"name": _text(policy.controller.name), "email": policy.controller.email},
        "policy": {"id": policy.id, "version": history.newest.number, "document_hash": history.newest.document_hash},
        "subject": {
            "handle": read.subject.id,
            "joined_version": read.subject.joined_version,
            "joined_at": _instant(read.subject.joined_at),
            "language": read.subject.language.value,
        },
        "values": [_value(history, value, pictures.get(value.row_id), purposes[value.item]) for value in values],
        "server_log": [
            {"at": _instant(line.at), "path": line.path, "status": line.status, "address": line.address}
            for line in log_lines(values)
        ],
        "purposes": {
            one.id: {"label": _text(one.label), "basis": one.basis.value, "dpv": one.dpv} for one in policy.purposes
        },
        "facts": [
            {
                "kind": fact.kind.value,
                **dict(fact.body),
                "at": _instant(fact.at),
                "withdrawn_at": _when(fact.withdrawn_at),
            }
            for fact in read.facts
        ],
        "consents": consents_data(read.consents, read.texts),
        "notices": notices_data(read.notices),
        "sessions": [
            {"began_at": _instant(one.created_at), "last_seen_at": _instant(one.last_seen_at)} for one in read.sessions
        ],
        "requests": requests_data(ctx, read.requests, words=_words(values), pictures=pictures),
    }


def _words(values: list[OpenedValue]) -> dict[str, str]:
    """Return every value that is text by the id of its row, for what names it."""
    return {value.row_id: value.value for value in values if isinstance(value.value, str)}


def _value(history: History, value: OpenedValue, file: str | None, purposes: list[str]) -> dict[str, Any]:
    declared = declared_item(history, value.item)
    return {
        "item": declared.id,
        "label": _text(declared.label),
        "category": declared.category,
        "dpv": declared.dpv,
        "why": _text(declared.why),
        "value": value.value if isinstance(value.value, str) else None,
        "file": file,
        "service": value.service,
        "source": value.source.value,
        "version": value.version,
        "purposes": purposes,
        "collected_at": _instant(value.collected_at),
        "kept_until": _when(value.kept_until),
        "kept_because": None if value.kept_because is None else _text(value.kept_because),
        "article": value.article,
    }


def _holdings(read: CopyRead, app: Exported, at: datetime) -> list[dict[str, Any]]:
    """Return what `data.json` says of an app's files."""
    standing = read.pending.standing
    found = []
    for item in app.items:
        declared = declared_item(standing.history, item.item)
        found.append(
            {
                "app": app.holder,
                "app_label": _text(app.label),
                "item": declared.id,
                "label": _text(declared.label),
                "category": declared.category,
                "dpv": declared.dpv,
                "why": _text(declared.why),
                "count": item.count,
                "file": _file_of(app, item),
                "media_type": item.media_type,
                "labels": {name: dict(texts) for name, texts in item.labels.items()},
                "purposes": list(purposes_of(standing, item.item, at)),
                "kept_until": None,
                "kept_because": _text(declared.maximum.reason),
            }
        )
    return found


def _file_of(app: Exported, item: ExportedItem) -> str:
    return f"{APPS}/{app.holder}/{item.file_name}"


def _use(row: SubjectRecordRow, opening: Opening | MemberOpening | None) -> dict[str, Any]:
    facts = facts_of(row.facts) if opening is None else opening.facts
    return {
        "at": _instant(facts.at),
        "who": facts.actor,
        "action": facts.action.value,
        "items": list(facts.items),
        "purpose": facts.purpose,
        "outcome": facts.outcome.value,
        "ledger_index": row.ledger_index,
    }


def _pictures(values: list[OpenedValue], going_on: Callable[[], None]) -> dict[str, tuple[str, bytes]]:
    """Return the file of each picture, its largest size, by the row that holds it."""
    found: dict[str, tuple[str, bytes]] = {}
    for value in values:
        if isinstance(value.value, bytes):
            going_on()
            data = rendition(value.value, SIZES[0]) or value.value
            ending = next((ending for magic, ending in _MAGIC if data.startswith(magic)), "bin")
            found[value.row_id] = (f"{PICTURES}/{len(found) + 1:03}.{ending}", data)
    return found


def _text(text: dict[Language, str]) -> dict[str, str]:
    return {language.value: said for language, said in text.items()}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _when(at: datetime | None) -> str | None:
    return None if at is None else _instant(at)


def _zip(files: dict[str, bytes], at: datetime, going_on: Callable[[], None]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            going_on()
            entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, COMPRESSION)
    return target.getvalue()
