"""The slow evaluator's names and folds: sections 1 and 2 of the semantics, by the text."""

import hashlib
from datetime import datetime
from typing import Any

from camket.core.gate.question import Agreement, SubjectFacts
from camket.core.policy.model import PolicyVersion

WHOLE = "the version whole"
STRENGTH = ["session", "email_code", "email_and_phone", "passkey", "in_person"]
OPEN_TO_ALL = {"session", "email_code"}


def root(versions: list[PolicyVersion], kind: str, name: str | None) -> str | None:
    """Return the first id that a name's thing ever had; None for a name that no version knows."""
    for version in reversed(versions):
        for declared in getattr(version.policy, kind):
            if name == declared.id or name in declared.renamed_from:
                return str(declared.renamed_from[0]) if declared.renamed_from else str(declared.id)
    return None


def declared_now(versions: list[PolicyVersion], kind: str, name: str | None) -> bool:
    """Say whether the newest version declares the thing, under whatever name."""
    thing = root(versions, kind, name)
    roots = {(one.renamed_from or (one.id,))[0] for one in getattr(versions[-1].policy, kind)}
    return thing is not None and thing in roots


def counted(facts: SubjectFacts, at: datetime) -> list[Agreement]:
    """Return the agreements that count at an instant."""
    return [
        one
        for one in facts.agreements
        if one.at <= at and not (one.withdrawn_at is not None and one.withdrawn_at <= at)
    ]


def agreed(version: PolicyVersion, facts: SubjectFacts, at: datetime) -> set[Any]:
    """Return the clauses of a version that the subject agreed to, by kind and roots, or `WHOLE` among them."""
    found: set[Any] = set()
    for agreement in counted(facts, at):
        if agreement.version == version.number:
            if agreement.clause is None:
                found.add(WHOLE)
            for clause in version.clauses:
                if agreement.clause is not None and squeeze(agreement.clause) == squeeze(clause.id):
                    found.add((str(clause.kind), clause.roots))
    return found


def squeeze(text: str) -> str:
    """Return a clause without its white space."""
    return text.replace(" ", "").replace("\t", "").replace("\n", "")


def _cells(version: PolicyVersion, *kinds: str) -> set[Any]:
    return {(str(clause.kind), clause.roots) for clause in version.clauses if clause.kind in kinds}


def in_force(versions: list[PolicyVersion], facts: SubjectFacts) -> list[PolicyVersion]:
    """Return the versions that concern the subject: from the one they joined under."""
    return [version for version in versions if version.number >= facts.joined]


def permissions(versions: list[PolicyVersion], facts: SubjectFacts, at: datetime) -> set[Any]:
    """E(n) = V(n) AND (E(n-1) OR agreed(n, clause))."""
    first, *later = in_force(versions, facts)
    effective = _cells(first, "collect", "use", "share")
    for version in later:
        yes = agreed(version, facts, at)
        stands = _cells(version, "collect", "use", "share")
        effective = stands if WHOLE in yes else {cell for cell in stands if cell in effective or cell in yes}
    return effective


def keep(versions: list[PolicyVersion], facts: SubjectFacts, at: datetime) -> set[tuple[str, str]]:
    """For each item every maximum that binds, as text; of two by the same clock the shorter."""
    first, *later = in_force(versions, facts)
    bound = {roots[0]: {no_clock(roots[1])} for _, roots in _cells(first, "keep")}
    for version in later:
        yes = agreed(version, facts, at)
        if WHOLE in yes:
            bound = {}
        for cell in _cells(version, "keep"):
            item, maximum = cell[1]
            bound[item] = {no_clock(maximum)} if cell in yes else bound.get(item, set()) | {no_clock(maximum)}
    return {(item, one) for item, every in bound.items() for one in every if _is_shortest(one, every)}


def no_clock(maximum: str) -> str:
    """As long as the account exists is the same by any clock."""
    return "account" if maximum.startswith("account@") else maximum


def _is_shortest(maximum: str, every: set[str]) -> bool:
    if maximum == "account":
        return True
    days, clock = maximum.removeprefix("P").split("D@")
    return all(int(other[1:].split("D@")[0]) >= int(days) for other in every if other.endswith(f"@{clock}"))


def rights(versions: list[PolicyVersion], facts: SubjectFacts, at: datetime) -> dict[str, dict[str, str]]:
    """R(n) = V(n) OR (R(n-1) minus the reductions agreed at n), for each attribute the better value."""
    first, *later = in_force(versions, facts)
    held = _granted(first)
    for version in later:
        now, yes = _granted(version), agreed(version, facts, at)
        if WHOLE in yes:
            held = now
            continue
        after = {}
        for right in held.keys() | now.keys():
            if right not in held:
                after[right] = now[right]
            elif right not in now:
                if ("right", (right, "present", "no")) not in yes:
                    after[right] = held[right]
            else:
                after[right] = {
                    name: value if ("right", (right, name, value)) in yes else _better(name, held[right][name], value)
                    for name, value in now[right].items()
                }
                after[right]["reply"] = _shorter(after[right]["reply"], after[right]["complete"])
        held = after
    return held


def _granted(version: PolicyVersion) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for clause in version.clauses:
        if clause.kind == "right" and clause.parts[1] != "present":
            found.setdefault(clause.parts[0], {})[clause.parts[1]] = clause.parts[2]
    return found


def _better(attribute: str, old: str, new: str) -> str:
    if attribute == "verification":
        raised = STRENGTH.index(new) > STRENGTH.index(old)
        return new if raised and new in OPEN_TO_ALL else old
    return _shorter(old, new)


def _shorter(one: str, other: str) -> str:
    return min(one, other, key=lambda value: int(value.removeprefix("P").removesuffix("D")))


def notices(versions: list[PolicyVersion], facts: SubjectFacts, at: datetime) -> dict[tuple[str, str], int]:
    """For each service and channel the days of lead; more is better, and a channel is better than none."""
    first, *later = in_force(versions, facts)
    held = _told(first)
    for version in later:
        now, yes = _told(version), agreed(version, facts, at)
        if WHOLE in yes:
            held = now
            continue
        for service, channel in held.keys() | now.keys():
            values = {value for kind, (one, two, value) in _yes_notices(yes) if (one, two) == (service, channel)}
            days = now.get((service, channel), -1)
            if not values:
                days = max(days, held.get((service, channel), -1))
            held = {key: value for key, value in held.items() if key != (service, channel)}
            if days >= 0:
                held[service, channel] = days
    return held


def _yes_notices(yes: set[Any]) -> list[tuple[str, tuple[str, str, str]]]:
    return [cell for cell in yes if cell != WHOLE and cell[0] == "notice"]


def _told(version: PolicyVersion) -> dict[tuple[str, str], int]:
    return {
        (clause.roots[0], clause.roots[1]): int(clause.parts[2][1:-1])
        for clause in version.clauses
        if clause.kind == "notice" and clause.parts[2] != "none"
    }


def grounds(versions: list[PolicyVersion], facts: SubjectFacts, at: datetime) -> set[str]:
    """A ground other than the law's own is there only if it was there all along."""
    first, *later = in_force(versions, facts)
    held = {str(one) for one in first.policy.grounds}
    for version in later:
        now = {str(one) for one in version.policy.grounds}
        held = now if WHOLE in agreed(version, facts, at) else {one for one in now if one in held | {"law", "consent"}}
    return held


def fold_lines(versions: list[PolicyVersion], facts: SubjectFacts, at: datetime) -> list[str]:
    """Return the effective policy as clauses, sorted."""
    lines = [f"{kind}({', '.join(roots)})" for kind, roots in permissions(versions, facts, at)]
    lines += [f"keep({item}, {maximum})" for item, maximum in keep(versions, facts, at)]
    for right, terms in rights(versions, facts, at).items():
        lines += [f"right({right}, {name}, {value})" for name, value in terms.items()]
    lines += [f"notice({s}, {c}, P{days}D)" for (s, c), days in notices(versions, facts, at).items()]
    lines += [f"ground({ground})" for ground in grounds(versions, facts, at)]
    return sorted(lines)


def history_hash(versions: list[PolicyVersion], facts: SubjectFacts, at: datetime) -> str:
    """Return the hash of the effective policy."""
    return hashlib.sha256("\n".join(fold_lines(versions, facts, at)).encode()).hexdigest()
