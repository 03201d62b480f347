"""Reading typed values off parsed nodes: every departure from the shape is a finding with its line, never an exception.

A reader returns a stand-in where a value is unusable, so that reading goes on and all findings come out at once; what
was read is only made into a policy when there is no finding.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar

from camket.core.errors import Finding, nearest
from camket.core.policy.parse import Mapping, Scalar, Sequence
from camket.core.policy.source import printable
from camket.core.policy.validity import ID_SHAPE
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from camket.core.policy.model import Text
    from camket.core.policy.parse import Node

Named = TypeVar("Named", bound="StrEnum")

MAX_TEXT_CHARACTERS: Final = 1_000
MAX_ENTRIES: Final = 500

_NOT_A_TEXT: Final = re.compile(r"|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?(\d+|0x[\da-f]+|\d*\.\d+)")
_SPAN: Final = re.compile(r"(0|[1-9]\d{0,5}) (day|days|hour|hours)")
_NUMBER: Final = re.compile(r"0|[1-9]\d{0,8}")
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(kw_only=True, slots=True)
class Report:
    """Where findings are collected, and where each declaration stands."""

    file: str
    languages: tuple[Language, ...] = tuple(Language)
    findings: list[Finding] = field(default_factory=list)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)

    def find(self, line: int, message: str) -> None:
        """Add one finding."""
        self.findings.append(Finding(file=self.file, line=line, message=printable(message)))

    def line_of(self, *path: str) -> int:
        """Return the line of a declaration, or of the nearest thing around it that has one."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A known key that is not there; reading it gives the stand-in and no further finding."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One value in the file, with its path from the root."""

    node: Node | Missing
    path: tuple[str, ...]
    line: int
    report: Report

    @property
    def name(self) -> str:
        """The key that leads here, as messages quote it."""
        return self.path[-1] if self.path else "policy"

    @property
    def present(self) -> bool:
        """Whether the key is there at all."""
        return not isinstance(self.node, Missing)

    def find(self, message: str) -> None:
        """Add a finding at this value's line."""
        self.report.find(self.line, message)

    def parts(self, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, Field]:
        """Return all known keys of a mapping; unknown ones, and required ones that are missing, are findings."""
        needed = tuple(required)
        found = {key: replace(self, node=Missing(), path=(*self.path, key)) for key in (*needed, *optional)}
        for part in self.entries():
            if part.name in found:
                found[part.name] = part
            else:
                part.find(f"unknown key `{part.name}`{nearest(part.name, found)}{_language_hint(part, found)}")
        if isinstance(self.node, Mapping):
            for key in needed:
                if not found[key].present:
                    self.find(f"`{self.name}` has no `{key}`")
        return found

    def entries(self) -> tuple[Field, ...]:
        """Return every entry of a mapping in order; anything else is a finding and has none."""
        if isinstance(self.node, Missing):
            return ()
        if not isinstance(self.node, Mapping):
            self.find(f"`{self.name}` must be keys with values")
            return ()
        if len(self.node.entries) > MAX_ENTRIES:
            self.find(f"`{self.name}` has {len(self.node.entries)} entries; at most {MAX_ENTRIES} are read")
            return ()
        found = []
        for key, node in self.node.entries:
            path = (*self.path, key.text)
            self.report.lines[path] = key.line
            found.append(Field(node=node, path=path, line=key.line, report=self.report))
        return tuple(found)

    @property
    def empty(self) -> bool:
        """Whether this is a list without entries."""
        return isinstance(self.node, Sequence) and not self.node.entries

    def says(self, key: str, word: str) -> bool:
        """Tell whether a key has exactly this value, before its mapping is read; never a finding."""
        entries = self.node.entries if isinstance(self.node, Mapping) else ()
        return any(found.text == key and isinstance(node, Scalar) and node.text == word for found, node in entries)

    def named(self) -> tuple[Field, ...]:
        """Return the entries of a mapping from ids; an id that is none is a finding."""
        return tuple(entry for entry in self.entries() if check_id(entry, entry.name))

    def listed(self) -> tuple[Field, ...]:
        """Return the entries of a list in order; anything else is a finding and has none."""
        if isinstance(self.node, Missing):
            return ()
        if not isinstance(self.node, Sequence):
            self.find(f"`{self.name}` must be a list")
            return ()
        if len(self.node.entries) > MAX_ENTRIES:
            self.find(f"`{self.name}` has {len(self.node.entries)} entries; at most {MAX_ENTRIES} are read")
            return ()
        return tuple(Field(node=node, path=self.path, line=node.line, report=self.report) for node in self.node.entries)

    def word(self) -> str:
        """Return a scalar as it stands; anything else is a finding and the empty string."""
        if isinstance(self.node, Scalar):
            return self.node.text
        if self.present:
            self.find(f"`{self.name}` must be a single value")
        return ""

    def text(self) -> str:
        """Return a sentence or a name: a string that is not empty and has no hidden characters."""
        word = self.word()
        if isinstance(self.node, Scalar):
            if self.node.plain and _NOT_A_TEXT.fullmatch(word):
                self.find(f"`{self.name}` must be a text; `{word}` is none unless it stands in quotes")
            elif not word.strip():
                self.find(f"`{self.name}` is empty")
        for problem in text_problems(word):
            self.find(f"`{self.name}` {problem}")
        return word

    def words(self) -> Text:
        """Return the same sentence in every language of the policy."""
        parts = self.parts(required=self.report.languages)
        return {language: parts[language].text() for language in self.report.languages}

    def identifier(self) -> str:
        """Return an id, declared elsewhere or not."""
        word = self.word()
        return word if word and check_id(self, word) else ""

    def identifiers(self) -> tuple[str, ...]:
        """Return a list of ids without those that are none; the same one twice is a finding."""
        found: list[str] = []
        for entry in self.listed():
            name = entry.identifier()
            if name in found:
                entry.find(f"`{self.name}` lists `{name}` twice")
            elif name:
                self.report.lines[(*self.path, name)] = entry.line
                found.append(name)
        return tuple(found)

    def flag(self) -> bool:
        """Return `true` or `false`, written so and without quotes."""
        word = self.word()
        if isinstance(self.node, Scalar) and not (self.node.plain and word in ("true", "false")):
            self.find(f"`{self.name}` must be true or false, not `{word}`")
        return word == "true"

    def number(self) -> int:
        """Return a whole number from 0."""
        word = self.word()
        if _NUMBER.fullmatch(word):
            return int(word)
        if word:
            self.find(f"`{self.name}` must be a whole number, not `{word}`")
        return 0

    def span(self, unit: str, *, least: int = 0) -> int:
        """Return a length of time written as `90 days`; the least one stands in for what is none.

        Args:
            unit: `days` or `hours`.
            least: what is shorter is a finding.
        """
        word = self.word()
        found = _SPAN.fullmatch(word)
        if found is not None and found.group(2).rstrip("s") == unit.rstrip("s"):
            if int(found.group(1)) >= least:
                return int(found.group(1))
            self.find(f"`{self.name}` is `{word}`; it must be at least {least}")
        elif isinstance(self.node, Scalar):
            self.find(f"`{self.name}` must be a number of {unit}, such as `30 {unit}`, not `{word}`")
        return least

    def choice(self, among: type[Named]) -> Named:
        """Return a member of a closed set; the first one stands in for an unknown one."""
        word = self.word()
        members = list(among)
        if word in members:
            return among(word)
        if isinstance(self.node, Scalar):
            self.find(f"unknown {self.name} `{word}`{nearest(word, members)}; one of {', '.join(members)}")
        return members[0]


def _language_hint(part: Field, known: Iterable[str]) -> str:
    """Return what to do about a text in a language that the policy does not have."""
    in_languages = set(known) <= set(Language) and part.name in set(Language)
    return "; name the language in `languages` first" if in_languages else ""


def check_id(field_: Field, name: str) -> bool:
    """Tell whether a name can be an id; a finding says why not."""
    if ID_SHAPE.fullmatch(name):
        return True
    foreign = next((letter for letter in name if not letter.isascii() or not letter.isprintable()), None)
    if foreign is not None:
        what = f"U+{ord(foreign):04X} {unicodedata.name(foreign, 'a control character')}"
        field_.find(f"id `{name}` has the character {what}; ids are written in a-z, 0-9, `_` and `.`")
    else:
        field_.find(f"id `{name}` must be lower-case words such as `device.os_version`, of at most 32 characters each")
    return False


def text_problems(text: str) -> tuple[str, ...]:
    """Return what makes a text unfit to be shown, each as the end of a sentence; empty when nothing does."""
    problems = []
    hidden = next((letter for letter in text if unicodedata.category(letter) in _HIDDEN_CATEGORIES), None)
    if hidden is not None:
        name = unicodedata.name(hidden, "a control character")
        problems.append(f"has the hidden character U+{ord(hidden):04X} {name}")
    if not unicodedata.is_normalized("NFC", text):
        problems.append("has letters and marks that are not composed; write it in Unicode NFC")
    if len(text) > MAX_TEXT_CHARACTERS:
        problems.append(f"has {len(text)} characters; at most {MAX_TEXT_CHARACTERS} are shown")
    return tuple(problems)
