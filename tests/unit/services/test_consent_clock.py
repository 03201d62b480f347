"""What time does to the history of consents, and that an erasure takes it whole."""

from __future__ import annotations

from datetime import timedelta

from camket.core.terms import Language
from camket.core.vault.keyring import KeyKind
from camket.jobs.kinds import KINDS
from camket.jobs.schedule import PERIODIC
from camket.rows import Json, JsonObject
from camket.services.consent_clock import CONSENTS_JOB, keep_consents
from camket.services.consents import AskedThrough, EventKind, OwnState, receipt, standing_of, withdraw
from camket.services.policies import publish_policy
from camket.services.restoring import replay_erasures
from tests import journeys
from tests.unit.services.conftest import Service
from tests.unit.services.consenting import PROMOTE_BASIS, ask, changed_policy, say


class OneRun:
    """A run of a job in the test's own thread."""

    @property
    def args(self) -> JsonObject:
        """Return nothing: this job is handed nothing."""
        return {}

    def step(self, name: str, effect: object) -> Json:
        """Refuse: this job has no steps."""
        raise NotImplementedError(name, effect)

    def result(self, name: str) -> Json:
        """Refuse: this job has no steps."""
        raise NotImplementedError(name)

    def going_on(self) -> None:
        """Keep no lease: there is none."""


def history(service: Service, subject_id: str) -> list[EventKind]:
    """Return what the history tells, oldest first."""
    return [one.kind for one in service.ctx.store.read(lambda unit: unit.consents.of_subject(subject_id))]


def test_the_end_of_a_consent_is_written_down_once(service: Service) -> None:
    """At its own instant, by nobody; not before, and not again; a withdrawn one does not also expire."""
    publish_policy(service.ctx, changed_policy((PROMOTE_BASIS, f"{PROMOTE_BASIS}    valid: 30 days\n")))
    alice = service.register().subject_id
    say(service, ask(service, alice), yes=True)
    ends_at = service.clock.now() + timedelta(days=30)
    service.clock.advance(days=30, seconds=-1)
    assert keep_consents(service.ctx, OneRun()) == 0
    service.clock.advance(hours=3)
    assert keep_consents(service.ctx, OneRun()) == 1
    assert keep_consents(service.ctx, OneRun()) == 0
    expired = service.ctx.store.read(lambda unit: unit.consents.of_subject(alice))[-1]
    assert (expired.kind, expired.at, expired.through) == (EventKind.EXPIRED, ends_at, AskedThrough.CLOCK)
    consent = say(service, ask(service, alice), yes=True)
    withdraw(service.ctx, subject_id=alice, consent_id=consent)
    service.clock.advance(days=60)
    assert keep_consents(service.ctx, OneRun()) == 0


def test_old_history_goes_and_what_stands_stays(service: Service) -> None:
    """After the time that records are kept the history of a withdrawn consent is dropped; a standing one's is not."""
    alice = service.register().subject_id
    say(service, ask(service, alice), yes=True)
    standing = standing_of(service.ctx, subject_id=alice, language=Language.VI).consents[0]
    service.clock.advance(days=731)
    keep_consents(service.ctx, OneRun())
    assert EventKind.GIVEN in history(service, alice)
    assert standing.consent_id is not None
    withdraw(service.ctx, subject_id=alice, consent_id=standing.consent_id)
    keep_consents(service.ctx, OneRun())
    assert history(service, alice) == [EventKind.WITHDRAWN]
    service.clock.advance(days=731)
    keep_consents(service.ctx, OneRun())
    assert history(service, alice) == []
    left = receipt(service.ctx, subject_id=alice, consent_id=standing.consent_id, language=Language.VI)
    assert (left.state, left.text) == (OwnState.WITHDRAWN, None)


def test_the_job_comes_round_by_itself() -> None:
    """It is planned every hour and there is what runs it."""
    assert {one.kind: one.every for one in PERIODIC}[CONSENTS_JOB] == timedelta(hours=1)
    assert CONSENTS_JOB in KINDS


def test_an_erasure_takes_the_whole_history(journey: journeys.Service) -> None:
    """No question, answer or fact about the subject is left; the texts, which name no one, stay."""
    alice = journeys.register(journey)
    journey.work()
    say(journey, ask(journey, alice.subject_id), yes=True)
    alice.accept_erasure()
    journey.work()
    left = journey.ctx.store.read(
        lambda unit: (unit.consents.of_subject(alice.subject_id), unit.facts.of_subject(alice.subject_id))
    )
    assert left == ((), ())


def test_a_restored_database_forgets_the_history_of_who_was_erased(service: Service) -> None:
    """What an older copy of the database still holds goes before anything is served."""
    alice = service.register().subject_id
    say(service, ask(service, alice), yes=True)
    service.ctx.keys.destroy_subject_key(alice, KeyKind.LIVE, at=service.clock.now())
    assert replay_erasures(service.ctx) == 1
    assert history(service, alice) == []
