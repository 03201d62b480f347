"""One request, read and bounded: what the pages get instead of the framework's request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from camket.client.visitor import language_named, language_of
from camket.core.errors import VerificationError
from camket.web import cookies
from camket.web.guards import BODY_BYTES, SAFE_METHODS, read_body
from camket.web.i18n import say
from camket.web.uploads import is_multipart, read_upload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    from camket.core.terms import Language
    from camket.services.context import Context
    from camket.services.sessions import Session
    from camket.services.staff_sessions import StaffSession
    from camket.web.site import Site
    from camket.web.uploads import UploadLimits

FORM_TYPE: Final = "application/x-www-form-urlencoded"
FIELDS_OF_A_FORM: Final = 40
LANGUAGE_PARAMETER: Final = "lang"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One request.

    Args:
        site: what pages are made from.
        method: upper case.
        path: without the query.
        parameters: from the path.
        query: from the address; never personal.
        form: *personal*; what was typed, empty unless the request is a POST.
        files: *personal*; the files of a form, by field; only where the page takes files.
        cookies: as the browser sent them.
        headers: lower-case names.
        address: *personal*; where the request comes from, for rate limits only.
        chosen: the language chosen by this very request, to be remembered.
        session: who is signed in; None on pages that do not look.
        staff_session: who of the staff is signed in, or signing in; None on pages that do not look.
    """

    site: Site
    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    address: str | None = field(repr=False)
    language: Language
    chosen: Language | None = None
    session: Session | None = None
    staff_session: StaffSession | None = None
    files: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict, repr=False)

    @property
    def context(self) -> Context:
        """What the use cases need."""
        return self.site.context

    @property
    def https(self) -> bool:
        """The service is reached over https."""
        return self.site.https

    @property
    def browser(self) -> str | None:
        """The random name of this browser, or None before its first form."""
        return cookies.BROWSER.read(self.cookies, https=self.https)

    @property
    def signals_gpc(self) -> bool:
        """The browser sends Global Privacy Control."""
        return self.headers.get("sec-gpc") == "1"

    @property
    def own(self) -> Session:
        """Who is signed in, on a page that only they see.

        Raises:
            VerificationError: no one is.
        """
        if self.session is None:
            raise VerificationError("sign in first")
        return self.session

    @property
    def staff(self) -> StaffSession:
        """Who of the staff is signed in, on a page that only they see.

        Raises:
            VerificationError: no one is.
        """
        if self.staff_session is None or not self.staff_session.signed_in:
            raise VerificationError("sign in first")
        return self.staff_session

    def say(self, message: str, **values: object) -> str:
        """Return a sentence of the catalogue in the reader's language."""
        return say(self.language, message, **values)

    def show(self, template: str, *, status: int = 200, **view: object) -> HTMLResponse:
        """Return a page in the reader's language."""
        return self.site.pages.show(self, template, status=status, **view)

    def typed(self, name: str) -> str:
        """Return what was typed into a field, empty where the form has no such field."""
        return self.form.get(name, "")


async def read_visit(
    request: Request,
    site: Site,
    *,
    reads_form: bool = True,
    form_bytes: int = BODY_BYTES,
    uploads: UploadLimits | None = None,
) -> Visit:
    """Read a request whole; of one whose form is not read, all but the body.

    Args:
        request: as it came.
        site: what pages are made from.
        reads_form: whether its body is looked at.
        form_bytes: a larger form without files is refused.
        uploads: what a form with files may be; None where the page takes none.

    Raises:
        HTTPException: a body that is too large (413), too slow (408), of another type (415) or unreadable (400).
    """
    form: dict[str, str] = {}
    files: Mapping[str, tuple[bytes, ...]] = {}
    changes = reads_form and request.method not in SAFE_METHODS
    if changes and uploads is not None and is_multipart(request):
        form, files = await read_upload(request, uploads)
    elif changes:
        form = read_form(request, await read_body(request, most_bytes=form_bytes))
    chosen = language_named(request.query_params.get(LANGUAGE_PARAMETER))
    return Visit(
        site=site,
        method=request.method,
        path=request.url.path,
        parameters=request.path_params,
        query=request.query_params,
        form=form,
        files=files,
        cookies=request.cookies,
        headers=request.headers,
        address=request.client.host if request.client else None,
        language=chosen or language_of(request.headers, https=site.https),
        chosen=chosen,
    )


def read_form(request: Request, body: bytes) -> dict[str, str]:
    """Return the fields of a form. A field given twice has no single meaning and is refused."""
    if not body:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise HTTPException(415)
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_OF_A_FORM
        )
    except ValueError:  # not UTF-8, or more fields than any form has
        raise HTTPException(400) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise HTTPException(400)
    return fields
