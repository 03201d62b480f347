"""Random policies, histories, subjects and questions out of a small space of ids, so that things meet often."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any, TypeVar

from camket.core.consent.facts import Consent, Gpc, Refusal
from camket.core.consent.state import rests_on_consent
from camket.core.gate.question import Agreement, Hold, Question, SubjectFacts
from camket.core.policy.compile import clauses_of
from camket.core.policy.model import (
    PERMISSIONS,
    Clause,
    ClauseKind,
    Clock,
    Collection,
    Controller,
    Item,
    ItemKind,
    Limit,
    NoticeTerms,
    Policy,
    PolicyVersion,
    Purpose,
    Recipient,
    Relay,
    RightTerms,
    Service,
)
from camket.core.policy.version import consent_hash
from camket.core.terms import (
    Action,
    Basis,
    Case,
    CaseAct,
    Channel,
    Ground,
    Language,
    LawCase,
    LawKind,
    ProtectionCase,
    ProtectionKind,
    Right,
    Source,
    SubjectState,
    TermsCase,
    Verification,
)

T = TypeVar("T")

START = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = {Language.VI: "chữ", Language.EN: "text"}
ITEMS = ("email", "phone", "log.path", "picture")
SERVICES = ("account", "shop")
PURPOSES = ("provide", "improve", "promote", "shop")
RECIPIENTS = ("bank", "partner")


@dataclass(frozen=True, kw_only=True)
class World:
    """What one random history is made of."""

    versions: list[PolicyVersion]
    rng: Random

    def names(self, kind: str) -> list[str]:
        """Return every name of a kind that any version declares or remembers."""
        found = {
            name
            for version in self.versions
            for one in getattr(version.policy, kind)
            for name in (one.id, *one.renamed_from)
        }
        return sorted(found)


def make_policy(**parts: Any) -> Policy:  # noqa: ANN401 - any field
    """Return a policy with nothing in it but what is given."""
    empty: dict[str, Any] = {
        "id": "p",
        "title": TEXT,
        "languages": (Language.VI, Language.EN),
        "law_profile": "vn",
        "controller": Controller(
            name=TEXT, address=TEXT, email="privacy@quay.example", phone="+842800000000", country="VN", officer=TEXT
        ),
        "relay": Relay(name="relay", country="VN"),
        "registration_service": "account",
        "services": (),
        "categories": {},
        "items": (),
        "purposes": (),
        "recipients": (),
        "grounds": tuple(Ground),
        "rights": (),
        "notices": (),
        "quiet_days": 30,
        "cooling_off_days": 0,
        "unconfirmed_hours": 24,
        "record_days": 730,
        "prose": {},
        "terms": {},
    }
    return Policy(**(empty | parts))


def make_version(number: int, policy: Policy) -> PolicyVersion:
    """Return a policy as a version, with its clauses."""
    return PolicyVersion(number=number, policy=policy, document_hash="", meaning_hash="", clauses=clauses_of(policy))


def make_item(name: str, **parts: Any) -> Item:  # noqa: ANN401 - any field
    """Return an item that is given in the service `account` and kept with the account."""
    plain: dict[str, Any] = {
        "label": TEXT,
        "why": TEXT,
        "category": "c",
        "kind": ItemKind.TEXT,
        "dpv": "pd:Thing",
        "collected": (Collection(service="account", source=Source.PROVIDED),),
        "maximum": Limit(clock=Clock.COLLECTED, days=None, reason=TEXT),
    }
    return Item(id=name, **(plain | parts))


def make_purpose(name: str, items: Sequence[str], *, basis: Basis = Basis.STATED, **parts: Any) -> Purpose:  # noqa: ANN401 - any field
    """Return a purpose for these items."""
    plain: dict[str, Any] = {"label": TEXT, "explains": TEXT, "dpv": "dpv:Purpose"}
    return Purpose(id=name, items=tuple(items), basis=basis, **(plain | parts))


def make_recipient(name: str, shares: dict[Ground, tuple[str, ...]], **parts: Any) -> Recipient:  # noqa: ANN401 - any field
    """Return a recipient in Vietnam."""
    plain: dict[str, Any] = {"label": TEXT, "explains": TEXT, "dpv": "dpv:Recipient", "country": "VN"}
    return Recipient(id=name, shares=shares, **(plain | parts))


def make_service(name: str, **parts: Any) -> Service:  # noqa: ANN401 - any field
    """Return a service."""
    return Service(id=name, label=TEXT, does=TEXT, **parts)


def make_right(right: Right, **parts: Any) -> RightTerms:  # noqa: ANN401 - any field
    """Return a right that is free and answered within 2 and 20 days."""
    plain: dict[str, Any] = {
        "present": True,
        "label": TEXT,
        "explains": TEXT,
        "reply_days": 2,
        "complete_days": 20,
        "fee_vnd": 0,
        "verification": Verification.EMAIL_CODE,
    }
    return RightTerms(right=right, **(plain | parts))


# --- random histories ----------------------------------------------------------------------------------------------


def some(rng: Random, values: Sequence[T], chance: float = 0.5) -> tuple[T, ...]:
    """Return each value by chance, in order."""
    return tuple(value for value in values if rng.random() < chance)


def world(rng: Random, most_versions: int = 6) -> World:
    """Return a random history of one to six versions."""
    things: dict[str, dict[str, tuple[str, ...]]] = {
        "services": {name: (name,) for name in SERVICES},
        "items": {name: (name,) for name in ITEMS},
        "purposes": {name: (name,) for name in PURPOSES},
        "recipients": {name: (name,) for name in RECIPIENTS},
    }
    # Each declaration changes only now and then, so that much stands through a history and some of it comes back.
    drawn: dict[tuple[str, str], Any] = {}
    versions = []
    for number in range(1, rng.choice((1, 2, 2, 3, 3, 4, most_versions)) + 1):
        if number > 1:
            _rename(rng, things, number)
        versions.append(make_version(number, _random_policy(rng, things, drawn)))
    return World(versions=versions, rng=rng)


def _rename(rng: Random, things: dict[str, dict[str, tuple[str, ...]]], number: int) -> None:
    for names in things.values():
        for root in names:
            if rng.random() < 0.08:
                names[root] = (*names[root], f"{root}{number}")


def again(rng: Random, drawn: dict[tuple[str, str], Any], key: tuple[str, str], new: Any) -> Any:  # noqa: ANN401 - whatever is drawn
    """Return what was drawn before, or now and then something new."""
    if key not in drawn or rng.random() < 0.3:
        drawn[key] = new()
    return drawn[key]


def _random_policy(
    rng: Random, things: dict[str, dict[str, tuple[str, ...]]], drawn: dict[tuple[str, str], Any]
) -> Policy:
    stand = {
        kind: {
            root: names
            for root, names in every.items()
            if again(rng, drawn, (kind, root), lambda: rng.random() < 0.85) or root in {"account", "email"}
        }
        for kind, every in things.items()
    }
    now = {kind: {root: names[-1] for root, names in every.items()} for kind, every in stand.items()}

    def draw(kind: str, what: str, root: str, new: Any) -> Any:  # noqa: ANN401 - whatever is drawn
        return again(rng, drawn, (f"{kind}.{what}", root), new)

    def collected(root: str) -> tuple[Collection, ...]:
        ways = draw("items", "ways", root, lambda: some(rng, [(s, o) for s in SERVICES for o in Source]))
        found = tuple(
            Collection(service=now["services"][service], source=source)
            for service, source in ways
            if service in now["services"]
        )
        return found or (Collection(service=now["services"]["account"], source=Source.PROVIDED),)

    def listed(kind: str, what: str, root: str) -> tuple[str, ...]:
        roots = draw(kind, what, root, lambda: some(rng, ITEMS, 0.6))
        return tuple(now["items"][item] for item in roots if item in now["items"])

    grounds = draw("policy", "grounds", "", lambda: some(rng, tuple(Ground), 0.85))
    return make_policy(
        services=tuple(make_service(names[-1], renamed_from=names[:-1]) for names in stand["services"].values()),
        items=tuple(
            make_item(
                names[-1],
                renamed_from=names[:-1],
                collected=collected(root),
                maximum=draw("items", "maximum", root, lambda: _random_limit(rng)),
            )
            for root, names in stand["items"].items()
        ),
        purposes=tuple(
            make_purpose(
                names[-1],
                listed("purposes", "items", root),
                renamed_from=names[:-1],
                basis=draw("purposes", "basis", root, lambda: rng.choice((Basis.STATED, Basis.CONSENT))),
                dpv=draw("purposes", "dpv", root, lambda: rng.choice(("dpv:A", "dpv:A", "dpv:B"))),
            )
            for root, names in stand["purposes"].items()
        ),
        recipients=tuple(
            make_recipient(
                names[-1],
                {
                    ground: listed("recipients", str(ground), root)
                    for ground in draw("recipients", "on", root, lambda: some(rng, tuple(Ground), 0.6))
                    if ground in grounds
                },
                renamed_from=names[:-1],
                country=draw("recipients", "country", root, lambda: rng.choice(("VN", "VN", "SG"))),
            )
            for root, names in stand["recipients"].items()
        ),
        grounds=grounds,
        rights=tuple(
            draw("rights", "terms", str(right), lambda right=right: _random_right(rng, right))
            for right in (Right.ACCESS, Right.ERASE)
            if draw("rights", "stated", str(right), lambda: rng.random() < 0.9)
        ),
        notices=tuple(
            NoticeTerms(service=name, channel=channel, lead_days=lead)
            for root, name in now["services"].items()
            for channel in Channel
            for lead in draw("notices", str(channel), root, lambda: some(rng, (rng.choice((0, 7, 30)),), 0.6))
        ),
        quiet_days=rng.choice((0, 10, 30)),
    )


def _random_limit(rng: Random) -> Limit:
    return Limit(
        clock=rng.choice((Clock.COLLECTED, Clock.LAST_USED)), days=rng.choice((None, 1, 30, 90, 400)), reason=TEXT
    )


def _random_right(rng: Random, right: Right) -> RightTerms:
    return make_right(
        right,
        present=rng.random() < 0.85,
        reply_days=rng.choice((1, 2, 5)),
        complete_days=rng.choice((10, 20, 30)),
        fee_vnd=rng.choice((0, 0, 50_000)),
        verification=rng.choice(tuple(Verification)),
    )


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


def make_case(
    ground: Ground,
    *,
    items: frozenset[str],
    acts: frozenset[CaseAct],
    law_19_case: str | None = None,
    told: datetime | None = None,
) -> Case:
    """Return a case with all of its evidence."""
    if ground is Ground.LAW:
        return LawCase(
            kind=LawKind.LEGAL_PROCESS,
            reference="K-1",
            acts=acts,
            items=items,
            authority="a court",
            document="12/QD",
            article="Art. 1",
            dated=date(2026, 1, 1),
            due_at=START,
            notice_delayed_until=told,
            delay_basis="Art. 2" if told else None,
            law_19_case=law_19_case,
        )
    if ground is Ground.TERMS:
        return TermsCase(
            reference="T-1",
            acts=acts,
            items=items,
            clause="4.2",
            terms_version=1,
            what_happened="a breach",
            law_19_case=law_19_case,
        )
    return ProtectionCase(
        kind=ProtectionKind.FRAUD,
        reference="P-1",
        acts=acts,
        items=items,
        what_happened="a fraud",
        why_this_data="it shows who",
        law_19_case=law_19_case,
    )


def never_agreed(facts: SubjectFacts) -> SubjectFacts:
    """Return the same subject without a single yes."""
    return replace(facts, agreements=(), consents=())
