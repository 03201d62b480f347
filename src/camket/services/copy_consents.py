"""What a subject was asked and answered, in their copy: every fact of the history with the exact text it is about."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from camket.core.consent.events import AskedThrough, EventKind, Expression
from camket.core.consent.receipt import shown_lines
from camket.core.consent.text import QuestionText
from camket.core.terms import Language
from camket.services.copy_text import shown_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.rows.consents import ConsentEventRow, ConsentTextRow
    from camket.services.copy_tables import MakeTable

_SAID: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.VI: {
        "title": "Điều bạn được hỏi và đã trả lời",
        "when": "Lúc",
        "what": "Việc gì",
        "question": "Nguyên văn câu hỏi",
        "how": "Qua đâu, bằng cách nào",
        EventKind.ASKED: "được hỏi",
        EventKind.GIVEN: "đồng ý",
        EventKind.REFUSED: "từ chối",
        EventKind.WITHDRAWN: "rút lại",
        EventKind.EXPIRED: "hết hạn",
        EventKind.RENEWED: "đồng ý lần nữa",
        AskedThrough.PAGE: "trang web",
        AskedThrough.COMPONENT: "khung hỏi trong ứng dụng",
        AskedThrough.API: "giao diện lập trình",
        AskedThrough.APP: "ứng dụng",
        AskedThrough.EMAIL: "thư",
        AskedThrough.IMPORT: "hệ thống khác",
        AskedThrough.CLOCK: "tự động",
        Expression.BUTTON: "nút bấm",
        Expression.FORM: "biểu mẫu",
        Expression.ONE_CLICK: "một lần bấm",
        Expression.PAPER: "giấy",
        Expression.SPOKEN: "lời nói",
        Expression.TIME: "đến hạn",
    },
    Language.EN: {
        "title": "What you were asked and answered",
        "when": "When",
        "what": "What",
        "question": "The exact question",
        "how": "Through what, and how",
        EventKind.ASKED: "asked",
        EventKind.GIVEN: "you said yes",
        EventKind.REFUSED: "you said no",
        EventKind.WITHDRAWN: "you withdrew it",
        EventKind.EXPIRED: "it ended by its date",
        EventKind.RENEWED: "you said yes again",
        AskedThrough.PAGE: "web page",
        AskedThrough.COMPONENT: "window in an app",
        AskedThrough.API: "programming interface",
        AskedThrough.APP: "app",
        AskedThrough.EMAIL: "mail",
        AskedThrough.IMPORT: "another system",
        AskedThrough.CLOCK: "by itself",
        Expression.BUTTON: "button",
        Expression.FORM: "form",
        Expression.ONE_CLICK: "one click",
        Expression.PAPER: "paper",
        Expression.SPOKEN: "spoken",
        Expression.TIME: "its time was up",
    },
}


def consents_data(events: Sequence[ConsentEventRow], texts: Sequence[ConsentTextRow]) -> list[dict[str, Any]]:
    """Return `consents` of `data.json`, oldest first; `docs/reference/copy-format.md` says what each field means."""
    shown = {row.hash: QuestionText.from_canonical(row.body) for row in texts}
    return [_event(event, shown.get(event.text_hash or "")) for event in events]


def _event(event: ConsentEventRow, text: QuestionText | None) -> dict[str, Any]:
    body = event.body
    return {
        "kind": event.kind.value,
        "about": event.about.value,
        "purpose": body.get("purpose"),
        "recipient": body.get("recipient"),
        "items": body.get("items"),
        "clauses": body.get("clauses"),
        "version": event.version,
        "language": None if event.language is None else event.language.value,
        "text": None if text is None else shown_lines(text),
        "text_hash": event.text_hash,
        "through": event.through.value,
        "expression": None if event.expression is None else event.expression.value,
        "at": _instant(event.at),
        "ends_at": None if event.ends_at is None else _instant(event.ends_at),
    }


def render_consents(data: Mapping[str, Any], language: Language, *, table: MakeTable) -> str:
    """Return the section of the page as HTML, *personal*; empty where nothing was ever asked.

    Args:
        data: what `data.json` holds.
        language: of the page; exact texts stay in the language in which they were shown.
        table: how the page makes its tables.
    """
    if not data["consents"]:
        return ""
    said = _SAID[language]
    rows = [
        (
            escape(shown_time(one["at"])),
            escape(said[EventKind(one["kind"])]),
            _question(one, language),
            escape(", ".join(said.get(word, word) for word in (one["through"], one["expression"]) if word)),
        )
        for one in data["consents"]
    ]
    heads = (said["when"], said["what"], said["question"], said["how"])
    return f"<h2>{escape(said['title'])}</h2>\n{table(heads, rows, '')}\n"


def _question(one: Mapping[str, Any], language: Language) -> str:
    lines = one["text"] or one["clauses"] or []
    shown = "<br>".join(escape(line) for line in lines)
    foreign = one["text"] and one["language"] not in (None, language.value)
    return f'<span lang="{escape(one["language"])}">{shown}</span>' if foreign else shown


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
