"""What a difference does to one subject, by their history."""

from dataclasses import replace
from datetime import UTC, datetime

from camket.core.consent.facts import Consent
from camket.core.gate.history import History
from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.gate.touch import Touch, touches
from camket.core.policy.diff import compare
from camket.core.policy.model import Clock, Limit, Policy
from camket.core.policy.version import consent_hash
from camket.core.terms import Basis, Ground, Right
from tests.property.gate.build import (
    TEXT,
    make_item,
    make_policy,
    make_purpose,
    make_recipient,
    make_right,
    make_service,
    make_version,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
SHORT = Limit(clock=Clock.COLLECTED, days=30, reason=TEXT)
LONG = Limit(clock=Clock.COLLECTED, days=90, reason=TEXT)
PLAIN = make_policy(services=(make_service("account"),), items=(make_item("email", maximum=LONG),), grounds=())


def touched(policies: list[Policy], facts: SubjectFacts) -> dict[str, Touch]:
    """Return what the last change does to a subject, by the sentence of each difference."""
    versions = tuple(make_version(number, policy) for number, policy in enumerate(policies, start=1))
    before, after = History(versions[:-1]), History(versions)
    diff = compare(versions[-2], versions[-1])
    return {
        one.says["en"]: touches(one, before.standing(facts), after.standing(facts))  # type: ignore[index]  # a language is its code
        for one in diff.differences
    }


def only(policies: list[Policy], facts: SubjectFacts) -> Touch:
    """Return what the one difference of the last change does."""
    (touch,) = touched(policies, facts).values()
    return touch


def test_who_never_had_it_is_not_touched_by_its_end() -> None:
    """A use that is taken out touches who joined with it or agreed to it, and not who never said yes to it."""
    used = replace(PLAIN, purposes=(make_purpose("provide", ("email",)),))
    policies = [PLAIN, used, PLAIN]
    yes = Agreement(version=2, clause="use(email, provide, stated)", at=AT)
    assert only(policies, SubjectFacts(joined=1)) is Touch.NOT
    assert only(policies, SubjectFacts(joined=1, agreements=(yes,))) is Touch.AT_ONCE
    assert only(policies, SubjectFacts(joined=1, agreements=(replace(yes, withdrawn_at=AT),))) is Touch.NOT
    assert only(policies, SubjectFacts(joined=2)) is Touch.AT_ONCE


def test_who_was_there_for_something_better_keeps_it() -> None:
    """A right that a newcomer would get with a longer deadline waits for who has a shorter one, and not for others."""
    long, short = (replace(PLAIN, rights=(make_right(Right.ACCESS, complete_days=days),)) for days in (30, 10))
    assert only([long, short, long], SubjectFacts(joined=1)) is Touch.WAITS
    assert only([long, short], SubjectFacts(joined=1)) is Touch.AT_ONCE
    assert only([short, long, short], SubjectFacts(joined=1)) is Touch.NOT


def test_a_maximum_touches_whom_it_ends_otherwise_for() -> None:
    """A shorter maximum touches nobody whose limit was shorter already; a longer one waits; an item's end erases."""
    short = replace(PLAIN, items=(make_item("email", maximum=SHORT),))
    assert only([PLAIN, short], SubjectFacts(joined=1)) is Touch.AT_ONCE
    assert only([short, PLAIN], SubjectFacts(joined=1)) is Touch.WAITS
    assert only([short, PLAIN, short], SubjectFacts(joined=1)) is Touch.NOT
    phone = replace(PLAIN, items=(*PLAIN.items, make_item("phone")))
    gone = touched([phone, PLAIN], SubjectFacts(joined=1))
    assert set(gone.values()) == {Touch.AT_ONCE}
    assert len(gone) == 2


def test_a_consent_decides_where_a_clause_rests_on_one() -> None:
    """A use on consent that comes waits for everyone; one that goes touches who said yes and did not take it back."""
    asked = replace(PLAIN, purposes=(make_purpose("promote", ("email",), basis=Basis.CONSENT),))
    assert only([PLAIN, asked], SubjectFacts(joined=1)) is Touch.WAITS
    yes = Consent(
        purpose="promote",
        items=("email",),
        clause_hash=consent_hash(asked, purpose="promote"),
        given_at=AT,
        version=1,
    )
    assert only([asked, PLAIN], SubjectFacts(joined=1)) is Touch.NOT
    assert only([asked, PLAIN], SubjectFacts(joined=1, consents=(yes,))) is Touch.AT_ONCE
    assert only([asked, PLAIN], SubjectFacts(joined=1, consents=(replace(yes, withdrawn_at=AT),))) is Touch.NOT
    shared = replace(PLAIN, recipients=(make_recipient("bank", {Ground.CONSENT: ("email",)}),), grounds=tuple(Ground))
    ended = touched([shared, replace(PLAIN, grounds=tuple(Ground))], SubjectFacts(joined=1, consents=(yes,)))
    assert set(ended.values()) == {Touch.NOT}


def test_grounds_touch_all_or_wait_for_the_whole_version() -> None:
    """`law` holds for all at once; `terms` waits for who agrees to the version whole; what is dropped is gone."""
    law, terms = (replace(PLAIN, grounds=(ground,)) for ground in (Ground.LAW, Ground.TERMS))
    assert only([PLAIN, law], SubjectFacts(joined=1)) is Touch.AT_ONCE
    assert only([PLAIN, terms], SubjectFacts(joined=1)) is Touch.WAITS
    whole = SubjectFacts(joined=1, agreements=(Agreement(version=2, clause=None, at=AT),))
    assert only([PLAIN, terms], whole) is Touch.AT_ONCE
    assert only([PLAIN, terms, PLAIN], whole) is Touch.AT_ONCE
    assert only([PLAIN, terms, PLAIN], SubjectFacts(joined=1)) is Touch.NOT


def test_words_and_what_newcomers_give_touch_nobody() -> None:
    """Labels, and what a registration asks for from now on, change nothing for who is there."""
    other = {language: f"{text} khác" for language, text in TEXT.items()}
    assert only([PLAIN, replace(PLAIN, title=other)], SubjectFacts(joined=1)) is Touch.NOT
    assert only([PLAIN, replace(PLAIN, unconfirmed_hours=12)], SubjectFacts(joined=1)) is Touch.NOT


def test_what_is_in_no_clause_touches_all() -> None:
    """Another country of who answers for the data, or a service that comes, is for everyone at once."""
    abroad = replace(PLAIN, controller=replace(PLAIN.controller, country="SG"))
    assert only([PLAIN, abroad], SubjectFacts(joined=1)) is Touch.AT_ONCE
    more = replace(PLAIN, services=(*PLAIN.services, make_service("shop")))
    assert only([PLAIN, more], SubjectFacts(joined=1)) is Touch.AT_ONCE
