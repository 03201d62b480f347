"""Drafts and publications of the default policy, changed in a few places."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from camket.adapters.policy_files import read_policy_folder
from camket.core.policy.source import PolicyFiles, files_of_texts
from camket.core.staff.roles import Role
from camket.ports import Unit
from camket.services import drafts
from camket.services.context import Context
from camket.testing.service import DEFAULT_POLICY
from camket.testing.staff import add_staff

ALICE, BOB = "staff:alice", "staff:bob"
LATER = date(2027, 3, 1)
LONGER = ("maximum: 400 days", "maximum: 500 days")
"""A change for the worse: what it is about is kept longer."""
SHORTER = ("maximum: 400 days", "maximum: 390 days")
WORDS = ("id: quay", "id: quay  # the shop")


def changed(*changes: tuple[str, str], files: PolicyFiles | None = None) -> PolicyFiles:
    """Return the default policy with some things of its declarations in the place of others."""
    found = dict(files or read_policy_folder(DEFAULT_POLICY))
    text = found["policy.yaml"].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return {**found, "policy.yaml": text.encode()}


def write(ctx: Context, *changes: tuple[str, str], officer: str = ALICE, day: date | None = LATER) -> drafts.Draft:
    """Begin a draft, write some changes into it, and date it."""
    draft = drafts.begin_draft(ctx, officer=officer)
    text = changed(*changes, files=files_of_texts(draft.texts))["policy.yaml"].decode()
    draft = drafts.save_text(ctx, officer=officer, seen=draft.revision, name="policy.yaml", text=text)
    return drafts.set_effective_day(ctx, officer=officer, seen=draft.revision, day=day)


def employ(ctx: Context, *actors: str) -> None:
    """Have officers work here whom the ledger calls by these names; only the yes of who does so counts."""
    for actor in actors:
        subject_id = add_staff(ctx, Role.OFFICER).subject_id

        def name(unit: Unit, subject_id: str = subject_id, actor: str = actor) -> None:
            member = unit.staff.get(subject_id)
            assert member is not None
            unit.staff.delete(subject_id)
            unit.staff.add(replace(member, pseudonym=actor.partition(":")[2]))

        ctx.store.write(name)


def published(ctx: Context) -> int:
    """Return how many versions are published."""
    return len(ctx.policies.published(ctx.store))
