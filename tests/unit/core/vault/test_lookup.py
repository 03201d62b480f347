import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.errors import InvalidValueError
from camket.core.vault.lookup import IndexField, IndexKey, blind_index, normalise

KEY = bytes(range(32))


def index_key(field: IndexField = IndexField.EMAIL, key: bytes = KEY, version: int = 1) -> IndexKey:
    """Return a key of a field."""
    return IndexKey(field=field, version=version, key=key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice@shop.example", "ALICE@Shop.Example"),
        ("alice@shop.example", " alice@shop.example\n"),
        ("alice@shop.example", "alice@ｓhop.example"),
        ("alice@bücher.example", "alice@BÜCHER.example"),
        ("alice@bücher.example", "alice@xn--bcher-kva.example"),
        ("Đức@shop.example", "đỨC@shop.example"),
        ("alịce@shop.example", "ali\u0323ce@shop.example"),
    ],
)
def test_one_address_has_one_index(one: str, other: str) -> None:
    """Ways to write one address, in another case, width, composition or form of the domain, have one index."""
    assert blind_index(index_key(), one) == blind_index(index_key(), other)


@pytest.mark.parametrize(
    "other", ["bob@shop.example", "alice@shop2.example", "alice+1@shop.example", "a.lice@shop.example", "alice", ""]
)
def test_other_addresses_have_other_indexes(other: str) -> None:
    """Addresses that are not the same mailbox for certain have different indexes."""
    assert blind_index(index_key(), "alice@shop.example") != blind_index(index_key(), other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice@strasse.example", "alice@straße.example"),
        ("alice@xn--strae-oqa.example", "alice@strasse.example"),
        ("alice@σίγμας.example", "alice@σίγμασ.example"),
        ("strasse@shop.example", "straße@shop.example"),
        ("alice.fi@shop.example", "alice.ﬁ@shop.example"),
        ("alice@shop.example", "ａlice@shop.example"),
        ("alice@shop.example", "аlice@shop.example"),
    ],
)
def test_look_alike_mailboxes_have_indexes_of_their_own(one: str, other: str) -> None:
    """Two addresses that may belong to two owners never share an index: the one's code would open the other's door."""
    assert blind_index(index_key(), one) != blind_index(index_key(), other)


@pytest.mark.parametrize("other", ["090 123 45 67", "+84901234567", "84901234567", "0084 90.123.4567"])
def test_one_number_has_one_index(other: str) -> None:
    """Ways to write one phone number have one index."""
    key = index_key(IndexField.PHONE)
    assert blind_index(key, "0901234567") == blind_index(key, other)


def test_an_old_number_is_found_by_its_new_form() -> None:
    """A number with an old 11-digit prefix has the index of the number that it became."""
    key = index_key(IndexField.PHONE)
    assert blind_index(key, "0120 123 45 67") == blind_index(key, "070 123 45 67")


def test_keys_and_fields_keep_indexes_apart() -> None:
    """The same text has another index under another key, and in another field under the same key bytes."""
    digits = {
        blind_index(index_key(), "0901234567"),
        blind_index(index_key(key=KEY[::-1]), "0901234567"),
        blind_index(index_key(IndexField.VISITOR), "0901234567"),
        blind_index(index_key(IndexField.CODE), "0901234567"),
    }
    assert len(digits) == 4
    assert {len(digit) for digit in digits} == {32}


@given(field=st.sampled_from(IndexField), text=st.text(max_size=60))
def test_every_text_has_an_index(field: IndexField, text: str) -> None:
    """No text makes the look-up fail, so that every text costs the same work; normalising twice is once."""
    once = normalise(field, text)
    assert normalise(field, once) == once
    assert len(blind_index(index_key(field), text)) == 32


@given(local=st.text(min_size=1, max_size=20), domain=st.text(min_size=1, max_size=20))
def test_anything_with_a_sign_has_an_index(local: str, domain: str) -> None:
    """A text that looks like an address is normalised once and for all, whatever stands around its sign."""
    once = normalise(IndexField.EMAIL, f"{local}@{domain}")
    assert normalise(IndexField.EMAIL, once) == once


def test_an_unpaired_surrogate_has_an_index() -> None:
    """A text that is no valid UTF-8 has an index too."""
    assert len(blind_index(index_key(), "alice\ud800@shop.example")) == 32


@pytest.mark.parametrize(("version", "key"), [(0, KEY), (-1, KEY), (1, KEY[:31]), (1, b"")])
def test_an_index_key_is_whole(version: int, key: bytes) -> None:
    """A version below 1 and a key that is not 32 bytes are refused."""
    with pytest.raises(InvalidValueError, match="index key"):
        index_key(version=version, key=key)


def test_an_index_key_is_not_printed() -> None:
    """The key does not reach a log through the text of its value."""
    assert repr(index_key()) == "IndexKey(field=<IndexField.EMAIL: 'email'>, version=1)"
