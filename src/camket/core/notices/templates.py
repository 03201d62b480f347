"""Every mail that camket writes, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from camket.core.errors import InvalidValueError, nearest
from camket.core.notices.copy_mails import COPY_READY
from camket.core.notices.erasure_mails import ERASURE_AHEAD
from camket.core.notices.news import NEWS
from camket.core.notices.policy_changed import POLICY_CHANGED
from camket.core.notices.request_mails import REQUEST_MAILS
from camket.core.notices.support_mails import STAFF_WROTE
from camket.core.notices.text import Addressee, MailTemplate, Wording, worded
from camket.core.policy.model import ItemKind
from camket.core.terms import RIGHTS_PURPOSE, Language


def _code_mail(
    template_id: str, *, places: frozenset[str], vi: Wording, en: Wording, to: Addressee = Addressee.HELD
) -> MailTemplate:
    return MailTemplate(
        id=template_id,
        purpose=RIGHTS_PURPOSE,
        needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME) if "name" in places else (ItemKind.EMAIL,),
        places=places | {"code", "minutes"},
        wordings={Language.VI: vi, Language.EN: en},
        to=to,
        minutes=CODE_MINUTES,
    )


CODE_MINUTES: Final = 10
"""How long a code works; a mail that is late by more is of no use."""

NO_PLACES: Final[frozenset[str]] = frozenset()
NAME: Final = frozenset({"name"})
# A mail to an address that no one has confirmed carries nothing that a stranger may have typed: no name.

_SIGNED_VI: Final = "— {controller} · {origin}. Chúng tôi không bao giờ hỏi mã này qua điện thoại hay tin nhắn."
_SIGNED_EN: Final = "— {controller} · {origin}. We never ask for this code by phone or message."

REGISTRATION_CODE: Final = _code_mail(
    "registration_code",
    places=frozenset({"hours"}),
    vi=worded(
        "Mã xác nhận đăng ký {controller}",
        "Chào bạn,",
        "Nhập mã này vào trang bạn đang mở để xác nhận địa chỉ thư và hoàn tất đăng ký:",
        "{code}",
        "Mã dùng được trong {minutes} phút, chỉ trên trình duyệt đã yêu cầu.",
        "Nếu bạn không đăng ký, hãy bỏ qua thư này. Đăng ký không được xác nhận sẽ bị xóa sau {hours} giờ.",
        _SIGNED_VI,
    ),
    en=worded(
        "Your code to register with {controller}",
        "Hello,",
        "Enter this code on the page you have open, to confirm your e-mail address and finish registering:",
        "{code}",
        "It works for {minutes} minutes, only in the browser that asked for it.",
        "If you did not register, ignore this mail: what is not confirmed is deleted after {hours} hours.",
        _SIGNED_EN,
    ),
)

ACCOUNT_EXISTS_CODE: Final = _code_mail(
    "account_exists_code",
    places=NO_PLACES,
    vi=worded(
        "Mã xác nhận đăng ký {controller}",
        "Chào bạn,",
        "Có người, có lẽ là bạn, vừa đăng ký bằng địa chỉ thư này. Bạn đã có tài khoản, "
        "nên mã này sẽ đăng nhập vào tài khoản đó:",
        "{code}",
        "Mã dùng được trong {minutes} phút, chỉ trên trình duyệt đã yêu cầu.",
        "Nếu không phải bạn, hãy bỏ qua thư này: không có gì thay đổi.",
        _SIGNED_VI,
    ),
    en=worded(
        "Your code to register with {controller}",
        "Hello,",
        "Someone, probably you, has just registered with this e-mail address. You already have an account, "
        "so this code signs you in to it:",
        "{code}",
        "It works for {minutes} minutes, only in the browser that asked for it.",
        "If it was not you, ignore this mail: nothing changes.",
        _SIGNED_EN,
    ),
)

SIGN_IN_CODE: Final = _code_mail(
    "sign_in_code",
    places=NAME,
    vi=worded(
        "Mã đăng nhập {controller}",
        "Chào {name},",
        "Nhập mã này vào trang bạn đang mở để đăng nhập:",
        "{code}",
        "Mã dùng được trong {minutes} phút, chỉ trên trình duyệt đã yêu cầu.",
        "Nếu bạn không đăng nhập, hãy bỏ qua thư này: không có mã thì không ai vào được.",
        _SIGNED_VI,
    ),
    en=worded(
        "Your sign-in code for {controller}",
        "Hello {name},",
        "Enter this code on the page you have open, to sign in:",
        "{code}",
        "It works for {minutes} minutes, only in the browser that asked for it.",
        "If you are not signing in, ignore this mail: without the code no one gets in.",
        _SIGNED_EN,
    ),
)

PROOF_CODE: Final = _code_mail(
    "proof_code",
    places=NAME,
    vi=worded(
        "Mã xác minh yêu cầu của bạn ở {controller}",
        "Chào {name},",
        "Bạn vừa gửi một yêu cầu về dữ liệu của mình. Nhập mã này để chúng tôi biết đúng là bạn:",
        "{code}",
        "Mã dùng được trong {minutes} phút, cho riêng yêu cầu đó, chỉ trên trình duyệt đã yêu cầu.",
        "Nếu không phải bạn, đừng đưa mã cho ai, và hãy mở “Dữ liệu của tôi” để đăng xuất các thiết bị lạ.",
        _SIGNED_VI,
    ),
    en=worded(
        "Your code to confirm a request to {controller}",
        "Hello {name},",
        "You have just made a request about your data. Enter this code so that we know it is you:",
        "{code}",
        "It works for {minutes} minutes, for that request alone, only in the browser that asked for it.",
        "If it was not you, give the code to no one, and open “My data” to sign unknown devices out.",
        _SIGNED_EN,
    ),
)

NEW_EMAIL_CODE: Final = _code_mail(
    "new_email_code",
    places=NO_PLACES,
    to=Addressee.REQUESTED,
    vi=worded(
        "Mã xác nhận địa chỉ thư mới ở {controller}",
        "Chào bạn,",
        "Nhập mã này vào trang bạn đang mở để dùng địa chỉ này cho tài khoản của bạn:",
        "{code}",
        "Mã dùng được trong {minutes} phút, chỉ trên trình duyệt đã yêu cầu.",
        "Nếu bạn không yêu cầu, hãy bỏ qua thư này: địa chỉ này sẽ không được dùng.",
        _SIGNED_VI,
    ),
    en=worded(
        "Your code to confirm a new e-mail address with {controller}",
        "Hello,",
        "Enter this code on the page you have open, to use this address for your account:",
        "{code}",
        "It works for {minutes} minutes, only in the browser that asked for it.",
        "If you did not ask for it, ignore this mail: this address will not be used.",
        _SIGNED_EN,
    ),
)

OUTSIDE_CODE: Final = _code_mail(
    "outside_code",
    places=frozenset({"wish"}),
    vi=worded(
        "Mã xác minh yêu cầu gửi đến {controller}",
        "Chào bạn,",
        "Có người, có lẽ là bạn, vừa gửi yêu cầu này mà không đăng nhập: “{wish}”. "
        "Nếu đúng là bạn, hãy nhập mã này vào trang bạn đang mở:",
        "{code}",
        "Mã dùng được trong {minutes} phút, cho riêng yêu cầu đó, chỉ trên trình duyệt đã yêu cầu.",
        "Nếu không phải bạn, đừng đưa mã cho ai và hãy bỏ qua thư này: không có mã thì không có gì được làm.",
        _SIGNED_VI,
    ),
    en=worded(
        "Your code to confirm a request to {controller}",
        "Hello,",
        "Someone, probably you, has just made this request without signing in: “{wish}”. "
        "If it was you, enter this code on the page you have open:",
        "{code}",
        "It works for {minutes} minutes, for that request alone, only in the browser that asked for it.",
        "If it was not you, give the code to no one and ignore this mail: without the code nothing is done.",
        _SIGNED_EN,
    ),
)

EMAIL_CHANGED: Final = MailTemplate(
    id="email_changed",
    to=Addressee.FORMER,
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name"}),
    wordings={
        Language.VI: worded(
            "Địa chỉ thư của bạn ở {controller} đã đổi",
            "Chào {name},",
            "Tài khoản của bạn vừa được đổi sang một địa chỉ thư khác, sau khi xác minh bằng mã. "
            "Từ nay chúng tôi không gửi thư đến địa chỉ này nữa, và đã thôi giữ nó. "
            "Mọi trình duyệt khác đang đăng nhập tài khoản đều đã bị đăng xuất.",
            "Nếu không phải bạn đổi, hãy trả lời thư này ngay.",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "Your e-mail address with {controller} has changed",
            "Hello {name},",
            "Your account has just been given another e-mail address, after a check by code. "
            "From now on we no longer write to this one, and we no longer keep it. "
            "Every other browser that was signed in to the account has been signed out.",
            "If it was not you who changed it, reply to this mail at once.",
            "— {controller} · {origin}",
        ),
    },
)

CORRECTED: Final = MailTemplate(
    id="corrected",
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "item"}),
    wordings={
        Language.VI: worded(
            "Dữ liệu của bạn ở {controller} đã được sửa",
            "Chào {name},",
            "Mục “{item}” của bạn vừa được sửa theo yêu cầu của bạn, sau khi xác minh bằng mã.",
            "Nếu không phải bạn, hãy mở “Dữ liệu của tôi” để sửa lại và đăng xuất các thiết bị lạ: {origin}/me",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "Your data with {controller} was corrected",
            "Hello {name},",
            "“{item}” was just corrected at your request, after a check by code.",
            "If it was not you, open “My data” to put it right and sign unknown devices out: {origin}/me",
            "— {controller} · {origin}",
        ),
    },
)

REMOVED: Final = MailTemplate(
    id="removed",
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "item"}),
    wordings={
        Language.VI: worded(
            "Một phần dữ liệu của bạn ở {controller} đã được xóa",
            "Chào {name},",
            "Một giá trị của mục “{item}” vừa được xóa theo yêu cầu của bạn, sau khi xác minh bằng mã.",
            "Nếu không phải bạn, hãy mở “Dữ liệu của tôi” để đăng xuất các thiết bị lạ: {origin}/me",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "Some of your data with {controller} was deleted",
            "Hello {name},",
            "One value of “{item}” was just deleted at your request, after a check by code.",
            "If it was not you, open “My data” to sign unknown devices out: {origin}/me",
            "— {controller} · {origin}",
        ),
    },
)

REMOVED_HELD: Final = MailTemplate(
    id="removed_held",
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name", "item", "article", "until"}),
    wordings={
        Language.VI: worded(
            "Một phần dữ liệu của bạn ở {controller} đã ngừng được dùng",
            "Chào {name},",
            "Một giá trị của mục “{item}” vừa được gỡ theo yêu cầu của bạn, sau khi xác minh bằng mã: "
            "không dịch vụ nào dùng nó nữa.",
            "Giá trị đó chưa bị xóa hẳn, vì luật buộc chúng tôi giữ ({article}). Nó được niêm phong riêng, chỉ mở ra "
            "cho bạn hoặc khi luật yêu cầu, và bị xóa ngày {until}.",
            "Nếu không phải bạn, hãy mở “Dữ liệu của tôi” để đăng xuất các thiết bị lạ: {origin}/me",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "Some of your data with {controller} is no longer used",
            "Hello {name},",
            "One value of “{item}” was just taken out of use at your request, after a check by code: no service uses "
            "it any more.",
            "It is not deleted yet, because a law makes us keep it ({article}). It is sealed apart, opens for you or "
            "where the law asks for it, and is deleted on {until}.",
            "If it was not you, open “My data” to sign unknown devices out: {origin}/me",
            "— {controller} · {origin}",
        ),
    },
)
"""Sent in the place of `removed` where a law holds the value."""

PASSKEY_ADDED: Final = MailTemplate(
    id="passkey_added",
    purpose=RIGHTS_PURPOSE,
    needs=(ItemKind.EMAIL,),
    places=frozenset(),
    wordings={
        Language.VI: worded(
            "Khóa đăng nhập mới ở {controller}",
            "Một khóa đăng nhập (passkey) vừa được thêm vào tài khoản của bạn, sau khi xác nhận đó là bạn.",
            "Nếu không phải bạn, hãy xóa khóa lạ ngay: {origin}/me/passkeys",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "A new passkey at {controller}",
            "A passkey was just added to your account, after a check that it was you.",
            "If it was not you, delete the one that you do not know at once: {origin}/me/passkeys",
            "— {controller} · {origin}",
        ),
    },
)

SERVICE_NOTICE: Final = MailTemplate(
    id="service_notice",
    purpose="notify",
    needs=(ItemKind.EMAIL, ItemKind.PERSON_NAME),
    places=frozenset({"name"}),
    wordings={
        Language.VI: worded(
            "Tin từ {controller}",
            "Chào {name},",
            "Từ nay bạn xem được mọi thứ chúng tôi giữ về bạn, và ai đã dùng, "
            "ngay trong “Dữ liệu của tôi”: {origin}/me",
            "— {controller} · {origin}",
        ),
        Language.EN: worded(
            "News from {controller}",
            "Hello {name},",
            "You can now see everything we hold about you, and who used it, on the page “My data”: {origin}/me",
            "— {controller} · {origin}",
        ),
    },
)

TEMPLATES: Final = {
    template.id: template
    for template in (
        REGISTRATION_CODE,
        ACCOUNT_EXISTS_CODE,
        SIGN_IN_CODE,
        PROOF_CODE,
        NEW_EMAIL_CODE,
        OUTSIDE_CODE,
        EMAIL_CHANGED,
        CORRECTED,
        REMOVED,
        REMOVED_HELD,
        ERASURE_AHEAD,
        PASSKEY_ADDED,
        STAFF_WROTE,
        COPY_READY,
        *REQUEST_MAILS,
        SERVICE_NOTICE,
        POLICY_CHANGED,
        NEWS,
    )
}


def find_template(template_id: str) -> MailTemplate:
    """Return a template by its id.

    Raises:
        InvalidValueError: there is no such mail; names the nearest.
    """
    template = TEMPLATES.get(template_id)
    if template is None:
        raise InvalidValueError(f"there is no mail `{template_id}`{nearest(template_id, TEMPLATES)}")
    return template
