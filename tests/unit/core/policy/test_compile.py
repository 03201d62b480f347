"""From files to a version: clauses and hashes."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from camket.core.errors import InvalidValueError, PolicyError
from camket.core.policy.check import check
from camket.core.policy.compile import compile_policy
from camket.core.policy.model import ClauseKind, PolicyVersion
from camket.core.policy.version import consent_hash
from tests.unit.core.policy.files import CONFORMANCE, Files, changed, smallest_files

POLICY = "policy.yaml"


def compiled(files: Files) -> PolicyVersion:
    """Return version 1 of the files."""
    return compile_policy(files, number=1)


def ids(version: PolicyVersion, kind: ClauseKind) -> list[str]:
    """Return the ids of the clauses of one kind."""
    return [clause.id for clause in version.clauses if clause.kind is kind]


def test_the_smallest_policy_comes_down_to_these_clauses() -> None:
    """Each declaration becomes its cells, named as in the normative text."""
    version = compiled(smallest_files())
    assert ids(version, ClauseKind.COLLECT) == [
        "collect(email, account, provided)",
        "collect(log.path, sales, observed)",
    ]
    assert ids(version, ClauseKind.KEEP) == ["keep(email, account@collected)", "keep(log.path, P400D@collected)"]
    assert ids(version, ClauseKind.SHARE) == ["share(email, carrier, consent)"]
    assert ids(version, ClauseKind.USE) == [
        "use(email, promote, consent)",
        "use(email, provide, stated)",
        "use(log.path, provide, stated)",
    ]
    assert ids(version, ClauseKind.NOTICE) == [
        "notice(account, banner, none)",
        "notice(account, email, P30D)",
        "notice(account, page, P30D)",
        "notice(sales, banner, none)",
        "notice(sales, email, none)",
        "notice(sales, page, P30D)",
    ]
    assert [each for each in ids(version, ClauseKind.RIGHT) if each.startswith("right(erase")] == [
        "right(erase, complete, P20D)",
        "right(erase, fee, 0)",
        "right(erase, present, yes)",
        "right(erase, reply, P2D)",
        "right(erase, verification, email_code)",
    ]


def test_a_right_that_is_not_offered_is_one_clause_that_says_so() -> None:
    """The library does not offer a copy: there is no deadline, fee or proof of a right that is not there."""
    files = {each.name: each.read_bytes() for each in (CONFORMANCE / "library").iterdir()}
    rights = ids(compiled(files), ClauseKind.RIGHT)
    assert [each for each in rights if each.startswith("right(port")] == ["right(port, present, no)"]


def test_a_renamed_id_keeps_its_root() -> None:
    """The bookshop's address was renamed twice; its clauses carry the first name as their identity."""
    files = {each.name: each.read_bytes() for each in (CONFORMANCE / "bookshop").iterdir()}
    (clause,) = [each for each in compiled(files).clauses if each.id.startswith("collect(delivery.address")]
    assert clause.parts == ("delivery.address", "orders", "provided")
    assert clause.roots == ("address", "checkout", "provided")


def test_the_document_hash_is_what_public_tools_give() -> None:
    """It is the hash of the list of hashes that `sha256sum` prints for the folder in C order."""
    files = smallest_files()
    listing = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    assert compiled(files).document_hash == hashlib.sha256(listing.encode()).hexdigest()


@pytest.mark.parametrize("name", sorted(smallest_files()))
def test_any_byte_of_any_file_changes_the_document_hash(name: str) -> None:
    """One more space at the end of any file is another document (P17), and the same meaning."""
    files = smallest_files()
    before, after = compiled(files), compiled({**files, name: files[name] + b"\n"})
    assert before.document_hash != after.document_hash
    assert before.meaning_hash == after.meaning_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      en: Page opened", "      en: Page that was opened"),
        ("      vi: Để gửi mã đăng nhập.", "      vi: Để gửi mã cho bạn."),
        ("  email: privacy@stall.example", "  email: data@stall.example"),
        ("# The smallest", "# A small"),
    ],
)
def test_words_do_not_change_the_meaning(old: str, new: str) -> None:
    """Labels, explanations, contacts and comments decide nothing about a subject."""
    files = smallest_files()
    assert compiled(changed(files, POLICY, old, new)).meaning_hash == compiled(files).meaning_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    maximum: 400 days", "    maximum: 401 days"),
        ("      minimum: 365 days", "      minimum: 364 days"),
        ("      article: Nghị định 333/2026/NĐ-CP", "      article: Nghị định 334/2026/NĐ-CP"),
        ("    dpv: pd:EmailAddress", "    dpv: pd:Identifier"),
        ("    dpv: dpv:DirectMarketing", "    dpv: dpv:CommunicationManagement"),
        ("    dpv: pd:BrowsingBehaviour", "    dpv: pd:BrowsingBehaviour\n    sensitive: true"),
        ("    country: VN\n    dpv: dpv:DataProcessor", "    country: SG\n    dpv: dpv:DataProcessor"),
        ("  quiet: 180 days", "  quiet: 181 days"),
        ("  cooling_off: 0 days", "  cooling_off: 1 day"),
        ("  unconfirmed: 24 hours", "  unconfirmed: 25 hours"),
        ("  records: 730 days", "  records: 731 days"),
        ("    complete: 20 days", "    complete: 19 days"),
        ("    email: 30 days", "    email: 31 days"),
        ("  - consent\n  - law", "  - consent\n  - law\n  - terms"),
    ],
)
def test_what_decides_about_a_subject_changes_the_meaning(old: str, new: str) -> None:
    """Every term that gate, vault or clocks go by is part of the meaning hash."""
    files = changed(smallest_files(), POLICY, old, new)
    if "terms" in new:
        for name in ("prose.vi.md", "prose.en.md"):
            files[name] += b"\n{ground:terms}\n"
    assert compiled(files).meaning_hash != compiled(smallest_files()).meaning_hash


def test_a_rename_keeps_the_meaning() -> None:
    """An item under a new id that names its old one means what it meant."""
    files = {name: data.replace(b"log.path", b"log.page") for name, data in smallest_files().items()}
    renamed = changed(files, POLICY, "source: observed}\n", "source: observed}\n    renamed_from:\n      - log.path\n")
    assert compiled(renamed).meaning_hash == compiled(smallest_files()).meaning_hash


def test_a_consent_means_its_purpose_and_not_its_items() -> None:
    """Its hash stays when items come or go or words change, and changes with the purpose's term or root."""
    files = smallest_files()
    before = consent_hash(compiled(files).policy, purpose="promote")
    listed = "    dpv: dpv:DirectMarketing\n    items:\n      - email\n"
    more = changed(files, POLICY, listed, f"{listed}      - log.path\n")
    assert consent_hash(compiled(more).policy, purpose="promote") == before
    other = changed(files, POLICY, "dpv:DirectMarketing", "dpv:CommunicationManagement")
    assert consent_hash(compiled(other).policy, purpose="promote") != before
    assert consent_hash(compiled(files).policy, purpose="provide") != before


def test_a_consent_to_share_means_its_recipient_and_country() -> None:
    """The recipient decides, also where a purpose is named beside it; another country is another question."""
    files = smallest_files()
    before = consent_hash(compiled(files).policy, recipient="carrier")
    assert consent_hash(compiled(files).policy, recipient="carrier", purpose="promote") == before
    abroad = changed(files, POLICY, "    country: VN\n    dpv: dpv:Data", "    country: SG\n    dpv: dpv:Data")
    assert consent_hash(compiled(abroad).policy, recipient="carrier") != before


def test_there_is_no_consent_to_what_is_not_declared() -> None:
    """Asking for the hash of an undeclared purpose or recipient, or of nothing, is refused."""
    policy = compiled(smallest_files()).policy
    for asked in ({"purpose": "promotion"}, {"recipient": "bank"}, {}):
        with pytest.raises(InvalidValueError):
            consent_hash(policy, **asked)


def test_a_policy_with_findings_is_not_compiled() -> None:
    """Compiling raises with every finding that checking gives, and nothing is made."""
    files = changed(smallest_files(), POLICY, "registration: account", "registration: acount")
    with pytest.raises(PolicyError) as caught:
        compile_policy(files, number=2)
    assert caught.value.findings == check(files)


def test_findings_come_in_the_order_of_the_files() -> None:
    """All findings of all files come at once, by file and line, none twice."""
    files = changed(smallest_files(), "terms.en.md", "1.2 Goods", "Goods")
    files = changed(changed(files, POLICY, "    kind: email", "    kind: mail"), "prose.vi.md", "{right:port}", "port")
    found = check(files)
    assert list(found) == sorted(set(found))
    assert {finding.file for finding in found} == {POLICY, "terms.en.md"}


def test_no_path_of_a_policy_is_read_by_the_core() -> None:
    """A bundle is all that compiling needs: a policy that lies nowhere on disk compiles the same."""
    assert not Path("policy.yaml").exists()
    assert compile_policy(smallest_files(), number=7).number == 7


def test_a_policy_says_how_many_approve_the_next_version() -> None:
    """One officer where it says nothing, two where it wants four eyes; what it means for a subject stays the same."""
    files = smallest_files()
    four_eyes = compiled({**files, POLICY: files[POLICY] + b"\npublishing:\n  approvals: 2\n"})
    alone = compiled(files)
    assert (alone.policy.approvals, four_eyes.policy.approvals) == (1, 2)
    assert alone.meaning_hash == four_eyes.meaning_hash
    with pytest.raises(InvalidValueError, match="by one officer or by two"):
        replace(alone.policy, approvals=3)
