"""The mail that brings improvement news: it rests on consent, and one click ends it (P11, RFC 8058)."""

from __future__ import annotations

from typing import Final

from camket.core.notices.text import UNSUBSCRIBE_PLACE, MailTemplate, worded
from camket.core.policy.model import ItemKind
from camket.core.terms import Language

UNSUBSCRIBE_PATH: Final = "/unsubscribe/"
"""Where the address in a mail begins that one click ends the consent at; a token follows."""

NEWS: Final = MailTemplate(
    id="news",
    purpose="promote",
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "title", "text", UNSUBSCRIBE_PLACE}),
    wordings={
        Language.VI: worded(
            "Tin cải tiến từ {controller}",
            "Chào {name},",
            "{title}",
            "{text}",
            "— Bạn nhận thư này vì đã đồng ý nhận tin cải tiến. Đổi ý lúc nào cũng được, chỉ một lần bấm: "
            "{unsubscribe}",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "Improvement news from {controller}",
            "Hello {name},",
            "{title}",
            "{text}",
            "— You get this mail because you agreed to improvement news. Change your mind at any time, with one click: "
            "{unsubscribe}",
            "— {controller} · {origin}",
        ),
    },
    bulk=True,
    unsubscribes=True,
)
