from __future__ import annotations

from collections.abc import Callable

import pytest

from camket.core.errors import ConflictError, DeniedError, InvalidValueError, NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.staff.roles import EVERY_ROLE, Role
from camket.core.terms import Language
from camket.jobs.engine import Engine
from camket.jobs.kinds import KINDS
from camket.services.context import Context
from camket.services.forms import FormError
from camket.services.restoring import replay_erasures
from camket.services.retention import sweep_traces
from camket.services.staff import EMAIL, LAST_ADMIN, NAME, give_roles, list_accounts, list_staff, revoke_staff
from camket.services.staff_invitations import (
    PASSWORD,
    find_invitation,
    invite_first_admin,
    invite_staff,
    join_staff,
    list_invitations,
    withdraw_invitation,
)
from camket.services.staff_sessions import StaffSession, find_staff_session
from camket.services.uses import facts_of
from camket.testing.staff import STAFF_PASSWORD, SignedInStaff, add_staff
from tests.unit.services.conftest import Service

BOB = {NAME: "Bob Trần", EMAIL: "bob@work.example", PASSWORD: STAFF_PASSWORD}
ADMIN = frozenset({Role.ADMIN})
OFFICER = frozenset({Role.OFFICER})


def session_of(ctx: Context, member: SignedInStaff) -> StaffSession:
    """Return the session of a member of staff, who is signed in."""
    found = find_staff_session(ctx, member.token)
    assert found is not None
    return found


def admin_of(ctx: Context) -> StaffSession:
    """Return the session of a new administrator."""
    return session_of(ctx, add_staff(ctx, Role.ADMIN))


def join(ctx: Context, token: str, **fields: str) -> str:
    """Begin an account as Bob."""
    return join_staff(ctx, token=token, fields=BOB | fields, language=Language.EN)


def recorded(ctx: Context, subject_id: str) -> list[tuple[str, LedgerAction]]:
    """Return who did what with a subject, oldest first."""
    rows = ctx.store.read(lambda unit: unit.records.of_subject(subject_id, limit=99))
    return [(facts.actor, facts.action) for facts in (facts_of(row.facts) for row in reversed(rows))]


def test_whoever_has_the_link_begins_the_account(service: Service) -> None:
    """Roles come with the link, name and address from the person; the account does nothing before it is set up."""
    ctx = service.ctx
    admin = admin_of(ctx)
    invited = invite_staff(ctx, roles=frozenset({Role.OFFICER, Role.AUDITOR}), by=admin)
    token = join(ctx, invited.token)
    begun = find_staff_session(ctx, token)
    assert begun is not None
    assert begun.roles == {Role.OFFICER, Role.AUDITOR}
    assert begun.language is Language.EN
    assert not begun.signed_in
    bob = next(one for one in list_staff(ctx, admin) if one.pseudonym == begun.pseudonym)
    assert (bob.name, bob.email, bob.enrolled, bob.current) == ("Bob Trần", "bob@work.example", False, False)
    assert recorded(ctx, begun.subject_id) == [
        ("subject", LedgerAction.COLLECT),
        (begun.actor, LedgerAction.STAFF),
        (admin.actor, LedgerAction.USE),
    ]


def test_a_link_is_good_once(service: Service) -> None:
    """The second who takes it, and who took it a day later, hear the same as someone who made it up."""
    ctx = service.ctx
    first, late = (invite_staff(ctx, roles=OFFICER, by=admin_of(ctx)) for _ in range(2))
    join(ctx, first.token)
    service.clock.advance(hours=24)
    for token in (first.token, late.token, "made-up"):
        with pytest.raises(NotFoundError, match="used, withdrawn, or has expired"):
            find_invitation(ctx, token)
        with pytest.raises(NotFoundError, match="used, withdrawn, or has expired"):
            join(ctx, token, **{EMAIL: "other@work.example"})
    assert len(list_accounts(ctx)) == 3


def test_a_refused_form_leaves_the_link_good(service: Service) -> None:
    """Every field that is wrong is named at once, nothing is stored, and the link still works."""
    ctx = service.ctx
    invited = invite_staff(ctx, roles=OFFICER, by=admin_of(ctx))
    before = service.counts()
    with pytest.raises(FormError) as refused:
        join(ctx, invited.token, **{EMAIL: "nowhere", PASSWORD: "bob trần bob trần"})
    assert set(refused.value.problems) == {EMAIL, PASSWORD}
    with pytest.raises(FormError) as refused:
        join(ctx, invited.token, phone="0912345678")
    assert set(refused.value.problems) == {"phone"}
    assert service.counts() == before
    assert find_invitation(ctx, invited.token).roles == OFFICER
    join(ctx, invited.token)


def test_no_secret_of_an_account_is_in_the_store(service: Service) -> None:
    """Neither the link's token nor the password nor the session's token stands anywhere in the database."""
    ctx = service.ctx
    invited = invite_staff(ctx, roles=OFFICER, by=admin_of(ctx))
    waiting = (service.folder / "data" / "camket.db").read_bytes() + _log(service)
    token = join(ctx, invited.token)
    stored = (service.folder / "data" / "camket.db").read_bytes() + _log(service)
    for secret in (invited.token, token, STAFF_PASSWORD, "Bob Trần", "bob@work.example"):
        assert secret.encode() not in waiting + stored
    assert b"$argon2id$" in stored


def _log(service: Service) -> bytes:
    return (service.folder / "data" / "camket.db-wal").read_bytes()


def test_an_invitation_can_be_withdrawn(service: Service) -> None:
    """It waits where administrators see it, without its token, until it is withdrawn, once."""
    ctx = service.ctx
    admin = admin_of(ctx)
    invited = invite_staff(ctx, roles=OFFICER, by=admin)
    (waiting,) = list_invitations(ctx, admin)
    assert (waiting.roles, waiting.invited_by) == (OFFICER, admin.pseudonym)
    withdraw_invitation(ctx, admin, waiting.id)
    with pytest.raises(NotFoundError):
        withdraw_invitation(ctx, admin, waiting.id)
    with pytest.raises(NotFoundError):
        join(ctx, invited.token)


def test_the_first_start_invites_an_administrator_once(service: Service) -> None:
    """One link where there is no staff; none while it waits, another when it has expired, none once someone is here."""
    ctx = service.ctx
    first = invite_first_admin(ctx)
    assert first is not None
    assert first.roles == ADMIN
    assert invite_first_admin(ctx) is None
    service.clock.advance(hours=25)
    second = invite_first_admin(ctx)
    assert second is not None
    join(ctx, second.token)
    service.clock.advance(hours=25)
    assert invite_first_admin(ctx) is None


def test_a_new_link_from_the_machine_takes_the_place_of_the_last(service: Service) -> None:
    """Of links printed on the machine one is good; those of administrators stay."""
    ctx = service.ctx
    by_admin = invite_staff(ctx, roles=OFFICER, by=admin_of(ctx))
    first, second = invite_staff(ctx, roles=ADMIN), invite_staff(ctx, roles=OFFICER)
    with pytest.raises(NotFoundError):
        find_invitation(ctx, first.token)
    assert find_invitation(ctx, second.token).invited_by is None
    assert find_invitation(ctx, by_admin.token).invited_by is not None


def test_roles_hold_from_the_next_request_on(service: Service) -> None:
    """What is given and taken shows in the session that is open already, and on record."""
    ctx = service.ctx
    admin, officer = admin_of(ctx), add_staff(ctx, Role.OFFICER, name="Bob")
    give_roles(ctx, admin, officer.pseudonym, EVERY_ROLE)
    assert session_of(ctx, officer).roles == EVERY_ROLE
    give_roles(ctx, admin, officer.pseudonym, frozenset({Role.AUDITOR}))
    assert session_of(ctx, officer).roles == {Role.AUDITOR}
    assert recorded(ctx, officer.subject_id)[-2:] == [(admin.actor, LedgerAction.STAFF)] * 2
    with pytest.raises(InvalidValueError):
        give_roles(ctx, admin, officer.pseudonym, frozenset())
    with pytest.raises(NotFoundError):
        give_roles(ctx, admin, "nobody", OFFICER)


def test_only_an_administrator_of_this_moment_acts(service: Service) -> None:
    """A session that was an administrator's does nothing once the role is gone, whatever it remembers."""
    ctx = service.ctx
    former, admin = admin_of(ctx), admin_of(ctx)
    give_roles(ctx, admin, former.pseudonym, OFFICER)
    officer = add_staff(ctx, Role.OFFICER, name="Bob")
    before = service.counts()
    attempts: list[Callable[[], object]] = [
        lambda: invite_staff(ctx, roles=ADMIN, by=former),
        lambda: give_roles(ctx, former, former.pseudonym, ADMIN),
        lambda: revoke_staff(ctx, officer.pseudonym, by=former),
        lambda: withdraw_invitation(ctx, former, "any"),
        lambda: list_staff(ctx, former),
        lambda: list_invitations(ctx, former),
    ]
    for attempt in attempts:
        with pytest.raises(DeniedError, match="only administrators"):
            attempt()
    assert service.counts() == before


def test_an_account_that_ended_opens_nothing(service: Service) -> None:
    """Its session is over at once, its owner is erased, and its work name stays in the ledger alone."""
    ctx = service.ctx
    admin, officer = admin_of(ctx), add_staff(ctx, Role.OFFICER, name="Bob Trần")
    revoke_staff(ctx, officer.pseudonym, by=admin)
    assert find_staff_session(ctx, officer.token) is None
    engine = Engine(ctx, KINDS)
    while engine.run_next("test"):
        pass
    assert ctx.store.read(lambda unit: unit.subjects.get(officer.subject_id)) is None
    assert ctx.store.read(lambda unit: unit.values.of_subject(officer.subject_id)) == ()
    assert [one.pseudonym for one in list_accounts(ctx)] == [admin.pseudonym]
    with pytest.raises(NotFoundError):
        revoke_staff(ctx, officer.pseudonym, by=admin)


def test_an_older_backup_brings_no_account_back(service: Service) -> None:
    """A database that was put back to before an account ended has it end again before anything is served."""
    ctx = service.ctx
    admin, officer = admin_of(ctx), add_staff(ctx, Role.OFFICER, name="Bob", password=True)
    row = ctx.store.read(lambda unit: unit.staff.get(officer.subject_id))
    assert row is not None
    revoke_staff(ctx, officer.pseudonym, by=admin)
    engine = Engine(ctx, KINDS)
    while engine.run_next("test"):
        pass
    ctx.store.write(lambda unit: unit.staff.add(row))
    replay_erasures(ctx)
    assert [one.pseudonym for one in list_accounts(ctx)] == [admin.pseudonym]


def test_the_last_administrator_stays(service: Service) -> None:
    """No one, nor the machine, ends or demotes the only one who can invite; where there are two, one may go."""
    ctx = service.ctx
    admin = admin_of(ctx)
    attempts: list[Callable[[], object]] = [
        lambda: revoke_staff(ctx, admin.pseudonym, by=admin),
        lambda: revoke_staff(ctx, admin.pseudonym),
        lambda: give_roles(ctx, admin, admin.pseudonym, OFFICER),
    ]
    for attempt in attempts:
        with pytest.raises(ConflictError, match=LAST_ADMIN):
            attempt()
    give_roles(ctx, admin, admin.pseudonym, frozenset({Role.ADMIN, Role.OFFICER}))
    second = add_staff(ctx, Role.ADMIN, name="Bob")
    revoke_staff(ctx, admin.pseudonym, by=admin)
    assert [one.pseudonym for one in list_accounts(ctx)] == [second.pseudonym]


def test_expired_links_and_sessions_are_swept(service: Service) -> None:
    """What is over leaves the store with the other traces."""
    ctx = service.ctx
    invite_staff(ctx, roles=OFFICER, by=admin_of(ctx))
    service.clock.advance(hours=25)
    sweep_traces(ctx)
    counts = service.counts()
    assert (counts["staff_invitation"], counts["staff_session"], counts["staff"]) == (0, 0, 1)
