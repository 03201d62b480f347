"""What requests, their states, events and records are called, in both languages, outside of the service's own pages."""

from __future__ import annotations

from typing import Final

from camket.core.ledger.entry import LedgerAction
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Language

_VI: Final = Language.VI
_EN: Final = Language.EN

KINDS: Final = {
    RequestKind.ACCESS: {_VI: "Xem dữ liệu", _EN: "Access"},
    RequestKind.RECTIFY: {_VI: "Sửa dữ liệu", _EN: "Correction"},
    RequestKind.ERASE: {_VI: "Xóa tài khoản", _EN: "Deletion of the account"},
    RequestKind.PORT: {_VI: "Nhận dữ liệu để mang đi", _EN: "Data to take along"},
    RequestKind.RESTRICT: {_VI: "Hạn chế sử dụng", _EN: "Restriction"},
    RequestKind.OBJECT: {_VI: "Phản đối việc sử dụng", _EN: "Objection"},
    RequestKind.WITHDRAW: {_VI: "Rút lại sự đồng ý", _EN: "Withdrawal of consent"},
    RequestKind.SUPPORT: {_VI: "Câu hỏi gửi bộ phận hỗ trợ", _EN: "Question to support"},
}
"""By kind and language."""

STATES: Final = {
    RequestState.UNVERIFIED: {_VI: "chờ xác minh danh tính", _EN: "waiting for proof of identity"},
    RequestState.VERIFIED: {_VI: "đã xác minh", _EN: "verified"},
    RequestState.PROPOSED: {_VI: "chờ người thứ hai duyệt", _EN: "waiting for a second person"},
    RequestState.WAITING: {_VI: "chờ khách hàng trả lời", _EN: "waiting for the customer"},
    RequestState.APPROVED: {_VI: "sẽ được thực hiện", _EN: "to be carried out"},
    RequestState.RUNNING: {_VI: "đang thực hiện", _EN: "being carried out"},
    RequestState.DONE: {_VI: "đã thực hiện xong", _EN: "done"},
    RequestState.REFUSED: {_VI: "đã từ chối, có nêu lý do", _EN: "refused, with its reason"},
    RequestState.CANCELLED: {_VI: "khách hàng đã rút lại", _EN: "taken back by the customer"},
    RequestState.EXPIRED: {_VI: "đã hết hạn", _EN: "expired"},
}
"""By state and language."""

EVENTS: Final = {
    RequestEvent.MAKE: {_VI: "Yêu cầu được gửi", _EN: "The request was made"},
    RequestEvent.VERIFY: {_VI: "Danh tính được xác minh", _EN: "Identity was proved"},
    RequestEvent.JOIN: {_VI: "Yêu cầu giống hệt được gộp vào", _EN: "The same was asked again and joined"},
    RequestEvent.ACCEPT: {_VI: "Khách hàng đồng ý cho thực hiện", _EN: "The customer wants it carried out"},
    RequestEvent.PROPOSE: {
        _VI: "Nhân viên đề nghị thực hiện thay",
        _EN: "Staff proposed to do it on the customer's behalf",
    },
    RequestEvent.APPROVE: {_VI: "Người thứ hai đã duyệt", _EN: "A second person approved"},
    RequestEvent.DECLINE: {_VI: "Người thứ hai không duyệt", _EN: "A second person declined"},
    RequestEvent.START: {_VI: "Bắt đầu thực hiện", _EN: "Carrying out began"},
    RequestEvent.FAIL: {_VI: "Một bước chưa làm được, sẽ thử lại", _EN: "A step could not be done and is tried again"},
    RequestEvent.FINISH: {_VI: "Thực hiện xong", _EN: "It was finished"},
    RequestEvent.REFUSE: {_VI: "Từ chối, có nêu lý do", _EN: "It was refused, with its reason"},
    RequestEvent.ASK_SUBJECT: {_VI: "Hỏi lại khách hàng", _EN: "The customer was asked"},
    RequestEvent.ANSWER: {_VI: "Khách hàng trả lời", _EN: "The customer answered"},
    RequestEvent.EXTEND: {_VI: "Gia hạn một lần, có nêu lý do", _EN: "The one extension, with its reason"},
    RequestEvent.WITHDRAW: {_VI: "Khách hàng rút lại yêu cầu", _EN: "The customer took it back"},
    RequestEvent.EXPIRE: {
        _VI: "Hết hạn mà không được xác minh hoặc trả lời",
        _EN: "It expired without proof or answer",
    },
    RequestEvent.REOPEN: {_VI: "Khách hàng viết tiếp sau khi đã xong", _EN: "The customer wrote again after the end"},
    RequestEvent.NOTE: {_VI: "Ghi chú", _EN: "A note"},
}
"""By event and language."""

CHANNELS: Final = {
    "account": {_VI: "tài khoản của khách hàng", _EN: "the customer's account"},
    "outside": {_VI: "trang công khai, không đăng nhập", _EN: "the public page, not signed in"},
    "staff": {_VI: "nhân viên gửi thay", _EN: "staff, for the customer"},
    "app": {_VI: "ứng dụng", _EN: "an app"},
}
"""By way in which requests come, and language."""

ACTIONS: Final = {
    LedgerAction.COLLECT: {_VI: "thu thập dữ liệu", _EN: "data was collected"},
    LedgerAction.USE: {_VI: "đọc hoặc dùng dữ liệu", _EN: "data was read or used"},
    LedgerAction.SHARE: {_VI: "đưa dữ liệu ra ngoài", _EN: "data was given out"},
    LedgerAction.CONSENT: {_VI: "ghi nhận sự đồng ý", _EN: "a consent was recorded"},
    LedgerAction.AGREEMENT: {_VI: "ghi nhận chấp thuận thay đổi", _EN: "an agreement was recorded"},
    LedgerAction.REFUSAL: {_VI: "ghi nhận từ chối", _EN: "a refusal was recorded"},
    LedgerAction.WITHDRAW: {_VI: "rút lại sự đồng ý hoặc chấp thuận", _EN: "a consent or agreement was withdrawn"},
    LedgerAction.REQUEST: {_VI: "ghi nhận yêu cầu", _EN: "a request was recorded"},
    LedgerAction.ERASE: {_VI: "xóa dữ liệu", _EN: "data was erased"},
    LedgerAction.POLICY: {_VI: "công bố chính sách", _EN: "a policy was published"},
    LedgerAction.EPOCH: {_VI: "đổi khóa", _EN: "keys were renewed"},
    LedgerAction.CHECKPOINT: {_VI: "ký sổ cái", _EN: "the ledger was signed"},
    LedgerAction.RESTORED: {_VI: "khôi phục", _EN: "the service was restored"},
    LedgerAction.SESSION: {_VI: "đăng nhập hoặc đăng xuất", _EN: "someone signed in or out"},
    LedgerAction.STAFF: {_VI: "thay đổi tài khoản nhân viên", _EN: "a work account changed"},
    LedgerAction.NOTICE: {_VI: "gửi thông báo", _EN: "a notice was given"},
}
"""By action on record and language."""
