"""The total table (semantics section 4): every row by its name, with its outcome and its sentence.

The order here is the order in which `camket.core.gate.decide` tries them; the first row that fits answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from camket.core.terms import Language, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the total table.

    Args:
        name: stable; ledger facts, tests and pages use it.
        outcome: what the row answers.
        vi: the sentence that a subject reads, in Vietnamese.
        en: the same in English.
    """

    name: str
    outcome: Outcome
    vi: str
    en: str

    def sentence(self, language: Language) -> str:
        """Return the row's sentence in one language."""
        return self.vi if language is Language.VI else self.en


def _permit(name: str, vi: str, en: str) -> Row:
    return Row(name=name, outcome=Outcome.PERMIT, vi=vi, en=en)


def _ask(name: str, vi: str, en: str) -> Row:
    return Row(name=name, outcome=Outcome.ASK, vi=vi, en=en)


def _deny(name: str, vi: str, en: str) -> Row:
    return Row(name=name, outcome=Outcome.DENY, vi=vi, en=en)


UNDECLARED_EVER: Final = _deny(
    "undeclared.ever",
    "Chưa phiên bản chính sách nào khai báo mục dữ liệu này.",
    "No version of the policy ever declared this item.",
)
ERASED_HELD_RIGHTS: Final = _permit(
    "erased.held.rights",
    "Tài khoản đã xóa; mục này còn được giữ theo luật và khách hàng vẫn có quyền xem.",
    "The account is erased; this item is still held by law and is open to the subject's own rights.",
)
ERASED_HELD_LAW: Final = _permit(
    "erased.held.law",
    "Tài khoản đã xóa; mục này còn được giữ theo luật, và vụ việc theo luật bao gồm mục này.",
    "The account is erased; this item is still held by law, and the case of law covers it.",
)
ERASED_NOT_HELD: Final = _deny(
    "erased.not_held",
    "Tài khoản đã xóa; không còn giữ mục này.",
    "The account is erased; this item is not held.",
)
ERASED: Final = _deny(
    "erased",
    "Tài khoản đã xóa; không được làm gì với dữ liệu này nữa.",
    "The account is erased; nothing may be done with this data any more.",
)
RIGHTS: Final = _permit(
    "rights",
    "Đây là quyền của chính khách hàng: xem, lấy bản sao, sửa, xóa, đăng nhập và bảo vệ tài khoản.",
    "This is the subject's own right: view, copy, correction, erasure, sign-in and account security.",
)
CASE_MISSING: Final = _deny(
    "case.missing",
    "Căn cứ pháp lý được nêu nhưng không có vụ việc nào làm bằng chứng.",
    "A legal ground is named, but there is no case with its evidence.",
)
CASE_MISMATCH: Final = _deny(
    "case.mismatch",
    "Vụ việc không phải là bằng chứng cho căn cứ được nêu.",
    "The case is not evidence for the ground that is named.",
)
CASE_SCOPE: Final = _deny(
    "case.scope",
    "Vụ việc không bao gồm việc này hoặc mục dữ liệu này.",
    "The case does not cover this act or this item.",
)
CASE_GROUND: Final = _deny(
    "case.ground",
    "Chính sách có hiệu lực với khách hàng này không nêu căn cứ đó.",
    "The policy that holds for this subject does not name this ground.",
)
CASE_LAW: Final = _permit(
    "case.law",
    "Luật, quy định, thủ tục tố tụng hoặc yêu cầu có hiệu lực pháp lý buộc phải làm việc này.",
    "A law, regulation, legal process or enforceable request demands it.",
)
CASE_HELD: Final = _deny(
    "case.held",
    "Mục này chỉ còn được giữ theo luật; căn cứ này không mở được.",
    "This item is only held by law; this ground does not open it.",
)
CASE_RESTRICTED: Final = _deny(
    "case.restricted",
    "Khách hàng đã hạn chế hoặc phản đối, và vụ việc không nêu trường hợp nào ở Điều 19 Luật Bảo vệ dữ liệu cá nhân.",
    "The subject restricted or objected, and the case names none of Article 19 of the data-protection law.",
)
CASE_TERMS: Final = _permit(
    "case.terms",
    "Cần thiết để thực thi điều khoản dịch vụ đã công bố.",
    "It is needed to enforce the published terms of service.",
)
CASE_PROTECTION: Final = _permit(
    "case.protection",
    "Cần thiết để xử lý gian lận, sự cố an ninh hoặc kỹ thuật.",
    "It is needed to deal with fraud, security or technical problems.",
)
UNDECLARED: Final = _deny(
    "undeclared",
    "Chính sách hiện hành không khai báo mục, dịch vụ, nguồn, mục đích hoặc bên nhận này.",
    "The policy in force does not declare this item, service, source, purpose or recipient.",
)
HELD: Final = _deny(
    "held",
    "Mục này chỉ còn được giữ theo luật, không dùng và không chia sẻ cho việc khác.",
    "This item is only held by law and is neither used nor shared for anything else.",
)
RESTRICTED_OBSERVED: Final = _deny(
    "restricted.observed",
    "Khách hàng đã hạn chế hoặc phản đối mọi mục đích, nên không ghi nhận thêm.",
    "The subject restricted or objected to every purpose, so nothing more is observed.",
)
COLLECT_EFFECTIVE: Final = _permit(
    "collect.effective",
    "Chính sách có hiệu lực với khách hàng này cho phép thu thập mục này.",
    "The policy that holds for this subject lets this item be collected.",
)
COLLECT_NEW: Final = _ask(
    "collect.new",
    "Phiên bản mới muốn thu thập thêm mục này; khách hàng chưa chấp thuận thay đổi đó.",
    "The newer version would collect this item; the subject has not agreed to that change.",
)
COLLECT_NEITHER: Final = _deny(
    "collect.neither",
    "Chính sách hiện hành không cho thu thập mục này theo cách đó.",
    "Nothing in force lets this item be collected in this way.",
)
USE_RESTRICTED: Final = _deny(
    "use.restricted",
    "Khách hàng đã hạn chế hoặc phản đối mục đích này.",
    "The subject restricted or objected to this purpose.",
)
USE_STATED: Final = _permit(
    "use.stated",
    "Chính sách có hiệu lực với khách hàng này nêu rõ mục đích này cho mục dữ liệu.",
    "The policy that holds for this subject states this purpose for the item.",
)
USE_STATED_NEW: Final = _ask(
    "use.stated.new",
    "Phiên bản mới nêu thêm mục đích này cho mục dữ liệu; khách hàng chưa chấp thuận thay đổi đó.",
    "The newer version states this purpose for the item; the subject has not agreed to that change.",
)
SHARE_GROUND: Final = _deny(
    "share.ground",
    "Không nêu căn cứ nào cho việc chia sẻ.",
    "The sharing names no ground.",
)
SHARE_RESTRICTED: Final = _deny(
    "share.restricted",
    "Khách hàng đã hạn chế hoặc phản đối việc xử lý, nên không chia sẻ theo sự đồng ý.",
    "The subject restricted or objected, so nothing is shared on consent.",
)
CONSENT_VALID: Final = _permit(
    "consent.valid",
    "Khách hàng đã đồng ý và sự đồng ý còn hiệu lực.",
    "The subject consented, and the consent is valid.",
)
SHARE_WITHDRAWN: Final = _deny(
    "share.withdrawn",
    "Khách hàng đã rút lại sự đồng ý chia sẻ với bên nhận này.",
    "The subject withdrew the consent to share with this recipient.",
)
CONSENT_GPC: Final = _deny(
    "consent.gpc",
    "Trình duyệt của khách hàng gửi tín hiệu Global Privacy Control: không hỏi và không làm.",
    "The subject's browser sends the Global Privacy Control signal: not asked and not done.",
)
CONSENT_QUIET: Final = _deny(
    "consent.quiet",
    "Khách hàng đã từ chối; trong thời gian yên lặng không hỏi lại.",
    "The subject said no; within the quiet time it is not asked again.",
)
CONSENT_ASK: Final = _ask(
    "consent.ask",
    "Cần khách hàng đồng ý trước; im lặng không phải là đồng ý.",
    "The subject has to consent first; silence is not consent.",
)
SILENCE: Final = _deny(
    "silence",
    "Chính sách không nói điều này được phép; điều không nói là không được làm.",
    "The policy does not say that this may be done; what it does not say is not done.",
)

TABLE: Final[tuple[Row, ...]] = (
    UNDECLARED_EVER,
    ERASED_HELD_RIGHTS,
    ERASED_HELD_LAW,
    ERASED_NOT_HELD,
    ERASED,
    RIGHTS,
    CASE_MISSING,
    CASE_MISMATCH,
    CASE_SCOPE,
    CASE_GROUND,
    CASE_LAW,
    CASE_HELD,
    CASE_RESTRICTED,
    CASE_TERMS,
    CASE_PROTECTION,
    UNDECLARED,
    HELD,
    RESTRICTED_OBSERVED,
    COLLECT_EFFECTIVE,
    COLLECT_NEW,
    COLLECT_NEITHER,
    USE_RESTRICTED,
    USE_STATED,
    USE_STATED_NEW,
    SHARE_GROUND,
    SHARE_RESTRICTED,
    CONSENT_VALID,
    SHARE_WITHDRAWN,
    CONSENT_GPC,
    CONSENT_QUIET,
    CONSENT_ASK,
    SILENCE,
)
"""Every row, in the order in which they are tried."""

ROWS: Final[Mapping[str, Row]] = MappingProxyType({row.name: row for row in TABLE})
"""The rows by name."""
