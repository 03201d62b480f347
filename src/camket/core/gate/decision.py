"""The answer of the gate (semantics section 4), and the proof that it was a yes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from camket.core.errors import DeniedError
from camket.core.gate.question import Question
from camket.core.gate.rows import Row
from camket.core.terms import Action, Ground, Outcome


class MissingKind(StrEnum):
    """What would have to be there for another answer.

    The table itself never misses a `verification`: the services that fulfil rights add it in the same shape.
    """

    CONSENT = "consent"
    AGREEMENT = "agreement"
    GROUND = "ground"
    VERIFICATION = "verification"


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """One thing that is missing.

    Args:
        kind: what kind of thing.
        item: as the question named it.
        purpose: as the question named it; None where it named none.
        recipient: as the question named it; None where it named none.
        version: the newest version in force, which asks.
        clause: the clause to agree or consent to; None for a ground.
        clause_hash: what a consent must be bound to; None for anything else.
    """

    kind: MissingKind
    item: str
    purpose: str | None
    recipient: str | None
    version: int
    clause: str | None
    clause_hash: str | None = None


class ObligationKind(StrEnum):
    """What whoever acts on the answer has to do."""

    DO_NOT_ASK = "do_not_ask"
    RECORD_CASE = "record_case"
    TELL_SUBJECT = "tell_subject"
    HOLD_KEY = "hold_key"


@dataclass(frozen=True, kw_only=True, slots=True)
class Obligation:
    """One obligation that comes with the answer.

    Args:
        kind: `do_not_ask` the subject; `record_case` in the ledger; `tell_subject` what was done; use the `hold_key`.
        item: as the question named it; None where it holds for all items.
        reference: of the case, or the article of the hold.
        until: `do_not_ask` until then, None as long as the reason stands; `hold_key` dies then.
        not_before: `tell_subject` from then on, None at once.
    """

    kind: ObligationKind
    item: str | None = None
    reference: str | None = None
    until: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemAnswer:
    """The row that answered for one item.

    Args:
        item: as the question named it.
        row: the row of the total table.
        clause: id of the clause that decided; None where none did.
        until: the answer may change then without anything happening; None where no such instant is known.
    """

    item: str
    row: Row
    clause: str | None = None
    until: datetime | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome for this item."""
        return self.row.outcome

    @property
    def reason(self) -> str:
        """The row's sentence, in English; `row.sentence` has both languages."""
        return self.row.en


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """An answer without its instant: it is the same from `since` until `before`.

    Args:
        question: the question as it was first asked; equal to later ones but for `at`.
        since: inclusive.
        before: exclusive.
    """

    question: Question = field(compare=False)
    outcome: Outcome
    items: tuple[ItemAnswer, ...]
    clauses: tuple[str, ...]
    missing: tuple[Missing, ...]
    obligations: tuple[Obligation, ...]
    version: int
    history: str
    since: datetime = field(compare=False)
    before: datetime = field(compare=False)


class Decision(tuple[Verdict, datetime]):
    """What the gate answered. Made by `decide` alone; two are equal if answer and instant are."""

    __slots__ = ()

    def __new__(cls) -> Self:
        """Refuse: a decision is the gate's.

        Raises:
            TypeError: always.
        """
        raise TypeError("a decision is made by the gate; call `decide`")

    @property
    def outcome(self) -> Outcome:
        """Permit, ask or deny, over all items: any deny denies, else any ask asks."""
        return self[0].outcome

    @property
    def items(self) -> tuple[ItemAnswer, ...]:
        """One answer per item, in the question's order."""
        return self[0].items

    @property
    def clauses(self) -> tuple[str, ...]:
        """Ids of the clauses that decided, each once; empty where no clause did."""
        return self[0].clauses

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What would have to be there for another answer; empty where nothing would help, or nothing is missing."""
        return self[0].missing

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What whoever acts on the answer has to do."""
        return self[0].obligations

    @property
    def version(self) -> int:
        """Number of the newest version in force."""
        return self[0].version

    @property
    def history(self) -> str:
        """Hex SHA-256 of the fold: the policy that holds for this subject."""
        return self[0].history

    @property
    def at(self) -> datetime:
        """The instant that was asked about."""
        return self[1]

    @property
    def question(self) -> Question:
        """What was asked; its `at` is the first instant at which it was, `Decision.at` is this one's."""
        return self[0].question

    def permitted(self) -> Permitted:
        """Return the proof that this was a yes.

        Raises:
            DeniedError: the outcome is not permit; the message names items, never values.
        """
        if self.outcome is not Outcome.PERMIT:
            raise DeniedError(_refusal(self))
        return Permitted(self, _PROOF)


_PROOF: Final = object()


class Permitted:
    """Proof in the type that the gate said yes: opening personal data takes one (rule 6 of the design).

    Args:
        decision: a permitted one.
        proof: known to this module alone.

    Raises:
        DeniedError: made anywhere but by `Decision.permitted`.
    """

    __slots__ = ("_decision",)

    def __init__(self, decision: Decision, proof: object) -> None:
        # INVARIANT: only `Decision.permitted` holds the proof, and it checks the outcome first.
        if proof is not _PROOF:
            raise DeniedError("a permission is made by the gate alone; call `Decision.permitted`")
        self._decision = decision

    @property
    def decision(self) -> Decision:
        """The decision, whose outcome is permit."""
        return self._decision

    @property
    def action(self) -> Action:
        """What may be done."""
        return self._decision.question.action

    @property
    def items(self) -> tuple[str, ...]:
        """The items it may be done with; no others."""
        return self._decision.question.items

    @property
    def purpose(self) -> str | None:
        """What for; None for collecting, sharing and cases."""
        return self._decision.question.purpose

    @property
    def ground(self) -> Ground | None:
        """The ground, where it rests on one."""
        question = self._decision.question
        return question.case.ground if question.case is not None else question.ground


def _refusal(decision: Decision) -> str:
    question = decision.question
    what = " ".join(
        f"{name} `{value}`"
        for name, value in (
            ("for purpose", question.purpose),
            ("to recipient", question.recipient),
            ("in service", question.service),
        )
        if value is not None
    )
    stops = [one for one in decision.items if one.outcome is decision.outcome]
    reasons = "; ".join(f"`{one.item}`: {one.row.en.rstrip('.').lower()} ({one.row.name})" for one in stops)
    word = "asks first" if decision.outcome is Outcome.ASK else "denies"
    return f"the gate {word}: {question.action} {what}".rstrip() + f": {reasons}"
