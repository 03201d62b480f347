"""`camket request`: requests from the command line: which are open, one of them, one that is stuck; deadlines.

Requests are named by their receipt number, and nothing personal is printed. Exit codes: 0 answered or done, 1 it did
not get on, 2 bad usage or something that cannot be used.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from camket.core.errors import CamketError, InvalidValueError, nearest
from camket.core.rights.deadlines import Due, Pause, deadlines
from camket.core.rights.machine import RequestKind
from camket.core.terms import Right, require_aware
from camket.rows.request_queue import QueueList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from camket.bootstrap import Runtime
    from camket.core.rights.law import LawProfile

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Requests to exercise a right.")

STUCK: Final = 1

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The receipt number, as in 7K3F9-2QXTB.")]
Instant = Annotated[str, typer.Option(metavar="INSTANT", help="With its offset, 2027-02-04T16:30+07:00.")]


@app.callback()
def request() -> None:
    """Requests to exercise a right."""


@app.command("deadlines")
def show_deadlines(
    profile: Annotated[str, typer.Option(metavar="PROFILE", help="The law: vn-pdpl-2025 or eu-gdpr.")],
    right: Annotated[str, typer.Option(metavar="RIGHT", help="What was asked for: access, rectify, erase …")],
    received: Instant,
    verified: Annotated[
        str, typer.Option(metavar="INSTANT", help="When identity was proved; the clocks start then.")
    ] = "",
    processor: Annotated[bool, typer.Option("--processor", help="A processor or third party has to act.")] = False,
    extended: Annotated[bool, typer.Option("--extended", help="The one extension was used.")] = False,
    paused: Annotated[
        list[str] | None,
        typer.Option("--paused", metavar="FROM/UNTIL", help="It waited for its subject; may be given again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say until when a request must be answered and carried out, and the article each rests on."""
    from camket.adapters.law import load_profile

    try:
        law = load_profile(profile)
        found = deadlines(
            law,
            _right(right),
            received_at=_instant(received, "--received"),
            verified_at=_instant(verified, "--verified") if verified else None,
            by_processor=processor,
            extended=extended,
            pauses=[_pause(one) for one in paused or ()],
        )
    except CamketError as error:
        _refuse(str(error))
    typer.echo(_as_json(law, right, found) if as_json else _as_table(found))


@app.command("list")
def list_(
    which: Annotated[
        QueueList, typer.Option("--list", help="Open and proven, by due time; not proven; or ended.")
    ] = QueueList.DUE,
    kind: Annotated[list[RequestKind] | None, typer.Option("--kind", help="Of this kind; may be given again.")] = None,
    failing: Annotated[bool, typer.Option("--failing", help="Only those of which a step fails.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """List requests by receipt number, what is due first; whose they are is not said."""
    from camket.cli.request_lines import list_lines, row_value
    from camket.services.operator_requests import list_requests

    kinds = tuple(kind) if kind else tuple(RequestKind)
    with running() as runtime:
        rows = list_requests(runtime.context, which=which, kinds=kinds, failing=failing, limit=limit)
        now = runtime.context.clock.now()
    if as_json:
        typer.echo(json.dumps([row_value(row, now) for row in rows], ensure_ascii=False, indent=2))
    elif rows:
        typer.echo("\n".join(list_lines(rows, now)))
    else:
        typer.echo("no request stands there", err=True)


@app.command()
def show(
    number: Number,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Show one request: where it stands, its clocks, its timeline, what carries it out and what fails."""
    from camket.cli.request_lines import detail_lines, detail_value
    from camket.services.operator_requests import show_request

    with running() as runtime:
        detail = show_request(runtime.context, number)
        now = runtime.context.clock.now()
    if as_json:
        typer.echo(json.dumps(detail_value(detail, now), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(detail_lines(detail, now)))


@app.command()
def run(
    number: Number,
    wait: Annotated[
        int, typer.Option("--wait", metavar="SECONDS", min=0, max=600, help="How long to wait for how it goes.")
    ] = 10,
) -> None:
    """Have a request that is stuck go on now, not when its next try is due; a worker of the service takes it."""
    from camket.cli.request_lines import outcome
    from camket.services.operator_requests import carry_on

    with running() as runtime:
        job = carry_on(runtime.context, number)
        typer.echo(f"the job `{job.kind}` of the request `{number}` goes on now")
        if not wait:
            return
        got_on, words = outcome(runtime.context, number, job, wait_seconds=wait)
    typer.echo(words, err=not got_on)
    if not got_on:
        raise typer.Exit(STUCK)


@contextmanager
def running() -> Iterator[Runtime]:
    """Open the service's data, beside a running service too; say what cannot be done, and exit."""
    from camket.bootstrap import start_runtime
    from camket.config import load_settings

    try:
        with closing(start_runtime(load_settings(), existing=True)) as runtime:
            yield runtime
    except CamketError as error:
        _refuse(str(error))


def _as_json(law: LawProfile, right: str, found: tuple[Due, ...]) -> str:
    answer = {
        "profile": law.id,
        "right": right,
        "calendar": law.calendar.id,
        "deadlines": [
            {
                "kind": due.kind,
                "day": due.at.date().isoformat(),
                "at": due.at.isoformat(),
                "warn_at": due.warn_at.isoformat(timespec="seconds"),
                "counted_from": due.counted_from.isoformat(timespec="seconds"),
                "spans": [{"length": one.length, "counts": one.counts, "article": one.article} for one in due.spans],
                "article": due.article,
                "moved_from": due.moved_from.isoformat() if due.moved_from else None,
            }
            for due in found
        ],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _as_table(found: tuple[Due, ...]) -> str:
    rows = [(due.kind.replace("_", " "), due.at.isoformat(), _counted(due), due.article) for due in found]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ([cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)] + [row[3]] for row in rows)
    return "\n".join("  ".join(line) for line in lines)


def _counted(due: Due) -> str:
    return " + ".join(f"{one.length} {one.counts}" for one in due.spans).replace("_", " ")


def _right(text: str) -> Right:
    try:
        return Right(text)
    except ValueError:
        raise InvalidValueError(f"there is no right `{text[:40]}`{nearest(text, Right)}") from None


def _pause(text: str) -> Pause:
    since, _, until = text.partition("/")
    return Pause(since=_instant(since, "--paused"), until=_instant(until, "--paused"))


def _instant(text: str, option: str) -> datetime:
    try:
        return require_aware(datetime.fromisoformat(text), option)
    except ValueError:
        message = f"{option}: `{text[:40]}` is no instant; write one like 2027-02-04T16:30+07:00"
        raise InvalidValueError(message) from None


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
