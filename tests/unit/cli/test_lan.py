"""The settings of `serve --lan` fit together or stop the start, and the terminal says how a phone gets in."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from pathlib import Path
from string import Formatter

import pytest
import zxingcpp
from PIL import Image
from typer.testing import CliRunner

from camket.cli import serve
from camket.cli.lan import announce_lan, lan_names, listen_on_lan
from camket.cli.lan_sentences import SENTENCES
from camket.config import Settings, load_settings
from camket.core.errors import SettingsError
from camket.core.terms import Language
from camket.web.lan import Lan

QUAY = "https://quay.local:8443"
HOSTS = frozenset(
    {"quay.local:8443", "10.0.0.5:8443", "[fd00::2]:8443", "localhost:8443", "127.0.0.1:8443", "[::1]:8443"}
)
DOTS = {" ": (0, 0), "▀": (255, 0), "▄": (0, 255), "█": (255, 255)}
"""Brightness of the upper and lower half of each character of the code."""
RELAY = "smtp://relay.example"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PORT", "CAMKET_DEVELOPMENT", "CAMKET_DATA", "CAMKET_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def lan(**settings: object) -> Settings:
    """Return settings with `lan`."""
    return load_settings(**({"lan": True, "smtp_url": RELAY, "port": 0, "origin": QUAY} | settings))


def test_others_reach_it_so_mail_needs_a_relay() -> None:
    """Development's mailbox never stands in for a relay where the network can read it."""
    settings = lan(smtp_url=None, development=True)
    assert settings.reached_by_others
    assert not settings.mailbox_shown
    with pytest.raises(SettingsError, match="`lan` lets others on the network reach the service, so `smtp_url`"):
        settings.require_mail_carrier()
    lan().require_mail_carrier()


def test_the_given_name_stands_in_the_certificate() -> None:
    """A name of the local network in `origin` is the one that people get."""
    assert lan_names(lan()).netloc(8443) == "quay.local:8443"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"origin": "https://shop.example:8443"}, "put a reverse proxy with TLS in front"),
        ({"origin": "https://quay.local"}, "port 8443"),
        ({"origin": "https://quay.local:9000"}, "make `origin` and `lan_port` fit"),
        ({"origin": "http://localhost:8443"}, "answers on https"),
        ({"proxy": "127.0.0.1"}, "two ways to the same end"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, object], said: str) -> None:
    """A public name, another port, plain http or a proxy: each message says what to change."""
    with pytest.raises(SettingsError, match=said):
        lan_names(lan(**settings))


def test_both_listeners_stand_on_every_interface() -> None:
    """IPv4 and IPv6 of a listener share their port, 0 takes a free one, and the origin names the encrypted one."""
    port = _free_port()
    with ExitStack() as stack:
        listeners = listen_on_lan(lan(lan_port=port, origin=f"https://quay.local:{port}"), stack)
        plain, encrypted = ({one.getsockname()[1] for one in some} for some in (listeners.plain, listeners.encrypted))
        assert (plain, encrypted) == ({listeners.settings.port}, {port})
        assert port not in plain | {0}
        assert {one.getsockname()[0] for one in listeners.plain} <= {"0.0.0.0", "::"}  # noqa: S104 - it is tested
        assert listeners.settings.public_origin == f"https://quay.local:{port}"


def test_one_named_address_is_the_only_one() -> None:
    """With `host` both listeners stand on that address alone."""
    with ExitStack() as stack:
        port = _free_port()
        settings = lan(host="127.0.0.2", lan_port=port, origin=f"https://quay.local:{port}")
        listeners = listen_on_lan(settings, stack)
        assert [one.getsockname()[0] for one in (*listeners.plain, *listeners.encrypted)] == ["127.0.0.2"] * 2


@pytest.mark.parametrize(("taken", "setting"), [("port", "PORT"), ("lan_port", "`lan_port`")])
def test_a_port_in_use_is_named_with_its_setting(taken: str, setting: str) -> None:
    """The message says which of the two ports is taken and what to set."""
    with ExitStack() as stack, socket.create_server(("127.0.0.2", 0)) as other:
        busy, free = other.getsockname()[1], _free_port()
        ports = {"port": free, "lan_port": _free_port()} | {taken: busy}
        settings = lan(host="127.0.0.2", origin=f"https://quay.local:{ports['lan_port']}", **ports)
        with pytest.raises(SettingsError, match=rf"port {busy} cannot be had.*set {setting} to another port"):
            listen_on_lan(settings, stack)


@pytest.mark.parametrize(("locale", "words"), [("vi_VN.UTF-8", "Dấu vân tay"), ("en_GB.UTF-8", "fingerprint")])
def test_the_terminal_shows_how_a_phone_gets_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, locale: str, words: str
) -> None:
    """The code, the whole fingerprint, numbered steps, and the encrypted address, in the operator's language."""
    monkeypatch.setenv("LANG", locale)
    pairs = [f"{number:02X}" for number in range(32)]
    announce_lan(
        Lan(
            origin=QUAY, page="http://quay.local:8000/lan", hosts=HOSTS, port=8443, authority="camket LAN 00",
            certificate=b"", fingerprint=":".join(pairs),
        )
    )  # fmt: skip
    said = capsys.readouterr().out
    assert words in said
    assert re.findall(r"\b[0-9A-F]{2}(?=[:\n])", said)[:32] == pairs
    assert said.count("█") > 100
    assert "http://quay.local:8000/lan" in said
    assert [one for one in ("  1. ", "  2. ", "  3. ") if said.count(one) != 2] == []
    assert QUAY in said
    assert said.splitlines()[-1].endswith(": 10.0.0.5:8443, [fd00::2]:8443")


def test_the_code_in_the_terminal_is_read_by_a_camera(capsys: pytest.CaptureFixture[str]) -> None:
    """The code drawn in characters, light on dark as terminals are, leads to the page."""
    page = "http://192.168.1.20:8000/lan"
    announce_lan(
        Lan(origin=QUAY, page=page, hosts=frozenset(), port=8443, authority="", certificate=b"", fingerprint="00:01")
    )
    rows = [line for line in capsys.readouterr().out.splitlines() if line and set(line) <= set(DOTS)]
    halves = [[DOTS[character][half] for character in row] for row in rows for half in (0, 1)]
    drawn = Image.new("L", (len(halves[0]), len(halves)))
    drawn.putdata([dot for row in halves for dot in row])
    seen = drawn.resize((drawn.width * 8, drawn.height * 8), Image.Resampling.NEAREST)
    assert [code.text for code in zxingcpp.read_barcodes(seen)] == [page]


def test_both_languages_say_the_same() -> None:
    """Line for line, the two languages fill in the same places."""
    places = [
        [{name for _, name, _, _ in Formatter().parse(line) if name} for line in SENTENCES[language]]
        for language in Language
    ]
    assert places[0] == places[1]


def test_a_port_for_a_listener_that_is_not_there_is_refused() -> None:
    """`--lan-port` without `--lan` would say nothing, so the start says that."""
    ran = CliRunner().invoke(serve.app, ["--lan-port", "8443"])
    assert ran.exit_code == 2
    assert "`--lan-port` says nothing without `--lan`" in ran.output


def _free_port() -> int:
    with socket.create_server(("127.0.0.2", 0)) as asking:
        port: int = asking.getsockname()[1]
        return port
