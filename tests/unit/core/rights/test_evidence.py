import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.ledger.entry import LedgerAction
from camket.core.ledger.note import VerifierKey, parse_note
from camket.core.ledger.openings import ProvenOpening
from camket.core.rights.archive import pack, unpack
from camket.core.rights.evidence import STATEMENT_FILE, Evidence, FileHash, ProvenLine, pack_evidence, sign_evidence
from camket.core.rights.evidence_verify import EvidenceFault, verify_pack
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from tests.unit.core.ledger.published import OTHER_SIGNER, SIGNER
from tests.unit.core.rights.packed import (
    OFFICER,
    PAGES,
    PLACES,
    altered,
    erasure,
    evidence,
    ledger,
    line,
    packed,
    record,
    spelled,
)

FORGED = {EvidenceFault.SIGNATURE_ALTERED}


def faults(raw: bytes, key: VerifierKey | None = None) -> set[EvidenceFault]:
    """Return what is found wrong with a pack."""
    report = verify_pack(raw, key=key)
    assert report.holds == (not report.findings)
    return {finding.fault for finding in report.findings}


def signed_anew(**changes: Any) -> bytes:  # noqa: ANN401 - fields of the evidence
    """Return the pack of evidence that the operator itself changed and signed."""
    return packed(sign_evidence(replace(evidence(), **changes, signature=""), SIGNER))


def with_line(which: int, **changes: Any) -> bytes:  # noqa: ANN401 - fields of the line
    """Return the pack in which the operator changed a line and signed it."""
    lines = list(evidence().timeline)
    lines[which] = replace(lines[which], line=replace(lines[which].line, **changes))
    return signed_anew(timeline=tuple(lines))


def test_a_pack_holds_as_it_was_made() -> None:
    """Every record is proven, and nothing is found."""
    report = verify_pack(packed(), key=SIGNER.verifier_key)
    assert report.holds
    assert (report.proven, report.awaiting, report.pruned) == (len(PLACES) + 1, 0, 0)
    assert not report.first_use


def test_a_pack_is_read_back_as_it_was_written() -> None:
    """Evidence has one spelling, and opens to the same value."""
    stated = Evidence.parse(evidence().to_bytes())
    assert stated == evidence()
    assert stated.to_bytes() == evidence().to_bytes()


def test_a_pack_for_auditors_names_no_subject() -> None:
    """Neither the handle nor anything that opens the subject's part stands in the pack; where it may, it fits."""
    assert b"s-alice" not in packed()
    assert b"nonce_b" not in packed()
    whole = packed(evidence(whole=True))
    assert b"s-alice" in whole
    assert faults(whole) == set()


def test_the_key_of_the_pack_is_trusted_on_first_use_alone() -> None:
    """Without a key the report says where trust began; with another key the pack does not hold."""
    assert verify_pack(packed()).first_use
    assert faults(packed(), key=OTHER_SIGNER.verifier_key) == {EvidenceFault.OTHER_KEY}


def test_no_changed_byte_of_the_evidence_passes() -> None:
    """Whoever changes one byte and packs the files anew is found out, wherever the byte is, and nothing fails."""
    files = unpack(packed())
    stated = files[STATEMENT_FILE]
    for at in range(0, len(stated), 7):
        changed = bytearray(stated)
        changed[at] ^= 1 + at % 5
        assert not verify_pack(pack({**files, STATEMENT_FILE: bytes(changed)})).holds


def test_no_changed_byte_of_a_page_passes() -> None:
    """A page for people is bound to the evidence by its hash."""
    files = unpack(packed())
    for name in PAGES:
        changed = {**files, name: files[name][:-1] + b"!"}
        report = verify_pack(pack(changed))
        assert [(one.fault, one.name) for one in report.findings] == [(EvidenceFault.FILE_ALTERED, name)]


def test_missing_and_further_files_are_told_by_name() -> None:
    """A pack holds the files that the evidence names, and no other."""
    files = unpack(packed())
    fewer = {name: content for name, content in files.items() if name != "evidence.html"}
    found = verify_pack(pack({**fewer, "note.txt": b""})).findings
    assert {(one.fault, one.name) for one in found} == {
        (EvidenceFault.FILE_MISSING, "evidence.html"),
        (EvidenceFault.FILE_UNKNOWN, "note.txt"),
    }
    assert faults(pack(dict(PAGES))) == {EvidenceFault.FILE_MISSING}
    with pytest.raises(InvalidValueError):
        pack_evidence(evidence(), {})


def test_a_file_is_named_once() -> None:
    """Evidence that names one file twice, or itself, could be understood in two ways and is none."""
    for more in (evidence().files[0], FileHash.of(STATEMENT_FILE, b"")):
        with pytest.raises(InvalidValueError):
            replace(evidence(), files=(*evidence().files, more))


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"{}", packed()[:-1], packed() + b"\x00"])
def test_what_is_no_archive_is_one_finding(raw: bytes) -> None:
    """Whatever the bytes are, the answer is a finding and no failure."""
    assert faults(raw) == {EvidenceFault.ARCHIVE_ALTERED}


@pytest.mark.parametrize(
    "stated",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 5000,
        b'{"made_at":' + b"9" * 5000 + b"}",
        b'{"format":"camket-evidence","format":"camket-evidence"}',
        b'{"format":"camket-copy","format_version":1}',
        b'{"format":"camket-evidence","format_version":2}',
    ],
)
def test_what_is_no_evidence_is_one_finding(stated: bytes) -> None:
    """A file that is not of the form is told as such, whatever it is instead."""
    assert faults(pack({STATEMENT_FILE: stated, **PAGES})) == {EvidenceFault.EVIDENCE_MALFORMED}


def test_evidence_in_another_spelling_is_found() -> None:
    """The same evidence with other spaces is signed all the same, and told to be spelled otherwise."""
    files = unpack(packed())
    compact = json.dumps(json.loads(files[STATEMENT_FILE])).encode()
    assert faults(pack({**files, STATEMENT_FILE: compact})) == {EvidenceFault.EVIDENCE_MALFORMED}


def values_within(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401 - any JSON
    """Yield the path to every value of a JSON value that holds no other."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not inner:
        yield path
    for name, one in inner:
        yield from values_within(one, *path, name)


def test_every_value_of_every_field_is_bound() -> None:
    """No field can be set to anything else: each path of the evidence is tried with values of every kind."""
    files = unpack(packed())
    value = json.loads(files[STATEMENT_FILE])
    others: list[Any] = [
        None,
        True,
        0,
        7,
        -1,
        2**60,
        0.5,
        "",
        "x",
        "2026-11-22T02:12:00.000Z",
        "0001-01-01T00:00:00+14:00",
        [],
        {},
    ]
    for path in values_within(value):
        for other in others:
            changed = copy.deepcopy(value)
            inner = changed
            for step in path[:-1]:
                inner = inner[step]
            if inner[path[-1]] == other and type(inner[path[-1]]) is type(other):
                continue
            inner[path[-1]] = other
            assert not verify_pack(pack({**files, STATEMENT_FILE: spelled(changed)})).holds, path


def test_a_stranger_cannot_leave_anything_out() -> None:
    """Lines, acts and proofs that are left out, added or moved break the signature, whatever else they break."""

    def fewer(value: dict[str, Any]) -> None:
        value["timeline"].pop()

    def fewer_acts(value: dict[str, Any]) -> None:
        value["acts"].clear()

    def unproven(value: dict[str, Any]) -> None:
        value["timeline"][2]["record"] |= {"index": None, "path": None}

    def moved(value: dict[str, Any]) -> None:
        value["timeline"].reverse()

    for change in (fewer, fewer_acts, unproven, moved):
        assert faults(altered(change)) >= FORGED


# What follows is changed and signed by the operator itself.


def test_who_may_sign_cannot_change_a_line() -> None:
    """A line that says anything else than its record does not fit it: each part of a line is tried."""
    for changes in (
        {"event": RequestEvent.JOIN},
        {"at": line(2).at - timedelta(days=3)},
        {"at": line(2).at + timedelta(milliseconds=1)},
        {"actor": "subject"},
        {"detail": {"reason": "other"}},
        {"shown": True},
    ):
        report = verify_pack(with_line(2, **changes))
        assert [(one.fault, one.number) for one in report.findings] == [(EvidenceFault.LINE_DIFFERS, 2)]
    assert faults(with_line(2, position=3)) == {EvidenceFault.LINE_DIFFERS, EvidenceFault.LINES_MISSING}
    assert EvidenceFault.LINE_DIFFERS in faults(with_line(2, state=RequestState.APPROVED))


@pytest.mark.parametrize("position", range(len(PLACES)))
def test_who_may_sign_cannot_leave_out_a_line(position: int) -> None:
    """Without a line, the numbers of those behind it or the end of the request do not fit any more."""
    lines = list(evidence().timeline)
    del lines[position]
    assert faults(signed_anew(timeline=tuple(lines))) & {EvidenceFault.LINES_MISSING, EvidenceFault.STATE_DIFFERS}


def test_who_may_sign_cannot_reorder_lines() -> None:
    """Lines in another order are found, and so are records that stand in the ledger in another order."""
    lines = evidence().timeline
    assert EvidenceFault.LINES_MISSING in faults(signed_anew(timeline=lines[::-1]))
    again = (*lines[:2], replace(lines[2], line=replace(lines[2].line, position=4)), *lines[2:])
    assert EvidenceFault.LINES_MISSING in faults(signed_anew(timeline=again))
    assert EvidenceFault.LINES_MISSING in faults(signed_anew(timeline=()))


def test_lines_stand_in_the_ledger_in_their_order() -> None:
    """A line whose record was made after that of the next one was written afterwards."""
    places = (5, 17, 41, 40, 200, 202)
    swapped = evidence(records={index: record(position) for position, index in enumerate(places)})
    assert faults(packed(swapped)) == {EvidenceFault.LINES_MISSING}


def test_a_line_is_a_record_of_a_request() -> None:
    """A record of something else says nothing about a line, whatever hash stands in it."""
    records = {index: record(position) for position, index in enumerate(PLACES)}
    facts = replace(records[40].facts, action=LedgerAction.USE)
    records[40] = replace(records[40], facts=facts)
    assert faults(packed(evidence(records=records))) == {EvidenceFault.LINE_DIFFERS}


def test_who_may_sign_cannot_give_a_record_another_request() -> None:
    """The same timeline under another receipt number, kind or id fits none of its records."""
    request = evidence().request
    others = (replace(request, number="00000-00000"), replace(request, id="ff" * 16))
    for other in (*others, replace(request, kind=RequestKind.WITHDRAW)):
        report = verify_pack(signed_anew(request=other))
        assert [one.fault for one in report.findings] == [EvidenceFault.LINE_DIFFERS] * len(PLACES)


def test_who_may_sign_cannot_say_another_end_or_other_terms() -> None:
    """Where the request stands follows from its timeline, and whose terms decide from the record of its making."""
    request = evidence().request
    assert faults(signed_anew(request=replace(request, state=RequestState.REFUSED))) == {EvidenceFault.STATE_DIFFERS}
    assert faults(signed_anew(request=replace(request, policy_version=2))) == {EvidenceFault.MAKING_DIFFERS}
    assert faults(signed_anew(request=replace(request, channel="staff"))) == {EvidenceFault.MAKING_DIFFERS}


def test_who_approved_is_another_than_who_proposed() -> None:
    """A yes of the same member of staff is no second person's, even where every line of it were on record."""

    def acted(event: RequestEvent, state: RequestState, actor: str) -> ProvenLine:
        return ProvenLine(line=replace(line(2), event=event, state=state, actor=actor, detail=None), record=None)

    made, proved = evidence().timeline[:2]
    proposed = acted(RequestEvent.PROPOSE, RequestState.PROPOSED, OFFICER)
    request = replace(evidence().request, state=RequestState.APPROVED)
    for other, found in ((OFFICER, {EvidenceFault.SAME_PERSON}), ("staff:oak-7", set())):
        approved = acted(RequestEvent.APPROVE, RequestState.APPROVED, other)
        approved = replace(approved, line=replace(approved.line, position=3))
        assert faults(signed_anew(request=request, timeline=(made, proved, proposed, approved))) == found


def _opening_changes() -> list[tuple[str, Callable[[ProvenOpening], ProvenOpening]]]:
    return [
        (
            "facts",
            lambda one: replace(
                one, opening=replace(one.opening, facts=replace(one.opening.facts, actor="service:shop"))
            ),
        ),
        ("nonce", lambda one: replace(one, opening=replace(one.opening, nonce_a=bytes(32)))),
        ("subject part", lambda one: replace(one, opening=replace(one.opening, b=bytes(32)))),
        ("index", lambda one: replace(one, index=7)),
        ("no such index", lambda one: replace(one, index=300)),
        ("path", lambda one: replace(one, path=(one.path or ())[::-1])),
        ("shorter path", lambda one: replace(one, path=(one.path or ())[1:])),
        ("hash in the path", lambda one: replace(one, path=(bytes(32), *(one.path or ())[1:]))),
    ]


@pytest.mark.parametrize(("name", "change"), _opening_changes(), ids=lambda one: one if isinstance(one, str) else "")
def test_who_may_sign_cannot_make_a_record_fit(name: str, change: Callable[[ProvenOpening], ProvenOpening]) -> None:
    """A record with another fact, nonce, place or proof does not lead to the root that was signed."""
    stated = evidence()
    assert EvidenceFault.RECORD_ALTERED in faults(signed_anew(acts=(change(stated.acts[0]),))), name
    lines = list(stated.timeline)
    shown = lines[3].record
    assert shown is not None
    lines[3] = replace(lines[3], record=change(shown))
    assert EvidenceFault.RECORD_ALTERED in faults(signed_anew(timeline=tuple(lines))), name


def test_a_record_counts_once() -> None:
    """The same entry shown twice is found."""
    acts = evidence().acts
    assert faults(signed_anew(acts=acts + acts)) == {EvidenceFault.RECORD_TWICE}


def test_a_record_of_another_request_or_subject_is_found() -> None:
    """Where an opening shows whose data it was and for which request, it has to be this request's."""
    stated = evidence(whole=True)
    published = ledger()
    for part in ({"reference": "other"}, {"handle": "s-bob"}):
        opening = erasure()
        foreign = replace(opening, subject_part=replace(opening.subject_part, **part))
        changed = replace(stated, acts=(published.prove(201, foreign),), signature="")
        assert EvidenceFault.RECORD_FOREIGN in faults(packed(sign_evidence(changed, SIGNER)))


def test_an_unlawful_move_is_found() -> None:
    """A request that runs without ever having been verified is told, even where every line were on record."""
    lines = evidence().timeline
    skipping = tuple(
        replace(one, line=replace(one.line, position=at), record=None) for at, one in enumerate((lines[0], *lines[3:]))
    )
    found = verify_pack(signed_anew(timeline=skipping))
    assert [(one.fault, one.number) for one in found.findings] == [(EvidenceFault.LINE_UNLAWFUL, 1)]
    assert found.pruned == len(skipping)


def test_a_way_that_the_machine_does_not_know_is_found() -> None:
    """A request begins open, and each step leads to where that step leads."""

    def told(*steps: tuple[int, RequestState]) -> bytes:
        timeline = tuple(
            ProvenLine(line=replace(line(position), state=state, position=at), record=None)
            for at, (position, state) in enumerate(steps)
        )
        return signed_anew(timeline=timeline, request=replace(evidence().request, state=steps[-1][1]))

    begun, proved = (0, RequestState.UNVERIFIED), (1, RequestState.VERIFIED)
    assert faults(told(begun, proved)) == set()
    assert faults(told((0, RequestState.DONE))) == {EvidenceFault.LINE_UNLAWFUL}
    assert faults(told(begun, proved, (3, RequestState.RUNNING))) == {EvidenceFault.LINE_UNLAWFUL}


def test_what_is_altered_is_not_counted_as_proven() -> None:
    """The number that is told is of the records that hold."""
    act = evidence().acts[0]
    report = verify_pack(signed_anew(acts=(replace(act, opening=replace(act.opening, nonce_a=bytes(32))),)))
    assert report.proven == len(PLACES)


def test_no_one_else_signs_along() -> None:
    """A second signature beside the operator's is a changed byte like any other."""
    both = evidence().signature + str(parse_note(evidence(signer=OTHER_SIGNER).signature).signatures[0])
    parse_note(both).verify(SIGNER.verifier_key)
    assert faults(packed(replace(evidence(), signature=both))) == FORGED


def test_records_that_wait_are_counted_and_not_taken_for_proven() -> None:
    """A record without a place yet is said to await its checkpoint."""
    waiting = tuple(replace(one, index=None, path=None) for one in evidence().acts)
    report = verify_pack(signed_anew(acts=waiting))
    assert report.holds
    assert (report.proven, report.awaiting) == (len(PLACES), 1)


def test_the_checkpoint_must_be_of_the_key() -> None:
    """A checkpoint that another key signed, or none at all, proves nothing."""
    for checkpoint in ("", evidence(signer=OTHER_SIGNER).checkpoint, evidence().checkpoint[:-3]):
        report = verify_pack(signed_anew(checkpoint=checkpoint))
        assert {one.fault for one in report.findings} == {EvidenceFault.CHECKPOINT_ALTERED}
        assert report.proven == 0


def test_no_one_signs_for_another_key() -> None:
    """The signature of another key of the same name is not the ledger's."""
    with pytest.raises(InvalidValueError):
        sign_evidence(evidence(), OTHER_SIGNER)
    assert EvidenceFault.SIGNATURE_ALTERED in faults(
        packed(replace(evidence(), signature=evidence(signer=OTHER_SIGNER).signature))
    )


def test_late_is_after_the_due_moment() -> None:
    """A request is late when it ended after it was due, or is open and overdue; without a clock it is never late."""
    stated = evidence()
    ended = stated.ended_at
    assert ended == line(5).at
    assert not stated.late
    assert replace(stated, request=replace(stated.request, due_at=ended - timedelta(seconds=1))).late
    in_time = replace(stated.request, due_at=ended + timedelta(seconds=1))
    assert stated.made_at > ended + timedelta(seconds=1)
    assert not replace(stated, request=in_time).late
    still_open = replace(stated, timeline=stated.timeline[:-1])
    assert still_open.ended_at is None
    assert replace(still_open, request=replace(stated.request, due_at=stated.made_at - timedelta(seconds=1))).late
    assert not replace(stated, request=replace(stated.request, due_at=None)).late


def test_no_clock_runs_before_the_proof_or_while_it_waits() -> None:
    """What nobody proved, or waits for its subject, is not late however long ago it was due."""
    stated = evidence()
    overdue = replace(stated.request, due_at=stated.made_at - timedelta(days=9))
    assert replace(stated, request=overdue, timeline=stated.timeline[:2]).late
    assert not replace(stated, request=overdue, timeline=stated.timeline[:1]).late
    waiting = replace(overdue, state=RequestState.WAITING)
    assert not replace(stated, request=waiting, timeline=stated.timeline[:2]).late


def test_a_detail_that_has_no_canonical_form_is_refused() -> None:
    """A fraction in the detail of a line is no evidence, and no line."""
    with pytest.raises(InvalidValueError):
        evidence().request.hash_of(replace(line(1), detail={"share": 0.5}))  # type: ignore[dict-item]  # the wrong type is what is tried
    value = json.loads(evidence().to_bytes())
    value["timeline"][1]["detail"] = {"share": 0.5}
    with pytest.raises(LedgerError):
        Evidence.parse(spelled(value))
