from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from camket.client.loading import close_apps, load_apps
from camket.core.errors import HolderError, SettingsError
from camket.testing.service import register, running_service
from tests import guest as tested

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.bootstrap import Runtime


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Runtime]:
    """Return a running service that is told to mount the test's guest."""
    with running_service(tmp_path, apps=tested.APPS) as runtime:
        yield runtime


def refusal(folder: Path, apps: str) -> str:
    """Return why a service does not start with these apps."""
    with pytest.raises(SettingsError) as refused, running_service(folder, apps=apps) as runtime:
        load_apps(runtime)
    return str(refused.value)


def test_an_app_gets_its_place_and_a_folder_for_itself_alone(service: Runtime) -> None:
    """Prefix, name in both languages, a folder that other users of the machine cannot enter; closed, it is told so."""
    (app,) = load_apps(service)
    folder = service.settings.data / "apps" / "book"
    assert (app.prefix, app.guest.name, app.guest.data) == ("/book", "book", folder)
    assert (app.guest.origin, app.guest.https) == ("http://localhost:8000", False)
    assert app.label == {"vi": "Sổ tay", "en": "Notebook"}
    assert folder.stat().st_mode & 0o777 == 0o700
    close_apps((app,))
    (folder / tested.CLOSED).unlink()
    close_apps((app,))
    assert not (folder / tested.CLOSED).exists()


def test_what_an_app_holds_is_known_once_it_is_loaded(service: Runtime) -> None:
    """The service asks the app by its name; before it is loaded it answers nothing in its place."""
    holders = service.context.holders
    with pytest.raises(HolderError, match="`book` may hold data and is not loaded"):
        holders.all()
    load_apps(service)
    (holder,) = holders.all()
    alice, bob = register(service, 1), register(service, 2, name="Bob")
    book = tested.Book(service.settings.data / "apps" / "book")
    book.add(alice, "two coffees")
    assert holder.name == "book"
    assert (holder.count(alice), holder.count(bob)) == ({"shop.sales": 1}, {})
    assert [one.content for one in holder.export(alice)] == [b"two coffees"]
    holder.erase(alice)
    holder.erase(alice)
    assert (holder.count(alice), holder.export(alice)) == ({}, ())


def test_what_an_app_raises_names_the_app_and_nothing_personal(service: Runtime) -> None:
    """The app's own message may carry anything, so it is not quoted."""
    (app,) = load_apps(service)
    (holder,) = service.context.holders.all()
    (app.guest.data / tested.REFUSES).touch()
    for ask in (holder.count, holder.export, holder.erase):
        with pytest.raises(HolderError) as failed:
            ask("nobody")
        assert failed.value.holder == "book"
        assert "Alice" not in str(failed.value)


def test_a_holder_answers_for_declared_holdings_alone(tmp_path: Path) -> None:
    """An app that holds what the policy does not declare as a holding is not passed over."""
    with running_service(tmp_path, apps="/odd=tests.guest:create_odd_app") as runtime:
        load_apps(runtime)
        (holder,) = runtime.context.holders.all()
        with pytest.raises(HolderError, match=r"holds `shop.slaes`, .* \(did you mean `shop.sales`\?\)"):
            holder.count("nobody")


@pytest.mark.parametrize(
    ("apps", "said"),
    [
        ("/book=tests.gust:create_app", "the app `/book`: there is no module `tests.gust`"),
        ("/book=no.such.module:create_app", "the app `/book`: there is no module `no.such.module`"),
        (
            "/book=tests.guest:create_ap",
            "the app `/book`: `tests.guest` has no `create_ap` (did you mean `create_app`?)",
        ),
        (
            "/book=tests.guest:create_nothing",
            "the app `/book` does not start: its factory returned no application",
        ),
        ("/book=tests.guest:NOT_A_FACTORY", "the app `/book`: `tests.guest:NOT_A_FACTORY` is not a function"),
        (
            "/book=tests.guest:create_app_without_erasure",
            "the app `/book` does not start: the app `/book` says `on_export` and not `on_erase`; an app says both",
        ),
        ("/book=tests.guest:create_app_that_fails", "the app `/book` does not start: OSError: no room for the book"),
        (
            "/book=tests.guest:create_app_with_half_a_label",
            "the app `/book` does not start: its `label` has no text for `en`",
        ),
        (
            "/book=tests.guest:create_app_of_no_service",
            "the app `/book` does not start: the policy declares no service `shpo` (did you mean `shop`?)",
        ),
    ],
)
def test_an_app_that_cannot_be_made_stops_the_start_and_says_why(tmp_path: Path, apps: str, said: str) -> None:
    """With the nearest name where one is meant."""
    assert refusal(tmp_path, apps) == said


@pytest.mark.parametrize("module", ["broken_app", "broken_app.web"])
def test_an_app_whose_import_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """A fault in the app's own code is told from a module that is not there."""
    (tmp_path / "broken_app").mkdir()
    (tmp_path / "broken_app" / "__init__.py").write_text("import no_such_thing\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    said = refusal(tmp_path, f"/book={module}:create_app")
    assert said == "the app `/book` cannot be imported: ModuleNotFoundError: No module named 'no_such_thing'"


def test_every_app_is_closed_whatever_one_of_them_raises(tmp_path: Path) -> None:
    """The last one first; what it raises is told after the others are closed."""
    with running_service(tmp_path, apps=f"{tested.APPS},/sticky=tests.guest:create_app_that_does_not_close") as runtime:
        apps = load_apps(runtime)
        with pytest.raises(OSError, match="stuck"):
            close_apps(apps)
    assert (tmp_path / "data" / "apps" / "book" / tested.CLOSED).exists()


def test_apps_that_were_made_are_closed_when_a_later_one_cannot_be(tmp_path: Path) -> None:
    """Nothing stays open behind a start that failed, not even what the failing app had opened itself."""
    refusal(tmp_path, f"{tested.APPS},/full=tests.guest:create_app_that_fails")
    for name in ("book", "full"):
        assert (tmp_path / "data" / "apps" / name / tested.CLOSED).exists()


@pytest.mark.parametrize(
    ("apps", "said"),
    [
        (
            "book=tests.guest:create_app",
            "`book` is no place for an app; write a slash and",
        ),
        ("/a/b=tests.guest:create_app", "`/a/b` is no place for an app"),
        ("/=tests.guest:create_app", "`/` is no place for an app"),
        ("/book", "`` names no factory; write `/book=module:function`"),
        ("/book=tests.guest", "`tests.guest` names no factory"),
        ("/a=tests.guest:create_app, /a=tests.guest:create_app", "two apps are mounted at `/a`"),
    ],
)
def test_an_entry_that_is_none_is_refused_with_the_settings(tmp_path: Path, apps: str, said: str) -> None:
    """Before anything is opened, and the setting is named."""
    message = refusal(tmp_path, apps)
    assert message.startswith("the setting `apps` (CAMKET_APPS) cannot hold: ")
    assert said in message
    assert not (tmp_path / "data").exists()


def test_an_app_whose_data_is_still_here_is_not_left_out(tmp_path: Path) -> None:
    """Without it no copy and no deletion would be whole, so the service says so and does not start."""
    with running_service(tmp_path, apps=tested.APPS) as runtime:
        load_apps(runtime)
    with running_service(tmp_path) as runtime:
        with pytest.raises(SettingsError, match=r"the app `/book` has data in .* and is not named in `apps`"):
            load_apps(runtime)
        with pytest.raises(HolderError):
            runtime.context.holders.all()


def test_a_folder_that_is_no_apps_is_left_alone(tmp_path: Path) -> None:
    """A name that no prefix can have, and a file, are not taken for an app's data."""
    (tmp_path / "data" / "apps" / "lost+found").mkdir(parents=True)
    (tmp_path / "data" / "apps" / "note").touch()
    with running_service(tmp_path) as runtime:
        assert load_apps(runtime) == ()
        assert runtime.context.holders.all() == ()
