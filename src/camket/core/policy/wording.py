"""How declarations are said in each language: the few fixed words between labels, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.policy.model import Clock
from camket.core.terms import Basis, Channel, Ground, Language, Source, Verification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camket.core.policy.model import LegalMinimum, Limit

VI: Final = Language.VI
EN: Final = Language.EN

SOURCES: Final[Mapping[Source, Mapping[Language, str]]] = {
    Source.PROVIDED: {VI: "bạn cho biết", EN: "you tell us"},
    Source.OBSERVED: {VI: "ghi lại khi bạn dùng", EN: "recorded as you use it"},
}

BASES: Final[Mapping[Basis, Mapping[Language, str]]] = {
    Basis.STATED: {VI: "nêu trong chính sách này", EN: "stated in this policy"},
    Basis.CONSENT: {VI: "chỉ khi bạn đồng ý", EN: "only if you agree"},
}

GROUNDS: Final[Mapping[Ground, Mapping[Language, str]]] = {
    Ground.CONSENT: {VI: "Bạn đồng ý", EN: "Your consent"},
    Ground.LAW: {VI: "Luật yêu cầu", EN: "The law requires it"},
    Ground.TERMS: {VI: "Điều khoản dịch vụ", EN: "Terms of service"},
    Ground.PROTECTION: {VI: "Bảo vệ an toàn", EN: "Protection"},
}

GROUND_MEANINGS: Final[Mapping[Ground, Mapping[Language, str]]] = {
    Ground.CONSENT: {
        VI: "Chính bạn đồng ý cho đúng bên nhận ấy.",
        EN: "You yourself agreed to that very recipient.",
    },
    Ground.LAW: {
        VI: "Để thực hiện luật, quy định, thủ tục tố tụng hoặc yêu cầu có hiệu lực của cơ quan nhà nước.",
        EN: "To meet a law, a regulation, legal process or an enforceable request of a public authority.",
    },
    Ground.TERMS: {
        VI: "Để thực thi một điều khoản dịch vụ có số, kể cả khi xem xét vi phạm.",
        EN: "To enforce a numbered clause of the terms of service, including looking into a violation.",
    },
    Ground.PROTECTION: {
        VI: "Để phát hiện, ngăn chặn, xử lý gian lận, sự cố bảo mật hoặc kỹ thuật.",
        EN: "To detect, prevent or deal with fraud, security problems or technical problems.",
    },
}

CHANNELS: Final[Mapping[Channel, Mapping[Language, str]]] = {
    Channel.PAGE: {VI: "Trang chính sách", EN: "Policy page"},
    Channel.BANNER: {VI: "Dải báo nổi bật", EN: "Prominent banner"},
    Channel.EMAIL: {VI: "Thư điện tử", EN: "E-mail"},
}

VERIFICATIONS: Final[Mapping[Verification, Mapping[Language, str]]] = {
    Verification.SESSION: {VI: "đang đăng nhập", EN: "being signed in"},
    Verification.EMAIL_CODE: {VI: "mã gửi tới thư điện tử", EN: "a code by e-mail"},
    Verification.EMAIL_AND_PHONE: {VI: "mã gửi tới thư điện tử và điện thoại", EN: "codes by e-mail and phone"},
    Verification.PASSKEY: {VI: "khóa đăng nhập (passkey)", EN: "a passkey"},
    Verification.IN_PERSON: {VI: "gặp trực tiếp", EN: "meeting in person"},
}

COUNTRIES: Final[Mapping[str, Mapping[Language, str]]] = {
    "AU": {VI: "Úc", EN: "Australia"},
    "CN": {VI: "Trung Quốc", EN: "China"},
    "DE": {VI: "Đức", EN: "Germany"},
    "FR": {VI: "Pháp", EN: "France"},
    "GB": {VI: "Vương quốc Anh", EN: "the United Kingdom"},
    "HK": {VI: "Hồng Kông", EN: "Hong Kong"},
    "IE": {VI: "Ireland", EN: "Ireland"},
    "IN": {VI: "Ấn Độ", EN: "India"},
    "JP": {VI: "Nhật Bản", EN: "Japan"},
    "KR": {VI: "Hàn Quốc", EN: "South Korea"},
    "NL": {VI: "Hà Lan", EN: "the Netherlands"},
    "SG": {VI: "Singapore", EN: "Singapore"},
    "TH": {VI: "Thái Lan", EN: "Thailand"},
    "TW": {VI: "Đài Loan", EN: "Taiwan"},
    "US": {VI: "Hoa Kỳ", EN: "the United States"},
    "VN": {VI: "Việt Nam", EN: "Vietnam"},
}
"""Names of countries by ISO 3166-1 code; another country is shown by its code until it is added."""

_CLOCKS: Final[Mapping[Clock, Mapping[Language, str]]] = {
    Clock.COLLECTED: {VI: "kể từ khi thu thập", EN: "from collection"},
    Clock.LAST_USED: {VI: "kể từ lần dùng cuối", EN: "from its last use"},
    Clock.ERASED: {VI: "kể từ khi xóa", EN: "from the deletion"},
}

_ACCOUNT: Final[Mapping[Language, str]] = {VI: "chừng nào tài khoản còn", EN: "as long as the account exists"}

LABELS: Final[Mapping[str, Mapping[Language, str]]] = {
    "declarations": {VI: "Bảng kê đầy đủ", EN: "The declarations in full"},
    "services": {VI: "Các dịch vụ", EN: "Services"},
    "items": {VI: "Thông tin về bạn", EN: "Information about you"},
    "purposes": {VI: "Mục đích sử dụng", EN: "Purposes"},
    "recipients": {VI: "Bên nhận", EN: "Recipients"},
    "grounds": {VI: "Căn cứ để đưa ra ngoài", EN: "Grounds for letting anything out"},
    "rights": {VI: "Quyền của bạn", EN: "Your rights"},
    "notices": {VI: "Báo trước khi thay đổi đáng kể", EN: "Notice before a significant change"},
    "service": {VI: "Dịch vụ", EN: "Service"},
    "does": {VI: "Làm gì", EN: "What it does"},
    "item": {VI: "Thông tin", EN: "Information"},
    "why": {VI: "Vì sao", EN: "Why"},
    "from": {VI: "Từ đâu", EN: "Where from"},
    "used_for": {VI: "Dùng để", EN: "Used to"},
    "kept": {VI: "Giữ bao lâu", EN: "How long it is kept"},
    "purpose": {VI: "Mục đích", EN: "Purpose"},
    "explains": {VI: "Nghĩa là", EN: "What that means"},
    "basis": {VI: "Cơ sở", EN: "Basis"},
    "recipient": {VI: "Bên nhận", EN: "Recipient"},
    "country": {VI: "Nước", EN: "Country"},
    "receives": {VI: "Nhận gì", EN: "What it receives"},
    "ground": {VI: "Căn cứ", EN: "Ground"},
    "right": {VI: "Quyền", EN: "Right"},
    "reply": {VI: "Trả lời trong", EN: "Reply within"},
    "complete": {VI: "Làm xong trong", EN: "Done within"},
    "fee": {VI: "Phí", EN: "Fee"},
    "verification": {VI: "Xác minh bằng", EN: "Verified by"},
    "required": {VI: "bắt buộc khi đăng ký", EN: "required to register"},
    "sensitive": {VI: "nhạy cảm", EN: "sensitive"},
    "nobody": {
        VI: "Không có bên nào nhận thông tin thường xuyên.",
        EN: "Nobody receives information as a matter of course.",
    },
    "not_offered": {VI: "không có", EN: "not offered"},
    "free": {VI: "miễn phí", EN: "free of charge"},
    "no_notice": {VI: "không có", EN: "none"},
    "terms": {VI: "Điều khoản dịch vụ", EN: "Terms of service"},
    "at_least": {VI: "Luật buộc giữ ít nhất", EN: "The law orders at least"},
}


def days_text(days: int, language: Language) -> str:
    """Return `90 ngày`, `1 day`."""
    if language is Language.VI:
        return f"{days} ngày"
    return f"{days} day" if days == 1 else f"{days} days"


def working_days_text(days: int, language: Language) -> str:
    """Return `2 ngày làm việc`, `2 working days`."""
    if language is Language.VI:
        return f"{days} ngày làm việc"
    return f"{days} working day" if days == 1 else f"{days} working days"


def hours_text(hours: int, language: Language) -> str:
    """Return `24 giờ`, `24 hours`."""
    if language is Language.VI:
        return f"{hours} giờ"
    return f"{hours} hour" if hours == 1 else f"{hours} hours"


def clock_text(clock: Clock, language: Language) -> str:
    """Return from when days are counted: `from collection`."""
    return _CLOCKS[clock][language]


def limit_text(limit: Limit, language: Language) -> str:
    """Return how long something is kept, to follow the words `is kept`."""
    if limit.days is None:
        return _ACCOUNT[language]
    length = days_text(limit.days, language)
    return f"{length if language is Language.VI else 'for ' + length} {_CLOCKS[limit.clock][language]}"


def minimum_text(minimum: LegalMinimum, language: Language) -> str:
    """Return how long at least, `730 days from collection`, to follow the words `for at least`."""
    return f"{days_text(minimum.days, language)} {_CLOCKS[minimum.clock][language]}"


def legal_minimum_text(minimum: LegalMinimum, language: Language) -> str:
    """Return how long the law orders something to be kept, with its article, as a sentence."""
    return f"{LABELS['at_least'][language]} {minimum_text(minimum, language)} ({minimum.article})."


def fee_text(fee_vnd: int, language: Language) -> str:
    """Return `miễn phí` or `50.000 ₫`."""
    return f"{fee_vnd:,} ₫".replace(",", ".") if fee_vnd else LABELS["free"][language]


def country_text(code: str, language: Language) -> str:
    """Return a country's name, or its code where no name is known."""
    return COUNTRIES[code][language] if code in COUNTRIES else code
