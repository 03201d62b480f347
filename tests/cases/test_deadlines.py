"""The cases in `conformance/deadlines`, worked out by hand, hold for the core and on the command line."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from camket.adapters.law import load_profile
from camket.cli.request import app
from camket.core.rights.deadlines import Pause, deadlines
from camket.core.terms import Right

CASES = json.loads((Path(__file__).parents[2] / "conformance/deadlines/cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['profile']}-{case['right']}-{case['received']}")
def test_a_request_is_due_when_the_law_says(case: dict[str, Any]) -> None:
    """Each kind of moment falls on the day that was worked out, at its last second in the zone of the law."""
    profile = load_profile(case["profile"])
    found = deadlines(
        profile,
        Right(case["right"]),
        received_at=datetime.fromisoformat(case["received"]),
        verified_at=datetime.fromisoformat(case["verified"]) if "verified" in case else None,
        by_processor=case.get("processor", False),
        extended=case.get("extended", False),
        pauses=[
            Pause(since=datetime.fromisoformat(since), until=datetime.fromisoformat(until))
            for since, until in case.get("paused", [])
        ],
    )
    assert {due.kind: due.at.date().isoformat() for due in found} == case["due"]
    assert {due.at.time().isoformat() for due in found} == {"23:59:59"}
    assert {due.at.tzinfo for due in found} == {profile.zone}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['profile']}-{case['right']}-{case['received']}")
def test_the_command_answers_the_same(case: dict[str, Any]) -> None:
    """`camket request deadlines --json` gives the same days, each with the article that it rests on."""
    arguments = ["deadlines", "--json", *(f"--{name}={case[name]}" for name in ("profile", "right", "received"))]
    arguments += [f"--verified={case['verified']}"] if "verified" in case else []
    arguments += [f"--{flag}" for flag in ("processor", "extended") if case.get(flag)]
    arguments += [f"--paused={since}/{until}" for since, until in case.get("paused", [])]
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 0, ran.output
    answered = json.loads(ran.output)
    assert {due["kind"]: due["day"] for due in answered["deadlines"]} == case["due"]
    law = {"vn-pdpl-2025": "356/2025", "eu-gdpr": "GDPR Art. 12"}[case["profile"]]
    assert all(law in due["article"] for due in answered["deadlines"])
