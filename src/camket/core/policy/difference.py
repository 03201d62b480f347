"""One difference between two versions of a policy, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import Clause, PolicyVersion
    from camket.core.terms import Language

Said = dict["Language", str]
"""One sentence, or one word of it, in every language that people read."""


class Change(StrEnum):
    """What happened to a declaration.

    Of what may be done with data, wider is more; of rights and notices, wider is more too, which is better there.
    """

    ADDED = "added"
    REMOVED = "removed"
    WIDENED = "widened"
    NARROWED = "narrowed"
    CHANGED = "changed"
    """One value for another of which neither is the wider: another clock, another address."""
    REWORDED = "reworded"
    """Other words for the same meaning."""


class Effect(StrEnum):
    """What a difference is for the subject, by the table of semantics section 2."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


class DeclarationKind(StrEnum):
    """Which part of a policy a difference is about."""

    ITEM = "item"
    SERVICE = "service"
    CATEGORY = "category"
    PURPOSE = "purpose"
    RECIPIENT = "recipient"
    GROUND = "ground"
    RIGHT = "right"
    NOTICE = "notice"
    """Its id is the service's."""
    REGISTRATION = "registration"
    """Concerns those who register from then on, and nobody else."""
    CLOCK = "clock"
    CONTROLLER = "controller"
    RELAY = "relay"
    POLICY = "policy"
    """The policy as a whole: its title, its languages, the law it follows."""
    PROMISE = "promise"
    PROSE = "prose"
    """Its id is the anchor of a section of the published text."""
    TERMS = "terms"
    """Its id is the anchor of a section of the terms of service."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Declaration:
    """What a difference is about.

    Args:
        kind: which part of the policy.
        id: as the later version calls it, or the earlier one where the later has it no more.
    """

    kind: DeclarationKind
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewording:
    """A text before and after, in one language; empty where there was none."""

    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that is not as it was.

    Args:
        change: what happened.
        effect: what it is for the subject.
        about: the declaration it is about.
        says: one plain sentence in every language.
        clauses_before: the clauses that stood and stand no more; empty where the difference is in no clause.
        clauses_after: the clauses that stand in their place; each can be answered alone.
        binds_all_at_once: it holds for everyone from the version's first moment; otherwise for each subject only once
            they say yes.
        rewordings: the texts themselves, in the languages in which they changed; empty unless words changed.
    """

    change: Change
    effect: Effect
    about: Declaration
    says: Mapping[Language, str]
    clauses_before: tuple[Clause, ...] = ()
    clauses_after: tuple[Clause, ...] = ()
    binds_all_at_once: bool = True
    rewordings: Mapping[Language, Rewording] = field(default_factory=dict)

    @property
    def takes_without_asking(self) -> bool:
        """It is worse for the subject, and there is no clause by which they could keep what they had."""
        return self.effect is Effect.WORSE and self.binds_all_at_once


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyDiff:
    """Everything in which two versions differ, by meaning first and by words last."""

    before: PolicyVersion
    after: PolicyVersion
    differences: tuple[Difference, ...]

    @property
    def is_empty(self) -> bool:
        """The two say the same in the same words."""
        return not self.differences

    @property
    def reduces(self) -> bool:
        """Something is worse for the subject."""
        return any(one.effect is Effect.WORSE for one in self.differences)

    @property
    def significant(self) -> bool:
        """Something other than words changed: customers are told by notice (P17)."""
        return any(one.change is not Change.REWORDED for one in self.differences)

    @property
    def takes_without_asking(self) -> tuple[Difference, ...]:
        """What cannot be published: it is worse for everyone at once, and nobody could keep what they had (P17)."""
        return tuple(one for one in self.differences if one.takes_without_asking)

    def by_effect(self, effect: Effect) -> tuple[Difference, ...]:
        """Return the differences with one effect, in order, rewording left out."""
        return tuple(one for one in self.differences if one.effect is effect and one.change is not Change.REWORDED)

    @property
    def rewordings(self) -> tuple[Difference, ...]:
        """Return the differences that are in words alone."""
        return tuple(one for one in self.differences if one.change is Change.REWORDED)
