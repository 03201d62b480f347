"""Mails about the steps of a request: to its subject, and to officers before a clock runs out.

None of them carries what was asked for. A reason is the one thing written out, because the law has it told (of an
extension, of a refusal); it is opened when the mail is sent.
"""

from __future__ import annotations

from typing import Final

from camket.core.notices.text import Addressee, MailTemplate, Wording, worded
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Language

_SEE_VI: Final = (
    "Xem từng bước và thời hạn tại đây: {origin}/me/requests/{request} "
    "(không cần đăng nhập: {origin}/requests/{number})"
)
_SEE_EN: Final = (
    "See every step and the due date here: {origin}/me/requests/{request} "
    "(without signing in: {origin}/requests/{number})"
)
_FREE_VI: Final = "Mọi yêu cầu về dữ liệu của bạn đều miễn phí."
_FREE_EN: Final = "Everything you ask about your data is free of charge."
_COMPLAIN_VI: Final = (
    "Nếu không đồng ý, bạn có thể khiếu nại với chúng tôi hoặc với cơ quan nhà nước: {origin}/complain"
)
_COMPLAIN_EN: Final = "If you disagree, you can complain to us or to the authority: {origin}/complain"
_NOT_YOU_VI: Final = "Nếu không phải bạn, hãy mở trang đó để rút lại yêu cầu, và đăng xuất các thiết bị lạ."
_NOT_YOU_EN: Final = "If it was not you, open that page to take the request back, and sign unknown devices out."
_SIGNED: Final = "— {controller} · {origin}"


def _mail(template_id: str, *, vi: Wording, en: Wording, places: frozenset[str] = frozenset()) -> MailTemplate:
    return MailTemplate(
        id=template_id,
        purpose=RIGHTS_PURPOSE,
        needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
        places=frozenset({"name", "number", "request", "wish"}) | places,
        wordings={Language.VI: vi, Language.EN: en},
    )


REQUEST_TAKEN_UP: Final = _mail(
    "request_taken_up",
    places=frozenset({"until"}),
    vi=worded(
        "{controller} đã nhận yêu cầu của bạn",
        "Chào {name},",
        "Chúng tôi đã nhận yêu cầu “{wish}” và đã xác minh đúng là bạn. Số biên nhận: {number}.",
        "Yêu cầu được thực hiện chậm nhất ngày {until}.",
        _SEE_VI,
        _NOT_YOU_VI,
        _FREE_VI,
        _SIGNED,
    ),
    en=worded(
        "{controller} has your request",
        "Hello {name},",
        "We have your request “{wish}”, and we know that it comes from you. Its receipt number is {number}.",
        "It is carried out by {until} at the latest.",
        _SEE_EN,
        _NOT_YOU_EN,
        _FREE_EN,
        _SIGNED,
    ),
)
"""To who asked from outside or through staff: who is signed in sees it at once."""

REQUEST_ON_BEHALF: Final = _mail(
    "request_on_behalf",
    vi=worded(
        "{controller} sẽ thực hiện thay bạn",
        "Chào {name},",
        "Nhân viên của chúng tôi sẽ thực hiện thay bạn yêu cầu {number} (“{wish}”). "
        "Một người thứ hai đã duyệt việc này.",
        _SEE_VI,
        _NOT_YOU_VI,
        _SIGNED,
    ),
    en=worded(
        "{controller} acts on your behalf",
        "Hello {name},",
        "Our staff will carry out your request {number} (“{wish}”) on your behalf. A second person has said yes to it.",
        _SEE_EN,
        _NOT_YOU_EN,
        _SIGNED,
    ),
)

REQUEST_WAITS: Final = _mail(
    "request_waits",
    places=frozenset({"until"}),
    vi=worded(
        "Yêu cầu của bạn ở {controller} chờ bạn đồng ý",
        "Chào {name},",
        "Bạn đã xác minh yêu cầu {number} (“{wish}”), nhưng chưa đồng ý cho thực hiện. "
        "Chúng tôi không làm gì khi chưa có sự đồng ý đó.",
        "Đồng ý hoặc rút lại tại đây: {origin}/me/requests/{request} (không cần đăng nhập: {origin}/requests/{number})",
        "Nếu đến ngày {until} bạn chưa trả lời, yêu cầu hết hạn và không có gì thay đổi. "
        "Bạn có thể gửi lại bất cứ lúc nào.",
        _SIGNED,
    ),
    en=worded(
        "Your request to {controller} waits for your yes",
        "Hello {name},",
        "You have proved your request {number} (“{wish}”), but you have not said yes to carrying it out. "
        "Without that we do nothing.",
        "Say yes, or take it back, here: {origin}/me/requests/{request} "
        "(without signing in: {origin}/requests/{number})",
        "If you have not answered by {until}, the request expires and nothing changes. You can ask again at any time.",
        _SIGNED,
    ),
)

REQUEST_EXTENDED: Final = _mail(
    "request_extended",
    places=frozenset({"until", "reason"}),
    vi=worded(
        "Yêu cầu của bạn ở {controller} cần thêm thời gian",
        "Chào {name},",
        "Yêu cầu {number} (“{wish}”) cần thêm thời gian. Thời hạn mới là ngày {until}. "
        "Luật cho gia hạn một lần, và lần đó đã được dùng.",
        "Lý do:",
        "{reason}",
        _SEE_VI,
        _COMPLAIN_VI,
        _SIGNED,
    ),
    en=worded(
        "Your request to {controller} takes longer",
        "Hello {name},",
        "Your request {number} (“{wish}”) takes longer. It is now due on {until}. "
        "The law allows one extension, and this was it.",
        "The reason:",
        "{reason}",
        _SEE_EN,
        _COMPLAIN_EN,
        _SIGNED,
    ),
)

REQUEST_REFUSED: Final = _mail(
    "request_refused",
    places=frozenset({"reason"}),
    vi=worded(
        "{controller} không thực hiện được yêu cầu của bạn",
        "Chào {name},",
        "Chúng tôi không thực hiện yêu cầu {number} (“{wish}”). Lý do:",
        "{reason}",
        _SEE_VI,
        _COMPLAIN_VI,
        _SIGNED,
    ),
    en=worded(
        "{controller} cannot carry out your request",
        "Hello {name},",
        "We do not carry out your request {number} (“{wish}”). The reason:",
        "{reason}",
        _SEE_EN,
        _COMPLAIN_EN,
        _SIGNED,
    ),
)

REQUEST_DONE: Final = _mail(
    "request_done",
    vi=worded(
        "Yêu cầu của bạn ở {controller} đã được thực hiện",
        "Chào {name},",
        "Yêu cầu {number} (“{wish}”) đã được thực hiện xong.",
        _SEE_VI,
        "Nếu không phải bạn yêu cầu, hãy mở “Dữ liệu của tôi” để đổi lại và đăng xuất các thiết bị lạ: {origin}/me",
        _SIGNED,
    ),
    en=worded(
        "Your request to {controller} is done",
        "Hello {name},",
        "Your request {number} (“{wish}”) was carried out.",
        _SEE_EN,
        "If it was not you who asked, open “My data” to change it back and sign unknown devices out: {origin}/me",
        _SIGNED,
    ),
)

REQUEST_CANCELLED: Final = _mail(
    "request_cancelled",
    vi=worded(
        "Yêu cầu của bạn ở {controller} đã được rút lại",
        "Chào {name},",
        "Yêu cầu {number} (“{wish}”) đã được rút lại và không được thực hiện.",
        _SEE_VI,
        "Nếu không phải bạn rút lại, hãy gửi lại yêu cầu và đăng xuất các thiết bị lạ: {origin}/me",
        _SIGNED,
    ),
    en=worded(
        "Your request to {controller} was taken back",
        "Hello {name},",
        "Your request {number} (“{wish}”) was taken back, and is not carried out.",
        _SEE_EN,
        "If it was not you who took it back, ask again and sign unknown devices out: {origin}/me",
        _SIGNED,
    ),
)

REQUEST_EXPIRED: Final = _mail(
    "request_expired",
    vi=worded(
        "Yêu cầu của bạn ở {controller} đã hết hạn",
        "Chào {name},",
        "Yêu cầu {number} (“{wish}”) chờ câu trả lời của bạn và nay đã hết hạn. Không có gì thay đổi.",
        "Nếu vẫn cần, bạn có thể gửi lại bất cứ lúc nào.",
        _SEE_VI,
        _FREE_VI,
        _SIGNED,
    ),
    en=worded(
        "Your request to {controller} has expired",
        "Hello {name},",
        "Your request {number} (“{wish}”) waited for your answer and has now expired. Nothing was changed.",
        "If you still want it, ask again at any time.",
        _SEE_EN,
        _FREE_EN,
        _SIGNED,
    ),
)

DEADLINES: Final = MailTemplate(
    id="deadlines",
    purpose="provide",
    needs=(ItemKind.EMAIL,),
    places=frozenset({"due"}),
    to=Addressee.STAFF,
    wordings={
        Language.VI: worded(
            "Có yêu cầu của khách hàng sắp đến hạn ở {controller}",
            "Những yêu cầu sau chỉ còn chưa đầy một phần tư thời hạn, hoặc đã quá hạn:\n{due}",
            "Xử lý tại đây, việc đến hạn trước đứng trước: {origin}/officer/requests",
            _SIGNED,
        ),
        Language.EN: worded(
            "Requests of customers are due soon at {controller}",
            "Less than a quarter of the time of these requests is left, or it is over:\n{due}",
            "Work on them here, the one that is due first comes first: {origin}/officer/requests",
            _SIGNED,
        ),
    },
)
"""To officers: receipt numbers and dates, nothing about whose requests they are."""

REQUEST_MAILS: Final = (
    REQUEST_TAKEN_UP,
    REQUEST_ON_BEHALF,
    REQUEST_WAITS,
    REQUEST_EXTENDED,
    REQUEST_REFUSED,
    REQUEST_DONE,
    REQUEST_CANCELLED,
    REQUEST_EXPIRED,
    DEADLINES,
)
