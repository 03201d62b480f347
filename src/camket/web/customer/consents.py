"""All consents and agreements on one page: what was asked, what was said, and one click to take each yes back (P11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.policy.diff import Change, Effect, compare_along
from camket.core.terms import Language
from camket.services import consents as own_consents
from camket.services.consents import OwnState
from camket.web.customer.arrival import wanted
from camket.web.customer.ask import CONSENTS
from camket.web.customer.done import WITHDRAWN, lead_on, show_done
from camket.web.customer.policy import written_in
from camket.web.endpoints import see_other
from camket.web.i18n import MessageId, marked

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.core.policy.diff import Difference
    from camket.services.consents import OwnConsent, OwnConsents, Withdrawn
    from camket.web.visit import Visit

STATES: Final[dict[OwnState, MessageId]] = {
    OwnState.VALID: marked("you agree"),
    OwnState.REFUSED: marked("you do not agree"),
    OwnState.WITHDRAWN: marked("withdrawn"),
    OwnState.EXPIRED: marked("expired"),
    OwnState.ENDED: marked("ended: the policy changed"),
    OwnState.SUSPENDED: marked("suspended: your browser signals no"),
    OwnState.NEVER_ASKED: marked("never asked, so no"),
    OwnState.UNANSWERED: marked("not answered, so no"),
}
"""How each state is said; only the first permits anything."""
CHIPS: Final = dict.fromkeys(OwnState, "chip plain") | {OwnState.VALID: "chip", OwnState.SUSPENDED: "chip ask"}
"""How a state is marked."""
EFFECTS: Final[dict[Effect, MessageId]] = {
    Effect.BETTER: marked("better for you"),
    Effect.WORSE: marked("less for you"),
    Effect.NEITHER: marked("neither better nor worse"),
}
ONLY_WORDS: Final[MessageId] = marked("only the wording")


def consents(visit: Visit) -> Response:
    """Show everything that was asked and said."""
    return _page(visit)


def withdraw(visit: Visit) -> Response:
    """Take a yes back at once, and tell what stops.

    Raises:
        NotFoundError: there is no such consent or agreement of theirs.
    """
    withdrawn = own_consents.withdraw(
        visit.context, subject_id=visit.own.subject_id, consent_id=visit.parameters["consent"]
    )
    following = wanted(visit, visit.form)
    return lead_on(visit, following, WITHDRAWN) if following else _page(visit, withdrawn)


def changes(visit: Visit) -> Response:
    """Show what the versions since one joined change for oneself: what waits for a yes, and what holds at once."""
    own = own_standing(visit)
    waiting = [one for one in own.agreements if one.state in (OwnState.NEVER_ASKED, OwnState.UNANSWERED)]
    if own.version == own.joined:
        return see_other(CONSENTS)
    differences = _differences(visit, own)
    return visit.show(
        "changes.html",
        own=own,
        waiting=[_say_waiting(visit, one, differences) for one in waiting],
        answered=[one for one in own.agreements if one not in waiting and one.version == own.version],
        everyone=[_say_difference(visit, one) for one in differences if one.binds_all_at_once],
        since=visit.site.in_force().since,
        states={state: visit.say(words) for state, words in STATES.items()},
        chips=CHIPS,
    )


def _page(visit: Visit, withdrawn: Withdrawn | None = None) -> Response:
    own = own_standing(visit)
    return show_done(
        visit,
        "consents.html",
        own=own,
        waiting=[one for one in own.agreements if one.since is None],
        answered=[one for one in own.agreements if one.since is not None],
        stopped=withdrawn.stops[visit.language] if withdrawn else None,
        states={state: visit.say(words) for state, words in STATES.items()},
        chips=CHIPS,
    )


def own_standing(visit: Visit) -> OwnConsents:
    """Return everything that the visitor was asked and said, in a language that the policy is written in."""
    language = written_in(visit.site.in_force().version.policy, visit.language)
    return own_consents.standing_of(visit.context, subject_id=visit.own.subject_id, language=language)


def _differences(visit: Visit, own: OwnConsents) -> tuple[Difference, ...]:
    """Return everything that changed since one joined."""
    history = visit.context.policies.in_force(visit.context.store, visit.context.clock.now())
    return compare_along([one for one in history.versions if one.number >= own.joined]).differences


def _say_waiting(visit: Visit, one: OwnConsent, differences: tuple[Difference, ...]) -> str:
    """Return a change as what is now and what was before; as what is now where the two cannot be told apart."""
    for difference in differences:
        if any(clause.id == one.clause for clause in difference.clauses_after):
            return difference.says.get(visit.language, one.label)
    return one.label


def _say_difference(visit: Visit, one: Difference) -> tuple[str, str, bool]:
    """Return a difference as its sentence, what it is for the reader, and whether that is good."""
    language = visit.language if visit.language in one.says else Language.VI
    words = ONLY_WORDS if one.change is Change.REWORDED else EFFECTS[one.effect]
    return one.says[language], visit.say(words), one.effect is Effect.BETTER
