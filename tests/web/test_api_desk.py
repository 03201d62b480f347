"""The API of the desk: what is due first, one request, and what is done with it, each by its role and on record."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from camket.core.staff.roles import Role
from camket.testing.staff import SignedInStaff, add_staff
from tests.web.conftest import ALICE, BOB
from tests.web.test_api_consents import Caller

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Service

LETTER = "Máy in không nhận."


class Desk:
    """A program that acts for a member of staff.

    Args:
        service: where.
        roles: theirs.
    """

    def __init__(self, service: Service, *roles: Role) -> None:
        self.member: SignedInStaff = add_staff(service.runtime.context, *roles)
        self.browser = service.browser()
        del self.browser.headers["Sec-Fetch-Site"]
        self.browser.headers["Authorization"] = f"Bearer {self.member.token}"

    def get(self, path: str) -> Response:
        """Read."""
        return self.browser.get(f"/api/v1/desk/requests{path}")

    def act(self, number: str, act: str, **document: object) -> Response:
        """Do something with a request."""
        return self.browser.post(f"/api/v1/desk/requests/{number}/acts", json={"act": act, **document})

    def file(self, **document: object) -> Response:
        """File a request for someone."""
        return self.browser.post("/api/v1/desk/requests", json=document)

    def queue(self, path: str = "") -> list[dict[str, Any]]:
        """Return the requests of a page."""
        found: list[dict[str, Any]] = self.get(path).json()["requests"]
        return found


@pytest.fixture
def alice(service: Service) -> Caller:
    """Return a program that acts for alice."""
    return Caller(service, service.register(ALICE))


@pytest.fixture
def number(alice: Caller) -> str:
    """Return the number of a letter of alice's to support."""
    return str(alice.post("/requests", kind="support", text=LETTER).json()["number"])


def test_the_queue_shows_what_is_open_with_a_mask(service: Service, number: str) -> None:
    """Who may read sees a mask of the name, which is a use on record; an auditor sees none."""
    officer, auditor = Desk(service, Role.OFFICER), Desk(service, Role.AUDITOR)
    (seen,) = officer.queue()
    assert (seen["number"], seen["kind"], seen["urgency"]) == (number, "support", "calm")
    assert seen["mask"]
    assert "Nguyễn" not in seen["mask"]
    assert auditor.queue()[0] == seen | {"mask": None}
    assert officer.get("").json()["count"] == {"proven": 1, "late": 0, "soon": 0, "unproven": 0, "failing": 0}
    assert (officer.queue("?kind=erase"), officer.queue("?list=ended"), officer.queue("?holder=nobody1")) == (
        [],
        [],
        [],
    )


def test_a_queue_goes_on_where_its_page_ended(service: Service, alice: Caller) -> None:
    """Page by page there and back, each request once; a place that no page gave is refused."""
    for place in range(27):
        service.clock.advance(timedelta(minutes=30))
        assert alice.post("/requests", kind="support", text=f"Câu hỏi {place}").status_code == 201
    desk = Desk(service, Role.SUPPORT)
    first = desk.get("").json()
    assert (len(first["requests"]), first["newer"]) == (25, None)
    second = desk.browser.get("/api/v1/desk/requests", params={"after": first["older"]}).json()
    assert (len({one["number"] for one in first["requests"] + second["requests"]}), second["older"]) == (27, None)
    back = desk.browser.get("/api/v1/desk/requests", params={"before": second["newer"]}).json()
    assert back["requests"] == first["requests"]
    for wrong in ("x", "2026-11-22 a", "2026-11-22T00:00:00+00:00", "2026-11-22T00:00:00+00:00 '"):
        assert desk.browser.get("/api/v1/desk/requests", params={"after": wrong}).status_code == 400


def test_words_open_on_a_reason_that_their_writer_reads(service: Service, alice: Caller, number: str) -> None:
    """Without one nothing opens; with one the thread does, and alice finds the reason on her request."""
    support = Desk(service, Role.SUPPORT)
    assert support.get(f"/{number}/messages").status_code == 403
    assert LETTER not in support.get(f"/{number}").text
    assert support.act(number, "read", reason="Để trả lời câu hỏi này.").status_code == 200
    (message,) = support.get(f"/{number}/messages").json()
    assert (message["text"], message["staff"]) == (LETTER, None)
    assert Desk(service, Role.SUPPORT).get(f"/{number}/messages").status_code == 403
    lines = alice.get(f"/requests/{number}").json()["timeline"]
    assert [(one["staff"], one["text"]) for one in lines if one["text"]] == [
        (support.member.pseudonym, "Để trả lời câu hỏi này.")
    ]


def test_staff_answer_and_the_customer_reads_it(service: Service, alice: Caller, number: str) -> None:
    """A note stays among staff; a reply ends the letter, and stands in alice's thread."""
    support = Desk(service, Role.SUPPORT)
    assert support.act(number, "assign", to=support.member.pseudonym).json()["assigned_to"] == support.member.pseudonym
    assert support.act(number, "note", text="Đã gọi hỏi.").status_code == 200
    assert support.act(number, "reply", text="Bạn bật Bluetooth giúp nhé.").json()["state"] == "done"
    thread = alice.get(f"/requests/{number}/messages").json()
    assert [(one["by_you"], one["text"]) for one in thread["messages"]] == [
        (True, LETTER),
        (False, "Bạn bật Bluetooth giúp nhé."),
    ]
    assert "Đã gọi hỏi." not in alice.get(f"/requests/{number}").text


def test_a_role_does_what_is_its_own_and_no_more(service: Service, alice: Caller) -> None:
    """Support refuses no right and extends nothing, an auditor does nothing, an admin sees nothing."""
    number = alice.post("/requests", kind="restrict", purposes=["notify"]).json()["number"]
    support, auditor, admin = (Desk(service, role) for role in (Role.SUPPORT, Role.AUDITOR, Role.ADMIN))
    assert support.act(number, "refuse", reason="Không có quyền này.").status_code == 403
    assert support.act(number, "extend", reason="Lâu hơn.").status_code == 403
    assert auditor.get(f"/{number}").status_code == 200
    for act in ("refuse", "extend", "read", "verify_in_person"):
        assert auditor.act(number, act, reason="Vì sao?").status_code == 403
    assert auditor.act(number, "assign").status_code == 403
    assert [admin.get(path).status_code for path in ("", f"/{number}", f"/{number}/messages")] == [403, 403, 403]
    refused = Desk(service, Role.OFFICER).act(number, "refuse", reason="Mục đích này do luật định.")
    assert refused.json()["state"] == "refused"
    told = alice.get(f"/requests/{number}").json()["timeline"][-1]
    assert (told["event"], told["text"]) == ("refuse", "Mục đích này do luật định.")


def test_a_request_is_filed_without_learning_who_has_an_account(service: Service, alice: Caller) -> None:
    """For alice and for nobody: the same status and form; hers waits for her proof, nothing is carried out."""
    support = Desk(service, Role.SUPPORT)
    filed = support.file(email=ALICE["email"], kind="access", reason="Khách gọi điện.")
    nobody = support.file(email="carol@shop.example", kind="access", reason="Khách gọi điện.")
    assert (filed.status_code, set(filed.json())) == (nobody.status_code, set(nobody.json())) == (201, {"number"})
    shown = [support.get(f"/{one.json()['number']}").json() for one in (filed, nobody)]
    assert shown[0]["state"] == shown[1]["state"] == "unverified"
    assert {one["number"] for one in alice.get("/requests").json()} == {filed.json()["number"]}
    assert support.file(email="x", phone="0901234567", kind="access", reason="Hai.").status_code == 422


def test_what_destroys_takes_two_of_the_staff(service: Service, alice: Caller) -> None:
    """Who proposed it cannot approve it; who declines says why; another officer's yes sets it going, and no sooner."""
    support, first, second = (Desk(service, role) for role in (Role.SUPPORT, Role.OFFICER, Role.OFFICER))
    number = support.file(email=ALICE["email"], kind="erase", reason="Khách gọi xin xóa.").json()["number"]
    assert first.act(number, "propose", reason="Khách không có máy.").status_code == 409
    assert support.act(number, "verify_in_person", reason="Đã xem căn cước.").status_code == 200
    assert first.act(number, "propose", reason="Khách không có máy.").json()["state"] == "proposed"
    assert first.act(number, "approve").status_code == 403
    assert support.act(number, "approve").status_code == 403
    assert second.act(number, "decline", reason="Gọi lại xác nhận đã.").json()["state"] == "verified"
    assert first.act(number, "propose", reason="Khách xác nhận lần nữa.").status_code == 200
    assert second.act(number, "approve").json()["state"] == "approved"
    assert alice.get(f"/requests/{number}").json()["may_withdraw"]


def test_what_one_may_carry_out_alone_is_carried_out(service: Service, alice: Caller) -> None:
    """A correction filed for a caller who was seen in person: as they said it, with its reason."""
    support = Desk(service, Role.SUPPORT)
    filed = support.file(
        phone=ALICE["phone"], kind="rectify", item="name", value="Alice Trần", reason="Đổi họ theo căn cước."
    )
    number = filed.json()["number"]
    assert support.act(number, "carry_out", reason="Khách nhờ làm.").status_code == 403
    assert support.act(number, "verify_in_person", reason="Đã xem căn cước.").status_code == 200
    assert support.act(number, "carry_out", reason="Khách nhờ làm.").json()["state"] == "done"
    told = [one["text"] for one in alice.get(f"/requests/{number}").json()["timeline"] if one["text"]]
    assert told == ["Đổi họ theo căn cước.", "Đã xem căn cước.", "Khách nhờ làm."]


def test_the_desk_in_numbers_is_for_all_staff(service: Service, number: str) -> None:
    """Counts and what needs care, without a word of anybody; requests themselves stay closed to an admin."""
    admin = Desk(service, Role.ADMIN).browser
    overview = admin.get("/api/v1/desk/overview").json()
    assert overview["count"]["proven"] == 1
    assert {one["kind"]: sum(one["ages"]) for one in overview["open"]}["support"] == 1
    health = admin.get("/api/v1/desk/health").json()
    assert (health["late"], health["failing"], health["jobs_failed"]) == ([], [], 0)
    assert health["calendar_until"] >= "2027-12-31"
    assert admin.get(f"/api/v1/desk/requests/{number}").status_code == 403


def test_evidence_is_taken_by_officers_and_auditors(service: Service, number: str) -> None:
    """A zip without a word of the letter; support takes none."""
    service.settle()
    for role, status in ((Role.OFFICER, 200), (Role.AUDITOR, 200), (Role.SUPPORT, 403)):
        taken = Desk(service, role).browser.post(f"/api/v1/desk/requests/{number}/evidence")
        assert taken.status_code == status
        assert taken.headers["content-type"] == ("application/zip" if status == 200 else "application/problem+json")
        if status == 200:
            with zipfile.ZipFile(io.BytesIO(taken.content)) as pack:
                assert not any(LETTER.encode() in pack.read(name) for name in pack.namelist())


def test_who_is_not_staff_has_no_desk(service: Service, alice: Caller, number: str) -> None:
    """Neither a customer's token nor none opens it, and staff's opens nothing of customers."""
    service.register(BOB)
    desk = Desk(service, Role.OFFICER)
    for caller in (alice.browser, service.browser()):
        answer = caller.get(f"/api/v1/desk/requests/{number}")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert desk.browser.get("/api/v1/requests").status_code == 401
    assert desk.get("/00000-00000").status_code == 404
