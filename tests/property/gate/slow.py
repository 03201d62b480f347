"""The second evaluator: slow, written from the text of the semantics, sharing no code with the gate.

Everything is computed anew for each question, out of sets of plain tuples, in the order of the text. Only the types of
facts and questions are shared, the names of the closed sets, and the hash that a consent is bound to.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from camket.core.consent.facts import Consent
from camket.core.gate.question import Hold, Question, SubjectFacts
from camket.core.policy.model import Clause, PolicyVersion
from camket.core.policy.version import consent_hash
from camket.core.terms import LawCase
from tests.property.gate.slow_fold import declared_now, grounds, history_hash, in_force, permissions, root, squeeze


class Row(NamedTuple):
    """One item's answer."""

    outcome: str
    row: str
    clause: str | None = None
    until: datetime | None = None
    missing: str | None = None
    clause_hash: str | None = None
    obligations: tuple[tuple[str, str | None, datetime | None], ...] = ()


class Answer(NamedTuple):
    """Section 4's answer."""

    outcome: str
    items: tuple[tuple[str, Row], ...]
    clauses: tuple[str, ...]
    missing: tuple[tuple[Any, ...], ...]
    obligations: frozenset[tuple[Any, ...]]
    version: int
    history: str


def evaluate(versions: list[PolicyVersion], facts: SubjectFacts, question: Question) -> Answer:
    """Answer a question by the text."""
    rows = tuple((item, one_item(versions, facts, question, item)) for item in question.items)
    outcomes = {row.outcome for _, row in rows}
    outcome = "deny" if "deny" in outcomes else "ask" if "ask" in outcomes else "permit"
    clauses: list[str] = []
    for _, row in rows:
        if row.clause is not None and row.clause not in clauses:
            clauses.append(row.clause)
    newest = versions[-1].number
    return Answer(
        outcome=outcome,
        items=rows,
        clauses=tuple(clauses),
        missing=tuple(
            (row.missing, item, question.purpose, question.recipient, newest, row.clause, row.clause_hash)
            for item, row in rows
            if row.missing is not None
        ),
        obligations=frozenset(_obligations(question, rows)),
        version=newest,
        history=history_hash(versions, facts, question.at),
    )


def _obligations(question: Question, rows: tuple[tuple[str, Row], ...]) -> set[tuple[Any, ...]]:
    found: set[tuple[Any, ...]] = set()
    for item, row in rows:
        found |= {(kind, item, reference, until, None) for kind, reference, until in row.obligations}
        if row.outcome == "permit" and row.row in {"case.law", "case.terms", "case.protection", "erased.held.law"}:
            assert question.case is not None
            told = question.case.notice_delayed_until if isinstance(question.case, LawCase) else None
            found.add(("record_case", None, question.case.reference, None, None))
            found.add(("tell_subject", None, question.case.reference, None, told))
    return found


# --- section 4: the table ------------------------------------------------------------------------------------------


def one_item(versions: list[PolicyVersion], facts: SubjectFacts, question: Question, name: str) -> Row:  # noqa: PLR0911 - one for each row
    """Return the first row that fits."""
    item = root(versions, "items", name)
    if item is None:
        return Row("deny", "undeclared.ever")
    hold = _longest_hold(versions, facts, item, question.at)
    own = question.action == "use" and question.purpose == "rights"
    if facts.state == "erased":
        return _erased(versions, facts, question, item, hold, own=own)
    if own:
        return Row("permit", "rights", obligations=_hold_key(hold))
    if question.action != "collect" and (
        question.case is not None or question.ground in {"law", "terms", "protection"}
    ):
        return on_a_case(versions, facts, question, item, hold)
    if _undeclared(versions, question, item):
        return Row("deny", "undeclared")
    if question.action == "collect":
        return _collect(versions, facts, question, item)
    if hold is not None:
        return Row("deny", "held", until=hold.until)
    if question.action == "use":
        return _use(versions, facts, question, item)
    return _share(versions, facts, question, item)


def _erased(
    versions: list[PolicyVersion], facts: SubjectFacts, question: Question, item: str, hold: Hold | None, *, own: bool
) -> Row:
    lawful = (
        question.action != "collect"
        and question.case is not None
        and question.case.ground == "law"
        and _defect(versions, facts, question, item) is None
    )
    if not (own or lawful):
        return Row("deny", "erased")
    if hold is None:
        return Row("deny", "erased.not_held")
    name = "erased.held.rights" if own else "erased.held.law"
    return Row("permit", name, until=hold.until, obligations=_hold_key(hold))


def _longest_hold(versions: list[PolicyVersion], facts: SubjectFacts, item: str, at: datetime) -> Hold | None:
    longest: Hold | None = None
    for hold in facts.holds:
        if root(versions, "items", hold.item) == item and hold.until > at:
            longest = hold if longest is None or hold.until > longest.until else longest
    return longest


def _hold_key(hold: Hold | None) -> tuple[tuple[str, str | None, datetime | None], ...]:
    return () if hold is None else (("hold_key", hold.article, hold.until),)


def _defect(versions: list[PolicyVersion], facts: SubjectFacts, question: Question, item: str) -> str | None:
    case = question.case
    if case is None:
        return "case.missing"
    if question.ground is not None and question.ground != case.ground:
        return "case.mismatch"
    acts = {str(act) for act in case.acts}
    needed = {"disclose"} if question.action == "share" else {"access", "use"}
    if not acts & needed or item not in {root(versions, "items", one) or one for one in case.items}:
        return "case.scope"
    if case.ground not in grounds(versions, facts, question.at):
        return "case.ground"
    return None


def on_a_case(
    versions: list[PolicyVersion], facts: SubjectFacts, question: Question, item: str, hold: Hold | None
) -> Row:
    """Section 7."""
    wrong = _defect(versions, facts, question, item)
    if wrong is not None:
        return Row("deny", wrong, missing=None if wrong == "case.ground" else "ground")
    case = question.case
    assert case is not None
    if case.ground == "law":
        return Row("permit", "case.law", obligations=_hold_key(hold))
    if hold is not None:
        return Row("deny", "case.held")
    if (facts.restricted or facts.objected) and case.law_19_case not in {"a", "b", "c", "d", "e"}:
        return Row("deny", "case.restricted", missing="ground")
    return Row("permit", f"case.{case.ground}")


def _undeclared(versions: list[PolicyVersion], question: Question, item: str) -> bool:
    if not declared_now(versions, "items", item):
        return True
    for kind, name in (
        ("services", question.service),
        ("purposes", question.purpose),
        ("recipients", question.recipient),
    ):
        if name is not None and not declared_now(versions, kind, name):
            return True
    needed = {
        "collect": (question.service, question.source),
        "use": (question.purpose,),
        "share": (question.recipient,),
    }
    return None in needed[str(question.action)]


def _clause_in(version: PolicyVersion, kind: str, *roots: str | None) -> Clause | None:
    for clause in version.clauses:
        if clause.kind == kind and clause.roots[: len(roots)] == roots:
            return clause
    return None


def _collect(versions: list[PolicyVersion], facts: SubjectFacts, question: Question, item: str) -> Row:
    if question.source == "observed" and ("all" in facts.restricted or "all" in facts.objected):
        return Row("deny", "restricted.observed")
    service = root(versions, "services", question.service)
    clause = _clause_in(versions[-1], "collect", item, service, question.source)
    if clause is None:
        return Row("deny", "collect.neither")
    if (str(clause.kind), clause.roots) in permissions(versions, facts, question.at):
        return Row("permit", "collect.effective", clause.id)
    return _ask_agreement(versions, facts, question, clause, "collect.new")


def _ask_agreement(
    versions: list[PolicyVersion], facts: SubjectFacts, question: Question, clause: Clause, name: str
) -> Row:
    until = _quiet_until(versions, facts, clause, question.at)
    told: tuple[tuple[str, str | None, datetime | None], ...] = ()
    if until is not None:
        told = (("do_not_ask", None, until),)
    return Row("ask", name, clause.id, until, "agreement", obligations=told)


def _quiet_until(versions: list[PolicyVersion], facts: SubjectFacts, clause: Clause, at: datetime) -> datetime | None:
    ends = []
    for refusal in facts.refusals:
        about_purpose = (
            refusal.purpose is not None
            and clause.kind == "use"
            and root(versions, "purposes", refusal.purpose) == clause.roots[1]
        )
        about_clause = refusal.clause is not None and (str(clause.kind), clause.roots) == _newest_meaning(
            versions, refusal.clause
        )
        end = refusal.at + timedelta(days=versions[-1].policy.quiet_days)
        if (about_purpose or about_clause) and refusal.at <= at < end:
            ends.append(end)
    return max(ends) if ends else None


def _newest_meaning(versions: list[PolicyVersion], text: str) -> tuple[str, tuple[str, ...]] | None:
    for version in reversed(versions):
        for clause in version.clauses:
            if squeeze(clause.id) == squeeze(text):
                return str(clause.kind), clause.roots
    return None


def _use(versions: list[PolicyVersion], facts: SubjectFacts, question: Question, item: str) -> Row:
    purpose = root(versions, "purposes", question.purpose)
    for stopped in (facts.restricted, facts.objected):
        if "all" in stopped or purpose in {root(versions, "purposes", one) for one in stopped}:
            return Row("deny", "use.restricted")
    clause = _clause_in(versions[-1], "use", item, purpose)
    if clause is None:
        return Row("deny", "silence")
    if clause.parts[2] == "consent":
        return _on_consent(versions, facts, question, clause)
    if (str(clause.kind), clause.roots) in permissions(versions, facts, question.at):
        return Row("permit", "use.stated", clause.id)
    return _ask_agreement(versions, facts, question, clause, "use.stated.new")


def _share(versions: list[PolicyVersion], facts: SubjectFacts, question: Question, item: str) -> Row:
    if question.ground is None:
        return Row("deny", "share.ground", missing="ground")
    if facts.restricted or facts.objected:
        return Row("deny", "share.restricted")
    clause = _clause_in(versions[-1], "share", item, root(versions, "recipients", question.recipient), "consent")
    if clause is None:
        return Row("deny", "silence")
    return _on_consent(versions, facts, question, clause)


def _on_consent(versions: list[PolicyVersion], facts: SubjectFacts, question: Question, clause: Clause) -> Row:
    at = question.at
    asked = hash_in(versions[-1], clause.roots)
    given = [one for one in facts.consents if is_for(versions, one, clause) and one.clause_hash == asked]
    valid = [one for one in given if is_valid(versions, facts, one, clause, at)]
    if valid:
        ends = [one.expires_at for one in valid]
        until = None if None in ends else max(end for end in ends if end is not None)
        return Row("permit", "consent.valid", clause.id, until)
    withdrawn = [one for one in given if one.given_at <= at and one.withdrawn_at is not None and one.withdrawn_at <= at]
    if clause.kind == "share" and withdrawn:
        return Row("deny", "share.withdrawn", clause.id)
    if signal(facts, at) == "signalled":
        return Row("deny", "consent.gpc", clause.id, obligations=(("do_not_ask", None, None),))
    until = _quiet_until(versions, facts, clause, at)
    if until is not None:
        return Row("deny", "consent.quiet", clause.id, until, obligations=(("do_not_ask", None, until),))
    return Row("ask", "consent.ask", clause.id, missing="consent", clause_hash=asked)


# --- section 5: consent --------------------------------------------------------------------------------------------


def is_for(versions: list[PolicyVersion], consent: Consent, clause: Clause) -> bool:
    """Say whether the consent speaks of the clause's item and of its purpose or recipient."""
    if clause.roots[0] not in {root(versions, "items", one) for one in consent.items}:
        return False
    if clause.kind == "share":
        return consent.recipient is not None and root(versions, "recipients", consent.recipient) == clause.roots[1]
    return consent.recipient is None and root(versions, "purposes", consent.purpose) == clause.roots[1]


def hash_in(version: PolicyVersion, roots: tuple[str, ...]) -> str | None:
    """Return what a consent to this cell is bound to in a version; None where the version has no such cell."""
    for clause in version.clauses:
        if clause.kind == "use" and clause.roots == roots and clause.parts[2] == "consent":
            return consent_hash(version.policy, purpose=clause.parts[1])
        if clause.kind == "share" and clause.roots == roots and clause.parts[2] == "consent":
            return consent_hash(version.policy, recipient=clause.parts[1])
    return None


def is_valid(
    versions: list[PolicyVersion], facts: SubjectFacts, consent: Consent, clause: Clause, at: datetime
) -> bool:
    """Say whether it is given, and not withdrawn, expired, ended or suspended."""
    given = consent.given_at <= at
    withdrawn = consent.withdrawn_at is not None and consent.withdrawn_at <= at
    expired = consent.expires_at is not None and consent.expires_at <= at
    return given and not (
        withdrawn or expired or ended(versions, facts, consent, clause) or suspended(facts, consent, at)
    )


def ended(versions: list[PolicyVersion], facts: SubjectFacts, consent: Consent, clause: Clause) -> bool:
    """Say whether the meaning changed, or the clause was absent for a version, since it was given."""
    if consent.version is not None:
        since = consent.version
        if since not in {version.number for version in versions}:
            return True
    else:
        same = [
            version.number
            for version in in_force(versions, facts)
            if hash_in(version, clause.roots) == consent.clause_hash
        ]
        since = min(same) if same else versions[-1].number
    return any(hash_in(version, clause.roots) != consent.clause_hash for version in versions if version.number >= since)


def signal(facts: SubjectFacts, at: datetime) -> str:
    """Return `none`, `signalled` or `overridden` at an instant."""
    if facts.gpc is None:
        return "none"
    events = []
    if facts.gpc.signalled_at is not None:
        events.append((facts.gpc.signalled_at, 0, "signalled"))
    else:
        events.append((datetime.min.replace(tzinfo=UTC), 0, "signalled"))
    if facts.gpc.overridden_at is not None:
        events.append((facts.gpc.overridden_at, 1, "overridden"))
    past = sorted(event for event in events if event[0] <= at)
    return past[-1][2] if past else "none"


def suspended(facts: SubjectFacts, consent: Consent, at: datetime) -> bool:
    """Say whether the signal came after the yes, and the yes was not given again since."""
    if facts.gpc is None:
        return False
    now = signal(facts, at)
    if now == "overridden":
        return facts.gpc.overridden_at is not None and consent.given_at < facts.gpc.overridden_at
    if now == "signalled":
        return facts.gpc.signalled_at is None or consent.given_at <= facts.gpc.signalled_at
    return False
