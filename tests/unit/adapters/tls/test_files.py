"""The authority's files appear whole, stay private, and are never written over."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from camket.adapters.tls.authority import make_authority
from camket.adapters.tls.files import open_authority, serving_file
from camket.adapters.tls.names import LanNames, names_for
from camket.core.errors import TlsError
from tests.unit.adapters.tls.conftest import ADDRESSES, NOW

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
FILES = ["authority.pem", "root.crt"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where an authority may be made."""
    return tmp_path / "tls"


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file with its bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_authority_is_made_once(folder: Path) -> None:
    """The first start makes it, private to its owner; the next one opens the same."""
    made = open_authority(folder, NOW)
    before = contents(folder)
    assert sorted(before) == FILES
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    again = open_authority(folder, NOW + 100 * DAY)
    assert (again.root, again.issuer) == (made.root, made.issuer)
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["tls"]


def test_a_certificate_is_kept_while_it_serves(folder: Path, names: LanNames) -> None:
    """A start with the same names keeps certificate and key; python's own TLS can serve with the file."""
    authority = open_authority(folder, NOW)
    path = serving_file(folder, authority, names, NOW)
    before = path.read_bytes()
    assert serving_file(folder, authority, names, NOW + DAY).read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path)
    assert x509.load_pem_x509_certificates(before)[1] == authority.issuer


def test_a_changed_address_makes_a_new_certificate_of_the_same_authority(folder: Path, names: LanNames) -> None:
    """After a restart under another address phones need not trust anything anew."""
    authority = open_authority(folder, NOW)
    before = serving_file(folder, authority, names, NOW).read_bytes()
    authority = open_authority(folder, NOW + DAY)
    after = serving_file(folder, authority, names_for(ADDRESSES[:1], host_name="stall"), NOW + DAY).read_bytes()
    assert after != before
    x509.load_pem_x509_certificates(after)[0].verify_directly_issued_by(authority.issuer)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("content", [b"", b"not a certificate", b"\x00" * 2000], ids=["empty", "text", "zeros"])
def test_unreadable_files_are_named_and_left_alone(folder: Path, file: str, content: bytes) -> None:
    """A file that is not what camket wrote is named with what to do, and nothing is written."""
    open_authority(folder, NOW)
    (folder / file).write_bytes(content)
    before = contents(folder)
    with pytest.raises(TlsError, match=rf"{file}` cannot be used.*move the whole folder away"):
        open_authority(folder, NOW)
    assert contents(folder) == before


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_not_made_anew(folder: Path, file: str) -> None:
    """Half an authority is no reason to make another one behind the operator's back."""
    open_authority(folder, NOW)
    (folder / file).unlink()
    with pytest.raises(TlsError, match=f"{file}.*no such file"):
        open_authority(folder, NOW)
    assert not (folder / file).exists()


def test_a_folder_with_something_else_is_left_alone(folder: Path) -> None:
    """A folder that holds somebody's own certificates is refused, not filled."""
    folder.mkdir(mode=0o700)
    (folder / "mine.crt").write_bytes(b"x")
    (folder / "mine.crt").chmod(0o600)
    with pytest.raises(TlsError, match="cannot be used"):
        open_authority(folder, NOW)
    assert sorted(contents(folder)) == ["mine.crt"]


def test_somebody_elses_certificate_is_not_written_over(folder: Path, tmp_path: Path, names: LanNames) -> None:
    """A certificate that another authority signed stays where it was put, and the start says so."""
    authority = open_authority(folder, NOW)
    other = open_authority(tmp_path / "other", NOW)
    foreign = serving_file(tmp_path / "other", other, names, NOW).read_bytes()
    (folder / "server.pem").write_bytes(foreign)
    (folder / "server.pem").chmod(0o600)
    with pytest.raises(TlsError, match="another authority's"):
        serving_file(folder, authority, names, NOW)
    assert (folder / "server.pem").read_bytes() == foreign


def test_a_key_that_others_can_read_is_refused(folder: Path) -> None:
    """A key open to other accounts is not used; the message has the command that closes it."""
    open_authority(folder, NOW)
    (folder / "authority.pem").chmod(0o640)
    with pytest.raises(TlsError, match=r"mode 0640.*chmod 600"):
        open_authority(folder, NOW)


def test_the_files_of_two_authorities_do_not_mix(folder: Path, tmp_path: Path) -> None:
    """A root put back from another installation is refused."""
    open_authority(folder, NOW)
    open_authority(tmp_path / "other", NOW)
    (folder / "root.crt").write_bytes((tmp_path / "other" / "root.crt").read_bytes())
    with pytest.raises(TlsError, match="not of one authority"):
        open_authority(folder, NOW)


def test_an_authority_at_its_end_says_so(folder: Path) -> None:
    """Near the end of its ten years it says when it ends and that phones will have to trust a new one."""
    open_authority(folder, NOW)
    with pytest.raises(TlsError, match=r"ends on 2036-11-21.*trust anew"):
        open_authority(folder, NOW + 3640 * DAY)


def test_nothing_is_left_where_the_disk_refuses(tmp_path: Path) -> None:
    """A folder that cannot be made is named, and no draft stays behind."""
    with pytest.raises(TlsError, match="no such file or directory"):
        open_authority(tmp_path / "absent" / "tls", NOW)
    assert list(tmp_path.iterdir()) == []


def test_each_authority_is_told_apart_by_its_name() -> None:
    """Two installations have two names in a phone's list, and two fingerprints of 32 pairs."""
    one, other = make_authority(NOW), make_authority(NOW)
    assert one.name != other.name
    assert one.name.startswith("camket LAN ")
    assert len(one.fingerprint.split(":")) == 32
