"""What must hold between one moment of a life and the next, whoever lives it (P17)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from camket.core.gate.question import SubjectFacts
from tests.property.changes.asking import Cell, cells, granted, hindered, permitted, permitted_slowly
from tests.property.changes.lives import Moment


class Node:
    """A moment with the one before it, and what is permitted at it by either evaluator.

    Args:
        moment: now.
        before: the moment before; None at the joining.
        asked: everything that is asked about.
    """

    def __init__(self, moment: Moment, before: "Node | None", asked: list[Cell]) -> None:
        self.moment = moment
        self.before = before
        self.asked = asked

    @cached_property
    def permitted(self) -> frozenset[Cell]:
        """What the gate permits."""
        return permitted(self.moment.standing, self.asked, self.moment.at)

    @cached_property
    def permitted_slowly(self) -> frozenset[Cell]:
        """What the evaluator that is written from the text permits."""
        return permitted_slowly(self.moment.versions, self.moment.facts, self.asked, self.moment.at)

    @cached_property
    def granted(self) -> dict[tuple[str, ...], int]:
        """The rights and notices, each with a number that is higher where it is better."""
        return granted(self.moment.history, self.moment.standing, self.moment.at)


def chain(moments: list[Moment]) -> Iterator[Node]:
    """Yield one life as nodes."""
    asked = cells(moments[-1].versions)
    before: Node | None = None
    for moment in moments:
        before = Node(moment, before, asked)
        yield before


def check_permissions(node: Node, *, slowly: bool = False) -> bool:
    """Publishing, refusing, withdrawing and time permit nothing new; a yes permits its own clause or version alone.

    Returns:
        Whether more was permitted.
    """
    if node.before is None:
        return False
    moment = node.moment
    more = node.permitted_slowly - node.before.permitted_slowly if slowly else node.permitted - node.before.permitted
    if moment.happened not in {"agreed", "consented"}:
        assert not more, (node.before.moment, moment)
    elif moment.about is not None:
        kind, roots = str(moment.about.kind), moment.about.roots
        assert all((one[0], one[1:]) == (kind, roots[: len(one) - 1]) for one in more), moment
    return bool(more)


def check_rights(node: Node) -> None:
    """Without a yes no right, deadline, fee or notice is worse than a moment ago, nor harder to use.

    Who takes back a yes to a way of verification has the one from before again, weaker or not: neither side is better.
    """
    if node.before is None or node.moment.happened == "agreed":
        return
    before, after = node.before.moment, node.moment
    worse = [name for name, value in node.before.granted.items() if node.granted.get(name, -1_000_000) < value]
    if after.happened == "withdrew":
        worse = [name for name in worse if name[-1] != "verification"]
    else:
        assert list(hindered(before.standing, after.standing, after.at)) == [], (before, after)
    assert worse == [], (before, after)


def check_withdrawals(node: Node, *, slowly: bool = False) -> bool:
    """From a withdrawal on all is as for someone who never said that yes.

    Returns:
        Whether there was something withdrawn.
    """
    moment = node.moment
    never = replace(moment, facts=never_said(moment.facts))
    if never.facts == moment.facts:
        return False
    other = Node(never, None, node.asked)
    if slowly:
        assert node.permitted_slowly == other.permitted_slowly, moment
    else:
        assert node.permitted == other.permitted, moment
        assert moment.standing.effective_at(moment.at).clauses == never.standing.effective_at(moment.at).clauses, moment
    return True


def never_said(facts: SubjectFacts) -> SubjectFacts:
    """Return the facts of someone who never gave what this subject withdrew."""
    return replace(
        facts,
        agreements=tuple(one for one in facts.agreements if one.withdrawn_at is None),
        consents=tuple(one for one in facts.consents if one.withdrawn_at is None),
    )
