"""`camket serve --lan`: https for phones on the same network, beside a plain page that says how to trust it.

The encrypted listener answers everything, the plain one only what `camket.web.lan` answers.
"""

from __future__ import annotations

import io
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import segno
import typer

from camket.adapters.tls import addresses_of_this_machine, names_for, open_authority, serving_file
from camket.cli.lan_sentences import lan_sentences
from camket.cli.ledger_sentences import default_language
from camket.cli.listening import Served, listen
from camket.core.errors import SettingsError
from camket.web.app import create_app
from camket.web.guards import LOOPBACK_NAMES, without_port
from camket.web.lan import TRUST_PAGE, Lan, create_trust_app

if TYPE_CHECKING:
    from contextlib import ExitStack

    from camket.adapters.tls import LanNames
    from camket.bootstrap import Runtime
    from camket.client.loading import LoadedApp
    from camket.config import Settings

EVERY_IPV4: Final = "0.0.0.0"  # noqa: S104 - phones come from the network, and that is what was asked for
EVERY_IPV6: Final = "::"
TLS_FOLDER: Final = "tls"
HTTPS_PORT: Final = 443
HTTP_PORT: Final = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class LanListeners:
    """Both listeners, before anything is served on them.

    Args:
        settings: with the ports and the origin as they turned out.
        names: what the certificate stands for.
        plain: sockets for http.
        encrypted: sockets for https.
    """

    settings: Settings
    names: LanNames
    plain: tuple[socket.socket, ...]
    encrypted: tuple[socket.socket, ...]


def listen_on_lan(settings: Settings, stack: ExitStack) -> LanListeners:
    """Return sockets for both listeners; the stack closes them.

    Raises:
        SettingsError: settings contradict each other, the machine is on no network, or a port cannot be had.
    """
    names = lan_names(settings)
    plain = _listen(settings, settings.port, "PORT", stack)
    encrypted = _listen(settings, settings.lan_port, "`lan_port`", stack)
    port = encrypted[0].getsockname()[1]
    found = {"port": plain[0].getsockname()[1], "lan_port": port, "origin": f"https://{names.netloc(port)}"}
    return LanListeners(settings=settings.model_copy(update=found), names=names, plain=plain, encrypted=encrypted)


def serve_on_lan(runtime: Runtime, listeners: LanListeners, apps: tuple[LoadedApp, ...]) -> tuple[Lan, list[Served]]:
    """Return how the service is reached on the network, and what answers there.

    Raises:
        TlsError: the files of the certificate authority cannot be used.

    Effects:
        The authority is made where there is none yet; the certificate is renewed where that is due.
    """
    settings, names, now = runtime.settings, listeners.names, runtime.context.clock.now()
    folder = settings.data / TLS_FOLDER
    authority = open_authority(folder, now)
    certificate = serving_file(folder, authority, names, now)
    plain = names.netloc(settings.port, default=HTTP_PORT)
    lan = Lan(
        origin=settings.public_origin,
        page=f"http://{plain}{TRUST_PAGE}",
        hosts=names.netlocs(settings.lan_port),
        port=settings.lan_port,
        authority=authority.name,
        certificate=authority.certificate,
        fingerprint=authority.fingerprint,
    )
    everything = create_app(runtime, apps, lan_hosts=lan.hosts)
    return lan, [
        Served(app=everything, sockets=listeners.encrypted, certificate=certificate),
        Served(app=create_trust_app(runtime, lan), sockets=listeners.plain),
    ]


def announce_lan(lan: Lan) -> None:
    """Print how a phone gets in: a QR code of the page that says it, the fingerprint, and the steps."""
    drawn = io.StringIO()
    segno.make(lan.page, micro=False).terminal(drawn, border=2, compact=True)
    lines = lan_sentences(
        default_language(),
        page=lan.page,
        origin=lan.origin,
        authority=lan.authority,
        fingerprint=lan.fingerprint,
        code=drawn.getvalue(),
        others=tuple(sorted(host for host in lan.hosts if not _of_this_machine_alone(host, lan))),
    )
    for line in lines:
        typer.echo(line)


def _of_this_machine_alone(host: str, lan: Lan) -> bool:
    return without_port(host) in LOOPBACK_NAMES or f"https://{host}" == lan.origin


def lan_names(settings: Settings) -> LanNames:
    """Return the names that the certificate carries.

    Raises:
        SettingsError: `origin` is public or names another port, a proxy is named too, or the machine is on no network.
    """
    if settings.proxy is not None:
        raise SettingsError("`proxy` and `lan` are two ways to the same end; leave one of them out")
    given = None
    if settings.origin is not None:
        parts = urlsplit(settings.origin)
        given, port = parts.hostname, parts.port or HTTPS_PORT
        if parts.scheme != "https" or port != settings.lan_port:
            raise SettingsError(
                f"`origin` is `{settings.origin}`, and with `lan` the service answers on https, port "
                f"{settings.lan_port}; make `origin` and `lan_port` fit, or leave `origin` out"
            )
    return names_for(addresses_of_this_machine(), host_name=socket.gethostname(), given=given)


def _listen(settings: Settings, port: int, setting: str, stack: ExitStack) -> tuple[socket.socket, ...]:
    if not settings.loopback:
        return (stack.enter_context(listen(settings.host, port, setting=setting)),)
    first = stack.enter_context(listen(EVERY_IPV4, port, setting=setting))
    if not socket.has_ipv6:
        return (first,)
    return first, stack.enter_context(listen(EVERY_IPV6, first.getsockname()[1], setting=setting))
