"""What a customer was told of changes of the policy, as their copy shows it: when, how, and whether it reached them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from camket.core.terms import Language
from camket.rows.notices import DeliveryState
from camket.services.copy_text import shown_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from camket.rows.notices import DeliveryRow
    from camket.services.copy_tables import MakeTable

_SAID: Final = {
    Language.VI: {
        "title": "Những điều đã báo cho bạn",
        "version": "Bản chính sách",
        "told": "Báo từ",
        "mail": "Thư điện tử",
        "read": "Bạn đã đọc",
        DeliveryState.NONE: "không hứa gửi",
        DeliveryState.QUEUED: "đang chờ gửi",
        DeliveryState.SENT: "đã giao để chuyển đi",
        DeliveryState.REFUSED: "bị từ chối",
        DeliveryState.DEAD: "không gửi được",
        DeliveryState.DENIED: "không gửi: bạn phản đối, hoặc không giữ địa chỉ",
    },
    Language.EN: {
        "title": "What we told you",
        "version": "Version of the policy",
        "told": "Told since",
        "mail": "E-mail",
        "read": "You had read it",
        DeliveryState.NONE: "none promised",
        DeliveryState.QUEUED: "waiting to be sent",
        DeliveryState.SENT: "handed over to be delivered",
        DeliveryState.REFUSED: "refused",
        DeliveryState.DEAD: "could not be sent",
        DeliveryState.DENIED: "not sent: you objected, or no address is held",
    },
}


def notices_data(rows: Sequence[DeliveryRow]) -> list[dict[str, Any]]:
    """Return `notices` of `data.json`, newest first; `docs/reference/copy-format.md` says what each field means."""
    return [
        {
            "version": row.number,
            "told_at": _instant(row.planned_at),
            "banner": row.banner,
            "mail": row.mail.value,
            "mail_at": _instant(row.settled_at),
            "message_id": row.message_id,
            "smtp_code": row.smtp_code,
            "seen_at": _instant(row.seen_at),
        }
        for row in rows
    ]


def render_notices(data: Mapping[str, Any], language: Language, *, table: MakeTable) -> str:
    """Return the section of the page as HTML, *personal*; empty where nothing was told.

    Args:
        data: what `data.json` holds.
        language: of the page.
        table: how the page makes its tables.
    """
    if not data["notices"]:
        return ""
    said = _SAID[language]
    rows = [
        (
            str(one["version"]),
            escape(shown_time(one["told_at"])),
            escape(_mail(one, said)),
            escape(shown_time(one["seen_at"])) if one["seen_at"] else "",
        )
        for one in data["notices"]
    ]
    heads = (said["version"], said["told"], said["mail"], said["read"])
    return f"<h2>{escape(said['title'])}</h2>\n{table(heads, rows, '')}\n"


def _mail(one: Mapping[str, Any], said: Mapping[str, str]) -> str:
    words = said[DeliveryState(one["mail"])]
    return f"{words}, {shown_time(one['mail_at'])}" if one["mail_at"] else words


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
