"""Questions and answers as JSON: strict in, complete out."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camket.core.consent.facts import Consent, Gpc, Refusal
from camket.core.errors import InvalidValueError
from camket.core.gate.document import document_from_json, remarks
from camket.core.gate.fields import MAX_DOCUMENT_BYTES
from camket.core.gate.history import History
from camket.core.gate.question import Agreement, Hold, SubjectFacts
from camket.core.terms import Action, CaseAct, Ground, LawCase, LawKind, ProtectionCase, Source, SubjectState, TermsCase
from tests.property.gate.build import make_item, make_policy, make_service, make_version

AT = "2026-03-15T09:00:00+07:00"
QUESTION = {"action": "use", "items": ["email"], "purpose": "sell", "at": AT}
LAW = {
    "ground": "law",
    "kind": "legal_process",
    "reference": "V-7",
    "acts": ["access"],
    "items": ["email"],
    "authority": "a court",
    "document": "12/QD",
    "article": "Art. 24",
    "dated": "2026-03-10",
    "due_at": AT,
}


def read(subject: object = None, question: object = None, **more: object) -> Any:  # noqa: ANN401 - the document's values
    """Return a document out of its parts."""
    value = {
        "subject": {} if subject is None else subject,
        "question": QUESTION if question is None else question,
    } | more
    return document_from_json(json.dumps(value).encode(), "standard input")


def facts(**parts: object) -> SubjectFacts:
    """Return a subject's facts."""
    found = read(parts).subjects[0][1]
    assert isinstance(found, SubjectFacts)
    return found


def refused(subject: object = None, question: object = None, **more: object) -> str:
    """Return the message of a document that is refused."""
    with pytest.raises(InvalidValueError) as caught:
        read(subject, question, **more)
    return str(caught.value)


def test_what_is_absent_has_its_default() -> None:
    """Lists are empty, the subject joined under version 1 and is active."""
    assert facts() == SubjectFacts()
    assert facts(joined=None, agreements=None, gpc=None, restricted=None) == SubjectFacts()


def test_every_fact_is_read() -> None:
    """Each name of semantics section 3 arrives in its place."""
    at = datetime(2026, 3, 15, 9, tzinfo=timezone(timedelta(hours=7)))
    assert facts(
        joined=2,
        agreements=[
            {"version": 2, "clause": "keep(email, account@collected)", "at": AT, "withdrawn_at": AT},
            {"version": 3, "whole": True, "at": AT},
        ],
        consents=[
            {
                "purpose": "promote",
                "items": ["email"],
                "recipient": "bank",
                "clause_hash": "ab",
                "given_at": AT,
                "expires_at": AT,
                "withdrawn_at": AT,
                "version": 2,
            }
        ],
        refusals=[{"purpose": "promote", "at": AT}, {"clause": "use(a, b, consent)", "at": AT}],
        restricted=["sell"],
        objected="all",
        gpc={"signalled_at": AT, "overridden_at": AT},
        state="pending",
        holds=[{"item": "email", "article": "Art. 41", "until": AT}],
    ) == SubjectFacts(
        joined=2,
        agreements=(
            Agreement(version=2, clause="keep(email, account@collected)", at=at, withdrawn_at=at),
            Agreement(version=3, clause=None, at=at),
        ),
        consents=(
            Consent(
                purpose="promote",
                items=("email",),
                recipient="bank",
                clause_hash="ab",
                given_at=at,
                expires_at=at,
                withdrawn_at=at,
                version=2,
            ),
        ),
        refusals=(Refusal(purpose="promote", at=at), Refusal(clause="use(a, b, consent)", at=at)),
        restricted=frozenset({"sell"}),
        objected=frozenset({"all"}),
        gpc=Gpc(signalled_at=at, overridden_at=at),
        state=SubjectState.PENDING,
        holds=(Hold(item="email", article="Art. 41", until=at),),
    )


def test_every_field_of_a_question_is_read() -> None:
    """Action, items, instant, service, source, purpose, recipient, ground and case arrive in their places."""
    question = read(
        question=QUESTION
        | {
            "action": "share",
            "service": "shop",
            "source": "observed",
            "recipient": "bank",
            "ground": "law",
            "case": LAW,
        }
    ).question
    assert (question.action, question.items, question.purpose) == (Action.SHARE, ("email",), "sell")
    assert (question.service, question.source, question.recipient) == ("shop", Source.OBSERVED, "bank")
    assert question.ground is Ground.LAW
    assert question.case == LawCase(
        kind=LawKind.LEGAL_PROCESS,
        reference="V-7",
        acts=frozenset({CaseAct.ACCESS}),
        items=frozenset({"email"}),
        authority="a court",
        document="12/QD",
        article="Art. 24",
        dated=date(2026, 3, 10),
        due_at=datetime(2026, 3, 15, 2, tzinfo=UTC),
    )


def test_the_other_cases_are_read_too() -> None:
    """A case takes its ground from the question where it names none of its own."""
    scope = {"reference": "D-2", "acts": ["use"], "items": ["email"], "law_19_case": "a"}
    broke = scope | {"clause": "1.2", "terms_version": 1, "what_happened": "a breach"}
    fraud = scope | {"kind": "fraud", "what_happened": "a fraud", "why_this_data": "it shows who"}
    assert isinstance(read(question=QUESTION | {"ground": "terms", "case": broke}).question.case, TermsCase)
    assert isinstance(read(question=QUESTION | {"ground": "protection", "case": fraud}).question.case, ProtectionCase)


def test_many_subjects_are_a_list() -> None:
    """A document has one subject or many, and is answered in kind."""
    value = json.dumps({"subjects": [{}, {"joined": 2}], "question": QUESTION}).encode()
    document = document_from_json(value, "standard input")
    assert document.many
    assert [(place, one.joined) for place, one in document.subjects] == [("subjects[0]", 1), ("subjects[1]", 2)]
    assert not read().many
    assert refused(subjects=[{}]).startswith("subjects: there is a `subject` already")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"", "standard input:1:1: "),
        (b'{"subject": {},\n  "question": }', "standard input:2:15: "),
        (b'{"subject": {}\n', "standard input:2:1: "),
        (b"{} {}", "standard input:1:4: "),
        (b'{"a": \xff}', "standard input:1:7: this byte is not UTF-8"),
        (b'{"subject":\n "\xc3\x28"}', "standard input:2:3: this byte is not UTF-8"),
        (b"\xef\xbb\xbf{}", "standard input:1:1: "),
        (b"[" * 100_000, "standard input: nested too deep"),
        (b'{"subject": {"joined": NaN}}', "`NaN` is no JSON number"),
        (b'{"subject": {"joined": ' + b"9" * 5000 + b"}}", "standard input: a number has too many digits"),
        (b'{"subject": {}, "subject": {}}', "the field `subject` stands twice in one object"),
        (b" " * (MAX_DOCUMENT_BYTES + 1), f"standard input: larger than {MAX_DOCUMENT_BYTES} bytes"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_json_is_refused_with_its_place(text: bytes, place: str) -> None:
    """Line and column of what cannot be read come first."""
    with pytest.raises(InvalidValueError) as caught:
        document_from_json(text, "standard input")
    assert str(caught.value).startswith(place)


CONSENT = {"purpose": "p", "items": ["a"], "clause_hash": "h", "given_at": AT}


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ([], "subject: expected an object, found a list"),
        ({"joind": 1}, "subject: unknown field `joind` (did you mean `joined`?)"),
        ({"joined": "1"}, "subject.joined: expected a whole number, found a text"),
        ({"joined": True}, "subject.joined: expected a whole number, found true or false"),
        ({"joined": 1.0}, "subject.joined: expected a whole number, found a number"),
        ({"state": "activ"}, "subject.state: unknown value `activ` (did you mean `active`?)"),
        ({"state": "x"}, "subject.state: unknown value `x`; one of `pending`, `active`, `erased`"),
        ({"agreements": {}}, "subject.agreements: expected a list, found an object"),
        ({"agreements": [{"version": 1, "at": AT}]}, "subject.agreements[0]: an agreement names a `clause`"),
        ({"agreements": [{"whole": True, "clause": "x", "at": AT}]}, "subject.agreements[0]: an agreement names a"),
        ({"agreements": [{"whole": 1, "at": AT}]}, "subject.agreements[0].whole: expected true or false"),
        ({"agreements": [{"whole": True, "at": AT}]}, "subject.agreements[0].version: this field is missing"),
        ({"consents": [CONSENT, {}]}, "subject.consents[1]: a consent names a `purpose`"),
        ({"consents": [CONSENT | {"given_at": "2026-03-15T09:00:00"}]}, "subject.consents[0].given_at: `2026-03-15T"),
        (
            {"consents": [CONSENT | {"given_at": "15.3.2026"}]},
            "subject.consents[0].given_at: `15.3.2026` is no instant",
        ),
        ({"consents": [CONSENT | {"given_at": "2026-02-30T00:00:00Z"}]}, "subject.consents[0].given_at: `2026-02-30T0"),
        ({"consents": [CONSENT | {"items": "a"}]}, "subject.consents[0].items: expected a list, found a text"),
        ({"consents": [CONSENT | {"items": ["a", "a"]}]}, "subject.consents[0].items[1]: `a` stands twice"),
        ({"consents": [CONSENT | {"items": [1]}]}, "subject.consents[0].items[0]: expected a text, found a number"),
        ({"consents": [CONSENT | {"clause_hash": ""}]}, "subject.consents[0].clause_hash: the text is empty"),
        ({"refusals": [{"at": AT}]}, "subject.refusals[0]: a refusal names a `purpose` or a `clause`"),
        ({"gpc": {}}, 'subject.gpc: expected "none", or `signalled_at`'),
        ({"gpc": "yes"}, "subject.gpc: expected an object, found a text"),
        ({"holds": [{"item": "a", "article": "b"}]}, "subject.holds[0].until: this field is missing"),
        ({"restricted": "sell"}, "subject.restricted: expected a list, found a text"),
        ({"restricted": ["x" * 501]}, "subject.restricted[0]: the text has 501 characters"),
        ({"restricted": ["a\u202eb"]}, "subject.restricted[0]: the text holds a control character"),
        ({"restricted": ["\ud800"]}, "subject.restricted[0]: the text holds a control character"),
        ({"\x1b[31mx": 1}, "subject: unknown field `?[31mx`"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_wrong_facts_are_refused_with_their_place(subject: object, message: str) -> None:
    """The message begins with the path to the value, and names the nearest where a name is wrong."""
    assert refused(subject).startswith(message)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"acton": "use"}, "question: unknown field `acton` (did you mean `action`?)"),
        (QUESTION | {"action": "uses"}, "question.action: unknown value `uses` (did you mean `use`?)"),
        (QUESTION | {"items": []}, "question.items: the list is empty"),
        (QUESTION | {"at": "2026-03-15T09:00:00"}, "question.at: `2026-03-15T09:00:00` has no time zone"),
        (QUESTION | {"at": None}, "question.at: this field is missing"),
        (QUESTION | {"ground": "law", "case": {}}, "question.case.reference: this field is missing"),
        (QUESTION | {"case": {"reference": "x"}}, "question.case.ground: a case is evidence for `law`"),
        (QUESTION | {"case": LAW | {"acts": []}}, "question.case: `acts` is empty"),
        (QUESTION | {"case": LAW | {"authority": " "}}, "question.case: `authority` is empty"),
        (QUESTION | {"case": LAW | {"dated": "10.3.2026"}}, "question.case.dated: `10.3.2026` is no day"),
        (QUESTION | {"case": LAW | {"dated": "2026-02-30"}}, "question.case.dated: `2026-02-30` is no day"),
        (QUESTION | {"case": LAW | {"law_19_case": "f"}}, "question.case.law_19_case: `f` is no case of LAW Art. 19.1"),
        (QUESTION | {"case": LAW | {"what_happened": "x"}}, "question.case: unknown field `what_happened`"),
        (QUESTION | {"case": LAW | {"notice_delayed_until": AT}}, "question.case: `delay_basis` is empty"),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_a_wrong_question_is_refused_with_its_place(question: object, message: str) -> None:
    """The message begins with the path to the value, and names the nearest where a name is wrong."""
    assert refused(question=question).startswith(message)


def test_agreements_to_nothing_are_remarked_upon() -> None:
    """They change no answer; whoever wrote them is told, with the nearest clause."""
    policy = make_policy(services=(make_service("account"),), items=(make_item("email"),))
    history = History((make_version(1, policy),))
    said = facts(
        agreements=[
            {"version": 1, "clause": "collect(emal, account, provided)", "at": AT},
            {"version": 4, "whole": True, "at": AT},
            {"version": 1, "clause": "collect(email, account, provided)", "at": AT},
        ]
    )
    first, second = remarks(history, "subject", said)
    assert first.startswith("subject.agreements[0].clause: version 1 has no clause `collect(emal, account, provided)`")
    assert "did you mean `collect(email, account, provided)`" in first
    assert second.startswith("subject.agreements[1].version: there is no version 4")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(AT),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*LAW, *CONSENT, *QUESTION, "subject", "question", "consents", "case", "gpc"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(subject=JSON, question=JSON)
def test_any_json_is_read_or_refused(subject: object, question: object) -> None:
    """Whatever stands in a document, reading it ends in a question or in a message of ours."""
    with suppress(InvalidValueError):
        read(subject, question)


@given(data=st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Bytes that are no document end in a message of ours."""
    with pytest.raises(InvalidValueError):
        document_from_json(data, "standard input")
