from __future__ import annotations

import pytest

from camket.core.intake.answer import ProblemCode
from camket.core.staff.passwords import (
    LEAST_CHARACTERS,
    MOST_CHARACTERS,
    SALT_BYTES,
    find_problem,
    hash_password,
    is_outdated,
    matches,
)
from camket.core.terms import Language

SALT = bytes(range(SALT_BYTES))
PHRASE = "giấy dán tường xanh lục"


@pytest.mark.parametrize("password", [PHRASE, "correct horse battery", "q7!xhqm3zr%k", "Ngõ nhỏ, phố dài."])
def test_a_phrase_is_taken(password: str) -> None:
    """A few unrelated words are enough, with marks or without, and so is noise of twelve characters."""
    assert find_problem(password, personal=["Alice Nguyễn", "alice@work.example"]) is None


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Password-2026!", "matkhau12345", "mật khẩu 2026", "qwertyuiop12", "abcdefghijkl",
        "zyxwvutsrqpo", "111111111111", "abababababab", "camket-admin-1", "123456789012", "alice.nguyễn1",
    ],
)  # fmt: skip
def test_what_everybody_tries_is_refused(password: str) -> None:
    """Common words, rows of keys, repetition and the owner's own name are refused, whatever digits are added."""
    problem = find_problem(password, personal=["Alice Nguyễn", "alice@work.example"])
    assert problem is not None
    assert problem.code is ProblemCode.TRIVIAL
    assert set(problem.message) == set(Language)
    assert password not in "".join(problem.message.values())


def test_the_length_is_bounded_on_both_sides() -> None:
    """One character too few, or one too many, is refused; both ends themselves are taken."""
    letters = "nhà bên sông có cây đa "
    assert find_problem(letters[: LEAST_CHARACTERS - 1]).code is ProblemCode.TOO_SHORT  # type: ignore[union-attr] # None fails
    assert find_problem(letters[:LEAST_CHARACTERS]) is None
    long = (letters * 20)[:MOST_CHARACTERS]
    assert find_problem(long) is None
    assert find_problem(f"{long}!").code is ProblemCode.TOO_LONG  # type: ignore[union-attr] # None fails


def test_a_hash_matches_its_password_alone() -> None:
    """The password matches, in whichever composition its letters are typed; another one does not, nor does a longer."""
    kept = hash_password(PHRASE, salt=SALT)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PHRASE not in kept
    assert matches(PHRASE, kept)
    assert matches("gia\u0302\u0301y dán tường xanh lục", kept)
    assert not matches(PHRASE.upper(), kept)
    assert not matches("", kept)
    assert not matches(PHRASE * 100, kept)


def test_what_is_no_hash_matches_nothing() -> None:
    """A hash that was cut or changed in the store opens nothing, and does not break the page either."""
    kept = hash_password(PHRASE, salt=SALT)
    assert not matches(PHRASE, kept[:-8])
    assert not matches(PHRASE, "no hash")


def test_a_hash_of_other_parameters_is_outdated() -> None:
    """A hash made with the parameters of today is kept; one with others is made anew when its password is at hand."""
    kept = hash_password(PHRASE, salt=SALT)
    assert not is_outdated(kept)
    assert is_outdated(kept.replace("m=19456", "m=8192"))
    assert is_outdated(kept.replace("t=2", "t=1"))
