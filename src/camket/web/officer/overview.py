"""The desk in numbers: charts drawn at the server, each with its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.rights.wording import KINDS
from camket.services.overview import AGE_BOUNDS, ANSWER_BOUNDS, look_over
from camket.web.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response

    from camket.web.visit import Visit

PATH: Final = "/officer/overview"
WIDEST: Final = 240
"""Length of the longest bar of a chart, in its own units."""
ROW: Final = 48
"""Height of a row of a chart, in its own units."""
GOOD: Final = "good"
LATE: Final = "no"


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A part of a bar.

    Args:
        left: where it begins, in the chart's units.
        length: in the chart's units; 0 for nothing.
    """

    count: int
    mood: str
    left: int
    length: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StackedBar:
    """One bar of a chart.

    Args:
        top: where its row begins, in the chart's units.
    """

    words: str
    count: int
    top: int
    segments: tuple[Segment, ...]


def overview(visit: Visit) -> Response:
    """Show the desk in numbers."""
    found = look_over(visit.context)
    ages = [f"age-{place}" for place in range(len(AGE_BOUNDS))]
    open_bars = stack((said(KINDS[one.kind], visit.language), zip(one.ages, ages, strict=True)) for one in found.open)
    answer_bars = stack(
        (words, ((one.requests - one.late, GOOD), (one.late, LATE)))
        for one, words in zip(found.answers, bound_words(visit, ANSWER_BOUNDS), strict=True)
    )
    return visit.show(
        "officer/overview.html",
        overview=found,
        open_bars=open_bars,
        answer_bars=answer_bars,
        ages=list(zip(ages, bound_words(visit, AGE_BOUNDS), strict=True)),
        row=ROW,
    )


def bound_words(visit: Visit, bounds: tuple[int, ...]) -> list[str]:
    """Return what the whole days between two bounds are called, `3–4 days`; the last has no end."""
    words = []
    for first, after in zip(bounds, (*bounds[1:], None), strict=True):
        if after is None:
            words.append(visit.say("%(days)s days and more", days=first))
        elif after - first > 1:
            words.append(visit.say("%(first)s–%(last)s days", first=first, last=after - 1))
        elif first == 0:
            words.append(visit.say("the same day"))
        else:
            words.append(visit.say("on day %(day)s", day=first))
    return words


def stack(rows: Iterable[tuple[str, Iterable[tuple[int, str]]]]) -> list[StackedBar]:
    """Return the bars of a chart, each as long as its count; what counts anything is seen."""
    listed = [(words, tuple(parts)) for words, parts in rows]
    most = max((sum(count for count, _ in parts) for _, parts in listed), default=0)
    bars = []
    for place, (words, parts) in enumerate(listed):
        segments, left, counted = [], 0, 0
        for count, mood in parts:
            counted += count
            end = max(left + 1, counted * WIDEST // most) if count else left
            segments.append(Segment(count=count, mood=mood, left=left, length=end - left))
            left = end
        bars.append(StackedBar(words=words, count=counted, top=place * ROW, segments=tuple(segments)))
    return bars
