"""Consents as lines of JSON, to bring along from another system or to take elsewhere: one line for each yes and no.

`docs/reference/consents.md` says what each field means. Every line is read whole and every finding comes out at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from camket.core.consent.events import Expression
from camket.core.consent.text import QuestionText, purpose_of, recipient_of
from camket.core.errors import Finding, InvalidValueError, nearest
from camket.core.policy.version import consent_hash
from camket.core.terms import Basis, Ground, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from camket.core.policy.model import Policy, PolicyVersion

FORMAT: Final = "camket-consent"
FORMAT_VERSION: Final = 1
MOST_LINE_CHARACTERS: Final = 100_000
YEARS: Final = range(1970, 2201)
"""Instants outside of them are mistakes, and some of them no store could give back."""

REQUIRED: Final = ("format", "format_version", "said", "items", "at", "expression", "language", "text")
OPTIONAL: Final = (
    "subject",
    "email",
    "purpose",
    "recipient",
    "clause_hash",
    "expires_at",
    "withdrawn_at",
    "through",
    "text_hash",
    "policy",
)
"""Fields of a line that need not be there; `through` and `policy` say where it comes from and are not taken over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadConsent:
    """A yes or no as a line tells it, fit for the version that it was read for.

    Args:
        line: 1-based.
        subject: handle of the subject; None where the e-mail address names them.
        email: *personal*; None where the handle names them.
        yes: whether it is a consent or a refusal.
        clause_hash: what a consent is bound to, of the version that it was read for.
    """

    line: int
    subject: str | None
    email: str | None = field(repr=False)
    yes: bool
    purpose: str | None
    recipient: str | None
    items: tuple[str, ...]
    clause_hash: str
    at: datetime
    expires_at: datetime | None
    withdrawn_at: datetime | None
    expression: Expression
    text: QuestionText


class _Line:
    """One line under reading; what is wrong with it is kept, and a stand-in is given in its place."""

    def __init__(self, number: int, file: str, value: Mapping[str, Any]) -> None:
        self.number = number
        self.findings: list[Finding] = []
        self._file = file
        self._value = value

    def find(self, message: str) -> None:
        """Keep one thing that is wrong."""
        self.findings.append(Finding(file=self._file, line=self.number, message=message))

    def text(self, name: str) -> str | None:
        """Return a text, or None where there is none."""
        value = self._value.get(name)
        if value is None or (isinstance(value, str) and value):
            return value
        self.find(f"`{name}` must be a text")
        return None

    def instant(self, name: str) -> datetime | None:
        """Return an instant, or None where there is none."""
        text = self.text(name)
        if text is None:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.utcoffset() is None:
            self.find(f"`{name}` is no instant with a zone, such as `2026-11-22T09:12:00Z`")
            return None
        if found.year not in YEARS:
            self.find(f"`{name}` lies in the year {found.year}; years from {YEARS[0]} to {YEARS[-1]} are taken over")
            return None
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, each once; empty where it is none."""
        value = self._value.get(name)
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return tuple(dict.fromkeys(str(one) for one in value))
        self.find(f"`{name}` must be a list of at least one text")
        return ()

    def shown(self, language: Language) -> QuestionText:
        """Return the text that was shown; an empty one where it is none."""
        value = self._value.get("text")
        title = value.get("title") if isinstance(value, Mapping) else None
        body = value.get("body") if isinstance(value, Mapping) else None
        if not isinstance(title, str) or not title.strip() or not isinstance(body, list):
            self.find("`text` must hold a `title` and a `body`, the lines that were shown: a consent is proved by them")
            return QuestionText(language=language, title="", body=())
        return QuestionText(language=language, title=title, body=tuple(str(line) for line in body))


def read_consents(
    lines: Iterable[str], *, file: str, version: PolicyVersion, now: datetime
) -> tuple[tuple[ReadConsent, ...], tuple[Finding, ...]]:
    """Read lines of consents for a version.

    Args:
        lines: each a JSON object; empty ones are passed over.
        file: how findings call the file.
        version: the newest in force; what it does not ask for cannot be consented to.
        now: aware; nothing was said after it.

    Returns:
        What was read, and every finding in the order of the lines. Where there is one nothing is to be taken over.
    """
    read: list[ReadConsent] = []
    findings: list[Finding] = []
    for number, text in enumerate(lines, start=1):
        if text.strip():
            found = _read(number, text, file, version.policy, now)
            if isinstance(found, ReadConsent):
                read.append(found)
            else:
                findings += found
    return tuple(read), tuple(findings)


def _read(number: int, text: str, file: str, policy: Policy, now: datetime) -> ReadConsent | list[Finding]:
    value = _parse(text)
    if value is None:
        return [Finding(file=file, line=number, message="this is no JSON object of a consent")]
    line = _Line(number, file, value)
    _check_names(line, value)
    if line.findings:
        return line.findings
    languages = {one.value: one for one in policy.languages}
    language = languages.get(str(value["language"]))
    if language is None:
        line.find(f"`language` is `{str(value['language'])[:20]}`; one of {', '.join(languages)}")
    shown = line.shown(language or policy.languages[0])
    clause_hash, items = _check_target(line, policy)
    said, expression = line.text("said"), _expression(line)
    if said not in ("yes", "no"):
        line.find("`said` is `yes` or `no`")
    at, expires_at, withdrawn_at = _check_times(line, policy, now)
    given_hash = line.text("text_hash")
    if given_hash is not None and given_hash != shown.hash:
        line.find("`text_hash` is not the hash of `text`")
    if line.findings or at is None:
        return line.findings
    return ReadConsent(
        line=number,
        subject=line.text("subject"),
        email=line.text("email"),
        yes=said == "yes",
        purpose=line.text("purpose"),
        recipient=line.text("recipient"),
        items=items,
        clause_hash=clause_hash,
        at=at,
        expires_at=expires_at,
        withdrawn_at=withdrawn_at,
        expression=expression,
        text=shown,
    )


def _parse(text: str) -> Mapping[str, Any] | None:
    # The stores keep no U+0000 and no half of a surrogate pair.
    if len(text) > MOST_LINE_CHARACTERS or "\\u0000" in text:
        return None
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _check_names(line: _Line, value: Mapping[str, Any]) -> None:
    known = (*REQUIRED, *OPTIONAL)
    for name in value:
        if name not in known:
            line.find(f"unknown field `{name[:40]}`{nearest(name, known)}")
    for name in REQUIRED:
        if name not in value:
            line.find(f"`{name}` is missing")
    if (value.get("format"), value.get("format_version")) != (FORMAT, FORMAT_VERSION):
        line.find(f"`format` is `{FORMAT}` and `format_version` is {FORMAT_VERSION}; other forms are not read")
    if (value.get("subject") is None) == (value.get("email") is None):
        line.find("name whose consent it is, either by `subject` or by `email`")
    if (value.get("purpose") is None) == (value.get("recipient") is None):
        line.find("name what it is for, either a `purpose` or a `recipient`")


def _check_target(line: _Line, policy: Policy) -> tuple[str, tuple[str, ...]]:
    """Return what the consent is bound to in this policy, and its items."""
    purpose, recipient, items = line.text("purpose"), line.text("recipient"), line.texts("items")
    try:
        if recipient is not None:
            declared = recipient_of(policy, recipient).shares.get(Ground.CONSENT, ())
        else:
            used = purpose_of(policy, purpose or "")
            declared = used.items if used.basis is Basis.CONSENT else ()
        clause_hash = consent_hash(policy, purpose=purpose, recipient=recipient)
    except InvalidValueError as error:
        line.find(str(error))
        return "", items
    if not declared:
        line.find(f"`{recipient or purpose}` rests on no consent; there is nothing to bring along")
    for item in items:
        if declared and item not in declared:
            line.find(f"`{recipient or purpose}` has no item `{item[:40]}`{nearest(item, declared)}")
    given = line.text("clause_hash")
    if given is not None and given != clause_hash:
        line.find("`clause_hash` is of another meaning: what was consented to is not what this policy asks for")
    return clause_hash, items


def _check_times(
    line: _Line, policy: Policy, now: datetime
) -> tuple[datetime | None, datetime | None, datetime | None]:
    at, expires_at, withdrawn_at = line.instant("at"), line.instant("expires_at"), line.instant("withdrawn_at")
    if at is None:
        return None, None, None
    if at > now or (withdrawn_at is not None and withdrawn_at > now):
        line.find("`at` and `withdrawn_at` do not lie in the future")
    for name, later in (("expires_at", expires_at), ("withdrawn_at", withdrawn_at)):
        if later is not None and later < at:
            line.find(f"`{name}` lies before `at`")
    days = next((one.valid_days for one in policy.purposes if one.id == line.text("purpose")), None)
    if days is not None and (expires_at is None or (expires_at - at).days > days):
        line.find(f"a consent to it is good for {days} days: `expires_at` must say when it ends, and not later")
    return at, expires_at, withdrawn_at


def _expression(line: _Line) -> Expression:
    word = line.text("expression")
    known = [one.value for one in Expression if one is not Expression.TIME]
    if word in known:
        return Expression(word)
    line.find(f"unknown expression `{str(word)[:20]}`{nearest(str(word), known)}; one of {', '.join(known)}")
    return Expression.API


def written_lines(values: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield each consent as a line of JSON, in the form that `read_consents` reads."""
    for value in values:
        yield json.dumps({"format": FORMAT, "format_version": FORMAT_VERSION, **value}, ensure_ascii=False) + "\n"
