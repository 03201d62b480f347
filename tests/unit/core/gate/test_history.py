"""Versions in force, standings, and what is remembered of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from camket.core.errors import InvalidValueError
from camket.core.gate.decide import decide
from camket.core.gate.history import VERDICTS_KEPT, History, Standing
from camket.core.gate.question import Agreement, Question, SubjectFacts
from camket.core.policy.model import Clock, Limit, NoticeTerms, PolicyVersion
from camket.core.terms import Action, CaseAct, Channel, Ground, Outcome, Right, Verification
from tests.property.gate.build import (
    TEXT,
    make_case,
    make_item,
    make_policy,
    make_purpose,
    make_right,
    make_service,
    make_version,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def version(number: int, **parts: object) -> PolicyVersion:
    """Return a version with an e-mail address used to provide the service."""
    plain: dict[str, object] = {
        "services": (make_service("account"),),
        "items": (make_item("email"),),
        "purposes": (make_purpose("provide", ["email"]),),
    }
    return make_version(number, make_policy(**(plain | parts)))


def use(purpose: str, at: datetime = NOW) -> Question:
    """Return a question about the e-mail address."""
    return Question(action=Action.USE, items=("email",), purpose=purpose, at=at)


def test_there_is_no_history_without_a_version() -> None:
    """A gate without a policy does not come to be."""
    with pytest.raises(InvalidValueError, match="at least one"):
        History(())


def test_versions_have_no_gap() -> None:
    """A history with a missing or repeated number is refused."""
    for numbers in ((1, 3), (2, 1), (1, 1)):
        with pytest.raises(InvalidValueError, match="go up by one"):
            History(tuple(version(number) for number in numbers))


def test_a_subject_joined_under_a_version_in_force() -> None:
    """A subject of a version that is not there has no standing."""
    for joined in (0, 2, -1):
        with pytest.raises(InvalidValueError, match="`joined`"):
            History((version(1),)).standing(SubjectFacts(joined=joined))


def test_a_history_need_not_begin_with_the_first_version() -> None:
    """Versions that nobody joined under any more can be left out."""
    history = History((version(4), version(5)))
    standing = history.standing(SubjectFacts(joined=4))
    assert decide(standing, use("provide")).outcome is Outcome.PERMIT
    assert decide(standing, use("provide")).version == 5


def test_equal_facts_share_a_standing_and_equal_histories_a_fold() -> None:
    """Subjects who differ in facts that no agreement is among share one effective policy."""
    history = History((version(1), version(2)))
    one, other = SubjectFacts(), SubjectFacts(restricted=frozenset({"provide"}))
    assert history.standing(one) is history.standing(replace(one))
    assert history.standing(one).effective_at(NOW) is history.standing(other).effective_at(NOW)


def test_agreements_without_effect_change_no_history_hash() -> None:
    """The hash is of the policy that holds, not of how it came to hold."""
    history = History((version(1), version(2)))
    agreed = SubjectFacts(agreements=(Agreement(version=2, clause="use(email, provide, stated)", at=NOW),))
    assert history.standing(agreed).history_hash == history.standing(SubjectFacts()).history_hash


def test_no_more_answers_are_remembered_than_promised() -> None:
    """Asking ever new questions does not let a standing grow."""
    standing = Standing(History((version(1),)), SubjectFacts())
    for number in range(3 * VERDICTS_KEPT):
        decide(standing, use(f"purpose{number}"))
        assert len(standing.verdicts) <= VERDICTS_KEPT


def test_a_case_is_never_remembered_nor_answered_from_memory() -> None:
    """The same question with and without a case is two, in either order, and so are two cases."""
    plain = use("sell")
    covered, other = (
        replace(plain, case=make_case(Ground.LAW, items=frozenset({item}), acts=frozenset({CaseAct.USE})))
        for item in ("email", "phone")
    )
    for order in ((plain, covered, other), (other, covered, plain), (covered, other, plain, covered)):
        standing = Standing(History((version(1),)), SubjectFacts())
        answers = [decide(standing, question).items[0].row.name for question in order]
        rows = {plain: "undeclared", covered: "case.law", other: "case.scope"}
        assert answers == [rows[question] for question in order]


def test_a_restriction_of_all_is_one_whatever_a_purpose_is_called() -> None:
    """A purpose that was once called `all` does not turn a restriction of everything into one of itself."""
    purposes = (make_purpose("provide", ["email"], renamed_from=("sell", "all")), make_purpose("improve", ["email"]))
    standing = History((version(1, purposes=purposes),)).standing(SubjectFacts(restricted=frozenset({"all"})))
    for purpose in ("provide", "improve"):
        assert decide(standing, use(purpose)).outcome is Outcome.DENY


def test_the_reserved_purpose_is_reserved_by_its_very_name() -> None:
    """No purpose of a policy can take over the subject's own rights."""
    with pytest.raises(InvalidValueError, match="reserved"):
        version(1, purposes=(make_purpose("x", ["email"], renamed_from=("rights",)),))


def limit(days: int | None, clock: Clock = Clock.COLLECTED) -> Limit:
    """Return a maximum."""
    return Limit(clock=clock, days=days, reason=TEXT)


def kept(*limits: Limit) -> History:
    """Return a history in which one item is kept for these maxima, one after another."""
    return History(
        tuple(version(number, items=(make_item("email", maximum=one),)) for number, one in enumerate(limits, start=1))
    )


def test_the_shorter_of_two_maxima_binds() -> None:
    """A longer maximum binds only who agreed to it."""
    history = kept(limit(90), limit(400))
    assert history.standing(SubjectFacts()).keep_limits("email") == (limit(90),)
    agreed = SubjectFacts(agreements=(Agreement(version=2, clause="keep(email, P400D@collected)", at=NOW),))
    assert history.standing(agreed).keep_limits("email") == (limit(400),)


def test_a_shorter_maximum_binds_at_once() -> None:
    """Nobody is asked for what is better for them."""
    assert kept(limit(400), limit(90)).standing(SubjectFacts()).keep_limits("email") == (limit(90),)


def test_maxima_by_two_clocks_all_bind() -> None:
    """Where two maxima cannot be compared, the earlier instant counts, so both are given."""
    history = kept(limit(90), limit(30, Clock.LAST_USED), limit(None))
    assert set(map(str, history.standing(SubjectFacts()).keep_limits("email"))) == set(
        map(str, (limit(90), limit(30, Clock.LAST_USED), limit(None)))
    )


def test_dropping_an_item_and_adding_it_again_keeps_nothing_longer() -> None:
    """The maximum that once bound still binds when the item comes back."""
    short, long = make_item("phone", maximum=limit(30)), make_item("phone", maximum=limit(400))
    history = History(
        (version(1, items=(make_item("email"), short)), version(2), version(3, items=(make_item("email"), long)))
    )
    assert history.standing(SubjectFacts()).keep_limits("phone") == (limit(30),)


def test_an_unknown_item_has_no_limit() -> None:
    """Nothing is said about how long something is kept that nobody declared."""
    assert kept(limit(90)).standing(SubjectFacts()).keep_limits("passport") == ()


def righted(*terms: dict[str, object] | None) -> History:
    """Return a history in which the right to erase has these terms, one after another; None is without it."""
    return History(
        tuple(
            version(number, rights=() if one is None else (make_right(Right.ERASE, **one),))
            for number, one in enumerate(terms, start=1)
        )
    )


def test_a_right_is_lost_only_by_agreement() -> None:
    """A version without a right takes it from nobody who had it, unless they agree."""
    history = righted({}, None)
    assert Right.ERASE in history.standing(SubjectFacts()).rights
    agreed = SubjectFacts(agreements=(Agreement(version=2, clause="right(erase, present, no)", at=NOW),))
    assert Right.ERASE not in history.standing(agreed).rights


def test_a_right_is_gained_at_once() -> None:
    """A version with a new right gives it to all."""
    assert Right.ERASE in righted(None, {}).standing(SubjectFacts()).rights


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        (Verification.SESSION, Verification.EMAIL_CODE, Verification.EMAIL_CODE),
        (Verification.EMAIL_CODE, Verification.PASSKEY, Verification.EMAIL_CODE),
        (Verification.EMAIL_CODE, Verification.SESSION, Verification.EMAIL_CODE),
        (Verification.PASSKEY, Verification.EMAIL_CODE, Verification.PASSKEY),
    ],
)
def test_verification_is_raised_only_where_it_is_open_to_all(
    before: Verification, after: Verification, holds: Verification
) -> None:
    """A weaker proof protects less, and one that not everybody can give keeps people from their right."""
    standing = righted({"verification": before}, {"verification": after}).standing(SubjectFacts())
    assert standing.rights[Right.ERASE].verification is holds


def test_a_longer_reply_agreed_to_alone_ends_when_the_request_has_to_be_done() -> None:
    """The reply is never later than what it replies to."""
    history = righted({"reply_days": 2, "complete_days": 5}, {"reply_days": 10, "complete_days": 20})
    agreed = SubjectFacts(agreements=(Agreement(version=2, clause="right(erase, reply, P10D)", at=NOW),))
    terms = history.standing(agreed).rights[Right.ERASE]
    assert (terms.reply_days, terms.complete_days) == (5, 5)


def test_a_notice_is_lost_only_by_agreement() -> None:
    """A channel that is given up, or a shorter lead, binds only who agreed to it."""
    notice = NoticeTerms(service="account", channel=Channel.EMAIL, lead_days=30)
    history = History((version(1, notices=(notice,)), version(2)))
    assert history.standing(SubjectFacts()).notices == (notice,)
    agreed = SubjectFacts(agreements=(Agreement(version=2, clause="notice(account, email, none)", at=NOW),))
    assert history.standing(agreed).notices == ()


def test_open_clauses_are_those_that_an_answer_would_change() -> None:
    """A page asks for what is worse for the subject, and for nothing that binds anyway or rests on consent."""
    wider = version(
        2,
        items=(make_item("email", maximum=limit(90)), make_item("phone")),
        rights=(make_right(Right.ERASE, fee_vnd=5), make_right(Right.ACCESS)),
    )
    narrow = version(1, items=(make_item("email", maximum=limit(30)),), rights=(make_right(Right.ERASE),))
    standing = History((narrow, wider)).standing(SubjectFacts())
    assert [clause.id for clause in standing.open_clauses] == [
        "collect(phone, account, provided)",
        "keep(email, P90D@collected)",
        "right(erase, fee, 5)",
    ]
    assert [clause.id for clause in standing.clauses] == [
        "collect(email, account, provided)",
        "use(email, provide, stated)",
    ]


def test_after_agreeing_to_the_version_whole_no_clause_is_open() -> None:
    """Whoever agreed to everything is asked for nothing."""
    history = History((version(1), version(2, items=(make_item("email"), make_item("phone")))))
    agreed = SubjectFacts(agreements=(Agreement(version=2, clause=None, at=NOW),))
    assert history.standing(agreed).open_clauses == ()


def test_what_is_remembered_ends_where_time_changes_the_answer() -> None:
    """An answer that was remembered before an agreement counts is not given after it."""
    history = History(
        (version(1), version(2, purposes=(make_purpose("provide", ["email"]), make_purpose("sell", ["email"]))))
    )
    standing = history.standing(SubjectFacts(agreements=(Agreement(version=2, clause=None, at=NOW),)))
    before, after = use("sell", NOW - timedelta(microseconds=1)), use("sell", NOW)
    for _ in range(2):
        assert decide(standing, before).outcome is Outcome.ASK
        assert decide(standing, after).outcome is Outcome.PERMIT
