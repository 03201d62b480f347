"""Clocks of requests: what never happens, whatever is asked, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from camket.adapters.law import load_calendar, load_profile, profile_names
from camket.cli.request import app
from camket.core.errors import InvalidValueError, NotFoundError, UnreadableError
from camket.core.policy.compile import compile_policy
from camket.core.rights.deadlines import Due, DueKind, Pause, deadlines
from camket.core.rights.law import Counts, Span
from camket.core.terms import Right
from tests.unit.core.policy.files import default_files

VN = load_profile("vn-pdpl-2025")
LAWS = [load_profile(name) for name in profile_names()]
START = datetime(2026, 1, 2, tzinfo=UTC)
INSTANTS = st.integers(0, 500 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
SPANS = st.integers(0, 20 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def at(due: tuple[Due, ...], kind: DueKind) -> datetime:
    """Return when something is due."""
    (found,) = [one for one in due if one.kind is kind]
    return found.at


@given(law=st.sampled_from(LAWS), right=st.sampled_from(Right), received_at=INSTANTS, proof=SPANS, wait=SPANS)
def test_no_clock_runs_backwards(law, right, received_at, proof, wait) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - drawn
    """Nothing is due before the request; proof, waiting, a processor and an extension never bring an end nearer."""
    plain = deadlines(law, right, received_at=received_at)
    verified_at = received_at + proof
    later = deadlines(law, right, received_at=received_at, verified_at=verified_at)
    pause = Pause(since=verified_at, until=verified_at + wait)
    paused = deadlines(law, right, received_at=received_at, verified_at=verified_at, pauses=[pause])
    helped = deadlines(law, right, received_at=received_at, by_processor=True)
    longer = deadlines(law, right, received_at=received_at, extended=True)
    for kind in (DueKind.REPLY, DueKind.COMPLETE):
        assert received_at < at(plain, kind) <= at(later, kind) <= at(paused, kind)
        assert at(plain, kind) <= at(helped, kind)
        assert at(plain, kind) <= at(longer, kind)
    assert at(longer, DueKind.TELL_EXTENSION) == at(plain, DueKind.COMPLETE)
    assert all(one.counted_from < one.warn_at < one.at for one in (*plain, *later, *helped, *longer))


@given(right=st.sampled_from(Right), received_at=INSTANTS)
def test_a_reply_counts_working_days_alone(right: Right, received_at: datetime) -> None:
    """Between the day of receipt and the end there are exactly as many working days as the law counts."""
    due = deadlines(VN, right, received_at=received_at)
    day, last, worked = received_at.astimezone(VN.zone).date(), at(due, DueKind.REPLY).date(), 0
    while day < last:
        day += timedelta(days=1)
        worked += VN.calendar.is_working_day(day)
    assert worked == VN.clocks_of(right).reply.length
    assert VN.calendar.is_working_day(last)
    assert VN.calendar.is_working_day(at(due, DueKind.COMPLETE).date())


def test_the_promise_of_the_policy_counts_where_it_is_shorter() -> None:
    """What the policy promises for copies is what the law asks for; a shorter promise is kept, a longer one is not."""
    terms = {one.right: one for one in compile_policy(default_files(), number=1).policy.rights}[Right.PORT]
    received_at = datetime(2026, 3, 2, 9, tzinfo=VN.zone)
    law = deadlines(VN, Right.PORT, received_at=received_at)
    assert deadlines(VN, Right.PORT, received_at=received_at, terms=terms) == law
    shorter = replace(terms, reply_days=1, complete_days=3)
    found = deadlines(VN, Right.PORT, received_at=received_at, terms=shorter)
    assert [(due.at.day, due.article) for due in found] == [(3, "the policy"), (5, "the policy")]
    longer = replace(terms, reply_days=9, complete_days=90)
    assert deadlines(VN, Right.PORT, received_at=received_at, terms=longer) == law


def test_what_cannot_be_is_refused() -> None:
    """A proof before the request, instants without a zone, a pause that ends before it begins, an unknown day."""
    received_at = datetime(2026, 3, 2, 9, tzinfo=VN.zone)
    with pytest.raises(InvalidValueError, match="before `received_at`"):
        deadlines(VN, Right.PORT, received_at=received_at, verified_at=received_at - timedelta(seconds=1))
    with pytest.raises(InvalidValueError, match="no time zone"):
        deadlines(VN, Right.PORT, received_at=received_at.replace(tzinfo=None))
    with pytest.raises(InvalidValueError, match="ends before it begins"):
        Pause(since=received_at, until=received_at - timedelta(seconds=1))
    with pytest.raises(InvalidValueError, match="2026-01-01 to 2027-12-31, not those of 2028"):
        deadlines(VN, Right.PORT, received_at=received_at.replace(year=2027, month=12, day=31))
    with pytest.raises(InvalidValueError, match="at least 1"):
        Span(length=0, counts=Counts.DAYS, article="x")
    with pytest.raises(InvalidValueError, match="names its article"):
        Span(length=1, counts=Counts.DAYS, article=" ")
    with pytest.raises(InvalidValueError, match=r"no clocks for `port`"):
        deadlines(replace(VN, rights={}), Right.PORT, received_at=received_at)
    without = {Right.PORT: replace(VN.clocks_of(Right.PORT), extension=None)}
    with pytest.raises(InvalidValueError, match="no extension"):
        deadlines(replace(VN, rights=without), Right.PORT, received_at=received_at, extended=True)


def test_laws_are_found_by_name() -> None:
    """An unknown one is refused with the nearest; every one that comes along has clocks for every right."""
    with pytest.raises(NotFoundError, match=r"did you mean `vn-pdpl-2025`"):
        load_profile("vn-pdpl-2024")
    for law in LAWS:
        assert set(law.rights) == set(Right)
    assert VN.zone == timezone(timedelta(hours=7))
    assert VN.calendar.days_off[date(2027, 2, 6)] == "Mùng một Tết Nguyên Đán"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id = ", "is not TOML"),
        ('id = "x"', "`own.toml`, the calendar: 'from' is missing"),
        (
            'id = "x"\nfrom = 2026-01-01\nuntil = 2026-12-31\nweekend = ["sonday"]',
            "`own.toml`, the calendar: unknown day `sonday` .*`sunday`",
        ),
    ],
    ids=["no TOML", "a part missing", "a day misspelt"],
)
def test_a_calendar_that_cannot_hold_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    """The file and the part are named."""
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(InvalidValueError, match=problem):
        load_calendar(file)
    with pytest.raises(UnreadableError, match=r"cannot read `gone.toml`"):
        load_calendar(tmp_path / "gone.toml")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--profile=vn", "--right=erase", "--received=2027-02-04T16:30+07:00"], "there is no law profile `vn`"),
        (["--profile=eu-gdpr", "--right=erace", "--received=2027-02-04T16:30+07:00"], "did you mean `erase`"),
        (["--profile=eu-gdpr", "--right=erase", "--received=yesterday"], "--received: `yesterday` is no instant"),
        (["--profile=eu-gdpr", "--right=erase", "--received=2027-02-04T16:30"], "`--received` has no time zone"),
        (["--profile=eu-gdpr", "--right=erase", "--received=2027-02-04T16:30+07:00", "--paused=x"], "--paused: `x`"),
    ],
    ids=["profile", "right", "instant", "zone", "pause"],
)
def test_the_command_says_what_was_wrong(arguments: list[str], problem: str) -> None:
    """Exit code 2, and the part that was wrong by name."""
    ran = CliRunner().invoke(app, ["deadlines", *arguments])
    assert ran.exit_code == 2
    assert problem in ran.stderr


def test_the_command_answers_people() -> None:
    """Without `--json` a line for each moment: what, until when, what was counted, the article."""
    ran = CliRunner().invoke(
        app, ["deadlines", "--profile=vn-pdpl-2025", "--right=erase", "--received=2027-02-04T16:30+07:00", "--extended"]
    )
    assert [line.split("  ")[0] for line in ran.stdout.splitlines()] == ["reply", "tell extension", "complete"]
    assert "2027-02-12T23:59:59+07:00  2 working days" in ran.stdout
    assert "20 days + 20 days" in ran.stdout
