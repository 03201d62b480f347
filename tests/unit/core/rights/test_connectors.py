"""A declaration of connectors is read whole and strictly; what cannot hold is told with its place."""

from __future__ import annotations

from typing import Any

import pytest

from camket.core.errors import InvalidValueError
from camket.core.rights.connectors import RowEnd, SqlDeclaration, Through, Told, WebhookDeclaration, read_connectors
from camket.core.terms import Language

WORDS = {"vi": "Tên", "en": "Name"}


def table(name: str = "customers", **other: object) -> dict[str, object]:
    """Return a table's section; what is None is left out."""
    said = {"table": name, "item": "shop.sales", "subject": "camket_id", "columns": {"name": WORDS}, **other}
    return {key: value for key, value in said.items() if value is not None}


def through(column: str, table: str) -> dict[str, str]:
    """Return the way over another table."""
    return {"column": column, "table": table, "key": "id"}


def connector(*tables: dict[str, object], **other: object) -> dict[str, Any]:
    """Return the sections of one connector."""
    return {"crm": {"kind": "sql", "url": "sqlite:///secret", "label": WORDS, "tables": list(tables), **other}}


def problems(found: dict[str, Any]) -> list[str]:
    """Return why a declaration is refused."""
    with pytest.raises(InvalidValueError) as refused:
        read_connectors(found)
    return str(refused.value).splitlines()


def test_a_declaration_is_read() -> None:
    """Tables, ways, columns with their words, and what becomes of each row."""
    (crm,) = read_connectors(
        connector(
            table(),
            table("orders", subject=None, through=through("customer_id", "customers"), clear=["address"]),
            table("notes", replace={"text": "-"}),
            schema="sales",
        )
    )
    assert isinstance(crm, SqlDeclaration)
    assert (crm.name, crm.schema, crm.label[Language.VI]) == ("crm", "sales", "Tên")
    customers, orders, notes = crm.tables
    assert (customers.subject, customers.end, customers.columns["name"][Language.EN]) == (
        "camket_id",
        RowEnd.DELETE,
        "Name",
    )
    assert (orders.through, orders.cleared) == (
        Through(column="customer_id", table="customers", key="id"),
        {"address": None},
    )
    assert (notes.end, notes.cleared) == (RowEnd.ANONYMISE, {"text": "-"})


def test_no_declaration_is_no_connector() -> None:
    """Nothing declared is nothing connected."""
    assert read_connectors({}) == ()


def test_rows_go_before_what_they_lead_through() -> None:
    """However the tables are written down, lines go before orders and orders before customers."""
    (crm,) = read_connectors(
        connector(
            table("customers"),
            table("cards"),
            table("lines", subject=None, through=through("order_id", "orders")),
            table("orders", subject=None, through=through("customer_id", "customers")),
        )
    )
    assert isinstance(crm, SqlDeclaration)
    assert [one.table for one in crm.erased_in_order()] == ["lines", "orders", "cards", "customers"]


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (
            connector(table(), kind="sqll"),
            "there is no connector of kind `sqll` (did you mean `sql`?); there are `sql` and `webhook`",
        ),
        (connector(table(), urll="x"), "there is no `urll` here (did you mean `url`?)"),
        (connector(table(), url=7), "`url` is no text"),
        (connector(), "declares no `tables`"),
        (connector(table(), table()), "declares the table `customers` twice"),
        (connector(table(), label={"vi": "Sổ"}), "`en` is missing"),
        (connector(table(sbject="x")), "there is no `sbject` here (did you mean `subject`?)"),
        (connector(table(item=None)), "`item` is missing"),
        (connector(table(columns={})), "`columns` names none that the subject would see"),
        (connector(table(columns={"name": {"vi": "Tên"}})), "`en` is missing"),
        (
            connector(table(through=through("a", "customers"))),
            "says either `subject` or `through`: how its rows belong to someone",
        ),
        (connector(table(subject=None)), "says either `subject` or `through`: how its rows belong to someone"),
        (
            connector(table(subject=None, through=through("a", "custmers"))),
            "`customers` leads through `custmers`, which is not declared",
        ),
        (
            connector(table(subject=None, through=through("a", "customers"))),
            "`customers` leads through `customers` and never to a subject",
        ),
        (connector(table(clear=["a"], replace={"a": "-"})), "`a` is in `clear` and in `replace`"),
        (connector(table(clear="a")), "`clear` is no list"),
        ({"CRM": connector(table())["crm"]}, "a connector's name is one lower-case word, `customers`"),
        ({"crm": "sqlite:///secret"}, "is no section"),
    ],
)
def test_what_cannot_hold_is_told_with_its_place(found: dict[str, Any], problem: str) -> None:
    """Each mistake has its sentence, with the nearest name where one is close; no address is quoted."""
    told = problems(found)
    assert any(line.startswith("`connectors.") and line.endswith(f": {problem}") for line in told), told
    assert "secret" not in "".join(told)


def test_every_problem_is_told_at_once() -> None:
    """Who mends one does not meet the next at the next start."""
    assert len(problems(connector(table(item=None, columns={}), url=""))) == 3


def webhook(**other: object) -> dict[str, Any]:
    """Return the section of a webhook; what is None is left out."""
    said = {
        "kind": "webhook",
        "url": "https://news.example/camket",
        "label": WORDS,
        "items": ["shop.sales"],
        "key_id": "2026-11",
        "key": "0f" * 32,
        **other,
    }
    return {"news": {key: value for key, value in said.items() if value is not None}}


def test_a_webhook_is_read() -> None:
    """Address, items and key; private networks are closed where nothing is said."""
    (news,) = read_connectors(webhook())
    assert isinstance(news, WebhookDeclaration)
    assert (news.name, news.url, news.items, news.private) == (
        "news",
        "https://news.example/camket",
        ("shop.sales",),
        False,
    )
    assert (news.key_id, news.key) == ("2026-11", b"\x0f" * 32)
    assert "0f0f" not in repr(news)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8099/", "http://[::1]/x", "http://localhost", "https://a.example:1/x?b"]
)
def test_addresses_of_a_webhook(url: str) -> None:
    """TLS anywhere; without it on this machine alone."""
    assert read_connectors(webhook(url=url))[0].url == url


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        *(
            ({"url": url}, "`url` is no `https://` address of a host; `http://` is for this machine alone")
            for url in (
                "http://news.example/",
                "ftp://news.example/",
                "https://alice:tea@news.example/",
                "https://news.example/a b",
                "http://localhost.news.example/",
            )
        ),
        ({"key": "0f"}, "`key` is not 64 hexadecimal digits in lower case"),
        ({"key_id": "a\r\nb"}, "`key_id` is up to 64 letters, digits, dots, dashes"),
        ({"items": []}, "`items` names the holdings that it holds, at least one"),
        ({"private": "yes"}, "`private` is neither true nor false"),
        ({"tables": []}, "there is no `tables` here"),
    ],
)
def test_what_no_webhook_can_be(other: dict[str, object], problem: str) -> None:
    """Each mistake has its sentence, and neither key nor address is quoted."""
    told = problems(webhook(**other))
    assert len(told) == 1
    assert told[0].startswith(f"`connectors.news`: {problem}")
    assert "tea" not in told[0]


def test_what_is_corrected_is_read() -> None:
    """Columns with their items, and for a webhook what it is told; a file of an authority of its own."""
    (crm,) = read_connectors(connector(table(corrects={"name": "name"})))
    assert isinstance(crm, SqlDeclaration)
    assert crm.tables[0].corrects == {"name": "name"}
    told = {"email": "value", "phone": "change"}
    (news,) = read_connectors(webhook(corrects=told, authority="/etc/ca.pem"))
    assert isinstance(news, WebhookDeclaration)
    assert (news.corrects, news.authority) == ({"email": Told.VALUE, "phone": Told.CHANGE}, "/etc/ca.pem")


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (connector(table(corrects={"camket_id": "name"})), "`camket_id` leads to the subject, and is not corrected"),
        (
            connector(
                table(),
                table(
                    "orders",
                    subject=None,
                    through=through("customer_id", "customers"),
                    corrects={"customer_id": "name"},
                ),
            ),
            "`customer_id` leads to the subject, and is not corrected",
        ),
        (
            connector(table(corrects={"name": "name"}, clear=["address"])),
            "`name` holds `name`, and rows that stay keep it; `clear` or `replace` it",
        ),
        (connector(table(corrects={"name": 7})), "`name` is no text"),
        (connector(table(corrects=["name"])), "`corrects` is no section"),
    ],
)
def test_a_correction_that_cannot_hold_is_told(found: dict[str, Any], problem: str) -> None:
    """Nothing is set in what leads to a subject, and nothing corrected outlives an erasure in a row that stays."""
    assert any(one.endswith(problem) for one in problems(found))


def test_a_webhook_is_told_the_value_or_the_change() -> None:
    """Anything else is refused with the nearest."""
    (problem,) = problems(webhook(corrects={"email": "values"}))
    assert problem.endswith("`corrects.email` is `value` or `change`, not `values` (did you mean `value`?)")
