"""The default policy keeps the promises that it is made from."""

import re

import pytest

from camket.core.policy.compile import compile_policy
from camket.core.policy.model import Clock, Item, ItemKind, PolicyVersion
from camket.core.terms import Basis, Channel, Ground, Right, Source, Verification
from tests.unit.core.policy.files import default_files


@pytest.fixture(scope="module")
def version() -> PolicyVersion:
    """Return the default policy."""
    return compile_policy(default_files(), number=1)


def item(version: PolicyVersion, name: str) -> Item:
    """Return one item of the policy."""
    (found,) = [each for each in version.policy.items if each.id == name]
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_prose_carries_the_number_of_every_promise(language: str) -> None:
    """P1 to P17 each stand once in the prose of each language."""
    numbers = re.findall(r"\{promise:P(\d+)\}", default_files()[f"prose.{language}.md"].decode())
    assert sorted(map(int, numbers)) == list(range(1, 18))


def test_registration_asks_for_exactly_name_phone_and_email(version: PolicyVersion) -> None:
    """The required items are the three of P3, and a form can be made from them."""
    asked = [(each.id, each.kind) for each in version.policy.registration_items]
    assert asked == [("name", ItemKind.PERSON_NAME), ("phone", ItemKind.PHONE), ("email", ItemKind.EMAIL)]


def test_the_purposes_are_the_six_stated_ones_and_one_by_consent(version: PolicyVersion) -> None:
    """What the policy states needs no question (P9, P10); anything else asks first (P11)."""
    bases = {each.id: each.basis for each in version.policy.purposes}
    stated = {"provide", "maintain", "protect", "improve", "develop", "notify"}
    assert {name for name, basis in bases.items() if basis is Basis.STATED} == stated
    assert {name for name, basis in bases.items() if basis is Basis.CONSENT} == {"promote"}


def test_nobody_outside_receives_anything_as_a_matter_of_course(version: PolicyVersion) -> None:
    """There is no recipient, and the four grounds of P16 are all there are."""
    assert version.policy.recipients == ()
    assert set(version.policy.grounds) == set(Ground)


def test_every_right_is_there_and_free(version: PolicyVersion) -> None:
    """All seven rights are offered, free of charge (P15), within the deadlines of Decree 356/2025 Art. 5."""
    terms = {each.right: each for each in version.policy.rights}
    assert all(terms[right].present and terms[right].fee_vnd == 0 for right in Right)
    assert {right: terms[right].complete_days for right in Right} == {
        Right.ACCESS: 10,
        Right.RECTIFY: 10,
        Right.PORT: 10,
        Right.ERASE: 20,
        Right.RESTRICT: 15,
        Right.OBJECT: 15,
        Right.WITHDRAW: 15,
    }
    assert {each.reply_days for each in terms.values()} == {2}


def test_what_changes_or_leaves_is_proven_and_what_protects_is_not_hindered(version: PolicyVersion) -> None:
    """Correction, deletion and a copy want a code (P14); seeing and saying no want nothing but the session."""
    wanted = {each.right: each.verification for each in version.policy.rights}
    by_code = {right for right, level in wanted.items() if level is Verification.EMAIL_CODE}
    assert by_code == {Right.RECTIFY, Right.ERASE, Right.PORT}
    assert all(level.open_to_all for level in wanted.values())


def test_device_and_log_fields_are_observed_and_end_by_themselves(version: PolicyVersion) -> None:
    """Devices are forgotten 90 days after their last use (P5), passkeys not; logs end on their own clock (P6)."""
    for each in version.policy.items:
        if each.category == "device" and each.id != "signin.passkey":
            assert (each.maximum.days, each.maximum.clock) == (90, Clock.LAST_USED)
        if each.id.startswith("log."):
            assert (each.maximum.days, each.maximum.clock) == (400, Clock.COLLECTED)
            assert {way.source for way in each.collected} == {Source.OBSERVED}
    devices = {each.id for each in version.policy.items if each.id.startswith("device.")}
    assert devices >= {"device.model", "device.os_version", "device.id", "device.network"}


def test_a_deletion_has_something_to_show_as_held(version: PolicyVersion) -> None:
    """Each legal minimum names its article; the e-mail address and the sign-in times stay, the name does not."""
    held = {each.id: each.legal_minimum for each in version.policy.items if each.legal_minimum is not None}
    assert set(held) == {"email", "signin.time", "log.time", "log.path", "log.status", "log.address"}
    assert held["email"].days == held["signin.time"].days == 730
    assert all(minimum.article for minimum in held.values())
    assert item(version, "name").legal_minimum is None


def test_every_service_posts_its_changes(version: PolicyVersion) -> None:
    """Every change is posted on the page; for account and shop a significant one comes by e-mail too (P17)."""
    channels = {(each.service, each.channel) for each in version.policy.notices}
    assert {service for service, channel in channels if channel is Channel.PAGE} == {
        each.id for each in version.policy.services
    }
    assert {service for service, channel in channels if channel is Channel.EMAIL} == {"account", "shop"}


def test_what_the_shop_app_keeps_itself_is_declared_with_its_reason(version: PolicyVersion) -> None:
    """Goods and sales book are declared though no vault holds them, and serve to provide the service alone."""
    for name in ("shop.catalogue", "shop.sales"):
        assert item(version, name).kind is ItemKind.HOLDING
        assert item(version, name).legal_minimum is None
        assert [each.id for each in version.policy.purposes if name in each.items] == ["provide"]


def test_bank_details_serve_to_provide_alone_and_the_account_is_sensitive(version: PolicyVersion) -> None:
    """Bank, account number and holder are the owner's to give, serve `provide` only; the number is sensitive."""
    for name in ("shop.bank", "shop.bank_account", "shop.bank_holder"):
        assert [(each.service, each.source) for each in item(version, name).collected] == [("shop", Source.PROVIDED)]
        assert [each.id for each in version.policy.purposes if name in each.items] == ["provide"]
    assert item(version, "shop.bank_account").sensitive
