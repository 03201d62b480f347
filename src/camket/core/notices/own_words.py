"""An operator's own words for camket's mails: the same named places, checked whole before any is used.

One file holds one mail in one language, `policy_changed.vi.txt`: a first line `Subject: ...`, an empty line, and then
the paragraphs with empty lines between them, formed as `camket.core.notices.text.read_line` reads them. Nothing in it
can be run: a place is a name in braces and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from camket.core.errors import Finding, InvalidValueError, nearest
from camket.core.notices.templates import TEMPLATES
from camket.core.notices.text import GIVEN_PLACES, PLACE, SUBJECT_PLACES, MailTemplate, Wording, worded
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUFFIX: Final = ".txt"
SUBJECT: Final = "Subject:"
MOST_BYTES: Final = 64 * 1024
"""A longer file is no mail."""
OPTIONAL_PLACES: Final = frozenset({"name"})
"""Places that an operator may leave out; every other one says what the mail is for."""
LIST_PLACES: Final = frozenset({"changes", "asks", "due"})
"""Places that are filled with a list: they stand alone on the last line of their paragraph."""
_BRACES = re.compile(r"\{[^{}\n]*\}?|\}")

Files = dict[str, bytes]
"""File name -> its bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailWords:
    """The wordings that are used: an operator's where it is good, else camket's own.

    Args:
        own: (id of the mail, language) -> the operator's wording.
        findings: what was wrong with files that are not used, all of them, in the order of the files.
    """

    own: Mapping[tuple[str, Language], Wording] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def of(self, template: MailTemplate) -> MailTemplate:
        """Return a mail in the words that are used."""
        wordings = {
            language: self.own.get((template.id, language), template.wordings[language]) for language in Language
        }
        return template if wordings == template.wordings else replace(template, wordings=wordings)


def read_words(files: Files) -> MailWords:
    """Read an operator's folder: what is good of it is used, what is not is named and camket's own words stand in.

    Args:
        files: every file of the folder by name; none is fine.

    Returns:
        The wordings of the files without findings, and every finding of the others.
    """
    own: dict[tuple[str, Language], Wording] = {}
    findings: list[Finding] = []
    for name, content in sorted(files.items()):
        try:
            template, language = _named(name)
            own[template.id, language] = _wording(name, content, template)
        except _BadFileError as error:
            findings += error.findings
    found = {template_id for template_id, _ in own}
    missing = [(one, language) for one in sorted(found) for language in Language if (one, language) not in own]
    for template_id, language in missing:
        name = f"{template_id}.{language}{SUFFIX}"
        if name not in files:
            text = f"it is missing: the mail `{template_id}` has own words in one language only"
            findings.append(Finding(file=name, line=1, message=text))
    return MailWords(own=own, findings=tuple(findings))


def own_words_of(template: MailTemplate, language: Language) -> str:
    """Return camket's own words for a mail as a file, to begin from."""
    wording = template.wordings[language]
    return "\n\n".join([f"{SUBJECT} {wording.subject}", *(line.text for line in wording.lines)]) + "\n"


class _BadFileError(Exception):
    """A file that is not used."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__()
        self.findings = findings


def _named(name: str) -> tuple[MailTemplate, Language]:
    stem = name.removesuffix(SUFFIX)
    template_id, _, language = stem.rpartition(".")
    if stem == name or language not in set(Language):
        example = f"policy_changed.vi{SUFFIX}"
        raise _BadFileError(
            [Finding(file=name, line=1, message=f"it is named after no mail; one is called `{example}`")]
        )
    if template_id not in TEMPLATES:
        text = f"there is no mail `{template_id}`{nearest(template_id, TEMPLATES)}"
        raise _BadFileError([Finding(file=name, line=1, message=text)])
    return TEMPLATES[template_id], Language(language)


def _wording(name: str, content: bytes, template: MailTemplate) -> Wording:
    text = _text(name, content)
    head, _, body = text.partition("\n\n")
    findings = [Finding(file=name, line=line, message=message) for line, message in _problems(head, body, template)]
    if findings:
        raise _BadFileError(findings)
    paragraphs = [part.strip("\n") for part in re.split(r"\n{2,}", body) if part.strip()]
    wording = worded(head.removeprefix(SUBJECT).strip(), *paragraphs)
    try:
        replace(template, wordings=dict.fromkeys(Language, wording))
    except InvalidValueError as error:
        raise _BadFileError([Finding(file=name, line=1, message=str(error))]) from error
    return wording


def _text(name: str, content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _BadFileError([Finding(file=name, line=1, message=f"it is longer than {MOST_BYTES // 1024} KiB")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _BadFileError([Finding(file=name, line=1, message="it is not UTF-8 text")]) from None
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))


def _problems(head: str, body: str, template: MailTemplate) -> Iterator[tuple[int, str]]:
    """Yield line and message of everything that is wrong."""
    if not head.startswith(SUBJECT) or "\n" in head or not head.removeprefix(SUBJECT).strip():
        yield 1, f"it begins with `{SUBJECT}`, one line, and then an empty line"
    elif not head.isprintable():
        yield 1, "the subject holds a control character"
    if not body.strip():
        yield 1, "it has no text below its subject"
    yield from _unknown(head, 1, SUBJECT_PLACES)
    first = head.count("\n") + 3
    for number, line in enumerate(body.split("\n"), start=first):
        yield from _unknown(line, number, template.places | GIVEN_PLACES)
        if not line.isprintable():
            yield number, "the line holds a control character"
    used = set(PLACE.findall(body))
    for place in sorted(template.places - OPTIONAL_PLACES - used):
        yield 1, f"the word `{{{place}}}` is missing"
    for place in sorted(template.places & LIST_PLACES & used):
        if not re.search(rf"(?m)^[^\n]+\n\{{{place}\}}(\n\n|\n?\Z)", body):
            yield 1, f"`{{{place}}}` is a list: it stands alone on the last line of a paragraph that leads to it"


def _unknown(line: str, number: int, known: frozenset[str]) -> Iterator[tuple[int, str]]:
    for written in _BRACES.findall(line):
        inside = PLACE.fullmatch(written)
        name = inside.group(1) if inside else ""
        if name not in known:
            yield number, f"there is no place `{written}` here{nearest(name, known)}"
