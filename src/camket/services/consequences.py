"""What a withdrawal stops, in the sentences that its subject reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.consent.clause_text import clause_sentence
from camket.core.gate.tables import clause_key
from camket.core.terms import Language
from camket.rows import FactKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.core.gate.history import History
    from camket.core.policy.model import PolicyVersion
    from camket.rows import FactRow

_SAID: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.VI: {
        "purpose": "Không còn dùng {items} cho mục đích “{name}”.",
        "recipient": "Không còn chuyển {items} cho “{name}”.",
        "clause": "Điều này không còn áp dụng với bạn: {says}",
        "whole": "Những thay đổi của phiên bản {number} không còn áp dụng với bạn.",
    },
    Language.EN: {
        "purpose": "{items} will no longer be used for the purpose “{name}”.",
        "recipient": "{items} will no longer be given to “{name}”.",
        "clause": "This no longer applies to you: {says}",
        "whole": "The changes of version {number} no longer apply to you.",
    },
}


def what_stops(history: History, facts: Sequence[FactRow], language: Language) -> tuple[str, ...]:
    """Return what is no longer done once these consents or agreements are withdrawn, each sentence once.

    Args:
        history: the versions in force.
        facts: consents or agreements of one subject.
        language: one of the policy's; sentences of a version that is not written in it are left out.
    """
    consents = [fact for fact in facts if fact.kind is FactKind.CONSENT]
    found = [_consents_stop(history, consents, language)] if consents else []
    found += [_agreement_stops(history, fact, language) for fact in facts if fact.kind is FactKind.AGREEMENT]
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))


def declaring(history: History, fact: FactRow) -> PolicyVersion:
    """Return the version that a consent or agreement was given under; the newest where it does not say."""
    number = fact.body.get("version")
    found = history.version(number) if isinstance(number, int) else None
    return history.newest if found is None else found


def _consents_stop(history: History, facts: Sequence[FactRow], language: Language) -> str:
    """Return the sentence for consents that are all to one purpose or recipient."""
    policy = declaring(history, facts[-1]).policy
    labels = {one.id: one.label.get(language, one.id) for one in policy.items}
    named = [item for fact in facts for item in _texts(fact.body.get("items"))]
    items = ", ".join(f"“{labels.get(item, item)}”" for item in dict.fromkeys(named))
    recipient, purpose = facts[-1].body.get("recipient"), facts[-1].body.get("purpose")
    if isinstance(recipient, str):
        kind, name, goals = "recipient", recipient, {one.id: one.label for one in policy.recipients}
    else:
        kind, name, goals = "purpose", str(purpose), {one.id: one.label for one in policy.purposes}
    shown = goals[name].get(language, name) if name in goals else name
    return _SAID[language][kind].format(items=items, name=shown)


def _agreement_stops(history: History, fact: FactRow, language: Language) -> str:
    version = declaring(history, fact)
    text = fact.body.get("clause")
    if not isinstance(text, str):
        return _SAID[language]["whole"].format(number=version.number)
    clause = next((one for one in version.clauses if clause_key(one.id) == clause_key(text)), None)
    if clause is None or language not in version.policy.languages:
        return ""
    return _SAID[language]["clause"].format(says=clause_sentence(version.policy, clause, language))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
