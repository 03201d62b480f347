import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.intake import Accepted, Problem, ProblemCode, show, validate
from camket.core.intake.phones import OLD_PREFIXES
from camket.core.policy.model import ItemKind
from camket.core.terms import Language

NAME, PHONE, EMAIL, TEXT = ItemKind.PERSON_NAME, ItemKind.PHONE, ItemKind.EMAIL, ItemKind.TEXT
TYPED = (NAME, PHONE, EMAIL, ItemKind.IDENTIFIER)
NEVER_TYPED = {ItemKind.PICTURE: ProblemCode.NOT_TEXT, ItemKind.HOLDING: ProblemCode.HELD_ELSEWHERE}
AWKWARD = "\u200c\u200d\u094d\u0301\u0915\u0645\ud800\u00a0 @.+-0123456789()'\t\n\r\u1e9e\u0130"


def accepted(kind: ItemKind, text: str) -> Accepted:
    """Return the accepted answer, or fail with the problem."""
    answer = validate(kind, text)
    assert isinstance(answer, Accepted), answer
    return answer


def refused(kind: ItemKind, text: str) -> Problem:
    """Return the problem, or fail with what was accepted."""
    answer = validate(kind, text)
    assert isinstance(answer, Problem), answer
    return answer


# Every kind.


@given(
    kind=st.sampled_from(ItemKind),
    text=st.text(max_size=40)
    | st.text(st.characters() | st.sampled_from(AWKWARD), max_size=90)
    | st.tuples(st.text(max_size=6), st.text(max_size=8)).map("@".join)
    | st.text("0123456789+ .", max_size=16),
)
def test_every_text_has_an_answer_and_twice_is_once(kind: ItemKind, text: str) -> None:
    """No text raises; an accepted value is accepted again as it is, and so is the form in which it is shown."""
    answer = validate(kind, text)
    if isinstance(answer, Accepted):
        assert accepted(kind, answer.value) == Accepted(value=answer.value)
        assert accepted(kind, show(kind, answer.value)).value == answer.value
        answer.value.encode("utf-8")
    else:
        assert set(answer.message) == set(Language)


@pytest.mark.parametrize("kind", ItemKind)
@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_a_very_long_text_is_refused(kind: ItemKind, length: int) -> None:
    """A text far over every limit is refused, whatever it is made of."""
    for character in ("a", "9", "\u0301", " a"):
        assert refused(kind, character * length).code in (ProblemCode.TOO_LONG, NEVER_TYPED.get(kind))


@pytest.mark.parametrize("kind", sorted(NEVER_TYPED))
def test_what_is_never_typed_is_refused_as_text(kind: ItemKind) -> None:
    """A picture comes as a file and a holding stays with its app; text is neither."""
    assert refused(kind, "a picture or a book").code is NEVER_TYPED[kind]


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind not in NEVER_TYPED])
@pytest.mark.parametrize("text", ["", " ", "\t \r\n"])
def test_an_empty_field_asks_for_a_value(kind: ItemKind, text: str) -> None:
    """Nothing, and nothing but spaces and line ends, is empty."""
    assert refused(kind, text).code is ProblemCode.EMPTY


@pytest.mark.parametrize("kind", TYPED)
@pytest.mark.parametrize(
    ("character", "code", "vi", "en"),
    [
        ("\x00", ProblemCode.CONTROL_CHARACTER, "U+0000", "U+0000"),
        ("\x07", ProblemCode.CONTROL_CHARACTER, "U+0007", "U+0007"),
        ("\x85", ProblemCode.CONTROL_CHARACTER, "U+0085", "U+0085"),
        ("\n", ProblemCode.CONTROL_CHARACTER, "dấu xuống dòng", "line break"),
        ("\u2028", ProblemCode.CONTROL_CHARACTER, "U+2028", "line separator"),
        ("\u00a0", ProblemCode.ODD_SPACE, "dấu cách không ngắt dòng", "no-break space"),
        ("\u3000", ProblemCode.ODD_SPACE, "dấu cách của chữ Hán", "ideographic space"),
        ("\u2009", ProblemCode.ODD_SPACE, "U+2009", "thin space"),
        ("\u3164", ProblemCode.ODD_SPACE, "U+3164", "hangul filler"),
        ("\u200b", ProblemCode.INVISIBLE_CHARACTER, "dấu cách không độ rộng", "zero width space"),
        ("\ufeff", ProblemCode.INVISIBLE_CHARACTER, "dấu thứ tự byte", "byte order mark"),
        ("\u200d", ProblemCode.INVISIBLE_CHARACTER, "dấu nối chữ", "zero width joiner"),
        ("\u00ad", ProblemCode.INVISIBLE_CHARACTER, "dấu gạch nối ẩn", "soft hyphen"),
        ("\u200f", ProblemCode.DIRECTION_MARK, "dấu phải sang trái", "right-to-left mark"),
        ("\u202e", ProblemCode.DIRECTION_MARK, "dấu buộc phải sang trái", "right-to-left override"),
        ("\u2066", ProblemCode.DIRECTION_MARK, "U+2066", "left-to-right isolate"),
        ("\ud800", ProblemCode.UNREADABLE_CHARACTER, "U+D800", "U+D800"),
        ("\ue000", ProblemCode.UNREADABLE_CHARACTER, "U+E000", "U+E000"),
    ],
)
def test_what_hides_is_named_with_its_place(
    kind: ItemKind, character: str, code: ProblemCode, vi: str, en: str
) -> None:
    """A character that hides is refused in every typed field, and the message says which one stands where."""
    problem = refused(kind, f"ab{character}cd")
    assert problem.code is code
    assert "Ký tự thứ 3" in problem.message[Language.VI]
    assert vi in problem.message[Language.VI]
    assert "Character 3" in problem.message[Language.EN]
    assert en in problem.message[Language.EN]


@pytest.mark.parametrize(
    ("kind", "text"),
    [(NAME, "Alice\u00a0Example"), (NAME, "4" * 81), (PHONE, "0901"), (EMAIL, "bob"), (EMAIL, "bob@bob")],
)
def test_a_message_does_not_repeat_what_was_typed(kind: ItemKind, text: str) -> None:
    """What was typed is personal: it is not in the message, which may reach a log."""
    message = " ".join(refused(kind, text).message.values())
    assert text not in message
    assert not {"Alice", "0901", "bob", "4444"} & set(message.split())


# Names.


@pytest.mark.parametrize(
    "name",
    [
        "Alice Example",
        "Bob",
        "Alice Đặng Thị Ngọc Ánh",
        "O'Bob",
        "Alice’s Bob",
        "Alice-Bob Jr.",
        "Bob, Jr.",
        "Bob a/l Alice",
        "Bob 2",
        "Боб",
        "爱丽丝",
        "アリス・ボブ",
        "أليس",
        "เอลิซ",
        "앨리스",
        "क्\u200dष",
        "مح\u200cمد",
        "A",
        "A" * 80,
    ],
)
def test_a_name_is_accepted(name: str) -> None:
    """Names of every script, with the marks that names carry, up to 80 characters, are accepted as they are."""
    assert accepted(NAME, name) == Accepted(value=name)


def test_a_name_is_put_in_order() -> None:
    """Outer spaces go, inner runs become one, and letters with separate accents become whole letters."""
    decomposed = unicodedata.normalize("NFD", "  Alice   Đặng \n")
    assert accepted(NAME, decomposed).value == "Alice Đặng"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("A" * 81, ProblemCode.TOO_LONG),
        ("12345", ProblemCode.NO_LETTER),
        ("-.'", ProblemCode.NO_LETTER),
        ("Alice 😀", ProblemCode.WRONG_CHARACTER),
        ("<b>Alice</b>", ProblemCode.WRONG_CHARACTER),
        ("alice@shop.example", ProblemCode.WRONG_CHARACTER),
        ("\u0301Alice", ProblemCode.WRONG_CHARACTER),
        ("A" + "\u0301\u0302" * 3, ProblemCode.WRONG_CHARACTER),
        ("Alice\u200dBob", ProblemCode.INVISIBLE_CHARACTER),
        ("مح\u200dمد", ProblemCode.INVISIBLE_CHARACTER),
        ("\u200cAlice", ProblemCode.INVISIBLE_CHARACTER),
    ],
)
def test_a_name_is_refused(name: str, code: ProblemCode) -> None:
    """What is too long, has no letter, or has characters that names do not carry is refused with its reason."""
    assert refused(NAME, name).code is code


def test_a_long_name_is_told_both_numbers() -> None:
    """The message on a long name says how long it is and how long it may be."""
    problem = refused(NAME, "A" * 81)
    assert "81" in problem.message[Language.EN]
    assert "80" in problem.message[Language.EN]


# Phone numbers.


@pytest.mark.parametrize(
    "typed",
    [
        "0901234567",
        "090 123 45 67",
        "090.123.4567",
        "(090) 123-4567",
        "+84901234567",
        "+84 90 123 45 67",
        "+84 (0)90 123 45 67",
        "84901234567",
        "0084 901234567",
        " 0901234567\n",
    ],
)
def test_ways_to_write_one_number(typed: str) -> None:
    """However a Vietnamese number is written, it is stored as E.164 and shown in groups."""
    assert accepted(PHONE, typed) == Accepted(value="+84901234567")
    assert show(PHONE, "+84901234567") == "090 123 45 67"


def test_every_old_prefix_is_known() -> None:
    """All 21 prefixes of 11-digit mobile numbers are there, and each has a new one of its own."""
    old = {*map(str, range(120, 130)), *map(str, range(162, 170)), "186", "188", "199"}
    assert set(OLD_PREFIXES) == old
    assert len(set(OLD_PREFIXES.values())) == 21


@pytest.mark.parametrize(("old", "new"), OLD_PREFIXES.items())
def test_an_old_number_is_brought_up_to_date(old: str, new: str) -> None:
    """An 11-digit number becomes the number it was changed to, in every way of writing, and the note says so."""
    for typed in (f"0{old}1234567", f"+84{old} 123 4567", f"84{old}1234567"):
        answer = accepted(PHONE, typed)
        assert answer.value == f"+84{new}1234567"
        assert answer.note is not None
        for language in Language:
            assert f"0{old}" in answer.note[language]
            assert f"0{new}" in answer.note[language]


def test_a_number_of_today_has_no_note() -> None:
    """A number that was not changed carries no note."""
    assert accepted(PHONE, "070 123 45 67").note is None


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("+1 202 555 0123", "+12025550123", "+1 202-555-0123"),
        ("+49 1512 3456789", "+4915123456789", "+49 1512 3456789"),
        ("+81-90-1234-5678", "+819012345678", "+81 90-1234-5678"),
        ("024 3825 1234", "+842438251234", "024 3825 1234"),
    ],
)
def test_foreign_numbers_and_landlines_are_accepted(typed: str, value: str, shown: str) -> None:
    """A number of another country with its + and a Vietnamese landline are accepted."""
    assert accepted(PHONE, typed).value == value
    assert show(PHONE, value) == shown


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("090123456", ProblemCode.NOT_A_PHONE),
        ("09012345678", ProblemCode.NOT_A_PHONE),
        ("01301234567", ProblemCode.NOT_A_PHONE),
        ("113", ProblemCode.NOT_A_PHONE),
        ("+999 123", ProblemCode.NOT_A_PHONE),
        ("+1 202", ProblemCode.NOT_A_PHONE),
        ("+", ProblemCode.NOT_A_PHONE),
        ("0901234567 ext 5", ProblemCode.WRONG_CHARACTER),
        ("٠٩٠١٢٣٤٥٦٧", ProblemCode.WRONG_CHARACTER),
        ("090+1234567", ProblemCode.WRONG_CHARACTER),
        ("0" * 33, ProblemCode.TOO_LONG),
    ],
)
def test_what_is_no_number_is_refused(typed: str, code: ProblemCode) -> None:
    """Too few or too many digits, unknown prefixes, letters and other digits are refused."""
    assert refused(PHONE, typed).code is code


def test_a_wrong_foreign_number_names_its_country_code() -> None:
    """The message on a foreign number speaks of its country, not of Vietnamese numbers."""
    assert "+1" in refused(PHONE, "+1 202").message[Language.EN]
    assert "Vietnamese" not in refused(PHONE, "+1 202").message[Language.EN]


def test_what_is_no_number_is_shown_as_it_is() -> None:
    """Showing a stored text that is no number does not fail."""
    assert show(PHONE, "bob") == "bob"


# E-mail addresses.


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("alice@shop.example", "alice@shop.example"),
        (" Alice@Shop.EXAMPLE\n", "Alice@shop.example"),
        ("alice+x_y-z@a.b.c.example", "alice+x_y-z@a.b.c.example"),
        ("alice@bücher.example", "alice@bücher.example"),
        ("alice@xn--bcher-kva.example", "alice@bücher.example"),
        ("ạlice@shop.example", "ạlice@shop.example"),
        ("a" * 64 + "@shop.example", "a" * 64 + "@shop.example"),
    ],
)
def test_an_address_is_accepted(typed: str, value: str) -> None:
    """Addresses, internationalised ones too, are accepted with their domain in lower case."""
    assert accepted(EMAIL, typed).value == value


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("alice", ProblemCode.NOT_AN_EMAIL),
        ("@shop.example", ProblemCode.NOT_AN_EMAIL),
        ("alice@", ProblemCode.NOT_AN_EMAIL),
        ("alice@bob@shop.example", ProblemCode.NOT_AN_EMAIL),
        ("alice@localhost", ProblemCode.NOT_AN_EMAIL),
        ("alice@[127.0.0.1]", ProblemCode.NOT_AN_EMAIL),
        ("alice@shop..example", ProblemCode.NOT_AN_EMAIL),
        ("alice..bob@shop.example", ProblemCode.NOT_AN_EMAIL),
        ('"alice"@shop.example', ProblemCode.NOT_AN_EMAIL),
        ("Alice <alice@shop.example>", ProblemCode.WRONG_CHARACTER),
        ("alice @shop.example", ProblemCode.WRONG_CHARACTER),
        ("a" * 65 + "@shop.example", ProblemCode.TOO_LONG),
        ("ạ" * 22 + "@shop.example", ProblemCode.TOO_LONG),
        ("alice@" + "a." * 124 + "example", ProblemCode.TOO_LONG),
        ("alice@" + ("ü" * 40 + ".") * 4 + "example", ProblemCode.TOO_LONG),
    ],
)
def test_what_is_no_address_is_refused(typed: str, code: ProblemCode) -> None:
    """What no mail could be sent to, and what is more than an address, is refused with its reason."""
    assert refused(EMAIL, typed).code is code


# Other text.


@pytest.mark.parametrize(
    ("kind", "limit"), [(ItemKind.TEXT, 2_000), (ItemKind.FACT, 1_000), (ItemKind.IDENTIFIER, 200)]
)
def test_text_has_a_limit(kind: ItemKind, limit: int) -> None:
    """Text of exactly the limit is accepted, one character more is refused."""
    assert accepted(kind, "a" * limit).value == "a" * limit
    assert refused(kind, "a" * (limit + 1)).code is ProblemCode.TOO_LONG


def test_lines_are_kept_in_text_alone() -> None:
    """Free text keeps its lines, with one kind of line end; a fact is one line."""
    assert accepted(TEXT, "one\r\ntwo\rthree\tfour").value == "one\ntwo\nthree\tfour"
    assert refused(ItemKind.FACT, "one\ntwo").code is ProblemCode.CONTROL_CHARACTER


def test_text_may_carry_what_languages_need() -> None:
    """Free text and facts keep no-break spaces and joined emoji, but no marks that turn the direction of text."""
    for kind in (TEXT, ItemKind.FACT):
        assert accepted(kind, "10\u00a0kg 👩\u200d🔧").value == "10\u00a0kg 👩\u200d🔧"
        assert refused(kind, "a\u202eb").code is ProblemCode.DIRECTION_MARK


def test_a_picture_is_not_text() -> None:
    """A picture does not come as text."""
    assert refused(ItemKind.PICTURE, "alice.png").code is ProblemCode.NOT_TEXT
