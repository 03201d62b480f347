"""Reading the folder with an operator's own words for mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.errors import UnreadableError
from camket.core.notices.own_words import MOST_BYTES, read_words

if TYPE_CHECKING:
    from pathlib import Path

    from camket.core.notices.own_words import MailWords

MOST_FILES: Final = 200


def read_words_folder(folder: Path) -> MailWords:
    """Return the wordings in a folder, with what is wrong with those that are not used; hidden files are left out.

    Args:
        folder: every file in it is one mail in one language.

    Raises:
        UnreadableError: there is no such folder, it cannot be read, or it has far too many files.
    """
    try:
        files = sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))
        if len(files) > MOST_FILES:
            raise UnreadableError(f"`{folder}` has more than {MOST_FILES} files; name the folder of mails alone")
        return read_words({one.name: _read(one) for one in files})
    except OSError as error:
        message = f"cannot read `{folder}`: {(error.strerror or 'unknown reason').lower()}"
        raise UnreadableError(message) from error


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
