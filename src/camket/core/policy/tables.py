"""The declarations as tables: every row has the anchor that references in the prose link to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from camket.core.policy.labels import row_id
from camket.core.policy.wording import (
    BASES,
    CHANNELS,
    GROUND_MEANINGS,
    GROUNDS,
    LABELS,
    SOURCES,
    VERIFICATIONS,
    country_text,
    days_text,
    fee_text,
    legal_minimum_text,
    limit_text,
    working_days_text,
)
from camket.core.terms import Channel, Language

if TYPE_CHECKING:
    from camket.core.policy.model import Item, Policy, RightTerms


COLUMNS_WITHOUT_FOLD: Final = 2
"""A name and one sentence need no fold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One declaration.

    Args:
        id: anchor, unique on the page.
        cells: as many as the table has columns; the first one names the row.
        cited: names of articles in the cells that stand there in another language than the rest.
    """

    id: str
    cells: tuple[str, ...]
    cited: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """All declarations of one kind.

    Args:
        id: anchor, unique on the page.
        empty: what is said where there is no row.
        folds: its rows are long, and one may want to read the first sentence of each before the rest.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    folds: bool = False


def declaration_tables(policy: Policy, language: Language) -> tuple[Table, ...]:
    """Return every declaration of the policy, in the file's order."""
    return (
        _items(policy, language),
        _purposes(policy, language),
        _recipients(policy, language),
        _grounds(policy, language),
        _rights(policy, language),
        _services(policy, language),
        _notices(policy, language),
    )


def _table(name: str, columns: tuple[str, ...], rows: tuple[Row, ...], language: Language) -> Table:
    said = tuple(LABELS[column][language] for column in columns)
    folds = len(columns) > COLUMNS_WITHOUT_FOLD
    return Table(id=f"table-{name}", title=LABELS[name][language], columns=said, rows=rows, folds=folds)


def _items(policy: Policy, language: Language) -> Table:
    columns = ("item", "why", "from", "used_for", "kept")
    rows = tuple(_item(policy, item, language) for item in policy.items)
    return _table("items", columns, rows, language)


def _item(policy: Policy, item: Item, language: Language) -> Row:
    marks = [
        LABELS[name][language] for name, holds in (("required", item.required), ("sensitive", item.sensitive)) if holds
    ]
    name = f"{item.label[language]} ({', '.join(marks)})" if marks else item.label[language]
    purposes = "; ".join(each.label[language] for each in policy.purposes if item.id in each.items)
    kept = limit_text(item.maximum, language)
    sentences = [f"{kept[:1].upper()}{kept[1:]}.", item.maximum.reason[language]]
    cited: tuple[str, ...] = ()
    if item.legal_minimum is not None:
        sentences.append(legal_minimum_text(item.legal_minimum, language))
        cited = () if language is Language.VI else (item.legal_minimum.article,)
    return Row(
        id=row_id("item", item.id),
        cells=(name, item.why[language], _where_from(policy, item, language), purposes, " ".join(sentences)),
        cited=cited,
    )


def _where_from(policy: Policy, item: Item, language: Language) -> str:
    services = {service.id: service.label[language] for service in policy.services}
    ways: dict[str, list[str]] = {}
    for way in item.collected:
        ways.setdefault(SOURCES[way.source][language], []).append(services[way.service])
    return "; ".join(f"{', '.join(named)}: {source}" for source, named in ways.items())


def _purposes(policy: Policy, language: Language) -> Table:
    labels = {item.id: item.label[language] for item in policy.items}
    rows = tuple(
        Row(
            id=row_id("purpose", purpose.id),
            cells=(
                purpose.label[language],
                purpose.explains[language],
                BASES[purpose.basis][language],
                ", ".join(labels[item] for item in purpose.items),
            ),
        )
        for purpose in policy.purposes
    )
    return _table("purposes", ("purpose", "explains", "basis", "items"), rows, language)


def _recipients(policy: Policy, language: Language) -> Table:
    labels = {item.id: item.label[language] for item in policy.items}
    rows = tuple(
        Row(
            id=row_id("recipient", recipient.id),
            cells=(
                recipient.label[language],
                recipient.explains[language],
                country_text(recipient.country, language),
                "; ".join(
                    f"{GROUNDS[ground][language]}: {', '.join(labels[item] for item in items)}"
                    for ground, items in recipient.shares.items()
                ),
            ),
        )
        for recipient in policy.recipients
    )
    table = _table("recipients", ("recipient", "explains", "country", "receives"), rows, language)
    return (
        table if rows else Table(id=table.id, title=table.title, columns=(), rows=(), empty=LABELS["nobody"][language])
    )


def _grounds(policy: Policy, language: Language) -> Table:
    rows = tuple(
        Row(id=row_id("ground", ground), cells=(GROUNDS[ground][language], GROUND_MEANINGS[ground][language]))
        for ground in policy.grounds
    )
    return _table("grounds", ("ground", "explains"), rows, language)


def _rights(policy: Policy, language: Language) -> Table:
    columns = ("right", "explains", "reply", "complete", "fee", "verification")
    rows = tuple(_right(terms, language) for terms in policy.rights)
    return _table("rights", columns, rows, language)


def _right(terms: RightTerms, language: Language) -> Row:
    values: tuple[str, ...] = (
        working_days_text(terms.reply_days, language),
        days_text(terms.complete_days, language),
        fee_text(terms.fee_vnd, language),
        VERIFICATIONS[terms.verification][language],
    )
    if not terms.present:
        values = (LABELS["not_offered"][language],) * len(values)
    return Row(id=row_id("right", terms.right), cells=(terms.label[language], terms.explains[language], *values))


def _services(policy: Policy, language: Language) -> Table:
    rows = tuple(
        Row(id=row_id("service", service.id), cells=(service.label[language], service.does[language]))
        for service in policy.services
    )
    return _table("services", ("service", "does"), rows, language)


def _notices(policy: Policy, language: Language) -> Table:
    lead = {(notice.service, notice.channel): notice.lead_days for notice in policy.notices}
    rows = tuple(
        Row(
            id=row_id("notice", service.id),
            cells=(
                service.label[language],
                *(
                    days_text(lead[service.id, channel], language)
                    if (service.id, channel) in lead
                    else LABELS["no_notice"][language]
                    for channel in Channel
                ),
            ),
        )
        for service in policy.services
    )
    columns = (LABELS["service"][language], *(CHANNELS[channel][language] for channel in Channel))
    return Table(id="table-notices", title=LABELS["notices"][language], columns=columns, rows=rows)
