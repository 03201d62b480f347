"""Which steps of a request fail, and why, as one short text that a row keeps: names and words, nothing personal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import HolderFailure, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEP: Final = re.compile(r"[a-z0-9][a-z0-9:._-]{0,99}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Failing:
    """One step that cannot be done now; it is tried again.

    Args:
        step: its name; what follows a colon names the app or the other system, `holder:crm`.
        failure: why.

    Raises:
        InvalidValueError: the step's name has other characters than lower-case letters, digits, colons, dots, dashes.
    """

    step: str
    failure: HolderFailure

    def __post_init__(self) -> None:
        if _STEP.fullmatch(self.step) is None:
            raise InvalidValueError("a step's name is lower-case letters, digits, colons, dots, dashes")

    @property
    def holder(self) -> str | None:
        """The name of the app or other system that could not do it; None where it is a step of camket's own."""
        return self.step.partition(":")[2] or None


def failing_text(failing: Iterable[Failing]) -> str | None:
    """Return what a row keeps: `holder:crm=timed_out`, by step, with a space between two; None where nothing fails."""
    return " ".join(f"{one.step}={one.failure.value}" for one in sorted(set(failing))) or None


def read_failing(text: str | None) -> tuple[Failing, ...]:
    """Return what a row keeps as values; a word that is not known any more reads as `broken`."""
    found = [one.partition("=") for one in (text or "").split()]
    known = {failure.value: failure for failure in HolderFailure}
    return tuple(
        Failing(step=step, failure=known.get(word, HolderFailure.BROKEN))
        for step, _, word in found
        if _STEP.fullmatch(step)
    )
