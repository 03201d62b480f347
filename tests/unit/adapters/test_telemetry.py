from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from camket.adapters.telemetry import EVENTS, LibraryHandler, configure_logs
from tests.architecture.tree import source_files


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, and the library's logging put back as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(level="info", stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def _logged(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_declared_event_keeps_its_declared_fields(lines: io.StringIO) -> None:
    """The event, when, how grave, and the fields it declares."""
    structlog.get_logger().warning("job_failed", kind="erase", attempts=2)
    (line,) = _logged(lines)
    assert line.pop("at").endswith("Z")
    assert line == {"event": "job_failed", "level": "warning", "kind": "erase", "attempts": 2}


def test_a_field_that_is_not_declared_is_dropped(lines: io.StringIO) -> None:
    """A field that someone adds without declaring it carries nothing out."""
    structlog.get_logger().warning("job_failed", kind="erase", email="alice@shop.example")
    assert "alice" not in lines.getvalue()
    assert _logged(lines)[0]["kind"] == "erase"


def test_an_event_that_is_not_declared_loses_its_name_and_fields(lines: io.StringIO) -> None:
    """A sentence with a value in it is not an event."""
    structlog.get_logger().error("could not write to alice@shop.example", to="alice@shop.example")
    (line,) = _logged(lines)
    assert set(line) == {"event", "level", "at"}
    assert line["event"] == "undeclared"


def test_an_exception_leaves_its_class_and_places_but_no_message(lines: io.StringIO) -> None:
    """The message of an exception may quote what someone typed; it is not logged, in the chain of causes neither."""

    def fail() -> None:
        try:
            int("alice@shop.example")
        except ValueError as cause:
            raise RuntimeError("0912 345 678") from cause

    try:
        fail()
    except RuntimeError as error:
        structlog.get_logger().error("worker_failed", exc_info=error)
    (line,) = _logged(lines)
    assert line["error"] == "RuntimeError"
    assert any("test_telemetry.py" in frame for frame in line["frames"])
    assert "alice" not in lines.getvalue()
    assert "0912" not in lines.getvalue()


def test_what_a_library_logs_is_reduced_to_where_it_did(lines: io.StringIO) -> None:
    """A library's warning keeps its logger and place; its text, arguments and exception's message are dropped."""
    try:
        int("alice@shop.example")
    except ValueError:
        logging.getLogger("some.library").exception("failed for %s", "alice@shop.example")
    (line,) = _logged(lines)
    assert (line["event"], line["logger"], line["error"]) == ("library", "some.library", "ValueError")
    assert "alice" not in lines.getvalue()


def test_the_root_logger_has_no_other_way_out(lines: io.StringIO) -> None:
    """Nothing writes a library's text beside the allow-list."""
    logging.getLogger().addHandler(logging.StreamHandler(lines))
    configure_logs(level="info", stream=lines)
    assert [type(handler) for handler in logging.getLogger().handlers] == [LibraryHandler]


def _log_calls() -> Iterator[tuple[str, ast.Call]]:
    for file in source_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
                and node.func.attr in {"debug", "info", "warning", "error", "exception"}
            ):
                yield f"{file.name}:{node.lineno}", node


def test_every_event_in_the_source_is_declared_with_its_fields() -> None:
    """Each call of a logger names an event as a literal, and only fields that the event declares."""
    calls = list(_log_calls())
    assert len(calls) > 5
    wrong = []
    for place, call in calls:
        name = call.args[0]
        assert isinstance(name, ast.Constant), place
        fields = {keyword.arg for keyword in call.keywords} - {"exc_info"}
        if name.value not in EVENTS or not fields <= EVENTS[str(name.value)]:
            wrong.append(place)
    assert wrong == []
