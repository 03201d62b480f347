"""The mail that brings improvement news: it rests on consent, and one click ends it (P11, RFC 8058)."""

from __future__ import annotations

from typing import Final

from camket.core.notices.text import UNSUBSCRIBE_PLACE, Line, LineKind, MailTemplate, Wording
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
        Language.VI: Wording(
            subject="Tin cải tiến từ {controller}",
            lines=(
                Line(kind=LineKind.PARAGRAPH, text="Chào {name},"),
                Line(kind=LineKind.PARAGRAPH, text="{title}"),
                Line(kind=LineKind.PARAGRAPH, text="{text}"),
                Line(
                    kind=LineKind.QUIET,
                    text="— Bạn nhận thư này vì đã đồng ý nhận tin cải tiến. Đổi ý lúc nào cũng được, chỉ một lần bấm: "
                    "{unsubscribe}",
                ),
                Line(kind=LineKind.QUIET, text="— {controller} · {origin}"),
            ),
        ),
        Language.EN: Wording(
            subject="Improvement news from {controller}",
            lines=(
                Line(kind=LineKind.PARAGRAPH, text="Hello {name},"),
                Line(kind=LineKind.PARAGRAPH, text="{title}"),
                Line(kind=LineKind.PARAGRAPH, text="{text}"),
                Line(
                    kind=LineKind.QUIET,
                    text="— You get this mail because you agreed to improvement news. Change your mind at any time, "
                    "with one click: {unsubscribe}",
                ),
                Line(kind=LineKind.QUIET, text="— {controller} · {origin}"),
            ),
        ),
    },
    bulk=True,
    unsubscribes=True,
)
