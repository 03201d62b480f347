"""The mail that says that a copy is ready. It carries the one-time link; what the copy holds is in no mail."""

from __future__ import annotations

from typing import Final

from camket.core.notices.text import MailTemplate, worded
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Language

COPY_READY: Final = MailTemplate(
    id="copy_ready",
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "number", "link", "until"}),
    wordings={
        Language.VI: worded(
            "Bản sao dữ liệu của bạn ở {controller} đã sẵn sàng",
            "Chào {name},",
            "Bản sao mọi thứ chúng tôi giữ về bạn (yêu cầu {number}) đã làm xong. Mở liên kết này để tải về:",
            "{link}",
            "Liên kết dùng được một lần, sau khi bạn đăng nhập đúng tài khoản của mình. Tệp được giữ niêm phong đến "
            "ngày {until}, rồi bị xóa; sau đó bạn có thể yêu cầu bản sao mới bất cứ lúc nào, không mất phí.",
            "Không đăng nhập được? Hãy xác minh bằng mã và tải về tại đây: {origin}/requests/{number}",
            "Nếu bạn không yêu cầu, đừng mở liên kết; hãy vào “Dữ liệu của tôi” để đăng xuất các thiết bị lạ: "
            "{origin}/me",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "The copy of your data with {controller} is ready",
            "Hello {name},",
            "The copy of everything that we hold about you (request {number}) is made. Open this link to fetch it:",
            "{link}",
            "The link works once, when you are signed in to your own account. The file is kept sealed until {until} "
            "and is then deleted; you can ask for a new copy at any time, free of charge.",
            "You cannot sign in? Prove who you are by a code, and fetch it here: {origin}/requests/{number}",
            "If you did not ask for it, do not open the link; go to “My data” to sign unknown devices out: {origin}/me",
            "— {controller} · {origin}",
        ),
    },
)
