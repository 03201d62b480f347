"""What an app shows its customers of changes of the policy: a banner, as the policy's notice channels say (P17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.terms import Language
from camket.services.calendar import day_of
from camket.services.notice_texts import compare_path

if TYPE_CHECKING:
    from datetime import datetime

    from camket.services.policies import PublishedVersion

_COMING: Final = {
    Language.VI: "Chính sách dữ liệu sẽ thay đổi từ ngày {day}",
    Language.EN: "The privacy policy changes on {day}",
}
_IN_FORCE: Final = {
    Language.VI: "Chính sách dữ liệu đã thay đổi từ ngày {day}",
    Language.EN: "The privacy policy changed on {day}",
}
_TEXT: Final = {
    Language.VI: "Phiên bản {number} đã được công bố. Quyền bạn đang có không bị bớt nếu bạn chưa đồng ý.",
    Language.EN: "Version {number} is posted. No right that you have is reduced unless you agree.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A banner, in the reader's language.

    Args:
        number: of the version that it tells of.
        title: one line.
        text: one or two sentences.
        link: path of the page that says what changes.
        seen_path: where a form is sent by POST when the customer has read it; with a field `next`, the path of the page
            to go on to.
        since: aware; when what it tells of was posted.
        takes_effect_at: aware; when it is in force.
    """

    number: int
    title: str
    text: str
    link: str
    seen_path: str
    since: datetime
    takes_effect_at: datetime


def notice_of(told: PublishedVersion, language: Language, *, now: datetime) -> Notice:
    """Return the banner of a version."""
    number = told.version.number
    title = _COMING if now < told.effective_at else _IN_FORCE
    return Notice(
        number=number,
        title=title[language].format(day=day_of(told.effective_at).strftime("%d/%m/%Y")),
        text=_TEXT[language].format(number=number),
        link=compare_path(number),
        seen_path=f"/me/notices/{number}/seen",
        since=told.published_at,
        takes_effect_at=told.effective_at,
    )
