"""What an app holds in its own tables, as it goes into its subject's copy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from camket.core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\.[a-z0-9]{1,8}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedItem:
    """What a guest holds of one declared item about one subject, as one file of their copy.

    Args:
        item: id of the item, as the policy declares it.
        file_name: `catalogue.json`: lower-case letters, digits, `-` and `_`, then an ending; once per holder and copy.
        media_type: of the content, `application/json`.
        content: *personal*; the whole file; UTF-8 where it is text.
        count: how many of the item it holds, as `Holder.count` counts them.
        labels: for the pages of the copy that people read, where the content is JSON: name of a field -> what it is
            called, by language. A field without a label is left out of those pages; all are shown where none has one.

    Raises:
        InvalidValueError: the file name is not of this form, or the count is negative.
    """

    item: str
    file_name: str
    media_type: str
    content: bytes = field(repr=False)
    count: int
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if _FILE_NAME.fullmatch(self.file_name) is None:
            raise InvalidValueError(f"`{self.file_name}` is no name for a file of a copy; write `catalogue.json`")
        if self.count < 0:
            raise InvalidValueError(f"`count` is {self.count}; nothing can be held fewer than no times")
