"""A policy that contradicts itself cannot be made, not even in code."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from camket.core.errors import InvalidValueError
from camket.core.policy.compile import compile_policy
from camket.core.policy.model import Clock, Collection, Item, Limit, Policy, Purpose, Recipient, root_of
from camket.core.terms import Ground, Language, Source
from tests.unit.core.policy.files import CONFORMANCE, smallest_files

Change = Callable[[Policy], Policy]


def first_item(change: Callable[[Item], Item]) -> Change:
    """Return the change of a policy that changes its first item."""
    return lambda policy: replace(policy, items=(change(policy.items[0]), *policy.items[1:]))


def first_purpose(change: Callable[[Purpose], Purpose]) -> Change:
    """Return the change of a policy that changes its first purpose."""
    return lambda policy: replace(policy, purposes=(change(policy.purposes[0]), *policy.purposes[1:]))


def first_recipient(change: Callable[[Recipient], Recipient]) -> Change:
    """Return the change of a policy that changes its first recipient."""
    return lambda policy: replace(policy, recipients=(change(policy.recipients[0]), *policy.recipients[1:]))


CHANGES: dict[str, tuple[Change, str]] = {
    "an id that is none": (first_item(lambda one: replace(one, id="E-mail")), "item id `E-mail` is not an id"),
    "an id that looks like another": (first_item(lambda one: replace(one, id="еmail")), "item id `еmail` is not an id"),
    "an id used twice": (first_item(lambda one: replace(one, id="log.path")), "item id `log.path` is used twice"),
    "an id taken over": (
        first_item(lambda one: replace(one, renamed_from=("log.path",))),
        "item id `log.path` is used twice",
    ),
    "a service that is not declared": (
        first_item(lambda one: replace(one, collected=(Collection(service="shop", source=Source.PROVIDED),))),
        "item `email` is collected by undeclared service `shop`",
    ),
    "an item that is never collected": (
        first_item(lambda one: replace(one, collected=())),
        "item `email` is never collected",
    ),
    "a required item that registration does not ask": (
        lambda one: replace(one, registration_service="sales"),
        "item `email` is required but not given at registration",
    ),
    "a purpose with an undeclared item": (
        first_purpose(lambda one: replace(one, items=("phone",))),
        "purpose `provide` names undeclared `phone`",
    ),
    "a purpose with an item twice": (
        first_purpose(lambda one: replace(one, items=("email", "email"))),
        "purpose `provide` names `email` twice",
    ),
    "the reserved purpose": (first_purpose(lambda one: replace(one, id="rights")), "purpose id `rights` is reserved"),
    "a share on a ground that is not named": (
        first_recipient(lambda one: replace(one, shares={Ground.TERMS: ("email",)})),
        "recipient `carrier` uses undeclared ground `terms`",
    ),
    "a share of an undeclared item": (
        first_recipient(lambda one: replace(one, shares={Ground.LAW: ("phone",)})),
        "recipient `carrier` names undeclared `phone`",
    ),
    "a notice for an undeclared service": (
        lambda one: replace(one, notices=(replace(one.notices[0], service="shop"),)),
        "a notice names undeclared `shop`",
    ),
    "two notices in one channel": (
        lambda one: replace(one, notices=(*one.notices, replace(one.notices[0], lead_days=1))),
        "a service has two notices in one channel",
    ),
    "a right declared twice": (
        lambda one: replace(one, rights=(*one.rights, one.rights[0])),
        "a right is declared twice",
    ),
    "a text without one of the languages": (
        first_item(lambda one: replace(one, why={Language.VI: "Để gửi mã."})),
        "a text of item `email` is missing in one of the policy's languages",
    ),
    "a reason without one of the languages": (
        first_item(lambda one: replace(one, maximum=replace(one.maximum, reason={}))),
        "a text of item `email` is missing in one of the policy's languages",
    ),
    "no language": (lambda one: replace(one, languages=()), "a policy is written in at least one language"),
    "a negative time span": (lambda one: replace(one, quiet_days=-1), "a time span of the policy is negative"),
    "a reply after the deadline": (
        lambda one: replace(one, rights=(replace(one.rights[0], reply_days=30),)),
        "the deadlines or the fee of right `access` cannot be kept",
    ),
    "a fee below nothing": (
        lambda one: replace(one, rights=(replace(one.rights[0], fee_vnd=-1),)),
        "the deadlines or the fee of right `access` cannot be kept",
    ),
    "a notice afterwards": (
        lambda one: replace(one, notices=(replace(one.notices[0], lead_days=-1),)),
        "the notice of `account` would come afterwards",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_policy_that_contradicts_itself_cannot_be_made(what: str) -> None:
    """Each contradiction is refused when the value is made, with a message that names the culprit."""
    change, message = CHANGES[what]
    policy = compile_policy(smallest_files(), number=1).policy
    with pytest.raises(InvalidValueError) as caught:
        change(policy)
    assert str(caught.value) == message


def test_a_limit_is_at_least_a_day_and_does_not_start_at_its_own_end() -> None:
    """Keeping for no time, or from the erasure on, is no maximum."""
    for days, clock in ((0, Clock.COLLECTED), (-1, Clock.LAST_USED), (1, Clock.ERASED)):
        with pytest.raises(InvalidValueError):
            Limit(clock=clock, days=days, reason={})
    assert Limit(clock=Clock.COLLECTED, days=None, reason={}).days is None


def test_a_legal_minimum_longer_than_the_maximum_cannot_be_made() -> None:
    """The law's minimum and the operator's maximum have to be possible together."""
    policy = compile_policy(smallest_files(), number=1).policy
    log = policy.items[1]
    assert log.legal_minimum is not None
    with pytest.raises(InvalidValueError, match="is longer than its maximum"):
        replace(log, legal_minimum=replace(log.legal_minimum, days=401))
    with pytest.raises(InvalidValueError, match="at least 1 day"):
        replace(log.legal_minimum, days=0)
    assert replace(log.legal_minimum, days=1).days == 1
    with pytest.raises(InvalidValueError, match="names its article"):
        replace(log.legal_minimum, article=" ")
    assert replace(log, legal_minimum=replace(log.legal_minimum, days=400)).maximum.days == 400


def test_the_root_is_the_first_name() -> None:
    """An id that was renamed is known by the oldest of its names, one that was not by itself."""
    files = {each.name: each.read_bytes() for each in (CONFORMANCE / "bookshop").iterdir()}
    policy = compile_policy(files, number=1).policy
    assert {root_of(each) for each in policy.items} == {"name", "email", "address", "order.books", "taste.topics"}


def test_registration_asks_for_the_required_items_only() -> None:
    """The form of a registration has the required items, in the file's order, whatever the service is called."""
    for trade, expected in (("clinic", ["patient.name", "patient.birth_date", "patient.email"]),):
        files = {each.name: each.read_bytes() for each in (CONFORMANCE / trade).iterdir()}
        assert [each.id for each in compile_policy(files, number=1).policy.registration_items] == expected
