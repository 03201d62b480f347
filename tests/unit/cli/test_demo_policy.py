"""The demonstration begins under an earlier text of the default policy, which is a policy of its own."""

from camket.adapters.policy_files import read_policy_folder
from camket.cli.demo_policy import earlier_policy
from camket.core.policy.diff import Effect, compare
from camket.services.policies import compile_version
from camket.testing.service import DEFAULT_POLICY


def test_the_earlier_text_differs_in_what_waits_and_what_holds_at_once() -> None:
    """It has no finding; today's text is worse in something, which waits for a yes, and better in something."""
    today = read_policy_folder(DEFAULT_POLICY)
    before = earlier_policy(today)
    assert before is not None
    diff = compare(compile_version(before, 1), compile_version(today, 2))
    assert diff.by_effect(Effect.WORSE)
    assert diff.by_effect(Effect.BETTER)
    assert not diff.takes_without_asking


def test_an_operators_own_policy_has_no_earlier_text() -> None:
    """Of a policy that is not the default one nothing is made up."""
    assert earlier_policy({"policy.yaml": b"camket: 1\n"}) is None
