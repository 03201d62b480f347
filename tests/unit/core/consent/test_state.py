"""Whether a consent is valid at an instant, and why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from camket.core.consent.facts import Consent, Gpc, Refusal
from camket.core.consent.identity import identities
from camket.core.consent.state import ConsentCell, ConsentState, consent_cells, consent_state
from camket.core.errors import InvalidValueError
from camket.core.gate.question import Agreement, Hold
from camket.core.policy.model import ClauseKind, PolicyVersion
from camket.core.policy.version import consent_hash
from camket.core.terms import Basis, Ground
from tests.property.gate.build import make_item, make_policy, make_purpose, make_recipient, make_service, make_version

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NAIVE = NOW.replace(tzinfo=None)
CELL = ConsentCell(clause_hash="h", since=2, before=None, newest=4)
GIVEN = Consent(purpose="promote", items=("email",), clause_hash="h", given_at=NOW - 10 * DAY, version=3)


def state(consent: Consent, *, cell: ConsentCell = CELL, joined: int = 1, gpc: Gpc | None = None) -> ConsentState:
    """Return where the consent stands now."""
    return consent_state(consent, cell=cell, joined=joined, gpc=gpc, at=NOW)


def test_a_consent_is_valid_until_something_ends_it() -> None:
    """Each reason has its name, and the first that fits is given."""
    assert state(GIVEN) is ConsentState.VALID
    assert state(replace(GIVEN, given_at=NOW + DAY)) is ConsentState.NOT_YET_GIVEN
    assert state(replace(GIVEN, withdrawn_at=NOW, expires_at=NOW)) is ConsentState.WITHDRAWN
    assert state(replace(GIVEN, expires_at=NOW, clause_hash="other")) is ConsentState.EXPIRED
    assert state(replace(GIVEN, clause_hash="other"), gpc=Gpc(signalled_at=NOW)) is ConsentState.ENDED
    assert state(GIVEN, gpc=Gpc(signalled_at=NOW)) is ConsentState.SUSPENDED


@pytest.mark.parametrize(("version", "stands"), [(1, False), (2, True), (4, True), (5, False)])
def test_a_consent_stands_if_its_clause_has_stood_since(version: int, *, stands: bool) -> None:
    """A consent from before the last gap, or to a version that is not there, has ended."""
    assert (state(replace(GIVEN, version=version)) is ConsentState.VALID) is stands


@pytest.mark.parametrize(("before", "joined", "stands"), [(None, 1, True), (1, 1, False), (1, 2, True), (2, 2, False)])
def test_a_consent_without_a_version_is_as_old_as_it_can_be(before: int | None, joined: int, *, stands: bool) -> None:
    """If the same was asked before a gap, after the subject joined, it may be that one."""
    found = state(replace(GIVEN, version=None), cell=replace(CELL, before=before, since=3), joined=joined)
    assert (found is ConsentState.VALID) is stands


def version(number: int, dpv: str, items: tuple[str, ...], basis: Basis = Basis.CONSENT) -> PolicyVersion:
    """Return a version that promotes with these items and shares with a bank."""
    purposes = (make_purpose("promote", items, basis=basis, dpv=dpv),) if items else ()
    return make_version(
        number,
        make_policy(
            services=(make_service("account"),),
            items=(make_item("email"), make_item("phone")),
            purposes=purposes,
            recipients=(make_recipient("bank", {Ground.CONSENT: ("email",), Ground.LAW: ("phone",)}),),
        ),
    )


def test_cells_know_since_when_they_stand() -> None:
    """A gap, another meaning and another basis each begin a cell anew, for the items that they touch."""
    email, phone = (ClauseKind.USE, "email", "promote"), (ClauseKind.USE, "phone", "promote")
    history = [
        version(1, "dpv:A", ("email", "phone")),
        version(2, "dpv:A", ("email",)),
        version(3, "dpv:A", ("email", "phone")),
    ]
    cells = consent_cells(history)
    assert (cells[email].since, cells[email].before) == (1, None)
    assert (cells[phone].since, cells[phone].before) == (3, 1)
    for between in (version(2, "dpv:B", ("email",)), version(2, "dpv:A", ("email",), Basis.STATED), version(2, "", ())):
        cells = consent_cells([history[0], between, history[2]])
        assert (cells[email].since, cells[email].before) == (3, 1)


def test_cells_are_those_that_rest_on_consent() -> None:
    """Stated uses and sharing on a legal ground are no cells of consent."""
    cells = consent_cells([version(1, "dpv:A", ("email",), Basis.STATED)])
    assert set(cells) == {(ClauseKind.SHARE, "email", "bank")}
    assert cells[ClauseKind.SHARE, "email", "bank"].clause_hash == consent_hash(
        version(1, "", ()).policy, recipient="bank"
    )


def test_every_name_of_every_age_has_its_root() -> None:
    """A name that no version knows has none."""
    policies = [
        make_policy(purposes=(make_purpose("offers", ()),)),
        make_policy(purposes=(make_purpose("promote", (), renamed_from=("news", "offers")),)),
    ]
    names = identities(make_version(number, policy) for number, policy in enumerate(policies, start=1))
    assert names.purposes == {"offers": "news", "news": "news", "promote": "news"}
    assert names.items == {}


@pytest.mark.parametrize(
    ("gpc", "signalled", "overridden"),
    [
        (Gpc(signalled_at=NOW), True, False),
        (Gpc(signalled_at=NOW + DAY), False, False),
        (Gpc(overridden_at=NOW), False, True),
        (Gpc(overridden_at=NOW + DAY), True, False),
        (Gpc(signalled_at=NOW - DAY, overridden_at=NOW), False, True),
        (Gpc(signalled_at=NOW, overridden_at=NOW), False, True),
        (Gpc(signalled_at=NOW, overridden_at=NOW - DAY), True, False),
        (Gpc(signalled_at=NOW + DAY, overridden_at=NOW - DAY), False, True),
    ],
)
def test_the_signal_stands_unless_it_is_overridden(gpc: Gpc, *, signalled: bool, overridden: bool) -> None:
    """Of signal and override the later one counts, each from its instant; at one instant the override does."""
    assert (gpc.signalled(NOW), gpc.overridden(NOW)) == (signalled, overridden)


def test_facts_that_cannot_be_are_refused() -> None:
    """A naive instant, a consent to nothing, a refusal of two things and an empty signal cannot be made."""
    for make in (
        lambda: replace(GIVEN, given_at=NAIVE),
        lambda: replace(GIVEN, expires_at=NAIVE),
        lambda: replace(GIVEN, withdrawn_at=NAIVE),
        lambda: replace(GIVEN, purpose=None),
        lambda: Refusal(at=NAIVE, purpose="promote"),
        lambda: Refusal(at=NOW),
        lambda: Refusal(at=NOW, purpose="promote", clause="use(email, promote, consent)"),
        Gpc,
        lambda: Gpc(signalled_at=NAIVE),
        lambda: Agreement(version=1, clause=None, at=NAIVE),
        lambda: Agreement(version=1, clause=None, at=NOW, withdrawn_at=NAIVE),
        lambda: Hold(item="email", article="A", until=NAIVE),
    ):
        with pytest.raises(InvalidValueError):
            make()
