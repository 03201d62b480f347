"""Values as people read them."""

import pytest

from camket.core.policy.model import Clock, LegalMinimum, Limit
from camket.core.policy.wording import (
    country_text,
    days_text,
    fee_text,
    hours_text,
    legal_minimum_text,
    limit_text,
    working_days_text,
)
from camket.core.terms import Language

VI, EN = Language.VI, Language.EN


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (days_text(1, EN), "1 day"),
        (days_text(0, EN), "0 days"),
        (days_text(90, VI), "90 ngày"),
        (working_days_text(1, EN), "1 working day"),
        (working_days_text(2, EN), "2 working days"),
        (working_days_text(2, VI), "2 ngày làm việc"),
        (hours_text(1, EN), "1 hour"),
        (hours_text(24, EN), "24 hours"),
        (hours_text(24, VI), "24 giờ"),
        (fee_text(0, VI), "miễn phí"),
        (fee_text(20_000, VI), "20.000 ₫"),
        (fee_text(1_234_567, EN), "1.234.567 ₫"),
        (country_text("VN", VI), "Việt Nam"),
        (country_text("VN", EN), "Vietnam"),
        (country_text("ZZ", EN), "ZZ"),
    ],
)
def test_values_are_said_as_people_say_them(said: str, expected: str) -> None:
    """Singular and plural, money with dots, countries by name and unknown ones by code."""
    assert said == expected


def test_how_long_something_is_kept_is_a_clause_of_a_sentence() -> None:
    """It can follow the words `is kept`, in both languages, with or without an end of its own."""
    forever = Limit(clock=Clock.COLLECTED, days=None, reason={})
    month = Limit(clock=Clock.LAST_USED, days=30, reason={})
    assert limit_text(forever, EN) == "as long as the account exists"
    assert limit_text(forever, VI) == "chừng nào tài khoản còn"
    assert limit_text(month, EN) == "for 30 days from its last use"
    assert limit_text(month, VI) == "30 ngày kể từ lần dùng cuối"


def test_a_legal_minimum_names_its_article() -> None:
    """The sentence says that the law orders it, how long, from when, and by which article."""
    minimum = LegalMinimum(clock=Clock.ERASED, days=365, article="Art. 1", reason={})
    assert legal_minimum_text(minimum, EN) == "The law orders at least 365 days from the deletion (Art. 1)."
    assert legal_minimum_text(minimum, VI) == "Luật buộc giữ ít nhất 365 ngày kể từ khi xóa (Art. 1)."
