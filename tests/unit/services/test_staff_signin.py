from __future__ import annotations

import base64

import pytest

from camket.core.errors import RateLimitedError, VerificationError
from camket.core.ledger.entry import LedgerAction, LedgerOutcome
from camket.core.staff import passwords
from camket.core.staff.one_time import password_of_step, step_at
from camket.core.staff.roles import Role
from camket.core.terms import Language
from camket.rows.staff import StaffStage
from camket.services.context import Context
from camket.services.forms import FormError
from camket.services.staff import EMAIL, NAME
from camket.services.staff_invitations import PASSWORD, invite_staff, join_staff
from camket.services.staff_own import as_subject, correct_own
from camket.services.staff_sessions import StaffSession, find_staff_session, list_staff_sessions
from camket.services.staff_signin import (
    FACTOR_LIMIT,
    FACTOR_TRIES,
    NAME_LIMIT,
    OVER,
    WRONG,
    WRONG_FACTOR,
    begin_enrolment,
    change_password,
    enrolment,
    enter_password,
    enter_second_factor,
    finish_enrolment,
    renew_recovery_codes,
)
from camket.services.uses import uses
from camket.testing.staff import STAFF_PASSWORD, add_staff
from tests.unit.services.conftest import OpenService, Service
from tests.unit.services.recording import statements_of
from tests.unit.services.test_staff import recorded

NEW_PASSWORD = "cây cầu cũ bắc qua kênh"  # noqa: S105 - of this test alone
STEP = 30


class Member:
    """Someone with an account that was begun by a link, with an authenticator in their hand."""

    def __init__(self, service: Service) -> None:
        self.service = service
        invited = invite_staff(self.ctx, roles=frozenset({Role.OFFICER}))
        fields = {NAME: "Alice Nguyễn", EMAIL: "alice@work.example", PASSWORD: STAFF_PASSWORD}
        begun = self.session(join_staff(self.ctx, token=invited.token, fields=fields, language=Language.VI))
        begin_enrolment(self.ctx, begun)
        shown = enrolment(self.ctx, begun)
        assert shown is not None
        self.name = shown.pseudonym
        self.secret = base64.b32decode(shown.secret.replace(" ", ""))
        done = finish_enrolment(self.ctx, begun, self.digits())
        self.codes = done.recovery_codes
        self.signed_in = self.session(done.token)
        service.clock.advance(seconds=STEP)

    @property
    def ctx(self) -> Context:
        """What use cases are handed."""
        return self.service.ctx

    def digits(self) -> str:
        """Return what the authenticator shows now."""
        return password_of_step(self.secret, step_at(self.service.clock.now()))

    def session(self, token: str) -> StaffSession:
        """Return what a token is for."""
        found = find_staff_session(self.ctx, token)
        assert found is not None
        return found

    def half_way(self, password: str = STAFF_PASSWORD) -> StaffSession:
        """Enter the password."""
        return self.session(enter_password(self.ctx, name=self.name, password=password, address=None).token)

    def sign_in(self, password: str = STAFF_PASSWORD) -> StaffSession:
        """Sign in whole, with the next one-time password."""
        self.service.clock.advance(seconds=STEP)
        return self.session(enter_second_factor(self.ctx, self.half_way(password), self.digits()))


@pytest.fixture
def member(service: Service) -> Member:
    """Return someone with an account."""
    return Member(service)


def test_password_and_one_time_password_sign_in(member: Member) -> None:
    """Only both together give a session that opens pages; it is on record, and the half-way one is gone."""
    half = enter_password(member.ctx, name=f" {member.name.upper()} ", password=STAFF_PASSWORD, address="192.0.2.1")
    assert half.stage is StaffStage.SECOND
    assert not member.session(half.token).signed_in
    token = enter_second_factor(member.ctx, member.session(half.token), member.digits())
    assert token != half.token
    assert find_staff_session(member.ctx, half.token) is None
    session = member.session(token)
    assert session.signed_in
    assert recorded(member.ctx, session.subject_id)[-1] == (f"staff:{member.name}", LedgerAction.SESSION)


def test_an_unknown_name_does_the_same_as_a_wrong_password(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words, the same statements, the same hash computed, whether anyone has the name or not."""
    hashed: list[str] = []
    matches = passwords.matches

    def counted(password: str, kept: str) -> bool:
        hashed.append(kept.rpartition("$")[0].rpartition("$")[0])
        return matches(password, kept)

    monkeypatch.setattr("camket.services.staff_credentials.matches", counted)

    def attempt(name: str) -> list[str]:
        def refused() -> None:
            with pytest.raises(VerificationError, match=WRONG):
                enter_password(member.ctx, name=name, password="wrong wrong wrong", address="192.0.2.1")  # noqa: S106 - it is wrong

        return statements_of(monkeypatch, refused)

    attempt("warm")
    assert attempt("nobody22") == attempt(member.name)
    assert len(hashed) == 3
    assert len(set(hashed)) == 1


def test_a_one_time_password_is_accepted_once(member: Member) -> None:
    """The one that signed in does not sign in again, nor does the one before it; the next one does."""
    digits = member.digits()
    enter_second_factor(member.ctx, member.half_way(), digits)
    again = member.half_way()
    before = password_of_step(member.secret, step_at(member.service.clock.now()) - 1)
    for used in (digits, before):
        with pytest.raises(VerificationError, match=WRONG_FACTOR):
            enter_second_factor(member.ctx, again, used)
    member.service.clock.advance(seconds=STEP)
    assert member.session(enter_second_factor(member.ctx, again, member.digits())).signed_in


def test_five_wrong_factors_end_the_sign_in(member: Member) -> None:
    """After five tries even the right digits are refused, and signing in begins anew."""
    half = member.half_way()
    for _ in range(FACTOR_TRIES):
        with pytest.raises(VerificationError, match=WRONG_FACTOR):
            enter_second_factor(member.ctx, half, "no such code")
    with pytest.raises(VerificationError, match=OVER):
        enter_second_factor(member.ctx, half, member.digits())
    assert member.sign_in().signed_in


def test_second_factors_are_limited_over_all_sign_ins(member: Member) -> None:
    """Who has the password begins anew after five tries, and gets no more of them in an hour by that."""
    for _ in range(FACTOR_LIMIT.count // FACTOR_TRIES):
        half = member.half_way()
        for _ in range(FACTOR_TRIES):
            with pytest.raises(VerificationError, match=WRONG_FACTOR):
                enter_second_factor(member.ctx, half, "000000")
    with pytest.raises(RateLimitedError):
        enter_second_factor(member.ctx, member.half_way(), member.digits())
    member.service.clock.advance(hours=1)
    assert member.sign_in().signed_in


def test_a_wrong_second_factor_is_told_to_its_owner(member: Member) -> None:
    """Someone had the password: that stands among the uses of their own data, refused."""
    with pytest.raises(VerificationError, match=WRONG_FACTOR):
        enter_second_factor(member.ctx, member.half_way(), "no such code")
    (newest, *_) = uses(member.ctx, as_subject(member.signed_in)).uses[1:]
    assert (newest.newest.who, newest.newest.action, newest.newest.outcome) == (
        "service:sign-in",
        LedgerAction.SESSION,
        LedgerOutcome.DENY,
    )


def test_refused_passwords_are_summed_with_those_of_visitors(member: Member) -> None:
    """One sum an hour for wrong passwords and for names that no one has."""
    for name in (member.name, "nobody22"):
        with pytest.raises(VerificationError, match=WRONG):
            enter_password(member.ctx, name=name, password="x", address=None)  # noqa: S106 - it is wrong
    now = member.service.clock.now()
    counted = member.ctx.store.read(lambda unit: unit.limits.refusals(since=now.replace(minute=0, second=0)))
    assert [(row.reason, row.count) for row in counted] == [("staff_sign_in", 2)]


def test_the_second_step_has_ten_minutes(member: Member) -> None:
    """A half-way session that waited too long is no session any more."""
    half = enter_password(member.ctx, name=member.name, password=STAFF_PASSWORD, address=None)
    member.service.clock.advance(minutes=10)
    assert find_staff_session(member.ctx, half.token) is None


def test_a_name_is_tried_a_limited_number_of_times(member: Member) -> None:
    """Past the limit the right password is refused too, for known and unknown names alike, until the hour is over."""
    for name in (member.name, "nobody22"):
        for _ in range(NAME_LIMIT.count):
            with pytest.raises(VerificationError):
                enter_password(member.ctx, name=name, password="x", address=None)  # noqa: S106 - it is wrong
        with pytest.raises(RateLimitedError):
            enter_password(member.ctx, name=name, password=STAFF_PASSWORD, address=None)
    member.service.clock.advance(hours=1)
    assert member.sign_in().signed_in


def test_an_address_is_tried_a_limited_number_of_times(open_service: OpenService) -> None:
    """Sign-ins from one network address are counted, whatever name is tried."""
    ctx = open_service(sign_ins_per_address_hour=2).ctx
    for name in ("one", "two"):
        with pytest.raises(VerificationError):
            enter_password(ctx, name=name, password="x", address="192.0.2.1")  # noqa: S106 - it is wrong
    with pytest.raises(RateLimitedError):
        enter_password(ctx, name="three", password="x", address="192.0.2.1")  # noqa: S106 - it is wrong
    with pytest.raises(VerificationError):
        enter_password(ctx, name="three", password="x", address="192.0.2.2")  # noqa: S106 - it is wrong


def test_a_recovery_code_signs_in_once(member: Member) -> None:
    """Each code stands in for the authenticator one time, however it is written."""
    assert len(set(member.codes)) == 10
    code = member.codes[3]
    assert member.session(enter_second_factor(member.ctx, member.half_way(), code.upper().replace("-", " "))).signed_in
    with pytest.raises(VerificationError, match=WRONG_FACTOR):
        enter_second_factor(member.ctx, member.half_way(), code)
    assert member.session(enter_second_factor(member.ctx, member.half_way(), member.codes[4])).signed_in


def test_who_has_no_second_factor_yet_can_only_set_it_up(service: Service) -> None:
    """An account that was left half-begun goes on at its second factor, with the secret that it has already."""
    ctx = service.ctx
    invited = invite_staff(ctx, roles=frozenset({Role.OFFICER}))
    fields = {NAME: "Bob Trần", EMAIL: "bob@work.example", PASSWORD: STAFF_PASSWORD}
    begun = find_staff_session(ctx, join_staff(ctx, token=invited.token, fields=fields, language=Language.VI))
    assert begun is not None
    assert enrolment(ctx, begun) is None
    begin_enrolment(ctx, begun)
    first = enrolment(ctx, begun)
    begin_enrolment(ctx, begun)
    assert first is not None
    again = find_staff_session(
        ctx, enter_password(ctx, name=begun.pseudonym, password=STAFF_PASSWORD, address=None).token
    )
    assert again is not None
    assert again.stage is StaffStage.ENROL
    assert enrolment(ctx, again) == first
    with pytest.raises(VerificationError, match=OVER):
        enter_second_factor(ctx, again, "123456")
    with pytest.raises(VerificationError, match=WRONG_FACTOR):
        finish_enrolment(ctx, again, "000000")


def test_a_set_up_second_factor_is_never_shown_again(member: Member) -> None:
    """Neither a half-way session nor a whole one reads the secret or makes another."""
    for session in (member.signed_in, member.half_way()):
        with pytest.raises(VerificationError):
            enrolment(member.ctx, session)
        with pytest.raises(VerificationError):
            begin_enrolment(member.ctx, session)


def test_a_changed_password_ends_the_other_sessions(member: Member) -> None:
    """The new one signs in, the old one does not, and only the session that changed it goes on."""
    other, here = member.sign_in(), member.sign_in()
    assert len(list_staff_sessions(member.ctx, here)) == 3
    member.service.clock.advance(seconds=STEP)
    change_password(member.ctx, here, old=STAFF_PASSWORD, new=NEW_PASSWORD, typed=member.digits())
    assert [one.id for one in list_staff_sessions(member.ctx, here)] == [here.id]
    assert other.id not in {one.id for one in list_staff_sessions(member.ctx, here)}
    with pytest.raises(VerificationError, match=WRONG):
        member.half_way()
    assert member.sign_in(NEW_PASSWORD).signed_in


def test_a_password_is_changed_by_its_owner_alone(member: Member) -> None:
    """Without the old one, without a fresh one-time password, or to a weak one: nothing changes."""
    here = member.sign_in()
    used = member.digits()
    with pytest.raises(VerificationError, match=WRONG_FACTOR):
        change_password(member.ctx, here, old=STAFF_PASSWORD, new=NEW_PASSWORD, typed=used)
    member.service.clock.advance(seconds=STEP)
    with pytest.raises(VerificationError, match=WRONG):
        change_password(member.ctx, here, old=NEW_PASSWORD, new=NEW_PASSWORD, typed=member.digits())
    with pytest.raises(FormError):
        change_password(member.ctx, here, old=STAFF_PASSWORD, new=f"{member.name}1234", typed=member.digits())
    assert member.sign_in().signed_in


def test_new_recovery_codes_take_the_place_of_the_old(member: Member) -> None:
    """A fresh one-time password makes ten new ones; the old ones are no longer good."""
    codes = renew_recovery_codes(member.ctx, member.signed_in, member.digits())
    assert not set(codes) & set(member.codes)
    with pytest.raises(VerificationError, match=WRONG_FACTOR):
        renew_recovery_codes(member.ctx, member.signed_in, member.digits())
    with pytest.raises(VerificationError, match=WRONG_FACTOR):
        enter_second_factor(member.ctx, member.half_way(), member.codes[0])
    assert member.session(enter_second_factor(member.ctx, member.half_way(), codes[0])).signed_in


def test_a_hash_of_former_parameters_is_renewed(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first sign-in after the parameters were raised keeps a hash with those of today."""

    def kept() -> str | None:
        row = member.ctx.store.read(lambda unit: unit.staff.get(member.signed_in.subject_id))
        return None if row is None else row.password_hash

    before = kept()
    member.sign_in()
    assert kept() == before
    monkeypatch.setattr(passwords, "PASSES", passwords.PASSES + 1)
    member.sign_in()
    after = kept()
    assert after is not None
    assert "t=3" in after
    assert member.sign_in().signed_in


def test_staff_correct_their_own_values(member: Member) -> None:
    """With a fresh one-time password the new value takes the place of the old; without one nothing changes."""

    def held() -> tuple[str, ...]:
        opened = member.ctx.door.read(
            actor="subject", subject_id=member.signed_in.subject_id, items=(NAME,), purpose="rights"
        )
        return tuple(value.text for value in opened.values[NAME])

    with pytest.raises(VerificationError, match=WRONG_FACTOR):
        correct_own(member.ctx, member.signed_in, item=NAME, typed="Alice Lê", code="000000")
    with pytest.raises(FormError):
        correct_own(member.ctx, member.signed_in, item=NAME, typed="", code=member.digits())
    assert held() == ("Alice Nguyễn",)
    correct_own(member.ctx, member.signed_in, item=NAME, typed="Alice Lê", code=member.digits())
    assert held() == ("Alice Lê",)


def test_a_session_ends_by_idleness_and_by_age(service: Service) -> None:
    """Half an hour without a request ends it, and twelve hours end it however much it is used."""
    ctx = service.ctx
    idle = add_staff(ctx, Role.OFFICER)
    service.clock.advance(minutes=30)
    assert find_staff_session(ctx, idle.token) is None
    busy = add_staff(ctx, Role.OFFICER, name="Bob")
    for _ in range(12 * 3 - 1):
        service.clock.advance(minutes=20)
        assert find_staff_session(ctx, busy.token) is not None
    service.clock.advance(minutes=20)
    assert find_staff_session(ctx, busy.token) is None
