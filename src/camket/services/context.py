"""What every use case is handed: the ports, the policy in force, the door, and the numbers that the operator chose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from camket.core.notices.own_words import MailWords
from camket.services.holders import Holders
from camket.services.log_lines import LogQueue
from camket.services.spare_keys import SpareKeys
from camket.services.spent_tries import SpentTries

if TYPE_CHECKING:
    from camket.ports import Clock, Entropy, KeyStore, LawBook, MailCarrier, PictureMaker, Store
    from camket.services.access import Door
    from camket.services.policies import PolicyBook


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSettings:
    """The operator's numbers and names that use cases need; `camket.config` says what each means.

    Args:
        origin: public address without a slash at the end.
        ledger_origin: the origin line of checkpoints.
        mail_from: sender of mails; the controller's e-mail when None.
        keys_backup_days: how long backups of the key store live.
    """

    origin: str
    ledger_origin: str
    mail_from: str | None
    keys_backup_days: int
    registrations_per_address_hour: int
    sign_ins_per_address_hour: int
    attempts_per_address_hour: int
    codes_per_subject_hour: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """One running service. Made by `camket.bootstrap`, or by `camket.testing` out of doubles that are other objects."""

    store: Store
    keys: KeyStore
    clock: Clock
    entropy: Entropy
    policies: PolicyBook
    mail: MailCarrier
    door: Door
    settings: ServiceSettings
    laws: LawBook
    pictures: PictureMaker
    holders: Holders = field(default_factory=Holders)
    mail_words: MailWords = field(default_factory=MailWords)
    log_queue: LogQueue = field(default_factory=LogQueue)
    spare_keys: SpareKeys = field(default_factory=SpareKeys)
    spent_tries: SpentTries = field(default_factory=SpentTries)
