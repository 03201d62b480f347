"""Comparing versions: nothing of a policy can change unseen, and every sentence is whole in both languages."""

import dataclasses
import re
from dataclasses import replace
from string import Formatter
from typing import Any

import pytest

from camket.core.policy import diff_texts
from camket.core.policy.compile import compile_policy
from camket.core.policy.diff import Change, DeclarationKind, Difference, Effect, PolicyDiff, compare, compare_along
from camket.core.policy.diff_document import diff_document
from camket.core.policy.diff_limits import limit_effect, never_later
from camket.core.policy.diff_prose import sections
from camket.core.policy.diff_wording import SENTENCES
from camket.core.policy.model import (
    Clock,
    Collection,
    Controller,
    ItemKind,
    LegalMinimum,
    Limit,
    NoticeTerms,
    Policy,
    Relay,
)
from camket.core.terms import Basis, Channel, Ground, Language, Right, Source, Verification
from tests.property.gate.build import (
    TEXT,
    make_item,
    make_policy,
    make_purpose,
    make_recipient,
    make_right,
    make_service,
    make_version,
)
from tests.unit.core.policy.files import changed, default_files

OTHER = {Language.VI: "lời khác", Language.EN: "other words"}
MINIMUM = LegalMinimum(clock=Clock.COLLECTED, days=30, article="Điều 1", reason=TEXT)


def whole() -> Policy:
    """Return a policy in which every kind of declaration stands once."""
    return make_policy(
        services=(make_service("account"), make_service("shop")),
        categories={"c": TEXT, "d": TEXT},
        items=(make_item("email", legal_minimum=MINIMUM, maximum=Limit(clock=Clock.COLLECTED, days=90, reason=TEXT)),),
        purposes=(make_purpose("promote", ("email",), basis=Basis.CONSENT), make_purpose("provide", ("email",))),
        recipients=(make_recipient("bank", {Ground.CONSENT: ("email",)}),),
        rights=(make_right(Right.ACCESS),),
        notices=(NoticeTerms(service="account", channel=Channel.EMAIL, lead_days=30),),
        prose={Language.VI: "Lời.", Language.EN: "Words."},
        terms={Language.VI: "Điều khoản.", Language.EN: "Terms."},
    )


def compared(before: Policy, after: Policy) -> PolicyDiff:
    """Return the comparison of two policies."""
    return compare(make_version(1, before), make_version(2, after))


def only(diff: PolicyDiff) -> Difference:
    """Return the one difference that there is."""
    (difference,) = diff.differences
    return difference


def with_item(**parts: Any) -> Policy:  # noqa: ANN401 - any field
    """Return the whole policy with its item changed."""
    policy = whole()
    return replace(policy, items=(replace(policy.items[0], **parts),))


OTHER_VALUES: dict[type, dict[str, Any]] = {
    Policy: {
        "id": "other",
        "title": OTHER,
        "languages": (Language.EN, Language.VI),
        "law_profile": "other",
        "registration_service": "shop",
        "quiet_days": 31,
        "cooling_off_days": 1,
        "unconfirmed_hours": 25,
        "record_days": 731,
        "grounds": tuple(Ground)[:3],
        "categories": {"c": OTHER, "d": TEXT},
        "approvals": 2,
        "prose": {Language.VI: "Lời khác.", Language.EN: "Words."},
        "terms": {Language.VI: "Điều khoản khác.", Language.EN: "Terms."},
    },
    Controller: {
        "name": OTHER,
        "address": OTHER,
        "email": "x@quay.example",
        "phone": "+84",
        "country": "SG",
        "officer": OTHER,
    },
    Relay: {"name": "other", "country": "SG"},
}


@pytest.mark.parametrize("field", [one.name for one in dataclasses.fields(Policy) if one.name in OTHER_VALUES[Policy]])
def test_no_part_of_a_policy_changes_unseen(field: str) -> None:
    """Each value of the policy itself that is another one is a difference."""
    after = replace(whole(), **{field: OTHER_VALUES[Policy][field]})
    assert not compared(whole(), after).is_empty


def test_every_field_of_the_model_is_compared() -> None:
    """The fields are those that the tests here change: a new field fails this until it is compared and tested."""
    parts = {"controller", "relay", "services", "items", "purposes", "recipients", "rights", "notices"}
    assert {one.name for one in dataclasses.fields(Policy)} == {*OTHER_VALUES[Policy], *parts}
    for part in (Controller, Relay):
        assert {one.name for one in dataclasses.fields(part)} == set(OTHER_VALUES[part])
    for declared, changes in DECLARED.items():
        sample = getattr(whole(), declared)[0]
        assert {one.name for one in dataclasses.fields(sample)} - {"id"} == set(changes), declared


DECLARED: dict[str, dict[str, Any]] = {
    "services": {"label": OTHER, "does": OTHER, "renamed_from": ("former",)},
    "items": {
        "label": OTHER,
        "why": OTHER,
        "category": "d",
        "kind": ItemKind.FACT,
        "dpv": "pd:Other",
        "collected": (Collection(service="shop", source=Source.OBSERVED),),
        "maximum": Limit(clock=Clock.COLLECTED, days=91, reason=TEXT),
        "required": True,
        "sensitive": True,
        "legal_minimum": None,
        "renamed_from": ("former",),
    },
    "purposes": {
        "label": OTHER,
        "explains": OTHER,
        "basis": Basis.STATED,
        "dpv": "dpv:Other",
        "items": (),
        "valid_days": 30,
        "renamed_from": ("former",),
    },
    "recipients": {
        "label": OTHER,
        "country": "SG",
        "explains": OTHER,
        "dpv": "dpv:Other",
        "shares": {Ground.LAW: ("email",)},
        "renamed_from": ("former",),
    },
    "rights": {
        "right": Right.ERASE,
        "present": False,
        "label": OTHER,
        "explains": OTHER,
        "reply_days": 3,
        "complete_days": 21,
        "fee_vnd": 1,
        "verification": Verification.SESSION,
    },
    "notices": {"service": "shop", "channel": Channel.BANNER, "lead_days": 31},
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in DECLARED.items() for field in fields])
def test_no_field_of_a_declaration_changes_unseen(kind: str, field: str) -> None:
    """Each field of each declaration that has another value is a difference."""
    policy = whole()
    first, *rest = getattr(policy, kind)
    parts: dict[str, Any] = {kind: (replace(first, **{field: DECLARED[kind][field]}), *rest)}
    after = replace(policy, **parts)
    assert not compared(policy, after).is_empty


@pytest.mark.parametrize("part", [Controller, Relay])
def test_who_answers_and_who_carries_never_change_unseen(part: type) -> None:
    """Each field of the controller and of the relay is a difference of its own that customers are told of."""
    name = part.__name__.lower()
    for field, value in OTHER_VALUES[part].items():
        policy = whole()
        parts: dict[str, Any] = {name: replace(getattr(policy, name), **{field: value})}
        diff = compared(policy, replace(policy, **parts))
        assert only(diff).about.kind == name
        assert diff.significant
        assert not diff.reduces


def test_sub_values_are_compared_too() -> None:
    """Reasons of retention and of legal minimums are words; the clock, days and article of a minimum are the law's."""
    reason = only(compared(whole(), with_item(maximum=Limit(clock=Clock.COLLECTED, days=90, reason=OTHER))))
    assert (reason.change, reason.effect) == (Change.REWORDED, Effect.NEITHER)
    assert only(compared(whole(), with_item(legal_minimum=replace(MINIMUM, reason=OTHER)))).change is Change.REWORDED
    for other in ({"days": 40}, {"days": 20}, {"article": "Điều 2"}, {"clock": Clock.ERASED}):
        found = only(compared(whole(), with_item(legal_minimum=replace(MINIMUM, **other))))
        assert (found.effect, found.binds_all_at_once, found.clauses_after) == (Effect.NEITHER, True, ())
        assert "luật" in found.says[Language.VI]


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_is_whole_in_both_languages(name: str) -> None:
    """Each sentence stands in every language, names the same values in all of them, and ends as a sentence does."""
    sentence = SENTENCES[name]
    assert set(sentence) == set(Language)
    places = [{place for _, place, _, _ in Formatter().parse(text) if place} for text in sentence.values()]
    optional = {"article_before"}
    assert places[0] - optional == places[1] - optional
    for text in sentence.values():
        assert re.search(r"[.}]$", text), text
    assert sentence[Language.VI] != sentence[Language.EN]


def test_nothing_is_said_of_the_same_policy() -> None:
    """A version compared with itself, or with one that differs in comments alone, is no difference and no notice."""
    files = default_files()
    first = compile_policy(files, number=1)
    second = compile_policy({**files, "policy.yaml": files["policy.yaml"] + b"\n# one more line\n"}, number=2)
    diff = compare(first, second)
    assert diff.is_empty
    assert not diff.significant
    assert not diff.reduces
    assert diff_document(diff)["differences"] == []


def test_words_alone_are_no_reason_for_a_notice() -> None:
    """A sentence of the prose that reads otherwise is one difference, in words, and not significant."""
    files = default_files()
    reworded = changed(files, "prose.en.md", "We collect information", "We take in information")
    diff = compare(compile_policy(files, number=1), compile_policy(reworded, number=2))
    found = only(diff)
    assert (found.change, found.about.kind, found.about.id) == (Change.REWORDED, DeclarationKind.PROSE, "part-0")
    assert not diff.significant
    assert set(found.rewordings) == {Language.EN}
    assert "We collect information" in found.rewordings[Language.EN].before
    assert "We take in information" in found.rewordings[Language.EN].after
    assert "{" not in found.rewordings[Language.EN].after
    assert found.says[Language.VI] == "Viết lại đoạn “Lời mở đầu” trong lời chính sách."


@pytest.mark.parametrize(
    ("before", "after", "change", "effect"),
    [
        ((Clock.COLLECTED, 90), (Clock.COLLECTED, 60), Change.NARROWED, Effect.BETTER),
        ((Clock.COLLECTED, 60), (Clock.COLLECTED, 90), Change.WIDENED, Effect.WORSE),
        ((Clock.COLLECTED, None), (Clock.LAST_USED, 900), Change.NARROWED, Effect.BETTER),
        ((Clock.LAST_USED, 900), (Clock.COLLECTED, None), Change.WIDENED, Effect.WORSE),
        ((Clock.LAST_USED, 90), (Clock.COLLECTED, 90), Change.NARROWED, Effect.BETTER),
        ((Clock.COLLECTED, 90), (Clock.LAST_USED, 90), Change.WIDENED, Effect.WORSE),
        ((Clock.COLLECTED, 90), (Clock.LAST_USED, 60), Change.CHANGED, Effect.WORSE),
        ((Clock.LAST_USED, 60), (Clock.COLLECTED, 90), Change.CHANGED, Effect.WORSE),
    ],
)
def test_of_two_maxima_the_one_that_never_ends_later_is_better(
    before: tuple[Clock, int | None], after: tuple[Clock, int | None], change: Change, effect: Effect
) -> None:
    """Days are compared by one clock, collection with the last use, and any days with the account."""
    old, new = (Limit(clock=clock, days=days, reason=TEXT) for clock, days in (before, after))
    assert limit_effect(old, new) == (change, effect)
    assert never_later(old, old)


def test_an_id_keeps_its_meaning() -> None:
    """Another DPV term or kind under one id takes from all without asking; of a purpose on consent it ends each yes."""
    for other in ({"dpv": "pd:Other"}, {"kind": ItemKind.PICTURE}):
        diff = compared(whole(), with_item(**other))
        assert only(diff).takes_without_asking
        assert diff.takes_without_asking == diff.differences
    policy = whole()
    consent, stated = policy.purposes
    meant = replace(policy, purposes=(consent, replace(stated, dpv="dpv:Other")))
    assert only(compared(policy, meant)).takes_without_asking
    asked = only(compared(policy, replace(policy, purposes=(replace(consent, dpv="dpv:Other"), stated))))
    assert (asked.effect, asked.takes_without_asking) == (Effect.NEITHER, False)


def test_forgetting_an_earlier_name_makes_another_thing() -> None:
    """An id whose earlier names are dropped is another item to the gate, so it goes and comes in the comparison too."""
    before = with_item(renamed_from=("mail",))
    found = compared(before, whole()).differences
    collected = [one for one in found if one.clauses_before or one.clauses_after]
    assert {one.change for one in collected} == {Change.ADDED, Change.REMOVED}
    assert any(one.effect is Effect.WORSE for one in collected)


def test_a_policy_in_one_language_is_said_in_every_language() -> None:
    """Where a policy is not written in a language, its sentences there use the words that it has."""
    vi = {Language.VI: "chữ"}
    text = {"label": vi, "why": vi}
    policy = replace(
        make_policy(services=(make_service("account"),)),
        languages=(Language.VI,),
        items=(make_item("email", **text),),
    )
    service = Collection(service="account", source=Source.OBSERVED)
    after = replace(policy, items=(replace(policy.items[0], collected=(service, *policy.items[0].collected)),))
    assert only(compared(policy, after)).says[Language.EN] == "Records “chữ” as well, as you use “text”."


def test_languages_that_come_go_and_rule() -> None:
    """A further language is better, one fewer takes from everyone, another first one is neither."""
    both = whole()
    one = replace(both, languages=(Language.VI,), prose={Language.VI: "Lời."}, terms={Language.VI: "Điều khoản."})
    added = next(iter(compared(one, both).differences))
    assert (added.change, added.effect) == (Change.ADDED, Effect.BETTER)
    removed = next(iter(compared(both, one).differences))
    assert removed.takes_without_asking
    turned = only(compared(both, replace(both, languages=(Language.EN, Language.VI))))
    assert (turned.change, turned.effect) == (Change.CHANGED, Effect.NEITHER)


def test_a_right_comes_and_goes_whole() -> None:
    """Whether a right is absent from the file or declared as absent, its loss is one difference and so is its gain."""
    policy = whole()
    absent = replace(policy, rights=(replace(policy.rights[0], present=False),))
    for gone in (absent, replace(policy, rights=())):
        lost = only(compared(policy, gone))
        assert (lost.change, lost.effect, lost.binds_all_at_once) == (Change.REMOVED, Effect.WORSE, False)
        assert [clause.id for clause in lost.clauses_after] == ["right(access, present, no)"]
        assert len(lost.clauses_before) == 5
        gained = only(compared(gone, policy))
        assert (gained.change, gained.effect, gained.binds_all_at_once) == (Change.ADDED, Effect.BETTER, True)
        assert len(gained.clauses_after) == 5


def test_what_came_back_on_the_way_is_found() -> None:
    """A use that was dropped and added again is equal at both ends, and yet has to be agreed to anew."""
    policy = whole()
    without = replace(policy, purposes=policy.purposes[:1])
    versions = [make_version(number, one) for number, one in enumerate((policy, without, policy), start=1)]
    assert compare(versions[0], versions[2]).is_empty
    along = compare_along(versions)
    assert [one.clauses_after[0].id for one in along.differences] == ["use(email, provide, stated)"]
    assert along.reduces
    assert not along.differences[0].binds_all_at_once
    assert compare_along(versions[:1]).is_empty


def test_the_order_is_the_same_each_time() -> None:
    """Two comparisons of the same versions give the same differences in the same order."""
    files = default_files()
    text = changed(
        changed(files, "policy.yaml", "quiet: 180 days", "quiet: 200 days"), "policy.yaml", "vi: Họ tên", "vi: Tên"
    )
    versions = [compile_policy(files, number=1), compile_policy(text, number=2)]
    assert diff_document(compare(*versions)) == diff_document(compare(*versions))


def test_sections_are_found_by_anchor_or_place() -> None:
    """A text is its opening and what stands below each heading; an empty text is an empty opening."""
    found = sections("Opening.\n\n## One {#one}\n\nBody.\n\n### Two\nMore.")
    assert [(one.id, one.title) for one in found] == [("part-0", ""), ("one", "One"), ("part-2", "Two")]
    assert [one.text.strip() for one in found] == ["Opening.", "Body.", "More."]
    assert [one.id for one in sections("")] == ["part-0"]


def test_a_text_that_only_one_side_has_is_not_reworded() -> None:
    """Only a language that both have can be worded otherwise."""
    assert diff_texts.rewordings({Language.VI: "a"}, {Language.EN: "b"}) == {}
    assert set(diff_texts.rewordings(TEXT, OTHER)) == set(Language)


def test_how_long_a_yes_holds_concerns_a_later_yes() -> None:
    """A validity that is shorter, longer or without end is said, and is neither better nor worse."""
    consent, stated = whole().purposes
    for before, after, change, said in (
        (30, 60, Change.WIDENED, "60 days"),
        (60, 30, Change.NARROWED, "30 days"),
        (30, None, Change.WIDENED, "until you withdraw it"),
        (None, 30, Change.NARROWED, "30 days"),
    ):
        old, new = (replace(whole(), purposes=(replace(consent, valid_days=days), stated)) for days in (before, after))
        found = only(compared(old, new))
        assert (found.change, found.effect, found.binds_all_at_once) == (change, Effect.NEITHER, True)
        assert f"holds {said}" in found.says[Language.EN]
