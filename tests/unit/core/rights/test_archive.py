import zipfile
from io import BytesIO

import pytest

from camket.core.errors import InvalidValueError, LedgerError
from camket.core.rights.archive import MOST_FILES, pack, unpack

FILES = {"evidence.json": b'{"a":1}\n', "evidence.html": "<p>Bằng chứng".encode(), "empty.txt": b""}


def zipped(files: list[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip as another program writes it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def test_what_was_packed_is_unpacked() -> None:
    """The files come back in their order, byte by byte."""
    assert list(unpack(pack(FILES)).items()) == list(FILES.items())


def test_any_program_unpacks_it() -> None:
    """Another reader of zips finds the same files, and nothing wrong."""
    with zipfile.ZipFile(BytesIO(pack(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_every_changed_bit_is_refused() -> None:
    """No bit of an archive can be another one: there is one spelling."""
    raw = pack(FILES)
    for at in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(LedgerError):
            unpack(bytes(changed))


def test_what_is_cut_off_or_added_is_refused() -> None:
    """Neither a beginning nor an archive with something before or behind it is the archive."""
    raw = pack(FILES)
    for at in range(len(raw)):
        with pytest.raises(LedgerError):
            unpack(raw[:at])
    for more in (raw + b"\x00", b"\x00" + raw, raw + raw, pack({"one.txt": b"1"}) + raw):
        with pytest.raises(LedgerError):
            unpack(more)


def test_a_zip_of_another_program_is_refused() -> None:
    """Stored or compressed, the same files packed by another program are another archive, and the message says so."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with pytest.raises(LedgerError, match=r"another way|packed anew"):
            unpack(zipped(list(FILES.items()), method=method))


def test_a_bomb_is_not_unpacked() -> None:
    """A small file that stands for a large one is refused by its form: nothing is ever inflated."""
    bomb = zipped([("evidence.json", bytes(200_000_000))], method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000
    with pytest.raises(LedgerError, match=r"`evidence.json` of the archive is compressed"):
        unpack(bomb)


def test_a_name_that_stands_twice_is_refused() -> None:
    """Two files of one name, which readers tell apart in different ways, are told by name."""
    once = pack({"evidence.json": b"1"})
    body = once[: once.index(b"PK\x01\x02")]
    with pytest.raises(LedgerError, match=r"`evidence.json` twice"):
        unpack(body + once)


@pytest.mark.parametrize(
    "name", ["../evidence.json", "/evidence.json", "a/b.json", "Evidence.json", "evidence", ".x", "x.html.exe"]
)
def test_a_name_that_leads_elsewhere_is_no_name(name: str) -> None:
    """Names have no folder, no capital and one ending, in packing as in unpacking."""
    with pytest.raises(InvalidValueError):
        pack({name: b""})
    with pytest.raises(LedgerError):
        unpack(zipped([(name, b"")]))


def test_an_archive_holds_something_and_not_too_much() -> None:
    """There is at least one file, and no more than the bound, both ways."""
    with pytest.raises(InvalidValueError):
        pack({})
    many = {f"file-{number}.txt": b"" for number in range(MOST_FILES + 1)}
    with pytest.raises(InvalidValueError):
        pack(many)
    with pytest.raises(LedgerError):
        unpack(zipped(list(many.items())))
