"""Templates and what they may call. Everything that is put into a page is escaped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from camket_shop.money import format_dong, format_quantity
from camket_shop.web.messages import LANGUAGES, catalogue, fill, other_language
from camket_shop.web.requests import LANGUAGE_PARAMETER, SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.runtime import Context

    from camket_shop.web.assets import Assets
    from camket_shop.web.messages import Sentence
    from camket_shop.web.requests import Visit

TEMPLATES: Final = Path(__file__).parent / "templates"
VIETNAM: Final = timezone(timedelta(hours=7))


class Pages:
    """The templates, read and compiled once.

    Args:
        assets: where styles and scripts are.
        prefix: where the shop is mounted.
    """

    def __init__(self, assets: Assets, *, prefix: str) -> None:
        self.environment = make_environment(assets, prefix=prefix)

    def show(
        self, visit: Visit, template: str, *, status: int = 200, form_path: str = "", **view: object
    ) -> HTMLResponse:
        """Return a page in the reader's language.

        Args:
            visit: whose page it is.
            template: its file.
            status: the HTTP status.
            form_path: of the form that this page answers, where that is not the path it was sent to.
            view: what the template reads.
        """
        text = self.environment.get_template(template).render(_frame(visit, form_path or visit.path) | view)
        return HTMLResponse(text, status_code=status, headers={"Content-Language": visit.language})


def _frame(visit: Visit, form_path: str) -> dict[str, object]:
    """Return what the frame around every page reads."""
    return {
        "visit": visit,
        "language": visit.language,
        "language_link": language_link(visit, form_path),
        "form_path": form_path,
    }


def language_link(visit: Visit, form_path: str) -> str:
    """Return the address of this page in the other language; of its form where the page answers one."""
    other = other_language(visit.language)
    if visit.method in SAFE_METHODS:
        return f"?{urlencode(dict(visit.query) | {LANGUAGE_PARAMETER: other})}"
    return f"{visit.shop.at(form_path)}?{urlencode({LANGUAGE_PARAMETER: other})}"


def make_environment(assets: Assets, *, prefix: str) -> Environment:
    """Return the environment of all templates: autoescape everywhere, an undefined name is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    environment.globals.update(
        asset=assets.url, at=lambda path: f"{prefix}{path}", languages=LANGUAGES, other_language=other_language,
        prefix=prefix, t=_say, sentences=_sentences,
    )  # fmt: skip
    environment.filters.update(
        dong=format_dong, quantity=_quantity, day=day, clock_time=clock_time, time=_time, lower_first=_lower_first
    )
    return environment


@pass_context
def _say(context: Context, key: str, **values: object) -> Markup:
    """Say a sentence; it and what is filled in are escaped, markup that a template made stays."""
    sentence = catalogue(context["language"]).sentence(key, values.get("n"))
    filled = fill(str(escape(sentence)), {name: escape(value) for name, value in values.items()})
    return Markup(filled)  # noqa: S704 - both parts are escaped above


@pass_context
def _sentences(context: Context, areas: Iterable[str]) -> dict[str, Sentence]:
    return catalogue(context["language"]).for_scripts(areas)


def day(instant: datetime) -> str:
    """Return the day in Vietnam, `18/11/2026`."""
    return instant.astimezone(VIETNAM).strftime("%d/%m/%Y")


def clock_time(instant: datetime) -> str:
    """Return the time in Vietnam, `09:12`."""
    return instant.astimezone(VIETNAM).strftime("%H:%M")


def _time(instant: datetime) -> Markup:
    """Day and time with their machine-readable form."""
    machine = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{} {}</time>').format(machine, day(instant), clock_time(instant))


def _quantity(thousandths: int) -> str:
    """Return a quantity as people in Vietnam write it: `2`, `0,5`."""
    return format_quantity(thousandths).replace(".", ",")


def _lower_first(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label[:1].lower() + label[1:]
