"""What apps hold, as the page of a copy shows it: tables made from the JSON that each app gives."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from camket.core.terms import Language
from camket.services.copy_text import shown_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MakeTable: TypeAlias = "Callable[[Sequence[str], Sequence[tuple[str, ...]], str], str]"
"""Makes a table of headings, rows of cells that are HTML, and what stands there when there are no rows."""

JSON_TYPE: Final = "application/json"
_SAID: Final = {
    Language.VI: {
        "in": "Trong ứng dụng {name}",
        "count": "{count} mục",
        "one": "1 mục",
        "account": "Giữ đến khi bạn xóa tài khoản: {because}",
        "file": "Nội dung nằm trong tệp {file}.",
        "none": "Không có gì.",
        "yes": "có",
        "no": "không",
    },
    Language.EN: {
        "in": "In the app {name}",
        "count": "{count} entries",
        "one": "1 entry",
        "account": "Kept until you delete the account: {because}",
        "file": "It is in the file {file}.",
        "none": "Nothing.",
        "yes": "yes",
        "no": "no",
    },
}


def render_holdings(
    data: Mapping[str, Any],
    files: Mapping[str, bytes],
    language: Language,
    *,
    table: MakeTable,
) -> str:
    """Return a section for each item that an app holds, as HTML, *personal*; empty where no app holds anything.

    Args:
        data: what `data.json` holds.
        files: name in the archive -> content of the files that apps gave.
        language: of the page.
        table: how the page makes its tables.
    """
    said = _SAID[language]
    parts: list[str] = []
    for one in data["holdings"]:
        name, label = one["app_label"][language.value], one["label"][language.value]
        because = said["account"].format(because=one["kept_because"][language.value])
        place = said["file"].format(file=one["file"])
        count = said["one" if one["count"] == 1 else "count"].format(count=one["count"])
        parts.append(
            f"<h2>{escape(said['in'].format(name=name))}: {escape(label)} · {escape(count)}</h2>\n"
            f"<p>{escape(one['why'][language.value])}<br><small>{escape(because)}</small></p>"
        )
        tables = _tables(one, files[one["file"]], language, table)
        parts.append(tables or f"<section><p>{escape(place)}</p></section>")
    return "\n".join(parts)


def _tables(
    holding: Mapping[str, Any],
    content: bytes,
    language: Language,
    table: MakeTable,
) -> str:
    """Return a table for each list of records in the content; empty where it is no JSON or holds none."""
    if holding["media_type"] != JSON_TYPE:
        return ""
    try:
        value = json.loads(content)
    except ValueError:
        return ""
    lists = list(value.values()) if isinstance(value, dict) else [value]
    labels = {name: texts.get(language.value, name) for name, texts in holding["labels"].items()}
    found = [
        _table([one for one in records if isinstance(one, dict)], labels, language, table)
        for records in lists
        if isinstance(records, list) and any(isinstance(one, dict) for one in records)
    ]
    return "\n".join(found)


def _table(
    records: Sequence[dict[str, Any]],
    labels: Mapping[str, str],
    language: Language,
    table: MakeTable,
) -> str:
    names = _names(records, labels)
    rows = [tuple(_cell(record.get(name), labels, language) for name in names) for record in records]
    return table([labels.get(name, name) for name in names], rows, _SAID[language]["none"])


def _names(records: Sequence[dict[str, Any]], labels: Mapping[str, str]) -> list[str]:
    """Return the fields that people read: those with a label, in the labels' order; all where none has one."""
    present = dict.fromkeys(name for record in records for name in record)
    return [name for name in labels if name in present] or list(present)


def _cell(value: object, labels: Mapping[str, str], language: Language) -> str:
    """Return a value of JSON as HTML."""
    if isinstance(value, list):
        return "<br>".join(_cell(one, labels, language) for one in value)
    if isinstance(value, dict):
        shown = [(name, _cell(value[name], labels, language)) for name in _names([value], labels)]
        return ", ".join(f"{escape(labels.get(name, name))}: {cell}" for name, cell in shown if cell)
    return escape(_word(value, language))


def _word(value: object, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _SAID[language]["yes" if value else "no"]
    return f"{value:,}".replace(",", "\u00a0") if isinstance(value, int) else shown_time(str(value))
