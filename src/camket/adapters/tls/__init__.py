"""TLS for a local network: a certificate authority of this installation's own, and the certificate it serves with."""

from camket.adapters.tls.authority import Authority
from camket.adapters.tls.files import open_authority, serving_file
from camket.adapters.tls.names import LanNames, addresses_of_this_machine, names_for

__all__ = ["Authority", "LanNames", "addresses_of_this_machine", "names_for", "open_authority", "serving_file"]
