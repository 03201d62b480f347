"""P15: nothing about privacy, requests or support asks for money: no sentence, no mail, no page, no field."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest
from babel.messages.pofile import read_po

from camket.core.notices.templates import TEMPLATES
from camket.core.terms import Language
from camket.web.i18n import catalogue_files
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Service

FREE: Final = re.compile(
    r"miễn phí|không (thu|mất|tốn) (phí|tiền)|free of charge|\bfree\b|costs you nothing", re.IGNORECASE
)
"""How a sentence says that nothing is to be paid."""
MONEY: Final = re.compile(
    r"\b(phí|lệ phí|tiền|thanh toán|chuyển khoản|trả góp|đồng(?! ý| thời| hồ| bộ)|giá(?! trị)|VND|VNĐ|USD"
    r"|fees?|pays?|paying|payments?|paid|prices?|costs?|charges?|charged|money|invoices?|wallet|card)\b|[₫$€]",
    re.IGNORECASE,
)
"""Words of money, in both languages."""
PAYS: Final = re.compile(r"cc-|transaction-|amount|price|payment|card|iban|fee", re.IGNORECASE)
"""What a field is called that takes a payment."""
STARTS: Final = ("/", "/me", "/support", "/support/new", "/requests", "/complain", "/policy", "/me/copy", "/me/delete")
TELL_OF_THE_SHOP: Final = re.compile(r"/(policy|terms)\b")
"""Pages whose text says what a shop sells for and is paid by: what is held, not what is asked."""
MOST_PAGES: Final = 150


def asks_for_money(sentence: str) -> bool:
    """Say whether a sentence speaks of money otherwise than to say that there is none to pay."""
    return MONEY.search(FREE.sub(" ", sentence)) is not None


class Page(HTMLParser):
    """What a page says, what its fields are called, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.fields: list[str] = []
        self.links: list[str] = []
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and fields; what a browser does not show is not read."""
        found = dict(attrs)
        self._silent += tag in {"script", "style"}
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag in {"input", "select", "textarea", "button"}:
            self.fields.append(f"{found.get('name') or ''} {found.get('autocomplete') or ''}")

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not shown."""
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        """Note what is said."""
        if not self._silent and data.strip():
            self.said.append(data.strip())


def labels(service: Service, language: Language) -> re.Pattern[str]:
    """Return what the declared items are called; a shop keeps where it is paid, which is no demand."""
    ctx = service.runtime.context
    items = ctx.policies.in_force(ctx.store, ctx.clock.now()).newest.policy.items
    return re.compile("|".join(re.escape(item.label[language]) for item in items), re.IGNORECASE)


def read_all(browser: Browser, language: Language) -> dict[str, Page]:
    """Return every page that one comes to by links, in one language."""
    waiting, found = [*STARTS], dict[str, Page]()
    while waiting and len(found) < MOST_PAGES:
        path = waiting.pop(0)
        if path in found:
            continue
        answer = browser.get(path, params={"lang": language.value})
        if answer.status_code != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found[path] = Page(answer.text)
        waiting += [urlsplit(link).path for link in found[path].links if link.startswith("/") and "//" not in link]
    return found


@pytest.mark.parametrize("language", Language)
def test_no_sentence_of_ours_asks_for_money(language: Language) -> None:
    """P15: every sentence of every page, customers' and staff's, is read for words of money."""
    for part in catalogue_files(language):
        with part.open("rb") as file:
            for message in read_po(file, locale=language.value):
                texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
                assert [text for text in texts if asks_for_money(text)] == [], message.id


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_mail_asks_for_money(template: str) -> None:
    """P15: every mail is read, in both languages."""
    for wording in TEMPLATES[template].wordings.values():
        lines = [wording.subject, *(line.text for line in wording.lines)]
        assert [line for line in lines if asks_for_money(line)] == []


@pytest.mark.parametrize("language", Language)
def test_no_page_asks_for_money_and_no_field_takes_any(service: Service, language: Language) -> None:
    """P15: whoever walks every page by its links, with a request and a letter of their own, is never asked to pay."""
    alice = service.register(ALICE)
    letter = alice.send_form("/support/new", text="Máy in không chạy.").headers["location"]
    pages = read_all(alice, language)
    held = labels(service, language)
    assert {*STARTS, letter} <= set(pages)
    for path, page in pages.items():
        said = [] if TELL_OF_THE_SHOP.match(path) else [held.sub("", words) for words in page.said]
        assert [words for words in said if asks_for_money(words)] == [], path
        assert [name for name in page.fields if PAYS.search(name)] == [], path


@pytest.mark.parametrize("words", ["Phí xử lý: 20.000 ₫", "Please pay first.", "Chuyển khoản trước", "A fee of 5"])
def test_words_of_money_are_found(words: str) -> None:
    """P15: the reading itself sees what it looks for, and takes a promise of no fee for what it is."""
    assert asks_for_money(words)
    assert not asks_for_money("Luôn luôn miễn phí, với sự đồng ý của bạn. It is free of charge.")
