"""The key store: new subjects a second with sixteen threads, against one thread; microseconds of each primitive."""

import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from camket.adapters.keys import FileKeyStore, create_key_store
from camket.core.vault.envelope import open_sealed, seal
from camket.core.vault.keyring import KeyKind, unwrap_subject_key, wrap_subject_key
from camket.core.vault.lookup import IndexField, blind_index

THREADS = 16
SUBJECTS = 3_200
NEEDED_PER_SECOND = 400


def adds_per_second(keys: FileKeyStore, threads: int, subjects: int) -> float:
    """Return how many new subjects got durable keys in a second."""

    def register() -> None:
        for _ in range(subjects // threads):
            keys.add_subject_keys(secrets.token_hex(16))

    workers = [threading.Thread(target=register) for _ in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return subjects / (time.perf_counter() - start)


def microseconds(call: Callable[[], object], times: int = 3_000) -> float:
    """Return the best mean of five rounds, in microseconds."""
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times // 5):
            call()
        best = min(best, (time.perf_counter() - start) / (times // 5))
    return best * 1e6


def primitives(keys: FileKeyStore) -> dict[str, float]:
    """Return the microseconds of each primitive."""
    key, nonce = os.urandom(32), os.urandom(12)
    keys.add_subject_keys("s1")
    email, phone = keys.index_keys(IndexField.EMAIL)[0], keys.index_keys(IndexField.PHONE)[0]
    wrapped = wrap_subject_key(key, key, nonce=nonce, subject_id="s1", kind=KeyKind.LIVE, epoch=1)
    place = {"subject_id": "s1", "item": "email", "row_id": "1"}
    sealed = seal(key, bytes(300), nonce=nonce, **place)
    return {
        "wrap": microseconds(
            lambda: wrap_subject_key(key, key, nonce=nonce, subject_id="s1", kind=KeyKind.LIVE, epoch=1)
        ),
        "unwrap": microseconds(lambda: unwrap_subject_key(key, wrapped, subject_id="s1", kind=KeyKind.LIVE, epoch=1)),
        "seal 300 bytes": microseconds(lambda: seal(key, bytes(300), nonce=nonce, **place)),
        "open 300 bytes": microseconds(lambda: open_sealed(key, sealed, **place)),
        "index an e-mail address": microseconds(lambda: blind_index(email, "alice@shop.example")),
        "index a phone number": microseconds(lambda: blind_index(phone, "+84901234567")),
        "a subject's key, cached": microseconds(lambda: keys.subject_key("s1", KeyKind.LIVE)),
    }


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd()) as folder,
        closing(create_key_store(Path(folder) / "keys", at=datetime.now(UTC))) as keys,
    ):
        alone = adds_per_second(keys, 1, SUBJECTS // 8)
        together = adds_per_second(keys, THREADS, SUBJECTS)
        print(
            f"new subjects: {together:,.0f}/s with {THREADS} threads, {alone:,.0f}/s with one ({together / alone:.1f}x)"
        )
        for name, duration in primitives(keys).items():
            print(f"{name}: {duration:.1f} µs")
    assert together >= NEEDED_PER_SECOND


if __name__ == "__main__":
    main()
