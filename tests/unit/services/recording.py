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
    execute, many = Query._execute, Query.many

    def recorded(link: Any, prepared: Prepared, values: list[Any]) -> None:  # noqa: ANN401 - handed on
        seen.append(prepared.sql)
        execute(link, prepared, values)

    def recorded_many(query: Query[Any], link: Any, params: Any) -> int:  # noqa: ANN401 - handed on
        sets = list(params)
        seen.append(f"one statement for {len(sets)} rows")
        return many(query, link, sets)

    with monkeypatch.context() as patched:
        patched.setattr(Query, "_execute", staticmethod(recorded))
        patched.setattr(Query, "many", recorded_many)
        work()
    return seen
