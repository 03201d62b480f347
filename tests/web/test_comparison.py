"""What changed between versions, on the policy page and in the API, for everyone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from camket.adapters.policy_files import read_policy_folder
from camket.services.policies import publish_policy
from tests.web.conftest import ROOT
from tests.web.test_privacy_centre import text_of

if TYPE_CHECKING:
    from tests.web.conftest import Service

DEFAULT = ROOT / "policies" / "default"
LONGER = ("policy.yaml", "maximum: 400 days", "maximum: 800 days")
SHORTER = ("policy.yaml", "maximum: 90 days", "maximum: 60 days")
REWORDED = ("prose.en.md", "We collect information", "We take in information")


def publish(service: Service, *edits: tuple[str, str, str], in_days: int = 0) -> None:
    """Publish the default policy with edits, a day after the one before."""
    files = dict(read_policy_folder(DEFAULT))
    for name, old, new in edits:
        text = files[name].decode()
        assert old in text
        files[name] = text.replace(old, new).encode()
    service.clock.advance(timedelta(days=1))
    at = service.clock.instant + timedelta(days=in_days) if in_days else None
    publish_policy(service.runtime.context, files, effective_at=at)


def test_a_change_is_said_in_plain_words_by_what_it_is_for_the_reader(service: Service) -> None:
    """What waits for a yes, what is better, and what is words alone stand apart, with both versions and their days."""
    publish(service, LONGER, SHORTER, REWORDED)
    page = text_of(service.browser().get("/policy/compare?from=1&to=2&lang=en"))
    assert "Version 1 (in force since 22/11/2026)" in page
    assert "Version 2 (in force since 23/11/2026)" in page
    waits, better, words = (
        page.index(title) for title in ("Only for those who agree", "Better for you", "Words alone")
    )
    keeps = "Keeps “Page opened” for 800 days instead of 400 days, from collection."
    assert waits < page.index(keeps) < better
    assert better < page.index("for 60 days instead of 90 days, from its last use.") < words
    assert words < page.index("The section “The opening” of the text is reworded.")
    assert "We take in information" in page[words:]
    assert "Other changes" not in page
    vietnamese = text_of(service.browser().get("/policy/compare?from=1&to=2&lang=vi"))
    assert "Giữ “Trang được mở” 800 ngày thay vì 400 ngày, kể từ khi thu thập." in vietnamese


def test_by_default_it_is_the_newest_version_and_the_one_before(service: Service) -> None:
    """Without numbers the last change is shown, also one to come; the order of two is no matter."""
    publish(service, SHORTER)
    publish(service, SHORTER, LONGER, in_days=30)
    browser = service.browser()
    page = text_of(browser.get("/policy/compare?lang=en"))
    assert "800 days" in page
    assert "60 days" not in page
    assert "takes effect on" in page
    one = text_of(browser.get("/policy/compare?from=3&to=2&lang=en"))
    assert one == text_of(browser.get("/policy/compare?from=2&to=3&lang=en"))


def test_versions_in_between_are_counted_and_led_to(service: Service) -> None:
    """Over several versions the steps are linked, and what was better in between is said to stay for who was there."""
    publish(service, ("policy.yaml", "maximum: 400 days", "maximum: 380 days"))
    publish(service)
    answer = service.browser().get("/policy/compare?from=1&to=3&lang=en")
    page = text_of(answer)
    assert "There are versions in between" in page
    assert 'href="/policy/compare?from=1&amp;to=2"' in answer.text
    assert 'href="/policy/compare?from=2&amp;to=3"' in answer.text
    assert "the better value in between holds for who has not agreed" in page


def test_the_only_version_has_nothing_before_it(untouched: Service) -> None:
    """Before the first change the page says that there was none; no choice of versions is offered."""
    answer = untouched.browser().get("/policy/compare?lang=en")
    assert "nothing has changed since the beginning" in text_of(answer)
    assert "<select" not in answer.text


def test_versions_that_say_the_same_are_said_to(service: Service) -> None:
    """A version that differs in a comment, and a version compared with itself, are told apart from real changes."""
    publish(service, ("policy.yaml", "camket: 1", "# one more line\ncamket: 1"))
    browser = service.browser()
    assert "say the same in the same words" in text_of(browser.get("/policy/compare?from=1&to=2&lang=en"))
    assert "one and the same version" in text_of(browser.get("/policy/compare?from=2&to=2&lang=en"))


@pytest.mark.parametrize("query", ["from=1&to=9", "from=x&to=1", "from=&to=1", "from=1&to=-1", "to=01", "from=1.0"])
def test_a_number_that_is_no_version_is_not_found(untouched: Service, query: str) -> None:
    """Only numbers of versions, written as they are, can be compared."""
    assert untouched.browser().get(f"/policy/compare?{query}").status_code == 404


def test_each_version_leads_to_what_it_changed(service: Service) -> None:
    """The list of versions and the policy page link to the comparison with the version before; the first has none."""
    publish(service, SHORTER)
    browser = service.browser()
    link = 'href="/policy/compare?from=1&amp;to=2"'
    assert browser.get("/policy/versions").text.count(link) == 1
    assert link in browser.get("/policy").text
    assert "/policy/compare" not in browser.get("/policy/versions/1").text


def test_programs_get_the_comparison_with_every_clause(service: Service) -> None:
    """The API gives both versions, what it comes to, and each difference with clauses, effect and both languages."""
    publish(service, LONGER, REWORDED)
    browser = service.browser()
    found = browser.get("/api/v1/policy/compare", params={"from": 1, "to": 2}).json()
    assert (found["before"]["number"], found["after"]["number"]) == (1, 2)
    assert (found["reduces"], found["significant"]) == (True, True)
    kept = next(one for one in found["differences"] if one["clauses_after"] == ["keep(log.path, P800D@collected)"])
    assert kept["clauses_before"] == ["keep(log.path, P400D@collected)"]
    assert (kept["change"], kept["effect"], kept["binds_all_at_once"]) == ("widened", "worse", False)
    assert set(kept["says"]) == {"vi", "en"}
    words = next(one for one in found["differences"] if one["change"] == "reworded")
    assert "We collect information" in words["rewordings"]["en"]["before"]
    assert browser.get("/api/v1/policy/compare", params={"from": 2, "to": 1}).json() == found
    assert browser.get("/api/v1/policy/compare", params={"from": 1, "to": 9}).status_code == 404
    assert browser.get("/api/v1/policy/compare", params={"from": 0, "to": 1}).status_code == 422
    assert browser.get("/api/v1/policy/compare").status_code == 422


def test_gpc_is_stated_with_its_day(service: Service) -> None:
    """The support resource is JSON with `gpc` true and `lastUpdate` as a day that is not before the first version."""
    answer = service.browser().get("/.well-known/gpc.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"gpc": True, "lastUpdate": "2026-11-22"}
    assert date.fromisoformat(answer.json()["lastUpdate"]) == service.clock.instant.date()
