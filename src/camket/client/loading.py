"""From the setting `apps` to guests: each app's factory is found, handed its guest, and asked for its application."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, cast

from camket.client.guest import Guest
from camket.core.errors import CamketError, InvalidValueError, SettingsError, StoreError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from camket.bootstrap import Runtime
    from camket.config import MountedApp
    from camket.core.policy.model import Text
    from camket.holder_ports import Holder

FOLDER_MODE: Final = 0o700


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedApp:
    """An app that is ready to be mounted.

    Args:
        guest: what it was handed.
        app: what answers below its prefix.
        holder: what it holds, for copies and deletions.
    """

    guest: Guest
    app: ASGIApp
    holder: Holder

    @property
    def prefix(self) -> str:
        """Where it is mounted, `/quay`."""
        return self.guest.prefix

    @property
    def label(self) -> Text:
        """Its name in every language."""
        return self.holder.label


def load_apps(runtime: Runtime) -> tuple[LoadedApp, ...]:
    """Make every app of the setting `apps`, in its order, and have the service know what they hold.

    Called before the service serves or runs a job.

    Args:
        runtime: the running service.

    Raises:
        SettingsError: an app cannot be found or made, or one that has data here is not named; those that were made are
            closed.
        StoreError: an app's folder cannot be made.
    """
    _require_all(runtime)
    loaded: list[LoadedApp] = []
    try:
        for app in runtime.settings.mounted_apps:
            loaded.append(_load(runtime, app))
            runtime.context.holders.add(loaded[-1].holder)
    except BaseException:
        close_apps(loaded)
        raise
    return tuple(loaded)


def close_apps(apps: tuple[LoadedApp, ...] | list[LoadedApp]) -> None:
    """Close every app, the last one first, whatever one of them raises; twice is once."""
    with ExitStack() as stack:
        for app in apps:
            stack.callback(app.guest.close)


def _require_all(runtime: Runtime) -> None:
    settings = runtime.settings
    for name in sorted(settings.apps_with_data - {app.name for app in settings.mounted_apps}):
        raise SettingsError(
            f"the app `/{name}` has data in `{settings.apps_folder / name}` and is not named in `apps`; name it, or "
            "delete its folder when its data may go: until then no copy and no deletion would be whole"
        )


def _load(runtime: Runtime, mounted: MountedApp) -> LoadedApp:
    settings = runtime.settings
    factory = find_factory(mounted)
    folder = settings.apps_folder / mounted.name
    try:
        for one in (settings.apps_folder, folder):
            one.mkdir(mode=FOLDER_MODE, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise StoreError(f"the folder `{folder}` of the app `{mounted.prefix}` cannot be made: {reason}") from error
    origin = settings.public_origin
    guest = Guest(
        runtime.context, prefix=mounted.prefix, data=folder, origin=origin, https=origin.startswith("https://")
    )
    try:
        return LoadedApp(guest=guest, app=_made(factory, guest), holder=guest.holder)
    except Exception as error:  # an app's own code: whatever it raises means that it does not start
        guest.close()
        raise SettingsError(f"the app `{mounted.prefix}` does not start: {_reason(error)}") from error


def _made(factory: Callable[[Guest], ASGIApp], guest: Guest) -> ASGIApp:
    app = factory(guest)
    if not callable(app):
        raise InvalidValueError("its factory returned no application")
    return app


def find_factory(mounted: MountedApp) -> Callable[[Guest], ASGIApp]:
    """Return the factory that an entry of `apps` names.

    Raises:
        SettingsError: there is no such module, or nothing of that name in it that can be called.
    """
    module_name, _, name = mounted.factory.partition(":")
    try:
        module = import_module(module_name) if _is_there(module_name) else None
    except Exception as error:  # an app's own code runs when it is imported
        raise SettingsError(f"the app `{mounted.prefix}` cannot be imported: {_reason(error)}") from error
    if module is None:
        raise SettingsError(f"the app `{mounted.prefix}`: there is no module `{module_name}`")
    factory = getattr(module, name, None)
    if factory is None:
        known = [one for one in vars(module) if callable(getattr(module, one)) and not one.startswith("_")]
        raise SettingsError(f"the app `{mounted.prefix}`: `{module_name}` has no `{name}`{nearest(name, known)}")
    if not callable(factory):
        raise SettingsError(f"the app `{mounted.prefix}`: `{mounted.factory}` is not a function")
    return cast("Callable[[Guest], ASGIApp]", factory)


def _reason(error: Exception) -> str:
    """Return what an app's error says; with its class where it is not one of camket's own, written for operators."""
    return str(error) if isinstance(error, CamketError) else f"{type(error).__name__}: {error}"


def _is_there(module: str) -> bool:
    """Say whether a module can be imported; what goes wrong within one that is there is its own error."""
    package, _, _ = module.rpartition(".")
    return (not package or _is_there(package)) and find_spec(module) is not None
