"""Random subjects and questions about a random history."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any, TypeVar

from camket.core.consent.facts import Consent, Gpc, Refusal
from camket.core.consent.state import rests_on_consent
from camket.core.gate.question import Agreement, Hold, Question, SubjectFacts
from camket.core.policy.model import (
    PERMISSIONS,
    Clause,
    ClauseKind,
)
from camket.core.policy.version import consent_hash
from camket.core.terms import (
    Action,
    Case,
    CaseAct,
    Ground,
    Source,
    SubjectState,
)
from tests.property.gate.build import make_case
from tests.property.gate.draw_world import World, some

T = TypeVar("T")

START = datetime(2026, 1, 1, tzinfo=UTC)


# --- random subjects -----------------------------------------------------------------------------------------------


def instant(rng: Random) -> datetime:
    """Return one of forty days, at times on the minute that others meet too, in one of three zones."""
    day = START + timedelta(days=rng.randrange(40), hours=rng.choice((0, 12)))
    zone = rng.choice((UTC, UTC, timezone(timedelta(hours=7))))
    return day.astimezone(zone)


def _perhaps(rng: Random, value: T, chance: float = 0.3) -> T | None:
    return value if rng.random() < chance else None


def pick(rng: Random, world: World, kind: str) -> str:
    """Return a name of a kind, seldom one that nothing has."""
    names = world.names(kind)
    return rng.choice(names) if names and rng.random() > 0.04 else "nothing"


def _many(rng: Random, most: int) -> range:
    return range(rng.choice((0, 0, *range(1, most + 1))))


def subject(world: World) -> SubjectFacts:
    """Return random facts about a subject of this history."""
    rng = world.rng
    newest = len(world.versions)
    state = rng.choice((*[SubjectState.ACTIVE] * 8, SubjectState.PENDING, SubjectState.ERASED))
    consents = tuple(_consent(world) for _ in _many(rng, 6))
    if consents and rng.random() < 0.3:
        consents += (replace(consents[0], given_at=instant(rng), expires_at=_perhaps(rng, instant(rng), 0.7)),)
    return SubjectFacts(
        joined=rng.choice((1, rng.randint(1, newest), newest)),
        agreements=tuple(_agreement(world) for _ in _many(rng, 5)),
        consents=consents,
        refusals=tuple(_refusal(world) for _ in _many(rng, 3)),
        restricted=_stopped(world),
        objected=_stopped(world),
        gpc=gpc(rng),
        state=state,
        holds=tuple(
            Hold(item=pick(rng, world, "items"), article=rng.choice(("1", "2")), until=instant(rng))
            for _ in _many(rng, 3)
            if state is SubjectState.ERASED or rng.random() < 0.4
        ),
    )


def _agreement(world: World) -> Agreement:
    rng = world.rng
    # An answer to any version, sometimes to one that is not there, and now and then with another version's clause.
    number = rng.choice((len(world.versions), rng.randint(1, len(world.versions)), rng.randint(0, 8)))
    source = rng.choice((world.versions[min(max(number, 1), len(world.versions)) - 1], rng.choice(world.versions)))
    text = rng.choice(source.clauses).id
    if rng.random() < 0.2:
        text = text.replace(", ", rng.choice((",", " ,  ")))
    return Agreement(
        version=number,
        clause=None if rng.random() < 0.12 else text,
        at=instant(rng),
        withdrawn_at=_perhaps(rng, instant(rng)),
    )


def _consent(world: World) -> Consent:
    rng = world.rng
    given = instant(rng)
    cell = asked_for(world)
    if cell is not None and rng.random() < 0.75:
        purpose = cell.parts[1] if cell.kind is ClauseKind.USE else None
        recipient = cell.parts[1] if cell.kind is ClauseKind.SHARE else None
        items = tuple(dict.fromkeys((cell.parts[0], *some(rng, world.names("items"), 0.4))))
    else:
        recipient = _perhaps(rng, pick(rng, world, "recipients"), 0.4)
        purpose = _perhaps(rng, pick(rng, world, "purposes"), 0.5) if recipient else pick(rng, world, "purposes")
        items = some(rng, world.names("items"), 0.7)
    return Consent(
        purpose=purpose,
        items=items,
        recipient=recipient,
        clause_hash=hash_of(world, purpose or "", recipient),
        given_at=given,
        expires_at=_perhaps(rng, instant(rng)),
        withdrawn_at=_perhaps(rng, instant(rng)),
        version=_perhaps(rng, rng.randint(0, len(world.versions) + 1), 0.5),
    )


def asked_for(world: World) -> Clause | None:
    """Return a clause of some version that rests on consent."""
    clauses = [clause for version in world.versions for clause in version.clauses if rests_on_consent(clause)]
    return world.rng.choice(clauses) if clauses else None


def hash_of(world: World, purpose: str, recipient: str | None) -> str:
    """Return the hash of this meaning in some version that declares it, seldom another's, seldom garbage."""
    if world.rng.random() < 0.05:
        purpose, recipient = pick(world.rng, world, "purposes"), None
    kind, name = ("recipients", recipient) if recipient else ("purposes", purpose)
    found = [
        consent_hash(version.policy, **{kind[:-1]: one.id})
        for version in world.versions
        for one in getattr(version.policy, kind)
        if name in {one.id, *one.renamed_from} or name in (one.renamed_from or (one.id,))[:1]
    ]
    return world.rng.choice(found) if found and world.rng.random() > 0.06 else "garbage"


def _refusal(world: World) -> Refusal:
    rng = world.rng
    if rng.random() < 0.4:
        return Refusal(purpose=pick(rng, world, "purposes"), at=instant(rng))
    return Refusal(clause=rng.choice(rng.choice(world.versions).clauses).id, at=instant(rng))


def _stopped(world: World) -> frozenset[str]:
    rng = world.rng
    if rng.random() < 0.8:
        return frozenset()
    if rng.random() < 0.25:
        return frozenset({"all"})
    return frozenset({pick(rng, world, "purposes")})


def gpc(rng: Random) -> Gpc | None:
    """Return a signal, an override, both or neither."""
    kind = rng.choice(("none",) * 5 + ("signalled", "overridden", "both"))
    if kind == "none":
        return None
    return Gpc(
        signalled_at=instant(rng) if kind in {"signalled", "both"} else None,
        overridden_at=instant(rng) if kind in {"overridden", "both"} else None,
    )


# --- random questions ----------------------------------------------------------------------------------------------


def question(world: World, facts: SubjectFacts) -> Question:
    """Return a random question about this history's ids, at times about what the subject said something about."""
    rng = world.rng
    action = rng.choice((Action.COLLECT, Action.USE, Action.USE, Action.SHARE))
    names = world.names("items")
    items = tuple(rng.sample(names, rng.choice((1, 1, 1, 2)) if len(names) > 1 else 1))
    if rng.random() < 0.03:
        items = (*items, "nothing")
    ground = _perhaps(rng, rng.choice(tuple(Ground)), 0.15)
    if action is Action.SHARE:
        ground = rng.choice((Ground.CONSENT, Ground.CONSENT, Ground.CONSENT, rng.choice(tuple(Ground)), None))
    purpose = pick(rng, world, "purposes")
    if rng.random() < (0.4 if facts.holds else 0.06):
        purpose = "rights"
    mine: dict[str, Any] = {
        Action.COLLECT: {"service": pick(rng, world, "services"), "source": rng.choice(tuple(Source))},
        Action.USE: {"purpose": purpose},
        Action.SHARE: {"recipient": pick(rng, world, "recipients")},
    }[action]
    clause = rng.choice(rng.choice((world.versions[-1], rng.choice(world.versions))).clauses)
    if clause.kind in PERMISSIONS and rng.random() < 0.8:
        # A question that some version answers.
        item, second, third = clause.parts
        action, items = Action(clause.kind), (item,)
        mine = {
            Action.COLLECT: {"service": second, "source": Source(third)} if action is Action.COLLECT else {},
            Action.USE: {"purpose": second},
            Action.SHARE: {"recipient": second},
        }[action]
        if action is Action.SHARE:
            ground = Ground(third)
    if facts.consents and rng.random() < 0.2:
        said = rng.choice(facts.consents)
        items = said.items[:1] or items
        action = Action.SHARE if said.recipient else Action.USE
        mine = {"recipient": said.recipient} if said.recipient else {"purpose": said.purpose}
        ground = Ground.CONSENT if said.recipient else None
    if rng.random() < 0.05:
        mine = {}
    if rng.random() < 0.05:
        mine = mine | {rng.choice(("purpose", "service", "recipient")): rng.choice(("nothing", "provide", "rights"))}
    with_case = (ground is not None and ground is not Ground.CONSENT and rng.random() < 0.8) or rng.random() < 0.05
    return Question(
        action=action,
        items=items,
        at=instant(rng),
        ground=ground,
        case=_random_case(rng, world, ground) if with_case else None,
        **mine,
    )


def _random_case(rng: Random, world: World, asked: Ground | None) -> Case:
    ground = asked if asked not in {None, Ground.CONSENT} and rng.random() < 0.9 else rng.choice(tuple(Ground)[1:])
    items = frozenset(some(rng, world.names("items"), 0.8)) or frozenset({"email"})
    acts = frozenset(some(rng, tuple(CaseAct), 0.7)) or frozenset({CaseAct.PRESERVE})
    article = _perhaps(rng, rng.choice(("a", "e", "x")), 0.5)
    return make_case(
        ground or Ground.LAW, items=items, acts=acts, law_19_case=article, told=_perhaps(rng, instant(rng))
    )


def never_agreed(facts: SubjectFacts) -> SubjectFacts:
    """Return the same subject without a single yes."""
    return replace(facts, agreements=(), consents=())
