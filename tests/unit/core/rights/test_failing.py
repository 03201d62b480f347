"""What fails is kept as names and words, and read back; what is no step's name is refused."""

from __future__ import annotations

import pytest

from camket.core.errors import HolderFailure, InvalidValueError
from camket.core.rights.failing import Failing, failing_text, read_failing


def test_what_is_kept_reads_back() -> None:
    """By step, each once; nothing is None."""
    crm = Failing(step="holder:crm", failure=HolderFailure.TIMED_OUT)
    news = Failing(step="holder:news", failure=HolderFailure.REFUSED)
    assert failing_text([news, crm, crm]) == "holder:crm=timed_out holder:news=refused"
    assert read_failing(failing_text([news, crm])) == (crm, news)
    assert (failing_text([]), read_failing(None)) == (None, ())


def test_a_step_names_the_system_that_could_not_do_it() -> None:
    """What follows the colon; a step of camket's own names none."""
    assert Failing(step="told:crm", failure=HolderFailure.BROKEN).holder == "crm"
    assert Failing(step="pictures", failure=HolderFailure.BROKEN).holder is None


def test_a_word_of_another_release_reads_as_broken() -> None:
    """Nothing is lost of the step, and what is no step at all is left out."""
    assert read_failing("holder:crm=on_fire Alice=x") == (Failing(step="holder:crm", failure=HolderFailure.BROKEN),)


@pytest.mark.parametrize("step", ["", "Alice", "a b", "a=b", "đơn", "a" * 101])
def test_what_is_no_name_of_a_step_is_refused(step: str) -> None:
    """So that nothing that somebody typed is ever kept as one."""
    with pytest.raises(InvalidValueError):
        Failing(step=step, failure=HolderFailure.BROKEN)
