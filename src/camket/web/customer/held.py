"""Held values as the privacy centre shows them: item by item, newest first, equal ones together, none left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.policy.model import ItemKind
from camket.web.i18n import said
from camket.web.wording import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from camket.core.policy.model import Text
    from camket.services.centre import HeldView
    from camket.web.visit import Visit

SHOWN_FIRST: Final = 3
"""So many different values of an item are shown before the rest is folded away."""
PICTURES_FIRST: Final = 4
"""So many pictures of an item are shown before the rest stands on a page of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidValue:
    """A value in the reader's language, with every time it is held.

    Args:
        text: *personal*; as people read it.
        held: each of the equal values, newest first; at least one.
    """

    text: str = field(repr=False)
    held: tuple[HeldView, ...]

    @property
    def newest(self) -> HeldView:
        """The one that came last."""
        return self.held[0]

    @property
    def oldest(self) -> HeldView:
        """The one that came first."""
        return self.held[-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidItem:
    """An item with its values, which have their reasons in common.

    Args:
        count: how many values are held, equal ones each counted.
        because: why they are kept no longer and no shorter; their days are the values' own.
        correctable: its subject puts another value in its place.
        shown: the newest different values, at least one.
        folded: the others; none are left out.
        is_picture: its values are shown as pictures.
    """

    label: Text
    why: Text
    purposes: tuple[Text, ...]
    because: Text
    article: str | None
    count: int
    correctable: bool
    shown: tuple[SaidValue, ...]
    folded: tuple[SaidValue, ...]
    is_picture: bool

    @property
    def folded_count(self) -> int:
        """How many values are folded away."""
        return sum(len(value.held) for value in self.folded)


def say_items(visit: Visit, held: Iterable[HeldView]) -> list[SaidItem]:
    """Return the values item by item, in their order; what a law holds stands apart with its own reason."""
    by_item: dict[tuple[str, str | None, str], list[HeldView]] = {}
    for view in held:
        by_item.setdefault((view.item, view.article, said(view.kept_because, visit.language)), []).append(view)
    return [_say_item(visit, views) for views in by_item.values()]


def say_value(visit: Visit, value: HeldView) -> str:
    """Return a value as people read it, *personal*: a service by its label, an instant as a moment."""
    if value.said is not None:
        return said(value.said, visit.language)
    if value.instant is not None:
        return moment(value.instant, visit.context.clock.now(), visit.language)
    return visit.say("a picture") if value.kind is ItemKind.PICTURE else value.shown


def _say_item(visit: Visit, views: Sequence[HeldView]) -> SaidItem:
    first, values = views[0], _together(visit, views)
    is_picture = first.kind is ItemKind.PICTURE
    shown_first = PICTURES_FIRST if is_picture else SHOWN_FIRST
    return SaidItem(
        label=first.label,
        why=first.why,
        purposes=first.purposes,
        because=first.kept_because,
        article=first.article,
        count=len(views),
        # A correction takes the place of every value of its item: where there are several, they go one by one.
        correctable=first.correctable and len(views) == 1,
        shown=tuple(values[:shown_first]),
        folded=tuple(values[shown_first:]),
        is_picture=is_picture,
    )


def _together(visit: Visit, views: Sequence[HeldView]) -> list[SaidValue]:
    """Return equal values as one. Pictures are never equal, and what can be deleted alone stands alone."""
    together: dict[tuple[bool, str], list[HeldView]] = {}
    for view in sorted(views, key=lambda one: one.since, reverse=True):
        alone = view.removable or view.kind is ItemKind.PICTURE or view.instant is not None
        together.setdefault((alone, view.row_id if alone else view.shown), []).append(view)
    return [SaidValue(text=say_value(visit, equal[0]), held=tuple(equal)) for equal in together.values()]
