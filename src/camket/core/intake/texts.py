"""Everything else that is text: what people write, what devices and servers report."""

from __future__ import annotations

import unicodedata
from typing import Final

from camket.core.intake.answer import Accepted, Problem, ProblemCode, problem, too_long
from camket.core.intake.characters import ALL_HIDDEN, find_hidden

TEXT_CHARACTERS: Final = 2_000
"""The longest free text."""

FACT_CHARACTERS: Final = 1_000
"""The longest observed fact, for example a path or a version."""

IDENTIFIER_CHARACTERS: Final = 200
"""The longest identifier, for example of a device."""

_BORDER_SPACE: Final = " \t\r\n"
_MISLEADING: Final = frozenset(
    {ProblemCode.CONTROL_CHARACTER, ProblemCode.DIRECTION_MARK, ProblemCode.UNREADABLE_CHARACTER}
)


def read_text(text: str) -> Accepted | Problem:
    """Return free text as NFC with line feeds as line ends, or what is wrong with it. Tabs are kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _read(lines, limit=TEXT_CHARACTERS, refused=_MISLEADING, allowed="\n\t")


def read_fact(text: str) -> Accepted | Problem:
    """Return one line of an observed fact as NFC, or what is wrong with it."""
    return _read(text, limit=FACT_CHARACTERS, refused=_MISLEADING)


def read_identifier(text: str) -> Accepted | Problem:
    """Return an identifier as NFC, or what is wrong with it; nothing that hides is accepted."""
    return _read(text, limit=IDENTIFIER_CHARACTERS, refused=ALL_HIDDEN)


def read_picture(_text: str) -> Problem:
    """Return the problem of a picture that comes as text: pictures come as bytes, through their own intake."""
    return problem(ProblemCode.NOT_TEXT, vi="Hãy chọn một tệp ảnh.", en="Please choose a picture file.")


def read_holding(_text: str) -> Problem:
    """Return the problem of a holding that is handed in: the app keeps its values itself."""
    return problem(
        ProblemCode.HELD_ELSEWHERE,
        vi="Mục này nằm trong sổ sách riêng của ứng dụng; hãy ghi ngay trong ứng dụng.",
        en="This is kept in the app's own books; please enter it in the app.",
    )


def _read(text: str, *, limit: int, refused: frozenset[ProblemCode], allowed: str = "") -> Accepted | Problem:
    if len(text) > 2 * limit:
        return too_long(limit=limit, length=len(text))
    value = unicodedata.normalize("NFC", text).strip(_BORDER_SPACE)
    if not value:
        return problem(ProblemCode.EMPTY, vi="Hãy điền ô này.", en="Please fill in this field.")
    hidden = find_hidden(value, refused=refused, allowed=allowed)
    if hidden is not None:
        return hidden
    if len(value) > limit:
        return too_long(limit=limit, length=len(value))
    return Accepted(value=value)
