"""`camket certificate`: check an erasure certificate against the published ledger, without an account.

Exit codes: 0 everything holds, 1 there are findings, 2 bad usage or a file or place that cannot be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from camket.cli.ledger import (
    FINDINGS,
    HOLDS,
    KeyOption,
    Lang,
    LedgerPlace,
    Since,
    given_key,
    malformed,
    read_checkpoints,
    read_file,
    readable,
    say,
    say_findings,
    say_ledger,
)
from camket.cli.ledger_places import open_place
from camket.cli.ledger_sentences import sentence
from camket.core.errors import LedgerError
from camket.core.ledger.certificate import FORMAT, Certificate, verify_certificate

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check an erasure certificate.")


@app.callback()
def certificate() -> None:
    """Check an erasure certificate."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The certificate that the subject was given.")],
    ledger: LedgerPlace,
    lang: Lang,
    key: KeyOption = "",
    since: Since = None,
) -> None:
    """Check a certificate, and the whole ledger it belongs to."""
    with readable(lang):
        raw = read_file(file)
        try:
            held = Certificate.parse(raw)
        except LedgerError as error:
            malformed(error, raw, FORMAT, lang)
        with open_place(ledger) as reader:
            report = verify_certificate(held, reader, key=given_key(key), older=read_checkpoints(since))
    say_ledger(report.ledger, lang, compared=True)
    say_findings((*report.findings, *report.ledger.findings), lang)
    if report.holds:
        say(sentence("certificate_holds", lang, proven=report.proven))
        say(sentence(f"stage_{held.status.stage}", lang, epoch=held.status.epoch))
    say(sentence("limits_certificate", lang))
    raise typer.Exit(HOLDS if report.holds else FINDINGS)
