"""The exact text of questions: whole sentences in both languages, made of the policy alone, the same to the letter."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.core.consent.clause_text import clause_sentence
from camket.core.consent.events import EventKind, QuestionKind
from camket.core.consent.receipt import STATUS
from camket.core.consent.target import Target
from camket.core.consent.text import QuestionText, agreement_text, consent_text
from camket.core.consent.wording import CLAUSES, RIGHT_NAMES, SAID
from camket.core.errors import InvalidValueError
from camket.core.policy.compile import compile_policy
from camket.core.policy.model import ClauseKind, PolicyVersion
from camket.core.policy.wording import LABELS
from camket.core.terms import Language, Right
from tests.unit.core.policy.files import BROKEN, CONFORMANCE, DEFAULT, TRADES

FOLDERS = [DEFAULT, BROKEN / "base", *(CONFORMANCE / trade for trade in TRADES)]


@cache
def version_of(folder: Path) -> PolicyVersion:
    """Return a policy as version 1."""
    return compile_policy(read_policy_folder(folder), number=1)


def test_both_languages_say_the_same_things() -> None:
    """Each fixed sentence stands in Vietnamese and in English, with the same places in it."""
    for said in (SAID, CLAUSES):
        vietnamese, english = said[Language.VI], said[Language.EN]
        assert set(vietnamese) == set(english)
        for name, words in vietnamese.items():
            for place in ("controller", "purpose", "recipient", "item", "items", "days", "country", "right", "value"):
                assert (f"{{{place}}}" in words) == (f"{{{place}}}" in english[name]), (name, place)
    assert set(RIGHT_NAMES) == set(Right)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("language", list(Language))
def test_every_clause_has_a_sentence_of_its_own(folder: Path, language: Language) -> None:
    """No two clauses of a policy read the same, and no place in a sentence is left open."""
    version = version_of(folder)
    said = {clause.id: clause_sentence(version.policy, clause, language) for clause in version.clauses}
    assert len(set(said.values())) == len(said)
    for clause, sentence in said.items():
        assert sentence.endswith((".", "!", "?")), clause
        assert "{" not in sentence, clause
    assert {clause.kind for clause in version.clauses} >= set(ClauseKind) - {ClauseKind.SHARE}


def test_a_right_that_is_gone_is_named() -> None:
    """A version without a right still says in words which one it does not give."""
    version = version_of(DEFAULT)
    policy = replace(
        version.policy,
        rights=tuple(replace(one, present=one.right is not Right.PORT) for one in version.policy.rights),
    )
    present = next(one for one in version.clauses if one.roots[:2] == ("port", "present"))
    gone = replace(present, parts=("port", "present", "no"), roots=("port", "present", "no"))
    assert clause_sentence(policy, gone, Language.EN) == "You no longer have the right to get a copy."


@pytest.mark.parametrize("language", list(Language))
def test_a_text_comes_back_from_its_canonical_form(language: Language) -> None:
    """Stored and read back it is the same, and its hash is that of the stored text."""
    version = version_of(DEFAULT)
    texts = (
        consent_text(version, purpose="promote", items=("email",), language=language, signalled=True),
        agreement_text(version, clauses=version.clauses[:5], language=language),
    )
    for text in texts:
        assert QuestionText.from_canonical(text.canonical()) == text
        assert QuestionText.from_canonical(text.canonical()).hash == text.hash


def test_every_part_of_a_text_is_in_its_hash() -> None:
    """Another title, line, order, clause or language is another text."""
    text = agreement_text(version_of(DEFAULT), clauses=version_of(DEFAULT).clauses[:2], language=Language.EN)
    others = (
        replace(text, title="x"),
        replace(text, body=text.body[::-1]),
        replace(text, body=text.body[1:]),
        replace(text, clauses=text.clauses[:1]),
        replace(text, language=Language.VI),
    )
    assert len({text.hash, *(one.hash for one in others)}) == len(others) + 1


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"language":"fr","title":"","body":[],"clauses":[]}'])
def test_what_is_no_text_is_refused(body: str) -> None:
    """A stored text that does not have its form is an error, not a half of one."""
    with pytest.raises(InvalidValueError):
        QuestionText.from_canonical(body)


def test_sensitive_items_are_named_as_such() -> None:
    """Where what is asked for is sensitive, the text says so and names it (LAW Art. 9)."""
    version = version_of(CONFORMANCE / "clinic")
    policy = version.policy
    recipient = next(one for one in policy.recipients if one.shares)
    items = next(iter(recipient.shares.values()))
    text = consent_text(version, recipient=recipient.id, items=items, language=Language.EN)
    sensitive = [one.label[Language.EN] for one in policy.items if one.id in items and one.sensitive]
    named = [line for line in text.body if line.startswith("Sensitive among it")]
    assert named == ([f"Sensitive among it: {', '.join(sensitive)}."] if sensitive else [])
    insurer = consent_text(version, recipient="insurer", items=("health.prescription",), language=Language.EN)
    assert "Sensitive among it" in " ".join(insurer.body)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"purpose": "promot", "items": ("email",)}, "no purpose `promot`"),
        ({"recipient": "bank", "items": ("email",)}, "no recipient `bank`"),
        ({"purpose": "promote", "items": ("emial",)}, "no item `emial` .did you mean `email`"),
    ],
)
def test_what_is_not_declared_has_no_text(asked: dict[str, object], message: str) -> None:
    """Unknown names are refused with the nearest."""
    with pytest.raises(InvalidValueError, match=message):
        consent_text(version_of(DEFAULT), language=Language.EN, **asked)  # type: ignore[arg-type]  # each case's own


def test_a_target_comes_back_from_its_body() -> None:
    """Whatever is asked for is the same after a way through JSON, and tells its kind."""
    consent = Target(purpose="promote", items=("email",), clauses=("use(email, promote, consent)",), clause_hash="ab")
    agreement = Target(clauses=("keep(email, account@collected)",))
    for target, kind in ((consent, QuestionKind.CONSENT), (agreement, QuestionKind.AGREEMENT)):
        assert Target.from_body(json.loads(json.dumps(target.to_body()))) == target
        assert target.kind is kind
    assert agreement.key != Target(clauses=("keep(phone, account@collected)",)).key


@pytest.mark.parametrize(
    "given",
    [
        {"purpose": "a", "recipient": "b", "items": ("c",), "clauses": ("d",), "clause_hash": "e"},
        {"purpose": "a", "items": (), "clauses": ("d",), "clause_hash": "e"},
        {"purpose": "a", "items": ("c",), "clauses": ("d",), "clause_hash": None},
        {"clauses": ()},
    ],
)
def test_a_target_that_cannot_be_is_refused(given: dict[str, object]) -> None:
    """Two things at once, a consent without items or meaning, a question about nothing."""
    with pytest.raises(InvalidValueError):
        Target(**given)  # type: ignore[arg-type]  # each case's own


def test_every_fact_has_its_word_in_the_vocabulary() -> None:
    """Each kind of fact has a consent status of DPV; the labels that sentences use are there in both languages."""
    assert set(STATUS) == set(EventKind)
    assert all(set(LABELS[name]) == set(Language) for name in ("free", "not_offered"))
