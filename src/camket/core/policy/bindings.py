"""Prose bound to declarations: what is declared is explained, and what is explained is declared (P2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from camket.core.errors import Finding, nearest
from camket.core.policy.fields import text_problems
from camket.core.policy.source import DECLARATIONS, printable, prose_file
from camket.core.policy.text import headings, link_targets, parse_markdown, references, stray_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from camket.core.policy.declarations import Declarations
    from camket.core.policy.text import Reference
    from camket.core.terms import Language

REQUIRED_PARTS: Final = ("collect", "use", "choices")
"""The three parts of P2, by their anchors: what and why, how it is used, which choices there are."""

MENTIONED_KINDS: Final = {
    "service": "services",
    "item": "items",
    "purpose": "purposes",
    "recipient": "recipients",
    "ground": "grounds",
    "right": "rights",
}
"""Kinds of which every declaration must be mentioned, with their section in `policy.yaml`."""

PART_LEVEL: Final = 2
CONTROLLER_PARTS: Final = ("name", "address", "email", "phone", "officer")
RELAY_PARTS: Final = ("name", "country")
CLOCKS: Final = ("quiet", "cooling_off", "unconfirmed", "records")

_PROMISE: Final = re.compile(r"P[1-9]\d?")
_SAFE_LINK: Final = re.compile(r"(https://|mailto:|/(?!/)|#)")
_HTML: Final = re.compile(r"</?[A-Za-z][^>]*>|<!--")

_SECTIONS: Final = {
    **MENTIONED_KINDS,
    "category": "categories",
    "keep": "items",
    "reply": "rights",
    "complete": "rights",
    "lead": "notices",
    "clock": "clocks",
    "controller": "controller",
    "relay": "relay",
}
"""Every kind of reference but `promise`, with the section that it refers to."""

Names = dict[str, tuple[str, ...]]
"""Kind of reference -> the names it may point to; without the kinds whose section is missing from the file."""


def declared_names(declared: Declarations) -> Names:
    """Return everything that a reference may name."""
    items = tuple(item.id for item in declared.items)
    rights = tuple(str(terms.right) for terms in declared.rights)
    names = {
        "service": tuple(service.id for service in declared.services),
        "item": items,
        "purpose": tuple(purpose.id for purpose in declared.purposes),
        "recipient": tuple(recipient.id for recipient in declared.recipients),
        "ground": tuple(str(ground) for ground in declared.grounds),
        "right": rights,
        "category": tuple(declared.categories),
        "keep": items,
        "reply": rights,
        "complete": rights,
        "lead": tuple(f"{notice.service}.{notice.channel}" for notice in declared.notices),
        "clock": CLOCKS,
        "controller": CONTROLLER_PARTS,
        "relay": RELAY_PARTS,
    }
    return {kind: found for kind, found in names.items() if (_SECTIONS[kind],) in declared.report.lines}


def prose_findings(declared: Declarations, prose: Mapping[Language, str]) -> Iterator[Finding]:
    """Yield what is wrong between the prose of each language and the declarations."""
    names = declared_names(declared)
    mentioned: dict[Language, set[tuple[str, str]]] = {}
    for language, text in prose.items():
        file = prose_file(language)
        tokens = parse_markdown(text)
        yield from _part_findings(file, tokens)
        yield from text_findings(file, text, tokens)
        yield from reference_findings(file, tokens, names)
        mentioned[language] = {(each.kind, each.name) for each in references(tokens)}
    yield from _missing_mentions(declared, names, mentioned)
    yield from _unequal_mentions(names, mentioned)


def reference_findings(file: str, tokens: Sequence[Token], names: Names) -> Iterator[Finding]:
    """Yield every reference that points to nothing."""
    for reference in references(tokens):
        message = _reference_problem(reference, names)
        if message:
            yield Finding(file=file, line=reference.line, message=message)


def text_findings(file: str, text: str, tokens: Sequence[Token]) -> Iterator[Finding]:
    """Yield what would not be shown as it was meant: stray braces, raw HTML, unsafe links, hidden characters."""
    for number, line in enumerate(text.split("\n"), start=1):
        for problem in text_problems(line.replace("\t", " ")):
            yield Finding(file=file, line=number, message=f"the line {problem}")
    for number, piece in stray_text(tokens):
        if "{" in piece or "}" in piece:
            message = (
                f"a brace stands alone in `{printable(piece.strip())}`; write a reference such as `{{item:email}}`"
            )
            yield Finding(file=file, line=number, message=message)
        if "](" in piece:
            message = f"`{printable(piece.strip())}` is no link that can be followed; links begin with https://, / or #"
            yield Finding(file=file, line=number, message=message)
        found = _HTML.search(piece)
        if found is not None:
            yield Finding(file=file, line=number, message=f"`{found.group()}` is HTML, which is shown as text")
    for number, target in link_targets(tokens):
        if _SAFE_LINK.match(target) is None:
            message = f"link `{printable(target)}` must begin with https://, mailto:, / or #"
            yield Finding(file=file, line=number, message=message)


def _reference_problem(reference: Reference, names: Names) -> str:
    source = printable(reference.source)
    if not reference.kind:
        return f"`{source}` is not a reference; write it as `{{item:email}}`"
    if reference.kind == "promise":
        return "" if _PROMISE.fullmatch(reference.name) else f"`{source}` must name a promise such as `P1`"
    if reference.kind not in _SECTIONS:
        kind = printable(reference.kind)
        return f"`{source}` refers to no known kind{nearest(kind, (*_SECTIONS, 'promise'))}"
    if reference.kind in names and reference.name not in names[reference.kind]:
        name = printable(reference.name)
        return f"{reference.kind} `{name}` is not declared{nearest(name, names[reference.kind])}"
    return ""


def _part_findings(file: str, tokens: Sequence[Token]) -> Iterator[Finding]:
    found = headings(tokens)
    seen: dict[str, int] = {}
    for heading in found:
        if heading.level < PART_LEVEL:
            message = "the title comes from `title` in policy.yaml; begin with `##`"
            yield Finding(file=file, line=heading.line, message=message)
        if heading.anchor in seen:
            message = f"anchor `{{#{heading.anchor}}}` is already on line {seen[heading.anchor]}"
            yield Finding(file=file, line=heading.line, message=message)
        elif heading.anchor:
            seen[heading.anchor] = heading.line
    levels = {heading.anchor: heading.level for heading in found if heading.anchor}
    for part in REQUIRED_PARTS:
        if part not in levels:
            message = f"no heading `## ... {{#{part}}}`{nearest(part, levels)}"
            yield Finding(file=file, line=1, message=message)
        elif levels[part] != PART_LEVEL:
            message = f"the part `{{#{part}}}` must be a heading of its own, `## ...`"
            yield Finding(file=file, line=seen[part], message=message)


def _missing_mentions(
    declared: Declarations, names: Names, mentioned: Mapping[Language, set[tuple[str, str]]]
) -> Iterator[Finding]:
    for kind, section in MENTIONED_KINDS.items():
        for name in names.get(kind, ()):
            for language, found in mentioned.items():
                if (kind, name) not in found:
                    yield Finding(
                        file=DECLARATIONS,
                        line=declared.report.line_of(section, name),
                        message=f"{kind} `{name}` is not mentioned in {prose_file(language)};"
                        f" explain it there as `{{{kind}:{name}}}`",
                    )


def _unequal_mentions(names: Names, mentioned: Mapping[Language, set[tuple[str, str]]]) -> Iterator[Finding]:
    everywhere = set().union(*mentioned.values())
    for language, found in mentioned.items():
        for kind, name in sorted(everywhere - found):
            if kind not in MENTIONED_KINDS and (kind == "promise" or name in names.get(kind, ())):
                message = f"`{{{kind}:{name}}}` stands in another language but not here"
                yield Finding(file=prose_file(language), line=1, message=message)
