"""Asking where it matters: the question whole, an answer by POST alone, and on to where one was."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from camket.core.terms import SubjectState
from camket.services.policies import publish_policy
from camket.services.sessions import find_session
from tests.unit.services.consenting import IMPROVE_ITEMS, changed_policy
from tests.web.conftest import ALICE, BOB

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Service

JSON = {"Accept": "application/json"}
HASH = re.compile(r'name="text_hash" value="([0-9a-f]{64})"')


def ask(browser: Browser, **fields: str) -> str:
    """Have the question about improvement news asked; return its path."""
    answer = browser.send_form("/ask", purpose="promote", **fields)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def text_hash(page: str) -> str:
    """Return the hash of the text that a page shows."""
    found = HASH.search(page)
    assert found is not None
    return found.group(1)


def say(browser: Browser, path: str, answer: str, **fields: str) -> Response:
    """Open a question and answer it as its form does."""
    page = browser.get(path)
    assert page.status_code == 200
    bare = path.partition("?")[0]
    return browser.send_form(bare, answer=answer, text_hash=text_hash(page.text), **fields)


def outcome(service: Service, browser: Browser) -> str:
    """Return what the gate says to improvement news for who is signed in here."""
    context = service.runtime.context
    (subject,) = {row.id for row in subjects(service) if row.id in owner_of(service, browser)}
    return str(context.door.decide(subject_id=subject, items=("email",), purpose="promote").outcome)


def subjects(service: Service) -> tuple[Any, ...]:
    """Return every active subject."""
    store = service.runtime.context.store
    return store.read(lambda unit: unit.subjects.page(after_id="", limit=99, state=SubjectState.ACTIVE))


def owner_of(service: Service, browser: Browser) -> set[str]:
    """Return the subject of a browser's session."""
    session = find_session(service.runtime.context, str(browser.cookies.get("camket_session")))
    return {session.subject_id} if session else set()


def test_a_question_is_shown_whole_and_a_yes_holds_at_once(service: Service) -> None:
    """Purpose, items, end, withdrawal and the meaning of no stand on the page; yes and no are alike, none is chosen."""
    alice = service.register(ALICE)
    path = ask(alice, next="/me/consents")
    page = unescape(alice.get(path).text)
    for words in ("Thư điện tử", "rút lại", "Không trả lời nghĩa là không đồng ý"):
        assert words in page
    no, yes = re.findall(r'<button class="btn" name="answer" value="(\w+)"( checked| autofocus)?>', page)
    assert (no, yes) == (("no", ""), ("yes", ""))
    assert outcome(service, alice) == "ask"
    answered = say(alice, path, "yes", next="/me/consents")
    assert (answered.status_code, answered.headers["location"]) == (303, "/me/consents")
    assert outcome(service, alice) == "permit"
    for path in ("/me", "/me/consents"):
        assert "bạn đang đồng ý" in unescape(alice.get(path).text)


def test_reading_a_question_answers_nothing(service: Service) -> None:
    """However often it is opened, by whatever follows links: nothing is permitted and nothing is refused."""
    alice = service.register(ALICE)
    path = ask(alice)
    for _ in range(3):
        assert alice.get(f"{path}?answer=yes").status_code == 200
        assert alice.head(path).status_code == 200
    assert outcome(service, alice) == "ask"


def test_a_no_is_left_alone_and_nothing_else_changes(service: Service) -> None:
    """After a no the purpose is denied, not asked; a later yes, wanted by oneself, still counts."""
    alice = service.register(ALICE)
    assert say(alice, ask(alice), "no").headers["location"] == "/me/consents"
    assert outcome(service, alice) == "deny"
    assert alice.get("/me").status_code == 200
    assert say(alice, ask(alice), "yes").status_code == 303
    assert outcome(service, alice) == "permit"


def test_one_goes_on_only_within_the_service(service: Service) -> None:
    """Where one is led afterwards is a page of ours, whatever the form says."""
    alice = service.register(ALICE)
    for following in ("https://evil.example/", "//evil.example", "/me/../x", "javascript:alert(1)"):
        path = ask(alice, next=following)
        assert "next" not in path
        assert say(alice, path, "no", next=following).headers["location"] == "/me/consents"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"answer": "perhaps"}, 422),
        ({"answer": ""}, 422),
        ({"text_hash": "0" * 64}, 409),
        ({"text_hash": ""}, 409),
        ({"clause": "use(email, promote, consent)"}, 400),
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing(service: Service, change: dict[str, str], status: int) -> None:
    """Neither yes nor no, another text than the one that was asked, a clause that is not asked about: refused."""
    alice = service.register(ALICE)
    path = ask(alice)
    fields = {"answer": "yes", "text_hash": text_hash(alice.get(path).text)} | change
    assert alice.send_form(path, **fields).status_code == status
    assert outcome(service, alice) == "ask"


def test_a_question_is_its_owners_alone(service: Service) -> None:
    """Someone else can neither read nor answer it, and it stays as it was."""
    alice, bob = service.register(ALICE), service.register(BOB)
    path = ask(alice)
    shown = text_hash(alice.get(path).text)
    assert bob.get(path).status_code == 404
    assert bob.send_form(path, answer="yes", text_hash=shown).status_code == 404
    assert (outcome(service, alice), outcome(service, bob)) == ("ask", "ask")
    stranger = service.browser()
    assert stranger.get(path).headers["location"].startswith("/sign-in?next=%2Fask%2F")


def test_an_old_question_takes_no_answer(service: Service) -> None:
    """After a day, or after the yes was withdrawn: sending the former answer again brings nothing back."""
    alice = service.register(ALICE)
    path = ask(alice)
    shown = text_hash(alice.get(path).text)
    assert alice.send_form(path, answer="yes", text_hash=shown).status_code == 303
    withdraw(alice)
    assert alice.send_form(path, answer="yes", text_hash=shown).status_code in (404, 409)
    assert outcome(service, alice) != "permit"


def withdraw(browser: Browser, **fields: str) -> Response:
    """Press the first button that withdraws."""
    page = browser.get("/me/consents").text
    (action,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', page)
    return browser.send_form(action, **fields)


def test_a_withdrawal_takes_one_click_holds_at_once_and_tells_what_stops(service: Service) -> None:
    """The page says before and after the click what stops; twice is once; it is no longer permitted."""
    alice = service.register(ALICE)
    say(alice, ask(alice), "yes")
    assert "Nếu bạn rút lại:" in unescape(alice.get("/me/consents").text)
    told = withdraw(alice)
    assert told.status_code == 200
    assert "Không còn dùng" in unescape(told.text)
    assert outcome(service, alice) in ("deny", "ask")
    assert "đã rút lại" in unescape(alice.get("/me/consents").text)


def test_who_withdraws_elsewhere_is_led_back(service: Service) -> None:
    """A form of another page of ours says where to go on to."""
    alice = service.register(ALICE)
    say(alice, ask(alice), "yes")
    assert withdraw(alice, next="/me").headers["location"] == "/me"


def test_a_withdrawal_is_its_owners_alone(service: Service) -> None:
    """Someone else's consent, or none at all, is nothing that can be withdrawn."""
    alice, bob = service.register(ALICE), service.register(BOB)
    say(alice, ask(alice), "yes")
    (action,) = re.findall(r'action="(/me/consents/[0-9a-f]+/withdraw)"', alice.get("/me/consents").text)
    assert bob.send_form(action).status_code == 404
    assert outcome(service, alice) == "permit"


def test_the_component_asks_and_answers_with_the_same_words(service: Service) -> None:
    """As JSON: the question put on record by a POST, its whole text, the answer, and where to go on to."""
    alice = service.register(ALICE)
    asked = alice.post("/ask", data={"purpose": "promote"}, headers=JSON)
    assert asked.status_code == 201
    question = asked.json()
    assert question["clauses"] == []
    assert question["words"]["yes"] == "Đồng ý"
    page = unescape(alice.get(question["path"]).text)
    assert all(text in page for text in (question["title"], *question["body"]))
    assert alice.get(question["path"], headers=JSON).json()["text_hash"] == question["text_hash"]
    assert outcome(service, alice) == "ask"
    fields = {"answer": "yes", "text_hash": question["text_hash"], "next": "/me/log"}
    answered = alice.post(question["path"], data=fields, headers=JSON)
    assert answered.json() == {"question": question["id"], "yes": True, "next": "/me/log"}
    assert outcome(service, alice) == "permit"


def test_the_component_is_served_at_a_stable_address(untouched: Service) -> None:
    """The address stays, what it leads to is named by its content and can be kept."""
    browser = untouched.browser()
    led = browser.get("/ask/component.js")
    assert led.status_code == 307
    script = browser.get(led.headers["location"])
    assert script.status_code == 200
    assert "javascript" in script.headers["content-type"]
    assert "camket-ask" in script.text


def test_what_rests_on_no_consent_is_not_asked(service: Service) -> None:
    """A stated purpose, an unknown one, or none: refused; what is agreed to already is not asked again."""
    alice = service.register(ALICE)
    for purpose in ("notify", "sell", ""):
        assert alice.send_form("/ask", purpose=purpose).status_code == 400
    say(alice, ask(alice), "yes")
    assert ask(alice, next="/me") == "/me"


def test_a_browser_that_says_no_is_told_so(service: Service) -> None:
    """Global Privacy Control suspends a yes; the page says so; a yes after being told counts again."""
    alice = service.register(ALICE)
    say(alice, ask(alice), "yes")
    alice.headers["Sec-GPC"] = "1"
    page = unescape(alice.get("/me/consents").text)
    assert "Trình duyệt của bạn nói không thay bạn" in page
    assert "tạm ngưng" in page
    assert outcome(service, alice) == "deny"
    path = ask(alice)
    assert "Global Privacy Control" in alice.get(path).text
    say(alice, path, "yes")
    assert outcome(service, alice) == "permit"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_of_someone_who_was_never_asked(service: Service, language: str) -> None:
    """It says that nothing is permitted, and offers the question."""
    alice = service.register(ALICE)
    page = unescape(alice.get(f"/me/consents?lang={language}").text)
    assert {"vi": "chưa hỏi, nghĩa là không", "en": "never asked, so no"}[language] in page
    assert 'action="/ask"' in page


def test_who_joined_under_the_version_in_force_has_no_changes(service: Service) -> None:
    """They are led to their consents."""
    alice = service.register(ALICE)
    assert alice.get("/me/changes").headers["location"] == "/me/consents"


def change_policy(service: Service) -> None:
    """Publish a version that uses more, keeps longer, and tells more of what it does: in force at once."""
    changed = changed_policy(
        (IMPROVE_ITEMS, f"{IMPROVE_ITEMS}      - phone\n"),
        ("maximum: 90 days", "maximum: 120 days"),
    )
    publish_policy(service.runtime.context, changed)


def test_each_change_is_answered_alone(service: Service) -> None:
    """None is chosen beforehand; a yes to one says nothing of the others; what has no answer stays as it was."""
    alice = service.register(ALICE)
    change_policy(service)
    for path in ("/me", "/me/consents"):
        shown = unescape(alice.get(path).text)
        assert "thay đổi của chính sách chờ bạn trả lời" in shown
        assert 'href="/me/changes"' in shown
    page = unescape(alice.get("/me/changes").text)
    assert "Phiên bản 1 → 2" in page
    assert "chỉ áp dụng nếu bạn đồng ý" in page
    assert "thay vì" in page
    path = str(alice.send_form("/ask", about="changes", next="/me/changes").headers["location"])
    page = unescape(alice.get(path).text)
    clauses = re.findall(r'name="clause" value="([^"]+)"', page)
    assert len(clauses) == len(set(clauses)) > 1
    assert page.count('value="yes"') == page.count('value="no"') == len(clauses)
    assert "Bạn đã đồng ý" not in page
    bare, shown = path.partition("?")[0], text_hash(page)
    for place, (clause, answer) in enumerate(zip(clauses, ("yes", "no"), strict=False), start=1):
        said = alice.send_form(bare, answer=answer, clause=clause, text_hash=shown, next="/me/changes")
        assert said.headers["location"] == f"{path}#clause-{place}"
    page = unescape(alice.get(path).text)
    assert (page.count("Bạn đã đồng ý"), page.count("Bạn đã không đồng ý")) == (1, 1)
    own = unescape(alice.get("/me/consents").text)
    assert own.count("/withdraw") == 1
    assert "bạn không đồng ý" in own
    withdraw(alice)
    own = unescape(alice.get("/me/consents").text)
    assert own.count("/withdraw") == 0
    assert own.count('name="about" value="changes"') == 2


def test_the_question_of_a_version_that_is_no_longer_the_newest_is_an_old_one(service: Service) -> None:
    """Its answer changes nothing; the new version is asked about anew."""
    alice = service.register(ALICE)
    change_policy(service)
    path = str(alice.send_form("/ask", about="changes").headers["location"])
    page = unescape(alice.get(path).text)
    clause = re.findall(r'name="clause" value="([^"]+)"', page)[0]
    publish_policy(service.runtime.context, changed_policy((IMPROVE_ITEMS, f"{IMPROVE_ITEMS}      - phone\n")))
    assert alice.get(path).status_code == 404
    answered = alice.send_form(path, answer="yes", clause=clause, text_hash=text_hash(page))
    assert answered.status_code == 404
    assert "/withdraw" not in alice.get("/me/consents").text
