"""The API does what it says of itself: schemathesis calls every route with right and wrong data, and finds nothing.

It runs as a program of its own against a real service on loopback, always with the same data.
"""

from __future__ import annotations

import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import uvicorn

from camket.core.staff.roles import Role
from camket.core.terms import Language
from camket.rows import CodeKind
from camket.services.consents import AskedThrough, ask_question
from camket.services.copy_requests import start_copy
from camket.services.registration import confirm_registration, start_registration
from camket.services.sessions import find_session
from camket.testing.service import newest_code, running_service
from camket.testing.staff import add_staff
from camket.web.app import create_app
from tests.lan_service import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camket.services.context import Context

MANY = 1_000_000
EXAMPLES = 6
"""For each operation, beside the edges of every parameter and member, which are all tried."""
SECONDS = 300
BROWSER = "the browser of alice"

# What a description cannot say: which of well-formed values are a phone number, or declared by the policy in force.
MEANING = {
    "POST /registrations": (422,),
    "POST /questions": (400,),
    "POST /requests": (400, 422),
    "POST /requests/{request}/messages": (422,),
    "POST /outside/requests": (422,),
    "POST /outside/requests/{request}/code": (422,),
    "GET /desk/requests": (400,),
    "POST /desk/requests": (400, 422),
    "POST /desk/requests/{request}/acts": (400, 422),
}


class Called:
    """A running service, and someone who is signed in.

    Args:
        origin: where it listens.
        token: of their session.
        officer: of the session of an officer at the desk.
        known: parameter -> something of theirs that is there.
    """

    def __init__(self, origin: str, token: str, officer: str, known: dict[str, str | int]) -> None:
        self.origin = origin
        self.token = token
        self.officer = officer
        self.known = known


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    """Return a service without limits that many calls from one address would meet, in which alice is signed in."""
    port = free_port()
    with running_service(
        tmp_path_factory.mktemp("service"),
        port=port,
        registrations_per_address_hour=MANY,
        sign_ins_per_address_hour=MANY,
        attempts_per_address_hour=MANY,
        codes_per_subject_hour=MANY,
    ) as runtime:
        token, known = sign_in(runtime.context)
        officer = add_staff(runtime.context, Role.OFFICER, name="Bob").token
        config = uvicorn.Config(create_app(runtime), host="127.0.0.1", port=port, log_config=None, access_log=False)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run)
        thread.start()
        try:
            yield Called(f"http://localhost:{port}", token, officer, known)
        finally:
            server.should_exit = True
            thread.join()


def sign_in(ctx: Context) -> tuple[str, dict[str, str | int]]:
    """Register alice and have her asked something; return her session's token and what there is."""
    fields = {"name": "Alice Nguyễn", "phone": "0912345678", "email": "alice@shop.example"}
    start_registration(ctx, fields=fields, language=Language.VI, browser=BROWSER, address=None)
    code = newest_code(ctx, BROWSER, CodeKind.REGISTER)
    token = confirm_registration(ctx, browser=BROWSER, code=code, headers={}, address=None).session_token
    session = find_session(ctx, token)
    assert session is not None
    question = ask_question(
        ctx,
        subject_id=session.subject_id,
        language=Language.VI,
        through=AskedThrough.API,
        purpose="promote",
        wanted=True,
    )
    request = start_copy(ctx, session)
    return token, {"question": question.id, "request": request.number}


def configured(folder: Path, known: dict[str, str | int]) -> Path:
    """Write what schemathesis has to know beside the description; return the file."""
    lines = ["[parameters]"]
    lines += [f'"path.{name}" = {value!r}' for name, value in known.items()]
    for operation, statuses in MEANING.items():
        expected = ["2xx", "401", "403", "404", "409", "429", *map(str, statuses)]
        lines += [
            "[[operations]]",
            f'include-name = "{operation}"',
            f"checks.positive_data_acceptance.expected-statuses = {expected}",
        ]
    file = folder / "schemathesis.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def run(folder: Path, called: Called, token: str, *options: str) -> None:
    """Call operations as someone, and fail on whatever is found."""
    program = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            "--config-file",
            str(configured(folder, called.known)),
            "run",
            f"{called.origin}/api/v1/openapi.json",
            "--phases=examples,coverage,fuzzing",
            "--generation-deterministic",
            f"--max-examples={EXAMPLES}",
            "--warnings=off",
            "--no-color",
            f"--header=Authorization: Bearer {token}",
            *options,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-20_000:] + found.stderr[-2_000:]
    assert "No issues found" in found.stdout


def test_the_api_does_what_it_says_to_customers(called: Called, tmp_path: Path) -> None:
    """Signed in as alice: no fault of ours, no answer that is not described, no wrong data taken, no right refused."""
    run(tmp_path, called, called.token, "--exclude-path-regex=^/desk")


def test_the_api_does_what_it_says_to_staff(called: Called, tmp_path: Path) -> None:
    """Signed in as an officer, at the desk: the same."""
    run(tmp_path, called, called.officer, "--include-path-regex=^/desk")
