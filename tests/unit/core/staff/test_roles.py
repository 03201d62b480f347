from __future__ import annotations

import pytest

from camket.core.errors import InvalidValueError
from camket.core.staff.roles import EVERY_ROLE, Role, read_roles, role_words


def test_words_name_roles() -> None:
    """Words become roles and roles become words again, each once, in one order."""
    assert read_roles(["admin", "officer", "admin"]) == {Role.ADMIN, Role.OFFICER}
    assert role_words([Role.ADMIN, Role.OFFICER]) == ("officer", "admin")
    assert read_roles(role_words(EVERY_ROLE)) == EVERY_ROLE


def test_an_unknown_word_is_refused_with_the_nearest() -> None:
    """A word that names no role is quoted, with the role that was probably meant."""
    with pytest.raises(InvalidValueError, match=r"`officers` is no role \(did you mean `officer`\?\)"):
        read_roles(["officers"])


def test_no_role_at_all_is_refused() -> None:
    """Someone without a role could do nothing, so that cannot be meant."""
    with pytest.raises(InvalidValueError, match="name at least one role"):
        read_roles([])
