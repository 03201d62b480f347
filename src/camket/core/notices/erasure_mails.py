"""The mail that says that an account will be deleted, and how to keep it."""

from __future__ import annotations

from typing import Final

from camket.core.notices.text import MailTemplate, worded
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Language

ERASURE_AHEAD: Final = MailTemplate(
    id="erasure_ahead",
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "until"}),
    wordings={
        Language.VI: worded(
            "Tài khoản của bạn ở {controller} sắp bị xóa",
            "Chào {name},",
            "Theo yêu cầu của bạn, sau khi xác minh, tài khoản của bạn sẽ bị xóa từ ngày {until}.",
            "Đến lúc đó mọi thứ vẫn như cũ. Nếu bạn đổi ý, hoặc không phải bạn yêu cầu, hãy mở “Dữ liệu của tôi” "
            "và bấm “Giữ tài khoản”: {origin}/me. Chỉ đăng nhập thôi thì việc xóa không dừng lại.",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "Your account with {controller} will be deleted",
            "Hello {name},",
            "At your request, after a check that it was you, your account will be deleted from {until} on.",
            "Until then everything is as it was. If you change your mind, or if it was not you, open “My data” and "
            "press “Keep the account”: {origin}/me. Signing in alone does not stop it.",
            "— {controller} · {origin}",
        ),
    },
)
"""Sent where there is time between the yes and the deletion."""
