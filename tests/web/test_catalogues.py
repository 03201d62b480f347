"""Every sentence that a person reads stands in both catalogues, and nowhere else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from camket.core.terms import Language
from camket.web.i18n import LOCALE, catalogue_files
from camket.web.rendering import LANGUAGE_NAMES, TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message

WEB = LOCALE.parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = dict(DEFAULT_KEYWORDS) | {"marked": None, "say": None}
SPOKEN_ATTRIBUTES = {"aria-label", "alt", "title", "placeholder", "data-busy", "data-copied"}
UNSPOKEN = set(LANGUAGE_NAMES.values())


def sentences_in_use() -> set[str]:
    """Return the message id of every sentence in the templates and the code; of a plural, its singular."""
    found = extract_from_dir(str(WEB), METHODS, {"templates/**.html": {"trimmed": "true"}}, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def read_catalogue(language: Language) -> list[Message]:
    """Return the messages of a catalogue as its files have them."""
    found: list[Message] = []
    for part in catalogue_files(language):
        with part.open("rb") as file:
            found += [message for message in read_po(file, locale=language.value) if message.id]
    return found


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return a message's forms: one, or several for a plural."""
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.mark.parametrize("language", Language)
def test_a_catalogue_is_complete(language: Language) -> None:
    """Each sentence in use has its translation, none is marked as doubtful, and none stands there unused."""
    messages = read_catalogue(language)
    known = {forms(message.id)[0] for message in messages}
    assert known == sentences_in_use()
    assert len(messages) == len(known), "a sentence stands in two files"
    assert [message.id for message in messages if message.fuzzy] == []
    assert [message.id for message in messages if not all(part.strip() for part in forms(message.string))] == []


@pytest.mark.parametrize("language", Language)
def test_a_translation_names_the_same_values(language: Language) -> None:
    """A translation fills in the values that the sentence names, so that no page breaks in one language."""
    for message in read_catalogue(language):
        wanted = set(PLACEHOLDER.findall(forms(message.id)[-1])) if message.id else set()
        for part in forms(message.string) if message.id else ():
            assert set(PLACEHOLDER.findall(part)) == wanted, message.id


def test_vietnamese_is_translated() -> None:
    """No sentence of more than three words is the same in both languages."""
    same = [
        message.id
        for message in read_catalogue(Language.VI)
        if isinstance(message.id, str) and message.id == message.string and len(message.id.split()) > 3
    ]
    assert same == []


class SpokenText(HTMLParser):
    """Collects what a page says outside of expressions: text, and attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect spoken attributes."""
        del tag
        self.found += [value or "" for name, value in attrs if name in SPOKEN_ATTRIBUTES]


def hard_coded(template: str) -> list[str]:
    """Return the words of a template that are in no catalogue."""
    template = re.sub(r"\{% block width %\}[a-z]*\{% endblock %\}", " ", template)
    without_code = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL)
    reader = SpokenText()
    reader.feed(without_code)
    return [text.strip() for text in reader.found if re.search(r"[^\W\d_]", text) and text.strip() not in UNSPOKEN]


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: file.name)
def test_a_template_speaks_from_the_catalogue(file: Path) -> None:
    """No template holds a sentence of its own."""
    assert hard_coded(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Xin chào</p>", ["Xin chào"]),
        ('<a aria-label="Close">{{ _("x") }}</a>', ["Close"]),
        ('<p class="quiet">{{ _("Hello") }} · 12</p>', []),
    ],
)
def test_a_hard_coded_sentence_is_found(template: str, found: list[str]) -> None:
    """A sentence is found in text and in attributes that are read aloud; classes, marks and expressions are not."""
    assert hard_coded(template) == found
