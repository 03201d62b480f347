"""What the services need from outside; each port promises in prose what is durable on return and what absence means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from camket import queries
    from camket.core.intake import Problem
    from camket.core.rights.law import LawProfile
    from camket.core.vault.keyring import Epoch, KeyKind, SubjectKeys, Tombstone
    from camket.core.vault.lookup import IndexField, IndexKey

T = TypeVar("T")


class Clock(Protocol):
    """The time. Never goes backwards within a process as seen by one caller."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        ...


class Entropy(Protocol):
    """Randomness from the operating system's generator; never seeded, never repeated."""

    def token(self, size_bytes: int) -> bytes:
        """Return `size_bytes` unpredictable bytes."""
        ...

    def code(self) -> str:
        """Return six unpredictable decimal digits, leading zeros kept."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class RememberedCheckpoint:
    """The last checkpoint that the key store was told of; a database whose ledger is shorter was rolled back.

    Args:
        size: entries in the tree.
        root: 32 bytes, the tree's root hash.
        note: the signed note, as text.
    """

    size: int
    root: bytes
    note: str


class KeyStore(Protocol):
    """Every key of the service, in a store of its own with backups of its own.

    Safe to call from many threads, and from several processes over one store. What a writing method has done is on
    disk when it returns; calls of many threads share disk flushes. Every method raises `KeyStoreError`, its state
    unchanged, when the store cannot be read or written: then nothing may go on.
    """

    @property
    def instance_id(self) -> str:
        """Who belongs together: the database carries the same 32 hexadecimal digits. Never changes."""
        ...

    def generation(self) -> int:
        """Return how many times the store was written; never smaller than what any writing method returned."""
        ...

    def require_match(self, *, instance_id: str, generation: int) -> None:
        """Refuse to serve a database that this store does not belong to, or that has seen a newer state of it.

        Args:
            instance_id: what the database carries.
            generation: the highest that the database has seen.

        Raises:
            KeyStoreError: another instance's store, or one restored from a backup older than the database.
        """
        ...

    def add_subject_keys(self, subject_id: str) -> SubjectKeys:
        """Make, wrap and keep the two keys of a new subject, and return them; durable on return.

        Called before the first row that needs them is written. Keys of a subject whose registration then fails stay
        and do no harm.

        Raises:
            ConflictError: the subject has keys already, or had: no key is ever replaced.
        """
        ...

    def add_many_subject_keys(self, subject_ids: Sequence[str]) -> tuple[SubjectKeys, ...]:
        """Do what `add_subject_keys` does for many new subjects with one write; durable together.

        Raises:
            ConflictError: one of them has keys already, or had; none of them got any.
        """
        ...

    def subject_key(self, subject_id: str, kind: KeyKind) -> bytes | None:
        """Return a subject's key, 32 bytes, or None when it was deleted or never made.

        Once `destroy_subject_key` has returned in any process, no process gets the key from here.
        """
        ...

    def destroy_subject_key(self, subject_id: str, kind: KeyKind, *, at: datetime) -> Tombstone:
        """Delete one of a subject's keys and leave a tombstone; durable on return.

        Twice is once: the first tombstone is returned. A subject without that key gets a tombstone too, so that no
        older copy of the key comes back unnoticed.
        """
        ...

    def tombstone(self, subject_id: str, kind: KeyKind) -> Tombstone | None:
        """Return the tombstone of a subject's key, or None while the key was not deleted."""
        ...

    def tombstones(self) -> Iterator[Tombstone]:
        """Yield every tombstone, by subject; to be replayed into a restored database before it serves."""
        ...

    def epochs(self) -> tuple[Epoch, ...]:
        """Return every epoch, oldest first; the last is the present one."""
        ...

    def begin_epoch(self, *, at: datetime) -> Epoch:
        """Begin the next epoch, or return the present one when the last end is not finished; durable on return.

        The signing key and the code key go on; the fields `email` and `phone` get a new index key beside the old one;
        `visitor` gets a new one in place of the old one. New subject keys are wrapped under the new epoch at once.
        """
        ...

    def rewrap(self, *, limit: int = 500) -> int:
        """Wrap up to `limit` subjects' keys of older epochs under the present one; durable on return.

        Returns:
            How many subjects were done; 0 means that none is left. An interrupted run goes on where it was.
        """
        ...

    def destroy_old_epochs(self, *, at: datetime) -> tuple[Epoch, ...]:
        """Destroy the keys of all epochs but the present one; durable on return.

        Returns:
            The epochs whose key is gone since this call; empty when there was none left. Keys deleted in them can then
            be restored from backups of this store alone.

        Raises:
            ConflictError: subjects' keys or index keys of an older epoch are left; nothing was destroyed.
        """
        ...

    def index_keys(self, field: IndexField) -> tuple[IndexKey, ...]:
        """Return the field's keys, newest first: write under the first, look up under all."""
        ...

    def destroy_index_key(self, field: IndexField, version: int) -> None:
        """Delete an old index key once no index made with it is left; durable on return; twice is once.

        Raises:
            ConflictError: it is the newest key of its field.
        """
        ...

    def signing_key(self) -> bytes:
        """Return the 32-byte Ed25519 private key (RFC 8032) that signs the ledger's checkpoints."""
        ...

    def remember_checkpoint(self, checkpoint: RememberedCheckpoint, *, new_log: bool = False) -> None:
        """Remember the ledger's last checkpoint; durable on return; the same one twice is once.

        Args:
            checkpoint: the newest.
            new_log: it opens a new log after a restore, so that it may be smaller.

        Raises:
            ConflictError: smaller than the remembered one, or as large with another root: the ledger was rolled back.
        """
        ...

    def last_checkpoint(self) -> RememberedCheckpoint | None:
        """Return the last remembered checkpoint, or None before the first."""
        ...

    def close(self) -> None:
        """Finish what is under way and close the files; twice is once."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One mail as it leaves.

    Args:
        message_id: the same for every try of one queued mail, `<...@...>`.
        sender_name: who writes, as people read it.
        sender: address of the sender; replies go there.
        recipient: *personal*; one address.
        subject: one line.
        text: *personal*; plain text.
        html: *personal*; the same for readers that show it; no script, picture or address of any other place in it.
        language: BCP 47 tag of subject and text.
        date: aware; when it was queued.
        list_unsubscribe: *personal*; address that takes the one-click POST of RFC 8058; None for a mail that no one
            can be unsubscribed from.
    """

    message_id: str
    sender_name: str
    sender: str
    recipient: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: str
    date: datetime
    list_unsubscribe: str | None = field(default=None, repr=False)


class MailCarrier(Protocol):
    """Takes mail to its addressee. Safe to call from many threads."""

    def carry(self, mail: Mail) -> None:
        """Hand one mail over; on return someone else has promised to deliver it. Not tried again by itself.

        A process that dies during the call cannot know whether the mail left; the same `message_id` tells the
        addressee's mail program that a second one is the same.

        Raises:
            MailError: it was not taken; says whether trying again later can help.
            InvalidValueError: a header would carry a line end or an address that is none; nothing was sent.
        """
        ...


class PictureMaker(Protocol):
    """Makes pictures of photos that people send. Keeps nothing. Safe to call from many threads."""

    def make(self, photo: bytes) -> bytes | Problem:
        """Return the picture of a photo as the vault takes it: upright, whole, three sizes, pixels alone.

        Args:
            photo: *personal*; as it was sent; JPEG, PNG, WebP or HEIC of at most 8 MiB and 50 megapixels.

        Returns:
            The archive; or what is wrong with the photo and what to do. It never raises over a photo, whatever its
            bytes, and waits for seconds at most. The same photo gives the same picture.
        """
        ...


class LawBook(Protocol):
    """The laws whose clocks are known. Safe to call from many threads."""

    def profile(self, name: str) -> LawProfile:
        """Return a law as its clocks; the same object each time.

        Raises:
            NotFoundError: there is no such profile; names the nearest.
        """
        ...


class Ticket(Protocol):
    """Tells whether one unit of work has become durable; a result that must wait for that carries it."""

    @property
    def durable(self) -> bool:
        """True once the unit is committed and flushed to disk; stays True; always False for a unit that only reads."""
        ...


class Unit(Protocol):
    """A unit of work: what is read and written through it becomes durable together or not at all.

    Good only inside the function that it was handed to, in the thread that runs that function. A unit sees its own
    writes.
    """

    @property
    def ticket(self) -> Ticket:
        """This unit's own ticket."""
        ...

    @property
    def installation(self) -> queries.InstallationQueries:
        """Which installation this database belongs to."""
        ...

    @property
    def policies(self) -> queries.PolicyQueries:
        """Published policy versions."""
        ...

    @property
    def publishing(self) -> queries.PublishingQueries:
        """Policies in the making: drafts, approvals, and subjects by their history."""
        ...

    @property
    def subjects(self) -> queries.SubjectQueries:
        """Subjects."""
        ...

    @property
    def facts(self) -> queries.FactQueries:
        """Agreements, consents, refusals, restrictions and objections."""
        ...

    @property
    def consents(self) -> queries.ConsentQueries:
        """What was asked of subjects and what they answered."""
        ...

    @property
    def identifiers(self) -> queries.IdentifierQueries:
        """Blind indexes by which subjects are found."""
        ...

    @property
    def values(self) -> queries.ValueQueries:
        """Sealed values."""
        ...

    @property
    def records(self) -> queries.RecordQueries:
        """Ledger records."""
        ...

    @property
    def ledger(self) -> queries.LedgerQueries:
        """The public tree."""
        ...

    @property
    def sessions(self) -> queries.SessionQueries:
        """Sessions."""
        ...

    @property
    def codes(self) -> queries.CodeQueries:
        """One-time codes."""
        ...

    @property
    def requests(self) -> queries.RequestQueries:
        """Requests, their timelines and the proofs of who asks."""
        ...

    @property
    def request_parts(self) -> queries.RequestPartQueries:
        """The messages of requests, and the files that answer them."""
        ...

    @property
    def request_queue(self) -> queries.RequestQueueQueries:
        """Many requests at once, for the desk."""
        ...

    @property
    def health(self) -> queries.HealthQueries:
        """What waits and what failed, counted."""
        ...

    @property
    def outbox(self) -> queries.OutboxQueries:
        """Mail that waits to be sent."""
        ...

    @property
    def notices(self) -> queries.NoticeQueries:
        """Notices of policy versions, and what became of them."""
        ...

    @property
    def jobs(self) -> queries.JobQueries:
        """Jobs."""
        ...

    @property
    def limits(self) -> queries.LimitQueries:
        """Rate limits and sums of refused visitors."""
        ...

    @property
    def certificates(self) -> queries.CertificateQueries:
        """Certificates of erasure."""
        ...

    @property
    def staff(self) -> queries.StaffQueries:
        """Who works for the operator, their sessions, and invitations."""
        ...

    @property
    def passkeys(self) -> queries.PasskeyQueries:
        """Passkeys, and the challenges that wait for an answer."""
        ...

    @property
    def news(self) -> queries.NewsQueries:
        """Improvement news, and what the address in each such mail ends."""
        ...


class Store(Protocol):
    """The operational store. Safe to call from many threads; several processes may have one store open.

    The function given is run in some thread while others wait for it: it does no other input or output, starts no
    other unit, and has no effect outside the unit, for it may be run again from its beginning when units collide.
    """

    def write(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work and return its result once everything it wrote is on disk.

        Raises:
            StoreError: the store could not make it durable; nothing was acknowledged. When the connection or the disk
                failed at the very end, what was written may be there after a restart.
            ConflictError: a row is there already that may be there once, or a fence is stale; nothing was written.
            Exception: whatever the function raises, unchanged; nothing was written. Other units are not touched.
        """
        ...

    def read(self, unit: Callable[[Unit], T]) -> T:
        """Run a unit of work that only reads, over one state of the store, and return its result.

        It sees everything that was acknowledged before it began, and writing in it is refused.

        Raises:
            StoreError: the store cannot be read, or the function tried to write.
            Exception: whatever the function raises, unchanged.
        """
        ...

    def close(self) -> None:
        """Finish the units that wait, refuse new ones, close the files; twice is once."""
        ...
