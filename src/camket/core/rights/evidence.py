"""The evidence pack of a request: what was asked and done, each line opened and proven in the ledger, in one file.

The pack shows that the operator signed this evidence, that each line of it stands in the ledger as it was
recorded then, by whom and when, and that the request went only where it may go. It holds no value of any subject. It
does not show what was written between customer and staff, nor that nothing happened outside the product.
Source: semantics section 9; ADR 31.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.canonical import Fields, canonical_json
from camket.core.ledger.note import VerifierKey
from camket.core.ledger.openings import ProvenOpening, parse_file, to_file
from camket.core.ledger.proof import require_format
from camket.core.rights.archive import pack
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.rights.timeline import Line, line_hash
from camket.core.terms import require_aware

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.note import NoteSigner

FORMAT: Final = "camket-evidence"
FORMAT_VERSION: Final = 1
STATEMENT_FILE: Final = "evidence.json"
"""The evidence itself; the other files of a pack show it to people."""

_STATEMENT: Final = "camket evidence v1"
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_REQUEST_FIELDS: Final = frozenset(
    {
        "id",
        "number",
        "kind",
        "channel",
        "state",
        "policy_version",
        "document_hash",
        "law_profile",
        "reply_due_at",
        "reply_article",
        "due_at",
        "due_article",
    }
)
_LINE_FIELDS: Final = frozenset({"position", "event", "state", "at", "actor", "detail", "shown", "written", "record"})
_FIELDS: Final = frozenset(
    {"format", "format_version", "made_at", "request", "timeline", "acts", "files", "key", "checkpoint", "signature"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenLine:
    """A line with its ledger record.

    Args:
        line: what happened.
        record: the record's opening; without a place while it awaits a checkpoint; None once the record was pruned.
    """

    line: Line
    record: ProvenOpening | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestFacts:
    """The request itself, without its subject.

    Args:
        id: of the request; random.
        number: receipt number.
        kind: what it is for.
        channel: how it came in.
        state: where it stands.
        policy_version: number of the version whose terms decide.
        document_hash: that version's, in hexadecimal digits.
        law_profile: the law that the version names, whose clocks run.
        reply_due_at: aware; until when it is answered; None where no clock runs.
        reply_article: what that moment rests on; None where no clock runs.
        due_at: aware; until when it is carried out; None where no clock runs.
        due_article: what that moment rests on; None where no clock runs.
    """

    id: str
    number: str
    kind: RequestKind
    channel: str
    state: RequestState
    policy_version: int
    document_hash: str
    law_profile: str
    reply_due_at: datetime | None
    reply_article: str | None
    due_at: datetime | None
    due_article: str | None

    def __post_init__(self) -> None:
        for name in ("reply_due_at", "due_at"):
            at = getattr(self, name)
            object.__setattr__(self, name, None if at is None else _to_millisecond(at, name))
        if _WORD.fullmatch(self.channel) is None:
            raise InvalidValueError("`channel` is not the name of a way in which requests come")

    def hash_of(self, line: Line) -> str:
        """Return what the record of a line of this request is about."""
        return line_hash(
            request_id=self.id,
            number=self.number,
            kind=self.kind,
            position=line.position,
            event=line.event,
            state=line.state,
            detail=line.detail,
            shown=line.shown,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FileHash:
    """A file of the pack beside the evidence: its name, size in bytes and SHA-256."""

    name: str
    size_bytes: int
    sha256: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> FileHash:
        """Return the hash of a file."""
        return cls(name=name, size_bytes=len(content), sha256=sha256(content).digest())


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What is told and proven of one request.

    Args:
        made_at: aware; kept to the millisecond.
        request: the request itself.
        timeline: every line, oldest first.
        acts: what else is on record of this request: data that was used, changed, erased or given for it. That they
            belong to it is the operator's signed word unless the opening shows the subject's part.
        files: the other files of the pack.
        key: the ledger's verifier key.
        checkpoint: the signed note that the proofs lead to.
        signature: the statement note that `sign_evidence` adds; empty before.
    """

    made_at: datetime
    request: RequestFacts
    timeline: tuple[ProvenLine, ...]
    acts: tuple[ProvenOpening, ...]
    files: tuple[FileHash, ...]
    key: VerifierKey
    checkpoint: str
    signature: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "made_at", _to_millisecond(self.made_at, "made_at"))
        names = [STATEMENT_FILE, *(one.name for one in self.files)]
        if len(set(names)) != len(names):
            raise InvalidValueError("the evidence names one file twice")

    def first(self, event: RequestEvent) -> Line | None:
        """Return the first line of an event; None when it never happened."""
        return next((one.line for one in self.timeline if one.line.event is event), None)

    @property
    def ended_at(self) -> datetime | None:
        """When the request came to the end where it stands; None while it is open."""
        ended = None
        for one in self.timeline:
            ended = (ended or one.line.at) if one.line.state.ended else None
        return ended

    @property
    def late(self) -> bool:
        """It ended after it was due, or is open and overdue when the pack was made.

        Never before anyone proved who asks, nor while it waits for its subject: no clock of the operator's runs then.
        """
        due = self.request.due_at
        if due is None or self.request.state is RequestState.WAITING or self.first(RequestEvent.VERIFY) is None:
            return False
        return (self.ended_at or self.made_at) > due

    def statement(self) -> str:
        """Return the text that the ledger's key signs: a hash over everything but the signature."""
        value = {name: part for name, part in self.to_value().items() if name != "signature"}
        digest = base64.b64encode(sha256(canonical_json(value)).digest()).decode()
        # INVARIANT: never a checkpoint's text or a certificate's: the first line is of this form alone.
        return f"{_STATEMENT}\nof {self.key.name}\n{digest}\n"

    def to_value(self) -> dict[str, JsonValue]:
        """Return the evidence as a JSON value."""
        request = self.request
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "made_at": written(self.made_at),
            "request": {
                "id": request.id,
                "number": request.number,
                "kind": request.kind.value,
                "channel": request.channel,
                "state": request.state.value,
                "policy_version": request.policy_version,
                "document_hash": request.document_hash,
                "law_profile": request.law_profile,
                "reply_due_at": written(request.reply_due_at),
                "reply_article": request.reply_article,
                "due_at": written(request.due_at),
                "due_article": request.due_article,
            },
            "timeline": [_proven_value(one) for one in self.timeline],
            "acts": [one.to_value() for one in self.acts],
            "files": [
                {"name": one.name, "size_bytes": one.size_bytes, "sha256": one.sha256.hex()} for one in self.files
            ],
            "key": str(self.key),
            "checkpoint": self.checkpoint,
            "signature": self.signature,
        }

    def to_bytes(self) -> bytes:
        """Return the file `evidence.json`: UTF-8 JSON, indented for people; evidence has one spelling."""
        return to_file(self.to_value())

    @classmethod
    def parse(cls, raw: bytes) -> Evidence:
        """Read evidence; nothing in it is verified here.

        Raises:
            LedgerError: not evidence of this form; the message names the field.
        """
        fields = Fields(parse_file(raw, "the evidence"), "evidence", _FIELDS)
        require_format(fields, FORMAT, FORMAT_VERSION)
        try:
            return cls(
                made_at=_read_instant(fields, "made_at"),
                request=_read_request(fields.get("request")),
                timeline=tuple(_read_line(one, at) for at, one in enumerate(fields.items("timeline"))),
                acts=tuple(ProvenOpening.from_value(one, f"acts[{at}]") for at, one in enumerate(fields.items("acts"))),
                files=tuple(_read_file(one, at) for at, one in enumerate(fields.items("files"))),
                key=VerifierKey.parse(fields.text("key")),
                checkpoint=fields.text("checkpoint"),
                signature=fields.text("signature"),
            )
        except (InvalidValueError, ValueError, OverflowError) as error:
            raise LedgerError(f"the evidence cannot stand: {error}") from error


def sign_evidence(evidence: Evidence, signer: NoteSigner) -> Evidence:
    """Return the evidence signed by the ledger's key, which binds every byte of what it says, the other files included.

    Raises:
        InvalidValueError: the signer's key is not the one that the evidence names.
    """
    if signer.verifier_key != evidence.key:
        raise InvalidValueError(f"the evidence names another key than the signer's, `{signer.verifier_key}`")
    return replace(evidence, signature=str(signer.sign(evidence.statement())))


def pack_evidence(evidence: Evidence, files: Mapping[str, bytes]) -> bytes:
    """Return the pack: the evidence and the files that it names, in one archive.

    Raises:
        InvalidValueError: the evidence names other files, or a file has no fit name.
    """
    if evidence.files != tuple(FileHash.of(name, content) for name, content in files.items()):
        raise InvalidValueError("the evidence names other files than those of the pack")
    return pack({STATEMENT_FILE: evidence.to_bytes(), **files})


def written(at: datetime | None) -> str | None:
    """Return an instant as the evidence writes it, `2026-11-22T09:12:00.000Z`; None for none."""
    return None if at is None else f"{at.astimezone(UTC).isoformat(timespec='milliseconds')[:23]}Z"


def _to_millisecond(at: datetime, name: str) -> datetime:
    at = require_aware(at, name).astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def line_value(line: Line) -> dict[str, JsonValue]:
    """Return a line of a timeline as a JSON value."""
    return {
        "position": line.position,
        "event": line.event.value,
        "state": line.state.value,
        "at": written(line.at),
        "actor": line.actor,
        "detail": line.detail,
        "shown": line.shown,
        "written": line.written,
    }


def _proven_value(proven: ProvenLine) -> dict[str, JsonValue]:
    record = proven.record
    return {**line_value(proven.line), "record": None if record is None else record.to_value()}


def _read_line(value: object, at: int) -> ProvenLine:
    where = f"timeline[{at}]"
    fields = Fields(value, where, _LINE_FIELDS)
    record = fields.get("record")
    line = Line(
        position=fields.integer("position"),
        event=RequestEvent(fields.text("event")),
        state=RequestState(fields.text("state")),
        at=_read_instant(fields, "at"),
        actor=fields.text("actor"),
        detail=_read_detail(fields),
        shown=_read_flag(fields, "shown"),
        written=_read_flag(fields, "written"),
    )
    return ProvenLine(line=line, record=None if record is None else ProvenOpening.from_value(record, f"{where}.record"))


def _read_request(value: object) -> RequestFacts:
    fields = Fields(value, "request", _REQUEST_FIELDS)
    return RequestFacts(
        id=fields.text("id"),
        number=fields.text("number"),
        kind=RequestKind(fields.text("kind")),
        channel=fields.text("channel"),
        state=RequestState(fields.text("state")),
        policy_version=fields.integer("policy_version"),
        document_hash=fields.text("document_hash"),
        law_profile=fields.text("law_profile"),
        reply_due_at=_read_instant(fields, "reply_due_at") if fields.has("reply_due_at") else None,
        reply_article=fields.optional_text("reply_article"),
        due_at=_read_instant(fields, "due_at") if fields.has("due_at") else None,
        due_article=fields.optional_text("due_article"),
    )


def _read_file(value: object, at: int) -> FileHash:
    fields = Fields(value, f"files[{at}]", frozenset({"name", "size_bytes", "sha256"}))
    return FileHash(name=fields.text("name"), size_bytes=fields.integer("size_bytes"), sha256=fields.hash("sha256"))


def _read_instant(fields: Fields, name: str) -> datetime:
    return datetime.fromisoformat(fields.text(name))


def _read_flag(fields: Fields, name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise fields.refusal(name, "true or false")
    return value


def _read_detail(fields: Fields) -> dict[str, JsonValue] | None:
    value = fields.get("detail")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise fields.refusal("detail", "a JSON object or null")
    canonical_json(value)
    return value
