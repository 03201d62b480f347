"""Reading a policy's folder from disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import UnreadableError
from camket.core.policy.source import DECLARATIONS, MAX_FILE_BYTES, MAX_FILES

if TYPE_CHECKING:
    from pathlib import Path

    from camket.core.policy.source import PolicyFiles


def read_policy_folder(path: Path) -> PolicyFiles:
    """Return every file of the folder by name, unchecked; hidden files and folders inside are left out.

    A file that is too large comes cut off one byte past the limit, so that the check reports it without holding it.

    Args:
        path: the folder, or the `policy.yaml` in it.

    Raises:
        UnreadableError: there is nothing there, or it cannot be read, or it has far too many files.
    """
    folder = path.parent if path.name == DECLARATIONS else path
    if folder.is_file():
        message = f"cannot read `{path}`: name the policy's folder, or the `{DECLARATIONS}` in it"
        raise UnreadableError(message)
    try:
        inside = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
        if path != folder and path not in inside:
            message = f"cannot read `{path}`: there is no such file"
            raise UnreadableError(message)
        return {each.name: _read(each) for each in inside[: MAX_FILES + 1]}
    except OSError as error:
        message = f"cannot read `{path}`: {(error.strerror or 'unknown reason').lower()}"
        raise UnreadableError(message) from error


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)
