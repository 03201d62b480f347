"""An operator's own words: the same places, nothing that runs, and camket's words wherever a file is not good."""

from __future__ import annotations

import pytest

from camket.core.notices.own_words import MOST_BYTES, MailWords, own_words_of, read_words
from camket.core.notices.policy_changed import POLICY_CHANGED
from camket.core.notices.templates import TEMPLATES, find_template
from camket.core.notices.text import GIVEN_PLACES, LineKind, write_letter
from camket.core.terms import Language

SIGN_IN = find_template("sign_in_code")
VI, EN = Language.VI, Language.EN


def findings(text: str | bytes, name: str = "sign_in_code.vi.txt") -> list[str]:
    """Return what is wrong with one file, the missing other language left out."""
    content = text if isinstance(text, bytes) else text.encode()
    return [str(one) for one in read_words({name: content}).findings if "one language only" not in one.message]


def letter(*lines: str, subject: str = "Mã của {controller}") -> str:
    """Return a file with these paragraphs."""
    return "\n\n".join([f"Subject: {subject}", *lines]) + "\n"


GOOD = letter("Chào {name}, mã của bạn:", "{code}", "Dùng được {minutes} phút.", "— {controller}")


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
@pytest.mark.parametrize("language", Language)
def test_what_is_written_out_reads_back_as_it_was(language: Language, template: object) -> None:
    """The files to begin from say what camket says, to the letter, and have no findings."""
    known = TEMPLATES[template.id]  # type: ignore[attr-defined]  # the parameter is one of them
    files = {f"{known.id}.{one}.txt": own_words_of(known, one).encode() for one in Language}
    words = read_words(files)
    assert words.findings == ()
    assert words.own[known.id, language] == known.wordings[language]


def test_own_words_are_used_and_the_rest_stays() -> None:
    """A good file takes the place of camket's words in its mail and its language alone."""
    words = read_words(
        {"sign_in_code.vi.txt": GOOD.encode(), "sign_in_code.en.txt": own_words_of(SIGN_IN, EN).encode()}
    )
    assert words.findings == ()
    values = {name: f"<{name}>" for name in SIGN_IN.places | GIVEN_PLACES}
    written = write_letter(words.of(SIGN_IN), VI, values)
    assert written.text.startswith("Chào <name>, mã của bạn:\n\n<code>\n\nDùng được <minutes> phút.")
    assert "&lt;code&gt;" in written.html
    assert words.of(SIGN_IN).wordings[EN] == SIGN_IN.wordings[EN]
    assert words.of(POLICY_CHANGED) is POLICY_CHANGED
    assert MailWords().of(SIGN_IN) is SIGN_IN


def test_a_missing_word_in_one_language_keeps_camkets_words_there() -> None:
    """The other language is used; the finding names file and word."""
    words = read_words(
        {
            "sign_in_code.vi.txt": letter("Mã của bạn ở {origin}", "{minutes} phút").encode(),
            "sign_in_code.en.txt": letter("{code}", "{minutes} minutes").encode(),
        }
    )
    assert [str(one) for one in words.findings] == ["sign_in_code.vi.txt:1: the word `{code}` is missing"]
    used = words.of(SIGN_IN)
    assert used.wordings[VI] == SIGN_IN.wordings[VI]
    assert used.wordings[EN].lines[0].text == "{code}"


def test_a_missing_language_is_told() -> None:
    """Own words in one language only are used there, and the officer is told of the other."""
    words = read_words({"sign_in_code.vi.txt": GOOD.encode()})
    assert [str(one) for one in words.findings] == [
        "sign_in_code.en.txt:1: it is missing: the mail `sign_in_code` has own words in one language only"
    ]
    assert ("sign_in_code", VI) in words.own


def test_every_finding_comes_at_once_with_its_line() -> None:
    """Unknown places are named with the nearest known one, in the subject as in every line."""
    text = letter("Chào {nam},", "{code}", "{minutes} {phút} {0}", subject="{name}")
    assert findings(text) == [
        "sign_in_code.vi.txt:1: there is no place `{name}` here",
        "sign_in_code.vi.txt:3: there is no place `{nam}` here (did you mean `name`?)",
        "sign_in_code.vi.txt:7: there is no place `{phút}` here",
        "sign_in_code.vi.txt:7: there is no place `{0}` here",
    ]


@pytest.mark.parametrize(
    "attempt", ["{name.__class__}", "{name!r}", "{{ code }}", "{% for x in y %}", "{code:>99999}", "{"]
)
def test_nothing_in_a_file_can_be_run(attempt: str) -> None:
    """What other template languages would run is no place here, and the file is refused."""
    assert any("there is no place" in one for one in findings(letter(attempt, "{code} {minutes}")))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it begins with `Subject:`"),
        (b"Subject: \n\n{code} {minutes}", "it begins with `Subject:`"),
        (b"Subject: a\nb\n\n{code} {minutes}", "it begins with `Subject:`"),
        (b"Subject: a\n\n", "it has no text below its subject"),
        (b"Subject: a\x07\n\n{code} {minutes}", "the subject holds a control character"),
        (b"Subject: a\n\n{code}\x07 {minutes}", "the line holds a control character"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (b"x" * (MOST_BYTES + 1), "it is longer than 64 KiB"),
    ],
)
def test_what_is_no_mail_is_refused(content: bytes, message: str) -> None:
    """A file that cannot be a mail has a finding that says why, and is not used."""
    assert any(message in one for one in findings(content))
    assert read_words({"sign_in_code.vi.txt": content}).own == {}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sign_in_code.txt", "it is named after no mail"),
        ("sign_in_code.fr.txt", "it is named after no mail"),
        ("readme.md", "it is named after no mail"),
        ("sign_in_cod.vi.txt", "there is no mail `sign_in_cod` (did you mean `sign_in_code`?)"),
    ],
)
def test_a_file_is_named_after_its_mail(name: str, message: str) -> None:
    """Another name is a finding, not silence: the operator meant something by it."""
    assert any(message in one for one in findings(GOOD, name))


def test_a_list_stands_under_words_that_lead_to_it() -> None:
    """A place that is filled with a list cannot stand inside a sentence."""
    text = own_words_of(POLICY_CHANGED, VI)
    assert "\n{changes}\n" in text
    (finding,) = findings(text.replace("\n{changes}\n", " {changes}.\n"), "policy_changed.vi.txt")
    assert "`{changes}` is a list: it stands alone on the last line of a paragraph" in finding


def test_line_ends_of_other_systems_are_read() -> None:
    """A file from another system means the same."""
    words = read_words({"sign_in_code.vi.txt": b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()})
    kinds = [line.kind for line in words.own["sign_in_code", VI].lines]
    assert kinds == [LineKind.PARAGRAPH, LineKind.CODE, LineKind.PARAGRAPH, LineKind.QUIET]
