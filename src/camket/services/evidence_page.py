"""The pages of an evidence pack: one file for each language that any browser shows, without scripts or network."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from camket.core.rights.evidence import written
from camket.core.rights.machine import RequestEvent
from camket.core.rights.wording import ACTIONS, CHANNELS, EVENTS, KINDS, STATES
from camket.core.terms import Language
from camket.services.copy_text import shown_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.openings import ProvenOpening
    from camket.core.rights.evidence import Evidence, ProvenLine

FILE_OF: Final = {Language.VI: "bang-chung.html", Language.EN: "evidence.html"}

_STYLE: Final = """
:root{color-scheme:light dark;--paper:light-dark(#faf7f1,#14171c);--sheet:light-dark(#fff,#1c2027);
--ink:light-dark(#1b2330,#ece8e1);--ink-2:light-dark(#565f6e,#a7adb8);--line:light-dark(#e6dfd3,#2d333d);
--seal:light-dark(#b3261e,#ff8a7a);--jade:light-dark(#0b6e5f,#5fd0bb)}
*{box-sizing:border-box}body{margin:0 auto;max-width:960px;padding:24px 16px 64px;background:var(--paper);
color:var(--ink);font:16px/1.6 "Be Vietnam Pro",system-ui,"Noto Sans",sans-serif}
h1{font-size:28px;line-height:1.3;border-bottom:4px solid var(--seal);padding-bottom:12px}
h2{font-size:20px;margin:32px 0 8px}section{background:var(--sheet);border:1px solid var(--line);border-radius:14px;
padding:8px 18px;overflow-x:auto}table{width:100%;border-collapse:collapse}
th,td{text-align:left;vertical-align:top;padding:10px 8px;border-top:1px solid var(--line);overflow-wrap:anywhere}
tr:first-child>*{border-top:0}th{font-size:14px;color:var(--ink-2)}
small,.quiet{color:var(--ink-2);font-size:14px}.late{color:var(--seal);font-weight:600}
code{font:14px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;color:var(--jade);overflow-wrap:anywhere}
@media (max-width:699px){thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,th,td{display:block}tr{padding:12px 0;border-top:1px solid var(--line)}tr:first-child{border-top:0}
th,td{border:0;padding:3px 0}td::before{content:attr(data-label);display:block;font-size:14px;color:var(--ink-2)}
td:empty{display:none}}
@media print{body{background:#fff;max-width:none}section{border:0;padding:0}}
"""
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'"

_SAID: Final = {
    Language.VI: {
        "title": "Hồ sơ bằng chứng của yêu cầu {number}",
        "lead": "Lập lúc {at}. Tệp này đọc được khi không có mạng và không chứa dữ liệu của khách hàng.",
        "request": "Yêu cầu",
        "kind": "Nội dung",
        "state": "Trạng thái",
        "channel": "Gửi qua",
        "policy": "Chính sách áp dụng",
        "version": "phiên bản {number}, mã băm {hash}",
        "law": "Hồ sơ luật",
        "made": "Nhận lúc",
        "verified": "Xác minh danh tính lúc",
        "reply": "Hạn trả lời",
        "due": "Hạn hoàn thành",
        "ended": "Kết thúc lúc",
        "late": "quá hạn",
        "none": "không có",
        "not_yet": "chưa",
        "timeline": "Diễn biến",
        "when": "Lúc",
        "what": "Việc gì",
        "then": "Trạng thái sau đó",
        "who": "Ai",
        "entry": "Mục sổ cái",
        "detail": "chi tiết: {detail}",
        "written": "có lời viết kèm, không nằm trong hồ sơ này",
        "hidden": "khách hàng không thấy dòng này",
        "waiting": "đang chờ vào sổ",
        "pruned": "bản ghi đã hết thời hạn lưu",
        "acts": "Những việc khác đã ghi cho yêu cầu này",
        "items": "Mục dữ liệu",
        "nothing": "Không có gì.",
        "check": "Tự kiểm chứng",
        "how": "Giữ nguyên tệp zip như khi tải về. Lệnh này không cần tài khoản, không cần mạng:",
        "key": "Khóa kiểm chứng của sổ cái, được công bố tại /ledger/key:",
        "subject": "Khách hàng",
        "service": "Dịch vụ",
        "staff": "Nhân viên",
    },
    Language.EN: {
        "title": "Evidence pack of request {number}",
        "lead": "Made at {at}. This file can be read offline and holds no data of the customer.",
        "request": "The request",
        "kind": "What for",
        "state": "State",
        "channel": "Came through",
        "policy": "Policy that decides",
        "version": "version {number}, hash {hash}",
        "law": "Law profile",
        "made": "Received",
        "verified": "Identity proved",
        "reply": "Reply due",
        "due": "Completion due",
        "ended": "Ended",
        "late": "late",
        "none": "none",
        "not_yet": "not yet",
        "timeline": "Timeline",
        "when": "When",
        "what": "What",
        "then": "State afterwards",
        "who": "Who",
        "entry": "Ledger entry",
        "detail": "detail: {detail}",
        "written": "words were written with it, which are not in this pack",
        "hidden": "the customer does not see this line",
        "waiting": "waiting for its place",
        "pruned": "the record's time is over",
        "acts": "What else is on record of this request",
        "items": "Items",
        "nothing": "Nothing.",
        "check": "Check it yourself",
        "how": "Keep the zip as it was downloaded. This command needs no account and no network:",
        "key": "The ledger's verifier key, as published at /ledger/key:",
        "subject": "The customer",
        "service": "Service",
        "staff": "Staff",
    },
}


def render_evidence(evidence: Evidence, language: Language) -> str:
    """Return the page of a pack as HTML.

    Args:
        evidence: what is told and proven of the request; need not be signed.
        language: of the page.
    """
    said = _SAID[language]
    number = evidence.request.number
    title = escape(said["title"].format(number=number))
    lead = escape(said["lead"].format(at=_time(evidence.made_at, language)))
    command = f"camket evidence verify camket-{number}.zip --key {evidence.key}"
    return (
        f'<!doctype html>\n<html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CSP}">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>\n"
        f"<h1>{title}</h1>\n<p>{lead}</p>\n"
        f"<h2>{escape(said['request'])}</h2>\n{_request(evidence, language)}\n"
        f"<h2>{escape(said['timeline'])}</h2>\n{_timeline(evidence.timeline, language)}\n"
        f"<h2>{escape(said['acts'])}</h2>\n{_acts(evidence.acts, language)}\n"
        f"<h2>{escape(said['check'])}</h2>\n<section><p>{escape(said['how'])}</p><p><code>{escape(command)}</code></p>"
        f"<p class=quiet>{escape(said['key'])} <code>{escape(str(evidence.key))}</code></p></section>\n"
        "</main></body></html>\n"
    )


def _request(evidence: Evidence, language: Language) -> str:
    said, request = _SAID[language], evidence.request
    made, proved = evidence.first(RequestEvent.MAKE), evidence.first(RequestEvent.VERIFY)
    ended = evidence.ended_at
    version = said["version"].format(number=request.policy_version, hash=request.document_hash)
    due = _moment(request.due_at, request.due_article, language)
    rows = [
        (said["kind"], escape(KINDS[request.kind][language])),
        (said["state"], escape(STATES[request.state][language])),
        (said["channel"], escape(CHANNELS.get(request.channel, {}).get(language, request.channel))),
        (said["made"], escape(_time(made.at if made else None, language))),
        (said["verified"], escape(_time(proved.at, language) if proved else said["not_yet"])),
        (said["reply"], _moment(request.reply_due_at, request.reply_article, language)),
        (said["due"], f'{due} <span class="late">{escape(said["late"])}</span>' if evidence.late else due),
        (said["ended"], escape(_time(ended, language) if ended else said["not_yet"])),
        (said["policy"], f"<code>{escape(version)}</code>"),
        (said["law"], f"<code>{escape(request.law_profile)}</code>"),
    ]
    body = "\n".join(f'<tr><th scope="row">{escape(name)}</th><td>{cell}</td></tr>' for name, cell in rows)
    return f"<section><table><tbody>\n{body}\n</tbody></table></section>"


def _timeline(lines: Sequence[ProvenLine], language: Language) -> str:
    said = _SAID[language]
    rows = []
    for one in lines:
        line = one.line
        notes = [said["written"]] if line.written else []
        notes += [] if line.shown else [said["hidden"]]
        if line.detail:
            told = (f"{name} {_told(value)}" for name, value in sorted(line.detail.items()))
            notes.append(said["detail"].format(detail="; ".join(told)))
        small = "".join(f"<br><small>{escape(note)}</small>" for note in notes)
        rows.append(
            (
                escape(_time(line.at, language)),
                f"{escape(EVENTS[line.event][language])}{small}",
                escape(STATES[line.state][language]),
                escape(_actor(line.actor, language)),
                escape(said["pruned"] if one.record is None else _entry(one.record, language)),
            )
        )
    return _table([said[name] for name in ("when", "what", "then", "who", "entry")], rows, said["nothing"])


def _acts(acts: Iterable[ProvenOpening], language: Language) -> str:
    said = _SAID[language]
    rows = [
        (
            escape(_time(one.opening.facts.at, language)),
            escape(ACTIONS[one.opening.facts.action][language]),
            ", ".join(f"<code>{escape(item)}</code>" for item in one.opening.facts.items),
            escape(_actor(one.opening.facts.actor, language)),
            escape(_entry(one, language)),
        )
        for one in acts
    ]
    return _table([said[name] for name in ("when", "what", "items", "who", "entry")], rows, said["nothing"])


def _entry(record: ProvenOpening, language: Language) -> str:
    return _SAID[language]["waiting"] if record.index is None else str(record.index)


def _actor(actor: str, language: Language) -> str:
    kind, _, name = actor.partition(":")
    return f"{_SAID[language].get(kind, kind)} {name}".strip()


def _moment(at: datetime | None, article: str | None, language: Language) -> str:
    """Return a moment and the article it rests on as HTML; articles are cited in English."""
    shown = escape(_time(at, language))
    if at is None or article is None:
        return shown
    cited = escape(article) if language is Language.EN else f'<span lang="en">{escape(article)}</span>'
    return f"{shown} ({cited})"


def _told(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _time(at: datetime | None, language: Language) -> str:
    return shown_time(written(at) or _SAID[language]["none"])


def _table(heads: Sequence[str], rows: Sequence[tuple[str, ...]], none: str) -> str:
    if not rows:
        return f"<section><p>{escape(none)}</p></section>"
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "\n".join(
        "<tr>"
        + "".join(f'<td data-label="{escape(name)}">{cell}</td>' for name, cell in zip(heads, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<section><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></section>"
