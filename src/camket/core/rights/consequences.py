"""What a subject accepts before an erasure: in words, and as a hash that binds the yes to what was shown.

Source: LAW Art. 14.1(a): deletion on request needs the subject's explicit acceptance of its consequences.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.terms import Language

if TYPE_CHECKING:
    from datetime import date

    from camket.core.policy.model import Text

CONSEQUENCES: Final[tuple[Text, ...]] = (
    {
        Language.VI: "Tài khoản và dữ liệu của bạn bị xóa, không ai khôi phục được, kể cả chúng tôi.",
        Language.EN: "Your account and your data are deleted; no one can restore them, not even we.",
    },
    {
        Language.VI: "Bạn bị đăng xuất khỏi mọi thiết bị và không đăng nhập lại được.",
        Language.EN: "You are signed out of every device and cannot sign in again.",
    },
    {
        Language.VI: "Điều luật buộc giữ sẽ nằm dưới một khóa riêng, chỉ mở khi có căn cứ pháp luật, "
        "và mất đúng ngày đã ghi.",
        Language.EN: "What the law orders us to keep lies under a key of its own, opens only on a legal ground, "
        "and goes on the date that is stated.",
    },
    {
        Language.VI: "Giấy chứng nhận xóa chỉ nằm trong tay bạn: hãy tải về trong 24 giờ.",
        Language.EN: "The certificate of deletion is in your hands alone: download it within 24 hours.",
    },
)
"""Every consequence, in the order in which it is shown."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Stays:
    """An item that outlives the erasure.

    Args:
        article: which article orders it.
        until: the day on which it goes.
    """

    item: str
    article: str
    until: date


def acceptance_hash(*, goes: frozenset[str], stays: frozenset[Stays], cooling_off_days: int) -> str:
    """Return the hex SHA-256 of what is accepted: the consequences, what goes, what stays and until when.

    Args:
        goes: ids of the items of which at least one value is destroyed.
        stays: the items that are held.
        cooling_off_days: between acceptance and erasure.
    """
    shown = [
        "camket erasure v1",
        [dict(sorted(text.items())) for text in CONSEQUENCES],
        sorted(goes),
        [[one.item, one.article, one.until.isoformat()] for one in sorted(stays)],
        cooling_off_days,
    ]
    return sha256(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
