"""The shop's own drawing, put into a page beside what the page does, to compare the two."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT: Final = Path(__file__).parents[3]
ENTRY: Final = ROOT / "tests" / "shop" / "printing" / "harness.mjs"
NAME: Final = "quayPrinting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A picture that the page drew.

    Args:
        width: in dots.
        rows: packed, 1 is black.
        places: where each line of a receipt stands.
        code: the code of a label.
    """

    width: int
    rows: tuple[bytes, ...]
    places: tuple[dict[str, Any], ...] = ()
    code: dict[str, Any] | None = None


@cache
def bundle() -> str:
    """Return the harness as one script."""
    built = subprocess.run(
        [ROOT / "node_modules" / ".bin" / "esbuild", ENTRY, "--bundle", "--format=iife", f"--global-name={NAME}"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return built.stdout


def call(page: Page, function: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever JavaScript returns
    """Call a function of the harness in a page of the shop."""
    if page.evaluate(f"typeof globalThis.{NAME}") == "undefined":
        page.evaluate(f"{bundle()}; globalThis.{NAME} = {NAME}; 0")
    return page.evaluate(f"given => {NAME}.{function}(...given)", list(arguments))


def drawn(answer: dict[str, Any]) -> Drawn:
    """Return a picture from what the harness answers."""
    data, wide = base64.b64decode(answer["data"]), answer["width"] // 8
    rows = tuple(data[at : at + wide] for at in range(0, len(data), wide))
    return Drawn(width=answer["width"], rows=rows, places=tuple(answer.get("places", ())), code=answer.get("code"))


def drawn_receipt(
    page: Page, sale: dict[str, Any], header: dict[str, Any], *, width: int = 384, language: str = "vi"
) -> Drawn:
    """Return the receipt as the page draws it."""
    return drawn(call(page, "drawnReceipt", sale, header, {"width": width, "language": language}))


def bytes_of(page: Page, function: str, *arguments: object) -> bytes:
    """Return the bytes that a function of the harness makes."""
    return base64.b64decode(call(page, function, *arguments))
