"""The fixed sentences of questions, in both languages, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.terms import Language, Right

if TYPE_CHECKING:
    from collections.abc import Mapping

VI: Final = Language.VI
EN: Final = Language.EN

SAID: Final[Mapping[Language, Mapping[str, str]]] = {
    VI: {
        "purpose_title": "Bạn có đồng ý để {controller} dùng thông tin của bạn cho mục đích “{purpose}” không?",
        "recipient_title": "Bạn có đồng ý để “{recipient}” nhận thông tin của bạn không?",
        "recipient": "{explains} Bên nhận ở {country}.",
        "items": "Thông tin được dùng: {items}.",
        "sensitive": "Trong đó có thông tin nhạy cảm: {items}.",
        "until_withdrawn": "Sự đồng ý có hiệu lực đến khi bạn rút lại.",
        "until": "Sự đồng ý có hiệu lực trong {days}, hoặc đến khi bạn rút lại trước đó.",
        "withdraw": "Bạn rút lại lúc nào cũng được, bằng một lần bấm ở trang “Sự đồng ý của tôi”; "
        "có hiệu lực ngay và không mất phí.",
        "no": "Nếu bạn không đồng ý, mọi thứ khác vẫn như cũ. Không trả lời nghĩa là không đồng ý.",
        "quiet": "Nếu bạn nói không, chúng tôi không hỏi lại điều này trong {days}.",
        "gpc": "Trình duyệt của bạn đang gửi tín hiệu Global Privacy Control, nghĩa là bạn không muốn được hỏi "
        "những điều như thế này. Nếu bạn vẫn đồng ý ở đây, câu trả lời này được tính thay cho tín hiệu đó.",
        "agreement_title": "{policy} có phiên bản {number}: bạn có đồng ý với những thay đổi này không?",
        "each_alone": "Mỗi thay đổi dưới đây được trả lời riêng; chưa có câu nào được chọn sẵn.",
        "agreement_no": "Nếu bạn không đồng ý hoặc không trả lời, bạn giữ nguyên những gì đang có.",
    },
    EN: {
        "purpose_title": "Do you agree that {controller} uses your information for the purpose “{purpose}”?",
        "recipient_title": "Do you agree that “{recipient}” receives your information?",
        "recipient": "{explains} The recipient is in {country}.",
        "items": "The information used: {items}.",
        "sensitive": "Sensitive among it: {items}.",
        "until_withdrawn": "The consent holds until you withdraw it.",
        "until": "The consent holds for {days}, or until you withdraw it before that.",
        "withdraw": "You can withdraw at any time, with one click on the page “My consents”; "
        "that takes effect at once and is free of charge.",
        "no": "If you do not agree, everything else stays as it is. No answer means no.",
        "quiet": "If you say no, we do not ask this again for {days}.",
        "gpc": "Your browser sends the signal Global Privacy Control, which means that you do not want to be asked "
        "for things like this. If you agree here all the same, this answer counts instead of the signal.",
        "agreement_title": "{policy} has a version {number}: do you agree to these changes?",
        "each_alone": "Each change below is answered by itself; no answer is chosen beforehand.",
        "agreement_no": "If you do not agree, or do not answer, you keep what you have.",
    },
}

RIGHT_NAMES: Final[Mapping[Right, Mapping[Language, str]]] = {
    Right.ACCESS: {VI: "xem dữ liệu", EN: "to see your data"},
    Right.RECTIFY: {VI: "sửa dữ liệu", EN: "to have your data corrected"},
    Right.ERASE: {VI: "xóa dữ liệu", EN: "to have your data deleted"},
    Right.PORT: {VI: "nhận bản sao", EN: "to get a copy"},
    Right.RESTRICT: {VI: "hạn chế việc dùng", EN: "to restrict use"},
    Right.OBJECT: {VI: "phản đối việc dùng", EN: "to object to a use"},
    Right.WITHDRAW: {VI: "rút lại sự đồng ý", EN: "to withdraw consent"},
}
"""Named here because a version that drops a right may not declare a label for it."""

CLAUSES: Final[Mapping[Language, Mapping[str, str]]] = {
    VI: {
        "collect": "Thu thập “{item}” trong dịch vụ “{service}” ({source}). {why}",
        "use_stated": "Dùng “{item}” cho mục đích “{purpose}”, không cần hỏi bạn từng lần. {explains}",
        "use_consent": "Dùng “{item}” cho mục đích “{purpose}”, mỗi lần chỉ khi bạn đồng ý. {explains}",
        "share": "Chuyển “{item}” cho “{recipient}” ({country}) khi có căn cứ “{ground}”. {explains}",
        "keep": "Thời hạn giữ “{item}”: {limit}.",
        "right_gone": "Bạn không còn quyền {right}.",
        "right_there": "Bạn có quyền {right}.",
        "reply": "Quyền {right}: trả lời trong {value}.",
        "complete": "Quyền {right}: làm xong trong {value}.",
        "fee": "Quyền {right}: phí {value}.",
        "verification": "Quyền {right}: xác minh bằng {value}.",
        "notice": "Thay đổi đáng kể của dịch vụ “{service}” được báo qua “{channel}” trước {days}.",
        "notice_none": "Thay đổi đáng kể của dịch vụ “{service}” không còn được báo qua “{channel}”.",
    },
    EN: {
        "collect": "Collect “{item}” in the service “{service}” ({source}). {why}",
        "use_stated": "Use “{item}” for the purpose “{purpose}” without asking you each time. {explains}",
        "use_consent": "Use “{item}” for the purpose “{purpose}”, only where you consent to it. {explains}",
        "share": "Give “{item}” to “{recipient}” ({country}) on the ground “{ground}”. {explains}",
        "keep": "How long “{item}” is kept: {limit}.",
        "right_gone": "You no longer have the right {right}.",
        "right_there": "You have the right {right}.",
        "reply": "The right {right}: a reply within {value}.",
        "complete": "The right {right}: done within {value}.",
        "fee": "The right {right}: fee {value}.",
        "verification": "The right {right}: verified by {value}.",
        "notice": "Significant changes of the service “{service}” are told by “{channel}” {days} ahead.",
        "notice_none": "Significant changes of the service “{service}” are no longer told by “{channel}”.",
    },
}
