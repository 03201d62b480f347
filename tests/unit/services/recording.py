"""What a piece of work asks of the store, statement by statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camket.adapters.store.statements import Query

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from camket.adapters.store.statements import Prepared


def statements_of(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> list[str]:
    """Return the text of every statement that reached the store during some work, in order."""
    seen: list[str] = []
    run, many = Query._run, Query.many

    def recorded(query: Query[Any], link: Any, params: dict[str, Any]) -> Prepared:  # noqa: ANN401 - handed on
        prepared = run(query, link, params)
        seen.append(prepared.sql)
        return prepared

    def recorded_many(query: Query[Any], link: Any, params: Any) -> int:  # noqa: ANN401 - handed on
        sets = list(params)
        seen.append(f"one statement for {len(sets)} rows")
        return many(query, link, sets)

    with monkeypatch.context() as patched:
        patched.setattr(Query, "_run", recorded)
        patched.setattr(Query, "many", recorded_many)
        work()
    return seen
