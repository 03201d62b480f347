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
from camket.services.offline_page import offline_page, offline_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from camket.core.ledger.canonical import JsonValue
    from camket.core.ledger.openings import ProvenOpening
    from camket.core.rights.evidence import Evidence, ProvenLine

FILE_OF: Final = {Language.VI: "bang-chung.html", Language.EN: "evidence.html"}

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
    command = f"camket evidence verify camket-{number}.zip --key {evidence.key}"
    body = (
        f"<h2>{escape(said['request'])}</h2>\n{_request(evidence, language)}\n"
        f"<h2>{escape(said['timeline'])}</h2>\n{_timeline(evidence.timeline, language)}\n"
        f"<h2>{escape(said['acts'])}</h2>\n{_acts(evidence.acts, language)}\n"
        f"<h2>{escape(said['check'])}</h2>\n<section><p>{escape(said['how'])}</p><p><code>{escape(command)}</code></p>"
        f"<p class=quiet>{escape(said['key'])} <code>{escape(str(evidence.key))}</code></p></section>\n"
    )
    lead = said["lead"].format(at=_time(evidence.made_at, language))
    return offline_page(language, title=said["title"].format(number=number), lead=lead, body=body)


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
    return offline_table([said[name] for name in ("when", "what", "then", "who", "entry")], rows, said["nothing"])


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
    return offline_table([said[name] for name in ("when", "what", "items", "who", "entry")], rows, said["nothing"])


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
