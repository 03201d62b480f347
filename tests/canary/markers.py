"""Markers that are planted as values, and a search that finds them in whatever form they may have been written."""

from __future__ import annotations

import base64
import secrets
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A marker where it must not be."""

    marker: str
    place: str


def name_marker() -> str:
    """Return a name that no one has: letters alone, so that it is accepted as one."""
    return "Alice " + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(14)).capitalize()


def phone_marker() -> str:
    """Return a Vietnamese mobile number in its national form, of a range that is given out."""
    return f"09{secrets.choice('0134678')}{secrets.randbelow(10**7):07}"


def email_marker() -> str:
    """Return an address of alice's."""
    return f"alice{secrets.token_hex(7)}@shop.example"


def word_marker() -> str:
    """Return a word, as a device or a browser may be called."""
    return f"Canary{secrets.token_hex(7)}"


def digits_marker(count: int) -> str:
    """Return so many digits, as a number of an account or a tax code."""
    return "".join(secrets.choice("123456789") for _ in range(count))


def forms_of(marker: str) -> Iterator[bytes]:
    """Yield every way of writing a marker that would give it away."""
    texts = {marker, marker.lower(), marker.upper(), urllib.parse.quote(marker), urllib.parse.quote_plus(marker)}
    if marker.startswith("09"):
        texts |= {marker[1:], f"84{marker[1:]}", f"{marker[:3]} {marker[3:6]} {marker[6:8]} {marker[8:]}"}
    if "@" in marker:
        texts.add(marker.partition("@")[0])
    if " " in marker:
        texts |= {marker.rpartition(" ")[2], marker.rpartition(" ")[2].lower()}
    for text in texts:
        raw = text.encode()
        yield raw
        yield text.encode("utf-16-le")
        yield raw.hex().encode()
        # The three ways in which the bytes may lie in a longer base64 text.
        for offset in range(3):
            whole = base64.b64encode(bytes(offset) + raw)
            start = (8 * offset + 5) // 6
            yield whole[start : start + (8 * len(raw) - 6) // 6]


def search(markers: Mapping[str, str], place: str, content: bytes) -> Iterator[Leak]:
    """Yield every marker that the content holds in some form."""
    for name, marker in markers.items():
        if any(form in content for form in forms_of(marker)):
            yield Leak(marker=name, place=place)


def search_folder(markers: Mapping[str, str], folder: Path) -> list[Leak]:
    """Return every marker in any file below a folder, or in any file's name."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    assert files, "there is nothing to search"
    found: list[Leak] = []
    for file in files:
        name = str(file.relative_to(folder))
        found += search(markers, f"name of {name}", name.encode())
        found += search(markers, name, file.read_bytes())
    return found
