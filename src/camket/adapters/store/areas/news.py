"""Improvement news, and what the address in each such mail ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import bindparam

from camket.adapters.store.statements import Query, columns_of, command
from camket.adapters.store.tables.news import news as table
from camket.adapters.store.tables.news import unsubscription as token_table
from camket.rows.news import NewsRow, NewsState, UnsubscriptionRow

if TYPE_CHECKING:
    from datetime import datetime

    from camket.adapters.store.statements import Insert, Link

_THIS: Final = table.c.id == bindparam("news_id")
# INVARIANT: what is being sent, or was, is not written anew: who got it early and who got it late read the same.
_DRAFT: Final = table.c.state == NewsState.DRAFT


def _add_token(insert: Insert) -> sa.Insert:
    return insert(token_table).on_conflict_do_nothing(index_elements=[token_table.c.token_hash])


ADD: Final = command(sa.insert(table))
GET: Final = Query(sa.select(table).where(_THIS), NewsRow)
PAGE: Final = Query(
    sa.select(table).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(bindparam("most")), NewsRow
)
REPLACE: Final = command(
    sa.update(table)
    .where(_THIS, _DRAFT)
    .values(author=bindparam("by"), titles=bindparam("new_titles"), texts=bindparam("new_texts"))
)
DROP: Final = command(sa.delete(table).where(_THIS, _DRAFT))
BEGIN: Final = command(sa.update(table).where(_THIS, _DRAFT).values(state=NewsState.SENDING, sent_at=bindparam("at")))
COUNT: Final = command(
    sa.update(table)
    .where(_THIS)
    .values(state=bindparam("now_in"), asked=bindparam("asked_in_all"), queued=bindparam("queued_in_all"))
)
ADD_TOKEN: Final = command(_add_token)
TOKEN: Final = Query(sa.select(token_table).where(token_table.c.token_hash == bindparam("wanted")), UnsubscriptionRow)
DROP_TOKENS: Final = command(sa.delete(token_table).where(token_table.c.subject_id == bindparam("whose")))
SWEEP_TOKENS: Final = command(sa.delete(token_table).where(token_table.c.created_at < bindparam("before")))


class NewsArea:
    """Queries on the `news` and `unsubscription` tables."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, row: NewsRow) -> None:
        """Store a draft."""
        ADD.run(self._link, **columns_of(row))

    def get(self, news_id: str) -> NewsRow | None:
        """Return a piece of news."""
        return GET.one(self._link, news_id=news_id)

    def page(self, *, limit: int) -> tuple[NewsRow, ...]:
        """Return the newest pieces."""
        return PAGE.all(self._link, most=limit)

    def replace(self, row: NewsRow) -> bool:
        """Store other words of a draft."""
        return REPLACE.run(self._link, news_id=row.id, by=row.author, new_titles=row.titles, new_texts=row.texts) == 1

    def drop(self, news_id: str) -> bool:
        """Drop a draft."""
        return DROP.run(self._link, news_id=news_id) == 1

    def begin(self, news_id: str, *, at: datetime) -> bool:
        """Turn a draft into one that is being sent."""
        return BEGIN.run(self._link, news_id=news_id, at=at) == 1

    def count(self, news_id: str, *, asked: int, queued: int, sent: bool) -> None:
        """Write how far sending has come."""
        state = NewsState.SENT if sent else NewsState.SENDING
        COUNT.run(self._link, news_id=news_id, asked_in_all=asked, queued_in_all=queued, now_in=state)

    def add_unsubscription(self, row: UnsubscriptionRow) -> None:
        """Store what a token ends."""
        ADD_TOKEN.run(self._link, **columns_of(row))

    def unsubscription(self, token_hash: bytes) -> UnsubscriptionRow | None:
        """Return what a token ends."""
        return TOKEN.one(self._link, wanted=token_hash)

    def delete_unsubscriptions_of_subject(self, subject_id: str) -> int:
        """Drop every token of a subject."""
        return DROP_TOKENS.run(self._link, whose=subject_id)

    def sweep_unsubscriptions(self, *, before: datetime) -> int:
        """Drop tokens of old mails."""
        return SWEEP_TOKENS.run(self._link, before=before)
