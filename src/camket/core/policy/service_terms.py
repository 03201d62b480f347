"""Terms of service: numbered clauses, the same numbers in every language.

A part is `## 1. Title`; a clause is a paragraph that begins with its number, `1.1 Text`. A disclosure on the ground
`terms` names such a number and the version that published it (P16 b2).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.errors import Finding
from camket.core.policy.bindings import declared_names, reference_findings, text_findings
from camket.core.policy.source import terms_file
from camket.core.policy.text import line_of, parse_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from camket.core.policy.declarations import Declarations
    from camket.core.terms import Language

_PART: Final = re.compile(r"(\d+)\.\s+(.+)", re.DOTALL)
_CLAUSE: Final = re.compile(r"(\d+(?:\.\d+)+)\s+(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsClause:
    """One numbered part (`4`) or clause (`4.2`) of the terms of service.

    Args:
        number: as cited.
        text: Markdown without the number; references as written.
        line: 1-based, in the language's file.
    """

    number: str
    text: str
    line: int


def terms_clauses(text: str) -> tuple[TermsClause, ...]:
    """Return the parts and clauses in order; paragraphs without a number belong to none and are left out."""
    return tuple(clause for clause, _ in _numbered(parse_markdown(text)) if clause.number)


def terms_findings(declared: Declarations, terms: Mapping[Language, str]) -> Iterator[Finding]:
    """Yield what is wrong with the terms of service, alone and between languages."""
    names = declared_names(declared)
    numbers: dict[Language, dict[str, int]] = {}
    for language, text in terms.items():
        file = terms_file(language)
        tokens = parse_markdown(text)
        yield from text_findings(file, text, tokens)
        yield from reference_findings(file, tokens, names)
        yield from _numbering_findings(file, tokens)
        numbers[language] = {clause.number: clause.line for clause, _ in _numbered(tokens) if clause.number}
    for language, found in numbers.items():
        for other, theirs in numbers.items():
            for number in theirs:
                if number not in found:
                    message = f"clause {number} of {terms_file(other)} is missing here"
                    yield Finding(file=terms_file(language), line=_line_before(number, found), message=message)


def _numbered(tokens: Sequence[Token]) -> Iterator[tuple[TermsClause, bool]]:
    """Yield every heading and every paragraph of the first level, and whether it is a heading; number may be empty."""
    for opening, inline in itertools.pairwise(tokens):
        heading = opening.type == "heading_open"
        if heading or (opening.type == "paragraph_open" and opening.level == 0):
            found = (_PART if heading else _CLAUSE).fullmatch(inline.content)
            number, text = found.groups() if found is not None else ("", inline.content)
            yield TermsClause(number=number, text=text, line=line_of(opening)), heading


def _numbering_findings(file: str, tokens: Sequence[Token]) -> Iterator[Finding]:
    part = clause = 0
    for each, heading in _numbered(tokens):
        if heading:
            part, clause = part + 1, 0
            expected = str(part)
        elif part == 0:
            continue  # what stands before the first part introduces it
        else:
            clause += 1
            expected = f"{part}.{clause}"
        if each.number != expected:
            wanted = f"`## {expected}. ...`" if heading else f"`{expected} ...`"
            what = f"clause {each.number} stands" if each.number else "an unnumbered text stands"
            yield Finding(file=file, line=each.line, message=f"{what} where {wanted} is next")
    if part == 0:
        yield Finding(file=file, line=1, message="no numbered clause; begin a part with `## 1. ...`")


def _line_before(number: str, found: Mapping[str, int]) -> int:
    key = _sort_key(number)
    return max((line for other, line in found.items() if _sort_key(other) < key), default=1)


def _sort_key(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))
