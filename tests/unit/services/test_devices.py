from __future__ import annotations

import pytest

from camket.services.devices import DeviceFacts, device_facts, device_id


@pytest.mark.parametrize(
    ("headers", "facts"),
    [
        ({}, DeviceFacts()),
        (
            {"user-agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile"},
            DeviceFacts(os_version="Android 10", browser="Chrome 142"),
        ),
        (
            {
                "user-agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
                "sec-ch-ua": '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
                "sec-ch-ua-model": '"SM-A546E"',
                "sec-ch-ua-platform": '"Android"',
                "sec-ch-ua-platform-version": '"14.0.0"',
            },
            DeviceFacts(model="SM-A546E", os_version="Android 14.0.0", browser="Google Chrome 142"),
        ),
        (
            {
                "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
            },
            DeviceFacts(os_version="iOS 18.1", browser="Safari 18"),
        ),
        (
            {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36 Edg/142.0"},
            DeviceFacts(os_version="Windows NT 10.0", browser="Edge 142"),
        ),
        ({"user-agent": "curl/8.5"}, DeviceFacts()),
        ({"sec-ch-ua-model": '""', "sec-ch-ua": "broken", "user-agent": "\x00\xff"}, DeviceFacts()),
    ],
)
def test_hints_come_before_the_reduced_user_agent(headers: dict[str, str], facts: DeviceFacts) -> None:
    """What a request shows is read; what it does not show, or hides behind `K`, is nothing."""
    assert device_facts(headers, None) == facts


def test_what_a_header_says_is_bounded() -> None:
    """A header of any length gives a short fact."""
    facts = device_facts({"sec-ch-ua-model": f'"{"x" * 500}"'}, "192.0.2.1")
    assert facts.model == "x" * 120
    assert facts.network == "192.0.2.1"


def test_a_device_id_is_one_subjects_alone() -> None:
    """The same browser is another device for another subject, and the same one each time for the same subject."""
    assert device_id("alice", "browser") == device_id("alice", "browser")
    assert device_id("alice", "browser") != device_id("bob", "browser")
    assert device_id("alice", "browser") != device_id("alice", "another")
