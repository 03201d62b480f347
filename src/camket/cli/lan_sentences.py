"""What `camket serve --lan` says in the terminal, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from camket.core.terms import Language

SENTENCES: Final[dict[Language, tuple[str, ...]]] = {
    Language.VI: (
        "",
        "Cho điện thoại vào: nối điện thoại vào cùng mạng Wi-Fi rồi quét mã này, hoặc mở {page}",
        "{code}",
        "Chứng chỉ “{authority}”. Dấu vân tay SHA-256, phải giống trên điện thoại:",
        "  {first}",
        "  {second}",
        "",
        "Android:",
        "  1. Đặt khóa màn hình nếu chưa có; bấm “Tải chứng chỉ” trên trang vừa mở.",
        "  2. Cài đặt › tìm “chứng chỉ CA” › Vẫn cài đặt › chọn tệp camket-ca.crt trong Tải xuống.",
        "  3. So dấu vân tay: Thông tin xác thực tin cậy › Người dùng. Rồi mở {origin} bằng Chrome.",
        "iPhone, iPad:",
        "  1. Mở trang bằng Safari, bấm “Tải chứng chỉ”, bấm “Cho phép”.",
        "  2. Cài đặt › Đã tải về hồ sơ › so dấu vân tay trong Chi tiết khác › Cài đặt.",
        "  3. Cài đặt › Cài đặt chung › Giới thiệu › Cài đặt tin cậy chứng nhận › bật. Rồi mở {origin}.",
        "Windows: mở tệp › Install Certificate › Current User › Trusted Root Certification Authorities.",
        "macOS: mở tệp › Keychain Access › Trust › Always Trust.",
        "",
        "Chứng chỉ này chỉ bảo đảm được cho thiết bị trong mạng nội bộ. Cách gỡ bỏ có trên trang đó.",
    ),
    Language.EN: (
        "",
        "To let a phone in: connect it to the same Wi-Fi and scan this code, or open {page}",
        "{code}",
        "Certificate “{authority}”. Its SHA-256 fingerprint, which the phone must show too:",
        "  {first}",
        "  {second}",
        "",
        "Android:",
        "  1. Set a screen lock if there is none; tap “Download the CA certificate” on the page.",
        "  2. Settings › search “CA certificate” › Install anyway › the file camket-ca.crt in Downloads.",
        "  3. Compare the fingerprint: Trusted credentials › User. Then open {origin} in Chrome.",
        "iPhone, iPad:",
        "  1. Open the page in Safari, tap “Download the CA certificate”, tap “Allow”.",
        "  2. Settings › Profile Downloaded › compare the fingerprint under More Details › Install.",
        "  3. Settings › General › About › Certificate Trust Settings › switch it on. Then open {origin}.",
        "Windows: open the file › Install Certificate › Current User › Trusted Root Certification Authorities.",
        "macOS: open the file › Keychain Access › Trust › Always Trust.",
        "",
        "It can vouch for devices of a local network alone. How to remove it again stands on that page.",
    ),
}
"""Line by line; both languages say the same."""

OTHERS: Final[dict[Language, str]] = {
    Language.VI: "Tên khác của máy này, nếu mạng biết: {others}",
    Language.EN: "Other names of this machine, where the network knows them: {others}",
}


def lan_sentences(
    language: Language, *, page: str, origin: str, authority: str, fingerprint: str, code: str, others: tuple[str, ...]
) -> list[str]:
    """Return the lines to print.

    Args:
        language: of the reader.
        page: plain address of the page that says more.
        origin: the encrypted address.
        authority: under which name devices list the certificate.
        fingerprint: pairs of hexadecimal digits; printed in two lines.
        code: the QR code of the page, drawn in characters.
        others: further names and addresses that the certificate stands for.
    """
    pairs = fingerprint.split(":")
    half = len(pairs) // 2
    places = {
        "page": page, "origin": origin, "authority": authority, "code": code,
        "first": ":".join(pairs[:half]), "second": ":".join(pairs[half:]),
    }  # fmt: skip
    lines = [line.format(**places) for line in SENTENCES[language]]
    return [*lines, OTHERS[language].format(others=", ".join(others))] if others else lines
