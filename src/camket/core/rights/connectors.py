"""Connectors as an operator declares them: which rows of another system belong to a subject, and what becomes of them.

A declaration is read strictly and whole: every name that does not exist is told at once, with its nearest. Whether the
tables and columns are there is the connector's own check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from camket.core.errors import InvalidValueError, nearest
from camket.core.rights.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import Text

CONNECTOR_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
KINDS: Final = ("sql", "webhook")
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SQL_KEYS: Final = ("kind", "url", "label", "schema", "tables")
_WEBHOOK_KEYS: Final = ("kind", "url", "label", "items", "corrects", "key_id", "key", "private", "authority")
_TABLE_KEYS: Final = ("table", "item", "subject", "through", "columns", "corrects", "clear", "replace")
_THROUGH_KEYS: Final = ("column", "table", "key")
_KEY: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KEY_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_WEB_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(/[!-~]*)?", re.ASCII
)


class Told(StrEnum):
    """What another system is told of a correction."""

    VALUE = "value"
    """The new value, because it needs it."""
    CHANGE = "change"
    """That it changed, and nothing of what."""


class RowEnd(StrEnum):
    """What an erasure does with a row."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


@dataclass(frozen=True, kw_only=True, slots=True)
class Through:
    """How a row without the subject's id belongs to one: it refers to a row of another declared table.

    Args:
        column: the row's own column.
        table: the declared table that it refers to.
        key: the column there that it equals.
    """

    column: str
    table: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDeclaration:
    """One table of another system's database.

    Args:
        table: its name.
        item: the holding of the policy that its rows are.
        subject: the column that has the subject's id; None where `through` leads to one.
        through: the way to a table that has it; None where `subject` names a column.
        columns: the columns that the subject sees, each with what it is called.
        corrects: column -> the item of the policy that stands in it and is corrected there too.
        cleared: columns that an erasure empties, or sets to what stands here; None deletes the row.
    """

    table: str
    item: str
    subject: str | None
    through: Through | None
    columns: Mapping[str, Text]
    corrects: Mapping[str, str]
    cleared: Mapping[str, str | None] | None

    @property
    def end(self) -> RowEnd:
        """What an erasure does with its rows."""
        return RowEnd.DELETE if self.cleared is None else RowEnd.ANONYMISE


@dataclass(frozen=True, kw_only=True, slots=True)
class SqlDeclaration:
    """A connector of kind `sql`: a database and the tables in it that hold something about subjects.

    Args:
        name: names it among all holders.
        url: SQLAlchemy address; may carry a password, so no message quotes it.
        label: what subjects read as its name.
        schema: of the tables; None is the connection's own.
        tables: in the order of the declaration; each name once.
    """

    name: str
    url: str = field(repr=False)
    label: Text
    schema: str | None
    tables: tuple[TableDeclaration, ...]

    def table(self, name: str) -> TableDeclaration:
        """Return a declared table."""
        return next(one for one in self.tables if one.table == name)

    def depth(self, table: TableDeclaration) -> int:
        """Return over how many other tables a row leads to its subject; 0 where it has the subject's id itself."""
        return 0 if table.through is None else 1 + self.depth(self.table(table.through.table))

    def erased_in_order(self) -> tuple[TableDeclaration, ...]:
        """Return the tables so that a row goes before what it leads through; of equals, the last declared first."""
        places = {one.table: (self.depth(one), place) for place, one in enumerate(self.tables)}
        return tuple(sorted(self.tables, key=lambda one: places[one.table], reverse=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookDeclaration:
    """A connector of kind `webhook`: an address that answers signed questions.

    Args:
        name: names it among all holders.
        url: `https://` and a host, or `http://` on loopback; no user or password in it.
        label: what subjects read as its name.
        items: the holdings that it holds; at least one.
        corrects: item of the policy -> what it is told when that is corrected.
        key_id: tells the other side which key signs.
        key: 32 bytes that both sides know and nobody else.
        private: it may be asked in a private network, or on this machine.
        authority: file with the certificates (PEM) that alone are believed to vouch for it; None: those of the system.
    """

    name: str
    url: str = field(repr=False)
    label: Text
    items: tuple[str, ...]
    corrects: Mapping[str, Told]
    key_id: str
    key: bytes = field(repr=False)
    private: bool
    authority: str | None = None


Declaration: TypeAlias = "SqlDeclaration | WebhookDeclaration"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRows:
    """What an erasure would do in one table now.

    Args:
        table: its name; the item's where the system shows no tables.
        item: what its rows are.
        rows: how many belong to the subject.
        end: what becomes of them.
    """

    table: str
    item: str
    rows: int
    end: RowEnd


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedCorrection:
    """What a correction of one item would do in one place now.

    Args:
        table: the table; the item's name where the system shows no tables.
        column: the column; None where the system shows none.
        rows: how many rows of the subject stand there; 0 is told to nobody.
    """

    table: str
    column: str | None
    rows: int


def read_connectors(found: Mapping[str, object]) -> tuple[Declaration, ...]:
    """Return the connectors that a settings file declares, by name.

    Args:
        found: name -> its section, as TOML gives it.

    Raises:
        InvalidValueError: something cannot hold; one line for each problem, with its place.
    """
    problems: list[str] = []
    declared = [_declaration(name, found[name], problems) for name in sorted(found)]
    if problems:
        raise InvalidValueError("\n".join(problems))
    return tuple(declared)


def _declaration(name: str, found: object, problems: list[str]) -> Declaration:
    place = f"connectors.{name}"
    kind = found.get("kind") if isinstance(found, dict) else None
    if CONNECTOR_NAME.fullmatch(name) is None:
        problems.append(f"`{place}`: a connector's name is one lower-case word, `customers`")
    if kind == "webhook":
        return _webhook(name, Section(place, found, _WEBHOOK_KEYS, problems))
    section = Section(place, found, _SQL_KEYS, problems)
    said = section.text("kind")
    if said and said != "sql":
        section.problem(f"there is no connector of kind `{said}`{nearest(said, KINDS)}; there are `sql` and `webhook`")
    return _sql(name, section)


def _webhook(name: str, section: Section) -> WebhookDeclaration:
    url, key, key_id = section.text("url"), section.text("key"), section.text("key_id")
    address = _WEB_ADDRESS.fullmatch(url)
    if url and (address is None or (address["scheme"] == "http" and address["host"].strip("[]") not in LOOPBACK)):
        section.problem("`url` is no `https://` address of a host; `http://` is for this machine alone")
    if key and _KEY.fullmatch(key) is None:
        section.problem("`key` is not 64 hexadecimal digits in lower case")
    if key_id and _KEY_ID.fullmatch(key_id) is None:
        section.problem("`key_id` is up to 64 letters, digits, dots, dashes")
    items = tuple(item for item in section.items("items") if isinstance(item, str) and item)
    if not items or len(items) != len(section.items("items")):
        section.problem("`items` names the holdings that it holds, at least one")
    return WebhookDeclaration(
        name=name,
        url=url,
        label=section.words("label"),
        items=items,
        corrects=_told(section),
        key_id=key_id,
        key=bytes.fromhex(key) if _KEY.fullmatch(key) else b"",
        private=section.flag("private"),
        authority=section.text_if("authority"),
    )


def _told(section: Section) -> dict[str, Told]:
    words = section.texts("corrects")
    known = [told.value for told in Told]
    for item, said in words.items():
        if said and said not in known:
            section.problem(f"`corrects.{item}` is `value` or `change`, not `{said}`{nearest(said, known)}")
    return {item: Told(said) for item, said in words.items() if said in known}


def _sql(name: str, section: Section) -> SqlDeclaration:
    declaration = SqlDeclaration(
        name=name,
        url=section.text("url"),
        label=section.words("label"),
        schema=section.text_if("schema"),
        tables=tuple(
            _table(f"{section.place}.tables[{place}]", one, section.problems)
            for place, one in enumerate(section.items("tables"), 1)
        ),
    )
    if not declaration.tables:
        section.problem("declares no `tables`")
    _require_ways(section, declaration)
    return declaration


def _table(place: str, found: object, problems: list[str]) -> TableDeclaration:
    section = Section(place, found, _TABLE_KEYS, problems)
    if ("subject" in section) is ("through" in section):
        section.problem("says either `subject` or `through`: how its rows belong to someone")
    columns = section.names("columns")
    if not columns:
        section.problem("`columns` names none that the subject would see")
    called = section.section("columns", columns)
    subject = section.text_if("subject")
    through = _through(section) if "through" in section else None
    corrects = section.texts("corrects")
    for column in corrects.keys() & {subject, through.column if through else None}:
        section.problem(f"`{column}` leads to the subject, and is not corrected")
    cleared = _cleared(section) if "clear" in section or "replace" in section else None
    for column in [] if cleared is None else sorted(corrects.keys() - cleared.keys()):
        section.problem(f"`{column}` holds `{corrects[column]}`, and rows that stay keep it; `clear` or `replace` it")
    return TableDeclaration(
        table=section.text("table"),
        item=section.text("item"),
        subject=subject,
        through=through,
        columns={column: called.words(column) for column in columns},
        corrects=corrects,
        cleared=cleared,
    )


def _through(section: Section) -> Through:
    way = section.section("through", _THROUGH_KEYS)
    return Through(column=way.text("column"), table=way.text("table"), key=way.text("key"))


def _cleared(section: Section) -> dict[str, str | None]:
    cleared: dict[str, str | None] = {}
    for column in section.items("clear"):
        if isinstance(column, str) and column:
            cleared[column] = None
        else:
            section.problem("`clear` names columns")
    replaced = section.names("replace")
    texts = section.section("replace", replaced)
    for column in replaced:
        if column in cleared:
            section.problem(f"`{column}` is in `clear` and in `replace`")
        cleared[column] = texts.text(column)
    return cleared


def _require_ways(section: Section, declaration: SqlDeclaration) -> None:
    """Note every table that is named twice, and every way that leads to no subject."""
    names = [one.table for one in declaration.tables]
    for name in sorted({name for name in names if names.count(name) > 1}):
        section.problem(f"declares the table `{name}` twice")
    for table in declaration.tables:
        passed = {table.table}
        at = table
        while at.through is not None:
            following = at.through.table
            if following not in names:
                section.problem(f"`{at.table}` leads through `{following}`, which is not declared")
                break
            if following in passed:
                section.problem(f"`{table.table}` leads through `{following}` and never to a subject")
                break
            passed.add(following)
            at = declaration.table(following)
