"""Pages that stand in a file of their own: any browser shows them, without scripts, network or camket."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.terms import Language

_STYLE: Final = """
:root{color-scheme:light dark;--paper:light-dark(#faf7f1,#14171c);--sheet:light-dark(#fff,#1c2027);
--ink:light-dark(#1b2330,#ece8e1);--ink-2:light-dark(#565f6e,#a7adb8);--line:light-dark(#e6dfd3,#2d333d);
--seal:light-dark(#b3261e,#ff8a7a);--jade:light-dark(#0b6e5f,#5fd0bb)}
*{box-sizing:border-box}body{margin:0 auto;max-width:960px;padding:24px 16px 64px;background:var(--paper);
color:var(--ink);font:16px/1.6 "Be Vietnam Pro",system-ui,"Noto Sans",sans-serif}
h1{font-size:28px;line-height:1.3;border-bottom:4px solid var(--seal);padding-bottom:12px}
h2{font-size:20px;margin:32px 0 8px}section{background:var(--sheet);border:1px solid var(--line);border-radius:14px;
padding:8px 18px;overflow-x:auto}table{width:100%;border-collapse:collapse}
th,td{text-align:left;vertical-align:top;padding:10px 8px;border-top:1px solid var(--line);overflow-wrap:anywhere}
tr:first-child>*{border-top:0}th{font-size:14px;color:var(--ink-2)}td b{color:var(--ink)}
small,.quiet{color:var(--ink-2);font-size:14px}.late{color:var(--seal);font-weight:600}
code{font:14px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;color:var(--jade);overflow-wrap:anywhere}
img{max-width:240px;height:auto;border-radius:8px}td:first-child{min-width:132px}
@media (max-width:699px){thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,th,td{display:block}tr{padding:12px 0;border-top:1px solid var(--line)}tr:first-child{border-top:0}
th,td{border:0;padding:3px 0}td::before{content:attr(data-label);display:block;font-size:14px;color:var(--ink-2)}
td:empty{display:none}}
@media print{body{background:#fff;max-width:none}section{border:0;padding:0}}
"""
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""No script, nothing from the network, even when a value should ever break out of its place."""
_CSP_WITH_PICTURES: Final = f"{_CSP}; img-src 'self' file:"


def offline_page(language: Language, *, title: str, lead: str, body: str, pictures: bool = False) -> str:
    """Return a whole page as HTML.

    Args:
        language: of the page.
        title: as text.
        lead: the sentence below the title, as text.
        body: what follows, as HTML: whatever came from anyone is escaped in it.
        pictures: it shows files that lie beside it.
    """
    csp = _CSP_WITH_PICTURES if pictures else _CSP
    return (
        f'<!doctype html>\n<html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f'<meta http-equiv="Content-Security-Policy" content="{csp}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(lead)}</p>\n{body}</main></body></html>\n"
    )


def offline_table(heads: Sequence[str], rows: Sequence[tuple[str, ...]], none: str) -> str:
    """Return a table as HTML.

    Args:
        heads: of the columns, as text.
        rows: one cell for each column, as HTML.
        none: what stands there, as text, where there are no rows.
    """
    if not rows:
        return f"<section><p>{escape(none)}</p></section>"
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "\n".join(
        "<tr>"
        + "".join(f'<td data-label="{escape(name)}">{cell}</td>' for name, cell in zip(heads, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<section><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></section>"
