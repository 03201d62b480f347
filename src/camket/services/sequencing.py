"""The sequencer: gives waiting records their place in the public tree and signs what the tree has become.

One holder of the lease works at a time, on however many nodes. A batch is one unit of work: tiles, places and head
become durable together or not at all, so a sequencer that dies leaves the records waiting and nothing half done.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from camket.core.errors import ConflictError, KeyStoreError, StoreError
from camket.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from camket.core.ledger.note import NoteSigner, VerifierKey
from camket.core.ledger.tiles import TILE_WIDTH, TreeState, append, load_state
from camket.ports import RememberedCheckpoint
from camket.services.ids import random_id
from camket.services.restoring import gap_lines
from camket.services.tiles import PublishedLedger, StoredTiles

if TYPE_CHECKING:
    from camket.core.ledger.tiles import Appended, Tile
    from camket.ports import Unit
    from camket.services.context import Context

INTERVAL_SECONDS: Final = 0.25
"""How long the sequencer rests when nothing waits; a record has its place within a second."""

BATCH: Final = 1024
"""Records that one unit of work places; other units wait no longer than this takes."""

LEASE: Final = timedelta(seconds=5)

log = structlog.get_logger("camket.sequencing")


def verifier_key(ctx: Context) -> VerifierKey:
    """Return the public key that the ledger's checkpoints verify with."""
    return ledger_signer(ctx).verifier_key


def tile_reader(ctx: Context) -> PublishedLedger:
    """Return what reads the published ledger: tiles, checkpoint and key, each as it is now."""
    return PublishedLedger(ctx.store, verifier_key(ctx))


def sequence_once(ctx: Context) -> int:
    """Place one batch of waiting records and give the lease back; return how many. See `Sequencer.once`."""
    sequencer = Sequencer(ctx)
    try:
        return sequencer.once()
    finally:
        sequencer.release()


class Sequencer:
    """The sequencer of one process.

    Args:
        ctx: the service.
        opens: the lines that a new log's checkpoints carry after a restore; None goes on with the log under way.
    """

    def __init__(self, ctx: Context, *, opens: tuple[str, ...] | None = None) -> None:
        self._ctx = ctx
        self._opens_log = opens is not None
        self._lines = gap_lines(ctx.keys) if opens is None else opens
        self._owner = f"sequencer-{random_id(ctx.entropy)}"
        self._signer = ledger_signer(ctx)
        self._state = TreeState()
        self._fence: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camket-sequencer", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Place what waits and end; returns when it has ended. Twice is once."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def release(self) -> None:
        """Give the lease back, so that another sequencer need not wait for it to run out; twice is once."""
        fence, self._fence = self._fence, None
        if fence is not None:
            self._ctx.store.write(lambda unit: unit.ledger.release(self._owner, fence=fence))

    def once(self) -> int:
        """Place one batch of waiting records, in the order in which they were stored, and sign a checkpoint.

        Returns:
            How many were placed; 0 when none waits or another sequencer has the lease.

        Raises:
            StoreError: the store could not make it durable; the records wait on.
            KeyStoreError: the checkpoint could not be remembered; the records have their places all the same.

        Effects:
            Durable on return: places, tiles and the signed checkpoint, then the checkpoint in the key store too, by
            which a database that was put back to an older state is recognised.
        """
        if not self._ctx.store.read(lambda unit: unit.records.unsequenced(limit=1)):
            return 0
        grown = self._ctx.store.write(self._place)
        if grown is None:
            return 0
        appended, placed, note, self._fence = grown
        self._state = appended.state
        self._ctx.keys.remember_checkpoint(
            RememberedCheckpoint(size=appended.state.size, root=appended.root, note=note), new_log=self._opens_log
        )
        self._opens_log = False
        return placed

    def _place(self, unit: Unit) -> tuple[Appended, int, str, int] | None:
        now = self._ctx.clock.now()
        fence = unit.ledger.lease(self._owner, now=now, until=now + LEASE)
        if fence is None:
            return None
        rows = unit.records.unsequenced(limit=BATCH)
        if not rows:
            return None
        head = unit.ledger.head()
        state = self._state
        if state.size != head.size or state.root() != head.root:
            state = load_state(head.size, StoredTiles(unit))
        appended = append(state, [row.entry for row in rows])
        checkpoint = Checkpoint(
            origin=self._signer.verifier_key.name, size=appended.state.size, root=appended.root, extensions=self._lines
        )
        note = str(sign_checkpoint(checkpoint, self._signer))
        unit.ledger.put_tiles({tile.path: tile.data for tile in appended.tiles})
        unit.records.sequence([row.id for row in rows], first_index=head.size)
        unit.ledger.advance(fence=fence, size=appended.state.size, root=appended.root, checkpoint=note, signed_at=now)
        for tile in appended.tiles:
            _drop_partial(unit, tile)
        return appended, len(rows), note, fence

    def _run(self) -> None:
        while True:
            stopping = self._stop.is_set()
            try:
                placed = self.once()
                if stopping and not placed:
                    self.release()
            except (StoreError, KeyStoreError, ConflictError) as error:
                log.warning("sequencing_failed", exc_info=error)
                placed = 0
            except Exception as error:
                # The outermost loop: a thread that ends here would leave every later record without its place.
                log.error("sequencing_failed", exc_info=error)  # noqa: TRY400 - the class and the places, no message
                self._state = TreeState()
                placed = 0
            if stopping and not placed:
                return
            if not placed:
                self._stop.wait(INTERVAL_SECONDS)


def _drop_partial(unit: Unit, tile: Tile) -> None:
    """Drop the partial tiles that a full one replaces; readers take the beginning of the full one instead."""
    if tile.address.width == TILE_WIDTH:
        before = f"{tile.path}.p/"
        paths = unit.ledger.paths(after=before, limit=TILE_WIDTH)
        unit.ledger.delete_tiles([path for path in paths if path.startswith(before)])


def ledger_signer(ctx: Context) -> NoteSigner:
    """Return the signer of the ledger's checkpoints and certificates."""
    return NoteSigner(name=ctx.settings.ledger_origin, key=ctx.keys.signing_key())
