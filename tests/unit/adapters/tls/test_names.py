"""Under which names a machine is reached on its own network."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from camket.adapters.tls.names import LAN_NETWORKS, addresses_of_this_machine, is_local, names_for
from camket.core.errors import SettingsError
from tests.unit.adapters.tls.conftest import ADDRESSES


def test_a_machine_is_reached_by_its_addresses_and_its_local_name() -> None:
    """Addresses, host name under `.local` and loopback stand in the certificate; people get the first address."""
    names = names_for(ADDRESSES, host_name="Stall.lan")
    assert names.netloc(8443) == "192.168.1.20:8443"
    assert names.netlocs(8443) == {
        "192.168.1.20:8443",
        "[fd12:3456:789a::20]:8443",
        "127.0.0.1:8443",
        "[::1]:8443",
        "localhost:8443",
        "stall.local:8443",
    }


def test_the_port_of_https_is_not_written() -> None:
    """A browser leaves port 443 out of `Host`, and so do we."""
    assert names_for(ADDRESSES, host_name="stall", given="quay.local").netloc(443) == "quay.local"


def test_a_given_name_is_what_people_get() -> None:
    """The name in `origin` comes first and stands in the certificate, whatever interfaces there are."""
    assert names_for((), host_name="stall", given="Quay.local").netloc(8443) == "quay.local:8443"
    assert ip_address("10.1.2.3") in names_for(ADDRESSES, host_name="stall", given="10.1.2.3").addresses


@pytest.mark.parametrize("host_name", ["", "localhost", "not a name", "-x", "tên"])
def test_a_host_name_that_is_none_is_left_out(host_name: str) -> None:
    """What cannot stand in a certificate does not, and keeps nothing from starting."""
    assert names_for(ADDRESSES, host_name=host_name).hosts == ("localhost",)


def test_no_network_is_said_clearly() -> None:
    """Without an address and without a name no phone could come, so the start says what to do."""
    with pytest.raises(SettingsError, match="no address on a local network"):
        names_for((), host_name="stall")


@pytest.mark.parametrize("given", ["shop.example", "8.8.8.8", "local", "2001:4860:4860::8888", "a..local", "x_y.local"])
def test_a_public_name_is_refused(given: str) -> None:
    """What is reached from elsewhere gets no certificate of ours, and the message names the other way."""
    with pytest.raises(SettingsError, match="reverse proxy"):
        names_for(ADDRESSES, host_name="stall", given=given)


def test_this_machine_names_private_addresses_only() -> None:
    """What this machine is asked for is private, whatever interfaces it has, and none comes twice."""
    found = addresses_of_this_machine()
    assert all(any(address in network for network in LAN_NETWORKS) for address in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("name", "local"),
    [("10.0.0.1", True), ("172.31.255.255", True), ("172.32.0.1", False), ("fd00::1", True), ("fe80::1", False),
     ("100.64.0.1", False), ("localhost", True), ("a.b.local", True), ("local.example", False)],
)  # fmt: skip
def test_what_is_local(name: str, local: bool) -> None:  # noqa: FBT001 - a table's column
    """Private addresses, `.local` and this machine; not link-local IPv6, which no browser can be led to."""
    assert is_local(name) is local
