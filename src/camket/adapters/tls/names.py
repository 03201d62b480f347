"""Under which names this machine is reached on its own network, and no further.

Source: RFC 1918 and RFC 4193 (private addresses), RFC 3927 (link-local IPv4), RFC 6762 section 3 (`.local`).
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

import ifaddr

from camket.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LAN_NETWORKS: Final[tuple[Network, ...]] = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7"))
)
LOOPBACK_NETWORKS: Final[tuple[Network, ...]] = tuple(map(ip_network, ("127.0.0.0/8", "::1/128")))
LOCAL_DOMAIN: Final = "local"
LOCALHOST: Final = "localhost"

_ALWAYS: Final[tuple[Address, ...]] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
HTTPS_PORT: Final = 443
# Asking for the way to an address sends nothing; this one is kept for documents and belongs to no one (RFC 5737).
_SOMEWHERE_ELSE: Final = ("198.51.100.1", 9)


@dataclass(frozen=True, kw_only=True, slots=True)
class LanNames:
    """What a certificate for the local network stands for.

    Args:
        chosen: the name or address that people are given; the first of those below it stands for.
        addresses: of this machine; private or loopback, no other.
        hosts: names; `localhost` and names under `.local`, no other.

    Raises:
        SettingsError: a name or an address that is reached from elsewhere too.
    """

    chosen: str
    addresses: tuple[Address, ...]
    hosts: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in (*map(str, self.addresses), *self.hosts, self.chosen):
            if not is_local(name):
                raise SettingsError(
                    f"`{name}` is no name of a local network: the local certificate authority signs for private "
                    "addresses, `.local` names and `localhost` alone. For a public name leave `lan` out and put a "
                    "reverse proxy with TLS in front"
                )

    def netloc(self, port: int, *, default: int = HTTPS_PORT) -> str:
        """Return host and port as they stand in the address that people are given; the scheme's default is left out."""
        return _netloc(self.chosen, port, default)

    def netlocs(self, port: int) -> frozenset[str]:
        """Return every name of the certificate as a browser writes it into `Host`."""
        return frozenset(_netloc(name, port, HTTPS_PORT) for name in (*map(str, self.addresses), *self.hosts))


def is_local(name: str) -> bool:
    """Tell whether a host name or address is one of a local network or of this machine alone."""
    try:
        address = ip_address(name)
    except ValueError:
        labels = name.split(".")
        return name == LOCALHOST or (
            len(labels) > 1 and labels[-1] == LOCAL_DOMAIN and all(_LABEL.fullmatch(label) for label in labels)
        )
    return any(address in network for network in (*LAN_NETWORKS, *LOOPBACK_NETWORKS))


def addresses_of_this_machine() -> tuple[Address, ...]:
    """Return the private addresses that others on its networks reach this machine by.

    Returns:
        The one on the way out first, then by interface; empty where the machine is on no private network.
    """
    found: list[Address] = []
    for interface in ifaddr.get_adapters():
        for one in interface.ips:
            address = ip_address(one.ip if isinstance(one.ip, str) else one.ip[0])
            if any(address in network for network in LAN_NETWORKS) and address not in found:
                found.append(address)
    on_the_way_out = _on_the_way_out()
    return tuple(sorted(found, key=lambda address: (address != on_the_way_out, address.version)))


def names_for(addresses: Iterable[Address], *, host_name: str, given: str | None = None) -> LanNames:
    """Return the names that the certificate carries.

    Args:
        addresses: of this machine on its private networks, the preferred first.
        host_name: as the system gives it; its first label names the machine under `.local`.
        given: the name or address that the operator wants people to be given; the first address when None.

    Raises:
        SettingsError: the machine is on no private network and no name is given, or the given one is public.
    """
    own = tuple(addresses)
    if given is None and not own:
        raise SettingsError(
            "this machine has no address on a local network, so no phone could reach it: connect it to the shop's "
            "Wi-Fi or cable and start again, or name the address in `origin`"
        )
    chosen = given.lower() if given is not None else str(own[0])
    label = host_name.partition(".")[0].lower()
    hosts = [LOCALHOST]
    if _LABEL.fullmatch(label) and label != LOCALHOST:
        hosts.append(f"{label}.{LOCAL_DOMAIN}")
    listed = [*own, *_ALWAYS]
    try:
        named = ip_address(chosen)
    except ValueError:
        hosts.append(chosen)
    else:
        listed.append(named)
    return LanNames(chosen=chosen, addresses=tuple(dict.fromkeys(listed)), hosts=tuple(dict.fromkeys(hosts)))


def _netloc(name: str, port: int, default: int) -> str:
    host = f"[{name}]" if ":" in name else name
    return host if port == default else f"{host}:{port}"


def _on_the_way_out() -> Address | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(_SOMEWHERE_ELSE)
        except OSError:  # there is no way out
            return None
        return ip_address(asking.getsockname()[0])
