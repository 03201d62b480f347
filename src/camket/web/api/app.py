"""The API's routes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from fastapi import Request as ApiRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from camket.core.errors import CamketError, RateLimitedError
from camket.core.terms import Language
from camket.services.forms import FormError
from camket.services.registration import confirm_registration, start_registration
from camket.web.api.consents import add_consents
from camket.web.api.description import describe, operation_name
from camket.web.api.desk import add_desk
from camket.web.api.desk_numbers import add_desk_numbers
from camket.web.api.documents import (
    ConfirmedRegistration,
    FieldProblem,
    NewRegistration,
    ProblemDocument,
    RegistrationCode,
    StartedRegistration,
)
from camket.web.api.notices import add_notices
from camket.web.api.outside import add_outside
from camket.web.api.policy import add_policy
from camket.web.api.receipts import add_receipts
from camket.web.api.requests import add_requests
from camket.web.boundary import PROBLEM_TYPE, problem_of, readable
from camket.web.customer.arrival import new_browser
from camket.web.failures import failure_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from camket.web.site import Site

NOT_ALLOWED: Final = 405
UNPROCESSABLE: Final = 422


def create_api(site: Site) -> FastAPI:
    """Return the API of a running service."""
    api = FastAPI(
        title="camket",
        version="1",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_name,
        responses={"4XX": {"model": ProblemDocument}},
    )
    # FastAPI asks the application for its description by this name.
    setattr(api, "openapi", partial(describe, api))  # noqa: B010 - a method in its class, a function here
    api.add_exception_handler(FormError, _refused_form)
    api.add_exception_handler(RequestValidationError, _refused_document)
    api.add_exception_handler(HTTPException, _failed)
    api.add_exception_handler(CamketError, _failed)
    _add_health(api, site)
    add_policy(api, site)
    _add_registration(api, site)
    add_consents(api, site)
    add_receipts(api, site)
    add_notices(api, site)
    add_requests(api, site)
    add_outside(api, site)
    add_desk(api, site)
    add_desk_numbers(api, site)
    return api


def _add_health(api: FastAPI, site: Site) -> None:
    @api.get("/healthz", tags=["service"])
    def healthz() -> dict[str, str]:
        """Say that the store can be read and a policy is in force."""
        site.in_force()
        return {"status": "ok"}


def _add_registration(api: FastAPI, site: Site) -> None:
    @api.post("/registrations", status_code=202, tags=["registration"])
    def register(request: ApiRequest, registration: NewRegistration) -> StartedRegistration:
        """Begin a registration: a code is sent to the e-mail address. Known or not looks the same."""
        browser = new_browser(site.context)
        start_registration(
            site.context,
            fields=registration.fields,
            language=registration.language,
            browser=browser,
            address=request.client.host if request.client else None,
        )
        return StartedRegistration(browser=browser)

    @api.post("/registrations/confirmation", status_code=201, tags=["registration"])
    def confirm(request: ApiRequest, entered: RegistrationCode) -> ConfirmedRegistration:
        """Confirm the e-mail address by the code that was sent to it."""
        arrived = confirm_registration(
            site.context,
            browser=entered.browser,
            code=entered.code,
            headers=request.headers,
            address=request.client.host if request.client else None,
        )
        return ConfirmedRegistration(session=arrived.session_token)


async def _failed(request: ApiRequest, error: Exception) -> Response:
    response = problem_of(error)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    if isinstance(error, RateLimitedError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if response.status_code == NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(_methods(request))
    return response


def _methods(request: ApiRequest) -> list[str]:
    """Return what can be done at an address; a route by itself knows of its own methods alone."""
    found: set[str] = set()
    for route in request.app.routes:
        matched, _ = route.matches(request.scope)
        found |= (route.methods or set()) if matched is not Match.NONE else set()
    return sorted(found)


async def _refused_form(_request: ApiRequest, error: Exception) -> Response:
    problems = error.problems.items() if isinstance(error, FormError) else ()
    return _unprocessable(
        [FieldProblem(field=readable(name), code=one.code, detail=one.message[Language.EN]) for name, one in problems]
    )


async def _refused_document(_request: ApiRequest, error: Exception) -> Response:
    problems = error.errors() if isinstance(error, RequestValidationError) else ()
    return _unprocessable(
        [
            FieldProblem(field=".".join(str(part) for part in one["loc"][1:]), code=one["type"], detail=one["msg"])
            for one in problems
        ]
    )


def _unprocessable(errors: list[FieldProblem]) -> Response:
    problem = ProblemDocument(title=str(failure_of(UNPROCESSABLE).title), status=UNPROCESSABLE, errors=errors)
    content = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, status_code=UNPROCESSABLE, media_type=PROBLEM_TYPE)
