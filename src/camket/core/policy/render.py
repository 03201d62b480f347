"""The published texts: the policy and the terms of service as HTML, plain text and Markdown, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from camket.core.errors import InvalidValueError
from camket.core.policy.formats import (
    page_html,
    page_markdown,
    page_text,
    read_page,
    table_html,
    table_markdown,
    table_text,
    underlined,
)
from camket.core.policy.labels import labels_of
from camket.core.policy.tables import declaration_tables
from camket.core.policy.wording import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.formats import Page
    from camket.core.policy.model import PolicyVersion
    from camket.core.terms import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedHeading:
    """One entry of the table of contents; `id` is an anchor in the HTML."""

    id: str
    level: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedPolicy:
    """A published text in one language.

    Args:
        title: for the page; not in `html`.
        html: a fragment whose headings begin at `<h2>`; everything in it is escaped, no script, no style.
        headings: every heading of the fragment in order.
        text: for a terminal or a mail.
        markdown: references resolved, declarations as tables.
    """

    language: Language
    title: str
    html: str
    headings: tuple[RenderedHeading, ...]
    text: str
    markdown: str


def render_policy(version: PolicyVersion, language: Language) -> RenderedPolicy:
    """Return the policy as people read it: its prose, then its declarations as tables.

    Raises:
        InvalidValueError: the policy is not written in this language.
    """
    policy = version.policy
    page = read_page(_in_language(policy.prose, language), labels_of(policy, language))
    tables = declaration_tables(policy, language)
    title = LABELS["declarations"][language]
    appended = (
        RenderedHeading(id="declarations", level=2, text=title),
        *(RenderedHeading(id=table.id, level=3, text=table.title) for table in tables),
    )
    return RenderedPolicy(
        language=language,
        title=policy.title[language],
        html=f'{page_html(page)}<h2 id="declarations">{escape(title)}</h2>\n{"".join(map(table_html, tables))}',
        headings=(*_headings(page), *appended),
        text="\n".join((page_text(page), underlined(title, "="), *map(table_text, tables))),
        markdown="\n".join((page_markdown(page), f"## {title}\n", *map(table_markdown, tables))),
    )


def render_terms(version: PolicyVersion, language: Language, *, policy_href: str = "/policy") -> RenderedPolicy:
    """Return the terms of service; clause `4.2` has the anchor `clause-4-2`.

    Args:
        version: whose terms.
        language: one of the policy's.
        policy_href: where the policy page is; references to declarations link there.

    Raises:
        InvalidValueError: the terms are not written in this language.
    """
    policy = version.policy
    page = read_page(_in_language(policy.terms, language), labels_of(policy, language), policy_href=policy_href)
    return RenderedPolicy(
        language=language,
        title=LABELS["terms"][language],
        html=page_html(page),
        headings=_headings(page),
        text=page_text(page),
        markdown=page_markdown(page),
    )


def _headings(page: Page) -> tuple[RenderedHeading, ...]:
    return tuple(RenderedHeading(id=anchor, level=level, text=text) for anchor, level, text in page.headings)


def _in_language(texts: Mapping[Language, str], language: Language) -> str:
    if language not in texts:
        message = f"the policy is not written in language `{language}`"
        raise InvalidValueError(message)
    return texts[language]
