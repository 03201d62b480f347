"""Where the data is made up, every page says so; nowhere else."""

from pathlib import Path

import pytest

from tests.web.conftest import start

WORDS = {"vi": "Bản mẫu: người và dữ liệu ở đây đều không có thật.", "en": "A demonstration:"}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("path", ["/", "/policy", "/sign-in", "/no-such-page"])
def test_each_page_says_so(tmp_path: Path, path: str, language: str) -> None:
    """A marked data folder is named on every page in both languages, errors included; an unmarked one on none."""
    texts = []
    for name in ("real", "made-up"):
        data = tmp_path / name
        service = start(data)
        service.runtime.close()
        if name == "made-up":
            service.runtime.settings.demonstration_mark.touch()
        service = start(data)
        texts.append(service.browser().get(f"{path}?lang={language}").text)
        service.runtime.close()
    assert [WORDS[language] in text for text in texts] == [False, True]
