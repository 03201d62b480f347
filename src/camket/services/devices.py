"""What signing in shows about the device, collected item by item as the policy declares, and listed device by device.

Items are known by their ids: `device.id`, `device.model`, `device.os_version`, `device.browser`, `device.network` (P5),
`signin.time` (P6) and `service.use` (P4). What the version in force does not declare for the account service is not
looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from camket.core.intake import Accepted, validate
from camket.core.policy.model import Collection
from camket.core.terms import Outcome, Source
from camket.services.ids import ID_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from camket.core.gate.history import Standing
    from camket.core.policy.model import Policy
    from camket.ports import Unit
    from camket.services.context import Context

ACCOUNT: Final = "account"
COLLECTOR: Final = "service:account"
DEVICE_ITEMS: Final = ("device.id", "device.model", "device.os_version", "device.browser", "device.network")
DEVICE_NAME: Final = "device.name"
"""What its subject calls a device; kept and forgotten with it."""
LONGEST_FACT: Final = 120
LONGEST_HEADER: Final = 512
"""So much of a header is read: what a stranger may make long is bounded before it is searched."""

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?:;\s*v="([^"]*)")?')
_SYSTEMS: Final = (
    (re.compile(r"Android (\d+(?:\.\d+)*)"), "Android {}"),
    (re.compile(r"(?:iPhone|CPU) OS (\d+(?:_\d+)*)"), "iOS {}"),
    (re.compile(r"Mac OS X (\d+(?:[._]\d+)*)"), "macOS {}"),
    (re.compile(r"Windows NT (\d+(?:\.\d+)*)"), "Windows NT {}"),
    (re.compile(r"(CrOS|Linux)"), "{}"),
)
_BROWSERS: Final = (
    (re.compile(r"Edg(?:A|iOS)?/(\d+)"), "Edge {}"),
    (re.compile(r"OPR/(\d+)"), "Opera {}"),
    (re.compile(r"SamsungBrowser/(\d+)"), "Samsung Internet {}"),
    (re.compile(r"(?:Firefox|FxiOS)/(\d+)"), "Firefox {}"),
    (re.compile(r"(?:Chrome|CriOS)/(\d+)"), "Chrome {}"),
    (re.compile(r"Version/(\d+)(?:\.\d+)* .*Safari/"), "Safari {}"),
)
_ANDROID_MODEL = re.compile(r"Android [^;)]*; ([^;)]+?)(?: Build/[^;)]*)?\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceFacts:
    """What one request shows of the device that sent it; *personal*. None where it shows nothing."""

    model: str | None = field(default=None, repr=False)
    os_version: str | None = field(default=None, repr=False)
    browser: str | None = field(default=None, repr=False)
    network: str | None = field(default=None, repr=False)


def device_facts(headers: Mapping[str, str], address: str | None) -> DeviceFacts:
    """Read client hints, and the user agent where there are none.

    Args:
        headers: *personal*; names in small letters.
        address: *personal*; network address, or None.

    Source: W3C User-Agent Client Hints; reduced user agents say model `K` and Android `10`, which tells nothing.
    """
    agent = _header(headers, "user-agent")
    return DeviceFacts(
        model=_bounded(_hint(headers, "sec-ch-ua-model") or _model(agent)),
        os_version=_bounded(_system_hint(headers) or _first(_SYSTEMS, agent)),
        browser=_bounded(_brand(headers) or _first(_BROWSERS, agent)),
        network=_bounded(address),
    )


def device_id(subject_id: str, browser: str) -> str:
    """Return the id of one browser as one subject's device: random to everyone else, and the same each time."""
    return sha256(f"device {subject_id} {browser}".encode()).digest()[:ID_BYTES].hex()


def describes_device(item: str) -> bool:
    """Say whether an item describes one device; its rows are named `<device id>.<item>`."""
    return item.startswith("device.")


def device_of(row_id: str, item: str) -> str | None:
    """Return the id of the device that a row describes; None where it describes none."""
    return row_id.removesuffix(f".{item}") if describes_device(item) and row_id.endswith(f".{item}") else None


def collect_device_in(
    unit: Unit,
    ctx: Context,
    *,
    standing: Standing,
    first: bool,
    subject_id: str,
    browser: str,
    facts: DeviceFacts,
    now: datetime,
) -> str:
    """Collect what signing in shows, in the caller's unit of work, and return the device's id.

    The rows of a device are named by its id, so that a device that comes again replaces what it said before. What the
    gate does not permit for this subject is left out, and on record as refused. `standing` is where they stand in this
    unit; `first` says that they were confirmed in it, so that no device of theirs has a name yet.
    """
    device = device_id(subject_id, browser)
    offered = {
        "device.id": device,
        "device.model": facts.model,
        "device.os_version": facts.os_version,
        "device.browser": facts.browser,
        "device.network": facts.network,
        "service.use": ACCOUNT,
        "signin.time": now.isoformat(timespec="seconds"),
    }
    values = accepted(standing.history.newest.policy, offered)
    row_ids = {item: f"{device}.{item}" for item in values if item in DEVICE_ITEMS}
    row_ids |= {item: f"{subject_id}.{item}.{ACCOUNT}" for item in values if item == "service.use"}
    while values:
        collected = ctx.door.collect_in(
            unit,
            actor=COLLECTOR,
            subject_id=subject_id,
            values=values,
            service=ACCOUNT,
            source=Source.OBSERVED,
            row_ids=row_ids,
            standing=standing,
        )
        if collected.decision.outcome is Outcome.PERMIT:
            break
        permitted = {one.item for one in collected.decision.items if one.outcome is Outcome.PERMIT}
        values = {item: value for item, value in values.items() if item in permitted}
    if "device.id" in values and not first:
        # The name that its subject gave it is kept as long as the device is seen.
        unit.values.mark_used([f"{device}.{DEVICE_NAME}"], at=now)
    return device


def accepted(policy: Policy, offered: Mapping[str, str | None]) -> dict[str, str]:
    """Return those of the observed values that the policy declares for the account service, in their canonical form."""
    values = {}
    for item in policy.items:
        text = offered.get(item.id)
        if text is None or Collection(service=ACCOUNT, source=Source.OBSERVED) not in item.collected:
            continue
        answer = validate(item.kind, text)
        if isinstance(answer, Accepted):
            values[item.id] = answer.value
    return values


def _bounded(text: str | None) -> str | None:
    return text[:LONGEST_FACT] if text else None


def _header(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name, "")[:LONGEST_HEADER]


def _hint(headers: Mapping[str, str], name: str) -> str | None:
    found = _QUOTED.search(_header(headers, name))
    return found.group(1) or None if found else None


def _system_hint(headers: Mapping[str, str]) -> str | None:
    platform = _hint(headers, "sec-ch-ua-platform")
    version = _hint(headers, "sec-ch-ua-platform-version")
    return f"{platform} {version}" if platform and version else None


def _brand(headers: Mapping[str, str]) -> str | None:
    brands = [
        (name, version)
        for name, version in _QUOTED.findall(_header(headers, "sec-ch-ua"))
        if "Brand" not in name and name != "Chromium"
    ]
    return " ".join(brands[0]).strip() if brands else None


def _model(agent: str) -> str | None:
    found = _ANDROID_MODEL.search(agent)
    return found.group(1) if found and found.group(1) != "K" else None


def _first(patterns: tuple[tuple[re.Pattern[str], str], ...], agent: str) -> str | None:
    for pattern, shape in patterns:
        found = pattern.search(agent)
        if found:
            return shape.format(found.group(1).replace("_", "."))
    return None
