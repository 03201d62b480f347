"""A process over a key store that tells on its standard output what it was told, until it is killed or refused."""

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from camket.adapters.keys import FileKeyStore, epochs, open_key_store, store
from camket.core.errors import KeyStoreError
from camket.core.vault.keyring import KeyKind
from camket.core.vault.lookup import IndexField

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NOBODY = 65_534


def say(line: str) -> None:
    """Tell one line, whole, at once."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def die() -> None:
    """Be killed here, as by the loss of power."""
    os.kill(os.getpid(), signal.SIGKILL)


def register(folder: Path) -> None:
    """Add subjects from eight threads, tell each once it is acknowledged, and delete every tenth again."""
    keys = open_key_store(folder)

    def work(part: int) -> None:
        for number in count():
            subject_id = f"s{part}-{number}"
            say(f"added {subject_id} {keys.add_subject_keys(subject_id).live.hex()}")
            if number % 10 == 0:
                keys.destroy_subject_key(subject_id, KeyKind.LIVE, at=NOW)
                say(f"deleted {subject_id}")

    for part in range(8):
        threading.Thread(target=work, args=(part,)).start()


def fill(folder: Path) -> None:
    """Add subjects until the store refuses, with files no larger than 300 kB, and tell the refusal."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    keys = open_key_store(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    for number in count():
        try:
            say(f"added s{number} {keys.add_subject_keys(f's{number}').live.hex()}")
        except KeyStoreError as error:
            say(f"refused s{number} {error}")
            return


def peek(folder: Path) -> None:
    """Open the store as an account that may read but not write it, and tell the refusal."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        open_key_store(folder)
    except KeyStoreError as error:
        say(f"refused {error}")


def end_epoch(folder: Path, die_at: str) -> None:
    """End the present epoch and be killed at the named point."""
    keys = open_key_store(folder)
    if die_at != "key overwritten":
        plant_death(die_at)
    keys.begin_epoch(at=NOW)
    for step in count():
        if die_at == f"step {step}":
            die()
        if not keys.rewrap(limit=20):
            break
    destroy_old_index_keys(keys)
    if die_at == "before the destruction":
        die()
    if die_at == "key overwritten":
        plant_death(die_at)
    keys.destroy_old_epochs(at=NOW)
    say("ended")


def destroy_old_index_keys(keys: FileKeyStore) -> None:
    """Delete every index key but the newest of each field."""
    for field in IndexField:
        for old in keys.index_keys(field)[1:]:
            keys.destroy_index_key(field, old.version)


DEATHS = {
    "key file written": (epochs, "write_epoch_key"),
    "key overwritten": (os, "fsync"),
    "key file removed": (store, "destroy_epoch_key"),
}
"""Point of death -> whose call is the last one that this process finishes."""


def plant_death(die_at: str) -> None:
    """Have this process killed right after a call inside a step."""
    if die_at not in DEATHS:
        return
    module, name = DEATHS[die_at]
    call: Callable[..., object] = getattr(module, name)

    def last_call(*arguments: object) -> None:
        call(*arguments)
        die()

    setattr(module, name, last_call)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["register", folder]:
            register(Path(folder))
        case ["fill", folder]:
            fill(Path(folder))
        case ["peek", folder]:
            peek(Path(folder))
        case ["end-epoch", folder, die_at]:
            end_epoch(Path(folder), die_at)
        case _:
            sys.exit(f"unknown arguments {sys.argv[1:]}")
