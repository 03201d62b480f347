"""Mail texts: templates with named places, filled without any language that could run code.

A place is written `{name}`. A template says which places it has and cannot be made with another one; a value is put in
as it is and never read for places itself, so what a customer typed can neither fill nor add anything.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import ItemKind

PLACE: Final = re.compile(r"\{([a-z_]+)\}")
"""A place as it is written."""


class Addressee(StrEnum):
    """Whose address a mail goes to."""

    HELD = "held"
    """The address that is held about the subject."""
    REQUESTED = "requested"
    """The address that a request of the subject asks to hold."""
    FORMER = "former"
    """The address that was held before a request of the subject was done."""
    STAFF = "staff"
    """The address that is held about a member of staff, for their work."""


class LineKind(StrEnum):
    """How a line of a mail stands out."""

    PARAGRAPH = "paragraph"
    CODE = "code"
    QUIET = "quiet"
    LIST = "list"
    """Words that lead to a list, and under them the one place that is filled with it, one entry on each line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One paragraph of a mail, with its places."""

    kind: LineKind
    text: str


def read_line(text: str) -> Line:
    """Return a paragraph as it is written in a template: its form says how it stands out.

    `{code}` alone is a code, what begins with `— ` is quiet, and a last line that is one place alone is a list.
    """
    if text == "{code}":
        return Line(kind=LineKind.CODE, text=text)
    if text.startswith("— "):
        return Line(kind=LineKind.QUIET, text=text)
    heading, _, last = text.rpartition("\n")
    if heading and PLACE.fullmatch(last):
        return Line(kind=LineKind.LIST, text=text)
    return Line(kind=LineKind.PARAGRAPH, text=text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """A template in one language.

    Args:
        subject: one line; its only place is `{controller}`, because subjects travel and are logged in the clear.
        lines: the body, in order; never empty.
    """

    subject: str
    lines: tuple[Line, ...]


def worded(subject: str, *paragraphs: str) -> Wording:
    """Return a wording whose paragraphs are read by their form; see `read_line`."""
    return Wording(subject=subject, lines=tuple(read_line(text) for text in paragraphs))


@dataclass(frozen=True, kw_only=True, slots=True)
class MailTemplate:
    """What is written on one occasion, in every language.

    Args:
        id: named by queue rows; never reused.
        purpose: what the gate is asked for when the mail is sent: `rights` or a purpose that policies declare.
        needs: which items the mail needs, by the kind that registration asks for; the first one is the address.
        places: every place its lines have, `controller` and `origin` apart, which every mail has.
        wordings: by language, all of them.
        to: whose address it goes to.
        minutes: how long after it was queued it is of use; None for always.
        bulk: it goes to many at once, and waits for every mail that someone is waiting for.
        unsubscribes: it rests on consent, and one click ends that; needs the place `unsubscribe`.

    Raises:
        InvalidValueError: a place that is not declared, a line end in a subject, or a language missing.
    """

    id: str
    purpose: str
    needs: tuple[ItemKind, ...]
    places: frozenset[str]
    wordings: Mapping[Language, Wording]
    to: Addressee = Addressee.HELD
    minutes: int | None = None
    bulk: bool = False
    unsubscribes: bool = False

    def __post_init__(self) -> None:
        if set(self.wordings) != set(Language):
            raise InvalidValueError(f"the mail `{self.id}` is not written in every language")
        if self.unsubscribes is not (UNSUBSCRIBE_PLACE in self.places):
            raise InvalidValueError(f"the mail `{self.id}` has no place `{UNSUBSCRIBE_PLACE}`, or no use for it")
        for wording in self.wordings.values():
            # INVARIANT: nothing personal in a subject line.
            self._require_places(wording.subject, SUBJECT_PLACES)
            if not wording.subject.isprintable():
                raise InvalidValueError(f"the subject of mail `{self.id}` is not one line")
            for line in wording.lines:
                self._require_places(line.text, self.places | GIVEN_PLACES)

    def _require_places(self, text: str, known: frozenset[str]) -> None:
        for name in PLACE.findall(text):
            if name not in known:
                raise InvalidValueError(f"the mail `{self.id}` has an undeclared place `{name}`")


UNSUBSCRIBE_PLACE: Final = "unsubscribe"
"""Address of the page where one click ends the consent that a mail rests on."""
SUBJECT_PLACES: Final = frozenset({"controller"})
GIVEN_PLACES: Final = frozenset({"controller", "origin"})
"""Places that every mail may have: who writes, and the public address of the service."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A filled mail without its envelope. *Personal* in `text` and `html`."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


def write_letter(template: MailTemplate, language: Language, values: Mapping[str, str]) -> Letter:
    """Fill a template.

    Args:
        template: what is written.
        language: in which language.
        values: *personal*; place -> text, exactly the template's places with `controller` and `origin`. A line is left
            out when one of its places is empty: who gave no name is not greeted by one.

    Raises:
        InvalidValueError: a place is missing or unknown.
    """
    if set(values) != template.places | GIVEN_PLACES:
        raise InvalidValueError(f"the mail `{template.id}` is filled with other places than it has")
    wording = template.wordings[language]
    lines = [line for line in wording.lines if all(values[name] for name in PLACE.findall(line.text))]
    safe = {name: html.escape(value) for name, value in values.items()}
    return Letter(
        subject=" ".join(_fill(wording.subject, values).split()),
        text="\n\n".join(_plain(line, values) for line in lines) + "\n",
        html=_PAGE.format(language=language.value, body="\n".join(_rich(line, safe) for line in lines)),
    )


def _plain(line: Line, values: Mapping[str, str]) -> str:
    if line.kind is not LineKind.LIST:
        return _fill(line.text, values)
    heading, entries = _list_of(line.text, values)
    return "\n".join([heading, *(f"• {entry}" for entry in entries)])


def _rich(line: Line, safe: Mapping[str, str]) -> str:
    text = html.escape(line.text, quote=False)
    if line.kind is LineKind.LIST:
        heading, entries = _list_of(text, safe)
        body = "".join(f'<li style="margin:0 0 8px">{entry}</li>' for entry in entries)
        return (
            _STYLES[LineKind.PARAGRAPH].format(heading)
            + f'\n<ul style="margin:0 0 16px;padding:0 0 0 20px">{body}</ul>'
        )
    # What fills a place may be several paragraphs, with blank lines between them.
    paragraphs = re.split(r"\n{2,}", _fill(text, safe))
    return "\n".join(_STYLES[line.kind].format(part.replace("\n", "<br>")) for part in paragraphs)


def _list_of(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    heading, _, place = text.rpartition("\n")
    return _fill(heading, values), [entry for entry in _fill(place, values).splitlines() if entry]


def _fill(text: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda place: values[place.group(1)], text)


_PAGE: Final = (
    '<!doctype html>\n<html lang="{language}"><meta charset="utf-8">'
    '<body style="margin:0;padding:24px;background:#faf7f1;color:#1b2330;'
    "font:16px/1.6 'Be Vietnam Pro',system-ui,sans-serif\">\n"
    '<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;'
    'border:1px solid #e6dfd3;border-radius:14px">\n{body}\n</div></body></html>\n'
)
_STYLES: Final = {
    LineKind.PARAGRAPH: '<p style="margin:0 0 16px">{}</p>',
    LineKind.CODE: '<p style="margin:0 0 16px;font-size:28px;font-weight:700;letter-spacing:4px;color:#0b6e5f">{}</p>',
    LineKind.QUIET: '<p style="margin:0 0 16px;font-size:14px;color:#565f6e">{}</p>',
}
