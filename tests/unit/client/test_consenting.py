from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pytest

from camket.client.local import AskError, Camket, ConflictError, DeniedError, Language, NotFoundError
from camket.core.terms import Outcome
from camket.services.consents import OwnState
from camket.services.policies import publish_policy
from camket.services.signals import note_gpc
from camket.testing.service import register
from tests.unit.services.consenting import changed_policy

if TYPE_CHECKING:
    from camket.bootstrap import Runtime
    from camket.client.local import Ask

EMAIL = ("email",)
SUPPORT = "      - {service: support, source: provided}\n"


def asked(shop: Camket, subject_id: str) -> Ask:
    """Return what to show before the e-mail address is used for news."""
    ask = shop.ask(subject_id, EMAIL, purpose="promote", language=Language.EN, next_path="/quay/settings?tab=2")
    assert ask is not None
    return ask


def test_what_needs_no_answer_is_not_asked(shop: Camket, alice: str) -> None:
    """A stated purpose, one that is denied whatever one says, and who is not there: nothing to show."""
    assert shop.ask(alice, EMAIL, purpose="notify") is None
    assert shop.ask(alice, EMAIL, purpose="sell") is None
    assert shop.ask("nobody", EMAIL, purpose="promote") is None


def test_a_question_has_all_that_is_to_be_shown(shop: Camket, alice: str) -> None:
    """Title, what for, which items and the way back, in the language asked for; asking twice is asking once."""
    ask = asked(shop, alice)
    assert ask.language is Language.EN
    assert "offers" in ask.title
    assert any("E-mail address" in paragraph for paragraph in ask.body)
    assert ask.path == f"/ask/{ask.question_id}?next=%2Fquay%2Fsettings"
    assert ask.clauses == ()
    assert asked(shop, alice).question_id == ask.question_id
    assert shop.decide(alice, EMAIL, purpose="promote").outcome is Outcome.ASK


def test_the_link_and_the_problem_carry_the_question(shop: Camket, alice: str) -> None:
    """For a page: a link that the component understands, escaped; for an API: problem details with a stable word."""
    ask = asked(shop, alice)
    markup = ask.markup("Tips & <tricks>")
    assert f'<a href="{escape(ask.path)}">Tips &amp; &lt;tricks&gt;</a>' in markup
    assert (ask.problem["status"], ask.problem["code"]) == (403, "consent_required")
    question = ask.problem["question"]
    assert isinstance(question, dict)
    assert (question["id"], question["title"]) == (ask.question_id, ask.title)


def test_what_was_interrupted_goes_on_after_a_yes(shop: Camket, alice: str) -> None:
    """The denied call says what to ask; after the answer the same call gives the value."""
    with pytest.raises(AskError) as stopped:
        shop.get(alice, EMAIL, purpose="promote")
    ask = shop.ask_about(alice, stopped.value.decision, next_path="/quay/")
    assert ask is not None
    assert shop.answer(alice, ask.question_id, yes=True).given
    (email,) = shop.get(alice, EMAIL, purpose="promote")["email"]
    assert email.text == "alice0@shop.example"
    assert shop.ask(alice, EMAIL, purpose="promote") is None


def test_a_no_is_kept_for_the_quiet_time(shop: Camket, alice: str) -> None:
    """It is denied and not asked again; the app goes on without."""
    answered = shop.answer(alice, asked(shop, alice).question_id, yes=False)
    assert answered.quiet_until is not None
    assert shop.ask(alice, EMAIL, purpose="promote") is None
    with pytest.raises(DeniedError):
        shop.get(alice, EMAIL, purpose="promote")


def test_a_withdrawal_in_the_app_holds_at_once(shop: Camket, alice: str) -> None:
    """The value is not given any more, what stops is said, and the same is not asked again right away."""
    shop.answer(alice, asked(shop, alice).question_id, yes=True)
    withdrawn = shop.withdraw(alice, purpose="promote")
    assert withdrawn is not None
    assert withdrawn.stops[Language.EN]
    with pytest.raises(DeniedError):
        shop.get(alice, EMAIL, purpose="promote")
    assert shop.ask(alice, EMAIL, purpose="promote") is None
    assert shop.withdraw(alice, purpose="promote") is None


def test_an_answer_is_to_ones_own_open_question(shop: Camket, service: Runtime, alice: str) -> None:
    """Someone else's question, an unknown one, and one that was withdrawn since: refused, and nothing changes."""
    bob = register(service, 1, name="Bob")
    question = asked(shop, alice).question_id
    for subject_id, question_id in ((bob, question), (alice, "0" * 32)):
        with pytest.raises(NotFoundError):
            shop.answer(subject_id, question_id, yes=True)
    assert shop.decide(bob, EMAIL, purpose="promote").outcome is Outcome.ASK
    shop.answer(alice, question, yes=True)
    shop.withdraw(alice, purpose="promote")
    with pytest.raises(ConflictError):
        shop.answer(alice, question, yes=True)
    assert shop.decide(alice, EMAIL, purpose="promote").outcome is not Outcome.PERMIT


def test_an_app_sees_where_each_consent_stands(shop: Camket, service: Runtime, alice: str) -> None:
    """Never asked, unanswered, given, and suspended by the signal of a browser."""

    def state() -> OwnState:
        (one,) = [one for one in shop.consents(alice, Language.VI) if one.purpose == "promote"]
        return one.state

    assert state() is OwnState.NEVER_ASKED
    question = asked(shop, alice).question_id
    assert state() is OwnState.UNANSWERED
    shop.answer(alice, question, yes=True)
    assert state() is OwnState.VALID
    note_gpc(service.context, alice)
    assert state() is OwnState.SUSPENDED
    assert shop.ask(alice, EMAIL, purpose="promote") is None


def test_a_new_place_of_collecting_is_asked_for_at_its_first_use(shop: Camket, service: Runtime, alice: str) -> None:
    """Who joined before it was declared agrees to that clause alone; then the same call keeps the value."""
    publish_policy(
        service.context, changed_policy((SUPPORT, f"{SUPPORT}      - {{service: shop, source: provided}}\n"))
    )
    with pytest.raises(AskError) as stopped:
        shop.put(alice, {"support.message": "Máy in không chạy."})
    ask = shop.ask_about(alice, stopped.value.decision, next_path="/quay/settings")
    assert ask is not None
    (clause,) = ask.clauses
    assert clause.clause == "collect(support.message, shop, provided)"
    assert shop.answer(alice, ask.question_id, yes={clause.clause: True}).given
    assert shop.put(alice, {"support.message": "Máy in không chạy."})
