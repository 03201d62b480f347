"""The outbox: mail is queued in the transaction of its cause, and filled through the door when it is sent.

A queued row names its template and ids, never an address or a value. Whether it may be sent is asked of the gate at the
moment of sending, so a customer who has objected, or is gone, since it was queued gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog

from camket.core.errors import DeniedError, InvalidValueError, MailError, NotFoundError
from camket.core.notices.templates import ACCOUNT_EXISTS_CODE, CODE_MINUTES, REGISTRATION_CODE, find_template
from camket.core.notices.text import Addressee, write_letter
from camket.core.policy.model import ItemKind
from camket.core.terms import Language
from camket.core.vault.lookup import IndexField
from camket.ports import Mail
from camket.rows import MailRow, MailState
from camket.services.codes import code_text
from camket.services.ids import random_id
from camket.services.requests import read_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.notices.text import MailTemplate
    from camket.core.policy.model import Policy
    from camket.ports import Unit
    from camket.rows import JsonObject
    from camket.services.access import Pending
    from camket.services.context import Context

MAILER: Final = "service:mailer"
OUTBOX_JOB: Final = "outbox"
BATCH: Final = 5
"""Mails that one job sends: all of them within `SENDING`, even where each runs into every time-out."""
SENDING: Final = timedelta(minutes=5)
"""How long one try may take; a mail whose sender died is tried again after this."""
FIRST_RETRY: Final = timedelta(seconds=15)
LONGEST_RETRY: Final = timedelta(hours=6)
MOST_TRIES: Final = 16
TICK: Final = timedelta(microseconds=1)
"""The least by which two instants differ in the store."""
KEPT: Final = timedelta(days=30)
"""How long the row of a mail that is settled is kept: as evidence that it was sent."""

log = structlog.get_logger("camket.outbox")


def queue_mail_in(
    unit: Unit, ctx: Context, *, subject_id: str, template: str, args: Mapping[str, str] | None = None
) -> str:
    """Queue a mail in the caller's unit of work and return its id.

    Args:
        unit: the mail is queued when this unit is durable, and never if it fails.
        ctx: the service.
        subject_id: to whom; one whom no subject has gets nothing, by the same work.
        template: its id.
        args: ids that the template's places are filled from: `code`, `request`, `item`.

    Raises:
        InvalidValueError: there is no such mail.

    Effects: a worker sends it soon after the unit is durable, after those that were queued for the same subject in the
        same instant. Twice queues two mails.
    """
    find_template(template)
    now = ctx.clock.now()
    before = unit.outbox.of_subject(subject_id, limit=1)
    # Rows have random ids: of mails queued in one instant only the moment that each bears says which came first.
    queued_at = max(now, before[0].created_at + TICK) if before else now
    mail_id = random_id(ctx.entropy)
    unit.outbox.add(
        MailRow(
            id=mail_id,
            subject_id=subject_id,
            template=template,
            args=dict(args or {}),
            state=MailState.QUEUED,
            attempts=0,
            created_at=queued_at,
            next_at=now,
            message_id=None,
            last_error_kind=None,
            sent_at=None,
        )
    )
    unit.jobs.enqueue(OUTBOX_JOB, {"mail": mail_id}, run_at=now)
    return mail_id


def send_due(ctx: Context) -> int:
    """Send queued mail that is due; return how many mails were tried.

    Effects: each mail is settled as sent, denied by the gate, or dead; or queued again with growing pauses. A process
        that dies between sending and settling sends the mail again, under the same Message-ID.
    """
    now = ctx.clock.now()
    rows = ctx.store.write(lambda unit: unit.outbox.claim_due(now=now, retry_at=now + SENDING, limit=BATCH))
    for row in rows:
        if row.attempts > 1:
            # The last try may have ended between sending and saying so; the Message-ID is the same.
            log.warning("mail_sent_again", mail=row.id, template=row.template, attempts=row.attempts)
        _send(ctx, row)
    return len(rows)


def message_id_of(ctx: Context, mail_id: str) -> str:
    """Return the Message-ID of a mail: the same for every try."""
    return f"<{mail_id}@{urlsplit(ctx.settings.origin).hostname or 'localhost'}>"


def _send(ctx: Context, row: MailRow) -> None:
    template = find_template(row.template)
    if template.minutes is not None and row.created_at + timedelta(minutes=template.minutes) <= ctx.clock.now():
        _settle(ctx, row, MailState.DEAD, "too_late")
        return
    try:
        ctx.mail.carry(_compose(ctx, row, template))
    except (DeniedError, NotFoundError):
        _settle(ctx, row, MailState.DENIED)
    except InvalidValueError:
        _settle(ctx, row, MailState.DEAD, "unfit")
    except MailError as error:
        if error.permanent or row.attempts >= MOST_TRIES:
            _settle(ctx, row, MailState.DEAD, error.kind)
        else:
            _try_later(ctx, row, error.kind)
    else:
        _settle(ctx, row, MailState.SENT)


def _settle(ctx: Context, row: MailRow, state: MailState, error_kind: str | None = None) -> None:
    now = ctx.clock.now()
    sent = message_id_of(ctx, row.id) if state is MailState.SENT else None

    def settle(unit: Unit) -> None:
        unit.outbox.settle(row.id, attempts=row.attempts, state=state, at=now, message_id=sent, error_kind=error_kind)
        if find_template(row.template).to is Addressee.FORMER:
            # The former address was kept for this one notice.
            unit.requests.clear(str(row.args["request"]))

    ctx.store.write(settle)
    if state is MailState.DEAD:
        log.error("mail_given_up", template=row.template, attempts=row.attempts, reason=error_kind)


def _try_later(ctx: Context, row: MailRow, error_kind: str) -> None:
    pause = min(FIRST_RETRY * (1 << min(row.attempts - 1, 16)), LONGEST_RETRY)
    at = ctx.clock.now() + pause
    log.warning("mail_failed", template=row.template, attempts=row.attempts, reason=error_kind)

    def put_back(unit: Unit) -> None:
        unit.outbox.settle(row.id, attempts=row.attempts, state=MailState.QUEUED, at=at, error_kind=error_kind)
        unit.jobs.enqueue(OUTBOX_JOB, {"mail": row.id}, run_at=at)

    ctx.store.write(put_back)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """What the gate was asked for, and in which language the subject reads."""

    language: Language
    pending: Pending


def _compose(ctx: Context, row: MailRow, template: MailTemplate) -> Mail:
    """Fill a mail.

    Raises:
        DeniedError: the gate said no, or the subject is not there any more.
        NotFoundError: the request that it is about is gone.
    """
    subject_id = row.subject_id or ""
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    items = _items_of(policy, template.needs)

    def ask(unit: Unit) -> _Draft:
        subject = unit.subjects.get(subject_id)
        # INVARIANT: the gate is asked when the mail is sent, not when it was queued.
        pending = ctx.door.read_in(
            unit,
            actor=MAILER,
            subject_id=subject_id,
            items=tuple(items.values()),
            purpose=template.purpose,
            request=_reference(row.args),
        )
        return _Draft(language=subject.language if subject else Language.VI, pending=pending)

    draft = ctx.store.write(ask)
    opened = draft.pending.open()
    held = {kind: opened.first(item) or "" for kind, item in items.items()}
    if template.to is not Addressee.HELD:
        body = read_body(ctx, subject_id=subject_id, request_id=str(row.args["request"]))
        held[ItemKind.EMAIL] = body.value if template.to is Addressee.REQUESTED else body.former or ""
    if not held[ItemKind.EMAIL]:
        raise DeniedError("no address is held")
    if template is REGISTRATION_CODE and _has_account(ctx, held[ItemKind.EMAIL]):
        template = ACCOUNT_EXISTS_CODE
    values = _values(ctx, row.args, policy, draft.language)
    values["name"] = held.get(ItemKind.PERSON_NAME, "")
    wanted = template.places | {"controller", "origin"}
    letter = write_letter(template, draft.language, {name: values[name] for name in wanted})
    return Mail(
        message_id=message_id_of(ctx, row.id),
        sender_name=policy.controller.name[draft.language],
        sender=ctx.settings.mail_from or policy.controller.email,
        recipient=held[ItemKind.EMAIL],
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        language=draft.language.value,
        date=row.created_at,
    )


def _items_of(policy: Policy, needs: tuple[ItemKind, ...]) -> dict[ItemKind, str]:
    """Return the registration items of the kinds; one that the policy does not ask for is left out."""
    found: dict[ItemKind, str] = {}
    for item in policy.registration_items:
        if item.kind in needs:
            found.setdefault(item.kind, item.id)
    return found


def _has_account(ctx: Context, address: str) -> bool:
    # The look-up does the same work and leaves the same record whether there is an account or not.
    handle = ctx.door.look_up(field=IndexField.EMAIL, value=address, actor=MAILER)
    return ctx.store.read(lambda unit: unit.subjects.get(handle.id)) is not None


def _values(ctx: Context, args: JsonObject, policy: Policy, language: Language) -> dict[str, str]:
    labels = {item.id: item.label[language] for item in policy.items}
    return {
        "controller": policy.controller.name[language],
        "origin": ctx.settings.origin,
        "code": code_text(ctx, str(args["code"])) if "code" in args else "",
        "minutes": str(CODE_MINUTES),
        "hours": str(policy.unconfirmed_hours),
        "item": labels.get(str(args.get("item")), ""),
        "article": str(args.get("article", "")),
        "until": f"{date.fromisoformat(str(args['until'])):%d/%m/%Y}" if "until" in args else "",
    }


def _reference(args: JsonObject) -> str | None:
    return str(args["request"]) if "request" in args else None
