"""`camket evidence`: check the evidence pack of a request by its bytes alone, without an account or the service.

Exit codes: 0 everything holds, 1 there are findings, 2 bad usage or a file or place that cannot be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camket.cli.evidence_sentences import finding_sentence, sentence
from camket.cli.ledger import (
    FINDINGS,
    HOLDS,
    KeyOption,
    Lang,
    Since,
    given_key,
    read_checkpoints,
    read_file,
    readable,
    say,
    say_findings,
    say_ledger,
)
from camket.cli.ledger_places import open_place
from camket.cli.ledger_sentences import sentence as ledger_sentence
from camket.core.errors import UnreadableError
from camket.core.ledger.openings import verify_same_ledger
from camket.core.rights.evidence import FORMAT, written
from camket.core.rights.evidence_verify import verify_pack
from camket.core.rights.machine import RequestEvent
from camket.core.rights.wording import KINDS, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camket.core.ledger.findings import LedgerFinding
    from camket.core.ledger.note import VerifierKey
    from camket.core.rights.evidence import Evidence
    from camket.core.rights.evidence_verify import EvidenceReport
    from camket.core.terms import Language

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check the evidence pack of a request.")


@app.callback()
def evidence() -> None:
    """Check the evidence pack of a request."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The pack, as it was downloaded.")],
    lang: Lang,
    key: KeyOption = "",
    ledger: Annotated[
        str, typer.Option(metavar="DIR_OR_URL", help="The exported ledger, to be checked as a whole too.")
    ] = "",
    since: Since = None,
) -> None:
    """Check a pack: who signed it, every line of the timeline, every record and proof, every file."""
    with readable(lang):
        raw = read_file(file)
        known, kept = given_key(key), read_checkpoints(since)
        if kept and not ledger:
            raise UnreadableError("a checkpoint you kept is compared with the ledger; give that with --ledger")
        report = verify_pack(raw, key=known)
        if report.evidence is None and FORMAT.encode() not in raw:
            message = f"`{file}` is no evidence pack, or not as it was downloaded: cut short, changed or zipped again"
            raise UnreadableError(message)
    _say_report(report, lang)
    holds = report.holds
    if report.evidence is not None and ledger:
        with readable(lang):
            holds = _same_ledger(report.evidence, ledger, known, kept, lang) and holds
    if holds:
        say(sentence("limits", lang))
    raise typer.Exit(HOLDS if holds else FINDINGS)


def _say_report(report: EvidenceReport, lang: Language) -> None:
    if report.evidence is not None:
        _say_about(report.evidence, lang)
        if report.first_use:
            say(sentence("first_use", lang, key=report.evidence.key))
    if report.findings:
        say(ledger_sentence("findings", lang, count=len(report.findings)))
    for finding in report.findings:
        say(f"- {finding_sentence(finding, lang)}")
    if report.holds:
        say(sentence("holds", lang, proven=report.proven))
    if report.awaiting:
        say(sentence("awaiting", lang, count=report.awaiting))
    if report.pruned:
        say(sentence("pruned", lang, count=report.pruned))


def _say_about(evidence: Evidence, lang: Language) -> None:
    request, made = evidence.request, evidence.first(RequestEvent.MAKE)
    say(
        sentence(
            "about",
            lang,
            number=request.number,
            kind=KINDS[request.kind][lang],
            state=STATES[request.state][lang],
            made=written(made.at if made else None) or "?",
            due=written(request.due_at) or sentence("none", lang),
            ended=written(evidence.ended_at) or sentence("open", lang),
        )
    )
    if evidence.late:
        say(sentence("late", lang))


def _same_ledger(evidence: Evidence, place: str, key: VerifierKey | None, since: Sequence[str], lang: Language) -> bool:
    """Check the published ledger, and that it begins with what the pack's checkpoint stands for."""
    findings: list[LedgerFinding] = []
    with open_place(place) as reader:
        older = (evidence.checkpoint, *since)
        found = verify_same_ledger(reader, evidence.key, findings, key=key, older=older)
    say_ledger(found, lang, compared=True)
    say_findings((*findings, *found.findings), lang)
    return found.holds and not findings
