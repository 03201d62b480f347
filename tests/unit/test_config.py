from __future__ import annotations

from pathlib import Path

import pytest

from camket.config import load_settings, settings_reference
from camket.core.errors import SettingsError


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PORT", "CAMKET_DEVELOPMENT", "CAMKET_DATA", "CAMKET_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_stand_without_any_setting() -> None:
    """Nothing set: loopback, port 8000, SQLite and keys in ./data, the default policy."""
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.store_url == "sqlite:///data/camket.db"
    assert settings.keys_folder == Path("data/keys")
    assert settings.policy == Path("policies/default")
    assert settings.public_origin == "http://localhost:8000"
    assert settings.checkpoint_origin == "localhost/ledger"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A setting in both places is the environment's; one in the file alone is the file's."""
    (tmp_path / "camket.toml").write_text('port = 9000\nworkers = 5\norigin = "https://shop.example/"\n')
    monkeypatch.setenv("PORT", "9100")
    settings = load_settings()
    assert (settings.port, settings.workers) == (9100, 5)
    assert settings.public_origin == "https://shop.example"
    assert settings.checkpoint_origin == "shop.example/ledger"


def test_the_file_that_is_named_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`CAMKET_CONFIG` names the file, wherever it lies."""
    (tmp_path / "other.toml").write_text("workers = 7\n")
    monkeypatch.setenv("CAMKET_CONFIG", str(tmp_path / "other.toml"))
    assert load_settings().workers == 7


def test_an_unknown_variable_stops_with_its_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """`CAMKET_WORKER` is not silently ignored."""
    monkeypatch.setenv("CAMKET_WORKER", "3")
    with pytest.raises(SettingsError, match=r"no setting `CAMKET_WORKER` \(did you mean `CAMKET_WORKERS`\?\)"):
        load_settings()


def test_an_unknown_key_in_the_file_stops_with_its_nearest_name(tmp_path: Path) -> None:
    """The file is as strict as the environment, and says which file it is."""
    (tmp_path / "camket.toml").write_text('prot = 1\nsmtp_ulr = "x"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).splitlines() == [
        "camket.toml: there is no setting `prot` (did you mean `port`?)",
        "camket.toml: there is no setting `smtp_ulr` (did you mean `smtp_url`?)",
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "70000"), ("CAMKET_WORKERS", "many"), ("CAMKET_LOG_LEVEL", "loud"), ("PORT", "-1")]
)
def test_a_value_that_cannot_hold_names_its_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Out of range or of another kind: the message names the setting as the environment calls it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_a_broken_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TOML that does not parse, and a file that is not there, stop the start with the file's name."""
    (tmp_path / "camket.toml").write_text("port = = 1\n")
    with pytest.raises(SettingsError, match=r"`camket.toml` is not valid TOML"):
        load_settings()
    monkeypatch.setenv("CAMKET_CONFIG", "absent.toml")
    with pytest.raises(SettingsError, match=r"`absent.toml` cannot be read"):
        load_settings()


def test_passwords_are_not_shown() -> None:
    """The addresses that may carry a password are in no representation of the settings."""
    settings = load_settings(smtp_url="smtps://u:secret@relay.example", database_url="postgresql://u:secret@db/x")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "mailbox"),
    [
        ({"development": True}, True),
        ({"development": True, "smtp_url": "smtp://relay.example"}, False),
        ({"smtp_url": "smtp://relay.example"}, False),
        ({"host": "0.0.0.0", "smtp_url": "smtp://relay.example"}, False),  # noqa: S104 - that it is refused is tested
    ],
)
def test_mail_has_a_way_out_or_the_service_does_not_serve(given: dict[str, object], mailbox: bool) -> None:  # noqa: FBT001 - a table's column
    """A relay, or the mailbox under development on loopback; then it may serve."""
    settings = load_settings(**given)
    settings.require_mail_carrier()
    assert settings.mailbox_shown is mailbox


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"host": "0.0.0.0", "development": True},  # noqa: S104 - that it is refused is tested
        {"development": True, "origin": "https://shop.example"},
        {"development": True, "proxy": "127.0.0.1"},
    ],
)
def test_without_a_way_out_for_mail_it_refuses(given: dict[str, object]) -> None:
    """No relay and no development, or development where others can reach it, through a proxy too: refused."""
    with pytest.raises(SettingsError, match="smtp_url"):
        load_settings(**given).require_mail_carrier()


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example",
        "http://shop.example",
        "https://",
        "https://shop.example/app",
        "https://a@shop.example",
        "ftp://x",
    ],
)
def test_a_public_address_is_an_origin_over_tls(origin: str) -> None:
    """What is no origin, or would carry sessions in the clear, is refused by its setting's name."""
    with pytest.raises(SettingsError, match="CAMKET_ORIGIN"):
        load_settings(origin=origin)


@pytest.mark.parametrize("origin", ["https://shop.example:8443", "http://localhost:9000", "http://127.0.0.1:1/"])
def test_an_origin_is_taken(origin: str) -> None:
    """TLS, or plain on this machine alone; a slash at the end does not matter."""
    assert load_settings(origin=origin).public_origin == origin.rstrip("/")


def test_the_reference_is_what_the_settings_say() -> None:
    """docs/reference/settings.md is generated from the settings; write it anew with `camket settings`."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_reference()
