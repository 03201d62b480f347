"""One text, three formats: how pages and tables are written as HTML, as plain text and as Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from markdown_it.renderer import RendererHTML

from camket.core.policy.labels import LINKED_KINDS, row_id, shown_text
from camket.core.policy.text import BRACES, MARKDOWN, REFERENCE, parse_markdown, read_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

    from camket.core.policy.tables import Row, Table

Labels = dict[tuple[str, str], str]

_ANCHOR: Final = re.compile(r"[ ]*\{#[a-z][a-z0-9-]*\}[ ]*$", re.MULTILINE)
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)*)\.?\s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A text that was read, ready to be written.

    Args:
        source: Markdown as published.
        labels: what references show.
        policy_href: what comes before `#` in a link to a declaration; empty on the policy page itself.
        headings: anchor, level and text of every heading.
    """

    source: str
    tokens: tuple[Token, ...]
    labels: Labels
    policy_href: str
    headings: tuple[tuple[str, int, str], ...]


def read_page(source: str, labels: Labels, *, policy_href: str = "") -> Page:
    """Return the text with an anchor on every heading and numbered clause."""
    tokens = parse_markdown(source)
    found: list[tuple[str, int, str]] = []
    for opening, inline in pairwise(tokens):
        if opening.type in ("heading_open", "paragraph_open") and opening.level == 0:
            number = _NUMBER.match(inline.content)
            if number is not None:
                opening.attrSet("id", f"clause-{number.group(1).replace('.', '-')}")
        if opening.type == "heading_open":
            if opening.attrGet("id") is None:
                opening.attrSet("id", f"part-{len(found) + 1}")
            text = _inline_text(inline.children or (), labels)
            found.append((str(opening.attrGet("id")), int(opening.tag[1:]), text))
    return Page(source=source, tokens=tuple(tokens), labels=labels, policy_href=policy_href, headings=tuple(found))


def page_html(page: Page) -> str:
    """Return an HTML fragment; references link to the rows of the declarations."""
    return str(_RENDERER.render(page.tokens, MARKDOWN.options, {"page": page, "promises": set()}))


def page_markdown(page: Page) -> str:
    """Return the source with its references resolved and its anchors gone."""
    without_anchors = _ANCHOR.sub("", page.source)
    return BRACES.sub(lambda found: _shown(found.group(), page.labels), without_anchors)


def page_text(page: Page) -> str:
    """Return plain text: a heading is underlined, a list item begins with a dash."""
    lines: list[str] = []
    bullet = False
    for opening, inline in pairwise(page.tokens):
        if opening.type == "list_item_open":
            bullet = True
        if inline.type != "inline":
            continue
        text = _inline_text(inline.children or (), page.labels)
        if opening.type == "heading_open":
            lines.append(underlined(text, "=" if opening.tag == "h2" else "-"))
        else:
            lines.append(f"- {text}\n" if bullet else f"{text}\n")
            bullet = False
    return "\n".join(lines)


def underlined(text: str, mark: str) -> str:
    """Return a heading of plain text."""
    return f"{text}\n{mark * len(text)}\n"


def table_html(table: Table) -> str:
    """Return a table with its heading; where it is too wide it scrolls by itself, and each cell knows its column.

    In a table that folds each row has a fold that is hidden here: a stylesheet may show it where there is little room,
    in the place of the row's name, and the later cells only while it is open. Every word stands in the table itself.
    """
    head = f'<h3 id="{table.id}">{escape(table.title)}</h3>\n'
    if not table.rows:
        return f"{head}<p>{escape(table.empty)}</p>\n"
    columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "".join(_row_html(row, table) for row in table.rows)
    return (
        f'{head}<div class="declared" role="region" aria-labelledby="{table.id}" tabindex="0"><table>\n'
        f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def table_text(table: Table) -> str:
    """Return a table as one paragraph a row: its name, then each column with its name."""
    lines = [underlined(table.title, "-")]
    for row in table.rows:
        lines.append(f"{row.cells[0]}")
        lines.extend(f"  {name}: {cell}" for name, cell in zip(table.columns[1:], row.cells[1:], strict=True))
        lines.append("")
    if not table.rows:
        lines.append(f"{table.empty}\n")
    return "\n".join(lines)


def table_markdown(table: Table) -> str:
    """Return a Markdown table."""
    if not table.rows:
        return f"### {table.title}\n\n{table.empty}\n"
    rows = (table.columns, ("---",) * len(table.columns), *(row.cells for row in table.rows))
    lines = ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return "\n".join((f"### {table.title}\n", *lines, ""))


def _row_html(row: Row, table: Table) -> str:
    name = f'<th scope="row">{_row_name(row, folds=table.folds)}</th>'
    cells = zip(table.columns[1:], row.cells[1:], strict=True)
    rest = "".join(f'<td data-label="{escape(column)}">{_cell_html(cell, row)}</td>' for column, cell in cells)
    return f'<tr id="{escape(row.id)}">{name}{rest}</tr>\n'


def _cell_html(cell: str, row: Row) -> str:
    """Return a cell in which the names of articles, which are Vietnamese, are read aloud as such."""
    shown = escape(cell)
    for article in row.cited:
        shown = shown.replace(escape(article), f'<span lang="vi">{escape(article)}</span>')
    return shown


def _row_name(row: Row, *, folds: bool) -> str:
    name = escape(row.cells[0])
    if not folds:
        return name
    return f'<span class="name">{name}</span><details class="fold" hidden><summary>{name}</summary></details>'


def _shown(source: str, labels: Labels) -> str:
    reference = read_reference(source, 1)
    text = shown_text(reference, labels)
    return f"({text})" if reference.kind == "promise" else text


def _inline_text(tokens: Sequence[Token], labels: Labels) -> str:
    return "".join(_pieces(tokens, labels))


def _pieces(tokens: Sequence[Token], labels: Labels) -> Iterator[str]:
    targets: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            targets.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close":
            yield f" ({targets.pop()})"
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        else:
            yield _shown(token.content, labels) if token.type == REFERENCE else token.content


def _reference_html(tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
    reference = read_reference(tokens[index].content, 1)
    page: Page = env["page"]
    text = escape(shown_text(reference, page.labels))
    if reference.kind == "promise":
        return _promise_html(reference.name, env["promises"])
    if reference.kind in LINKED_KINDS:
        return f'<a href="{page.policy_href}#{row_id(reference.kind, reference.name)}">{text}</a>'
    return text


def _promise_html(number: str, seen: set[str]) -> str:
    anchor = "" if number in seen else f' id="{number}"'
    seen.add(number)
    return f'<small class="promise"{anchor}>{number}</small>'


def _renderer() -> RendererHTML:
    renderer = RendererHTML()
    rules: Mapping[str, Any] = {**renderer.rules, REFERENCE: _reference_html}
    renderer.rules = dict(rules)
    return renderer


_RENDERER: Final = _renderer()
