"""The files of a policy as bytes, and the one canonical form in which a version is stored.

Reading a folder is not done here: `camket.adapters.policy_files` does it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from camket.core.errors import Finding, PolicyError
from camket.core.terms import Language

PolicyFiles = Mapping[str, bytes]
"""File name -> content: `policy.yaml`, and for each language `prose.<language>.md` and `terms.<language>.md`."""

DECLARATIONS: Final = "policy.yaml"
MAX_FILE_BYTES: Final = 512 * 1024
MAX_FILES: Final = 16

_BUNDLE_FORMAT: Final = "camket-policy-1"
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def prose_file(language: Language) -> str:
    """Name of the file with the published text in one language."""
    return f"prose.{language}.md"


def terms_file(language: Language) -> str:
    """Name of the file with the terms of service in one language."""
    return f"terms.{language}.md"


def known_files() -> tuple[str, ...]:
    """Every file name that a policy may have."""
    texts = (name for language in Language for name in (prose_file(language), terms_file(language)))
    return (DECLARATIONS, *texts)


def decode(name: str, data: bytes) -> str:
    """Return a file's text.

    Args:
        name: for the finding's place.
        data: at most `MAX_FILE_BYTES`; UTF-8 without a byte-order mark, lines ending in a line feed.

    Raises:
        PolicyError: with one finding that says which of these does not hold, and where.
    """
    if len(data) > MAX_FILE_BYTES:
        raise _one(name, 1, f"the file has {len(data)} bytes; at most {MAX_FILE_BYTES} are read")
    if data.startswith(b"\xef\xbb\xbf"):
        raise _one(name, 1, "the file begins with a byte-order mark; save it as UTF-8 without one")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _one(name, line, f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    found = _CONTROL.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        what = "a carriage return; end lines with a line feed alone"
        other = f"the control character U+{ord(found.group()):04X}"
        raise _one(name, line, f"the line has {what if found.group() == chr(13) else other}")
    return text


def printable(text: str) -> str:
    """Return the text with hidden and control characters written as escapes, fit for a message."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def to_bundle(files: PolicyFiles) -> bytes:
    """Return the canonical JSON of all files, equal for equal files; what the store keeps of a version.

    Raises:
        PolicyError: a file is not the text that `decode` wants.
    """
    texts = {name: decode(name, data) for name, data in files.items()}
    document = {"format": _BUNDLE_FORMAT, "files": texts}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_bundle(bundle: bytes) -> PolicyFiles:
    """Return the files that `to_bundle` packed, byte for byte.

    Raises:
        PolicyError: these bytes are no bundle.
    """
    try:
        document = json.loads(bundle)
    except ValueError:
        raise _one("bundle", 1, "the stored policy version is not JSON") from None
    texts = document.get("files") if isinstance(document, dict) else None
    if not isinstance(texts, dict) or document.get("format") != _BUNDLE_FORMAT:
        raise _one("bundle", 1, f"the stored policy version is not of format `{_BUNDLE_FORMAT}`")
    return {name: str(text).encode() for name, text in texts.items()}


def pack_texts(texts: Mapping[str, str]) -> bytes:
    """Return the texts of a draft as JSON, equal for equal texts, whatever is wrong with them."""
    return json.dumps(dict(texts), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def unpack_texts(data: bytes) -> dict[str, str]:
    """Return the texts that `pack_texts` packed, by file name."""
    return {str(name): str(text) for name, text in json.loads(data).items()}


def files_of_texts(texts: Mapping[str, str]) -> PolicyFiles:
    """Return texts as the files of a policy."""
    return {name: text.encode() for name, text in texts.items()}


def _one(name: str, line: int, message: str) -> PolicyError:
    return PolicyError((Finding(file=name, line=line, message=message),))
