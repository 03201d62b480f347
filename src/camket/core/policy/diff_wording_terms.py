"""The sentences for what changes beside the clauses, and for words; see `diff_wording`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

VI: Final = Language.VI
EN: Final = Language.EN

TERMS: Final[Mapping[str, Mapping[Language, str]]] = {
    "service.added": {
        VI: "Có thêm dịch vụ “{service}”: {does}",
        EN: "There is a new service “{service}”: {does}",
    },
    "service.removed": {
        VI: "Không còn dịch vụ “{service}”.",
        EN: "The service “{service}” is no longer there.",
    },
    "declared.added": {
        VI: "Có thêm “{name}” trong chính sách; chưa có thông tin nào gắn với nó.",
        EN: "“{name}” is new in the policy; no information goes with it yet.",
    },
    "declared.removed": {
        VI: "“{name}” không còn trong chính sách; trước đây không có thông tin nào gắn với nó.",
        EN: "“{name}” is no longer in the policy; no information went with it.",
    },
    "required.added": {
        VI: "Người đăng ký từ nay phải cho biết “{item}”; tài khoản đã có thì không.",
        EN: "Who registers from now on has to give “{item}”; existing accounts do not.",
    },
    "required.removed": {
        VI: "Người đăng ký từ nay không phải cho biết “{item}” nữa.",
        EN: "Who registers from now on no longer has to give “{item}”.",
    },
    "sensitive.added": {
        VI: "“{item}” từ nay được coi là dữ liệu nhạy cảm.",
        EN: "“{item}” now counts as sensitive.",
    },
    "sensitive.removed": {
        VI: "“{item}” không còn được coi là dữ liệu nhạy cảm.",
        EN: "“{item}” no longer counts as sensitive.",
    },
    "item.meaning": {
        VI: "“{item}” từ nay là một loại thông tin khác ({after}, trước đây {before}), dù vẫn mang mã `{id}`.",
        EN: "“{item}” becomes another kind of information ({after}, before {before}) under the same id `{id}`.",
    },
    "purpose.meaning": {
        VI: "“{purpose}” từ nay là một mục đích khác ({after}, trước đây {before}), dù vẫn mang mã `{id}`.",
        EN: "“{purpose}” becomes another purpose ({after}, before {before}) under the same id `{id}`.",
    },
    "purpose.valid": {
        VI: "Lời đồng ý từ nay cho “{purpose}” có hiệu lực {after} (trước đây: {before}).",
        EN: "A yes to “{purpose}” given from now on holds {after} (before: {before}).",
    },
    "purpose.asked_anew": {
        VI: "“{purpose}” từ nay có nghĩa khác ({after}, trước đây {before}); ai đã đồng ý được hỏi lại từ đầu.",
        EN: "“{purpose}” means something else ({after}, before {before}); who had said yes is asked anew.",
    },
    "recipient.meaning": {
        VI: "“{recipient}” từ nay thuộc loại khác ({after}, trước đây {before}); ai đã đồng ý được hỏi lại từ đầu.",
        EN: "“{recipient}” is of another kind ({after}, before {before}); who had said yes is asked anew.",
    },
    "recipient.country": {
        VI: "“{recipient}” nhận thông tin ở {after} thay vì {before}; ai đã đồng ý được hỏi lại từ đầu.",
        EN: "“{recipient}” receives information in {after} instead of {before}; who had said yes is asked anew.",
    },
    "clock.quiet": {
        VI: "Sau khi bạn từ chối, không hỏi lại trong {after} thay vì {before}.",
        EN: "After you say no, you are not asked again for {after} instead of {before}.",
    },
    "clock.cooling_off": {
        VI: "Sau khi bạn chấp nhận xóa tài khoản, chờ {after} rồi mới xóa thay vì {before}.",
        EN: "After you accept that your account is deleted, it waits {after} instead of {before}.",
    },
    "clock.unconfirmed": {
        VI: "Đăng ký không được xác nhận bị xóa sau {after} thay vì {before}.",
        EN: "A registration that is not confirmed is deleted after {after} instead of {before}.",
    },
    "clock.records": {
        VI: "Giữ bản ghi về mỗi lần dùng thông tin của bạn {after} thay vì {before}, để bạn xem lại.",
        EN: "Keeps the records of every use of your information for {after} instead of {before}, for you to look into.",
    },
    "registration.service": {
        VI: "Việc đăng ký nằm ở dịch vụ “{after}” thay vì “{before}”.",
        EN: "Registration is in the service “{after}” instead of “{before}”.",
    },
    "controller.country": {
        VI: "Bên chịu trách nhiệm về dữ liệu ở {after} thay vì {before}.",
        EN: "Who answers for the data is in {after} instead of {before}.",
    },
    "controller.name": {
        VI: "Bên chịu trách nhiệm về dữ liệu là “{after}” thay vì “{before}”.",
        EN: "Who answers for the data is “{after}” instead of “{before}”.",
    },
    "controller.address": {
        VI: "Địa chỉ của bên chịu trách nhiệm về dữ liệu là “{after}” thay vì “{before}”.",
        EN: "The address of who answers for the data is “{after}” instead of “{before}”.",
    },
    "controller.email": {
        VI: "Thư điện tử để liên hệ về dữ liệu là {after} thay vì {before}.",
        EN: "The e-mail address for questions about the data is {after} instead of {before}.",
    },
    "controller.phone": {
        VI: "Số điện thoại để liên hệ về dữ liệu là {after} thay vì {before}.",
        EN: "The phone number for questions about the data is {after} instead of {before}.",
    },
    "controller.officer": {
        VI: "Người phụ trách bảo vệ dữ liệu là “{after}” thay vì “{before}”.",
        EN: "The data-protection officer is “{after}” instead of “{before}”.",
    },
    "relay.name": {
        VI: "Thư điện tử do {after} chuyển thay vì {before}.",
        EN: "E-mail is carried by {after} instead of {before}.",
    },
    "relay.country": {
        VI: "Nơi chuyển thư điện tử đặt ở {after} thay vì {before}.",
        EN: "Who carries the e-mail is in {after} instead of {before}.",
    },
    "policy.law": {
        VI: "Chính sách theo khung luật `{after}` thay vì `{before}`.",
        EN: "The policy follows the law as `{after}` instead of `{before}`.",
    },
    "policy.id": {
        VI: "Chính sách mang mã `{after}` thay vì `{before}`.",
        EN: "The policy has the id `{after}` instead of `{before}`.",
    },
    "policy.approvals": {
        VI: "Số nhân viên phải duyệt trước khi công bố phiên bản mới: {after} thay vì {before}.",
        EN: "Officers who must approve before a version is published: {after} instead of {before}.",
    },
    "language.added": {
        VI: "Chính sách có thêm bản {name}.",
        EN: "The policy is written in {name} as well.",
    },
    "language.removed": {
        VI: "Chính sách không còn bản {name}.",
        EN: "The policy is no longer written in {name}.",
    },
    "language.order": {
        VI: "Khi các bản ngôn ngữ khác nhau, từ nay bản {name} là bản chính.",
        EN: "Where the languages could be read differently, {name} now rules.",
    },
    "promise.added": {
        VI: "Lời chính sách có thêm lời hứa {id}.",
        EN: "The text makes promise {id} as well.",
    },
    "promise.removed": {
        VI: "Lời chính sách không còn lời hứa {id}.",
        EN: "The text no longer makes promise {id}.",
    },
    "returned.permission": {
        VI: "{says} Điều này từng bị bỏ và trở lại ở phiên bản {number}; lời đồng ý cũ không còn tính.",
        EN: "{says} It had been dropped and came back in version {number}; an earlier yes does not count.",
    },
    "returned.value": {
        VI: "{says} Thay đổi này có từ phiên bản {number}; mức tốt hơn ở giữa vẫn áp dụng cho ai chưa đồng ý.",
        EN: "{says} This is so since version {number}; the better value in between holds for who has not agreed.",
    },
}

TEXTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "renamed": {
        VI: "“{name}” đổi mã từ `{before}` thành `{after}`; vẫn là một.",
        EN: "“{name}” has the id `{after}` instead of `{before}`; it is the same thing.",
    },
    "label": {
        VI: "“{before}” từ nay gọi là “{after}”; ý nghĩa không đổi.",
        EN: "“{before}” is now called “{after}”; the meaning is the same.",
    },
    "label.elsewhere": {
        VI: "“{name}” có tên gọi mới trong một ngôn ngữ khác; ý nghĩa không đổi.",
        EN: "“{name}” has a new name in another language; the meaning is the same.",
    },
    "explanation": {
        VI: "Viết lại lời giải thích về “{name}”; ý nghĩa không đổi.",
        EN: "The explanation of “{name}” is reworded; the meaning is the same.",
    },
    "grouping": {
        VI: "“{name}” được xếp vào nhóm “{after}” thay vì “{before}”.",
        EN: "“{name}” is shown in the group “{after}” instead of “{before}”.",
    },
    "category.added": {
        VI: "Có thêm nhóm “{name}” khi trình bày; ý nghĩa không đổi.",
        EN: "Information is shown in a further group “{name}”; the meaning is the same.",
    },
    "category.removed": {
        VI: "Bỏ nhóm “{name}” khi trình bày; ý nghĩa không đổi.",
        EN: "Information is no longer shown in a group “{name}”; the meaning is the same.",
    },
    "title": {
        VI: "Tên chính sách là “{after}” thay vì “{before}”.",
        EN: "The policy is called “{after}” instead of “{before}”.",
    },
    "prose.added": {
        VI: "Thêm một đoạn trong lời chính sách: “{name}”; các điều khoản không đổi vì đoạn này.",
        EN: "The text has a further section “{name}”; no clause changes by it.",
    },
    "prose.removed": {
        VI: "Bỏ một đoạn trong lời chính sách: “{name}”; các điều khoản không đổi vì điều này.",
        EN: "The text no longer has the section “{name}”; no clause changes by it.",
    },
    "prose.reworded": {
        VI: "Viết lại đoạn “{name}” trong lời chính sách.",
        EN: "The section “{name}” of the text is reworded.",
    },
    "terms.added": {
        VI: "Thêm một phần trong điều khoản dịch vụ: “{name}”.",
        EN: "The terms of service have a further part “{name}”.",
    },
    "terms.removed": {
        VI: "Bỏ một phần trong điều khoản dịch vụ: “{name}”.",
        EN: "The terms of service no longer have the part “{name}”.",
    },
    "terms.reworded": {
        VI: "Viết lại phần “{name}” trong điều khoản dịch vụ.",
        EN: "The part “{name}” of the terms of service is reworded.",
    },
}

LANGUAGE_NAMES: Final[Mapping[Language, Mapping[Language, str]]] = {
    VI: {VI: "tiếng Việt", EN: "Vietnamese"},
    EN: {VI: "tiếng Anh", EN: "English"},
}

UNTIL_WITHDRAWN: Final[Mapping[Language, str]] = {VI: "cho đến khi bạn rút lại", EN: "until you withdraw it"}
"""How long a yes holds that has no end of its own."""

OPENING: Final[Mapping[Language, str]] = {VI: "Lời mở đầu", EN: "The opening"}
"""What stands before the first heading of a text."""
