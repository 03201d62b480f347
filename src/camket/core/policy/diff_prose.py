"""The published text and the terms of service, section by section: which were added, taken out or reworded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from camket.core.policy.diff_sentences import in_every_language, say
from camket.core.policy.diff_wording_terms import OPENING
from camket.core.policy.difference import Change, Declaration, DeclarationKind, Difference, Effect, Rewording
from camket.core.policy.labels import labels_of, shown_text
from camket.core.policy.text import BRACES, read_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from camket.core.policy.model import Policy
    from camket.core.terms import Language

_HEADING: Final = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_ANCHOR: Final = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}\s*$")

Labels = dict[tuple[str, str], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading with what stands below it, up to the next one.

    Args:
        id: the anchor, or `part-3` by its place where the heading has none; the opening is `part-0`.
        title: as people read it; empty for the opening.
        text: what stands below, as written.
    """

    id: str
    title: str
    text: str

    @property
    def key(self) -> str:
        """What makes it the same section in another version: its anchor, or its title."""
        return self.title if self.id.startswith("part-") else self.id

    @property
    def words(self) -> tuple[str, ...]:
        """Title and text without the layout of lines."""
        return (*self.title.split(), "\n", *self.text.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A section that is not as it was, in one language.

    Args:
        place: in the later text, or in the earlier one where it was taken out.
    """

    change: Change
    place: int
    before: Section | None
    after: Section | None


def section_differences(kind: DeclarationKind, before: Policy, after: Policy) -> Iterator[Difference]:
    """Yield every section that was added, taken out or reworded, with its text in each language.

    Args:
        kind: `PROSE` for the published text, `TERMS` for the terms of service.
        before: the earlier policy.
        after: the later policy.
    """
    old, new = _sections(kind, before), _sections(kind, after)
    found: dict[tuple[Change, int], dict[Language, _Found]] = {}
    for language in new:
        if language in old and old[language] != new[language]:
            for one in _changed(old[language], new[language]):
                found.setdefault((one.change, one.place), {})[language] = one
    for (change, place), languages in sorted(found.items(), key=lambda one: (one[0][1], one[0][0])):
        policy, texts = (before, old) if change is Change.REMOVED else (after, new)
        titles = _titles(policy, texts, place, languages)
        yield _difference(kind, change, languages, titles, (before, after))


def sections(text: str) -> tuple[Section, ...]:
    """Return the opening and every section of a text in order."""
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    found = [Section(id="part-0", title="", text=text[: headings[0].start()] if headings else text)]
    for place, (heading, end) in enumerate(zip(headings, ends, strict=True) if headings else (), start=1):
        anchor = _ANCHOR.search(heading.group(1))
        title = heading.group(1) if anchor is None else heading.group(1)[: anchor.start()]
        name = f"part-{place}" if anchor is None else anchor.group(1)
        found.append(Section(id=name, title=title, text=text[heading.end() : end]))
    return tuple(found)


def readable(text: str, labels: Labels) -> str:
    """Return a text with its references as people read them, and no white space around it."""

    def shown(found: re.Match[str]) -> str:
        reference = read_reference(found.group(), 1)
        known = reference.shown or reference.kind == "promise" or (reference.kind, reference.name) in labels
        return shown_text(reference, labels) if known else found.group()

    return BRACES.sub(shown, text).strip()


def _sections(kind: DeclarationKind, policy: Policy) -> dict[Language, tuple[Section, ...]]:
    texts = policy.prose if kind is DeclarationKind.PROSE else policy.terms
    return {language: sections(text) for language, text in texts.items()}


def _titles(
    policy: Policy, texts: Mapping[Language, tuple[Section, ...]], place: int, changed: Mapping[Language, _Found]
) -> dict[Language, str]:
    """Return what a section is called, also in a language that has it at the same place and did not change it."""
    counts = {len(texts[language]) for language in changed}
    titles = {}
    for language, every in texts.items():
        if language in changed or len(every) in counts:
            titles[language] = readable(every[place].title, labels_of(policy, language)) or OPENING[language]
    return titles


def _changed(before: tuple[Section, ...], after: tuple[Section, ...]) -> Iterator[_Found]:
    matcher = SequenceMatcher(None, [one.key for one in before], [one.key for one in after], autojunk=False)
    for how, first, last, start, end in matcher.get_opcodes():
        if last - first == end - start:
            # As many in the same place: the same sections, some under another heading.
            for was, now, place in zip(before[first:last], after[start:end], range(start, end), strict=True):
                if how == "replace" or was.words != now.words:
                    yield _Found(change=Change.REWORDED, place=place, before=was, after=now)
            continue
        for place in range(first, last):
            yield _Found(change=Change.REMOVED, place=place, before=before[place], after=None)
        for place in range(start, end):
            yield _Found(change=Change.ADDED, place=place, before=None, after=after[place])


def _difference(
    kind: DeclarationKind,
    change: Change,
    found: Mapping[Language, _Found],
    titles: dict[Language, str],
    policies: tuple[Policy, Policy],
) -> Difference:
    texts: dict[Language, Rewording] = {}
    name = ""
    for language, one in found.items():
        labels = [labels_of(policy, language) for policy in policies]
        section = one.after or one.before
        name = name or (section.id if section is not None else "")
        texts[language] = Rewording(before=_whole(one.before, labels[0]), after=_whole(one.after, labels[1]))
    return Difference(
        change=Change.REWORDED,
        effect=Effect.NEITHER,
        about=Declaration(kind=kind, id=name),
        says=say(f"{kind}.{change}", name=in_every_language(titles)),
        rewordings=texts,
    )


def _whole(section: Section | None, labels: Labels) -> str:
    return "" if section is None else readable(f"{section.title}\n\n{section.text}", labels)
