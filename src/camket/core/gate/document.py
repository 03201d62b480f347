"""Questions and answers as JSON, with the names of semantics 3 and 4; `docs/reference/decisions.md` shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from camket.core.consent.facts import Consent, Gpc, Refusal
from camket.core.errors import InvalidValueError, nearest
from camket.core.gate.case import LAW_19_CASES
from camket.core.gate.decision import Decision, ItemAnswer, Missing, Obligation
from camket.core.gate.fields import Fields, Node, read_json, shown
from camket.core.gate.history import History
from camket.core.gate.question import ALL_PURPOSES, Agreement, Hold, Question, SubjectFacts
from camket.core.terms import (
    Action,
    Case,
    CaseAct,
    Ground,
    LawCase,
    LawKind,
    ProtectionCase,
    ProtectionKind,
    Source,
    SubjectState,
    TermsCase,
)

_SCOPE: Final = ("ground", "reference", "acts", "items", "law_19_case")
_CASE_FIELDS: Final[Mapping[Ground, tuple[str, ...]]] = {
    Ground.LAW: (
        *("kind", "authority", "document", "article", "dated", "due_at", "notice_delayed_until", "delay_basis"),
        *_SCOPE,
    ),
    Ground.TERMS: ("clause", "terms_version", "what_happened", *_SCOPE),
    Ground.PROTECTION: ("kind", "what_happened", "why_this_data", *_SCOPE),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A question with the subjects that it is about.

    Args:
        subjects: place in the document and facts, in its order.
        question: asked of each.
        many: the document held a list, so the answer is one.
    """

    subjects: tuple[tuple[str, SubjectFacts], ...]
    question: Question
    many: bool


def document_from_json(data: bytes, source: str) -> Document:
    """Return the question and the subjects in a document.

    Args:
        data: UTF-8 JSON: an object of `question`, and `subject` or `subjects`.
        source: how messages call the document where they name line and column.

    Raises:
        InvalidValueError: with the place of the first thing that is wrong.
    """
    fields = read_json(data, source).fields("subject", "subjects", "question")
    one, many = fields.optional("subject"), fields.optional("subjects")
    if one is not None and many is not None:
        raise InvalidValueError("subjects: there is a `subject` already; give one or the other")
    nodes = [fields.required("subject")] if many is None else list(many.elements())
    return Document(
        subjects=tuple((node.place, facts_from_json(node)) for node in nodes),
        question=question_from_json(fields.required("question")),
        many=many is not None,
    )


def facts_from_json(node: Node) -> SubjectFacts:
    """Return a subject's facts; absent lists are empty, `joined` is 1, `state` is active.

    Raises:
        InvalidValueError: with the place of the first thing that is wrong.
    """
    fields = node.fields(
        *("joined", "agreements", "consents", "refusals", "restricted", "objected", "gpc", "state", "holds")
    )
    joined, state = fields.optional("joined"), fields.optional("state")
    return SubjectFacts(
        joined=1 if joined is None else joined.integer(),
        agreements=tuple(_agreement(one) for one in fields.elements("agreements")),
        consents=tuple(_consent(one) for one in fields.elements("consents")),
        refusals=tuple(_refusal(one) for one in fields.elements("refusals")),
        restricted=_purposes(fields.optional("restricted")),
        objected=_purposes(fields.optional("objected")),
        gpc=_gpc(fields.optional("gpc")),
        state=SubjectState.ACTIVE if state is None else state.choice(SubjectState),
        holds=tuple(_hold(one) for one in fields.elements("holds")),
    )


def question_from_json(node: Node) -> Question:
    """Return a question.

    Raises:
        InvalidValueError: with the place of the first thing that is wrong.
    """
    fields = node.fields("action", "items", "at", "service", "source", "purpose", "recipient", "ground", "case")
    action = fields.required("action").choice(Action)
    ground_node, source, case = fields.optional("ground"), fields.optional("source"), fields.optional("case")
    ground = None if ground_node is None else ground_node.choice(Ground)
    items = fields.required("items")
    if not items.texts():
        raise items.refusal("the list is empty; name the items that the question is about")
    return Question(
        action=action,
        items=items.texts(),
        at=fields.required("at").instant(),
        service=_text(fields, "service"),
        source=None if source is None else source.choice(Source),
        purpose=_text(fields, "purpose"),
        recipient=_text(fields, "recipient"),
        ground=ground,
        case=None if case is None else _case(case, ground),
    )


def remarks(history: History, place: str, facts: SubjectFacts) -> tuple[str, ...]:
    """Return what in the facts says nothing to these versions: agreements to what no version in force has.

    They change no answer; the remark helps whoever wrote them.
    """
    found = []
    for index, agreement in enumerate(facts.agreements):
        if history.answer(agreement) is None:
            where = f"{place}.agreements[{index}]"
            version = history.version(agreement.version)
            if version is None or agreement.clause is None:
                found.append(f"{where}.version: there is no version {agreement.version}; this agreement says nothing")
            else:
                hint = nearest(agreement.clause, [clause.id for clause in version.clauses])
                found.append(
                    f"{where}.clause: version {agreement.version} has no clause `{shown(agreement.clause)}`{hint}; "
                    "this agreement says nothing"
                )
    return tuple(found)


def decision_to_json(decision: Decision) -> dict[str, object]:
    """Return the answer as JSON values, with the names of semantics section 4 and the row of each item."""
    return {
        "outcome": decision.outcome.value,
        "clauses": list(decision.clauses),
        "missing": [_missing_json(one) for one in decision.missing],
        "obligations": [_obligation_json(one) for one in decision.obligations],
        "version": decision.version,
        "history": decision.history,
        "at": _instant_json(decision.at),
        "items": [_item_json(one) for one in decision.items],
    }


def _text(fields: Fields, name: str) -> str | None:
    node = fields.optional(name)
    return None if node is None else node.text()


def _instant(fields: Fields, name: str) -> datetime | None:
    node = fields.optional(name)
    return None if node is None else node.instant()


def _integer(fields: Fields, name: str) -> int | None:
    node = fields.optional(name)
    return None if node is None else node.integer()


def _purposes(node: Node | None) -> frozenset[str]:
    if node is None:
        return frozenset()
    if node.value == ALL_PURPOSES:
        return frozenset({ALL_PURPOSES})
    return frozenset(node.texts())


def _agreement(node: Node) -> Agreement:
    fields = node.fields("version", "clause", "whole", "at", "withdrawn_at")
    whole, clause = fields.optional("whole"), _text(fields, "clause")
    if whole is not None and not isinstance(whole.value, bool):
        raise whole.refusal("expected true or false")
    agrees_whole = whole is not None and whole.value is True
    if agrees_whole == (clause is not None):
        raise node.refusal('an agreement names a `clause`, or is `"whole": true`; give one or the other')
    return Agreement(
        version=fields.required("version").integer(),
        clause=clause,
        at=fields.required("at").instant(),
        withdrawn_at=_instant(fields, "withdrawn_at"),
    )


def _consent(node: Node) -> Consent:
    fields = node.fields(
        *("purpose", "items", "recipient", "clause_hash", "given_at", "expires_at", "withdrawn_at", "version")
    )
    purpose, recipient = _text(fields, "purpose"), _text(fields, "recipient")
    if purpose is None and recipient is None:
        raise node.refusal("a consent names a `purpose`, or a `recipient` for sharing; this has neither")
    return Consent(
        purpose=purpose,
        items=fields.required("items").texts(),
        recipient=recipient,
        clause_hash=fields.required("clause_hash").text(),
        given_at=fields.required("given_at").instant(),
        expires_at=_instant(fields, "expires_at"),
        withdrawn_at=_instant(fields, "withdrawn_at"),
        version=_integer(fields, "version"),
    )


def _refusal(node: Node) -> Refusal:
    fields = node.fields("purpose", "clause", "at")
    purpose, clause = _text(fields, "purpose"), _text(fields, "clause")
    if (purpose is None) == (clause is None):
        raise node.refusal("a refusal names a `purpose` or a `clause`; give one or the other")
    return Refusal(purpose=purpose, clause=clause, at=fields.required("at").instant())


def _gpc(node: Node | None) -> Gpc | None:
    if node is None or node.value == "none":
        return None
    fields = node.fields("signalled_at", "overridden_at")
    signalled, overridden = _instant(fields, "signalled_at"), _instant(fields, "overridden_at")
    if signalled is None and overridden is None:
        raise node.refusal('expected "none", or `signalled_at` or `overridden_at` with an instant')
    return Gpc(signalled_at=signalled, overridden_at=overridden)


def _hold(node: Node) -> Hold:
    fields = node.fields("item", "article", "until")
    return Hold(
        item=fields.required("item").text(),
        article=fields.required("article").text(),
        until=fields.required("until").instant(),
    )


def _case(node: Node, asked: Ground | None) -> Case:
    ground = _ground_of(node, asked)
    fields = node.fields(*_CASE_FIELDS[ground])
    law_19_case = _law_19_case(fields.optional("law_19_case"))
    reference = fields.required("reference").text()
    acts = frozenset(one.choice(CaseAct) for one in fields.required("acts").elements())
    items = frozenset(fields.required("items").texts())
    try:
        if ground is Ground.LAW:
            return _law_case(fields, reference, acts, items, law_19_case)
        if ground is Ground.TERMS:
            return TermsCase(
                reference=reference,
                acts=acts,
                items=items,
                clause=fields.required("clause").text(),
                terms_version=fields.required("terms_version").integer(),
                what_happened=fields.required("what_happened").text(),
                law_19_case=law_19_case,
            )
        return ProtectionCase(
            kind=fields.required("kind").choice(ProtectionKind),
            reference=reference,
            acts=acts,
            items=items,
            what_happened=fields.required("what_happened").text(),
            why_this_data=fields.required("why_this_data").text(),
            law_19_case=law_19_case,
        )
    except InvalidValueError as error:
        if str(error).startswith(node.place):
            raise
        raise node.refusal(str(error)) from error


def _law_case(
    fields: Fields, reference: str, acts: frozenset[CaseAct], items: frozenset[str], law_19_case: str | None
) -> LawCase:
    return LawCase(
        kind=fields.required("kind").choice(LawKind),
        reference=reference,
        acts=acts,
        items=items,
        authority=fields.required("authority").text(),
        document=fields.required("document").text(),
        article=fields.required("article").text(),
        dated=fields.required("dated").day(),
        due_at=fields.required("due_at").instant(),
        notice_delayed_until=_instant(fields, "notice_delayed_until"),
        delay_basis=_text(fields, "delay_basis"),
        law_19_case=law_19_case,
    )


def _ground_of(node: Node, asked: Ground | None) -> Ground:
    """Return the ground that a case is evidence for: its own `ground`, else the question's."""
    every = dict.fromkeys(name for names in _CASE_FIELDS.values() for name in names)
    own = node.fields(*every).optional("ground")
    ground = asked if own is None else own.choice(Ground)
    if ground is None or ground is Ground.CONSENT:
        place = f"{node.place}.ground"
        raise InvalidValueError(f"{place}: a case is evidence for `law`, `terms` or `protection`; name one")
    return ground


def _law_19_case(node: Node | None) -> str | None:
    if node is None:
        return None
    text = node.text()
    if text not in LAW_19_CASES:
        raise node.refusal(f"`{shown(text)}` is no case of LAW Art. 19.1; they are `a` to `e`")
    return text


def _instant_json(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    text = instant.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _missing_json(missing: Missing) -> dict[str, object]:
    found: dict[str, object] = {"kind": missing.kind.value, "item": missing.item}
    if missing.purpose is not None:
        found["purpose"] = missing.purpose
    if missing.recipient is not None:
        found["recipient"] = missing.recipient
    found |= {"version": missing.version, "clause": missing.clause}
    if missing.clause_hash is not None:
        found["clause_hash"] = missing.clause_hash
    return found


def _obligation_json(obligation: Obligation) -> dict[str, object]:
    values: dict[str, object] = {
        "item": obligation.item,
        "reference": obligation.reference,
        "until": _instant_json(obligation.until),
        "not_before": _instant_json(obligation.not_before),
    }
    found: dict[str, object] = {"kind": obligation.kind.value}
    return found | {name: value for name, value in values.items() if value is not None}


def _item_json(answer: ItemAnswer) -> dict[str, object]:
    return {
        "item": answer.item,
        "outcome": answer.outcome.value,
        "row": answer.row.name,
        "reason": {"vi": answer.row.vi, "en": answer.row.en},
        "clause": answer.clause,
        "until": _instant_json(answer.until),
    }
