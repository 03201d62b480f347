"""The page of a copy: one file that any browser shows, without scripts, network or camket."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from camket.core.intake import show
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Language
from camket.services.copy_asked import render_requests
from camket.services.copy_consents import render_consents
from camket.services.copy_notices import render_notices
from camket.services.copy_tables import render_holdings
from camket.services.copy_text import shown_time
from camket.services.server_log import LOG_ITEMS, logged_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.policy.model import Policy

PICTURES: Final = "pictures"
FILE_OF: Final = {Language.VI: "du-lieu-cua-toi.html", Language.EN: "my-data.html"}

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
tr:first-child>*{border-top:0}th{font-size:14px;color:var(--ink-2)}td b{color:var(--ink)}
small,.quiet{color:var(--ink-2);font-size:14px}
code{font:14px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;color:var(--jade);overflow-wrap:anywhere}
img{max-width:240px;height:auto;border-radius:8px}td:first-child{min-width:132px}
@media (max-width:699px){thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td{display:block}tr{padding:12px 0;border-top:1px solid var(--line)}tr:first-child{border-top:0}
td{border:0;padding:3px 0}td::before{content:attr(data-label);display:block;font-size:14px;color:var(--ink-2)}
td:empty{display:none}}
@media print{body{background:#fff;max-width:none}section{border:0;padding:0}}
"""

_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:"
"""No script, nothing from the network, even when a value should ever break out of its place."""

_SAID: Final = {
    Language.VI: {
        "title": "Dữ liệu của tôi",
        "lead": "Bản sao mọi thứ {controller} giữ về bạn, lập lúc {at}. Tệp này đọc được khi không có mạng.",
        "held": "Những gì đang giữ",
        "item": "Mục",
        "value": "Giá trị",
        "why": "Vì sao giữ và dùng vào việc gì",
        "until": "Giữ đến khi nào",
        "since": "từ {at}",
        "account": "khi bạn xóa tài khoản",
        "picture": "Ảnh",
        "uses": "Ai đã dùng dữ liệu của bạn",
        "when": "Lúc",
        "who": "Ai",
        "what": "Việc gì, với mục nào",
        "purpose": "Để làm gì",
        "entry": "Mục sổ cái",
        "waiting": "đang chờ vào sổ",
        "check": "Tự kiểm chứng",
        "how": "Tệp openings.json mở các mục sổ cái của riêng bạn. "
        "Lệnh này không cần tài khoản và không phải tin chúng tôi:",
        "programs": "data.json chứa cùng nội dung cho máy đọc; khách hàng khác và nhà cung cấp khác đều dùng được.",
        "rights": "quyền của bạn",
        "subject": "Bạn",
        "service": "Dịch vụ",
        "staff": "Nhân viên",
        "none": "Không có gì.",
        "more": "Đây là {count} lần mới nhất; những lần cũ hơn xem được ở trang “Dữ liệu của tôi”.",
    },
    Language.EN: {
        "title": "My data",
        "lead": "A copy of everything that {controller} holds about you, made at {at}. This file can be read offline.",
        "held": "What is held",
        "item": "Item",
        "value": "Value",
        "why": "Why it is held and what it is used for",
        "until": "Kept until",
        "since": "since {at}",
        "account": "you delete the account",
        "picture": "Picture",
        "uses": "Who used your data",
        "when": "When",
        "who": "Who",
        "what": "What was done, with which items",
        "purpose": "What for",
        "entry": "Ledger entry",
        "waiting": "waiting for its place",
        "check": "Check it yourself",
        "how": "The file openings.json opens your own ledger entries. "
        "This command needs no account and no trust in us:",
        "programs": "data.json holds the same for programs; any other service can use it.",
        "rights": "your rights",
        "subject": "You",
        "service": "Service",
        "staff": "Staff",
        "none": "Nothing.",
        "more": "These are the newest {count}; the page “My data” shows those before them.",
    },
}
_DONE: Final = {
    Language.VI: {
        "collect": "thu thập",
        "use": "đọc",
        "share": "đưa ra ngoài",
        "consent": "sự đồng ý",
        "agreement": "đồng ý thay đổi",
        "refusal": "từ chối",
        "withdraw": "rút lại sự đồng ý hoặc chấp thuận",
        "request": "yêu cầu",
        "erase": "xóa",
        "policy": "chính sách",
        "epoch": "đổi khóa",
        "checkpoint": "ký sổ cái",
        "restored": "khôi phục",
        "session": "đăng nhập hoặc đăng xuất",
        "staff": "tài khoản nhân viên",
        "notice": "thông báo",
        "permit": "",
        "done": "",
        "ask": " (chưa làm: phải hỏi bạn trước)",
        "deny": " (bị từ chối)",
    },
    Language.EN: {
        "collect": "collected",
        "use": "read",
        "share": "given out",
        "consent": "consent",
        "agreement": "agreement to a change",
        "refusal": "refusal",
        "withdraw": "withdrawal of a consent or agreement",
        "request": "request",
        "erase": "erased",
        "policy": "policy",
        "epoch": "keys renewed",
        "checkpoint": "ledger signed",
        "restored": "restored",
        "session": "signed in or out",
        "staff": "staff account",
        "notice": "notice",
        "permit": "",
        "done": "",
        "ask": " (not done: you must be asked first)",
        "deny": " (refused)",
    },
}


def render_page(
    data: dict[str, Any], files: Mapping[str, bytes], policy: Policy, language: Language, *, origin: str
) -> str:
    """Return the page of a copy as HTML, *personal*.

    Args:
        data: what `data.json` holds.
        files: name in the archive -> content of the files that apps gave.
        policy: the version in force, for labels.
        language: of the page.
        origin: public address of the service, for the command that checks the ledger.
    """
    said = _SAID[language]
    lead = said["lead"].format(controller=data["controller"]["name"][language], at=shown_time(data["made_at"]))
    command = f"camket ledger openings openings.json --ledger {origin}/ledger/"
    return (
        f'<!doctype html>\n<html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CSP}">'
        f"<title>{escape(said['title'])}</title><style>{_STYLE}</style></head><body><main>\n"
        f"<h1>{escape(said['title'])}</h1>\n<p>{escape(lead)}</p>\n"
        f"<h2>{escape(said['held'])}</h2>\n{_held(data, policy, language)}\n"
        f"{_server_log(data, policy, language)}"
        f"{render_consents(data, language, table=_table)}"
        f"{render_notices(data, language, table=_table)}"
        f"{render_requests(data, language, table=_table)}"
        f"{render_holdings(data, files, language, table=_table)}\n"
        f"<h2>{escape(said['uses'])}</h2>\n{_incomplete(data, said)}{_uses(data, policy, language)}\n"
        f"<h2>{escape(said['check'])}</h2>\n<section><p>{escape(said['how'])}</p><p><code>{escape(command)}</code></p>"
        f"<p class=quiet>{escape(said['programs'])}</p></section>\n</main></body></html>\n"
    )


def _held(data: dict[str, Any], policy: Policy, language: Language) -> str:
    said = _SAID[language]
    kinds = {item.id: item.kind for item in policy.items}
    purposes = {one.id: one.label[language] for one in policy.purposes}
    services = {one.id: one.label[language] for one in policy.services}
    places = {item.id: place for place, item in enumerate(policy.items)}
    rows = []
    shown = [one for one in data["values"] if one["item"] not in LOG_ITEMS]
    for value in sorted(shown, key=lambda one: places.get(one["item"], len(places))):
        used = ", ".join(purposes[one] for one in value["purposes"])
        until = shown_time(value["kept_until"]) if value["kept_until"] else said["account"]
        because = escape((value["kept_because"] or {}).get(language.value, "")) or _cited(value["article"], language)
        since = said["since"].format(at=shown_time(value["collected_at"]))
        rows.append(
            (
                f"<b>{escape(value['label'][language.value])}</b>",
                _shown(value, kinds.get(value["item"]), language, services),
                f"{escape(value['why'][language.value])}<br><small>{escape(used)}</small>",
                f"{escape(until)}<br><small>{because} ({escape(since)})</small>",
            )
        )
    return _table((said["item"], said["value"], said["why"], said["until"]), rows, said["none"])


def _server_log(data: dict[str, Any], policy: Policy, language: Language) -> str:
    """Return the lines of the server log; the four values of each block stand in `data.json`, side by side here."""
    items = logged_items(policy)
    if not data["server_log"] or not items:
        return ""
    because = "".join(f"<b>{escape(item.label[language])}</b>: {escape(item.why[language])}<br>" for item in items)
    fields = {item.id: item.id.rpartition(".")[2].replace("time", "at") for item in items}
    rows = [
        tuple(escape(shown_time(line[field]) if field == "at" else line[field]) for field in fields.values())
        for line in data["server_log"]
    ]
    return (
        f"<h2>{escape(policy.categories[items[0].category][language])}</h2>\n"
        f"<p>{because}<small>{escape(items[0].maximum.reason[language])}</small></p>\n"
        f"{_table([item.label[language] for item in items], rows, '')}\n"
    )


def _cited(article: str | None, language: Language) -> str:
    """Return the name of an article as HTML; it is Vietnamese whatever the page is in."""
    shown = escape(article or "")
    return shown if language is Language.VI or not shown else f'<span lang="vi">{shown}</span>'


def _shown(value: dict[str, Any], kind: ItemKind | None, language: Language, services: dict[str, str]) -> str:
    if value["file"]:
        return f'<img src="{escape(value["file"])}" alt="{escape(_SAID[language]["picture"])}">'
    text = value["value"] if kind is None else show(kind, value["value"])
    if kind is ItemKind.FACT:
        text = services.get(text) or shown_time(text)
    return escape(text)


def _incomplete(data: dict[str, Any], said: Mapping[str, str]) -> str:
    return "" if data["uses_complete"] else f"<p>{escape(said['more'].format(count=len(data['uses'])))}</p>\n"


def _uses(data: dict[str, Any], policy: Policy, language: Language) -> str:
    said, done = _SAID[language], _DONE[language]
    labels = {item.id: item.label[language] for item in policy.items}
    purposes = {one.id: one.label[language] for one in policy.purposes} | {RIGHTS_PURPOSE: said["rights"]}
    rows = []
    for use in data["uses"]:
        who, _, name = use["who"].partition(":")
        items = ", ".join(labels.get(item, item) for item in use["items"])
        entry = said["waiting"] if use["ledger_index"] is None else str(use["ledger_index"])
        rows.append(
            (
                escape(shown_time(use["at"])),
                escape(f"{said[who]} {name}".strip()),
                f"{escape(done[use['action']] + done[use['outcome']])}<br><small>{escape(items)}</small>",
                escape(purposes.get(use["purpose"], use["purpose"] or "")),
                escape(entry),
            )
        )
    return _table((said["when"], said["who"], said["what"], said["purpose"], said["entry"]), rows, said["none"])


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
