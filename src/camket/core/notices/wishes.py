"""What a request is for, in the words of the policy: for mails and pages that name it before it is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.rights.machine import RequestKind
from camket.core.terms import Language

if TYPE_CHECKING:
    from camket.core.policy.model import Policy, Text

WRITE_TO_SUPPORT: Final = {Language.VI: "Viết cho bộ phận hỗ trợ", Language.EN: "Write to support"}
FOLLOW: Final = {Language.VI: "Theo dõi một yêu cầu đã gửi", Language.EN: "Follow a request that was made"}


def wish_text(policy: Policy, wish: str) -> Text:
    """Return what someone wishes, in every language.

    Args:
        policy: the one in force.
        wish: the name of a kind of request; anything else stands for following one that was made.
    """
    if wish == RequestKind.SUPPORT:
        return WRITE_TO_SUPPORT
    return next((terms.label for terms in policy.rights if terms.right == wish), FOLLOW)


def wish_label(policy: Policy, wish: str, language: Language) -> str:
    """Return what someone wishes, in one language."""
    return wish_text(policy, wish)[language]
