"""The draft of the next policy version: officers write it together, none over another, and publish it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, InvalidValueError, NotFoundError, nearest
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.policy.source import (
    DECLARATIONS,
    MAX_FILE_BYTES,
    files_of_texts,
    from_bundle,
    known_files,
    pack_texts,
    unpack_texts,
)
from camket.core.policy.version import document_hash
from camket.rows.publishing import ApprovalRow, DraftRow, DraftState
from camket.services.ids import random_id
from camket.services.policies import add_version_in, next_version, write_version
from camket.services.publishing import (
    Hindrance,
    Refusal,
    approved_by_in,
    examine_publication,
    needed_approvals_in,
    require_approvals_in,
    require_publishable,
    start_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from camket.core.policy.model import PolicyVersion
    from camket.core.policy.source import PolicyFiles
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.publishing import Publication

CHANGED: Final = "the draft is not as you saw it: another officer changed, published or dropped it; look at it again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The open draft.

    Args:
        revision: grows with every change; who acts on the draft names the one they saw.
        texts: file name -> text; a file that the policy does not need is not in it.
        base: number of the newest version that its officers have seen.
        newest: number of the newest published version.
        effective_at: from when it is to be in force.
        saved_by: who changed it last, as the ledger has them.
        approved_by: officers who said yes to it as it is now.
        needed: how many must, by the policy in force.
    """

    revision: int
    texts: Mapping[str, str]
    base: int
    newest: int
    effective_at: datetime | None
    begun_by: str
    begun_at: datetime
    saved_by: str
    saved_at: datetime
    approved_by: frozenset[str]
    needed: int

    @property
    def files(self) -> PolicyFiles:
        """The files of the policy that it is to become."""
        return files_of_texts(self.texts)

    @property
    def outdated(self) -> bool:
        """A version was published that its officers have not seen."""
        return self.base != self.newest


def open_draft(ctx: Context) -> Draft | None:
    """Return the open draft, or None."""

    def look(unit: Unit) -> Draft | None:
        row = unit.publishing.open_draft()
        return None if row is None else _draft_in(unit, ctx, row)

    return ctx.store.read(look)


def officers_of_versions(ctx: Context) -> dict[int, tuple[str, ...]]:
    """Return who said yes to each version that was a draft, as the ledger has them, the oldest yes first."""

    def look(unit: Unit) -> dict[int, tuple[str, ...]]:
        found = {}
        for number in range(1, unit.policies.newest_number() + 1):
            row = unit.publishing.of_version(number)
            if row is not None:
                approvals = unit.publishing.approvals(row.id)
                found[number] = tuple(one.approved_by for one in approvals if one.revision == row.revision)
        return found

    return ctx.store.read(look)


def begin_draft(ctx: Context, *, officer: str) -> Draft:
    """Begin a draft with the text of the newest published version.

    Args:
        ctx: the service.
        officer: as the ledger has them, `staff:` and the pseudonym; likewise everywhere here.

    Raises:
        ConflictError: a draft is open; go on with that.
        NotFoundError: nothing was ever published.

    Effects: durable on return, with a ledger entry.
    """
    now = ctx.clock.now()

    def begin(unit: Unit) -> Draft:
        if unit.publishing.open_draft() is not None:
            raise ConflictError("a draft is open already; go on with that one")
        newest = unit.policies.get(unit.policies.newest_number())
        if newest is None:
            raise NotFoundError("no policy version was published yet")
        texts = {name: data.decode() for name, data in from_bundle(newest.bundle).items()}
        row = DraftRow(
            id=random_id(ctx.entropy),
            state=DraftState.OPEN,
            base=newest.number,
            revision=1,
            files=pack_texts(texts),
            effective_at=None,
            begun_by=officer,
            begun_at=now,
            saved_by=officer,
            saved_at=now,
            number=None,
        )
        unit.publishing.begin(row)
        _record_in(unit, ctx, row, officer)
        return _draft_in(unit, ctx, row)

    return ctx.store.write(begin)


def save_text(ctx: Context, *, officer: str, seen: int, name: str, text: str) -> Draft:
    """Put a text in the place of a file of the draft; an empty one takes the file out. Findings do not matter yet.

    Args:
        ctx: the service.
        officer: who saves.
        seen: the revision that they edited.
        name: of the file.
        text: as a form sends it; ends of lines become line feeds.

    Raises:
        ConflictError: another officer changed the draft since; theirs stands, nothing was stored.
        InvalidValueError: no such file belongs to a policy, or it is too large.

    Effects: durable on return, with a ledger entry; what was approved of an older text no longer counts. A text that
        changes nothing is no change.
    """
    if name not in known_files():
        raise InvalidValueError(f"`{name[:40]}` is not a file of a policy{nearest(name[:40], known_files())}")
    text = text.replace("\r\n", "\n")
    size = len(text.encode())
    if size > MAX_FILE_BYTES:
        raise InvalidValueError(f"`{name}` would have {size} bytes; at most {MAX_FILE_BYTES} are read")

    def change(row: DraftRow) -> DraftRow:
        texts = {**unpack_texts(row.files), name: text}
        if not text.strip() and name != DECLARATIONS:
            del texts[name]
        return replace(row, files=pack_texts(texts))

    return _change(ctx, officer, seen, change)


def set_effective_day(ctx: Context, *, officer: str, seen: int, day: date | None) -> Draft:
    """Say from the beginning of which day, in Vietnam, the draft is to be in force; None for no day yet.

    Raises:
        ConflictError: another officer changed the draft since.

    Effects: as for `save_text`. Whether the day leaves the promised time is asked when it is published.
    """
    at = None if day is None else start_of(day)
    return _change(ctx, officer, seen, lambda row: replace(row, effective_at=at))


def accept_newest(ctx: Context, *, officer: str, seen: int) -> Draft:
    """Say that the draft was looked at beside the newest published version, and is meant to come after it.

    Raises:
        ConflictError: another officer changed the draft since.

    Effects: as for `save_text`.
    """
    newest = ctx.store.read(lambda unit: unit.policies.newest_number())
    return _change(ctx, officer, seen, lambda row: replace(row, base=newest))


def drop_draft(ctx: Context, *, officer: str, seen: int) -> None:
    """Drop the draft. What was published stays.

    Raises:
        ConflictError: another officer changed the draft since.

    Effects: durable on return, with a ledger entry; the text is gone.
    """

    def drop(unit: Unit) -> None:
        row = _seen_in(unit, seen)
        unit.publishing.drop(row.id)
        _record_in(unit, ctx, row, officer, LedgerOutcome.DENY)

    ctx.store.write(drop)


def examine_draft(ctx: Context, draft: Draft) -> Publication:
    """Return what publishing the draft would be, with every reason against it but missing approvals.

    Raises:
        PolicyError: with every finding.
    """
    dated = draft.effective_at is not None
    publication = examine_publication(ctx, draft.files, effective_at=draft.effective_at, dated=dated)
    return replace(publication, refusals=(*publication.refusals, *_unseen(draft)))


def approve_draft(ctx: Context, *, officer: str, seen: int) -> Draft:
    """Say yes to the draft as it is: these bytes, from this day on.

    Raises:
        PolicyError: it has findings.
        PublishingError: it may not be published, with every reason.
        ConflictError: another officer changed the draft since.

    Effects: durable on return, with a ledger entry that names the hash of the text. Twice is once.
    """
    draft = _require_open(ctx, seen)
    require_publishable(examine_draft(ctx, draft))

    def approve(unit: Unit) -> Draft:
        row = _seen_in(unit, seen)
        if officer not in approved_by_in(unit, row):
            _approve_in(unit, ctx, row, officer)
        return _draft_in(unit, ctx, row)

    return ctx.store.write(approve)


def publish_draft(ctx: Context, *, officer: str, seen: int) -> PolicyVersion:
    """Publish the draft as the next version; publishing is the officer's own yes to it.

    Raises:
        PolicyError: it has findings.
        PublishingError: it may not be published, with every reason; the draft is kept.
        ConflictError: another officer changed or published the draft since it was looked at, or another version was
            published; the draft, where there is one, is kept.

    Effects:
        On return the version is durable, posted, and has its ledger entry, in one transaction with the notice to
        customers and the end of the draft. Twice is once: the second finds no draft.
    """
    draft = _require_open(ctx, seen)
    require_publishable(examine_draft(ctx, draft))
    following = next_version(ctx, draft.files, effective_at=draft.effective_at)

    def publish(unit: Unit) -> None:
        row = _seen_in(unit, seen)
        approved = approved_by_in(unit, row)
        require_approvals_in(unit, ctx, approved | {officer})
        if officer not in approved:
            _approve_in(unit, ctx, row, officer)
        add_version_in(unit, ctx, following, actor=officer)
        unit.publishing.close(row.id, number=following.version.number)

    write_version(ctx, publish)
    return following.version


def _change(ctx: Context, officer: str, seen: int, change: Callable[[DraftRow], DraftRow]) -> Draft:
    now = ctx.clock.now()

    def save(unit: Unit) -> Draft:
        row = _seen_in(unit, seen)
        changed = change(row)
        if changed == row:
            return _draft_in(unit, ctx, row)
        changed = replace(changed, saved_by=officer, saved_at=now)
        unit.publishing.save(changed, seen=seen)
        _record_in(unit, ctx, changed, officer)
        return _draft_in(unit, ctx, replace(changed, revision=seen + 1))

    return ctx.store.write(save)


def _seen_in(unit: Unit, seen: int) -> DraftRow:
    row = unit.publishing.open_draft()
    # INVARIANT: nobody changes, approves or publishes what they have not seen.
    if row is None or row.revision != seen:
        raise ConflictError(CHANGED)
    return row


def _require_open(ctx: Context, seen: int) -> Draft:
    draft = open_draft(ctx)
    if draft is None or draft.revision != seen:
        raise ConflictError(CHANGED)
    return draft


def _draft_in(unit: Unit, ctx: Context, row: DraftRow) -> Draft:
    return Draft(
        revision=row.revision,
        texts=unpack_texts(row.files),
        base=row.base,
        newest=unit.policies.newest_number(),
        effective_at=row.effective_at,
        begun_by=row.begun_by,
        begun_at=row.begun_at,
        saved_by=row.saved_by,
        saved_at=row.saved_at,
        approved_by=approved_by_in(unit, row),
        needed=needed_approvals_in(unit, ctx),
    )


def _approve_in(unit: Unit, ctx: Context, row: DraftRow, officer: str) -> None:
    approval = ApprovalRow(draft_id=row.id, approved_by=officer, revision=row.revision, approved_at=ctx.clock.now())
    unit.publishing.approve(approval)
    _record_in(unit, ctx, row, officer, LedgerOutcome.PERMIT)


def _record_in(
    unit: Unit, ctx: Context, row: DraftRow, officer: str, outcome: LedgerOutcome = LedgerOutcome.DONE
) -> None:
    """Record what an officer did to the draft: wrote it, said yes to it (`permit`) or dropped it (`deny`)."""
    about = document_hash(files_of_texts(unpack_texts(row.files)))
    ctx.door.record_in(unit, actor=officer, action=LedgerAction.STAFF, about=about, outcome=outcome)


def _unseen(draft: Draft) -> tuple[Refusal, ...]:
    if not draft.outdated:
        return ()
    message = (
        f"version {draft.newest} was published since the draft was begun from version {draft.base}; compare the draft "
        "with it, and say that it is meant to come after it"
    )
    return (Refusal(why=Hindrance.UNSEEN, message=message),)
