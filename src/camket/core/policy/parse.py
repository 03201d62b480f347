"""YAML 1.2, strict: text to nodes that know their lines.

Only what a policy needs is read: one document of mappings, sequences and scalars. Anchors, aliases, tags, directives
and repeated keys are findings, because each lets a file mean something other than what a reader sees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from camket.core.errors import Finding
from camket.core.policy.source import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Scalar:
    """A single value.

    Args:
        text: as YAML reads it; quotes and folds resolved, type not.
        line: 1-based.
        plain: written without quotes, so that `true` and `12` are no texts.
    """

    text: str
    line: int
    plain: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """A list of values, in order."""

    entries: tuple[Node, ...]
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A key with its line."""

    text: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapping:
    """Keys with their values, in the file's order; no key twice."""

    entries: tuple[tuple[Key, Node], ...]
    line: int


Node = Scalar | Sequence | Mapping


@dataclass(kw_only=True, slots=True)
class _Composer:
    """Builds nodes from events; collects what is not allowed and goes on."""

    file: str
    events: Iterator[Event]
    findings: list[Finding] = field(default_factory=list)
    nodes: int = 0
    line: int = 1

    def find(self, line: int, message: str) -> None:
        self.findings.append(Finding(file=self.file, line=line, message=printable(message)))

    def document(self) -> Node | None:
        """Return the root of the one document, or None where there is none."""
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if event.version is not None or event.tags:
                    self.find(1, "a `%` directive is not allowed; the file is YAML 1.2")
                if documents == 2:  # noqa: PLR2004 - the second document is the first one too many
                    self.find(line_of(event), "a second document begins here; a policy is one document")
            elif isinstance(event, NodeEvent):
                node = self.node(event, depth=1)
                root = root if root is not None else node
        return root

    def node(self, event: NodeEvent, *, depth: int) -> Node:
        self.line = line = line_of(event)
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise _TooLargeError(line)
        self.refuse_indirection(event, line)
        if isinstance(event, ScalarEvent):
            return Scalar(text=event.value, line=line, plain=event.style is None)
        if isinstance(event, SequenceStartEvent):
            return Sequence(entries=tuple(self.node(each, depth=depth + 1) for each in self.inside()), line=line)
        if isinstance(event, MappingStartEvent):
            return self.mapping(line, depth=depth)
        return Scalar(text=f"*{event.anchor}", line=line, plain=False)

    def refuse_indirection(self, event: NodeEvent, line: int) -> None:
        if isinstance(event, AliasEvent):
            self.find(line, f"alias `*{event.anchor}` is not allowed; write the value out")
        elif event.anchor is not None:
            self.find(line, f"anchor `&{event.anchor}` is not allowed; write the value out where it is meant")
        if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag is not None:
            self.find(line, f"tag `{event.tag}` is not allowed")

    def mapping(self, line: int, *, depth: int) -> Mapping:
        entries: list[tuple[Key, Node]] = []
        first_lines: dict[str, int] = {}
        for event in self.inside():
            key = self.node(event, depth=depth + 1)
            value = self.node(next(self.inside()), depth=depth + 1)
            if not isinstance(key, Scalar):
                self.find(key.line, "a key must be a single word")
            elif key.text in first_lines:
                self.find(key.line, f"key `{key.text}` is already on line {first_lines[key.text]}")
            else:
                first_lines[key.text] = key.line
                entries.append((Key(text=key.text, line=key.line), value))
        return Mapping(entries=tuple(entries), line=line)

    def inside(self) -> Iterator[NodeEvent]:
        """Yield the events that begin a node, until the enclosing collection ends."""
        for event in self.events:
            if not isinstance(event, NodeEvent):
                return
            yield event


class _TooLargeError(Exception):
    """More nodes or deeper nesting than a policy needs."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def parse_yaml(file: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the document's root node with every finding.

    Where the text is no YAML the root is None and the last finding says what was expected where. An empty file has
    no root and one finding.

    Args:
        file: for the findings.
        text: the whole file.
    """
    tab = next((n for n, line in enumerate(text.split("\n"), start=1) if "\t" in line), None)
    if tab is not None:
        return None, (Finding(file=file, line=tab, message="the line has a tab; indent and separate with spaces"),)
    composer = _Composer(file=file, events=iter(YAML(typ="safe", pure=True).parse(text)))
    try:
        root = composer.document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        composer.find(1 if mark is None else mark.line + 1, f"not YAML: {error.problem or error.context}")
        return None, tuple(composer.findings)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        composer.find(line, f"not YAML: the character U+{error.character:04X} is not allowed")
        return None, tuple(composer.findings)
    except (ValueError, OverflowError):
        # ruamel.yaml hands the number of a `\U` escape to `chr` without looking at it.
        composer.find(composer.line, "not YAML: an escape hereafter names no character")
        return None, tuple(composer.findings)
    except _TooLargeError as error:
        composer.find(error.line, f"more than {MAX_NODES} values or {MAX_DEPTH} levels; a policy needs fewer")
        return None, tuple(composer.findings)
    if root is None:
        composer.find(1, "the file is empty")
    return root, tuple(composer.findings)


def line_of(event: Event) -> int:
    """Return the 1-based line on which an event begins."""
    return int(event.start_mark.line) + 1
