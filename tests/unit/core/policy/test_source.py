"""The files of a policy as bytes, and the bundle that the store keeps."""

import json

import pytest

from camket.core.errors import PolicyError
from camket.core.policy.source import MAX_FILE_BYTES, decode, from_bundle, to_bundle
from tests.unit.core.policy.files import default_files


def finding_of(data: bytes) -> str:
    """Return the one finding that decoding gives."""
    with pytest.raises(PolicyError) as caught:
        decode("prose.vi.md", data)
    (finding,) = caught.value.findings
    return str(finding)


def test_a_bundle_gives_back_every_byte() -> None:
    """What was packed comes out byte for byte, and packing it again gives the same bytes."""
    files = default_files()
    bundle = to_bundle(files)
    assert from_bundle(bundle) == files
    assert to_bundle(from_bundle(bundle)) == bundle


def test_equal_files_give_equal_bundles_whatever_their_order() -> None:
    """The order in which files were read leaves no trace in the bundle."""
    files = default_files()
    assert to_bundle(dict(reversed(files.items()))) == to_bundle(files)


@pytest.mark.parametrize("stored", [b"", b"\xff", b"[]", b"{}", b'{"format":"other","files":{}}', b'{"files":{"a":1}}'])
def test_bytes_that_are_no_bundle_are_refused(stored: bytes) -> None:
    """Anything but a bundle of the known format raises, so a damaged row never becomes an empty policy."""
    with pytest.raises(PolicyError):
        from_bundle(stored)


def test_a_bundle_is_plain_json() -> None:
    """Anyone can read a stored version: names to texts, Vietnamese as it is written."""
    document = json.loads(to_bundle({"policy.yaml": "tên: Quầy\n".encode()}))
    assert document == {"format": "camket-policy-1", "files": {"policy.yaml": "tên: Quầy\n"}}


def test_text_that_is_not_clean_utf_8_is_refused_with_its_line() -> None:
    """Other encodings, byte-order marks, carriage returns, control characters and huge files are each named."""
    assert finding_of("một\nhai ".encode() + b"\xff") == "prose.vi.md:2: byte 10 is not UTF-8; save the file as UTF-8"
    assert finding_of(b"\xef\xbb\xbfa").startswith("prose.vi.md:1: the file begins with a byte-order mark")
    assert finding_of(b"a\r\nb") == "prose.vi.md:1: the line has a carriage return; end lines with a line feed alone"
    assert finding_of(b"a\nb\x1b") == "prose.vi.md:2: the line has the control character U+001B"
    assert decode("prose.vi.md", b"a" * MAX_FILE_BYTES)
    assert f"at most {MAX_FILE_BYTES}" in finding_of(b"a" * (MAX_FILE_BYTES + 1))
