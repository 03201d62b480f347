"""The Markdown of a policy's texts: a small subset, with references to the declarations.

A reference is `{item:email}`, shown as the declared label, or `{item:email|your address}`, shown as what stands after
the bar. A heading ends in its anchor: `## What we collect {#collect}`. Raw HTML, images and code are not read as such.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

REFERENCE: Final = "reference"
"""The type of the token that a reference becomes."""

BRACES: Final = re.compile(r"\{[^{}]*\}")
"""What may be a reference; its shown words may go over the end of a line."""

_TARGET: Final = re.compile(r"([a-z_]+):([^|\s]+)(?:\|(\S(?:[^|]*\S)?))?")
_ANCHOR: Final = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One reference in a text.

    Args:
        source: as written, braces included.
        line: 1-based.
        kind: `item`, `purpose` and so on; empty where the braces hold no reference.
        name: what it points to.
        shown: the words to show instead of the label; empty for the label.
    """

    source: str
    line: int
    kind: str
    name: str
    shown: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """A heading of a text.

    Args:
        level: 2 for `##`.
        anchor: what stands in `{#...}`; empty where there is none.
        text: without its anchor; references as written.
        line: 1-based.
    """

    level: int
    anchor: str
    text: str
    line: int


def parse_markdown(text: str) -> list[Token]:
    """Return the text's tokens; anchors are attributes of headings, references are tokens of their own."""
    return MARKDOWN.parse(text)


def references(tokens: Sequence[Token]) -> Iterator[Reference]:
    """Yield every reference in order."""
    for token, line in _inline_tokens(tokens):
        if token.type == REFERENCE:
            yield read_reference(token.content, line)


def stray_text(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield each plain piece of text with its line: what a reader sees beside references."""
    for token, line in _inline_tokens(tokens):
        if token.type == "text":
            yield line, token.content


def link_targets(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield each link's target with its line."""
    for token, line in _inline_tokens(tokens):
        if token.type == "link_open":
            yield line, str(token.attrGet("href") or "")


def headings(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    """Return every heading in order."""
    found = []
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            anchor = str(opening.attrGet("id") or "")
            line = line_of(opening)
            found.append(Heading(level=int(opening.tag[1:]), anchor=anchor, text=inline.content, line=line))
    return tuple(found)


def line_of(token: Token) -> int:
    """Return the 1-based line on which a block begins."""
    return 1 if token.map is None else token.map[0] + 1


def read_reference(source: str, line: int) -> Reference:
    """Return the reference between braces; its kind is empty where it is none."""
    found = _TARGET.fullmatch(source[1:-1])
    kind, name, shown = found.groups() if found is not None else ("", "", "")
    return Reference(source=source, line=line, kind=kind, name=name, shown=" ".join((shown or "").split()))


def _inline_tokens(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    for block in tokens:
        line = line_of(block)
        for token in block.children or ():
            yield token, line
            line += token.type in ("softbreak", "hardbreak")
            line += token.content.count("\n") if token.type == REFERENCE else 0


def _reference_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the signature that markdown-it calls
    found = BRACES.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push(REFERENCE, "", 0)
        token.content = found.group()
    state.pos = found.end()
    return True


def _anchor_rule(state: StateCore) -> None:
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type == "heading_open":
            found = _ANCHOR.search(inline.content)
            if found is not None:
                opening.attrSet("id", found.group(1))
                inline.content = inline.content[: found.start()]


def _markdown() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False})
    reader.enable(["heading", "list", "blockquote", "hr", "emphasis", "link", "newline", "escape"])
    reader.inline.ruler.before("emphasis", REFERENCE, _reference_rule)
    reader.core.ruler.before("inline", "anchor", _anchor_rule)
    return reader


MARKDOWN: Final = _markdown()
"""The one reader and renderer of policy texts."""
