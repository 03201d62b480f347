"""What an item of one subject is used for, as the gate would answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.gate.decide import decide
from camket.core.gate.question import Question
from camket.core.terms import Action, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from camket.core.gate.history import Standing


def purposes_of(standing: Standing, item: str, at: datetime) -> tuple[str, ...]:
    """Return the purposes of the newest version that an item of this subject is used for without asking again."""
    found = []
    for purpose in standing.history.newest.policy.purposes:
        question = Question(action=Action.USE, items=(item,), at=at, purpose=purpose.id)
        if item in purpose.items and decide(standing, question).outcome is Outcome.PERMIT:
            found.append(purpose.id)
    return tuple(found)
