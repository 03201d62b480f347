"""Improvement news: an officer writes it in every language, looks at it as it will arrive, and has it sent once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.terms import Language
from camket.rows.news import NewsState
from camket.services import news
from camket.services.forms import FormError
from camket.web.endpoints import see_other
from camket.web.forms import problems_of
from camket.web.i18n import MessageId, marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from camket.services.news import News
    from camket.web.visit import Visit

PATH: Final = "/officer/news"
FORM_BYTES: Final = 64 * 1024
"""The longest texts with every letter written as nine characters, as forms write a Vietnamese one."""
STATES: Final[dict[NewsState, MessageId]] = {
    NewsState.DRAFT: marked("draft"),
    NewsState.SENDING: marked("on its way"),
    NewsState.SENT: marked("sent"),
}
TITLES: Final[dict[Language, MessageId]] = {
    Language.VI: marked("Title in Vietnamese"),
    Language.EN: marked("Title in English"),
}
TEXTS: Final[dict[Language, MessageId]] = {
    Language.VI: marked("Text in Vietnamese"),
    Language.EN: marked("Text in English"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsField:
    """One field of the form.

    Args:
        lines: how many are shown; 1 for a title.
        language: of what is typed.
    """

    name: str
    label: str
    lines: int
    language: Language


def news_page(visit: Visit) -> Response:
    """List the newest pieces, with the form for another one."""
    return _list(visit, {}, {})


def write(visit: Visit) -> Response:
    """Keep a new draft, or say what is wrong with it; nothing is lost of what was typed."""
    typed = {name: visit.typed(name) for name in news.FIELDS}
    try:
        news_id = news.write_news(visit.context, actor=visit.staff.actor, typed=typed)
    except FormError as error:
        return _list(visit, typed, problems_of(error, visit.language))
    return see_other(f"{PATH}/{news_id}")


def piece(visit: Visit) -> Response:
    """Show a piece as it arrives, and while it is a draft the form to change it.

    Raises:
        NotFoundError: there is no such piece.
    """
    found = news.find_news(visit.context, visit.parameters["news"])
    return _piece(visit, found, found.typed, {})


def rewrite(visit: Visit) -> Response:
    """Keep other words of a draft, or say what is wrong with them.

    Raises:
        ConflictError: it is no draft any more; nothing was changed.
    """
    news_id = visit.parameters["news"]
    typed = {name: visit.typed(name) for name in news.FIELDS}
    try:
        news.rewrite_news(visit.context, actor=visit.staff.actor, news_id=news_id, typed=typed)
    except FormError as error:
        return _piece(visit, news.find_news(visit.context, news_id), typed, problems_of(error, visit.language))
    return see_other(f"{PATH}/{news_id}")


def send(visit: Visit) -> Response:
    """Have a draft sent; twice sends once.

    Raises:
        ConflictError: it is no draft any more; nothing was changed.
    """
    news.send_news(visit.context, actor=visit.staff.actor, news_id=visit.parameters["news"])
    return see_other(f"{PATH}/{visit.parameters['news']}")


def drop(visit: Visit) -> Response:
    """Drop a draft.

    Raises:
        ConflictError: it is no draft any more; nothing was changed.
    """
    news.drop_news(visit.context, actor=visit.staff.actor, news_id=visit.parameters["news"])
    return see_other(PATH)


def _list(visit: Visit, typed: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    return visit.show(
        "officer/news.html",
        status=422 if problems else 200,
        pieces=news.list_news(visit.context),
        states=_states(visit),
        **_form(visit, typed, problems),
    )


def _piece(visit: Visit, found: News, typed: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    return visit.show(
        "officer/news_piece.html",
        status=422 if problems else 200,
        piece=found,
        draft=found.state is NewsState.DRAFT,
        states=_states(visit),
        shown=[(one, found.titles[one], found.texts[one].split("\n\n")) for one in Language],
        **_form(visit, typed, problems),
    )


def _states(visit: Visit) -> dict[NewsState, str]:
    return {state: visit.say(words) for state, words in STATES.items()}


def _form(visit: Visit, typed: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, object]:
    fields = [
        NewsField(name=f"{part}_{language}", label=visit.say(words[language]), lines=lines, language=language)
        for language in Language
        for part, words, lines in (("title", TITLES, 1), ("text", TEXTS, 8))
    ]
    return {
        "fields": fields,
        "typed": {field.name: typed.get(field.name, "") for field in fields},
        "problems": problems,
        "labels": {field.name: field.label for field in fields},
    }
