"""The language in which a customer is written to: shown with the rest of their data, changed by one choice (P12, P13).

It stands in the subject's own row, not in the vault: every mail needs it before anything is opened, and the first code
is written before anyone could choose. The page on which somebody registers sets it; it is the declared item `language`;
an erasure blanks it (`ERASED_LANGUAGE`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import NotFoundError
from camket.core.ledger.entry import LedgerAction
from camket.core.policy.model import Collection
from camket.core.terms import Source
from camket.services.access import SUBJECT
from camket.services.devices import ACCOUNT

if TYPE_CHECKING:
    from camket.core.policy.model import Item, Policy
    from camket.core.terms import Language
    from camket.ports import Unit
    from camket.services.context import Context
    from camket.services.sessions import Session

LANGUAGE: Final = "language"


def language_item(policy: Policy) -> Item | None:
    """Return the item that the language is declared as; None where the policy lets nobody choose one."""
    wanted = Collection(service=ACCOUNT, source=Source.PROVIDED)
    return next((item for item in policy.items if item.id == LANGUAGE and wanted in item.collected), None)


def choose_language(ctx: Context, session: Session, language: Language) -> None:
    """Write to a customer in a language from now on.

    Args:
        ctx: the service.
        session: whose.
        language: in which.

    Raises:
        NotFoundError: the policy in force does not declare it, so nothing may be chosen.

    Effects: the choice and its ledger record are durable together. Choosing the same again is one more record.
    """

    def choose(unit: Unit) -> None:
        version = ctx.policies.in_force_in(unit, ctx.clock.now()).newest
        if language_item(version.policy) is None:
            raise NotFoundError("there is no language to choose")
        unit.subjects.set_language(session.subject_id, language)
        ctx.door.record_in(
            unit,
            actor=SUBJECT,
            action=LedgerAction.COLLECT,
            subject_id=session.subject_id,
            items=(LANGUAGE,),
            version=version.number,
        )

    ctx.store.write(choose)
