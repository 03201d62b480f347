"""What makes code of the core impure: it reads a clock, draws a random number, opens a file or prints."""

import ast
from collections.abc import Iterator

# Modules that have no business in a core that is handed `now`, facts and keys.
BANNED_MODULES = frozenset(
    {
        "asyncio",
        "glob",
        "importlib",
        "io",
        "locale",
        "logging",
        "os",
        "pickle",
        "random",
        "secrets",
        "shutil",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib",
    }
)
BANNED_NAMES = frozenset({"breakpoint", "eval", "exec", "input", "open", "print"})
# Methods by which a clock, a random source or a file is reached through a module that is otherwise allowed.
BANNED_METHODS = frozenset(
    {
        "generate_key",
        "now",
        "read_bytes",
        "read_text",
        "today",
        "token_bytes",
        "urandom",
        "utcnow",
        "uuid1",
        "uuid4",
        "write_bytes",
        "write_text",
    }
)


def impurities(source: str) -> list[str]:
    """Return what is impure in `source`, each with its line; empty where the code is pure."""
    return [f"line {line}: {what}" for line, what in _impurities(ast.parse(source))]


def _impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            yield from ((node.lineno, f"imports `{name}`") for name in names if name.split(".")[0] in BANNED_MODULES)
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in BANNED_NAMES:
                yield node.lineno, f"calls `{called.id}`"
            elif isinstance(called, ast.Attribute) and called.attr in BANNED_METHODS:
                yield node.lineno, f"calls `.{called.attr}`"
            elif isinstance(called, ast.Attribute) and called.attr == "generate" and not node.args:
                yield node.lineno, "calls `.generate`"
