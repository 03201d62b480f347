"""What a clock rests on, as each language cites it: the profiles of laws name it in English."""

from __future__ import annotations

import re
from typing import Final

from camket.core.rights.deadlines import POLICY
from camket.core.terms import Language

_VIETNAMESE: Final = (
    (re.compile(r"\bDecree (\S+?)/ND-CP\b"), r"Nghị định \1/NĐ-CP"),
    (re.compile(r"\bLaw (?=\d)"), "Luật "),
    (re.compile(r",? Art\. "), ", Điều "),
    (re.compile(rf"\b{POLICY}\b"), "chính sách"),
)


def cite(article: str, language: Language) -> str:
    """Return an article as it is cited in a language: `Nghị định 356/2025/NĐ-CP, Điều 5.4`.

    Args:
        article: as a profile of a law names it; what it does not know stays as it is.
        language: of the reader.
    """
    if language is not Language.VI:
        return article
    for written, said in _VIETNAMESE:
        article = written.sub(said, article)
    return article
