"""Random histories out of a small space of ids, so that things meet often."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from camket.core.policy.model import (
    Clock,
    Collection,
    Limit,
    NoticeTerms,
    Policy,
    PolicyVersion,
    RightTerms,
)
from camket.core.terms import (
    Basis,
    Channel,
    Ground,
    Right,
    Source,
    Verification,
)
from tests.property.gate.build import (
    TEXT,
    make_item,
    make_policy,
    make_purpose,
    make_recipient,
    make_right,
    make_service,
    make_version,
)

T = TypeVar("T")

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
