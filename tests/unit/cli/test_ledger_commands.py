import json
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from camket.bootstrap import start_runtime
from camket.cli import certificate as certificate_commands
from camket.cli import ledger as ledger_commands
from camket.cli.ledger_places import export_ledger
from camket.cli.ledger_sentences import FAULTS, SENTENCES, default_language
from camket.config import load_settings
from camket.core.ledger.findings import Fault
from camket.core.ledger.multiproof import MultiProof, multi_path
from camket.core.ledger.opening_set import OpeningSet, PlacedOpening
from camket.core.ledger.openings import Openings
from camket.core.ledger.proof import InclusionProof
from camket.core.ledger.tiles import TiledHashes
from camket.core.terms import Language
from camket.services.sequencing import sequence_once
from tests.unit.core.ledger.certified import COLLECTED, OPENED, certificate, ledger
from tests.unit.core.ledger.published import OTHER_SIGNER, SIGNER, Published, numbered

APP = typer.Typer()
APP.add_typer(ledger_commands.app, name="ledger")
APP.add_typer(certificate_commands.app, name="certificate")
ROOT = Path(__file__).parents[3]
KEY = str(SIGNER.verifier_key)


def run(*arguments: object, lang: str = "en") -> Result:
    """Run a command in the language."""
    return CliRunner().invoke(APP, [*map(str, arguments), "--lang", lang])


def export(published: Published, directory: Path) -> Path:
    """Write a ledger to a directory and return it."""
    export_ledger(published, directory)
    return directory


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the directory of an exported ledger that holds Alice's entries."""
    return export(ledger(), tmp_path / "ledger")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return Alice's certificate as a file."""
    file = tmp_path / "certificate.json"
    file.write_bytes(certificate(ledger()).to_bytes())
    return file


def test_a_ledger_that_holds_exits_with_0(place: Path) -> None:
    """The answer says how many entries hold, where the key came from, and what is not proven."""
    result = run("ledger", "verify", place)
    assert result.exit_code == 0
    assert "`camket.example/ledger` is signed correctly: 300 entries" in result.stdout
    assert f"trusted on first use: {KEY}" in result.stdout
    assert "What this does not prove" in result.stdout


def test_a_known_key_is_not_trust_on_first_use(place: Path) -> None:
    """With --key the key is the caller's, and nothing is said of first use."""
    result = run("ledger", "verify", place, "--key", KEY)
    assert result.exit_code == 0
    assert "first use" not in result.stdout


def test_vietnamese_comes_first(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --lang the answer follows LANG where it is English, and is Vietnamese everywhere else."""
    for value, language in (("en_GB.UTF-8", Language.EN), ("vi_VN", Language.VI), ("C.UTF-8", Language.VI)):
        monkeypatch.setenv("LANG", value)
        assert default_language() is language
    monkeypatch.delenv("LANG")
    result = CliRunner().invoke(APP, ["ledger", "verify", str(place)])
    assert result.exit_code == 0
    assert "Sổ cái đúng" in result.stdout
    assert "Điều này không chứng minh" in result.stdout


def test_every_fault_and_sentence_is_said_in_both_languages() -> None:
    """No fault lacks its sentence in Vietnamese or English, and no sentence lacks one of the two."""
    assert set(FAULTS) == set(Fault)
    for texts in (*FAULTS.values(), *SENTENCES.values()):
        assert set(texts) == set(Language)
        assert texts[Language.VI] != texts[Language.EN]


def test_an_altered_ledger_exits_with_1(place: Path) -> None:
    """Each finding is one line that names the file and the entry."""
    bundle = place / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"\x00")
    (place / "tile" / "1" / "000.p" / "1").unlink()
    english, vietnamese = run("ledger", "verify", place), run("ledger", "verify", place, lang="vi")
    assert english.exit_code == vietnamese.exit_code == 1
    assert "- Entries in the file `tile/entries/000` were altered: the first is number 255, 1 in all." in english.stdout
    assert "- The file `tile/1/000.p/1` is missing (entries from number 0, 256 of them)." in english.stdout
    assert "- Mục sổ cái trong tệp `tile/entries/000` đã bị sửa: mục sai đầu tiên là số 255" in vietnamese.stdout
    assert "holds" not in english.stdout


def test_a_kept_checkpoint_shows_rewritten_history(place: Path, tmp_path: Path) -> None:
    """A checkpoint kept by --keep and given back by --since fits the same ledger and not a rewritten one."""
    kept = tmp_path / "kept"
    assert run("ledger", "verify", place, "--keep", kept).exit_code == 0
    again = run("ledger", "verify", place, "--since", kept)
    assert again.exit_code == 0
    assert "begins with what the older checkpoint signed" in again.stdout
    rewritten = export(Published(numbered(300)), tmp_path / "rewritten")
    result = run("ledger", "verify", rewritten, "--since", kept)
    assert result.exit_code == 1
    assert "History was rewritten: the first 300 entries" in result.stdout


def test_no_checkpoint_is_kept_of_a_ledger_that_does_not_hold(place: Path, tmp_path: Path) -> None:
    """A ledger with findings leaves no checkpoint behind for later trust."""
    (place / "tile" / "1" / "000.p" / "1").unlink()
    assert run("ledger", "verify", place, "--keep", tmp_path / "kept").exit_code == 1
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["ledger", "verify", "no-such-directory"],
        ["ledger", "verify", "ftp://camket.example/"],
        ["ledger", "verify", ".", "--key", "nonsense"],
        ["ledger", "verify", ".", "--witness", "nonsense"],
        ["ledger", "verify", ".", "--since", "no-such-file"],
        ["ledger", "verify"],
        ["ledger", "proof", "--ledger", "."],
        ["ledger", "proof", "--index", "-1", "--ledger", "."],
        ["ledger", "proof", "--index", "1", "--ledger", "no-such-directory"],
        ["ledger", "openings", "no-such-file", "--ledger", "."],
        ["certificate", "verify", "no-such-file", "--ledger", "."],
        ["certificate", "verify", "certificate.json"],
    ],
)
def test_what_cannot_be_read_exits_with_2(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bad usage and what is not there are told apart from a ledger that was read and does not hold."""
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr != ""


def test_a_proof_is_printed_as_json(place: Path) -> None:
    """The printed proof holds under the ledger's key, whoever reads it."""
    result = run("ledger", "proof", "--index", 299, "--ledger", place)
    assert result.exit_code == 0
    proof = InclusionProof.from_value(json.loads(result.stdout))
    assert proof.index == 299
    proof.verify(SIGNER.verifier_key)


def test_no_proof_is_printed_that_does_not_hold(place: Path) -> None:
    """An index past the end, an altered tile or another key give a sentence and nothing on standard output."""
    other = str(OTHER_SIGNER.verifier_key)
    results = [
        run("ledger", "proof", "--index", 300, "--ledger", place),
        run("ledger", "proof", "--index", 3, "--ledger", place, "--key", other),
    ]
    (place / "tile" / "0" / "001.p" / "44").write_bytes(bytes(44 * 32))
    results.append(run("ledger", "proof", "--index", 3, "--ledger", place))
    (place / "key").unlink()
    results.append(run("ledger", "proof", "--index", 3, "--ledger", place))
    for result in results:
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr != ""


def test_a_certificate_that_holds_exits_with_0(place: Path, file: Path) -> None:
    """One command checks the certificate and the whole ledger, and says what "destroyed" would and would not mean."""
    english, vietnamese = (run("certificate", "verify", file, "--ledger", place, lang=lang) for lang in ("en", "vi"))
    assert english.exit_code == vietnamese.exit_code == 0
    assert "The erasure certificate holds: the operator signed what it says, and 3 openings fit" in english.stdout
    assert "the key is destroyed when epoch 12 ends" in english.stdout
    assert "The ledger holds" in english.stdout
    assert "no other copy of the data or of a key exists" in english.stdout
    assert "Giấy chứng nhận xóa đúng" in vietnamese.stdout
    assert "khi kỳ khóa 12 kết thúc" in vietnamese.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"count": 2', '"count": 1', "The certificate was altered"),
        ('"action": "collect"', '"action": "share"', "The opening of entry number 3 was altered"),
        ('"action": "collect"', '"action": "hidden"', "no longer has its form"),
        ('"handle": "s-alice"', '"handle": "s-bob"', "contradicts itself"),
    ],
)
def test_an_altered_certificate_exits_with_1(place: Path, file: Path, old: str, new: str, said: str) -> None:
    """What was altered is said in a sentence."""
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    result = run("certificate", "verify", file, "--ledger", place)
    assert result.exit_code == 1
    assert said in result.stdout
    assert "certificate holds" not in result.stdout


def test_a_right_certificate_against_another_ledger_exits_with_1(file: Path, tmp_path: Path) -> None:
    """Another key is named, so that the person can tell a wrong address from a forged certificate."""
    other = export(Published(numbered(5), signer=OTHER_SIGNER), tmp_path / "other")
    result = run("certificate", "verify", file, "--ledger", other)
    assert result.exit_code == 1
    assert f"belongs to another key than the ledger's: `{KEY}`" in result.stdout


def test_a_file_that_never_was_a_certificate_exits_with_2(place: Path, tmp_path: Path) -> None:
    """A picture or another JSON file is no altered certificate."""
    for data in (b"\x89PNG", b"{}", b'{"format": "other"}'):
        (tmp_path / "file").write_bytes(data)
        assert run("certificate", "verify", tmp_path / "file", "--ledger", place).exit_code == 2


def test_openings_are_checked_from_their_file(place: Path, tmp_path: Path) -> None:
    """A subject's or auditor's copy holds, and an altered one is named by its entry."""
    published = ledger()
    checkpoint = published.files["checkpoint"].decode()
    proven = published.prove(3, COLLECTED.of_facts())
    copy = Openings(key=SIGNER.verifier_key, checkpoint=checkpoint, openings=(proven,))
    file = tmp_path / "openings.json"
    file.write_bytes(copy.to_bytes())
    result = run("ledger", "openings", file, "--ledger", place)
    assert result.exit_code == 0
    assert "1 openings fit the ledger" in result.stdout
    file.write_bytes(copy.to_bytes().replace(b'"email"', b'"price"'))
    result = run("ledger", "openings", file, "--ledger", place)
    assert result.exit_code == 1
    assert "The opening of entry number 3 was altered" in result.stdout


def test_openings_with_one_proof_are_checked_from_their_file(place: Path, tmp_path: Path) -> None:
    """All of them hold together; an altered one is named by its entry, and an altered proof is told apart from it."""
    published = ledger()
    indexes = tuple(OPENED)
    copy = OpeningSet(
        key=SIGNER.verifier_key,
        checkpoint=published.files["checkpoint"].decode(),
        proof=MultiProof(size=300, indexes=indexes, path=multi_path(indexes, 300, TiledHashes(300, published))),
        openings=tuple(PlacedOpening(opening=opening, index=index) for index, opening in OPENED.items()),
    )
    file = tmp_path / "openings.json"
    file.write_bytes(copy.to_bytes())
    result = run("ledger", "openings", file, "--ledger", place)
    assert (result.exit_code, "3 openings fit the ledger" in result.stdout) == (0, True)
    file.write_bytes(copy.to_bytes().replace(b'"phone"', b'"price"', 1))
    result = run("ledger", "openings", file, "--ledger", place)
    assert (result.exit_code, "The opening of entry number 3 was altered" in result.stdout) == (1, True)
    assert copy.proof is not None
    file.write_bytes(copy.to_bytes().replace(copy.proof.path[0].hex().encode(), b"07" * 32))
    result = run("ledger", "openings", file, "--ledger", place)
    assert (result.exit_code, "The one proof of the 3 openings" in result.stdout) == (1, True)
    file.write_bytes(copy.to_bytes().replace(b'"size": 300', b'"size": 299'))
    assert run("ledger", "openings", file, "--ledger", place).exit_code == 1


def test_a_hostile_ledger_cannot_steer_the_terminal(place: Path) -> None:
    """A control character in what a ledger publishes is not printed."""
    (place / "key").write_bytes("\x9b2J\u202ekey".encode())
    result = run("ledger", "verify", place)
    assert result.exit_code == 1
    assert "\x9b" not in result.stdout
    assert "\u202e" not in result.stdout


def test_a_service_exports_its_own_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a service has recorded is exported from its store, and the export holds without it."""
    monkeypatch.setenv("CAMKET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CAMKET_DEVELOPMENT", "true")
    monkeypatch.setenv("CAMKET_POLICY", str(ROOT / "policies" / "default"))
    assert run("ledger", "export", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "data").exists()
    with closing(start_runtime(load_settings())) as runtime:
        while sequence_once(runtime.context):
            pass
        size = runtime.context.store.read(lambda unit: unit.ledger.head()).size
    assert size > 0
    result = run("ledger", "export", tmp_path / "out")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{size} entries, was exported" in result.stdout
    assert run("ledger", "verify", tmp_path / "out").exit_code == 0
    own, exported = (
        run("ledger", "proof", "--index", 0),
        run("ledger", "proof", "--index", 0, "--ledger", tmp_path / "out"),
    )
    assert (own.exit_code, own.stdout) == (0, exported.stdout)
