"""What a policy may not declare although each line of it is well formed: promises that cannot all be kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from camket.core.errors import nearest
from camket.core.policy import dpv
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Basis, Channel, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from camket.core.policy.declarations import Declarations
    from camket.core.policy.model import Item, Purpose, Recipient, Service, Text

MIN_QUIET_DAYS: Final = 180
"""Asking again sooner after a no is pressure (EDPB guidelines 03/2022 on deceptive patterns)."""


LAW_PROFILES: Final = ("vn-pdpl-2025", "eu-gdpr")

_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_COUNTRY: Final = re.compile("[A-Z]{2}")
_PHONE: Final = re.compile(r"\+[1-9]\d{0,2}( ?\d){4,12}")


def find_contradictions(declared: Declarations) -> None:
    """Add every contradiction to the report of what was read; an empty id was reported when it was read."""
    _find_reused_ids(declared)
    _find_same_labels(declared)
    _find_in_head(declared)
    _find_in_items(declared)
    _find_in_purposes(declared)
    _find_in_recipients(declared)
    _find_unused(declared)
    _find_in_services(declared)
    _find_in_clocks(declared)


def _find_reused_ids(declared: Declarations) -> None:
    groups: tuple[tuple[str, Iterable[Service | Item | Purpose | Recipient]], ...] = (
        ("services", declared.services),
        ("items", declared.items),
        ("purposes", declared.purposes),
        ("recipients", declared.recipients),
    )
    report = declared.report
    for section, group in groups:
        owners: dict[str, str] = {each.id: each.id for each in group}
        for each in group:
            for former in each.renamed_from:
                line = report.line_of(section, each.id, "renamed_from", former)
                if owners.get(former) == each.id:
                    report.find(line, f"`{former}` stands twice in the names of `{each.id}`")
                elif former in owners:
                    message = (
                        f"`{each.id}` was never `{former}`: that id is `{owners[former]}`'s, and ids are not reused"
                    )
                    report.find(line, message)
                else:
                    owners[former] = each.id


def _find_same_labels(declared: Declarations) -> None:
    report = declared.report
    groups: tuple[tuple[str, Iterable[tuple[str, Text]]], ...] = (
        ("services", ((each.id, each.label) for each in declared.services)),
        ("items", ((each.id, each.label) for each in declared.items)),
        ("purposes", ((each.id, each.label) for each in declared.purposes)),
        ("recipients", ((each.id, each.label) for each in declared.recipients)),
        ("rights", ((str(each.right), each.label) for each in declared.rights)),
    )
    for section, group in groups:
        owners: dict[tuple[str, str], str] = {}
        for name, label in group:
            for language, said in label.items():
                owner = owners.setdefault((language, said.casefold()), name)
                if owner != name and said:
                    line = report.line_of(section, name, "label", language)
                    report.find(
                        line, f"label `{said}` is also the label of `{owner}`; people could not tell them apart"
                    )


def _find_in_head(declared: Declarations) -> None:
    report = declared.report
    if declared.law_profile and declared.law_profile not in LAW_PROFILES:
        message = f"law profile `{declared.law_profile}` is not known{nearest(declared.law_profile, LAW_PROFILES)}"
        report.find(report.line_of("law"), message)
    email, phone = declared.controller.email, declared.controller.phone
    if email and not _EMAIL.fullmatch(email):
        report.find(report.line_of("controller", "email"), f"`{email}` is not an e-mail address")
    if phone and not _PHONE.fullmatch(phone):
        message = f"`{phone}` is not a phone number with its country code, such as `+84 28 0000 0000`"
        report.find(report.line_of("controller", "phone"), message)
    reachable = [item.id for item in declared.items if item.required and item.kind is ItemKind.EMAIL]
    if declared.items and len(reachable) != 1:
        named = ", ".join(f"`{name}`" for name in reachable) or "none"
        message = f"sign-in codes go to the one required item of kind `email`; there is {named}"
        report.find(report.line_of("items"), message)


def _find_in_items(declared: Declarations) -> None:
    report = declared.report
    services = [service.id for service in declared.services]
    for item in declared.items:
        for way in item.collected:
            if way.service and way.service not in services:
                line = report.line_of("items", item.id, "collected", way.service)
                message = f"item `{item.id}` is collected by undeclared service `{way.service}`"
                report.find(line, message + nearest(way.service, services))
        if item.category and item.category not in declared.categories:
            line = report.line_of("items", item.id, "category")
            report.find(
                line, f"category `{item.category}` is not declared{nearest(item.category, declared.categories)}"
            )
        schedule = declared.kept_as.get(item.id, "")
        if schedule and schedule not in declared.retention:
            line = report.line_of("items", item.id, "keep")
            report.find(line, f"retention `{schedule}` is not declared{nearest(schedule, declared.retention)}")
        _find_unregistered(declared, item)
        _find_in_holding(declared, item)
        _find_unknown_term(declared, ("items", item.id, "dpv"), item.dpv, dpv.PERSONAL_DATA)


def _find_unregistered(declared: Declarations, item: Item) -> None:
    given = [way.service for way in item.collected if way.source is Source.PROVIDED]
    if item.required and declared.registration_service and declared.registration_service not in given and all(given):
        declared.report.find(
            declared.report.line_of("items", item.id, "required"),
            f"item `{item.id}` is required, but `{declared.registration_service}`, which registers, does not collect it"
            " as provided",
        )


def _find_in_holding(declared: Declarations, item: Item) -> None:
    """Find what only the vault could keep, of an item that an app keeps in its own tables."""
    if item.kind is not ItemKind.HOLDING:
        return
    named = f"item `{item.id}` is a holding, which an app keeps in its own tables"
    ways = [way.source for way in item.collected if way.service]
    shared = any(item.id in items for one in declared.recipients for items in one.shares.values())
    found = (
        ("required", item.required, "registration cannot ask for it"),
        ("collected", Source.OBSERVED in ways, "it is `provided`, never `observed`"),
        ("keep", item.maximum.days is not None, "it lives as long as the account: choose a retention of `account`"),
        ("keep", item.legal_minimum is not None, "no key of ours can hold it back: choose no legal minimum"),
        ("kind", shared, "no recipient can be given it through the gate"),
    )
    for key, wrong, message in found:
        if wrong:
            declared.report.find(declared.report.line_of("items", item.id, key), f"{named}; {message}")


def _find_unknown_term(declared: Declarations, path: tuple[str, ...], term: str, known: frozenset[str]) -> None:
    if term and term not in known:
        message = f"`{term}` is not a term of the Data Privacy Vocabulary that fits here"
        declared.report.find(declared.report.line_of(*path), message + nearest(term, known))


def _find_in_purposes(declared: Declarations) -> None:
    report = declared.report
    items = {item.id: item for item in declared.items}
    for purpose in declared.purposes:
        if RIGHTS_PURPOSE in (purpose.id, *purpose.renamed_from):
            report.find(
                report.line_of("purposes", purpose.id),
                f"purpose `{RIGHTS_PURPOSE}` is reserved for the subject's own rights; choose another id",
            )
        for name in purpose.items:
            if name not in items:
                line = report.line_of("purposes", purpose.id, "items", name)
                report.find(line, f"purpose `{purpose.id}` uses undeclared item `{name}`{nearest(name, items)}")
        _find_unknown_term(declared, ("purposes", purpose.id, "dpv"), purpose.dpv, dpv.PURPOSES)


def _find_in_recipients(declared: Declarations) -> None:
    report = declared.report
    items = [item.id for item in declared.items]
    for recipient in declared.recipients:
        if not recipient.shares:
            line = report.line_of("recipients", recipient.id)
            report.find(line, f"recipient `{recipient.id}` receives nothing; name a ground and items, or remove it")
        for ground, shared in recipient.shares.items():
            line = report.line_of("recipients", recipient.id, "shares", ground)
            if ground not in declared.grounds:
                report.find(
                    line, f"recipient `{recipient.id}` receives on ground `{ground}`, which is not in `grounds`"
                )
            if not shared:
                report.find(line, f"recipient `{recipient.id}` receives no item on ground `{ground}`")
            for name in shared:
                if name not in items:
                    at = report.line_of("recipients", recipient.id, "shares", ground, name)
                    report.find(
                        at, f"recipient `{recipient.id}` receives undeclared item `{name}`{nearest(name, items)}"
                    )
        _find_unknown_term(declared, ("recipients", recipient.id, "dpv"), recipient.dpv, dpv.RECIPIENTS)
        _find_country(declared, ("recipients", recipient.id, "country"), recipient.country)


def _find_unused(declared: Declarations) -> None:
    report = declared.report
    used = {name for purpose in declared.purposes for name in purpose.items}
    stated = {name for purpose in declared.purposes if purpose.basis is Basis.STATED for name in purpose.items}
    for item in declared.items:
        if item.id not in used:
            report.find(
                report.line_of("items", item.id), f"item `{item.id}` is used for no purpose; then do not collect it"
            )
        elif item.required and item.id not in stated:
            report.find(
                report.line_of("items", item.id, "required"),
                f"item `{item.id}` is required, but every purpose that uses it needs consent; a yes cannot be forced",
            )
    categories = {item.category for item in declared.items}
    for category in declared.categories:
        if category not in categories and "" not in categories:
            report.find(report.line_of("categories", category), f"category `{category}` has no item")
    kept = set(declared.kept_as.values())
    for schedule in declared.retention:
        if schedule not in kept and "" not in kept:
            report.find(report.line_of("retention", schedule), f"retention `{schedule}` keeps no item")


def _find_in_services(declared: Declarations) -> None:
    report = declared.report
    services = [service.id for service in declared.services]
    if declared.registration_service and declared.registration_service not in services:
        message = f"registration is in undeclared service `{declared.registration_service}`"
        report.find(report.line_of("registration"), message + nearest(declared.registration_service, services))
    for name in dict.fromkeys(notice.service for notice in declared.notices):
        if name not in services:
            message = f"notices are declared for undeclared service `{name}`"
            report.find(report.line_of("notices", name), message + nearest(name, services))
    told = {notice.service for notice in declared.notices if notice.channel is Channel.PAGE}
    for service in services:
        if service not in told:
            message = f"service `{service}` has no `page` notice: every change is posted on the policy page"
            report.find(report.line_of("notices", service), message)


def _find_in_clocks(declared: Declarations) -> None:
    report = declared.report
    quiet = ("clocks", "quiet")
    if quiet in report.lines and declared.quiet_days < MIN_QUIET_DAYS:
        message = f"`quiet` is {declared.quiet_days} days; after a no, do not ask again for at least {MIN_QUIET_DAYS}"
        report.find(report.line_of(*quiet), message)
    _find_country(declared, ("controller", "country"), declared.controller.country)
    _find_country(declared, ("relay", "country"), declared.relay.country)


def _find_country(declared: Declarations, path: tuple[str, ...], country: str) -> None:
    if country and not _COUNTRY.fullmatch(country):
        declared.report.find(
            declared.report.line_of(*path), f"country `{country}` must be two capital letters, such as `VN`"
        )
