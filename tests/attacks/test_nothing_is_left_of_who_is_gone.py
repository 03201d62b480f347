"""A whole database, searched for who was erased: consents, questions, notices, passkeys, mails, and staff who went."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from camket.core.staff.roles import Role
from camket.rows.passkeys import Ceremony, ChallengeRow, PasskeyRow
from camket.services import news
from camket.services.erasure import ERASE_JOB, erasure_key
from camket.services.own_notices import see_notice
from camket.services.policies import publish_policy
from camket.services.retention import sweep_traces
from camket.services.staff import list_staff, revoke_staff
from camket.services.staff_sessions import find_staff_session
from camket.testing.staff import add_staff
from tests.publishing import LONGER, changed
from tests.unit.services.test_news import OFFICER, WORDS
from tests.web.conftest import ALICE, make_service, service
from tests.web.test_ask import ask, say, subjects

if TYPE_CHECKING:
    from tests.web.conftest import Service

__all__ = ["make_service", "service"]

KEPT = {"subject", "held_value"}
"""What may name who is gone: the mark that they are, and what a law holds."""
WORK = {"job", "job_step"}
"""What names them for a week more: the jobs that were done, by opaque ids alone."""


def tables_that_name(service: Service, *secrets: str | bytes) -> set[str]:
    """Return every table with a row that holds one of these texts or bytes in whatever column, inside of others too."""
    wanted = [one.encode() if isinstance(one, str) else one for one in secrets]
    found = set()
    with closing(sqlite3.connect(service.runtime.settings.data / "camket.db")) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - our own names
                cells = [cell.encode() if isinstance(cell, str) else cell for cell in row]
                if any(one in cell for cell in cells if isinstance(cell, bytes) for one in wanted):
                    found.add(name)
    return found


def erase(service: Service, subject_id: str) -> None:
    """Have a subject erased as an accepted deletion does, at once."""
    ctx = service.runtime.context
    args = {"subject": subject_id}
    ctx.store.write(
        lambda unit: unit.jobs.enqueue(ERASE_JOB, args, run_at=ctx.clock.now(), dedupe_key=erasure_key(subject_id))
    )
    service.settle()


def add_passkey(service: Service, subject_id: str) -> None:
    """Store a passkey, and a challenge that waits for it."""
    ctx = service.runtime.context
    now = ctx.clock.now()
    passkey = PasskeyRow(
        id="p" * 32, subject_id=subject_id, credential_hash=b"c" * 32, public_key=b"cose", sign_count=0,
        created_at=now, last_used_at=None,
    )  # fmt: skip
    challenge = ChallengeRow(
        challenge_hash=b"h" * 32, ceremony=Ceremony.PROVE, browser_hash=b"b" * 32, subject_id=subject_id,
        request_id=None, expires_at=now,
    )  # fmt: skip
    ctx.store.write(lambda unit: unit.passkeys.add(passkey))
    ctx.store.write(lambda unit: unit.passkeys.add_challenge(challenge))


def test_nothing_of_an_erased_customer_is_left_in_any_table(service: Service) -> None:
    """They were asked, said yes, got news, were told of a change, had a passkey: one erasure, and no row names them."""
    ctx = service.runtime.context
    alice = service.register(ALICE)
    (subject,) = subjects(service)
    say(alice, ask(alice), "yes")
    news.send_news(ctx, actor=OFFICER, news_id=news.write_news(ctx, actor=OFFICER, typed=WORDS))
    add_passkey(service, subject.id)
    publish_policy(ctx, changed(LONGER))
    service.settle()
    see_notice(ctx, subject_id=subject.id, number=2)
    alice.send_form("/ask", about="changes")
    named = tables_that_name(service, subject.id)
    assert {"consent_event", "subject_fact", "notice_delivery", "unsubscription", "outbox", "passkey"} <= named
    erase(service, subject.id)
    assert tables_that_name(service, subject.id) <= KEPT | WORK
    service.clock.advance(timedelta(days=8))
    sweep_traces(ctx)
    assert tables_that_name(service, subject.id) <= KEPT


def test_nothing_of_staff_who_went_is_left_but_their_work_name(service: Service) -> None:
    """Account, sessions, second factor, recovery codes, passkey and values go; the work name alone stays, on record."""
    ctx = service.runtime.context
    boss, gone = add_staff(ctx, Role.ADMIN), add_staff(ctx, Role.OFFICER, name="Bob Trần", password=True)
    session = find_staff_session(ctx, boss.token)
    assert session is not None
    ctx.store.write(lambda unit: unit.staff.add_recovery_codes(gone.subject_id, [b"r" * 32]))
    add_passkey(service, gone.subject_id)
    list_staff(ctx, session)
    news.write_news(ctx, actor=gone.actor, typed=WORDS)
    assert {"staff", "staff_session", "staff_recovery_code", "passkey"} <= tables_that_name(service, gone.subject_id)
    assert tables_that_name(service, "Bob Trần", "bob@work.example") == set()
    revoke_staff(ctx, gone.pseudonym, by=session)
    service.settle()
    assert tables_that_name(service, gone.subject_id) <= KEPT | WORK
    service.clock.advance(timedelta(days=8))
    sweep_traces(ctx)
    assert tables_that_name(service, gone.subject_id) <= KEPT
    assert tables_that_name(service, gone.pseudonym) <= {"news", "record"}
