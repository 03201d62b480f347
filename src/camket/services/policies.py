"""Policy versions: publishing one whole or not at all, and knowing which of them are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, InvalidValueError, NotFoundError, StoreError
from camket.core.gate.history import History
from camket.core.ledger.entry import LedgerAction
from camket.core.policy.compile import compile_policy
from camket.core.policy.source import from_bundle, to_bundle
from camket.core.policy.version import document_hash
from camket.rows import PolicyVersionRow
from camket.services.notices import plan_notice_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from camket.core.policy.model import PolicyVersion
    from camket.core.policy.source import PolicyFiles
    from camket.ports import Store, Unit
    from camket.services.context import Context

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
SEEN_FOR: Final = timedelta(seconds=1)
"""How long pages go without asking the store for versions that another process published."""

COMPILED_KEPT: Final = 64
"""Compiled versions that a process remembers; all are forgotten when there are more."""

PUBLISHER: Final = "service:policy"
"""The actor in the ledger entry of a version that no officer published."""

RETENTION_JOB: Final = "retention"
"""The job that deletes what may not be held any longer: `camket.services.retention.keep_limits`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedVersion:
    """A version with its dates."""

    version: PolicyVersion
    published_at: datetime
    effective_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _InForce:
    """What is in force until `before`, as long as `newest` is the highest number in the store."""

    newest: int
    history: History
    since: datetime
    before: datetime


class PolicyBook:
    """Every published version, compiled once, and the history of those in force.

    Safe for many threads: what they share is replaced whole, never changed.
    """

    def __init__(self) -> None:
        self._published: tuple[PublishedVersion, ...] = ()
        self._current: _InForce | None = None
        self._seen: datetime | None = None

    def in_force_in(self, unit: Unit, now: datetime) -> History:
        """Return the versions in force, as the caller's transaction sees them.

        Raises:
            NotFoundError: none is in force yet.
        """
        # INVARIANT: the gate's facts are read in the transaction of the effect; a version that another process
        # published counts from its commit on.
        return self.in_force_among(unit, unit.policies.newest_number(), now)

    def in_force_among(self, unit: Unit, newest: int, now: datetime) -> History:
        """Return the versions in force, where the transaction has read the highest number already.

        Raises:
            NotFoundError: none is in force yet.
        """
        current = self._current
        if current is not None and current.newest == newest and current.since <= now < current.before:
            return current.history
        return self._look(unit, newest, now).history

    def forget(self) -> None:
        """Remember nothing, and ask the store the next time."""
        self._published = ()
        self._current = None
        self._seen = None

    def remembered(self, now: datetime) -> tuple[int, History] | None:
        """Return the highest number and the versions in force as they were seen last; None where that is out of date.

        No store is asked: what is prepared with it must be compared in the transaction of the effect.
        """
        current = self._current
        if current is None or not current.since <= now < current.before:
            return None
        return current.newest, current.history

    def number_in_force_in(self, unit: Unit, now: datetime) -> int:
        """Return the number of the newest version in force; 0 before there is one."""
        try:
            return self.in_force_in(unit, now).newest.number
        except NotFoundError:
            return 0

    def in_force(self, store: Store, now: datetime) -> History:
        """Return the versions in force, for pages and for what is decided again in a unit of work.

        Versions that another process published are seen a second later at the latest.
        """
        seen = self._seen
        current = self._current
        fresh = seen is not None and timedelta(0) <= now - seen < SEEN_FOR
        if fresh and current is not None and current.since <= now < current.before:
            return current.history
        history = store.read(lambda unit: self.in_force_in(unit, now))
        self._seen = now
        return history

    def published(self, store: Store) -> tuple[PublishedVersion, ...]:
        """Return every version, oldest first, those that are still to take effect too."""

        def load(unit: Unit) -> tuple[PublishedVersion, ...]:
            if len(self._published) != unit.policies.newest_number():
                self._published = _compiled(unit.policies.all(), self._published)
            return self._published

        return store.read(load)

    def _look(self, unit: Unit, newest: int, now: datetime) -> _InForce:
        published = self._published
        if len(published) != newest:
            published = _compiled(unit.policies.all(), published)
            self._published = published
        in_force = [one for one in published if one.effective_at <= now]
        if not in_force:
            raise none_in_force(published, now)
        later = [one.effective_at for one in published if one.effective_at > now]
        found = _InForce(
            newest=newest,
            history=self._history(tuple(one.version for one in in_force)),
            since=in_force[-1].effective_at,
            before=min(later, default=_NEVER),
        )
        self._current = found
        return found

    def _history(self, versions: tuple[PolicyVersion, ...]) -> History:
        current = self._current
        if current is not None and current.history.versions == versions:
            return current.history
        return History(versions)


def none_in_force(published: Sequence[PublishedVersion], now: datetime) -> NotFoundError:
    """Return what is said where no version is in force: there is none, or the clock is before them all."""
    if not published:
        return NotFoundError("no policy version is in force; none was published")
    first = min(published, key=lambda one: one.effective_at)
    return NotFoundError(
        f"no policy version is in force yet: version {first.version.number} is from `{_instant(first.effective_at)}` "
        f"on, and this machine's clock says `{_instant(now)}`; check the clock"
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _compiled(rows: Sequence[PolicyVersionRow], known: tuple[PublishedVersion, ...]) -> tuple[PublishedVersion, ...]:
    fresh = [
        PublishedVersion(
            version=compile_version(from_bundle(row.bundle), row.number, row.document_hash),
            published_at=row.published_at,
            effective_at=row.effective_at,
        )
        for row in rows[len(known) :]
    ]
    return (*known, *fresh)


_COMPILED: dict[tuple[str, int], PolicyVersion] = {}


def compile_version(files: PolicyFiles, number: int, published_hash: str | None = None) -> PolicyVersion:
    """Compile a version, once for the same bytes and number in one process: reading the text is most of a start.

    Raises:
        PolicyError: with every finding.
        StoreError: the bytes in the store are not those that were published.
    """
    found = document_hash(files)
    if published_hash is not None and found != published_hash:
        raise StoreError(f"version {number} of the policy in the database is not the one that was published")
    version = _COMPILED.get((found, number))
    if version is None:
        version = compile_policy(files, number=number)
        if len(_COMPILED) >= COMPILED_KEPT:
            _COMPILED.clear()
        _COMPILED[found, number] = version
    return version


@dataclass(frozen=True, kw_only=True, slots=True)
class NextVersion:
    """A version that can be added: whole, next in number and in order. Nothing is published yet."""

    version: PolicyVersion
    row: PolicyVersionRow


def next_version(ctx: Context, files: PolicyFiles, *, effective_at: datetime | None = None) -> NextVersion:
    """Return a policy as the version that may come next; see `publish_policy` for what is refused."""
    now = ctx.clock.now()
    at = effective_at or now
    if at < now:
        raise InvalidValueError("`effective_at` lies in the past; a version takes effect now or later")
    published = ctx.policies.published(ctx.store)
    if published and at < published[-1].effective_at:
        raise InvalidValueError("`effective_at` lies before that of the newest version; versions take effect in order")
    if published and published[-1].version.document_hash == document_hash(files):
        raise ConflictError(
            f"these files are version {len(published)} already, to the byte; there is nothing to publish"
        )
    version = compile_version(files, len(published) + 1)
    row = PolicyVersionRow(
        number=version.number,
        document_hash=version.document_hash,
        meaning_hash=version.meaning_hash,
        bundle=to_bundle(files),
        published_at=now,
        effective_at=at,
    )
    return NextVersion(version=version, row=row)


def add_version_in(unit: Unit, ctx: Context, following: NextVersion, *, actor: str = PUBLISHER) -> None:
    """Add a version, in the caller's unit of work, which `write_version` runs.

    Args:
        unit: the version, its ledger entry and its jobs are durable when this unit is.
        ctx: the service.
        following: from `next_version`.
        actor: who publishes, as the ledger has it.

    Raises:
        ConflictError: another version was published since it was made ready.

    Effects: with the version are queued the notice to customers, and the deletion of what it no longer lets be held,
        for the moment at which it takes effect.
    """
    number, row = following.version.number, following.row
    if unit.policies.newest_number() != number - 1:
        raise ConflictError("another version was published in the meantime; look at it and publish again")
    unit.policies.add(row)
    ctx.door.record_in(unit, actor=actor, action=LedgerAction.POLICY, about=row.document_hash)
    if number == 1:
        return
    plan_notice_in(unit, ctx, number)
    key = f"{RETENTION_JOB}:version-{number}"
    unit.jobs.enqueue(RETENTION_JOB, {"version": number}, run_at=row.effective_at, dedupe_key=key)


def write_version(ctx: Context, work: Callable[[Unit], None]) -> None:
    """Run a unit of work that adds a version."""
    try:
        ctx.store.write(work)
    finally:
        # INVARIANT: units see what others added in the commit that they share; what they remember of it is forgotten
        # where that commit failed.
        ctx.policies.forget()


def publish_policy(ctx: Context, files: PolicyFiles, *, effective_at: datetime | None = None) -> PolicyVersion:
    """Publish a policy as the next version, without asking what was promised about the time before it takes effect.

    For the first version, and for the development setting; everyone else publishes by `camket.services.publishing`.

    Args:
        ctx: the service.
        files: every file of the policy.
        effective_at: aware; from when it is in force; at once when None.

    Raises:
        PolicyError: with every finding; nothing was published and the version in force stays.
        InvalidValueError: it would take effect before now, or before a version that was published earlier.
        ConflictError: these very files are the newest version, or another one was published in the meantime.

    Effects:
        On return the version is durable, posted, and has its ledger entry, in one transaction. Twice is refused: what
        changes no byte is no version. Going back to an earlier text is a change, and a version of its own.

    Source: semantics section 1 (any change of a byte is a new version).
    """
    following = next_version(ctx, files, effective_at=effective_at)
    write_version(ctx, lambda unit: add_version_in(unit, ctx, following))
    return following.version


def was_published(ctx: Context, files: PolicyFiles) -> bool:
    """Say whether these files, to the byte, are a published version, the newest or an earlier one."""
    wanted = document_hash(files)
    return any(one.version.document_hash == wanted for one in ctx.policies.published(ctx.store))
