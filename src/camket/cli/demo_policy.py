"""The policy as it read when the demonstration begins: different enough from today that there is a change to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.policy.source import DECLARATIONS

if TYPE_CHECKING:
    from camket.core.policy.source import PolicyFiles

SINCE_CHANGED: Final = (
    # What was kept for 60 days is kept for 90: that waits for the yes of whoever was there before.
    ("    maximum: 90 days\n    clock: last_used\n", "    maximum: 60 days\n    clock: last_used\n"),
    ("trong 90 ngày thì không cần nhớ", "trong 60 ngày thì không cần nhớ"),
    ("not seen for 90 days need not be remembered", "not seen for 60 days need not be remembered"),
    # What is written to support is read to improve the services: that waits too.
    ("      - shop.printer_used\n      - support.message\n\n  develop:", "      - shop.printer_used\n\n  develop:"),
    # Customers of the support hear of changes earlier: that holds for everyone at once.
    ("  support:\n    page: 30 days\n", "  support:\n    page: 15 days\n"),
)
"""What the declarations say today, and what they said before."""


def earlier_policy(files: PolicyFiles) -> PolicyFiles | None:
    """Return the policy as it read before; None for an operator's own, of which we know no earlier text."""
    text = files[DECLARATIONS].decode("utf-8", errors="replace")
    for now, before in SINCE_CHANGED:
        if text.count(now) != 1:
            return None
        text = text.replace(now, before)
    return {**files, DECLARATIONS: text.encode()}
