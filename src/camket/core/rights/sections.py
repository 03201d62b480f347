"""A section of a settings file, read strictly: what does not hold is noted with its place, and told all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import nearest
from camket.core.terms import Language

if TYPE_CHECKING:
    from camket.core.policy.model import Text


class Section:
    """One table of the file: gives what stands there in the type that is wanted, and notes what does not hold."""

    def __init__(self, place: str, found: object, known: tuple[str, ...], problems: list[str]) -> None:
        self.place = place
        self.problems = problems
        self._found: dict[str, object] = found if isinstance(found, dict) else {}
        if not isinstance(found, dict):
            self.problem("is no section")
        for name in self._found:
            if name not in known:
                self.problem(f"there is no `{name}` here{nearest(name, known)}")

    def problem(self, message: str) -> None:
        """Note what does not hold."""
        self.problems.append(f"`{self.place}`: {message}")

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def text(self, name: str) -> str:
        """Return a text that has to be there."""
        value = self._found.get(name)
        if isinstance(value, str) and value.strip():
            return value
        self.problem(f"`{name}` is missing" if name not in self._found else f"`{name}` is no text")
        return ""

    def text_if(self, name: str) -> str | None:
        """Return a text, or None where there is none."""
        return self.text(name) if name in self._found else None

    def flag(self, name: str) -> bool:
        """Return a truth value; False where there is none."""
        value = self._found.get(name, False)
        if not isinstance(value, bool):
            self.problem(f"`{name}` is neither true nor false")
        return value is True

    def items(self, name: str) -> list[object]:
        """Return a list that may be left out."""
        value = self._found.get(name, [])
        if isinstance(value, list):
            return value
        self.problem(f"`{name}` is no list")
        return []

    def section(self, name: str, known: tuple[str, ...]) -> Section:
        """Return a section within this one."""
        return Section(f"{self.place}.{name}", self._found.get(name, {}), known, self.problems)

    def names(self, name: str) -> tuple[str, ...]:
        """Return the names in a section within this one, whatever they are."""
        value = self._found.get(name, {})
        if isinstance(value, dict):
            return tuple(value)
        self.problem(f"`{name}` is no section")
        return ()

    def texts(self, name: str) -> dict[str, str]:
        """Return the names in a section within this one, each with its text."""
        names = self.names(name)
        section = self.section(name, names) if names else self
        return {one: section.text(one) for one in names}

    def words(self, name: str) -> Text:
        """Return a text in every language."""
        said = self.section(name, tuple(language.value for language in Language))
        return {language: said.text(language.value) for language in Language}
