"""Which changes customers hear of before they take effect."""

import pytest

from camket.core.policy.compile import compile_policy
from camket.core.policy.diff import compare
from camket.core.policy.notice_time import needs_notice_time
from tests.unit.core.policy.files import changed, default_files

COLLECTED_TWICE = """    collected:
      - {service: account, source: observed}
      - {service: shop, source: observed}
"""
MINIMUM = "minimum: 730 days"
CASES = {
    "words": ("Xóa dữ liệu", "Xóa hết dữ liệu", False),
    "a comment": ("# the format of this file", "# its format", False),
    "kept for a shorter time": ("maximum: 400 days", "maximum: 390 days", False),
    "a right that is quicker": ("complete: 20 days", "complete: 15 days", False),
    "a longer notice time": ("page: 30 days", "page: 40 days", False),
    "collected in one service less": (COLLECTED_TWICE, COLLECTED_TWICE.rpartition("      -")[0], True),
    "kept for a longer time": ("maximum: 400 days", "maximum: 500 days", True),
    "a right that is slower": ("complete: 20 days", "complete: 25 days", True),
    "another address": ("privacy@quay.example", "dpo@quay.example", True),
    "another country of the relay": (
        "name: mail.quay.example\n  country: VN",
        "name: mail.quay.example\n  country: SG",
        True,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_better_and_more_than_words_is_told_beforehand(case: str) -> None:
    """Words, gains and losses of what is held: only a gain that erases something waits like a loss."""
    old, new, waits = CASES[case]
    before = default_files()
    diff = compare(compile_policy(before, number=1), compile_policy(changed(before, "policy.yaml", old, new), number=2))
    assert needs_notice_time(diff) is waits


def test_what_a_law_orders_need_not_wait() -> None:
    """A legal minimum has the law's own date; with something else beside it, that waits."""
    before = default_files()
    text = before["policy.yaml"].decode()
    assert MINIMUM in text
    lawful = changed(before, "policy.yaml", MINIMUM, "minimum: 700 days")
    version = compile_policy(before, number=1)
    assert compare(version, compile_policy(lawful, number=2)).significant
    assert not needs_notice_time(compare(version, compile_policy(lawful, number=2)))
    more = changed(lawful, "policy.yaml", "maximum: 400 days", "maximum: 500 days")
    assert needs_notice_time(compare(version, compile_policy(more, number=2)))
