"""A subject's requests as their copy shows them: what was asked, how it went on, and what was written about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.rights.wording import KINDS
from camket.core.terms import Language
from camket.services.copy_text import shown_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.ports import Unit
    from camket.rows.requests import RequestEventRow, RequestMessageRow, RequestRow
    from camket.services.context import Context
    from camket.services.copy_tables import MakeTable

_STATES: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.VI: {
        RequestState.UNVERIFIED: "chờ xác minh",
        RequestState.VERIFIED: "đã xác minh",
        RequestState.PROPOSED: "chờ người thứ hai duyệt",
        RequestState.WAITING: "chờ bạn trả lời",
        RequestState.APPROVED: "đã nhận, sắp làm",
        RequestState.RUNNING: "đang làm",
        RequestState.DONE: "đã xong",
        RequestState.REFUSED: "bị từ chối",
        RequestState.CANCELLED: "bạn đã rút",
        RequestState.EXPIRED: "hết hạn",
    },
    Language.EN: {
        RequestState.UNVERIFIED: "waits for the proof of who asks",
        RequestState.VERIFIED: "proven",
        RequestState.PROPOSED: "waits for a second person's yes",
        RequestState.WAITING: "waits for your answer",
        RequestState.APPROVED: "taken up",
        RequestState.RUNNING: "being done",
        RequestState.DONE: "done",
        RequestState.REFUSED: "refused",
        RequestState.CANCELLED: "taken back by you",
        RequestState.EXPIRED: "expired",
    },
}
_EVENTS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.VI: {
        RequestEvent.MAKE: "lập yêu cầu",
        RequestEvent.VERIFY: "xác minh",
        RequestEvent.JOIN: "yêu cầu lại lần nữa",
        RequestEvent.ACCEPT: "chấp nhận thực hiện",
        RequestEvent.PROPOSE: "nhân viên đề nghị thực hiện",
        RequestEvent.APPROVE: "người thứ hai đồng ý",
        RequestEvent.DECLINE: "người thứ hai không đồng ý",
        RequestEvent.START: "bắt đầu làm",
        RequestEvent.FAIL: "một bước chưa làm được",
        RequestEvent.FINISH: "làm xong",
        RequestEvent.REFUSE: "từ chối",
        RequestEvent.ASK_SUBJECT: "hỏi bạn",
        RequestEvent.ANSWER: "bạn trả lời",
        RequestEvent.EXTEND: "gia hạn",
        RequestEvent.WITHDRAW: "bạn rút yêu cầu",
        RequestEvent.EXPIRE: "hết hạn",
        RequestEvent.REOPEN: "mở lại",
        RequestEvent.NOTE: "ghi chú",
    },
    Language.EN: {
        RequestEvent.MAKE: "made",
        RequestEvent.VERIFY: "who asks was proven",
        RequestEvent.JOIN: "asked again",
        RequestEvent.ACCEPT: "accepted",
        RequestEvent.PROPOSE: "proposed by staff",
        RequestEvent.APPROVE: "a second person said yes",
        RequestEvent.DECLINE: "a second person said no",
        RequestEvent.START: "begun",
        RequestEvent.FAIL: "a step could not be done yet",
        RequestEvent.FINISH: "finished",
        RequestEvent.REFUSE: "refused",
        RequestEvent.ASK_SUBJECT: "you were asked",
        RequestEvent.ANSWER: "you answered",
        RequestEvent.EXTEND: "given more time",
        RequestEvent.WITHDRAW: "taken back by you",
        RequestEvent.EXPIRE: "expired",
        RequestEvent.REOPEN: "opened again",
        RequestEvent.NOTE: "noted",
    },
}
_SAID: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.VI: {
        "title": "Yêu cầu của bạn",
        "number": "Số biên nhận",
        "what": "Yêu cầu",
        "state": "Đến đâu",
        "course": "Diễn biến",
        "due": "hạn {at}",
        "you": "Bạn",
        "staff": "Nhân viên {name}",
    },
    Language.EN: {
        "title": "Your requests",
        "number": "Receipt number",
        "what": "Request",
        "state": "Where it stands",
        "course": "What happened",
        "due": "due {at}",
        "you": "You",
        "staff": "Staff {name}",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRead:
    """A request with its timeline and its thread, as one unit of work found them; texts are still sealed."""

    row: RequestRow
    events: tuple[RequestEventRow, ...]
    messages: tuple[RequestMessageRow, ...]


def read_requests_in(unit: Unit, subject_id: str) -> tuple[RequestRead, ...]:
    """Return a subject's requests, newest first, with everything that was written about them."""
    return tuple(
        RequestRead(
            row=row,
            events=unit.requests.events(row.id),
            messages=unit.request_parts.messages(row.id),
        )
        for row in unit.requests.of_subject(subject_id)
    )


def requests_data(
    ctx: Context, requests: tuple[RequestRead, ...], *, words: Mapping[str, str], pictures: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return `requests` of `data.json`, *personal*, newest first; `docs/reference/copy-format.md` has the fields.

    Args:
        ctx: the service.
        requests: from `read_requests_in`, in the unit that has the copy on record.
        words: *personal*; the customer's own words by the id of their value, as that unit read them.
        pictures: files in the copy by the id of their value.

    Raises:
        NotFoundError: the subject's key is gone.
        VaultError: a text was changed or moved.
    """
    return [
        _request(ctx, one.row)
        | {"timeline": [_line(ctx, event) for event in one.events]}
        | {"messages": [_message(ctx, message, words, pictures) for message in one.messages]}
        for one in requests
    ]


def _request(ctx: Context, row: RequestRow) -> dict[str, Any]:
    asked = _opened(ctx, row.subject_id, row.id, row.sealed)
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind.value,
        "state": row.state.value,
        "channel": row.channel.value,
        "policy_version": row.policy_version,
        "made_at": _instant(row.created_at),
        "verified_at": _when(row.verified_at),
        "verified_level": None if row.verified_level is None else row.verified_level.value,
        "reply_due_at": _when(row.reply_due_at),
        "due_at": _when(row.due_at),
        "replied_at": _when(row.replied_at),
        "extended_at": _when(row.extended_at),
        "done_at": _when(row.done_at),
        "asks": None if asked is None else json.loads(asked),
    }


def _line(ctx: Context, event: RequestEventRow) -> dict[str, Any]:
    return {
        "event": event.event.value,
        "state": event.state.value,
        "at": _instant(event.at),
        "who": event.actor,
        "detail": event.detail,
        "text": _opened(ctx, event.subject_id, event.id, event.sealed),
        "shown": event.shown,
    }


def _message(
    ctx: Context, message: RequestMessageRow, words: Mapping[str, str], pictures: Mapping[str, str]
) -> dict[str, Any]:
    text = words.get(message.value_id or "")
    return {
        "at": _instant(message.at),
        "who": message.author,
        "text": text if text is not None else _opened(ctx, message.subject_id, message.id, message.sealed),
        "files": [pictures[one] for one in message.pictures if one in pictures],
        "internal": message.internal,
    }


def _opened(ctx: Context, subject_id: str, place: str, sealed: bytes | None) -> str | None:
    return None if sealed is None else ctx.door.open_request_text(subject_id=subject_id, place=place, sealed=sealed)


def render_requests(data: Mapping[str, Any], language: Language, *, table: MakeTable) -> str:
    """Return the section of the page as HTML, *personal*; empty where nothing was ever asked.

    Args:
        data: what `data.json` holds.
        language: of the page.
        table: how the page makes its tables.
    """
    if not data["requests"]:
        return ""
    said = _SAID[language]
    rows = [
        (
            f"<b>{escape(one['number'])}</b>",
            f"{escape(KINDS[RequestKind(one['kind'])][language])}<br><small>{escape(shown_time(one['made_at']))}</small>",
            _state(one, language),
            _course(one, language),
        )
        for one in data["requests"]
    ]
    heads = (said["number"], said["what"], said["state"], said["course"])
    return f"<h2>{escape(said['title'])}</h2>\n{table(heads, rows, '')}\n"


def _state(one: Mapping[str, Any], language: Language) -> str:
    due = one["due_at"] if one["done_at"] is None else None
    until = _SAID[language]["due"].format(at=shown_time(due)) if due else ""
    return f"{escape(_STATES[language][one['state']])}<br><small>{escape(until)}</small>"


def _course(one: Mapping[str, Any], language: Language) -> str:
    said = _SAID[language]
    lines = [
        (event["at"], escape(_EVENTS[language][event["event"]]) + _quoted(event["text"])) for event in one["timeline"]
    ]
    for message in one["messages"]:
        name = said["you"] if message["who"] == "subject" else said["staff"].format(name=message["who"].split(":")[-1])
        lines.append((message["at"], escape(name) + _quoted(message["text"])))
    return "<br>".join(f"{escape(shown_time(at))}: {line}" for at, line in sorted(lines, key=lambda line: line[0]))


def _quoted(text: str | None) -> str:
    return f" — {escape(text)}" if text else ""


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _when(at: datetime | None) -> str | None:
    return None if at is None else _instant(at)
