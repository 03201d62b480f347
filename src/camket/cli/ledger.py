"""`camket ledger`: check a published ledger and prove entries of it, without an account and without the service.

Exit codes: 0 everything holds, 1 there are findings, 2 bad usage or a place that cannot be read.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from camket.cli.ledger_places import export_ledger, open_place, read_bounded
from camket.cli.ledger_sentences import default_language, finding_sentence, sentence
from camket.core.errors import CamketError, LedgerError, UnreadableError
from camket.core.ledger.findings import Fault, LedgerFinding
from camket.core.ledger.note import MOST_NOTE_BYTES, NoteSigner, VerifierKey
from camket.core.ledger.opening_set import parse_openings, verify_any_openings
from camket.core.ledger.openings import FORMAT as OPENINGS_FORMAT
from camket.core.ledger.openings import MOST_FILE_BYTES
from camket.core.ledger.proof import prove_inclusion
from camket.core.ledger.verify import ledger_key, verify_ledger
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from camket.core.ledger.tiles import TileReader
    from camket.core.ledger.verify import LedgerReport

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check the public ledger and prove entries of it.")

HOLDS = 0
FINDINGS = 1
UNREADABLE = 2

Place = Annotated[str, typer.Argument(metavar="DIR_OR_URL", help="The exported ledger: a directory or an address.")]
LedgerPlace = Annotated[str, typer.Option("--ledger", metavar="DIR_OR_URL", help="The exported ledger.")]
KeyOption = Annotated[str, typer.Option("--key", metavar="VKEY", help="The ledger's verifier key, as you know it.")]
Since = Annotated[list[Path] | None, typer.Option("--since", help="A checkpoint you kept; may be given repeatedly.")]
Lang = Annotated[Language, typer.Option("--lang", default_factory=default_language, help="Language of the answer.")]


@app.command()
def verify(
    place: Place,
    lang: Lang,
    key: KeyOption = "",
    since: Since = None,
    witness: Annotated[
        list[str] | None, typer.Option(metavar="VKEY", help="A witness that must have cosigned.")
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Where to keep the checkpoint, if all holds.")] = None,
) -> None:
    """Recompute a whole ledger and compare it with its signed checkpoint and with those you kept."""
    with readable(lang):
        witnesses = [parsed for one in witness or [] if (parsed := given_key(one)) is not None]
        older = read_checkpoints(since)
        with open_place(place) as reader:
            report = verify_ledger(reader, key=given_key(key), older=older, witnesses=witnesses)
        if keep is not None and report.holds:
            write_checkpoint(keep, report.signed)
    say_ledger(report, lang, compared=bool(older))
    say_findings(report.findings, lang)
    if report.holds and keep is None:
        say(sentence("keep", lang))
    say(sentence("limits_ledger", lang))
    raise typer.Exit(HOLDS if report.holds else FINDINGS)


@app.command()
def proof(
    index: Annotated[int, typer.Option("--index", min=0, help="Number of the entry, from 0.")],
    lang: Lang,
    ledger: Annotated[
        str, typer.Option(metavar="DIR_OR_URL", help="The exported ledger; that of the data folder when not given.")
    ] = "",
    key: KeyOption = "",
) -> None:
    """Print the inclusion proof of one entry as JSON; it was checked before it is printed."""
    findings: list[LedgerFinding] = []
    with readable(lang), open_place(ledger) if ledger else own_ledger() as reader:
        trusted = ledger_key(reader, given_key(key), findings)
        if trusted is None or findings:
            say_findings(findings, lang, problem=True)
            raise typer.Exit(FINDINGS)
        try:
            proven = prove_inclusion(index, reader, trusted)
        except LedgerError as error:
            say(sentence("no_proof", lang, detail=error), problem=True)
            raise typer.Exit(FINDINGS) from error
    typer.echo(json.dumps(proven.to_value(), indent=2))


@app.command()
def openings(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of openings, a subject's or an auditor's.")],
    ledger: LedgerPlace,
    lang: Lang,
    key: KeyOption = "",
    since: Since = None,
) -> None:
    """Check a file of openings, and the whole ledger it belongs to."""
    with readable(lang):
        raw = read_file(file)
        try:
            opened = parse_openings(raw)
        except LedgerError as error:
            malformed(error, raw, OPENINGS_FORMAT, lang)
        with open_place(ledger) as reader:
            report = verify_any_openings(opened, reader, key=given_key(key), older=read_checkpoints(since))
    say_ledger(report.ledger, lang, compared=bool(since))
    say_findings((*report.findings, *report.ledger.findings), lang)
    if report.holds:
        say(sentence("openings_hold", lang, proven=report.proven, awaiting=report.awaiting))
    say(sentence("limits_openings", lang))
    raise typer.Exit(HOLDS if report.holds else FINDINGS)


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; made if it is not there.")],
    lang: Lang,
) -> None:
    """Write the public ledger of this service as static files, which anyone can serve and check."""
    with readable(lang), own_ledger() as reader:
        checkpoint = export_ledger(reader, directory)
    say(sentence("exported", lang, origin=checkpoint.origin, size=checkpoint.size, directory=directory))


@contextmanager
def own_ledger() -> Iterator[TileReader]:
    """Read the public ledger of the data folder, whether or not the service runs.

    Raises:
        KeyStoreError: there is no key store; no database is made by looking for one.
        StoreError: the database cannot be opened.
        SettingsError: a setting cannot hold.
    """
    from camket.adapters.keys import open_key_store
    from camket.adapters.store import open_store
    from camket.config import load_settings
    from camket.services.restoring import origin_of_log
    from camket.services.tiles import PublishedLedger

    settings = load_settings()
    with closing(open_key_store(settings.keys_folder)) as keys, closing(open_store(settings.store_url)) as store:
        signer = NoteSigner(name=origin_of_log(keys, settings.checkpoint_origin), key=keys.signing_key())
        yield PublishedLedger(store, signer.verifier_key)


def given_key(text: str) -> VerifierKey | None:
    """Return the key that was given on the command line, or None when none was.

    Raises:
        UnreadableError: it is not a verifier key.
    """
    try:
        return VerifierKey.parse(text) if text else None
    except LedgerError as error:
        raise UnreadableError(str(error)) from error


def read_checkpoints(files: Sequence[Path] | None) -> list[str]:
    """Return the checkpoints that the caller kept, as text.

    Raises:
        UnreadableError: a file is not there or cannot be read.
    """
    return [_read(file, MOST_NOTE_BYTES).decode("utf-8", "replace") for file in files or []]


def write_checkpoint(file: Path, signed: str) -> None:
    """Keep a checkpoint for the next comparison.

    Raises:
        UnreadableError: the file cannot be written.
    """
    try:
        file.write_text(signed, encoding="utf-8")
    except OSError as error:
        message = f"`{file}` cannot be written: {error.strerror}"
        raise UnreadableError(message) from error


def read_file(file: Path) -> bytes:
    """Return a certificate or file of openings.

    Raises:
        UnreadableError: it is not there, cannot be read, or is too large.
    """
    raw = _read(file, MOST_FILE_BYTES)
    if len(raw) > MOST_FILE_BYTES:
        message = f"`{file}` is larger than {MOST_FILE_BYTES // (1024 * 1024)} MB"
        raise UnreadableError(message)
    return raw


def _read(file: Path, most_bytes: int) -> bytes:
    raw = read_bounded(file, most_bytes)
    if raw is None:
        message = f"there is no file `{file}`"
        raise UnreadableError(message)
    return raw


def say(text: str, *, problem: bool = False) -> None:
    """Print text that may quote an untrusted ledger, without any character that steers a terminal."""
    typer.echo("".join(one if one.isprintable() or one == "\n" else "?" for one in text), err=problem)


def say_ledger(report: LedgerReport, lang: Language, *, compared: bool) -> None:
    """Print what was verified and how much of it holds."""
    if report.first_use and report.key is not None:
        say(sentence("first_use", lang, key=report.key))
    if report.checkpoint is not None:
        say(sentence("signed", lang, origin=report.checkpoint.origin, size=report.checkpoint.size))
    if report.holds:
        say(sentence("ledger_holds", lang))
        if compared:
            say(sentence("since_holds", lang))


def say_findings(findings: Sequence[LedgerFinding], lang: Language, *, problem: bool = False) -> None:
    """Print every finding on a line of its own; nothing when there is none."""
    if findings:
        say(sentence("findings", lang, count=len(findings)), problem=problem)
    for finding in findings:
        say(f"- {finding_sentence(finding, lang)}", problem=problem)


@contextmanager
def readable(lang: Language) -> Iterator[None]:
    """End the command with exit code 2 and a sentence where a file, place or store cannot be read."""
    try:
        yield
    except CamketError as error:
        say(sentence("unreadable", lang, detail=error), problem=True)
        raise typer.Exit(UNREADABLE) from error


def malformed(error: LedgerError, raw: bytes, claimed: str, lang: Language) -> NoReturn:
    """Tell a file that was altered from one that never was of the format; ends the command."""
    if claimed.encode() not in raw:
        raise UnreadableError(str(error)) from error
    say_findings([LedgerFinding(fault=Fault.FILE_MALFORMED, detail=str(error))], lang)
    raise typer.Exit(FINDINGS) from error
