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
from camket.services.offline_page import offline_page, offline_table
from camket.services.server_log import LOG_ITEMS, logged_items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import Policy

PICTURES: Final = "pictures"
FILE_OF: Final = {Language.VI: "du-lieu-cua-toi.html", Language.EN: "my-data.html"}

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
    body = (
        f"<h2>{escape(said['held'])}</h2>\n{_held(data, policy, language)}\n"
        f"{_server_log(data, policy, language)}"
        f"{render_consents(data, language, table=offline_table)}"
        f"{render_notices(data, language, table=offline_table)}"
        f"{render_requests(data, language, table=offline_table)}"
        f"{render_holdings(data, files, language, table=offline_table)}\n"
        f"<h2>{escape(said['uses'])}</h2>\n{_incomplete(data, said)}{_uses(data, policy, language)}\n"
        f"<h2>{escape(said['check'])}</h2>\n<section><p>{escape(said['how'])}</p><p><code>{escape(command)}</code></p>"
        f"<p class=quiet>{escape(said['programs'])}</p></section>\n"
    )
    return offline_page(language, title=said["title"], lead=lead, body=body, pictures=True)


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
    return offline_table((said["item"], said["value"], said["why"], said["until"]), rows, said["none"])


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
        f"{offline_table([item.label[language] for item in items], rows, '')}\n"
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
    return offline_table((said["when"], said["who"], said["what"], said["purpose"], said["entry"]), rows, said["none"])
