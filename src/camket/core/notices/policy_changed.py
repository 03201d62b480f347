"""The mail that tells of a significant change of the policy: a service notice, which the policy promises (P10, P17)."""

from __future__ import annotations

from typing import Final

from camket.core.notices.text import MailTemplate, worded
from camket.core.policy.model import ItemKind
from camket.core.terms import Language

POLICY_CHANGED: Final = MailTemplate(
    id="policy_changed",
    purpose="notify",
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "number", "day", "changes", "asks", "link", "why"}),
    wordings={
        Language.VI: worded(
            "Chính sách dữ liệu của {controller} thay đổi",
            "Chào {name},",
            "Chính sách dữ liệu của chúng tôi có phiên bản mới, phiên bản {number}, có hiệu lực từ ngày {day}.",
            "Áp dụng cho mọi người từ ngày đó:\n{changes}",
            "Chỉ áp dụng cho bạn khi bạn đồng ý, từng điều một. Nếu bạn không trả lời, bạn giữ nguyên những gì "
            "đang có:\n{asks}",
            "So sánh hai phiên bản, từng điều một: {link}",
            "— {why}",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "The privacy policy of {controller} changes",
            "Hello {name},",
            "Our privacy policy has a new version, number {number}, in force from {day}.",
            "This holds for everyone from that day on:\n{changes}",
            "This holds for you only once you agree, each on its own. If you do not answer, you keep what you "
            "have:\n{asks}",
            "Compare the two versions, point by point: {link}",
            "— {why}",
            "— {controller} · {origin}",
        ),
    },
    bulk=True,
)

WHY: Final = {
    Language.VI: "Thư này không có nút hủy nhận: chính sách hứa báo trước cho mọi khách hàng khi chính sách thay đổi, "
    "và lời hứa đó giữ cho quyền của bạn. Tin cải tiến thì hủy được bất cứ lúc nào.",
    Language.EN: "You cannot unsubscribe from this mail: the policy promises to tell every customer before it changes, "
    "and that promise guards your rights. Improvement news can be ended at any time.",
}
"""Why no one can be unsubscribed from a service notice."""

MORE: Final = {
    Language.VI: "… và {count} điều khác, ở trang so sánh.",
    Language.EN: "… and {count} more, on the page that compares them.",
}
"""Ends a list that is too long for a mail."""
