"""The published texts in three formats."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from camket.core.errors import InvalidValueError
from camket.core.policy.compile import compile_policy
from camket.core.policy.model import PolicyVersion
from camket.core.policy.render import RenderedPolicy, render_policy, render_terms
from camket.core.policy.service_terms import terms_clauses
from camket.core.terms import Language
from tests.unit.core.policy.files import CONFORMANCE, Files, changed, default_files, smallest_files

ALLOWED_TAGS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "a", "em", "strong", "small", "blockquote", "hr", "br"),
    *("div", "table", "thead", "tbody", "tr", "th", "td", "span", "details", "summary"),
}


class Reader(HTMLParser):
    """Collects tags, ids and link targets, and checks that every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.attributes: set[str] = set()
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and its attributes."""
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.ids.extend(value or "" for name, value in attrs if name == "id")
        self.targets.extend(value or "" for name, value in attrs if name == "href")
        if tag not in ("hr", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that it closes the tag that was opened last."""
        assert self._open.pop() == tag


def version_of(files: Files) -> PolicyVersion:
    """Return version 1 of the files."""
    return compile_policy(files, number=1)


@pytest.fixture(params=list(Language), ids=list(Language))
def rendered(request: pytest.FixtureRequest) -> RenderedPolicy:
    """Return the default policy in one language."""
    return render_policy(version_of(default_files()), request.param)


def test_every_link_within_the_page_has_its_target(rendered: RenderedPolicy) -> None:
    """Each reference links to the row of what it names, each anchor exists once."""
    page = Reader(rendered.html)
    within = [target[1:] for target in page.targets if target.startswith("#")]
    assert within
    assert set(within) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_only_plain_markup_comes_out(rendered: RenderedPolicy) -> None:
    """The fragment has no script, style, image or event handler, and begins below the page's own heading."""
    page = Reader(rendered.html)
    assert page.tags <= ALLOWED_TAGS
    known = {"id", "href", "class", "scope", "role", "aria-labelledby", "tabindex", "data-label", "hidden", "lang"}
    assert page.attributes <= known


def test_a_fold_hides_nothing_of_a_row(rendered: RenderedPolicy) -> None:
    """A fold is hidden until a stylesheet shows it, repeats the name of its row and holds no other word."""
    folds = re.findall(r"<details[^>]*>.*?</details>", rendered.html)
    rows = re.findall(r'<span class="name">(.*?)</span>(<details.*?</details>)', rendered.html)
    assert len(rows) == len(folds) > 0
    for name, fold in rows:
        assert fold == f'<details class="fold" hidden><summary>{name}</summary></details>'


def test_every_declaration_has_its_row_and_no_reference_is_left_over(rendered: RenderedPolicy) -> None:
    """All items, purposes, rights and services stand in the tables, and no brace of the source is shown."""
    policy = version_of(default_files()).policy
    ids = set(Reader(rendered.html).ids)
    for kind, names in (
        ("item", [each.id for each in policy.items]),
        ("purpose", [each.id for each in policy.purposes]),
        ("right", [each.right for each in policy.rights]),
        ("service", [each.id for each in policy.services]),
        ("ground", policy.grounds),
    ):
        assert {f"{kind}-{name.replace('.', '-')}" for name in names} <= ids
    for written in (unescape(rendered.html), rendered.text, rendered.markdown):
        assert "{" not in written
        for each in policy.items:
            assert each.why[rendered.language] in written


def test_the_contents_name_every_heading_by_its_anchor(rendered: RenderedPolicy) -> None:
    """The table of contents lists the headings of the fragment in order, with the anchors that they have."""
    found = re.findall(r'<h([23]) id="([^"]+)">(.*?)</h\1>', rendered.html)
    assert [(each.level, each.id, each.text) for each in rendered.headings] == [
        (int(level), anchor, text) for level, anchor, text in found
    ]
    assert [each.id for each in rendered.headings if each.level == 2] == [
        "collect",
        "use",
        "choices",
        "changes",
        "contact",
        "declarations",
    ]


def test_values_in_the_prose_come_from_the_declarations() -> None:
    """A deadline that changes in the declarations changes in the sentence that promises it."""
    files = changed(smallest_files(), "prose.vi.md", "{right:erase}", "{right:erase} trong {complete:erase}")
    files = changed(files, "prose.en.md", "{right:erase}", "{right:erase} within {complete:erase}")
    assert "within 20 days" in render_policy(version_of(files), Language.EN).text
    files = changed(files, "policy.yaml", "    complete: 20 days", "    complete: 5 days")
    assert "within 5 days" in render_policy(version_of(files), Language.EN).text
    assert "trong 5 ngày" in render_policy(version_of(files), Language.VI).text


def test_markup_in_declared_texts_is_shown_and_not_run() -> None:
    """Labels and explanations are text: what looks like HTML is escaped wherever it is shown."""
    files = changed(smallest_files(), "policy.yaml", "      en: Page opened", "      en: <script>alert(1)</script>")
    html = render_policy(version_of(files), Language.EN).html
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 2


def test_terms_have_an_anchor_on_every_clause_and_link_to_the_policy() -> None:
    """A clause can be cited by link, and what the terms refer to stands on the policy page."""
    version = version_of(default_files())
    terms = render_terms(version, Language.VI, policy_href="/chinh-sach")
    page = Reader(terms.html)
    numbers = [clause.number for clause in terms_clauses(version.policy.terms[Language.VI])]
    assert {f"clause-{number.replace('.', '-')}" for number in numbers} <= set(page.ids)
    assert "/chinh-sach#service-shop" in page.targets
    assert [heading.id for heading in terms.headings] == [f"clause-{part}" for part in range(1, 8)]


def test_clauses_are_numbered_alike_in_both_languages() -> None:
    """The numbers that a disclosure may cite are the same in every language."""
    terms = version_of(default_files()).policy.terms
    numbers = [[clause.number for clause in terms_clauses(terms[language])] for language in Language]
    assert numbers[0] == numbers[1]
    assert numbers[0][:3] == ["1", "1.1", "1.2"]


def test_a_right_that_is_not_offered_and_a_fee_are_said_plainly() -> None:
    """The library's page says that there is no copy and what a correction costs."""
    files = {each.name: each.read_bytes() for each in (CONFORMANCE / "library").iterdir()}
    text = render_policy(version_of(files), Language.VI).text
    assert "20.000 ₫" in text
    assert "Trả lời trong: không có" in text


def test_a_language_that_the_policy_does_not_have_is_refused() -> None:
    """There is no falling back to another language behind the reader's back."""
    files = smallest_files()
    kept = {name: data for name, data in files.items() if ".en." not in name}
    yaml = re.sub(r"\n +en: .*", "", files["policy.yaml"].decode()).replace("  - en\n", "")
    version = version_of({**kept, "policy.yaml": yaml.encode()})
    assert render_policy(version, Language.VI).html
    with pytest.raises(InvalidValueError, match="not written in language `en`"):
        render_policy(version, Language.EN)
    with pytest.raises(InvalidValueError, match="not written in language `en`"):
        render_terms(version, Language.EN)


def test_plain_text_marks_headings_lists_and_links() -> None:
    """Parts are underlined twice, sections once; a list item begins with a dash; a link shows where it goes."""
    more = "### More {#more}\n\n- see the [terms](/terms)\n  {promise:P3}\n- or ask\n\nThe end.\n"
    files = smallest_files()
    for name in ("prose.vi.md", "prose.en.md"):
        files[name] += f"\n{more}".encode()
    text = render_policy(version_of(files), Language.EN).text
    assert "\nYour choices\n============\n\n" in text
    assert "\nMore\n----\n\n- see the terms (/terms) (P3)\n\n- or ask\n\nThe end.\n" in text
    assert "\nCarrier\n  What that means: Brings you the goods.\n  Country: Vietnam\n" in text


def test_markdown_resolves_references_and_writes_tables() -> None:
    """No anchor or reference is left, and each declaration is a row of a Markdown table."""
    version = version_of(smallest_files())
    markdown = render_policy(version, Language.EN).markdown
    assert "## Your choices\n\nSee, Correct, Delete, Get a copy, Restrict, Object, Withdraw consent." in markdown
    assert "### Recipients\n\n| Recipient | What that means | Country | What it receives |\n| --- |" in markdown
    assert "| Carrier | Brings you the goods. | Vietnam | Your consent: E-mail address |" in markdown


def test_where_nobody_receives_anything_it_is_said() -> None:
    """An empty table is a sentence in every format, and no table."""
    rendered = render_policy(version_of(default_files()), Language.EN)
    sentence = "Nobody receives information as a matter of course."
    assert f'<h3 id="table-recipients">Recipients</h3>\n<p>{sentence}</p>' in rendered.html
    assert f"### Recipients\n\n{sentence}\n" in rendered.markdown
    assert f"Recipients\n----------\n\n{sentence}\n" in rendered.text


def test_a_promise_has_its_anchor_once() -> None:
    """The first mention of a promise can be linked to; a further one is shown without a second anchor."""
    files = smallest_files()
    for name in ("prose.vi.md", "prose.en.md"):
        files[name] += b"\nFirst {promise:P5}, again {promise:P5}.\n"
    html = render_policy(version_of(files), Language.EN).html
    first, again = '<small class="promise" id="P5">P5</small>', '<small class="promise">P5</small>'
    assert f"<p>First {first}, again {again}.</p>" in html


def test_a_cell_with_a_bar_stays_one_cell_of_a_markdown_table() -> None:
    """A bar in a label does not open another column."""
    files = changed(smallest_files(), "policy.yaml", "en: Brings you the goods.", "en: Brings | carries.")
    assert "| Carrier | Brings \\| carries. | Vietnam |" in render_policy(version_of(files), Language.EN).markdown
