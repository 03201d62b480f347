"""The only place that chooses adapters: from settings to a service that is ready to serve, or a refusal that says why.

The order is what makes it safe: store, then key store, then do the two belong together, then is the database as new as
the last checkpoint, then the policy. Nothing is served, and no key is made, before all of that holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from camket.adapters.clock import SystemClock
from camket.adapters.connectors import make_connector
from camket.adapters.entropy import SystemEntropy
from camket.adapters.keys import open_or_create_key_store
from camket.adapters.law import ShippedLaws
from camket.adapters.mail.absent import NoCarrier
from camket.adapters.mail.mailbox import Mailbox
from camket.adapters.pictures import ConfinedPictures
from camket.adapters.policy_files import read_policy_folder
from camket.adapters.store import open_store
from camket.adapters.telemetry import configure_logs
from camket.core.errors import InvalidValueError, KeyStoreError, LedgerError, PolicyError, StoreError, UnreadableError
from camket.core.notices.own_words import MailWords
from camket.rows import InstallationRow
from camket.services.access import Door
from camket.services.connected import connect
from camket.services.context import Context, ServiceSettings
from camket.services.holders import Holders
from camket.services.policies import PolicyBook, publish_policy, was_published
from camket.services.restoring import (
    find_gap,
    gap_line,
    gap_lines,
    next_origin,
    origin_of_log,
    queue_replay,
    record_restore,
    replay_erasures,
)
from camket.services.sequencing import Sequencer

if TYPE_CHECKING:
    from camket.config import Settings
    from camket.holder_ports import Connector
    from camket.ports import Clock, Entropy, KeyStore, MailCarrier, Store
    from camket.services.restoring import Gap

FOLDER_MODE: Final = 0o700

log = structlog.get_logger("camket")


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """A service that is ready: its context, and what has to be closed with it.

    Args:
        context: what use cases are handed.
        settings: as the operator made them.
        mailbox: the development mailbox; None where a relay carries mails.
        connectors: to other systems of the operator, by name.
    """

    context: Context
    settings: Settings
    mailbox: Mailbox | None
    connectors: tuple[Connector, ...]

    def close(self) -> None:
        """Finish what is under way and close store and key store; twice is once."""
        for connector in self.connectors:
            connector.close()
        self.context.store.close()
        self.context.keys.close()


def start_runtime(
    settings: Settings,
    *,
    accept_restore: bool = False,
    existing: bool = False,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    mail: MailCarrier | None = None,
) -> Runtime:
    """Open everything that the service needs, publish the policy where that is due, and return the running context.

    Args:
        settings: from `camket.config.load_settings`.
        accept_restore: go on with a database that was put back to an older state, under a new log that names the gap;
            where only tables of apps were put back, have those erase again what was erased.
        existing: only what is there already: no data folder, database or key store is made, no policy published.
        clock: another clock than the system's, for tests.
        entropy: other randomness than the system's, for tests.
        mail: another carrier of mails than the settings choose, for tests.

    Raises:
        SettingsError: the database's address names no store, the relay's no relay, or a connector's no database.
        StoreError: the data folder or the database cannot be used.
        KeyStoreError: the key store is missing, older than the database, another's, or unreadable.
        LedgerError: the database is older than the last checkpoint, or the ledger was renamed.
        NotFoundError: the clock is before the first version of the policy; says from when that is in force. Or a file
            among the operator's own calendars is named after none.
        PolicyError: the policy's folder has findings and there is no version to go on with.
        UnreadableError: the policy's folder cannot be read and there is no version to go on with; or the folder of own
            words for mails or of own calendars cannot be read.
        InvalidValueError: a calendar of the operator's own says what cannot hold.

    Effects:
        On a first start the database, the key store and version 1 of the policy are made. Threads of store and key
        store run until `Runtime.close`.
    """
    mailbox = Mailbox() if mail is None and settings.mailbox_shown else None
    carrier = mail or mailbox or _relay(settings)
    connectors = tuple(make_connector(one) for one in settings.declared_connectors)
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    if existing:
        _require_folder(settings)
    else:
        _make_folder(settings)
    store = open_store(settings.store_url)
    try:
        keys = _open_keys(settings, store, clock)
        try:
            gap = _require_whole(store, keys, accept_restore=accept_restore)
            origin = origin_of_log(keys, settings.checkpoint_origin)
            context = _context(
                settings, store, keys, clock, entropy, carrier, origin if gap is None else next_origin(origin)
            )
            connect(context, connectors)
            if gap is not None:
                _go_on_after(context, gap)
            elif accept_restore:
                queue_replay(context)
            if not existing:
                _publish(context, settings)
        except BaseException:
            keys.close()
            raise
    except BaseException:
        store.close()
        raise
    return Runtime(context=context, settings=settings, mailbox=mailbox, connectors=connectors)


def configure_logging(settings: Settings) -> None:
    """Make every log line pass the allow-list of declared events and fields."""
    configure_logs(level=settings.log_level)


def _context(
    settings: Settings,
    store: Store,
    keys: KeyStore,
    clock: Clock,
    entropy: Entropy,
    mail: MailCarrier,
    origin: str,
) -> Context:
    policies = PolicyBook()
    return Context(
        store=store,
        keys=keys,
        clock=clock,
        entropy=entropy,
        policies=policies,
        mail=mail,
        door=Door(store=store, keys=keys, clock=clock, entropy=entropy, policies=policies),
        settings=ServiceSettings(
            origin=settings.public_origin,
            ledger_origin=origin,
            mail_from=settings.mail_from,
            keys_backup_days=settings.keys_backup_days,
            registrations_per_address_hour=settings.registrations_per_address_hour,
            sign_ins_per_address_hour=settings.sign_ins_per_address_hour,
            attempts_per_address_hour=settings.attempts_per_address_hour,
            codes_per_subject_hour=settings.codes_per_subject_hour,
        ),
        laws=ShippedLaws(settings.calendars),
        pictures=ConfinedPictures(),
        holders=Holders(settings.apps_with_data | {one.name for one in settings.declared_connectors}),
        mail_words=_mail_words(settings),
    )


def _relay(settings: Settings) -> MailCarrier:
    if settings.smtp_url is None:
        return NoCarrier()
    from camket.adapters.mail.smtp import SmtpCarrier, read_relay  # noqa: PLC0415 - loaded where a relay is named

    return SmtpCarrier(read_relay(settings.smtp_url))


def _mail_words(settings: Settings) -> MailWords:
    if settings.mail_templates is None:
        return MailWords()
    from camket.adapters.mail.words import read_words_folder  # noqa: PLC0415 - loaded where there are own words

    words = read_words_folder(settings.mail_templates)
    for finding in words.findings:
        log.warning("mail_words_refused", finding=str(finding))
    return words


def _make_folder(settings: Settings) -> None:
    folder = settings.data
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise StoreError(f"the data folder `{folder}` cannot be made: {reason}; set `data` to another one") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"the data folder `{folder}` cannot be written to; give it to this user, or set `data`")


def _require_folder(settings: Settings) -> None:
    if settings.database_url is None and not settings.database_file.exists():
        raise StoreError(
            f"there is no database in `{settings.data}`; set `data` to the folder that the service runs on"
        )


def _open_keys(settings: Settings, store: Store, clock: Clock) -> KeyStore:
    installation = store.read(lambda unit: unit.installation.get())
    now = clock.now()
    keys = open_or_create_key_store(settings.keys_folder, database_is_empty=installation is None, at=now)
    try:
        if installation is not None:
            keys.require_match(instance_id=installation.instance_id, generation=installation.key_generation)
            return keys
        _require_unused(keys, settings)
        row = InstallationRow(instance_id=keys.instance_id, created_at=now, key_generation=keys.generation())
        store.write(lambda unit: unit.installation.create(row))
    except BaseException:
        keys.close()
        raise
    return keys


def _require_unused(keys: KeyStore, settings: Settings) -> None:
    if keys.last_checkpoint() is not None or next(keys.tombstones(), None) is not None:
        raise KeyStoreError(
            f"the database is empty, and the key store `{settings.keys_folder}` has served another one; restore that "
            "database from its newest backup, or set `keys` to an empty folder"
        )


def _require_whole(store: Store, keys: KeyStore, *, accept_restore: bool) -> Gap | None:
    gap = find_gap(store, keys)
    if gap is not None and not accept_restore:
        raise LedgerError(
            f"{gap}. Restore the newest backup; or, if there is none, start once with --accept-restore: deletions are "
            "carried out again, and a new log is opened that names the gap for everyone"
        )
    return gap


def _go_on_after(ctx: Context, gap: Gap) -> None:
    # INVARIANT: erasures are replayed before anything else is done with a database that was put back.
    tombstones = replay_erasures(ctx)
    record_restore(ctx, gap)
    sequencer = Sequencer(ctx, opens=(*gap_lines(ctx.keys), gap_line(gap)))
    sequencer.once()
    sequencer.release()
    log.warning("restored", ledger_size=gap.kept_size, checkpoint_size=gap.lost.size, tombstones=tombstones)


def _publish(ctx: Context, settings: Settings) -> None:
    published = ctx.policies.published(ctx.store)
    if published:
        # A clock before the first version is told of here, before anything is served or published.
        ctx.policies.in_force(ctx.store, ctx.clock.now())
    if published and not settings.development:
        return
    try:
        files = read_policy_folder(settings.policy)
        # What officers published since stands: the folder counts only where it says what was never published.
        if published and was_published(ctx, files):
            return
        version = publish_policy(ctx, files)
    except (PolicyError, UnreadableError, InvalidValueError) as error:
        if not published:
            raise
        findings = error.findings if isinstance(error, PolicyError) else (error,)
        for finding in findings:
            log.warning("policy_refused", finding=str(finding))
        log.warning("policy_kept", version=published[-1].version.number)
        return
    log.info("policy_published", version=version.number, document_hash=version.document_hash)
