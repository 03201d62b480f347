"""Why a request is not finished, in words: every failure has its sentence, in both languages, and quotes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from camket.core.errors import HolderFailure
from camket.core.terms import Language
from camket.services.request_failures import FailingView
from camket.web.failing import WHY, said_failures

SINCE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def view(holder: str | None, failure: HolderFailure, *, connected: bool = True) -> FailingView:
    """Return a step that fails."""
    label = {Language.VI: "Bản tin", Language.EN: "Newsletter"} if connected else None
    return FailingView(step=f"told:{holder}", holder=holder, label=label, failure=failure, since=SINCE)


@pytest.mark.parametrize("failure", HolderFailure)
def test_every_failure_has_its_sentence(failure: HolderFailure) -> None:
    """None is left without words, and both languages have their own."""
    (vietnamese,) = said_failures([view("news", failure)], Language.VI)
    (english,) = said_failures([view("news", failure)], Language.EN)
    assert (vietnamese.name, english.name, english.why) == ("Bản tin", "Newsletter", WHY[failure])
    assert vietnamese.why != english.why


def test_a_system_that_is_not_connected_any_more_keeps_its_name() -> None:
    """Its own name stands in the place of what it is called; a step of ours says so."""
    gone, ours = (view(holder, HolderFailure.BROKEN, connected=False) for holder in ("news", None))
    assert [one.name for one in said_failures([gone, ours], Language.EN)] == ["news", "A step of our own"]
    assert said_failures([], Language.VI) == ()
