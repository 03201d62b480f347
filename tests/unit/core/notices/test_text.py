"""Mail texts: whole in every language, nothing personal in a subject, no value that adds or fills anything."""

import re

import pytest

from camket.core.errors import InvalidValueError
from camket.core.notices.templates import TEMPLATES, find_template
from camket.core.notices.text import GIVEN_PLACES, Line, LineKind, MailTemplate, Wording, write_letter
from camket.core.policy.model import ItemKind
from camket.core.terms import Language

EVERY_MAIL = pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
EVERY_LANGUAGE = pytest.mark.parametrize("language", Language)


def values_of(template: MailTemplate) -> dict[str, str]:
    """Return a value that stands out for every place."""
    return {name: f"<{name}&>" for name in template.places | GIVEN_PLACES} | {"controller": "Quầy"}


def template_with(text: str, *, subject: str = "Quầy", places: frozenset[str] = frozenset()) -> MailTemplate:
    """Return a template of one line."""
    wording = Wording(subject=subject, lines=(Line(kind=LineKind.PARAGRAPH, text=text),))
    return MailTemplate(
        id="test",
        purpose="rights",
        needs=(ItemKind.EMAIL,),
        places=places,
        wordings=dict.fromkeys(Language, wording),
    )


@EVERY_MAIL
@EVERY_LANGUAGE
def test_every_mail_is_whole(template: MailTemplate, language: Language) -> None:
    """Every mail can be written in every language, uses every place it has, and leaves no place unfilled."""
    letter = write_letter(template, language, values_of(template))
    for name in template.places:
        assert f"<{name}&>" in letter.text
        assert f"&lt;{name}&amp;&gt;" in letter.html
        assert f"<{name}&>" not in letter.html
    assert not re.search(r"\{\w+\}", letter.text + letter.html + letter.subject)
    assert "Quầy" in letter.subject


@EVERY_MAIL
@EVERY_LANGUAGE
def test_no_mail_tracks_its_reader(template: MailTemplate, language: Language) -> None:
    """A mail has no picture, script, style sheet or address of any other place in it."""
    html = write_letter(template, language, values_of(template)).html
    assert not re.search(r"<(img|script|link|iframe|object|form)|url\(|https?://", html)


@EVERY_MAIL
def test_an_address_without_proof_gets_no_name(template: MailTemplate) -> None:
    """A mail that may go to an address that no one has confirmed has no place for what a stranger typed."""
    if template.id in {"registration_code", "account_exists_code", "new_email_code"}:
        assert not template.places & {"name", "item"}


def test_registering_twice_looks_the_same_from_outside() -> None:
    """The two mails of a registration differ in their bodies alone."""
    new, known = find_template("registration_code"), find_template("account_exists_code")
    for language in Language:
        assert new.wordings[language].subject == known.wordings[language].subject


def test_a_value_is_not_read_for_places() -> None:
    """What a customer typed fills no other place, whatever it looks like."""
    template = template_with("{name} {code}", places=frozenset({"name", "code"}))
    values = {"name": "{code}", "code": "012345", "controller": "Quầy", "origin": "o"}
    assert write_letter(template, Language.EN, values).text == "{code} 012345\n"


def test_a_line_without_its_value_is_left_out() -> None:
    """Who gave no name is not greeted by an empty one."""
    template = template_with("Hello {name},", places=frozenset({"name"}))
    values = {"name": "", "controller": "Quầy", "origin": "o"}
    assert write_letter(template, Language.EN, values).text == "\n"


def test_a_mail_is_filled_with_its_own_places() -> None:
    """A missing or an unknown value is a mistake of the caller's."""
    template = template_with("{name}", places=frozenset({"name"}))
    for values in ({}, {"controller": "Quầy", "origin": "o", "name": "a", "code": "b"}):
        with pytest.raises(InvalidValueError):
            write_letter(template, Language.VI, values)


@pytest.mark.parametrize(
    ("text", "subject"),
    [("{nmae}", "Quầy"), ("", "Code {code}"), ("", "Hello {name}"), ("", "a\nBcc: bob@shop.example"), ("", "a\r")],
)
def test_a_template_that_cannot_be_is_refused(text: str, subject: str) -> None:
    """An undeclared place, a subject with anything of the customer's in it, or one of two lines makes no template."""
    with pytest.raises(InvalidValueError):
        template_with(text, subject=subject, places=frozenset({"name", "code"}))


def test_every_language_is_written() -> None:
    """A mail that is missing in one language makes no template."""
    wording = Wording(subject="a", lines=())
    with pytest.raises(InvalidValueError):
        MailTemplate(id="x", purpose="rights", needs=(), places=frozenset(), wordings={Language.VI: wording})


def test_an_unknown_mail_is_named() -> None:
    """The message names the nearest mail that there is."""
    with pytest.raises(InvalidValueError, match="sign_in_code"):
        find_template("sign_in_kode")
