"""Templates and what they may call. Everything that is put into a page is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from camket.client.notices import notice_of
from camket.core.errors import CamketError
from camket.core.terms import Language
from camket.services.devices import ACCOUNT
from camket.services.own_notices import banners
from camket.web import cookies, wording
from camket.web.assets import STATIC
from camket.web.guards import SAFE_METHODS
from camket.web.i18n import said, translations
from camket.web.statutes import cite
from camket.web.visit import LANGUAGE_PARAMETER

if TYPE_CHECKING:
    from datetime import datetime

    from jinja2.runtime import Context

    from camket.client.notices import Notice
    from camket.core.policy.model import Text
    from camket.web.assets import Assets
    from camket.web.visit import Visit

TEMPLATES: Final = STATIC.parent / "templates"
BRAND: Final = "camket"
"""Stands where the operator's own name cannot be read."""
LANGUAGE_NAMES: Final = {Language.VI: "Tiếng Việt", Language.EN: "English"}
"""Each language by its own name, which is not translated."""


class Pages:
    """The templates, read and compiled once.

    Args:
        assets: where styles and scripts are.
    """

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self.environment = make_environment(assets)

    def show(self, visit: Visit, template: str, *, status: int = 200, **view: object) -> HTMLResponse:
        """Return a page in the visitor's language.

        Args:
            visit: whose page it is.
            template: its file.
            status: the HTTP status.
            view: what the template reads.
        """
        text = self.environment.get_template(template).render(_frame(visit) | view)
        response = HTMLResponse(text, status_code=status, headers={"Content-Language": visit.language.value})
        if visit.chosen is not None:
            cookies.LANGUAGE.give(response, visit.chosen.value, https=visit.https)
        return response


def _frame(visit: Visit) -> dict[str, object]:
    """Return what the frame around every page reads."""
    try:
        operator = visit.site.in_force().version.policy.controller
    except CamketError:  # the page that tells of it must still stand
        operator = None
    return {
        "demonstration": visit.site.demonstration,
        "brand": said(operator.name, visit.language) if operator else BRAND,
        "language": visit.language,
        "language_link": language_link(visit),
        "mailbox_shown": visit.site.mailbox_shown,
        "notices": _banners(visit),
        "now": visit.context.clock.now(),
        "operator": operator,
        "visit": visit,
    }


def _banners(visit: Visit) -> tuple[Notice, ...]:
    """Return what the reader is to be told of, on every page that knows who reads."""
    if visit.session is None:
        return ()
    try:
        unread = banners(visit.context, service=ACCOUNT, subject_id=visit.session.subject_id)
    except CamketError:  # as above
        return ()
    return tuple(notice_of(version, visit.language, now=visit.context.clock.now()) for version in unread)


def language_link(visit: Visit) -> str:
    """Return the address of this page in the other language; of its form where the page answers a form."""
    kept = dict(visit.query) if visit.method in SAFE_METHODS else {}
    return f"?{urlencode(kept | {LANGUAGE_PARAMETER: other_language(visit.language).value})}"


def make_environment(assets: Assets) -> Environment:
    """Return the environment of all templates: autoescape everywhere, an undefined name is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # from the i18n extension
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(
        asset=assets.url,
        languages=LANGUAGE_NAMES,
        phrase_moment=_moment,
        phrase_span=_span,
        other_language=other_language,
    )
    environment.filters.update(
        said=_said, day=wording.day, clock_time=wording.clock_time, time=_time, day_time=_day_time,
        cited=_cited, exact_time=_exact_time, grouped=wording.grouped, lower_first=wording.lower_first,
        shortened=wording.shortened, statute=_statute, day_field=wording.day_field, officer=wording.officer,
    )  # fmt: skip
    return environment


@pass_context
def _gettext(context: Context, message: str) -> str:
    return translations(context["language"]).gettext(message)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, number: int) -> str:
    return translations(context["language"]).ngettext(singular, plural, number)


@pass_context
def _said(context: Context, text: Text) -> str:
    return said(text, context["language"])


@pass_context
def _cited(context: Context, article: str) -> str | Markup:
    """The name of an article, which is Vietnamese whatever the page is in: read aloud as such."""
    if context["language"] is Language.VI:
        return article
    return Markup('<span lang="vi">{}</span>').format(article)


@pass_context
def _statute(context: Context, article: str) -> str:
    return cite(article, context["language"])


@pass_context
def _moment(context: Context, instant: datetime) -> str:
    return wording.moment(instant, context["now"], context["language"])


@pass_context
def _span(context: Context, first: datetime, last: datetime) -> str:
    return wording.span(first, last, context["now"], context["language"])


@pass_context
def _time(context: Context, instant: datetime) -> Markup:
    """A moment with its machine-readable form."""
    return _time_element(instant, wording.moment(instant, context["now"], context["language"]))


def _exact_time(instant: datetime) -> Markup:
    """A day and a time to the second with its machine-readable form."""
    return _time_element(instant, f"{wording.day(instant)} {wording.clock_time(instant, seconds=True)}")


def _day_time(instant: datetime) -> Markup:
    """A day with its machine-readable form."""
    return _time_element(instant, wording.day(instant))


def _time_element(instant: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(wording.machine_time(instant), words)


def other_language(language: Language) -> Language:
    """Return the language that the page is not in."""
    return Language.EN if language is Language.VI else Language.VI
