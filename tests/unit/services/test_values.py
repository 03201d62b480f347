from __future__ import annotations

import pytest

from camket.core.policy.model import Clock, Collection, Item, ItemKind, Limit
from camket.core.terms import Language, Source
from camket.services.values import FormError, Problem, ProblemKind, ValueProblem, check_value

TEXT = {Language.VI: "x", Language.EN: "x"}


def _item(kind: ItemKind) -> Item:
    return Item(
        id="given",
        label=TEXT,
        why=TEXT,
        category="contact",
        kind=kind,
        dpv="pd:Contact",
        collected=(Collection(service="account", source=Source.PROVIDED),),
        maximum=Limit(clock=Clock.COLLECTED, days=None, reason=TEXT),
    )


def _refused(kind: ItemKind, typed: str) -> ProblemKind:
    with pytest.raises(ValueProblem) as caught:
        check_value(_item(kind), typed)
    return caught.value.problem.kind


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912 345 678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        ("0168 123 4567", "+84381234567"),
        ("+84 120 123 4567", "+84701234567"),
        ("0199 123 4567", "+84591234567"),
        ("024 3825 5600", "+842438255600"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_phone_numbers_have_one_form(typed: str, kept: str) -> None:
    """Vietnamese numbers, those of before 2018 converted, and foreign ones all come out in E.164."""
    assert check_value(_item(ItemKind.PHONE), typed) == kept


@pytest.mark.parametrize("typed", ["12", "0112 345 6789", "không có", "0912 345 678 ext 9", "+999 123456789", "0" * 30])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    """Too short, an area that does not exist, words, an extension, an unknown country: refused as a phone number."""
    assert _refused(ItemKind.PHONE, typed) is ProblemKind.MALFORMED_PHONE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn Thị   Alice ", "Nguyễn Thị Alice"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("O’Alice-Bob Jr.", "O’Alice-Bob Jr."),
        ("阿麗斯", "阿麗斯"),
        ("أليس", "أليس"),
    ],
)
def test_names_of_any_script_are_kept(typed: str, kept: str) -> None:
    """A name comes out composed (NFC), with single spaces, in whatever script it is written."""
    assert check_value(_item(ItemKind.PERSON_NAME), typed) == kept


@pytest.mark.parametrize("typed", ["<b>alice</b>", "alice@shop.example", "12345", "-", "alice/bob"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    """Markup, addresses, digits alone and marks alone are no names."""
    assert _refused(ItemKind.PERSON_NAME, typed) is ProblemKind.MALFORMED_NAME


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Alice@Shop.EXAMPLE", "Alice@shop.example"), (" bob+a@mail.example ", "bob+a@mail.example")],
)
def test_email_keeps_its_owners_spelling(typed: str, kept: str) -> None:
    """Only the domain is brought to small letters; look-up folds the rest."""
    assert check_value(_item(ItemKind.EMAIL), typed) == kept


@pytest.mark.parametrize(
    "typed", ["alice", "alice@", "@shop.example", "alice@localhost", "a b@shop.example", "a@[::1]"]
)
def test_what_is_no_email_address_is_refused(typed: str) -> None:
    """Without a name, a domain or a dot, with a space or an address in brackets: no e-mail address."""
    assert _refused(ItemKind.EMAIL, typed) is ProblemKind.MALFORMED_EMAIL


@pytest.mark.parametrize("kind", [ItemKind.PERSON_NAME, ItemKind.PHONE, ItemKind.EMAIL])
@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", ProblemKind.EMPTY),
        ("   ", ProblemKind.EMPTY),
        ("a" * 5000, ProblemKind.TOO_LONG),
        ("alice\x00", ProblemKind.CONTROL_CHARACTER),
        ("alice\nbob", ProblemKind.CONTROL_CHARACTER),
        ("alice\u00a0bob", ProblemKind.LOOKALIKE_SPACE),
        ("alice\u3000bob", ProblemKind.LOOKALIKE_SPACE),
        ("alice\u200bbob", ProblemKind.LOOKALIKE_SPACE),
        ("\u202eecila", ProblemKind.DIRECTION_MARK),
        ("alice\u200f", ProblemKind.DIRECTION_MARK),
        ("alice\ud800", ProblemKind.CONTROL_CHARACTER),
    ],
)
def test_what_misleads_is_refused_by_its_kind(kind: ItemKind, typed: str, problem: ProblemKind) -> None:
    """Empty, over-long and misleading text is told apart, in every kind of field, before anything else is looked at."""
    assert _refused(kind, typed) is problem


def test_a_form_error_names_fields_and_never_values() -> None:
    """An undeclared field is named with its nearest; a refused value is not quoted."""
    error = FormError(
        {
            "passport": Problem(kind=ProblemKind.UNDECLARED),
            "emial": Problem(kind=ProblemKind.UNDECLARED, nearest="email"),
            "phone": Problem(kind=ProblemKind.MALFORMED_PHONE),
        }
    )
    assert str(error) == (
        "field `passport` is not declared by the policy; "
        "field `emial` is not declared by the policy (did you mean `email`?); "
        "field `phone` is refused: malformed phone"
    )
