"""`camket request`: requests of subjects from the command line.

Exit codes: 0 answered, 2 bad usage or something that cannot be used.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from camket.core.errors import CamketError, InvalidValueError, nearest
from camket.core.rights.deadlines import Due, Pause, deadlines
from camket.core.terms import Right, require_aware

if TYPE_CHECKING:
    from camket.core.rights.law import LawProfile

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Requests to exercise a right.")

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
