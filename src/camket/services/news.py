"""Improvement news: an officer writes it in every language; it goes to those who said yes to it, and to no one else.

The example of a purpose that the policy does not state (P11): the job asks the gate for each customer, and the outbox
asks again at the moment of sending, so that whoever withdrew in between gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import ConflictError, InvalidValueError, NotFoundError
from camket.core.intake import Accepted, Problem
from camket.core.intake.answer import too_long
from camket.core.intake.texts import read_fact, read_text
from camket.core.ledger.entry import LedgerAction
from camket.core.notices.news import NEWS
from camket.core.terms import Language, Outcome, SubjectState
from camket.rows.news import NewsRow, NewsState
from camket.services.forms import FormError
from camket.services.ids import random_id
from camket.services.outbox import queue_mail_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.policy.model import Text
    from camket.ports import Unit
    from camket.rows import Json
    from camket.services.context import Context
    from camket.services.steps import Run

NEWS_JOB: Final = "news"
TITLE_CHARACTERS: Final = 120
MOST_PIECES: Final = 50
"""So many pieces are listed; older ones stay where they are."""
PAGE: Final = 100
"""Customers for whom the gate is asked between two steps; a lease lasts longer than they take."""
FIELDS: Final = tuple(f"{part}_{language}" for language in Language for part in ("title", "text"))
"""The fields of the form: a title and a text in each language."""
NO_DRAFT: Final = "this piece of news is sent already, or was dropped by someone else"


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """A piece of news. Nothing personal stands in it.

    Args:
        author: who wrote it, `staff:pseudonym`.
        titles: one line in each language.
        texts: paragraphs in each language, blank lines between them.
        sent_at: aware; None for a draft.
        asked: for how many customers the gate was asked so far.
        queued: for how many of them it said yes.
    """

    id: str
    author: str
    titles: Text
    texts: Text
    state: NewsState
    created_at: datetime
    sent_at: datetime | None
    asked: int
    queued: int

    @property
    def typed(self) -> dict[str, str]:
        """The words by the fields of the form."""
        parts = {"title": self.titles, "text": self.texts}
        return {f"{part}_{language}": words[language] for part, words in parts.items() for language in Language}


def write_news(ctx: Context, *, actor: str, typed: Mapping[str, str]) -> str:
    """Keep a new draft and return its id.

    Args:
        ctx: the service.
        actor: who writes, `staff:pseudonym`.
        typed: field of `FIELDS` -> what was typed.

    Raises:
        FormError: a field is empty, too long or holds characters that mislead; nothing was kept.

    Effects: durable on return, with its ledger record. Twice keeps two drafts.
    """
    titles, texts = _read(typed)
    row = NewsRow(
        id=random_id(ctx.entropy), author=actor, titles=titles, texts=texts, state=NewsState.DRAFT,
        created_at=ctx.clock.now(), sent_at=None, asked=0, queued=0,
    )  # fmt: skip

    def keep(unit: Unit) -> None:
        unit.news.add(row)
        _record_in(unit, ctx, actor, row.id)

    ctx.store.write(keep)
    return row.id


def rewrite_news(ctx: Context, *, actor: str, news_id: str, typed: Mapping[str, str]) -> None:
    """Keep other words of a draft.

    Raises:
        FormError: as `write_news`; the draft is as it was.
        NotFoundError: there is no such piece.
        ConflictError: it is no draft any more; nothing was changed.

    Effects: durable on return, with its ledger record. Twice is once, on record twice.
    """
    titles, texts = _read(typed)
    held = find_news(ctx, news_id)
    row = NewsRow(
        id=news_id, author=actor, titles=titles, texts=texts, state=NewsState.DRAFT,
        created_at=held.created_at, sent_at=None, asked=0, queued=0,
    )  # fmt: skip

    def rewrite(unit: Unit) -> None:
        if not unit.news.replace(row):
            raise ConflictError(NO_DRAFT)
        _record_in(unit, ctx, actor, news_id)

    ctx.store.write(rewrite)


def drop_news(ctx: Context, *, actor: str, news_id: str) -> None:
    """Drop a draft.

    Args:
        ctx: the service.
        actor: who drops it, `staff:pseudonym`.
        news_id: of the draft.

    Raises:
        ConflictError: it is no draft any more, or someone else dropped it; nothing was changed.

    Effects: durable on return, with its ledger record.
    """

    def drop(unit: Unit) -> None:
        if not unit.news.drop(news_id):
            raise ConflictError(NO_DRAFT)
        _record_in(unit, ctx, actor, news_id)

    ctx.store.write(drop)


def _record_in(unit: Unit, ctx: Context, actor: str, news_id: str) -> None:
    ctx.door.record_in(unit, actor=actor, action=LedgerAction.STAFF, purpose=NEWS.purpose, request=news_id)


def send_news(ctx: Context, *, actor: str, news_id: str) -> None:
    """Have a draft sent to everyone who said yes to such news.

    Args:
        ctx: the service.
        actor: who has it sent, `staff:pseudonym`.
        news_id: of the draft.

    Raises:
        ConflictError: it is no draft any more; nothing was changed.

    Effects: the draft is closed, the job queued and the ledger record durable together. Twice sends once.
    """

    def begin(unit: Unit) -> None:
        if not unit.news.begin(news_id, at=ctx.clock.now()):
            raise ConflictError(NO_DRAFT)
        unit.jobs.enqueue(NEWS_JOB, {"news": news_id}, run_at=ctx.clock.now(), dedupe_key=f"{NEWS_JOB}:{news_id}")
        ctx.door.record_in(unit, actor=actor, action=LedgerAction.NOTICE, purpose=NEWS.purpose, request=news_id)

    ctx.store.write(begin)


def list_news(ctx: Context) -> tuple[News, ...]:
    """Return the newest pieces, drafts too, newest first."""
    return tuple(_news(row) for row in ctx.store.read(lambda unit: unit.news.page(limit=MOST_PIECES)))


def find_news(ctx: Context, news_id: str) -> News:
    """Return a piece.

    Raises:
        NotFoundError: there is no such piece.
    """
    row = ctx.store.read(lambda unit: unit.news.get(news_id))
    if row is None:
        raise NotFoundError("there is no such piece of news")
    return _news(row)


def run_news(ctx: Context, run: Run) -> None:
    """Queue a mail for every customer of whom the gate says yes now; the job `news`.

    Effects: page by page, each durable with its count; a run that dies goes on at its page, and no one is queued twice.
        The gate is asked here without a record: what is on record is the read at the moment of sending, and nothing of
        who is not written to.
    """
    news_id = str(run.args["news"])
    so_far, number = _Progress(), 0
    while True:
        done = run.result(f"page-{number}")
        so_far = _read_progress(_run_page(ctx, run, news_id, number, so_far) if done is None else done)
        if not so_far.last_id:
            return
        number += 1


@dataclass(frozen=True, kw_only=True, slots=True)
class _Progress:
    """Where the next page begins, empty after the last one, and what all pages so far came to."""

    last_id: str = ""
    asked: int = 0
    queued: int = 0


def _run_page(ctx: Context, run: Run, news_id: str, number: int, before: _Progress) -> Json:
    ids = _page(ctx, before.last_id)
    agreed = [subject_id for subject_id in ids if _permitted(ctx, subject_id)]
    last_id = ids[-1] if len(ids) == PAGE else ""
    asked, queued = before.asked + len(ids), before.queued + len(agreed)

    def queue(unit: Unit) -> Json:
        for subject_id in agreed:
            queue_mail_in(unit, ctx, subject_id=subject_id, template=NEWS.id, args={"news": news_id})
        unit.news.count(news_id, asked=asked, queued=queued, sent=not last_id)
        return [last_id, asked, queued]

    return run.step(f"page-{number}", queue)


def _page(ctx: Context, after_id: str) -> list[str]:
    rows = ctx.store.read(lambda unit: unit.subjects.page(after_id=after_id, limit=PAGE, state=SubjectState.ACTIVE))
    return [row.id for row in rows]


def _permitted(ctx: Context, subject_id: str) -> bool:
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    items = tuple(item.id for item in policy.registration_items if item.kind in NEWS.needs)
    return ctx.door.decide(subject_id=subject_id, items=items, purpose=NEWS.purpose).outcome is Outcome.PERMIT


def _read_progress(result: Json) -> _Progress:
    if isinstance(result, list | tuple):
        last_id, asked, queued = result
        if isinstance(last_id, str) and isinstance(asked, int) and isinstance(queued, int):
            return _Progress(last_id=last_id, asked=asked, queued=queued)
    raise InvalidValueError("a page of the news job has no result of its form")


def _read(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    problems: dict[str, Problem] = {}
    words: dict[str, dict[str, str]] = {"title": {}, "text": {}}
    for language in Language:
        for part, read in (("title", _read_title), ("text", read_text)):
            answer = read(typed.get(f"{part}_{language}", ""))
            if isinstance(answer, Problem):
                problems[f"{part}_{language}"] = answer
            else:
                words[part][language.value] = answer.value
    if problems:
        raise FormError(problems)
    return words["title"], words["text"]


def _read_title(typed: str) -> Accepted | Problem:
    answer = read_fact(typed)
    if isinstance(answer, Accepted) and len(answer.value) > TITLE_CHARACTERS:
        return too_long(limit=TITLE_CHARACTERS, length=len(answer.value))
    return answer


def _news(row: NewsRow) -> News:
    return News(
        id=row.id,
        author=row.author,
        titles={language: str(row.titles[language.value]) for language in Language},
        texts={language: str(row.texts[language.value]) for language in Language},
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        asked=row.asked,
        queued=row.queued,
    )
