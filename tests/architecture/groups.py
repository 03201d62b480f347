"""A plugin that shows with each collected test the group in which it would run."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write the group behind the name, as the workers do."""
    for item in items:
        group = item.get_closest_marker("xdist_group")
        item._nodeid = f"{item.nodeid}@{group.args[0] if group else ''}"
