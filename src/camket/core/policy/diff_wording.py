"""Every sentence that a difference can be said in; the words in braces are filled in.

What holds only for those who say yes is written as what is wanted; the pages and notices that show it say beside it
whether it holds at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.policy.diff_wording_terms import TERMS, TEXTS
from camket.core.terms import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

VI: Final = Language.VI
EN: Final = Language.EN

COLLECT: Final[Mapping[str, Mapping[Language, str]]] = {
    "collect.provided.added": {
        VI: "Hỏi thêm “{item}” khi bạn dùng “{service}”.",
        EN: "Asks you for “{item}” as well, in “{service}”.",
    },
    "collect.observed.added": {
        VI: "Ghi lại thêm “{item}” khi bạn dùng “{service}”.",
        EN: "Records “{item}” as well, as you use “{service}”.",
    },
    "collect.provided.removed": {
        VI: "Thôi hỏi “{item}” khi bạn dùng “{service}”.",
        EN: "No longer asks you for “{item}” in “{service}”.",
    },
    "collect.observed.removed": {
        VI: "Thôi ghi lại “{item}” khi bạn dùng “{service}”.",
        EN: "No longer records “{item}” as you use “{service}”.",
    },
}

USE: Final[Mapping[str, Mapping[Language, str]]] = {
    "use.stated.added": {
        VI: "Dùng thêm “{item}” cho mục đích “{purpose}”.",
        EN: "Uses “{item}” as well for “{purpose}”.",
    },
    "use.consent.added": {
        VI: "Dùng thêm “{item}” cho mục đích “{purpose}”, chỉ khi bạn đồng ý lúc được hỏi.",
        EN: "Uses “{item}” as well for “{purpose}”, only if you say yes when you are asked.",
    },
    "use.stated.removed": {
        VI: "Thôi dùng “{item}” cho mục đích “{purpose}”.",
        EN: "No longer uses “{item}” for “{purpose}”.",
    },
    "use.consent.removed": {
        VI: "Thôi dùng “{item}” cho mục đích “{purpose}”, kể cả khi bạn đã đồng ý.",
        EN: "No longer uses “{item}” for “{purpose}”, even if you had said yes.",
    },
    "use.to_consent": {
        VI: "Chỉ dùng “{item}” cho mục đích “{purpose}” khi bạn đồng ý; trước đây không cần hỏi.",
        EN: "Uses “{item}” for “{purpose}” only if you say yes; before, you were not asked.",
    },
    "use.to_stated": {
        VI: "Dùng “{item}” cho mục đích “{purpose}” mà không hỏi riêng nữa; trước đây phải được bạn đồng ý.",
        EN: "Uses “{item}” for “{purpose}” without a further question; before, only if you said yes.",
    },
}

SHARE: Final[Mapping[str, Mapping[Language, str]]] = {
    "share.consent.added": {
        VI: "Đưa “{item}” cho “{recipient}” ({country}), chỉ khi bạn đồng ý lúc được hỏi.",
        EN: "Gives “{item}” to “{recipient}” ({country}), only if you say yes when you are asked.",
    },
    "share.law.added": {
        VI: "Đưa “{item}” cho “{recipient}” ({country}) khi luật yêu cầu.",
        EN: "Gives “{item}” to “{recipient}” ({country}) where the law requires it.",
    },
    "share.terms.added": {
        VI: "Đưa “{item}” cho “{recipient}” ({country}) để thực thi điều khoản dịch vụ.",
        EN: "Gives “{item}” to “{recipient}” ({country}) to enforce the terms of service.",
    },
    "share.protection.added": {
        VI: "Đưa “{item}” cho “{recipient}” ({country}) để xử lý gian lận, sự cố bảo mật hoặc kỹ thuật.",
        EN: "Gives “{item}” to “{recipient}” ({country}) to deal with fraud, security or technical problems.",
    },
    "share.consent.removed": {
        VI: "Thôi đưa “{item}” cho “{recipient}”, kể cả khi bạn đã đồng ý.",
        EN: "No longer gives “{item}” to “{recipient}”, even if you had said yes.",
    },
    "share.law.removed": {
        VI: "Thôi nêu “{recipient}” là nơi nhận “{item}” khi luật yêu cầu.",
        EN: "No longer names “{recipient}” as receiving “{item}” where the law requires it.",
    },
    "share.terms.removed": {
        VI: "Thôi đưa “{item}” cho “{recipient}” để thực thi điều khoản dịch vụ.",
        EN: "No longer gives “{item}” to “{recipient}” to enforce the terms of service.",
    },
    "share.protection.removed": {
        VI: "Thôi đưa “{item}” cho “{recipient}” để xử lý gian lận, sự cố bảo mật hoặc kỹ thuật.",
        EN: "No longer gives “{item}” to “{recipient}” to deal with fraud, security or technical problems.",
    },
    "ground.added": {
        VI: "Có thêm một căn cứ để đưa thông tin ra ngoài: “{ground}”. {means}",
        EN: "There is one more ground for letting information out: “{ground}”. {means}",
    },
    "ground.removed": {
        VI: "Bớt một căn cứ để đưa thông tin ra ngoài: “{ground}”.",
        EN: "There is one ground fewer for letting information out: “{ground}”.",
    },
}

KEEP: Final[Mapping[str, Mapping[Language, str]]] = {
    "keep.added": {
        VI: "“{item}”, nếu có, được giữ {after}.",
        EN: "“{item}”, where there is any, is kept {after}.",
    },
    "keep.removed": {
        VI: "Thôi giữ “{item}”: những gì đang có bị xóa khi phiên bản có hiệu lực.",
        EN: "No longer keeps “{item}”: what there is will be deleted when the version takes effect.",
    },
    "keep.removed.held": {
        VI: "Thôi giữ “{item}”: những gì đang có bị xóa khi phiên bản có hiệu lực, trừ phần luật buộc giữ. {held}",
        EN: "No longer keeps “{item}”: what there is will be deleted when the version takes effect, except what the "
        "law holds. {held}",
    },
    "keep.changed": {
        VI: "Giữ “{item}” {after} thay vì {before}.",
        EN: "Keeps “{item}” {after} instead of {before}.",
    },
    "keep.days": {
        VI: "Giữ “{item}” {after} thay vì {before}, {clock}.",
        EN: "Keeps “{item}” for {after} instead of {before}, {clock}.",
    },
    "keep.other_clock": {
        VI: "Giữ “{item}” {after} thay vì {before}. Chừng nào bạn chưa đồng ý, cả hai thời hạn cùng áp dụng: thời hạn "
        "nào hết trước thì xóa.",
        EN: "Keeps “{item}” {after} instead of {before}. Until you agree, both hold: whichever ends first deletes it.",
    },
    "minimum.added": {
        VI: "Luật buộc giữ “{item}” ít nhất {after} ({article}). Đây là đòi hỏi của luật, không phải điều xin bạn "
        "đồng ý.",
        EN: "The law orders “{item}” to be kept for at least {after} ({article}). That is the law's demand, not a "
        "question to you.",
    },
    "minimum.removed": {
        VI: "Luật không còn buộc giữ “{item}” một thời hạn tối thiểu (trước đây: {before}, {article}).",
        EN: "The law no longer orders “{item}” to be kept for a minimum time (before: {before}, {article}).",
    },
    "minimum.changed": {
        VI: "Luật buộc giữ “{item}” ít nhất {after} ({article}), trước đây {before} ({article_before}). Đây là đòi hỏi "
        "của luật, không phải điều xin bạn đồng ý.",
        EN: "The law orders “{item}” to be kept for at least {after} ({article}), before {before} ({article_before}). "
        "That is the law's demand, not a question to you.",
    },
}

RIGHTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "right.added": {
        VI: "Bạn có thêm quyền “{right}”: trả lời trong {reply}, làm xong trong {complete}, {fee}, xác minh: "
        "{verification}.",
        EN: "You gain the right “{right}”: answered within {reply}, done within {complete}, {fee}, verified by "
        "{verification}.",
    },
    "right.removed": {
        VI: "Bỏ quyền “{right}”.",
        EN: "Takes away the right “{right}”.",
    },
    "right.reply": {
        VI: "Trả lời yêu cầu “{right}” trong {after} thay vì {before}.",
        EN: "Answers a request “{right}” within {after} instead of {before}.",
    },
    "right.complete": {
        VI: "Làm xong yêu cầu “{right}” trong {after} thay vì {before}.",
        EN: "Carries out a request “{right}” within {after} instead of {before}.",
    },
    "right.fee": {
        VI: "Phí của yêu cầu “{right}”: {after} thay vì {before}.",
        EN: "The fee of a request “{right}”: {after} instead of {before}.",
    },
    "right.verification": {
        VI: "Khi dùng quyền “{right}”, bạn chứng minh đúng là mình bằng cách: {after} (trước đây: {before}).",
        EN: "To use the right “{right}” you show that it is you by {after} (before: {before}).",
    },
}

NOTICES: Final[Mapping[str, Mapping[Language, str]]] = {
    "notice.added.page": {
        VI: "Đăng trên trang chính sách trước {after} khi “{service}” có thay đổi đáng kể.",
        EN: "Posts significant changes of “{service}” on the policy page, {after} ahead.",
    },
    "notice.added.banner": {
        VI: "Báo bằng dải báo nổi bật trước {after} khi “{service}” có thay đổi đáng kể.",
        EN: "Tells of significant changes of “{service}” by a prominent banner, {after} ahead.",
    },
    "notice.added.email": {
        VI: "Gửi thư báo trước {after} khi “{service}” có thay đổi đáng kể.",
        EN: "Tells of significant changes of “{service}” by e-mail, {after} ahead.",
    },
    "notice.removed.page": {
        VI: "Thôi đăng trước trên trang chính sách (trước đây: {before}) khi “{service}” có thay đổi đáng kể.",
        EN: "No longer posts significant changes of “{service}” on the policy page ahead (before: {before}).",
    },
    "notice.removed.banner": {
        VI: "Thôi báo trước bằng dải báo nổi bật (trước đây: {before}) khi “{service}” có thay đổi đáng kể.",
        EN: "No longer tells of significant changes of “{service}” by a banner (before: {before} ahead).",
    },
    "notice.removed.email": {
        VI: "Thôi gửi thư báo trước (trước đây: {before}) khi “{service}” có thay đổi đáng kể.",
        EN: "No longer tells of significant changes of “{service}” by e-mail (before: {before} ahead).",
    },
    "notice.changed.page": {
        VI: "Đăng trên trang chính sách trước {after} thay vì {before} khi “{service}” có thay đổi đáng kể.",
        EN: "Posts significant changes of “{service}” on the policy page {after} ahead instead of {before}.",
    },
    "notice.changed.banner": {
        VI: "Báo bằng dải báo nổi bật trước {after} thay vì {before} khi “{service}” có thay đổi đáng kể.",
        EN: "Tells of significant changes of “{service}” by a banner {after} ahead instead of {before}.",
    },
    "notice.changed.email": {
        VI: "Gửi thư báo trước {after} thay vì {before} khi “{service}” có thay đổi đáng kể.",
        EN: "Tells of significant changes of “{service}” by e-mail {after} ahead instead of {before}.",
    },
}

SENTENCES: Final[Mapping[str, Mapping[Language, str]]] = {
    **COLLECT,
    **USE,
    **SHARE,
    **KEEP,
    **RIGHTS,
    **NOTICES,
    **TERMS,
    **TEXTS,
}
"""Every sentence by its name."""
