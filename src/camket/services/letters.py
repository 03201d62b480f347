"""Filling a queued mail at the moment when it is sent: through the door, for the purpose that its template names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from camket.core.errors import DeniedError, NotFoundError
from camket.core.notices.policy_changed import POLICY_CHANGED
from camket.core.notices.templates import ACCOUNT_EXISTS_CODE, CODE_MINUTES, REGISTRATION_CODE
from camket.core.notices.text import UNSUBSCRIBE_PLACE, Addressee, write_letter
from camket.core.notices.wishes import wish_label
from camket.core.policy.model import ItemKind
from camket.core.terms import Language
from camket.core.vault.lookup import IndexField
from camket.ports import Mail
from camket.services.codes import code_text
from camket.services.file_links import link_address
from camket.services.notice_texts import change_values
from camket.services.request_mails import due_lines, reason_of
from camket.services.requests import read_body

if TYPE_CHECKING:
    from camket.core.notices.text import MailTemplate
    from camket.core.policy.model import Policy
    from camket.ports import Unit
    from camket.rows import JsonObject, MailRow
    from camket.rows.news import NewsRow
    from camket.services.access import Pending
    from camket.services.context import Context

MAILER: Final = "service:mailer"
STAFF_EMAIL: Final = "staff.email"
"""The item under which an operator holds the addresses of staff."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """What the gate was asked for, and what else the store knows of the mail.

    Args:
        language: in which the subject reads.
        unsubscribe: *personal*; where one click ends what the mail rests on.
        news: the piece that the mail brings.
    """

    language: Language
    pending: Pending
    unsubscribe: str | None = field(repr=False)
    news: NewsRow | None


def message_id_of(ctx: Context, mail_id: str) -> str:
    """Return the Message-ID of a mail: the same for every try."""
    return f"<{mail_id}@{urlsplit(ctx.settings.origin).hostname or 'localhost'}>"


def compose(ctx: Context, row: MailRow, template: MailTemplate) -> Mail:
    """Fill a mail, *personal*.

    Args:
        ctx: the service.
        row: as it was queued.
        template: what is written.

    Raises:
        DeniedError: the gate said no, or the subject is not there any more.
        NotFoundError: what it is about is gone.
        InvalidValueError: a value does not fit into a mail.

    Effects: the ledger record of the read is durable on return.
    """
    subject_id = row.subject_id or ""
    policy = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy
    items = {ItemKind.EMAIL: STAFF_EMAIL} if template.to is Addressee.STAFF else _items_of(policy, template.needs)
    draft = ctx.store.write(lambda unit: _ask_in(unit, ctx, row, template, tuple(items.values())))
    opened = draft.pending.open()
    held = {kind: opened.first(item) or "" for kind, item in items.items()}
    if template.to in (Addressee.REQUESTED, Addressee.FORMER):
        body = read_body(ctx, subject_id=subject_id, request_id=str(row.args["request"]))
        held[ItemKind.EMAIL] = body.value if template.to is Addressee.REQUESTED else body.former or ""
    if not held[ItemKind.EMAIL]:
        raise DeniedError("no address is held")
    if template is REGISTRATION_CODE and _has_account(ctx, held[ItemKind.EMAIL]):
        template = ACCOUNT_EXISTS_CODE
    values = _values(ctx, row, policy, draft, template.places)
    values["name"] = held.get(ItemKind.PERSON_NAME, "")
    wanted = template.places | {"controller", "origin"}
    worded = ctx.mail_words.of(template)
    letter = write_letter(worded, draft.language, {name: values[name] for name in wanted})
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
        list_unsubscribe=draft.unsubscribe,
    )


def _ask_in(unit: Unit, ctx: Context, row: MailRow, template: MailTemplate, items: tuple[str, ...]) -> _Draft:
    from camket.services.unsubscriptions import unsubscribe_address_in  # noqa: PLC0415 - it queues mails itself

    subject_id = row.subject_id or ""
    subject = unit.subjects.get(subject_id)
    # INVARIANT: the gate is asked when the mail is sent, not when it was queued.
    pending = ctx.door.read_in(
        unit,
        actor=MAILER,
        subject_id=subject_id,
        items=items,
        purpose=template.purpose,
        request=str(row.args["request"]) if "request" in row.args else None,
    )
    unsubscribe = None
    if template.unsubscribes:
        unsubscribe = unsubscribe_address_in(unit, ctx, mail_id=row.id, subject_id=subject_id, purpose=template.purpose)
    return _Draft(
        language=subject.language if subject else Language.VI,
        pending=pending,
        unsubscribe=unsubscribe,
        news=unit.news.get(str(row.args["news"])) if "news" in row.args else None,
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


def _values(ctx: Context, row: MailRow, policy: Policy, draft: _Draft, places: frozenset[str]) -> dict[str, str]:
    args, language = row.args, draft.language
    labels = {item.id: item.label[language] for item in policy.items}
    values = {
        "controller": policy.controller.name[language],
        "origin": ctx.settings.origin,
        "code": code_text(ctx, str(args["code"])) if "code" in args else "",
        "link": link_address(ctx, str(args["link"])) if "link" in args else "",
        "minutes": str(CODE_MINUTES),
        "hours": str(policy.unconfirmed_hours),
        "wish": wish_label(policy, str(args.get("wish", "")), language),
        "item": labels.get(str(args.get("item")), ""),
        "request": str(args.get("request", "")),
        "number": str(args.get("number", "")),
        "article": str(args.get("article", "")),
        "until": f"{date.fromisoformat(str(args['until'])):%d/%m/%Y}" if "until" in args else "",
        UNSUBSCRIBE_PLACE: draft.unsubscribe or "",
    }
    if row.template == POLICY_CHANGED.id:
        values |= change_values(ctx, _number(args), language)
    if "reason" in places:
        values["reason"] = reason_of(ctx, args)
    if "due" in places:
        values["due"] = due_lines(ctx, args)
    if "news" in args:
        values |= _news_values(draft.news, language)
    return values


def _number(args: JsonObject) -> int:
    return int(str(args["notice"]))


def _news_values(news: NewsRow | None, language: Language) -> dict[str, str]:
    if news is None:
        raise NotFoundError("the piece of news is gone")
    return {"title": str(news.titles[language.value]), "text": str(news.texts[language.value])}
