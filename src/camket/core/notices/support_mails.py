"""Mails about the threads of requests. What staff wrote is not in the mail: it leads to the page where it stands."""

from __future__ import annotations

from typing import Final

from camket.core.notices.text import MailTemplate, worded
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Language

STAFF_WROTE: Final = MailTemplate(
    id="staff_wrote",
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "number", "request"}),
    wordings={
        Language.VI: worded(
            "{controller} đã viết cho bạn",
            "Chào {name},",
            "Chúng tôi vừa viết cho bạn trong yêu cầu {number}. Đọc và trả lời tại đây: {origin}/support/{request} "
            "(không cần đăng nhập: {origin}/requests/{number})",
            "Mọi trao đổi với bộ phận hỗ trợ đều miễn phí.",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "{controller} wrote to you",
            "Hello {name},",
            "We have just written to you about your request {number}. Read it and answer here: "
            "{origin}/support/{request} (without signing in: {origin}/requests/{number})",
            "Everything you ask of support is free of charge.",
            "— {controller} · {origin}",
        ),
    },
)
