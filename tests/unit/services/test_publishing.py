"""Publishing as it was promised: in time, in order, taking nothing, on every node."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from camket.core.errors import PublishingError, StoreError
from camket.core.policy.source import PolicyFiles
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.rows import FactKind, FactRow
from camket.services.context import Context
from camket.services.publishing import Hindrance, examine_publication, publish_version, start_of
from camket.services.publishing_reach import audience_of, longest_notice_days, reach_of
from camket.testing.service import register
from tests.publishing import LONGER, SHORTER, WORDS, changed, published
from tests.unit.services.conftest import OpenService, Service


def hindrances(ctx: Context, files: PolicyFiles, **when: object) -> list[Hindrance]:
    """Return why some files may not be published."""
    found = examine_publication(ctx, files, effective_at=when.get("at"))  # type: ignore[arg-type]  # an instant or None
    return [refusal.why for refusal in found.refusals]


def agree(ctx: Context, subject_id: str, version: int, clause: str | None = None) -> None:
    """Write down a customer's yes to a change."""
    row = FactRow(
        id=f"{subject_id}-{version}-{clause}",
        subject_id=subject_id,
        kind=FactKind.AGREEMENT,
        body={"version": version, "clause": clause},
        at=ctx.clock.now(),
        withdrawn_at=None,
    )
    ctx.store.write(lambda unit: unit.facts.add(row))


def test_a_change_for_the_worse_leaves_the_promised_time(service: Service) -> None:
    """To the instant: 30 days after it is published, not a microsecond sooner."""
    ctx, now = service.ctx, service.clock.now()
    due = now + timedelta(days=30)
    assert hindrances(ctx, changed(LONGER)) == [Hindrance.NOTICE]
    assert hindrances(ctx, changed(LONGER), at=due - timedelta(microseconds=1)) == [Hindrance.NOTICE]
    with pytest.raises(PublishingError, match="30 days before it"):
        publish_version(ctx, changed(LONGER), effective_at=due - timedelta(microseconds=1))
    assert published(ctx) == 1
    assert publish_version(ctx, changed(LONGER), effective_at=due).number == 2


@pytest.mark.parametrize("change", [SHORTER, WORDS], ids=["better", "words"])
def test_what_is_better_and_what_is_only_words_may_hold_at_once(service: Service, change: tuple[str, str]) -> None:
    """Nobody gains by waiting for it."""
    assert publish_version(service.ctx, changed(change)).number == 2
    newest = service.ctx.policies.in_force(service.ctx.store, service.clock.now()).newest
    assert newest.number == 2


def test_who_joined_under_a_longer_promise_keeps_it(service: Service) -> None:
    """A customer of a version that promised 30 days has them, although the newest promises 10."""
    ctx = service.ctx
    register(service.runtime)
    shorter = changed(("30 days", "10 days"))
    publish_version(ctx, shorter, effective_at=service.clock.now() + timedelta(days=30))
    service.clock.advance(days=30)
    in_force = ctx.policies.in_force(ctx.store, service.clock.now()).versions
    assert [version.number for version in in_force] == [1, 2]
    assert longest_notice_days(in_force, audience_of(ctx)) == 30
    at = service.clock.now() + timedelta(days=10)
    assert hindrances(ctx, changed(LONGER, files=shorter), at=at) == [Hindrance.NOTICE]


def test_without_such_customers_the_promise_in_force_counts(service: Service) -> None:
    """Nobody has the longer one, so nobody is owed it."""
    ctx = service.ctx
    shorter = changed(("30 days", "10 days"))
    publish_version(ctx, shorter, effective_at=service.clock.now() + timedelta(days=30))
    service.clock.advance(days=30)
    at = service.clock.now() + timedelta(days=10)
    assert hindrances(ctx, changed(LONGER, files=shorter), at=at) == []


def test_the_past_and_a_day_before_the_newest_version_are_refused(service: Service) -> None:
    """Versions take effect in order, and none before it is published."""
    ctx, now = service.ctx, service.clock.now()
    publish_version(ctx, changed(LONGER), effective_at=now + timedelta(days=40))
    again = changed(LONGER, WORDS)
    assert hindrances(ctx, again, at=now - timedelta(seconds=1)) == [Hindrance.PAST]
    assert hindrances(ctx, again, at=now + timedelta(days=39)) == [Hindrance.ORDER]
    assert hindrances(ctx, again, at=now + timedelta(days=40)) == []


def test_the_same_files_are_nothing_to_publish(service: Service) -> None:
    """To the byte the newest version: refused, once and twice."""
    assert hindrances(service.ctx, changed()) == [Hindrance.SAME]
    for _ in range(2):
        with pytest.raises(PublishingError, match="to the byte"):
            publish_version(service.ctx, changed())


def test_what_takes_from_everyone_is_refused_whatever_its_day(service: Service) -> None:
    """There is no clause to which a customer could say no, so the right would be gone without their yes (P17)."""
    at = service.clock.now() + timedelta(days=400)
    shorter_quiet_time = changed(("quiet: 180 days", "quiet: 200 days"))
    publish_version(service.ctx, shorter_quiet_time, effective_at=at)
    back = changed(WORDS)
    assert hindrances(service.ctx, back, at=at) == [Hindrance.TAKES]
    with pytest.raises(PublishingError, match="worse for everyone at once"):
        publish_version(service.ctx, back, effective_at=at)


def test_the_first_day_that_may_be_chosen_begins_after_the_promised_time(service: Service) -> None:
    """Published at 16:00 in Vietnam, 30 days later it is 16:00 again: the day after is the first whole one."""
    found = examine_publication(service.ctx, changed(LONGER), effective_at=None)
    assert found.notice_days == 30
    assert found.earliest_day == date(2026, 12, 23)
    assert start_of(found.earliest_day) >= found.earliest > start_of(date(2026, 12, 22))


def test_each_difference_says_how_many_it_holds_for_and_how_many_it_waits_for(service: Service) -> None:
    """A longer time waits for everyone's yes; a shorter one holds at once; words touch nobody."""
    ctx = service.ctx
    for number in range(3):
        register(service.runtime, number)
    worse = examine_publication(ctx, changed(LONGER), effective_at=None).diff
    better = examine_publication(ctx, changed(SHORTER), effective_at=None).diff
    words = dict(changed())
    words["terms.en.md"] = words["terms.en.md"].replace(b"We ", b"We  ", 1)
    assert worse is not None
    assert better is not None
    audience = audience_of(ctx)
    assert audience.subjects == 3
    assert {(one.at_once, one.waits) for one in reach_of(ctx, worse, audience)} == {(0, 3)}
    assert {(one.at_once, one.waits) for one in reach_of(ctx, better, audience)} == {(3, 0)}


def test_what_consent_allowed_and_is_taken_out_touches_those_who_had_said_yes(service: Service) -> None:
    """An item less for a purpose that rests on consent changes something for who consented, and for nobody else."""
    ctx = service.ctx
    consented, _other = register(service.runtime, 1), register(service.runtime, 2)
    row = FactRow(
        id="consent",
        subject_id=consented,
        kind=FactKind.CONSENT,
        body={"purpose": "promote", "items": ["email", "service.use"], "clause_hash": "", "version": 1},
        at=ctx.clock.now(),
        withdrawn_at=None,
    )
    ctx.store.write(lambda unit: unit.facts.add(row))
    files = changed()
    before, promote, after = files["policy.yaml"].decode().partition("\n  promote:\n")
    less = before + promote + after.replace("      - service.use\n", "", 1)
    diff = examine_publication(ctx, {**files, "policy.yaml": less.encode()}, effective_at=None).diff
    assert diff is not None
    (reach,) = reach_of(ctx, diff, audience_of(ctx))
    assert [clause.id for clause in reach.difference.clauses_before] == ["use(service.use, promote, consent)"]
    assert (reach.at_once, reach.waits) == (1, 0)


def test_who_agreed_to_more_is_touched_when_it_is_taken_back(service: Service) -> None:
    """Back to the first text, the change is one for the customer who had agreed, and none for the other."""
    ctx = service.ctx
    agreed, _other = register(service.runtime, 1), register(service.runtime, 2)
    publish_version(ctx, changed(LONGER), effective_at=service.clock.now() + timedelta(days=30))
    service.clock.advance(days=31)
    agree(ctx, agreed, 2)
    back = examine_publication(ctx, changed(WORDS), effective_at=None).diff
    assert back is not None
    kept = [one for one in reach_of(ctx, back, audience_of(ctx)) if one.difference.clauses_after]
    assert kept
    assert {(one.at_once, one.waits) for one in kept} == {(1, 0)}


def test_a_scheduled_version_takes_effect_on_every_node_and_after_a_restart(open_service: OpenService) -> None:
    """Published on one node: on its instant in force on another, and on one that was started in between."""
    first, second = open_service(), open_service()
    ctx = first.ctx
    at = first.clock.now() + timedelta(days=30)
    publish_version(ctx, changed(LONGER), effective_at=at)
    first.clock.advance(days=29)
    restarted = open_service()
    assert [in_force(node) for node in (first, second, restarted)] == [1, 1, 1]
    first.clock.advance(days=1)
    assert [in_force(node) for node in (first, second, restarted)] == [2, 2, 2]


def in_force(node: Service) -> int:
    """Return the number of the version that a node goes by, as its pages and as its gate see it."""
    ctx, now = node.ctx, node.clock.now()
    shown = ctx.policies.in_force(ctx.store, now).newest.number
    assert ctx.store.read(lambda unit: ctx.policies.in_force_in(unit, now)).newest.number == shown
    return shown


def held(node: Service, subject_id: str) -> set[str]:
    """Return the items of which a customer's values are held."""
    return {row.item for row in node.ctx.store.read(lambda unit: unit.values.of_subject(subject_id))}


def work(node: Service) -> None:
    """Run every job that is due on a node; nothing that comes round by the hour is planned."""
    engine = Engine(node.ctx, KINDS)
    while engine.run_next("worker"):
        pass


def test_what_a_version_lets_no_longer_be_collected_is_erased_when_it_takes_effect(open_service: OpenService) -> None:
    """On its instant and not a microsecond before, by whichever node is there, though the publishing one is gone."""
    first = open_service()
    alice = first.register().subject_id
    at = first.clock.now() + timedelta(days=30)
    gone = without_collection("device.browser")
    assert hindrances(first.ctx, gone) == [Hindrance.NOTICE]
    publish_version(first.ctx, gone, effective_at=at)
    first.runtime.close()
    other = open_service()
    other.clock.advance(seconds=30 * 24 * 3600 - 0.000001)
    work(other)
    assert "device.browser" in held(other, alice)
    other.clock.advance(microseconds=1)
    work(other)
    assert "device.browser" not in held(other, alice)
    assert "email" in held(other, alice)


def without_collection(item: str) -> PolicyFiles:
    """Return the default policy in which an item is collected by the shop alone."""
    files = changed()
    text = files["policy.yaml"].decode()
    start = text.index(f"\n  {item}:\n")
    end = text.index("\n\n", start)
    entry = re.sub(r"      - \{service: account, source: observed\}\n?", "", text[start:end] + "\n")
    assert "collected:\n      - {service: shop" in entry
    return {**files, "policy.yaml": (text[:start] + entry.rstrip("\n") + text[end:]).encode()}


def test_a_publication_that_fails_half_way_leaves_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version, ledger entry and jobs are one transaction: where the last of them fails, there is none of them."""

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    before = service.counts()
    monkeypatch.setattr("camket.services.policies.plan_notice_in", fail)
    with pytest.raises(StoreError):
        publish_version(service.ctx, changed(SHORTER))
    assert service.counts() == before
    monkeypatch.undo()
    assert publish_version(service.ctx, changed(SHORTER)).number == 2
