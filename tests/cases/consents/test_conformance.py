"""The cases under `conformance/consents`, on a running service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from camket.core.errors import CamketError, ConflictError, DeniedError, NotFoundError
from camket.core.terms import Language
from camket.services.consents import AskedThrough, Expression, Question, answer, ask_question, standing_of, withdraw
from camket.services.signals import note_gpc
from camket.testing.service import register
from tests import journeys

FOLDER = Path(__file__).parents[3] / "conformance" / "consents"
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {case['title']}": case
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
}
REFUSALS: dict[str, type[CamketError]] = {
    "conflict": ConflictError,
    "denied": DeniedError,
    "not found": NotFoundError,
}
PURPOSE = "promote"
NUMBERS = count(1)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[journeys.Service]:
    """Return a service that all cases share; each has a subject of its own."""
    with journeys.service_in(tmp_path_factory.mktemp("consents")) as running:
        yield running


class Subject:
    """One subject, the questions that they were asked, and the newest yes that they gave."""

    def __init__(self, service: journeys.Service) -> None:
        self.ctx = service.ctx
        self.id = register(service.runtime, next(NUMBERS))
        self.asked: list[Question] = []
        self.consent = ""

    def do(self, what: str, question: int | None) -> None:
        """Carry out a step."""
        if what in ("ask", "want"):
            self._ask(wanted=what == "want")
        elif what == "signal":
            note_gpc(self.ctx, self.id)
        elif what == "withdraw":
            withdraw(self.ctx, subject_id=self.id, consent_id=self.consent)
        elif what != "wait":
            asked = self.asked[-1] if question is None else self.asked[question - 1]
            self._say(asked, yes=what.startswith("yes"))

    def _ask(self, *, wanted: bool) -> None:
        question = ask_question(
            self.ctx,
            subject_id=self.id,
            purpose=PURPOSE,
            language=Language.VI,
            through=AskedThrough.PAGE,
            wanted=wanted,
        )
        self.asked.append(question)

    def _say(self, question: Question, *, yes: bool) -> None:
        done = answer(self.ctx, subject_id=self.id, question_id=question.id, yes=yes, expression=Expression.BUTTON)
        self.consent = done.given[0] if done.given else self.consent


@contextmanager
def refused(kind: str | None) -> Iterator[None]:
    """Expect what is done inside to be refused, where it is to be."""
    if kind is None:
        yield
        return
    with pytest.raises(REFUSALS[kind]):
        yield


@pytest.mark.parametrize("title", CASES)
def test_a_case_goes_as_it_says(service: journeys.Service, title: str) -> None:
    """After every step the gate and the subject's page say what the case says, and the history tells all of it."""
    case = CASES[title]
    subject = Subject(service)
    for place, step in enumerate(case["steps"], start=1):
        service.clock.advance(days=step.get("days", 0), seconds=step.get("seconds", 0))
        with refused(step.get("refused")):
            subject.do(step["do"], step.get("question"))
        outcome = service.ctx.door.decide(subject_id=subject.id, items=("email",), purpose=PURPOSE).outcome
        assert outcome == step.get("gate", outcome), f"step {place}"
        own = standing_of(service.ctx, subject_id=subject.id, language=Language.VI)
        (state,) = {one.state for one in own.consents if one.purpose == PURPOSE}
        assert state == step.get("state", state), f"step {place}"
    history = service.ctx.store.read(lambda unit: unit.consents.of_subject(subject.id))
    assert [one.kind.value for one in history] == case["history"]


def test_no_field_of_a_case_is_passed_over() -> None:
    """Every field that a case uses is one that the test looks at."""
    for case in CASES.values():
        assert set(case) == {"title", "steps", "history"}
        for step in case["steps"]:
            assert set(step) <= {"do", "question", "days", "seconds", "refused", "gate", "state"}
