"""One authority for every test that only reads it, and names that a stall's laptop would have."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

import pytest

from camket.adapters.tls.authority import Authority, make_authority
from camket.adapters.tls.names import LanNames, names_for

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ADDRESSES = (ip_address("192.168.1.20"), ip_address("fd12:3456:789a::20"))


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Return an authority made at `NOW`."""
    return make_authority(NOW)


@pytest.fixture
def names() -> LanNames:
    """Return the names of a machine with two addresses."""
    return names_for(ADDRESSES, host_name="Stall.lan")
