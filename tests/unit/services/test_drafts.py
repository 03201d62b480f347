"""The draft of the next version: officers write it together, none over another, and publish it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import ConflictError, InvalidValueError, PolicyError, PublishingError
from camket.core.staff.roles import Role
from camket.services import drafts
from camket.services.context import Context
from camket.services.publishing import publish_version, start_of
from camket.services.staff import revoke_staff
from camket.testing.doubles import HeldClock
from camket.testing.service import DEFAULT_POLICY, running_service
from tests.publishing import ALICE, BOB, LATER, LONGER, SHORTER, changed, employ, published, write
from tests.unit.services.conftest import Service


@pytest.fixture
def four_eyes(tmp_path: Path) -> Iterator[Context]:
    """Return a service whose policy asks for two officers."""
    folder = tmp_path / "policy"
    shutil.copytree(DEFAULT_POLICY, folder)
    (folder / "policy.yaml").write_bytes(changed(("approvals: 1", "approvals: 2"))["policy.yaml"])
    with running_service(tmp_path, policy=folder, clock=HeldClock()) as runtime:
        employ(runtime.context, ALICE, BOB)
        yield runtime.context


def newest_facts(service: Service, action: str) -> bytes:
    """Return the facts of the newest ledger record of one action."""

    def look(number: int) -> bytes | None:
        row = service.ctx.store.read(lambda unit: unit.records.get(number))
        return row.facts if row is not None and json.loads(row.facts)["action"] == action else None

    found = [facts for number in range(service.counts()["record"], 0, -1) if (facts := look(number))]
    return found[0]


def test_a_draft_begins_with_the_newest_text_and_there_is_one(service: Service) -> None:
    """Who begins a second one is told of the first."""
    ctx = service.ctx
    draft = drafts.begin_draft(ctx, officer=ALICE)
    assert draft.files == read_policy_folder(DEFAULT_POLICY)
    assert (draft.base, draft.newest, draft.begun_by, draft.needed) == (1, 1, ALICE, 1)
    with pytest.raises(ConflictError, match="open already"):
        drafts.begin_draft(ctx, officer=BOB)
    assert drafts.open_draft(ctx) == draft


def test_an_edit_over_another_officers_is_refused_and_theirs_stands(service: Service) -> None:
    """Nothing of the later one is stored; looked at again, it may be."""
    ctx = service.ctx
    seen = drafts.begin_draft(ctx, officer=ALICE).revision
    drafts.save_text(ctx, officer=BOB, seen=seen, name="terms.en.md", text="bob's\r\nwords")
    with pytest.raises(ConflictError, match="another officer"):
        drafts.save_text(ctx, officer=ALICE, seen=seen, name="terms.en.md", text="alice's words")
    draft = drafts.open_draft(ctx)
    assert draft is not None
    assert (draft.texts["terms.en.md"], draft.saved_by) == ("bob's\nwords", BOB)
    for act in (drafts.approve_draft, drafts.publish_draft, drafts.drop_draft, drafts.accept_newest):
        with pytest.raises(ConflictError):
            act(ctx, officer=ALICE, seen=seen)


def test_a_draft_is_saved_whatever_is_wrong_with_it_and_published_only_whole(service: Service) -> None:
    """All findings at once; the draft is kept, and nothing was published."""
    ctx = service.ctx
    draft = write(ctx, ("basis: stated", "basis: whatever"))
    for act in (drafts.approve_draft, drafts.publish_draft):
        with pytest.raises(PolicyError) as refused:
            act(ctx, officer=ALICE, seen=draft.revision)
        assert len(refused.value.findings) > 1
    assert drafts.open_draft(ctx) == draft
    assert published(ctx) == 1


@pytest.mark.parametrize(
    ("changes", "day", "why"),
    [
        ((LONGER,), None, "name a day"),
        ((LONGER,), date(2026, 11, 1), "lies in the past"),
        ((LONGER,), date(2026, 12, 1), "30 days before it"),
        ((), LATER, "to the byte"),
    ],
    ids=["undated", "past", "too soon", "nothing changed"],
)
def test_a_refused_draft_is_kept(
    service: Service, changes: tuple[tuple[str, str], ...], day: date | None, why: str
) -> None:
    """Approving and publishing say why; the draft is as it was."""
    ctx = service.ctx
    draft = write(ctx, *changes, day=day)
    before = service.counts()
    for act in (drafts.approve_draft, drafts.publish_draft):
        with pytest.raises(PublishingError, match=why):
            act(ctx, officer=ALICE, seen=draft.revision)
    assert drafts.open_draft(ctx) == draft
    assert service.counts() == before


def test_a_published_draft_is_the_next_version_and_ends(service: Service) -> None:
    """Version, ledger entry, jobs and the end of the draft are one; a second time there is no draft to publish."""
    ctx = service.ctx
    draft = write(ctx, LONGER)
    version = drafts.publish_draft(ctx, officer=BOB, seen=draft.revision)
    assert version.number == 2
    assert ctx.policies.published(ctx.store)[-1].effective_at == start_of(LATER)
    assert drafts.open_draft(ctx) is None
    with pytest.raises(ConflictError):
        drafts.publish_draft(ctx, officer=BOB, seen=draft.revision)
    facts = json.loads(newest_facts(service, "policy"))
    assert (facts["actor"], facts["history"], facts["outcome"]) == (BOB, version.document_hash, "done")
    jobs = ctx.store.read(lambda unit: [unit.jobs.find(key) for key in ("notice:2", "retention:version-2")])
    assert [job and (job.kind, job.args) for job in jobs] == [
        ("notice", {"version": 2}),
        ("retention", {"version": 2}),
    ]
    assert jobs[1] is not None
    assert jobs[1].run_at == start_of(LATER)


def test_everything_an_officer_does_stands_in_the_ledger(service: Service) -> None:
    """Beginning, saving, dating, approving and dropping, each with the officer and the hash of the text."""
    ctx = service.ctx
    before = service.counts()["record"]
    draft = write(ctx, LONGER)
    drafts.approve_draft(ctx, officer=BOB, seen=draft.revision)
    assert service.counts()["record"] == before + 4
    facts = json.loads(newest_facts(service, "staff"))
    assert (facts["actor"], facts["outcome"]) == (BOB, "permit")
    assert len(facts["history"]) == 64
    drafts.drop_draft(ctx, officer=ALICE, seen=draft.revision)
    assert json.loads(newest_facts(service, "staff"))["outcome"] == "deny"
    assert drafts.open_draft(ctx) is None
    assert published(ctx) == 1


def test_a_version_that_came_in_between_is_looked_at_first(service: Service) -> None:
    """The draft of an older text would undo it unseen; once compared, it may come after it."""
    ctx = service.ctx
    draft = write(ctx, LONGER)
    publish_version(ctx, changed(SHORTER))
    with pytest.raises(PublishingError, match="was published since"):
        drafts.publish_draft(ctx, officer=ALICE, seen=draft.revision)
    found = drafts.open_draft(ctx)
    assert found is not None
    assert found.outdated
    found = drafts.accept_newest(ctx, officer=ALICE, seen=found.revision)
    assert not found.outdated
    assert drafts.publish_draft(ctx, officer=ALICE, seen=found.revision).number == 3


@pytest.mark.parametrize("year", [1, 1999, 2201, 9999])
def test_a_day_that_no_one_means_is_refused(service: Service, year: int) -> None:
    """Some of those days no store could give back, and the draft could not be opened or dropped any more."""
    ctx = service.ctx
    draft = drafts.begin_draft(ctx, officer=ALICE)
    with pytest.raises(InvalidValueError, match="outside of the years"):
        drafts.set_effective_day(ctx, officer=ALICE, seen=draft.revision, day=date(year, 1, 1))
    assert drafts.open_draft(ctx) == draft


@pytest.mark.parametrize("ended", ["account", "role"])
def test_the_yes_of_who_is_no_officer_any_more_publishes_nothing(four_eyes: Context, ended: str) -> None:
    """Who was shown the door has left no yes behind; another officer has to look."""
    draft = write(four_eyes, LONGER)
    draft = drafts.approve_draft(four_eyes, officer=BOB, seen=draft.revision)
    assert draft.approved_by == {BOB}
    bob = four_eyes.store.read(lambda unit: unit.staff.by_pseudonym("bob"))
    assert bob is not None
    if ended == "account":
        revoke_staff(four_eyes, "bob")
    else:
        four_eyes.store.write(lambda unit: unit.staff.set_roles(bob.subject_id, [Role.SUPPORT.value]))
    with pytest.raises(PublishingError, match="1 said yes"):
        drafts.publish_draft(four_eyes, officer=ALICE, seen=draft.revision)
    assert published(four_eyes) == 1


def test_a_text_that_is_no_file_of_a_policy_is_refused(service: Service) -> None:
    """An unknown name with the nearest one, and what is larger than is read; an emptied file is taken out."""
    ctx = service.ctx
    draft = drafts.begin_draft(ctx, officer=ALICE)
    with pytest.raises(InvalidValueError, match=r"did you mean `policy\.yaml`"):
        drafts.save_text(ctx, officer=ALICE, seen=draft.revision, name="policy.yml", text="")
    with pytest.raises(InvalidValueError, match="at most"):
        drafts.save_text(ctx, officer=ALICE, seen=draft.revision, name="terms.en.md", text="x" * 600_000)
    draft = drafts.save_text(ctx, officer=ALICE, seen=draft.revision, name="terms.en.md", text=" \r\n")
    assert "terms.en.md" not in draft.texts
    again = drafts.save_text(ctx, officer=BOB, seen=draft.revision, name="terms.vi.md", text=draft.texts["terms.vi.md"])
    assert again == draft


def test_one_officer_alone_does_not_publish(four_eyes: Context) -> None:
    """Who wrote and approved it is one; the second yes is another's, and publishing counts as one."""
    draft = write(four_eyes, LONGER)
    draft = drafts.approve_draft(four_eyes, officer=ALICE, seen=draft.revision)
    assert (draft.approved_by, draft.needed) == (frozenset({ALICE}), 2)
    with pytest.raises(PublishingError, match="2 officers, and 1 said yes"):
        drafts.publish_draft(four_eyes, officer=ALICE, seen=draft.revision)
    assert published(four_eyes) == 1
    assert drafts.publish_draft(four_eyes, officer=BOB, seen=draft.revision).number == 2


@pytest.mark.parametrize("what", ["text", "day"])
def test_a_yes_counts_for_what_was_seen(four_eyes: Context, what: str) -> None:
    """Another byte or another day, and both officers are asked again."""
    draft = write(four_eyes, LONGER)
    draft = drafts.approve_draft(four_eyes, officer=BOB, seen=draft.revision)
    if what == "text":
        text = draft.texts["terms.en.md"] + "\n"
        draft = drafts.save_text(four_eyes, officer=ALICE, seen=draft.revision, name="terms.en.md", text=text)
    else:
        draft = drafts.set_effective_day(four_eyes, officer=ALICE, seen=draft.revision, day=date(2027, 4, 1))
    assert draft.approved_by == frozenset()
    with pytest.raises(PublishingError, match="1 said yes"):
        drafts.publish_draft(four_eyes, officer=ALICE, seen=draft.revision)


def test_the_policy_in_force_decides_not_the_draft(four_eyes: Context) -> None:
    """A draft that asks for one officer needs two to be published."""
    draft = write(four_eyes, ("approvals: 2", "approvals: 1"))
    with pytest.raises(PublishingError, match="asks for the yes of 2"):
        drafts.publish_draft(four_eyes, officer=ALICE, seen=draft.revision)


def test_of_two_officers_who_publish_at_once_one_does(service: Service) -> None:
    """One version comes of it; the other officer is told to look again."""
    ctx = service.ctx
    seen = write(ctx, LONGER).revision

    def publish(officer: str) -> bool:
        try:
            drafts.publish_draft(ctx, officer=officer, seen=seen)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(publish, (ALICE, BOB))) == [False, True]
    assert published(ctx) == 2
