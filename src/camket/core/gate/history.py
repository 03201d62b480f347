"""All versions in force, compiled once, and where each subject stands among them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from camket.core.consent.facts import Consent, Refusal
from camket.core.consent.identity import Identities
from camket.core.consent.state import rests_on_consent
from camket.core.errors import InvalidValueError
from camket.core.gate.decision import Verdict
from camket.core.gate.effective import Answer, Effective, fold
from camket.core.gate.question import ALL_PURPOSES, Agreement, SubjectFacts
from camket.core.gate.tables import Cell, Tables, cell_of, clause_key, compile_tables
from camket.core.policy.model import PERMISSIONS, Clause, ClauseKind, Limit, NoticeTerms, PolicyVersion, RightTerms
from camket.core.terms import Channel, Right

STANDINGS_KEPT: Final = 1024
"""Subjects whose standing is remembered; the one that was used longest ago goes first."""

FOLDS_KEPT: Final = 256
"""Effective policies that are remembered; subjects with the same history share one."""

VERDICTS_KEPT: Final = 32
"""Answers that are remembered for one standing; a further one forgets them all."""

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)


class History:
    """The versions in force, oldest first; the last is the newest. Safe to share between threads.

    Args:
        versions: at least one, numbered without gaps.

    Raises:
        InvalidValueError: none, or a gap.
    """

    def __init__(self, versions: tuple[PolicyVersion, ...]) -> None:
        numbers = [version.number for version in versions]
        if not numbers:
            raise InvalidValueError("there is no policy version; the gate needs at least one")
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            raise InvalidValueError(f"the versions are numbered {numbers}; they go up by one, oldest first")
        self.versions = versions
        self.tables: Tables = compile_tables(versions)
        self.folded: Callable[[int, frozenset[Answer]], Effective] = lru_cache(FOLDS_KEPT)(self._fold)
        self._remembered: Callable[[SubjectFacts], Standing] = lru_cache(STANDINGS_KEPT)(self._stand)

    @property
    def newest(self) -> PolicyVersion:
        """The newest version in force."""
        return self.versions[-1]

    @property
    def oldest(self) -> int:
        """Number of the oldest version in force."""
        return self.versions[0].number

    def version(self, number: int) -> PolicyVersion | None:
        """Return a version by its number, or None."""
        at = number - self.oldest
        return self.versions[at] if 0 <= at < len(self.versions) else None

    def standing(self, facts: SubjectFacts) -> Standing:
        """Return where a subject stands; equal facts give the same object while it is remembered.

        Raises:
            InvalidValueError: `joined` is none of the versions.
        """
        return self._remembered(facts)

    def answer(self, agreement: Agreement) -> Answer | None:
        """Return what the fold takes of an agreement; None where it names no clause of a version in force."""
        version = agreement.version - self.oldest
        if not 0 <= version < len(self.versions):
            return None
        if agreement.clause is None:
            return agreement.version, None
        cell = self.tables.versions[version].answers.get(clause_key(agreement.clause))
        return None if cell is None else (agreement.version, cell)

    def _fold(self, joined: int, answers: frozenset[Answer]) -> Effective:
        return fold(self.tables, joined, answers)

    def _stand(self, facts: SubjectFacts) -> Standing:
        if self.version(facts.joined) is None:
            raise InvalidValueError(
                f"`joined` is {facts.joined}; the versions in force are {self.oldest} to {self.newest.number}"
            )
        return Standing(self, facts)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedConsent:
    """A consent with its names resolved.

    Args:
        consent: as it is on record.
        target: what it is for: `use` and the root of the purpose, or `share` and the root of the recipient.
        items: roots of its items.
    """

    consent: Consent
    target: tuple[ClauseKind, str]
    items: frozenset[str]


class Standing:
    """Where one subject stands among the versions: their facts, resolved, and the policy that holds for them.

    `rights`, `notices`, `keep_limits`, `clauses` and `history_hash` count every agreement and every withdrawal on
    record; `effective_at` counts those up to an instant.

    Args:
        history: the versions in force.
        facts: of the subject.
    """

    __slots__ = ("_agreements", "_instants", "consents", "facts", "history", "objected", "restricted", "verdicts")

    def __init__(self, history: History, facts: SubjectFacts) -> None:
        names = history.tables.names
        self.history = history
        self.facts = facts
        self.verdicts: dict[str, Verdict] = {}
        self.restricted = _purposes(names, facts.restricted)
        self.objected = _purposes(names, facts.objected)
        self.consents = tuple(self._resolved(consent) for consent in facts.consents)
        self._agreements = tuple((one, history.answer(one)) for one in facts.agreements)
        self._instants = sorted(set(self._moments()))

    def effective_at(self, at: datetime) -> Effective:
        """Return the policy that holds for the subject at an instant; shared between subjects with one history."""
        return self.history.folded(self.facts.joined, self._counted(at))

    def window(self, at: datetime) -> tuple[datetime, datetime]:
        """Return the span around an instant, end exclusive, in which nothing about the subject changes by time."""
        place = bisect_right(self._instants, at)
        since = self._instants[place - 1] if place else ALWAYS
        return since, self._instants[place] if place < len(self._instants) else NEVER

    def remember(self, verdict: Verdict) -> None:
        """Keep an answer for the same question within its window."""
        if len(self.verdicts) >= VERDICTS_KEPT:
            self.verdicts.clear()
        self.verdicts[verdict.question.key] = verdict

    def refused_until(self, cell: Cell, at: datetime) -> datetime | None:
        """Return the end of the quiet time after the subject's no to this cell; None where it may be asked."""
        ends = [
            self._quiet_end(refusal.at)
            for refusal in self.facts.refusals
            if refusal.at <= at and self._refuses(refusal, cell)
        ]
        return max((end for end in ends if at < end), default=None)

    @property
    def history_hash(self) -> str:
        """Hex SHA-256 of the fold."""
        return self._latest.history_hash

    @property
    def rights(self) -> Mapping[Right, RightTerms]:
        """The rights that the subject has, with the terms that hold for them; an absent right is not in it."""
        return self._latest.rights

    @property
    def notices(self) -> tuple[NoticeTerms, ...]:
        """How the subject is told of significant changes, per service and channel."""
        return tuple(self._latest.notices.values())

    def keep_limits(self, item: str) -> tuple[Limit, ...]:
        """Return every limit on how long an item is kept; the one that ends first counts.

        Args:
            item: id, of any age.

        Returns:
            Empty where no version since the subject joined declared the item.
        """
        root = self.history.tables.names.items.get(item)
        return () if root is None else tuple(self._latest.keep.get(root, {}).values())

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The newest version's permissions that hold for the subject."""
        return tuple(clause for clause in self.history.newest.clauses if self._holds(clause))

    @property
    def open_clauses(self) -> tuple[Clause, ...]:
        """The newest version's clauses that change something for the subject only once they agree.

        Uses and sharing that rest on consent are not among them: those are asked for when they are needed.
        """
        counted = self._counted(NEVER)
        return tuple(
            clause
            for clause in self.history.newest.clauses
            if not rests_on_consent(clause) and self._is_open(clause, counted)
        )

    @property
    def _latest(self) -> Effective:
        return self.effective_at(NEVER)

    def _holds(self, clause: Clause) -> bool:
        bit = self.history.tables.bits.get(cell_of(clause))
        return bit is not None and bool(self._latest.mask >> bit & 1)

    def _is_open(self, clause: Clause, counted: frozenset[Answer]) -> bool:
        if clause.kind in PERMISSIONS:
            return not self._holds(clause)
        # Where what holds is what the newest version says, no answer changes it; only the rest is worth a fold.
        table, latest = self.history.tables.versions[-1], self._latest
        if clause.kind is ClauseKind.KEEP:
            same = tuple(latest.keep.get(clause.roots[0], {}).values()) == (table.keep.get(clause.roots[0]),)
        elif clause.kind is ClauseKind.RIGHT:
            right = Right(clause.roots[0])
            same = latest.rights.get(right) == table.rights.get(right)
        else:
            key = (clause.roots[0], Channel(clause.roots[1]))
            same = latest.notices.get(key) == table.notices.get(key)
        return not same and self._changes(counted, (self.history.newest.number, cell_of(clause)))

    def _changes(self, counted: frozenset[Answer], answer: Answer) -> bool:
        agreed = fold(self.history.tables, self.facts.joined, counted | {answer})
        return agreed.history_hash != self._latest.history_hash

    def _counted(self, at: datetime) -> frozenset[Answer]:
        return frozenset(
            answer
            for one, answer in self._agreements
            if answer is not None and one.at <= at and (one.withdrawn_at is None or at < one.withdrawn_at)
        )

    def _resolved(self, consent: Consent) -> ResolvedConsent:
        names = self.history.tables.names
        if consent.recipient is not None:
            target = (ClauseKind.SHARE, names.recipients.get(consent.recipient, consent.recipient))
        else:
            purpose = consent.purpose or ""
            target = (ClauseKind.USE, names.purposes.get(purpose, purpose))
        items = frozenset(names.items.get(item, item) for item in consent.items)
        return ResolvedConsent(consent=consent, target=target, items=items)

    def _refuses(self, refusal: Refusal, cell: Cell) -> bool:
        tables = self.history.tables
        if refusal.clause is not None:
            return tables.texts.get(clause_key(refusal.clause)) == cell
        purpose = refusal.purpose or ""
        return cell[0] is ClauseKind.USE and tables.names.purposes.get(purpose) == cell[1][1]

    def _quiet_end(self, refused_at: datetime) -> datetime:
        try:
            return refused_at + timedelta(days=self.history.newest.policy.quiet_days)
        except OverflowError:
            return NEVER

    def _moments(self) -> Iterator[datetime]:
        """Every instant at which an answer about the subject can change by time alone."""
        facts = self.facts
        for agreement in facts.agreements:
            yield agreement.at
            yield agreement.withdrawn_at or agreement.at
        for consent in facts.consents:
            yield consent.given_at
            yield consent.expires_at or consent.given_at
            yield consent.withdrawn_at or consent.given_at
        for refusal in facts.refusals:
            yield refusal.at
            yield self._quiet_end(refusal.at)
        for hold in facts.holds:
            yield hold.until
        if facts.gpc is not None:
            yield from (at for at in (facts.gpc.signalled_at, facts.gpc.overridden_at) if at is not None)


def _purposes(names: Identities, listed: frozenset[str]) -> frozenset[str]:
    return frozenset(one if one == ALL_PURPOSES else names.purposes.get(one, one) for one in listed)
