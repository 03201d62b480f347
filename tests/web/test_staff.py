"""The pages of staff: beginning an account, signing in, what each role opens, and staff as subjects."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from camket.core.staff.one_time import password_of_step, step_at
from camket.core.staff.roles import EVERY_ROLE, Role
from camket.services.staff import EMAIL, NAME
from camket.services.staff_invitations import invite_staff
from camket.testing.staff import STAFF_PASSWORD, add_staff
from camket.web.cookies import SESSION, STAFF
from tests.staff import sign_in_staff
from tests.web.conftest import ALICE

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Service

FORM = {NAME: "Bob Trần", EMAIL: "bob@work.example", "password": STAFF_PASSWORD}
OWN_PAGES = ["/officer", "/officer/me", "/officer/me/uses", "/officer/me/log", "/officer/me/password"]
ADMIN_PAGES = ["/officer/staff", "/officer/staff/{name}", "/officer/staff/{name}/revoke"]


def words(answer: Response) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def shown(answer: Response, mark: str) -> str:
    """Return the text of the element with an id."""
    found = re.search(rf'id="{mark}">([^<]+)<', answer.text)
    assert found is not None
    return found.group(1)


def digits(service: Service, secret: str) -> str:
    """Return what an authenticator with a secret shows now."""
    key = base64.b32decode(secret.replace(" ", ""))
    return password_of_step(key, step_at(service.clock.instant))


def begin(service: Service, browser: Browser, *roles: Role) -> tuple[str, str, Response]:
    """Begin an account by a link; return its work name, its secret, and the page with the recovery codes."""
    path = invite_staff(service.runtime.context, roles=frozenset(roles)).path
    assert browser.get(path).status_code == 200
    assert browser.send_form(path, **FORM).headers["location"] == "/officer/enrol"
    assert browser.send_form("/officer/enrol/begin").headers["location"] == "/officer/enrol"
    page = browser.get("/officer/enrol")
    name, secret = shown(page, "pseudonym"), shown(page, "secret")
    return name, secret, browser.send_form("/officer/enrol", code=digits(service, secret))


def test_someone_is_invited_begins_and_comes_back(service: Service) -> None:
    """From the link to the desk, and the next day by work name, password and one-time password."""
    browser = service.browser()
    name, secret, done = begin(service, browser, Role.OFFICER)
    assert len(re.findall(r"<li>[2-9a-z]{4}(?:-[2-9a-z]{4}){3}</li>", done.text)) == 10
    assert name in browser.get("/officer").text
    assert browser.send_form("/officer/sign-out").headers["location"] == "/officer/sign-in"
    assert browser.get("/officer").headers["location"].startswith("/officer/sign-in")
    service.clock.advance(timedelta(days=1))
    again = service.browser()
    assert again.send_form("/officer/sign-in", name=name, password=STAFF_PASSWORD).status_code == 303
    assert again.get("/officer").status_code == 303
    arrived = again.send_form("/officer/sign-in/second", code=digits(service, secret))
    assert arrived.headers["location"] == "/officer"
    assert again.get("/officer").status_code == 200


def test_looking_at_a_link_uses_nothing_up(service: Service) -> None:
    """A scanner that opens the link many times leaves it good; sending the form twice does not make two accounts."""
    path = invite_staff(service.runtime.context, roles=frozenset({Role.OFFICER})).path
    for _ in range(3):
        assert service.browser().get(path).status_code == 200
    assert service.browser().send_form(path, **FORM).status_code == 303
    assert service.browser().send_form(path, **FORM).status_code == 404
    assert service.browser().get(path).status_code == 404


def test_a_form_that_is_refused_is_shown_again(service: Service) -> None:
    """What is wrong stands beside its field, what was typed is still there, and a password is never sent back."""
    path = invite_staff(service.runtime.context, roles=frozenset({Role.OFFICER})).path
    answer = service.browser().send_form(path, **FORM | {EMAIL: "nowhere", "password": "matkhau12345"})
    assert answer.status_code == 422
    assert 'value="Bob Trần"' in answer.text
    assert "matkhau12345" not in answer.text
    assert len(re.findall(r'class="problem"', answer.text)) == 2


def test_a_wrong_password_and_an_unknown_name_look_the_same(service: Service) -> None:
    """The two pages differ in nothing but the name that was typed."""
    member = add_staff(service.runtime.context, Role.OFFICER, password=True)
    pages = [
        service.browser().send_form("/officer/sign-in", name=name, password="sai hết cả rồi")  # noqa: S106 - it is wrong
        for name in (member.pseudonym, "zzzzzzzz")
    ]
    assert {answer.status_code for answer in pages} == {422}
    assert pages[0].text.replace(member.pseudonym, "") == pages[1].text.replace("zzzzzzzz", "")
    assert [answer.headers.get("set-cookie") for answer in pages] == [None, None]


def test_a_half_way_session_opens_no_page(service: Service) -> None:
    """After the password alone every page of staff leads back to the sign-in, and no form does anything."""
    member = add_staff(service.runtime.context, *EVERY_ROLE, password=True)
    browser = service.browser()
    browser.send_form("/officer/sign-in", name=member.pseudonym, password=STAFF_PASSWORD)
    for path in [*OWN_PAGES, *ADMIN_PAGES]:
        answer = browser.get(path.replace("{name}", member.pseudonym))
        assert answer.headers["location"].startswith("/officer/sign-in"), path
    assert browser.send_form("/officer/invitations", role_admin="on").headers["location"] == "/officer/sign-in"
    assert browser.get("/officer/enrol").headers["location"] == "/officer/sign-in"
    assert browser.get("/officer/sign-in/second").status_code == 200


@pytest.fixture
def each_role(service: Service) -> dict[Role, Browser]:
    """Return a browser for each role, signed in."""
    browsers = {role: service.browser() for role in Role}
    for role, browser in browsers.items():
        sign_in_staff(service.runtime.context, browser, role)
    return browsers


def test_each_role_opens_its_own_pages(service: Service, each_role: dict[Role, Browser]) -> None:
    """Everyone opens their own data; the page of staff opens for administrators and for nobody else."""
    member = add_staff(service.runtime.context, Role.OFFICER, name="Bob")
    for role, browser in each_role.items():
        for path in OWN_PAGES:
            assert browser.get(path).status_code == 200, (role, path)
        for path in ADMIN_PAGES:
            wanted = 200 if role is Role.ADMIN else 403
            assert browser.get(path.replace("{name}", member.pseudonym)).status_code == wanted, (role, path)
        if role is not Role.ADMIN:
            assert "Trang này dành cho: quản trị viên" in browser.get("/officer/staff").text
        refused = browser.send_form(f"/officer/staff/{member.pseudonym}", role_admin="on", role_officer="on")
        assert refused.status_code == (303 if role is Role.ADMIN else 403)


def test_customers_and_staff_are_apart(service: Service) -> None:
    """A customer's session opens no page of staff, nor the other way round, and both may stand side by side."""
    browser = service.register(ALICE)
    assert browser.get("/officer/me").headers["location"].startswith("/officer/sign-in")
    staff = service.browser()
    sign_in_staff(service.runtime.context, staff, *EVERY_ROLE, name="Bob")
    assert staff.get("/me").headers["location"].startswith("/sign-in")
    staff.cookies.set(SESSION.name, staff.cookies[STAFF.name])
    assert staff.get("/me").status_code == 303
    sign_in_staff(service.runtime.context, browser, Role.OFFICER, name="Bob")
    assert browser.get("/officer/me").status_code == 200
    assert "Alice Nguyễn" in browser.get("/me").text


def test_an_administrator_invites_changes_and_ends(service: Service) -> None:
    """The link is shown once, roles are changed, an account ends; each step says that it is done."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, Role.ADMIN)
    assert browser.send_form("/officer/invitations").status_code == 422
    invited = browser.send_form("/officer/invitations", role_officer="on", role_auditor="on")
    link = re.search(r"http://localhost:8000(/officer/join/[\w-]{43})", words(invited))
    assert link is not None
    listed = browser.get("/officer/staff")
    assert link.group(1) not in listed.text
    officer = service.browser()
    assert officer.send_form(link.group(1), **FORM).status_code == 303
    listed = browser.get("/officer/staff")
    assert "Bob Trần" in listed.text
    name = re.findall(r"/officer/staff/([2-9a-z]{8})\"", listed.text)[-1]
    assert browser.send_form(f"/officer/staff/{name}", role_support="on").headers["location"] == "/officer/staff"
    assert "Đã đổi vai trò" in browser.get("/officer/staff").text
    assert "Bob Trần" in browser.get(f"/officer/staff/{name}/revoke").text
    assert browser.send_form(f"/officer/staff/{name}/revoke").headers["location"] == "/officer/staff"
    assert "Bob Trần" not in browser.get("/officer/staff").text
    assert officer.get("/officer/enrol").headers["location"] == "/officer/sign-in"


def test_an_invitation_is_withdrawn_on_the_page(service: Service) -> None:
    """The link opens nothing afterwards; withdrawing twice says that it is gone."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, Role.ADMIN)
    path = invite_staff(service.runtime.context, roles=frozenset({Role.OFFICER})).path
    form = re.search(r'action="(/officer/invitations/\w+/withdraw)"', browser.get("/officer/staff").text)
    assert form is not None
    assert browser.send_form(form.group(1)).headers["location"] == "/officer/staff"
    assert browser.send_form(form.group(1)).status_code == 404
    assert service.browser().get(path).status_code == 404


def test_the_last_administrator_is_told_so(service: Service) -> None:
    """Whoever would end or demote the only administrator reads why not, and nothing is changed."""
    browser = service.browser()
    admin = sign_in_staff(service.runtime.context, browser, Role.ADMIN)
    for path, fields in ((f"/officer/staff/{admin.pseudonym}", {"role_officer": "on"}),
                         (f"/officer/staff/{admin.pseudonym}/revoke", {})):  # fmt: skip
        answer = browser.send_form(path, **fields)
        assert answer.status_code in {409, 422}
        assert "Phải còn người có quyền mời nhân viên" in answer.text
    assert browser.get("/officer/staff").status_code == 200


def test_staff_see_their_own_data_like_customers_do(service: Service) -> None:
    """Name and address with their reasons, who read them, where they are signed in, and the log of their requests."""
    browser, admin = service.browser(), service.browser()
    member = sign_in_staff(service.runtime.context, browser, Role.SUPPORT, name="Bob Trần")
    boss = sign_in_staff(service.runtime.context, admin, Role.ADMIN)
    admin.get("/officer/staff")
    page = words(browser.get("/officer/me"))
    assert "Bob Trần" in page
    assert "bob@work.example" in page
    assert "Để biết ai đứng sau một tên làm việc trong sổ cái." in page
    assert boss.pseudonym in page
    assert member.pseudonym in page
    assert boss.pseudonym in browser.get("/officer/me/uses").text
    assert "alice@work.example" not in page


def test_a_session_elsewhere_is_ended(service: Service) -> None:
    """Who ends another session of theirs stays signed in, and that one is over; nobody ends someone else's."""
    here, elsewhere = service.browser(), service.browser()
    name, secret, _ = begin(service, here, Role.OFFICER)
    service.clock.advance(timedelta(seconds=30))
    elsewhere.send_form("/officer/sign-in", name=name, password=STAFF_PASSWORD)
    elsewhere.send_form("/officer/sign-in/second", code=digits(service, secret))
    form = re.search(r'action="(/officer/me/sessions/\w+/end)"', here.get("/officer/me").text)
    assert form is not None
    other = service.browser()
    sign_in_staff(service.runtime.context, other, Role.ADMIN)
    assert other.send_form(form.group(1)).status_code == 404
    assert here.send_form(form.group(1)).headers["location"] == "/officer/me"
    assert elsewhere.get("/officer").status_code == 303
    assert here.get("/officer").status_code == 200


def test_password_name_and_recovery_codes_take_a_fresh_one_time_password(service: Service) -> None:
    """Each change needs digits that were not used; with them it is done and said so."""
    browser = service.browser()
    _, secret, _ = begin(service, browser, Role.OFFICER)
    used = digits(service, secret)
    new = "cây cầu cũ bắc qua kênh"
    for path, fields in (
        ("/officer/me/password", {"old": STAFF_PASSWORD, "password": new}),
        (f"/officer/me/correct/{NAME}", {NAME: "Bob Lê"}),
        ("/officer/me/recovery", {}),
    ):
        assert browser.send_form(path, **fields, code=used).status_code == 422, path
        service.clock.advance(timedelta(seconds=30))
        answer = browser.send_form(path, **fields, code=digits(service, secret))
        assert answer.status_code == (200 if path.endswith("recovery") else 303), path
        used = digits(service, secret)
    assert "Bob Lê" in browser.get("/officer/me").text
    assert "Bob Trần" not in browser.get("/officer/me").text


@pytest.mark.parametrize(
    "following",
    ["https://evil.example", "//evil.example", "/officer//evil.example", "/me", "/officer/../me", "/officer\\evil"],
)
def test_one_lands_on_pages_of_staff_alone(service: Service, following: str) -> None:
    """Whatever a link names, signing in leads nowhere else."""
    browser = service.browser()
    sign_in_staff(service.runtime.context, browser, Role.OFFICER)
    answer = browser.get("/officer/sign-in", params={"next": following})
    assert answer.headers["location"] == "/officer"
    assert browser.get("/officer/sign-in", params={"next": "/officer/me"}).headers["location"] == "/officer/me"


def test_the_cookie_of_staff_is_strict(service: Service) -> None:
    """No script reads it, no other site brings it along, and it ends with the working day."""
    member = add_staff(service.runtime.context, Role.OFFICER, password=True)
    answer = service.browser().send_form("/officer/sign-in", name=member.pseudonym, password=STAFF_PASSWORD)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("camket_staff=")
    for part in ("httponly", "samesite=strict", "path=/", "max-age=43200"):
        assert part in cookie
