from __future__ import annotations

import json

import pytest

from camket.core.errors import NotFoundError
from camket.rows import CodeKind
from camket.services.sessions import Session, find_session, list_sessions, revoke_session, sign_out
from camket.services.signin import confirm_sign_in, start_sign_in
from tests.unit.services.conftest import ALICE, BOB, FIREFOX, Service

PHONE = {"user-agent": "Mozilla/5.0 (Linux; Android 14; Redmi 12) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"}


def _session(service: Service, token: str) -> Session:
    session = find_session(service.ctx, token)
    assert session is not None
    return session


def _sign_in_again(service: Service, browser: str) -> Session:
    start_sign_in(service.ctx, email=ALICE["email"], browser=browser, address=None)
    code = service.code(browser, CodeKind.SIGN_IN)
    arrived = confirm_sign_in(service.ctx, browser=browser, code=code, headers=PHONE, address="192.0.2.4")
    return _session(service, arrived.session_token)


def test_a_session_slides_on_while_it_is_used(service: Service) -> None:
    """Seen within thirty days it stays; thirty days without a visit and it is over, to the microsecond."""
    token = service.register(ALICE).session_token
    service.clock.advance(days=29)
    assert find_session(service.ctx, token) is not None
    service.clock.advance(days=30, microseconds=-1)
    assert find_session(service.ctx, token) is not None
    service.clock.advance(days=30)
    assert find_session(service.ctx, token) is None


def test_a_session_ends_for_good_after_half_a_year(service: Service) -> None:
    """However often it is used."""
    token = service.register(ALICE).session_token
    for _ in range(9):
        service.clock.advance(days=19)
        assert find_session(service.ctx, token) is not None
    service.clock.advance(days=9)
    assert find_session(service.ctx, token) is None


def test_being_seen_is_written_once_an_hour(service: Service) -> None:
    """A request within the hour writes nothing."""
    token = service.register(ALICE).session_token
    service.clock.advance(minutes=59)
    assert _session(service, token).last_seen_at < service.clock.now()
    service.clock.advance(minutes=1)
    find_session(service.ctx, token)
    assert _session(service, token).last_seen_at == service.clock.now()


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "\x00", "ộ"])
def test_a_token_that_is_no_ones_finds_nothing(service: Service, token: str) -> None:
    """Whatever a cookie holds."""
    service.register(ALICE)
    assert find_session(service.ctx, token) is None


def test_the_token_is_nowhere_in_the_data_folder(service: Service) -> None:
    """What is kept is its hash."""
    token = service.register(ALICE).session_token
    written = b"".join(file.read_bytes() for file in (service.folder / "data").rglob("*") if file.is_file())
    assert token.encode() not in written


def test_sessions_are_listed_device_by_device(service: Service) -> None:
    """Each with what its browser said, the one that asks marked, and the look at it on record."""
    first = _session(service, service.register(ALICE).session_token)
    second = _sign_in_again(service, "phone")
    views = {view.id: view for view in list_sessions(service.ctx, second)}
    assert set(views) == {first.id, second.id}
    assert views[first.id].label == "Firefox 145 · Linux"
    assert views[second.id].label == "Chrome 142 · Android 14 · Redmi 12"
    assert [view.current for view in views.values() if view.id == second.id] == [True]
    assert not views[first.id].current
    (row,) = service.ctx.store.read(lambda unit: unit.records.of_subject(first.subject_id, limit=1))
    assert json.loads(row.facts)["purpose"] == "rights"


def test_a_revoked_session_is_over_at_once(service: Service) -> None:
    """The other browser is signed out; a second time there is nothing to end."""
    token = service.register(ALICE).session_token
    first = _session(service, token)
    second = _sign_in_again(service, "phone")
    revoke_session(service.ctx, second, first.id)
    assert find_session(service.ctx, token) is None
    assert [view.id for view in list_sessions(service.ctx, second)] == [second.id]
    with pytest.raises(NotFoundError):
        revoke_session(service.ctx, second, first.id)


def test_no_one_ends_another_ones_session(service: Service) -> None:
    """A session id of someone else is as good as none."""
    token = service.register(ALICE).session_token
    alice = _session(service, token)
    bob = _session(service, service.register(BOB, browser="bob").session_token)
    with pytest.raises(NotFoundError):
        revoke_session(service.ctx, bob, alice.id)
    assert find_session(service.ctx, token) is not None


def test_signing_out_ends_this_session_alone(service: Service) -> None:
    """Twice is once."""
    token = service.register(ALICE).session_token
    second = _sign_in_again(service, "phone")
    sign_out(service.ctx, second)
    sign_out(service.ctx, second)
    assert [view.id for view in list_sessions(service.ctx, _session(service, token))] == [_session(service, token).id]


def test_a_device_that_comes_again_replaces_what_it_said(service: Service) -> None:
    """Signing in twice from one browser leaves one device, with what it says now; each sign-in has its time."""
    subject_id = service.register(ALICE, browser="phone").subject_id
    service.clock.advance(hours=1)
    _sign_in_again(service, "phone")
    opened = service.ctx.door.read(actor="subject", subject_id=subject_id, items=(), purpose="rights")
    assert [value.text for value in opened.values["device.browser"]] == ["Chrome 142"]
    assert [value.text for value in opened.values["device.network"]] == ["192.0.2.4"]
    assert [value.text for value in opened.values["service.use"]] == ["account"]
    assert len(opened.values["signin.time"]) == 2


def test_what_the_browser_did_not_show_is_not_held(service: Service) -> None:
    """No address, no model: no value."""
    subject_id = service.register(ALICE).subject_id
    opened = service.ctx.door.read(actor="subject", subject_id=subject_id, items=(), purpose="rights")
    assert "device.model" not in opened.values
    assert "device.network" not in opened.values
    assert FIREFOX
