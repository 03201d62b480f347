"""The policies that tests start from, and how to change one place of them."""

from pathlib import Path

from camket.adapters.policy_files import read_policy_folder

ROOT = Path(__file__).parents[4]
DEFAULT = ROOT / "policies" / "default"
CONFORMANCE = ROOT / "conformance" / "policies"
BROKEN = CONFORMANCE / "broken"
TRADES = ("clinic", "bookshop", "library")

Files = dict[str, bytes]


def default_files() -> Files:
    """Return the files of the default policy."""
    return dict(read_policy_folder(DEFAULT))


def smallest_files() -> Files:
    """Return the files of the smallest policy without a finding."""
    return dict(read_policy_folder(BROKEN / "base"))


def changed(files: Files, name: str, old: str, new: str) -> Files:
    """Return the files with the first `old` in one of them replaced; it has to be there."""
    text = files[name].decode()
    assert old in text, old
    return {**files, name: text.replace(old, new, 1).encode()}
