"""What an app shows its customers of policy versions to come: a banner, as the policy's notice channels say (P17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.terms import Language
from camket.services.calendar import day_of

if TYPE_CHECKING:
    from datetime import datetime

    from camket.services.policies import PublishedVersion

_TITLE: Final = {
    Language.VI: "Chính sách dữ liệu sẽ thay đổi từ ngày {day}",
    Language.EN: "The privacy policy changes on {day}",
}
_TEXT: Final = {
    Language.VI: "Bản {number} đã được đăng để bạn đọc trước. Quyền bạn đang có không bị bớt nếu bạn chưa đồng ý.",
    Language.EN: "Version {number} is posted for you to read. No right that you have is reduced unless you agree.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A banner, in the reader's language.

    Args:
        title: one line.
        text: one or two sentences.
        link: path of the page that says it whole.
        since: aware; when what it tells of was posted.
        takes_effect_at: aware; when it is in force.
    """

    title: str
    text: str
    link: str
    since: datetime
    takes_effect_at: datetime


def notice_of(coming: PublishedVersion, language: Language) -> Notice:
    """Return the banner of a version that is still to take effect."""
    number = coming.version.number
    return Notice(
        title=_TITLE[language].format(day=day_of(coming.effective_at).strftime("%d/%m/%Y")),
        text=_TEXT[language].format(number=number),
        link=f"/policy/versions/{number}",
        since=coming.published_at,
        takes_effect_at=coming.effective_at,
    )
