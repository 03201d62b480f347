from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from camket.client.local import AskError, Camket, FormError
from camket.core.errors import DeniedError, InvalidValueError
from camket.core.intake import rendition
from camket.core.terms import Language, Outcome
from camket.rows import CodeKind
from camket.testing.service import DEFAULT_POLICY, newest_code
from tests.pictures import picture, renditions

if TYPE_CHECKING:
    from camket.bootstrap import Runtime


def test_what_an_app_puts_it_gets_back_for_a_purpose(shop: Camket, alice: str) -> None:
    """In its canonical form, under the app's name."""
    assert set(shop.put(alice, {"shop.name": "  Quán Alice ", "shop.address": "1 Lê Lợi"})) == {
        "shop.name",
        "shop.address",
    }
    (name,) = shop.get(alice, ("shop.name",), purpose="provide")["shop.name"]
    assert (name.text, name.service) == ("Quán Alice", "shop")


def test_a_picture_goes_in_as_bytes(shop: Camket, alice: str) -> None:
    """The three sizes are kept; text and a file of another kind are refused beside the field, and nothing is stored."""
    shop.put(alice, {"shop.picture": picture("teal")})
    (held,) = shop.get(alice, ("shop.picture",), purpose="provide")["shop.picture"]
    assert isinstance(held.value, bytes)
    assert rendition(held.value, 400) == renditions("teal")["400.webp"]
    with pytest.raises(FormError, match=r"field `shop\.picture` is refused: This file is not a picture"):
        shop.put(alice, {"shop.name": "Quán Alice", "shop.picture": b"\x89PNG"})
    assert shop.get(alice, ("shop.name",), purpose="provide") == {"shop.name": ()}
    with pytest.raises(FormError):
        shop.put(alice, {"shop.picture": "not a picture"})


def test_an_app_collects_only_what_its_service_declares(shop: Camket, alice: str) -> None:
    """Another service's item, an observed one as given, an undeclared one: refused by name with the nearest."""
    for item in ("phone", "shop.camera_used", "shop.nmae"):
        with pytest.raises(FormError) as refused:
            shop.put(alice, {item: "x", "shop.name": "Quán"})
        assert list(refused.value.problems) == [item]
    with pytest.raises(FormError, match=r"did you mean `shop.name`"):
        shop.put(alice, {"shop.nmae": "x"})
    assert shop.get(alice, ("shop.name",), purpose="provide")["shop.name"] == ()


def test_what_an_app_observes_is_collected_as_observed(shop: Camket, alice: str) -> None:
    """The camera was used: held under the shop's name, for the purposes that the policy states."""
    shop.event(alice, {"shop.camera_used": "yes"})
    (used,) = shop.get(alice, ("shop.camera_used",), purpose="improve")["shop.camera_used"]
    assert (used.text, used.source) == ("yes", "observed")


def test_no_value_comes_without_a_purpose_that_permits_it(shop: Camket, alice: str) -> None:
    """An undeclared purpose is denied, a consent-only one asks; no items is a mistake."""
    with pytest.raises(DeniedError):
        shop.get(alice, ("email",), purpose="sell")
    with pytest.raises(AskError):
        shop.get(alice, ("email",), purpose="promote")
    with pytest.raises(InvalidValueError):
        shop.get(alice, (), purpose="provide")


def test_an_app_may_look_first(shop: Camket, service: Runtime, alice: str) -> None:
    """What the gate would say and what is missing, without reading or recording anything."""
    records = service.context.store.read(lambda unit: unit.records.count_unsequenced())
    assert shop.decide(alice, ("email",), purpose="notify").outcome is Outcome.PERMIT
    assert [missing.item for missing in shop.decide(alice, ("email",), purpose="promote").missing] == ["email"]
    assert shop.decide("nobody", ("email",), purpose="notify").outcome is Outcome.DENY
    assert service.context.store.read(lambda unit: unit.records.count_unsequenced()) == records


def test_a_customer_registers_and_signs_in_through_an_app(shop: Camket, service: Runtime) -> None:
    """The whole way: form, code, session, sign-out, sign-in."""
    fields = {"name": "Bob", "phone": "0912345678", "email": "bob@mail.example"}
    assert [field.name for field in shop.form()] == list(fields)
    shop.register(fields, language=Language.EN, browser="b")
    arrived = shop.confirm(browser="b", code=newest_code(service.context, "b", CodeKind.REGISTER))
    session = shop.session(arrived.session_token)
    assert session is not None
    shop.sign_out(session)
    assert shop.session(arrived.session_token) is None
    shop.sign_in("bob@mail.example", browser="b")
    again = shop.confirm_sign_in(browser="b", code=newest_code(service.context, "b", CodeKind.SIGN_IN))
    assert again.subject_id == arrived.subject_id


def test_an_app_that_the_policy_does_not_declare_is_refused(service: Runtime) -> None:
    """With the nearest service."""
    with pytest.raises(InvalidValueError, match=r"no service `shpo` \(did you mean `shop`\?\)"):
        Camket(service.context, "shpo")


def test_opened_by_name_it_starts_from_the_settings_and_closes(tmp_path: Path) -> None:
    """Settings by name win; closed at the end, it can be opened again."""
    for _ in range(2):
        with Camket.open("shop", data=tmp_path / "data", policy=DEFAULT_POLICY, development=True) as camket:
            assert len(camket.form()) == 3
