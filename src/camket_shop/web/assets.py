"""The shop's bundled styles, scripts and fonts: names carry the hash of their content, so they never change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.staticfiles import StaticFiles

from camket_shop.errors import SettingsError

if TYPE_CHECKING:
    from starlette.responses import Response

STATIC: Final = Path(__file__).parent / "static"
DIST: Final = STATIC / "dist"
FOREVER: Final = "public, max-age=31536000, immutable"


class Assets:
    """The names of the bundled files, read once.

    Args:
        prefix: where the shop is mounted, such as `/quay`.

    Raises:
        SettingsError: the assets are not built.
    """

    def __init__(self, prefix: str, folder: Path = DIST) -> None:
        manifest = folder / "manifest.json"
        try:
            self._names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SettingsError("the shop's styles and scripts are not built; run `make assets`") from None
        self._prefix = prefix

    def url(self, name: str) -> str:
        """Return the address of a bundled file by its logical name, such as `quay.css`."""
        return f"{self._prefix}/static/{self._names[name]}"


class BundledFiles(StaticFiles):
    """Serves the bundle. Its files may be kept for ever: another content has another name."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Return the file with its caching rule."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed through unread
        response.headers["Cache-Control"] = FOREVER
        return response
