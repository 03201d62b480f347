"""The shop's settings: each from its variable, and nothing else."""

import pytest

from camket_shop.errors import SettingsError
from camket_shop.settings import load_shop_settings


def test_nothing_needs_to_be_set() -> None:
    """Without any variable the shop keeps its own SQLite file."""
    assert load_shop_settings().database_url is None


def test_a_setting_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """`QUAY_DATABASE_URL` names the database, and no representation shows it: it may hold a password."""
    monkeypatch.setenv("QUAY_DATABASE_URL", "postgresql://shop:secret@localhost/shop")
    settings = load_shop_settings()
    assert settings.database_url == "postgresql://shop:secret@localhost/shop"
    assert "secret" not in repr(settings)


def test_an_unknown_variable_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names no setting is refused, with the nearest one."""
    monkeypatch.setenv("QUAY_DATABASE", "x")
    with pytest.raises(SettingsError, match=r"no setting `QUAY_DATABASE` .did you mean `QUAY_DATABASE_URL`"):
        load_shop_settings()


def test_a_database_of_another_kind_is_refused() -> None:
    """A value that cannot hold stops the start, and the message does not repeat it."""
    with pytest.raises(SettingsError, match="QUAY_DATABASE_URL") as refused:
        load_shop_settings(database_url="mysql://shop:secret@localhost/shop")
    assert "secret" not in str(refused.value)


def test_an_unknown_name_is_refused() -> None:
    """A name that is no setting is refused where it is given as an argument too."""
    with pytest.raises(SettingsError, match=r"no setting `datbase_url` .did you mean `database_url`"):
        load_shop_settings(datbase_url=None)
