"""The shape of `policy.yaml`: which keys there are and what each holds.

`docs/reference/policy-format.md` explains it for those who write one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.policy.fields import Field, Report
from camket.core.policy.model import (
    Clock,
    Collection,
    Controller,
    Item,
    ItemKind,
    LegalMinimum,
    Limit,
    NoticeTerms,
    Purpose,
    Recipient,
    Relay,
    RightTerms,
    Service,
    Text,
)
from camket.core.terms import Basis, Channel, Ground, Language, Right, Source, Verification

if TYPE_CHECKING:
    from camket.core.policy.parse import Node

FORMAT: Final = 1
ACCOUNT: Final = "account"
"""A maximum retention: as long as the account exists."""

MOST_APPROVALS: Final = 2
"""Four eyes: more people than two are not asked for a yes before a version is published."""

_TOP: Final = (
    "camket",
    "id",
    "title",
    "languages",
    "law",
    "registration",
    "controller",
    "relay",
    "services",
    "categories",
    "retention",
    "items",
    "purposes",
    "recipients",
    "grounds",
    "rights",
    "notices",
    "clocks",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A named retention that items refer to: one maximum, and the legal minimum where a law sets one."""

    maximum: Limit
    legal_minimum: LegalMinimum | None


_KEPT_SOMEHOW: Final = Schedule(
    maximum=Limit(clock=Clock.COLLECTED, days=None, reason={}),
    legal_minimum=None,
)


def _nobody() -> Controller:
    return Controller(name={}, address={}, email="", phone="", country="", officer={})


@dataclass(kw_only=True, slots=True)
class Declarations:
    """What was read; stand-ins where something was not usable. An empty id means: already found wrong."""

    report: Report
    id: str = ""
    title: Text = field(default_factory=dict)
    law_profile: str = ""
    registration_service: str = ""
    controller: Controller = field(default_factory=_nobody)
    relay: Relay = field(default_factory=lambda: Relay(name="", country=""))
    services: list[Service] = field(default_factory=list)
    categories: dict[str, Text] = field(default_factory=dict)
    retention: dict[str, Schedule] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    kept_as: dict[str, str] = field(default_factory=dict)
    purposes: list[Purpose] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    rights: list[RightTerms] = field(default_factory=list)
    notices: list[NoticeTerms] = field(default_factory=list)
    quiet_days: int = 0
    cooling_off_days: int = 0
    unconfirmed_hours: int = 0
    record_days: int = 0
    approvals: int = 1


def read_declarations(root: Node, report: Report) -> Declarations:
    """Read the whole document; what does not fit the shape is in the report."""
    declared = Declarations(report=report)
    parts = Field(node=root, path=(), line=1, report=report).parts(required=_TOP, optional=("publishing",))
    _read_head(declared, parts)
    _read_parties(declared, parts)
    declared.services = [_service(entry) for entry in parts["services"].named()]
    declared.categories = {entry.name: entry.words() for entry in parts["categories"].named()}
    declared.retention = {entry.name: _schedule(entry) for entry in parts["retention"].named()}
    declared.items = [_item(entry, declared) for entry in parts["items"].named()]
    declared.purposes = [_purpose(entry) for entry in parts["purposes"].named()]
    declared.recipients = [_recipient(entry) for entry in parts["recipients"].named()]
    declared.grounds = _grounds(parts["grounds"])
    declared.rights = _rights(parts["rights"])
    declared.notices = [term for entry in parts["notices"].named() for term in _notices(entry)]
    _read_clocks(declared, parts["clocks"])
    declared.approvals = _approvals(parts["publishing"])
    return declared


def _read_head(declared: Declarations, parts: dict[str, Field]) -> None:
    languages = _languages(parts["languages"])
    if languages:
        declared.report.languages = languages
    version = parts["camket"]
    if version.present and version.number() != FORMAT:
        version.find(f"format `{version.word()}` is not known; this version reads format {FORMAT}")
    declared.id = parts["id"].identifier()
    declared.title = parts["title"].words()
    declared.law_profile = parts["law"].text()
    declared.registration_service = parts["registration"].identifier()


def _languages(entry: Field) -> tuple[Language, ...]:
    listed = entry.listed()
    found = tuple(dict.fromkeys(each.choice(Language) for each in listed))
    if len(found) < len(listed):
        entry.find("`languages` names a language twice")
    return found


def _read_parties(declared: Declarations, parts: dict[str, Field]) -> None:
    keys = parts["controller"].parts(required=("name", "address", "email", "phone", "country", "officer"))
    declared.controller = Controller(
        name=keys["name"].words(),
        address=keys["address"].words(),
        email=keys["email"].text(),
        phone=keys["phone"].text(),
        country=keys["country"].text(),
        officer=keys["officer"].words(),
    )
    keys = parts["relay"].parts(required=("name", "country"))
    declared.relay = Relay(name=keys["name"].text(), country=keys["country"].text())


def _service(entry: Field) -> Service:
    keys = entry.parts(required=("label", "does"), optional=("renamed_from",))
    return Service(
        id=entry.name,
        label=keys["label"].words(),
        does=keys["does"].words(),
        renamed_from=_former(keys),
    )


def _former(keys: dict[str, Field]) -> tuple[str, ...]:
    return keys["renamed_from"].identifiers()


def _schedule(entry: Field) -> Schedule:
    keys = entry.parts(required=("maximum", "reason"), optional=("clock", "legal_minimum"))
    found_before = len(entry.report.findings)
    maximum = _maximum(keys)
    sound = len(entry.report.findings) == found_before
    minimum = _legal_minimum(keys["legal_minimum"])
    if minimum is not None and maximum.days is not None and minimum.days > maximum.days:
        if sound:
            message = f"the legal minimum of {minimum.days} days is longer than the maximum of {maximum.days} days"
            keys["legal_minimum"].find(message)
        minimum = None
    return Schedule(maximum=maximum, legal_minimum=minimum)


def _maximum(keys: dict[str, Field]) -> Limit:
    maximum, clock = keys["maximum"], keys["clock"]
    days: int | None = None
    if maximum.present and maximum.word() != ACCOUNT:
        days = maximum.span("days", least=1)
        if not clock.present:
            maximum.find("the maximum has no `clock`: say what starts it, `collected` or `last_used`")
    starts = clock.choice(Clock)
    if starts is Clock.ERASED:
        clock.find("a maximum cannot start at `erased`, which is what ends it; say `collected` or `last_used`")
        starts = Clock.COLLECTED
    return Limit(clock=starts, days=days, reason=keys["reason"].words())


def _legal_minimum(entry: Field) -> LegalMinimum | None:
    keys = entry.parts(required=("minimum", "clock", "article", "reason"))
    days = keys["minimum"].span("days", least=1)
    clock = keys["clock"].choice(Clock)
    article = keys["article"].text()
    reason = keys["reason"].words()
    if not keys["minimum"].present or not article.strip():
        return None
    return LegalMinimum(clock=clock, days=days, article=article, reason=reason)


def _item(entry: Field, declared: Declarations) -> Item:
    keys = entry.parts(
        required=("label", "why", "category", "kind", "dpv", "keep", "collected"),
        optional=("required", "sensitive", "renamed_from"),
    )
    kept_as = keys["keep"].identifier()
    declared.kept_as[entry.name] = kept_as
    schedule = declared.retention.get(kept_as, _KEPT_SOMEHOW)
    collected = _collected(keys["collected"], entry.name)
    return Item(
        id=entry.name,
        label=keys["label"].words(),
        why=keys["why"].words(),
        category=keys["category"].identifier(),
        kind=keys["kind"].choice(ItemKind),
        dpv=keys["dpv"].text(),
        collected=collected or (Collection(service="", source=Source.PROVIDED),),
        maximum=schedule.maximum,
        legal_minimum=schedule.legal_minimum,
        required=keys["required"].flag(),
        sensitive=keys["sensitive"].flag(),
        renamed_from=_former(keys),
    )


def _collected(entry: Field, item: str) -> tuple[Collection, ...]:
    found: list[Collection] = []
    for each in entry.listed():
        keys = each.parts(required=("service", "source"))
        collection = Collection(service=keys["service"].identifier(), source=keys["source"].choice(Source))
        if collection in found and collection.service:
            each.find(f"item `{item}` is collected twice by `{collection.service}` from the same source")
        else:
            entry.report.lines[("items", item, "collected", collection.service)] = each.line
            found.append(collection)
    if entry.empty:
        entry.find(f"item `{item}` is never collected: name a service and a source, or remove the item")
    return tuple(found)


def _purpose(entry: Field) -> Purpose:
    keys = entry.parts(required=("label", "explains", "basis", "dpv", "items"), optional=("renamed_from", "valid"))
    if keys["items"].empty:
        keys["items"].find(f"purpose `{entry.name}` uses no item; name one, or remove the purpose")
    basis = keys["basis"].choice(Basis)
    return Purpose(
        id=entry.name,
        label=keys["label"].words(),
        explains=keys["explains"].words(),
        basis=basis,
        dpv=keys["dpv"].text(),
        items=keys["items"].identifiers(),
        renamed_from=_former(keys),
        valid_days=_valid_days(keys["valid"], entry.name, basis),
    )


def _valid_days(entry: Field, purpose: str, basis: Basis) -> int | None:
    if not entry.present:
        return None
    days = entry.span("days", least=1)
    if basis is not Basis.CONSENT:
        entry.find(f"purpose `{purpose}` is stated; `valid` says how long a consent is good, and it asks for none")
        return None
    return days


def _recipient(entry: Field) -> Recipient:
    keys = entry.parts(required=("label", "explains", "country", "dpv", "shares"), optional=("renamed_from",))
    grounds = keys["shares"].parts(optional=tuple(Ground)).values()
    return Recipient(
        id=entry.name,
        label=keys["label"].words(),
        explains=keys["explains"].words(),
        country=keys["country"].text(),
        dpv=keys["dpv"].text(),
        shares={Ground(each.name): each.identifiers() for each in grounds if each.present},
        renamed_from=_former(keys),
    )


def _grounds(entry: Field) -> list[Ground]:
    found: list[Ground] = []
    for each in entry.listed():
        ground = each.choice(Ground)
        if ground in found and each.word() == ground:
            each.find(f"`grounds` lists `{ground}` twice")
        elif ground not in found:
            entry.report.lines[(*entry.path, ground)] = each.line
            found.append(ground)
    return found


def _rights(entry: Field) -> list[RightTerms]:
    rights = entry.parts(required=tuple(Right)).items()
    return [_right(Right(name), part) for name, part in rights if part.present]


def _right(right: Right, entry: Field) -> RightTerms:
    terms = ("label", "explains", "reply", "complete", "fee_vnd", "verification")
    absent = entry.says("present", "false")
    keys = entry.parts(optional=(*terms, "present")) if absent else entry.parts(required=terms, optional=("present",))
    keys["present"].flag()
    reply = keys["reply"].span("days")
    complete = keys["complete"].span("days")
    if reply > complete:
        keys["reply"].find(f"right `{right}` is answered after {reply} days but carried out after {complete}")
        complete = reply
    return RightTerms(
        right=right,
        present=not absent,
        label=keys["label"].words(),
        explains=keys["explains"].words(),
        reply_days=reply,
        complete_days=complete,
        fee_vnd=keys["fee_vnd"].number(),
        verification=keys["verification"].choice(Verification),
    )


def _notices(entry: Field) -> tuple[NoticeTerms, ...]:
    return tuple(
        NoticeTerms(service=entry.name, channel=Channel(each.name), lead_days=each.span("days"))
        for each in entry.parts(optional=tuple(Channel)).values()
        if each.present
    )


def _approvals(entry: Field) -> int:
    if not entry.present:
        return 1
    approvals = entry.parts(required=("approvals",))["approvals"]
    found_before = len(entry.report.findings)
    count = approvals.number()
    if 1 <= count <= MOST_APPROVALS:
        return count
    if approvals.present and len(entry.report.findings) == found_before:
        approvals.find(f"`approvals` is `{count}`; it must be 1, or 2 for four eyes")
    return 1


def _read_clocks(declared: Declarations, entry: Field) -> None:
    keys = entry.parts(required=("quiet", "cooling_off", "unconfirmed", "records"))
    declared.quiet_days = keys["quiet"].span("days")
    declared.cooling_off_days = keys["cooling_off"].span("days")
    declared.unconfirmed_hours = keys["unconfirmed"].span("hours", least=1)
    declared.record_days = keys["records"].span("days", least=1)
