"""How much a policy may hold, and how long its words may be."""

import pytest

from camket.core.errors import InvalidValueError
from camket.core.policy.check import check
from camket.core.policy.compile import compile_policy
from camket.core.policy.fields import MAX_ENTRIES, MAX_TEXT_CHARACTERS
from camket.core.policy.source import MAX_FILES
from tests.unit.core.policy.files import Files, changed, smallest_files

POLICY = "policy.yaml"


def messages(files: Files) -> list[str]:
    """Return the findings without their places."""
    return [finding.message for finding in check(files)]


def with_categories(count: int) -> Files:
    """Return a policy with this many categories."""
    more = "".join(f"  c{n}:\n    vi: Nhóm {n}\n    en: Group {n}\n" for n in range(count - 2))
    return changed(smallest_files(), POLICY, "categories:\n", f"categories:\n{more}")


def with_grounds(count: int) -> Files:
    """Return a policy whose list of grounds has this many entries."""
    return changed(smallest_files(), POLICY, "grounds:\n", "grounds:\n" + "  - law\n" * (count - 2))


def test_keys_and_lists_are_read_up_to_the_limit() -> None:
    """The last entry that is allowed is read; one more and the whole is refused in one finding."""
    refused = f"has {MAX_ENTRIES + 1} entries; at most {MAX_ENTRIES} are read"
    assert "category `c0` has no item" in messages(with_categories(MAX_ENTRIES))
    assert f"`categories` {refused}" in messages(with_categories(MAX_ENTRIES + 1))
    assert "`grounds` lists `law` twice" in messages(with_grounds(MAX_ENTRIES))
    assert f"`grounds` {refused}" in messages(with_grounds(MAX_ENTRIES + 1))


def test_a_text_is_shown_up_to_the_limit() -> None:
    """The longest text that is allowed is; one character more is a finding with both numbers."""
    for length, expected in (
        (MAX_TEXT_CHARACTERS, []),
        (MAX_TEXT_CHARACTERS + 1, [f"`en` has {MAX_TEXT_CHARACTERS + 1} characters; at most 1000 are shown"]),
    ):
        files = changed(smallest_files(), POLICY, "en: Selling and delivery.", f"en: {'a' * length}")
        assert messages(files) == expected


def test_an_id_has_words_of_at_most_32_characters() -> None:
    """The longest id that is allowed is; one letter more is a finding."""
    for length, found in ((32, False), (33, True)):
        name = "p" * length
        files = {file: data.replace(b"promote", name.encode()) for file, data in smallest_files().items()}
        assert bool(check(files)) == found


def test_a_folder_full_of_files_is_not_read() -> None:
    """Up to the limit each file that is none of a policy's is named; one more ends the check with one finding."""
    files = smallest_files()
    notes = {f"note.{n}.md": b"" for n in range(MAX_FILES - len(files))}
    assert len(messages({**files, **notes})) == len(notes)
    assert messages({**files, **notes, "one.more.md": b""}) == [
        f"the folder has more than {MAX_FILES} files; a policy is fewer"
    ]


def test_versions_are_numbered_from_1() -> None:
    """There is no version 0."""
    assert compile_policy(smallest_files(), number=1).number == 1
    with pytest.raises(InvalidValueError, match="numbered from 1"):
        compile_policy(smallest_files(), number=0)
