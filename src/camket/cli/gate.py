"""`camket gate`: ask the gate about a subject, given policies, without a service and without data.

Exit codes: 0 answered, whatever the outcome; 1 a policy has findings; 2 bad usage, a policy that cannot be read, or a
question that is not one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from camket.cli.policy import compiled, refuse
from camket.core.errors import InvalidValueError
from camket.core.gate.decide import decide as answer
from camket.core.gate.document import Document, decision_to_json, document_from_json, remarks
from camket.core.gate.fields import MAX_DOCUMENT_BYTES
from camket.core.gate.history import History, Standing

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Ask what may be done with a subject's data.")

Policies = Annotated[
    list[Path],
    typer.Option(
        "--policy",
        metavar="PATH",
        help="A policy's folder, or the policy.yaml in it; given once for each version, oldest first, numbered from 1.",
    ),
]


@app.callback()
def gate() -> None:
    """Ask what may be done with a subject's data."""


@app.command()
def decide(policy: Policies) -> None:
    """Answer the question on standard input: JSON with `subject` (or a list, `subjects`) and `question`.

    All the versions given are in force and the last is the newest. The answer is JSON on standard output: outcome,
    clauses, missing, obligations, version, history, at, and the row that decided for each item.
    """
    history = History(tuple(compiled(path, number=number) for number, path in enumerate(policy, start=1)))
    data = typer.get_binary_stream("stdin").read(MAX_DOCUMENT_BYTES + 1)
    try:
        document = document_from_json(data, "standard input")
        standings = [standing_of(history, place, document) for place in range(len(document.subjects))]
    except InvalidValueError as error:
        refuse(str(error))
    answers = [decision_to_json(answer(standing, document.question)) for standing in standings]
    text = json.dumps(answers if document.many else answers[0], ensure_ascii=False, indent=2)
    typer.echo(text.encode())


def standing_of(history: History, number: int, document: Document) -> Standing:
    """Return where one subject of the document stands; say on standard error which of their facts say nothing.

    Raises:
        InvalidValueError: `joined` is none of the versions, with its place.
    """
    place, facts = document.subjects[number]
    for remark in remarks(history, place, facts):
        typer.echo(remark, err=True)
    try:
        return history.standing(facts)
    except InvalidValueError as error:
        raise InvalidValueError(f"{place}.joined: {error}") from error
