"""What the API says of itself (OpenAPI 3.1): every answer with its form, every refusal as problem details, the limits.

Source: OpenAPI 3.1.0; RFC 9457 (problem details); RFC 6585 section 4 (429 and `Retry-After`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.openapi.utils import get_openapi

from camket.web.boundary import PROBLEM_TYPE
from camket.web.failures import failure_of
from camket.web.guards import BODY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from fastapi.routing import APIRoute

PROBLEM: Final = "#/components/schemas/ProblemDocument"
SUMMARY: Final = "A service that runs on the privacy policy that it publishes."
LIMITS: Final = f"""
Whoever is signed in shows the token of their session as `Authorization: Bearer ...`; no cookie is read.

A body is JSON in UTF-8, of {BODY_BYTES} bytes at most (413), and arrives within ten seconds (408). What is not declared
in it is refused by name (422). How often something may be asked for is limited by subject and by address; who asks too
often gets 429 with `Retry-After`, in seconds. Instants are ISO 8601 with their offset. Every refusal is problem details
(RFC 9457) and says in `detail` what to do; nothing that was sent is repeated in it.
"""
BOUNDARY: Final = (400, 403, 408, 413, 500, 503)
"""What any call may be answered with before or behind its route."""
NOT_OURS: Final = ("HTTPValidationError", "ValidationError")
"""Forms of refusals that FastAPI describes and no answer of ours has."""
HEADERS: Final[dict[int, dict[str, Any]]] = {
    401: {
        "WWW-Authenticate": {
            "schema": {"type": "string", "const": "Bearer"},
            "description": "How to sign in.",
            "required": True,
        }
    },
    429: {
        "Retry-After": {
            "schema": {"type": "string", "pattern": "^[0-9]+$"},
            "description": "Seconds until the next one is counted afresh.",
            "required": True,
        }
    },
}


def operation_name(route: APIRoute) -> str:
    """Return what an operation is called in programs that are made from the description: its function's name."""
    return route.name


def describe(api: FastAPI) -> dict[str, Any]:
    """Return the description of an API; made once."""
    if api.openapi_schema is None:
        made = get_openapi(
            title=api.title,
            version=api.version,
            summary=SUMMARY,
            description=LIMITS.strip(),
            openapi_version=api.openapi_version,
            routes=api.routes,
        )
        for operation in _operations(made):
            operation["responses"] = _responses(operation)
        for name in NOT_OURS:
            made["components"]["schemas"].pop(name, None)
        api.openapi_schema = made
    return api.openapi_schema


def _operations(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in made["paths"].values():
        for method, operation in path.items():
            operation["x-changes"] = method not in {"get", "head"}
            yield operation


def _responses(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the answers of one operation: its own, then every refusal that it may come to."""
    own = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
    said = {
        status: one for status, one in operation["responses"].items() if status.startswith("4") and status.isdigit()
    }
    changes = operation.pop("x-changes")
    refusals = set(BOUNDARY)
    refusals |= {401} if "security" in operation else set()
    refusals |= {404} if any(one["in"] == "path" for one in operation.get("parameters", ())) else set()
    refusals |= {422} if operation.get("parameters") or "requestBody" in operation else set()
    refusals |= {409, 429} if changes else set()
    for status in sorted(refusals):
        own.setdefault(str(status), _refusal(status))
    for status, one in said.items():
        # A route's own form of a refusal is one of two: the same status may come from the gate or the boundary.
        forms = [content["schema"] for content in one.get("content", {}).values()]
        schema: dict[str, Any] = {"anyOf": [*forms, {"$ref": PROBLEM}]} if forms else {"$ref": PROBLEM}
        own[status] = _refusal(int(status), schema=schema)
    return dict(sorted(own.items()))


def _refusal(status: int, *, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    title = str(failure_of(status).title)
    content: dict[str, Any] = {"schema": schema or {"$ref": PROBLEM}}
    if schema is None:
        content["example"] = {"type": "about:blank", "title": title, "status": status}
    refusal: dict[str, Any] = {"description": title, "content": {PROBLEM_TYPE: content}}
    if status in HEADERS:
        refusal["headers"] = HEADERS[status]
    return refusal
