"""Prose and declarations keep each other honest."""

import re

import pytest

from camket.core.policy.bindings import MENTIONED_KINDS, REQUIRED_PARTS
from camket.core.policy.check import check
from camket.core.policy.compile import compile_policy
from camket.core.policy.source import PolicyFiles
from tests.unit.core.policy.files import changed, default_files, smallest_files

LANGUAGES = ("vi", "en")


def mentions(files: PolicyFiles) -> list[tuple[str, str]]:
    """Return kind and name of everything that the policy declares and its prose has to mention."""
    policy = compile_policy(files, number=1).policy
    return [
        *(("service", each.id) for each in policy.services),
        *(("item", each.id) for each in policy.items),
        *(("purpose", each.id) for each in policy.purposes),
        *(("recipient", each.id) for each in policy.recipients),
        *(("ground", str(ground)) for ground in policy.grounds),
        *(("right", str(terms.right)) for terms in policy.rights),
    ]


def without_mention(text: str, kind: str, name: str) -> str:
    """Return the prose with every reference to one declaration replaced by plain words."""
    return re.sub(rf"\{{{kind}:{re.escape(name)}(\|[^{{}}]*)?\}}", "plain words", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "name"), mentions(default_files()))
def test_removing_a_mention_is_a_finding(kind: str, name: str, language: str) -> None:
    """For everything that the default policy declares, prose that no longer mentions it is a finding that says so."""
    files = default_files()
    prose = f"prose.{language}.md"
    before = files[prose].decode()
    after = without_mention(before, kind, name)
    assert after != before
    messages = [str(finding) for finding in check({**files, prose: after.encode()})]
    (message,) = messages
    assert message.startswith("policy.yaml:")
    assert message.endswith(f": {kind} `{name}` is not mentioned in {prose}; explain it there as `{{{kind}:{name}}}`")


@pytest.mark.parametrize(("kind", "name"), mentions(default_files()))
def test_removing_a_declaration_leaves_its_mention_dangling(kind: str, name: str) -> None:
    """A reference to a declaration under another name is a finding at its line, and the nearest name is offered."""
    files = default_files()
    source = files["prose.vi.md"].decode()
    written = re.search(rf"\{{{kind}:{re.escape(name)}(?=[|}}])", source)
    assert written is not None
    misspelt = source.replace(written.group(), f"{{{kind}:{name}x", 1)
    line = source.count("\n", 0, written.start()) + 1
    found = [str(finding) for finding in check({**files, "prose.vi.md": misspelt.encode()})]
    assert f"prose.vi.md:{line}: {kind} `{name}x` is not declared (did you mean `{name}`?)" in found


@pytest.mark.parametrize("part", REQUIRED_PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_three_parts_is_required_in_each_language(part: str, language: str) -> None:
    """What and why, how it is used, which choices: prose without the heading of one of them is a finding (P2)."""
    prose = f"prose.{language}.md"
    files = changed(default_files(), prose, f" {{#{part}}}", "")
    assert [str(finding) for finding in check(files)] == [f"{prose}:1: no heading `## ... {{#{part}}}`"]


def test_a_mention_in_one_language_only_is_a_finding_in_the_other() -> None:
    """Both languages refer to the same values: a deadline that only one of them promises is reported."""
    files = changed(smallest_files(), "prose.vi.md", "{right:erase}", "{right:erase} trong {complete:erase}")
    assert [str(finding) for finding in check(files)] == [
        "prose.en.md:1: `{complete:erase}` stands in another language but not here"
    ]


def test_a_reference_may_go_over_the_end_of_a_line() -> None:
    """Shown words wrap like any others, and the next reference still has its own line."""
    wrapped = "{item:email|e-mail\naddress} and {item:emial}"
    files = changed(smallest_files(), "prose.en.md", "{item:email}", wrapped)
    assert [str(finding) for finding in check(files)] == [
        "prose.en.md:4: item `emial` is not declared (did you mean `email`?)"
    ]


def test_a_mention_inside_a_list_a_quotation_or_emphasis_counts() -> None:
    """Wherever a reference is shown, it mentions; markup around it makes no difference."""
    files = changed(smallest_files(), "prose.en.md", "{item:email}", "*address*\n\n> - **{item:email}**\n\n")
    assert check(files) == ()


def test_the_mentions_tested_here_are_all_that_are_required() -> None:
    """The kinds that prose must mention are those that these tests remove one by one."""
    assert {kind for kind, _ in mentions(smallest_files())} == set(MENTIONED_KINDS)
