"""What staff see of a value before they say why they have to see it."""

import pytest

from camket.core.policy.model import ItemKind
from camket.core.rights.masking import mask

SHOWN = [
    (ItemKind.PERSON_NAME, "Alice Nguyễn", "A••• N•••"),
    (ItemKind.PERSON_NAME, "Ánh", "Á•••"),
    (ItemKind.PERSON_NAME, "A\u0301nh Bo\u0302\u0301ng", "Á••• B•••"),
    (ItemKind.PERSON_NAME, "a b c d e f", "a••• b••• c••• d•••"),
    (ItemKind.PERSON_NAME, "  ", "•••"),
    (ItemKind.PHONE, "+84901234567", "09•• ••• 567"),
    (ItemKind.PHONE, "+4915112345678", "+4•• ••• 678"),
    (ItemKind.PHONE, "+84113", "•••"),
    (ItemKind.EMAIL, "nga@shop.example", "n•••••@s•••.example"),
    (ItemKind.EMAIL, "a.very.long.name@mail.shop.example", "a•••••@m•••.example"),
    (ItemKind.EMAIL, "no address", "•••"),
    (ItemKind.EMAIL, "@shop.example", "•••"),
    (ItemKind.TEXT, "a text", "•••"),
    (ItemKind.PICTURE, "x", "•••"),
    (ItemKind.IDENTIFIER, "", "•••"),
]


@pytest.mark.parametrize(("kind", "value", "shown"), SHOWN)
def test_a_mask_shows_how_a_value_begins(kind: ItemKind, value: str, shown: str) -> None:
    """The first letter of each name, the ends of a number, the first letters of an address; nothing else."""
    assert mask(kind, value) == shown


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind is not ItemKind.PERSON_NAME])
def test_a_mask_does_not_tell_how_long_a_value_is(kind: ItemKind) -> None:
    """Two values that begin and end alike look alike, however long they are."""
    values = {
        ItemKind.PHONE: ("+84901234567", "+8490111234567"),
        ItemKind.EMAIL: ("nga@shop.example", "nguyen@something.example"),
    }
    short, long = values.get(kind, ("x", "x" * 99))
    assert mask(kind, short) == mask(kind, long)
