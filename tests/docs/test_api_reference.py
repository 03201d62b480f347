"""The reference of the API names every operation that the API describes, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from camket.web.api.app import create_api
from camket.web.site import Site

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
NAMED = re.compile(r"^\| `(GET|POST) (/[^`]*)` \|", re.MULTILINE)


def described() -> dict[str, Any]:
    """Return the API's description; no service is needed for it."""
    return create_api(cast("Site", SimpleNamespace(context=None))).openapi()


def test_every_operation_is_named() -> None:
    """An operation that the page leaves out, and one that there is not, fail here."""
    there = {(method.upper(), path) for path, methods in described()["paths"].items() for method in methods}
    assert set(NAMED.findall(PAGE)) == there


def test_every_status_is_explained() -> None:
    """What any operation may be refused with stands on the page."""
    statuses = {
        status
        for methods in described()["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
        if status >= "400"
    }
    explained = {one for line in re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE) for one in line.split(", ")}
    assert statuses == explained


def test_every_body_has_an_example() -> None:
    """Whoever writes a program finds something to send, for each form that an operation takes."""
    description = described()
    forms = description["components"]["schemas"]
    for methods in description["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schema = content["schema"]
                for one in schema.get("oneOf", [schema]):
                    assert forms[one["$ref"].rpartition("/")[2]]["examples"], operation["operationId"]
