"""What the gate is asked, and what it is told about the subject (semantics section 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from camket.core.consent.facts import Consent, Gpc, Refusal
from camket.core.errors import InvalidValueError
from camket.core.terms import Action, Case, Ground, Source, SubjectState, require_aware

ALL_PURPOSES: Final = "all"
"""In `restricted` and `objected`: every purpose, and observed collection too."""

_SEPARATOR: Final = "\x1f"
_FIXED_PARTS: Final = 6

_KEYS_KEPT: Final = 4096
"""Kinds of questions that are remembered as checked; the oldest is forgotten for a new one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """A yes to a change: to one clause of a version, or to that version whole.

    Args:
        version: the version that was the newest in force when the answer was given.
        clause: the clause as the question named it; None is the version whole.
        at: counts from this instant on; aware.
        withdrawn_at: from this instant on the fold runs without it.

    Raises:
        InvalidValueError: an instant without a zone.
    """

    version: int
    clause: str | None
    at: datetime
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(self.at, "at")
        if self.withdrawn_at is not None:
            require_aware(self.withdrawn_at, "withdrawn_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """An item of which everything that is held lies under the subject's `hold` key (semantics section 6).

    It opens for ground `law` and for the subject's own rights, for nothing else, and until its date. An item of which
    values lie under the `live` key as well is not listed: the vault itself keeps its `hold` rows shut.

    Args:
        item: id of the item.
        article: the legal minimum's article, or the preservation case's basis.
        until: exclusive; on this instant it dies.

    Raises:
        InvalidValueError: an instant without a zone.
    """

    item: str
    article: str
    until: datetime

    def __post_init__(self) -> None:
        require_aware(self.until, "until")


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectFacts:
    """Everything the gate needs to know about one subject; ids, hashes and instants only, never a value.

    Args:
        joined: number of the version in force when the subject joined.
        agreements: every agreement on record, withdrawn ones too.
        consents: every consent on record, withdrawn ones too.
        refusals: every no on record.
        restricted: ids of the purposes that the subject had restricted, or `all`.
        objected: ids of the purposes that the subject objected to, or `all`.
        gpc: the subject's Global Privacy Control signal, or None.
        state: `pending` is treated as `active`.
        holds: items under the `hold` key.
    """

    joined: int = 1
    agreements: tuple[Agreement, ...] = ()
    consents: tuple[Consent, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    restricted: frozenset[str] = frozenset()
    objected: frozenset[str] = frozenset()
    gpc: Gpc | None = None
    state: SubjectState = SubjectState.ACTIVE
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """May this be done with these items of the subject, at this instant?

    Args:
        action: collect, use or share.
        items: ids, at least one, each once. An earlier id of a renamed item means the same item.
        at: the instant of the effect, not of the queueing; aware.
        service: where it is collected.
        source: how it is collected.
        purpose: what it is used for; `rights` is the subject's own.
        recipient: to whom it is shared.
        ground: what a sharing, or a use by a case, rests on.
        case: the evidence of a legal ground.

    Raises:
        InvalidValueError: no item, an item twice, an empty id or one with a control character, or a naive instant.
    """

    action: Action
    items: tuple[str, ...]
    at: datetime
    service: str | None = None
    source: Source | None = None
    purpose: str | None = None
    recipient: str | None = None
    ground: Ground | None = None
    case: Case | None = None
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_aware(self.at, "at")
        key = _key_of(self.action, self.source, self.ground, self.service, self.purpose, self.recipient, self.items)
        object.__setattr__(self, "key", key)


@lru_cache(maxsize=_KEYS_KEPT)
def _key_of(
    action: Action,
    source: Source | None,
    ground: Ground | None,
    service: str | None,
    purpose: str | None,
    recipient: str | None,
    items: tuple[str, ...],
) -> str:
    """Return what tells a question from others, but for its instant and evidence; checked once for each kind."""
    if not items:
        raise InvalidValueError("`items` is empty; name the items that the question is about")
    if len(set(items)) != len(items):
        raise InvalidValueError("`items` names an item twice")
    names = (service, purpose, recipient, *items)
    if "" in names:
        raise InvalidValueError("the question holds an empty id; leave the field out instead")
    # INVARIANT: two questions have one key only if they are equal but for `at` and `case`; the separators prove it.
    key = _SEPARATOR.join((action, source or "", ground or "", *(name or "" for name in names)))
    if key.count(_SEPARATOR) != _FIXED_PARTS - 1 + len(items):
        raise InvalidValueError("the question holds an id with a control character")
    return key
