"""A decision and the proof that it was a yes."""

from datetime import UTC, datetime

import pytest

from camket.core.errors import DeniedError, InvalidValueError
from camket.core.gate.decide import decide
from camket.core.gate.decision import Decision, Permitted
from camket.core.gate.history import History
from camket.core.gate.question import Question, SubjectFacts
from camket.core.gate.rows import ROWS, TABLE
from camket.core.terms import Action, Ground, Language, Outcome
from tests.property.gate.build import make_item, make_policy, make_purpose, make_service, make_version

NOW = datetime(2026, 3, 1, tzinfo=UTC)
POLICY = make_policy(
    services=(make_service("account"),),
    items=(make_item("email"), make_item("phone")),
    purposes=(make_purpose("provide", ["email"]),),
)
STANDING = History((make_version(1, POLICY),)).standing(SubjectFacts())


def asked(*items: str, purpose: str = "provide") -> Decision:
    """Return a decision about a use."""
    return decide(STANDING, Question(action=Action.USE, items=items, purpose=purpose, at=NOW))


def test_a_permit_gives_its_proof() -> None:
    """The proof says what may be done, with which items, and what for."""
    decision = asked("email")
    permitted = decision.permitted()
    assert (permitted.action, permitted.items, permitted.purpose, permitted.ground) == (
        Action.USE,
        ("email",),
        "provide",
        None,
    )
    assert permitted.decision == decision


def test_a_refusal_gives_no_proof_and_says_why() -> None:
    """The message names the item, the purpose and the row, and no value."""
    with pytest.raises(DeniedError, match=r"denies: use for purpose `provide`: `phone`: .* \(silence\)"):
        asked("email", "phone").permitted()


def test_nobody_makes_a_decision_or_its_proof_but_the_gate() -> None:
    """Neither can be made by calling it."""
    with pytest.raises(TypeError, match="call `decide`"):
        Decision()
    with pytest.raises(DeniedError, match="the gate alone"):
        Permitted(asked("email"), object())


def test_two_decisions_are_equal_if_answer_and_instant_are() -> None:
    """A remembered answer equals the first one."""
    assert asked("email") == asked("email")
    assert asked("email") != asked("phone")


def test_a_question_is_about_at_least_one_item_each_once() -> None:
    """A question about nothing, or about one thing twice, cannot be made."""
    for items in ((), ("email", "email")):
        with pytest.raises(InvalidValueError, match="`items`"):
            Question(action=Action.USE, items=items, purpose="provide", at=NOW)


def test_a_question_has_an_aware_instant_and_whole_ids() -> None:
    """A naive instant, an empty id and one with a control character are refused."""
    with pytest.raises(InvalidValueError, match="time zone"):
        Question(action=Action.USE, items=("email",), purpose="provide", at=datetime(2026, 3, 1))  # noqa: DTZ001 - meant
    with pytest.raises(InvalidValueError, match="empty id"):
        Question(action=Action.USE, items=("email",), purpose="", at=NOW)
    with pytest.raises(InvalidValueError, match="control character"):
        Question(action=Action.USE, items=("email\x1fphone",), purpose="provide", at=NOW)


def test_two_questions_that_differ_have_two_keys() -> None:
    """What stands in one field is never taken for another's."""
    keys = {
        Question(action=Action.USE, items=("a",), purpose="b", at=NOW).key,
        Question(action=Action.USE, items=("a",), service="b", at=NOW).key,
        Question(action=Action.USE, items=("a",), recipient="b", at=NOW).key,
        Question(action=Action.SHARE, items=("a",), recipient="b", at=NOW).key,
        Question(action=Action.USE, items=("b", "a"), at=NOW).key,
        Question(action=Action.USE, items=("a", "b"), at=NOW).key,
        Question(action=Action.USE, items=("a",), purpose="b", ground=Ground.LAW, at=NOW).key,
    }
    assert len(keys) == 7


def test_every_row_has_a_sentence_in_both_languages() -> None:
    """Names are unique, sentences are whole, and each row has one outcome."""
    assert len(ROWS) == len(TABLE)
    for row in TABLE:
        for language in Language:
            sentence = row.sentence(language)
            assert sentence[0].isupper()
            assert sentence.endswith(".")
        assert row.vi != row.en
        assert row.outcome in Outcome
