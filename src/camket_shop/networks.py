"""Reading lists of networks, as operators write them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


def read_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list such as `192.168.1.0/24, 10.0.0.7`; none for an empty text.

    Raises:
        ValueError: a part is no network; it is named.
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError:
            message = f"`{part}` is no network such as `192.168.1.0/24`"
            raise ValueError(message) from None
    return tuple(found)
