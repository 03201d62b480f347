"""A whole service in a folder of a test's own."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from camket.bootstrap import start_runtime
from camket.config import load_settings
from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.codes import browser_hash, code_text
from camket.services.registration import confirm_registration, start_registration
from camket.testing.doubles import CapturedMail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.bootstrap import Runtime
    from camket.ports import Clock, Entropy
    from camket.services.context import Context

DEFAULT_POLICY: Final = Path(__file__).parents[3] / "policies" / "default"


@contextmanager
def running_service(
    folder: Path | str,
    *,
    policy: Path = DEFAULT_POLICY,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    mail: CapturedMail | None = None,
    **settings: object,
) -> Iterator[Runtime]:
    """Start a service on SQLite in a folder, and close it at the end; in the same folder again it is the same service.

    Args:
        folder: data and keys lie in it.
        policy: the policy's folder.
        clock: a clock to hold; the system's when None.
        entropy: randomness to know; the system's when None.
        mail: keeps outgoing mails; a new one when None.
        settings: any setting by name.
    """
    chosen: dict[str, object] = {"data": Path(folder) / "data", "policy": policy, "development": True, **settings}
    runtime = start_runtime(
        load_settings(**chosen), clock=clock, entropy=entropy, mail=CapturedMail() if mail is None else mail
    )
    try:
        yield runtime
    finally:
        runtime.close()


def newest_code(ctx: Context, browser: str, kind: CodeKind, *, request_id: str | None = None) -> str:
    """Return the digits that were sent to a browser's owner last, as they stand in the mail.

    Args:
        ctx: the service.
        browser: the random token of the browser that asked.
        kind: what the code is good for.
        request_id: the request that it proves; any when None.
    """
    row = ctx.store.read(lambda unit: unit.codes.newest(browser_hash(browser), kind, request_id=request_id))
    if row is None:
        message = f"no code was sent to the browser `{browser}`"
        raise LookupError(message)
    return code_text(ctx, row.id)


def register(runtime: Runtime, number: int = 0, *, name: str = "Alice", email: str | None = None) -> str:
    """Register and confirm a customer, and return their subject id.

    Args:
        runtime: the service.
        number: makes address, phone and browser differ from other customers'.
        name: of the customer.
        email: their address; made from name and number when None.
    """
    ctx = runtime.context
    browser = f"browser-{name}-{number}"
    address = email or f"{name.lower()}{number}@shop.example"
    fields = {"name": name, "phone": f"09{12_000_000 + number}", "email": address}
    start_registration(ctx, fields=fields, language=Language.VI, browser=browser, address=None)
    code = newest_code(ctx, browser, CodeKind.REGISTER)
    return confirm_registration(ctx, browser=browser, code=code, headers={}, address=None).subject_id
