"""One frozen `Settings`, from the environment and one TOML file; the environment wins.

Every setting `name` is written `CAMKET_NAME` in the environment and `name = ...` in the file; `port` is also read from
`PORT`. A name that does not exist stops the start with its nearest name, because a setting that is silently not in
force is how a promise gets broken.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from camket.core.errors import InvalidValueError, SettingsError, nearest
from camket.core.rights.connectors import Declaration, read_connectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

PREFIX: Final = "CAMKET_"
CONFIG_VARIABLE: Final = "CAMKET_CONFIG"
DEFAULT_CONFIG_FILE: Final = "camket.toml"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
SECRETS: Final = frozenset({"connectors", "database_url", "smtp_url"})
"""Settings that may carry a password: no message quotes them."""

MOUNT_PREFIX: Final = re.compile(r"/[a-z][a-z0-9-]{0,30}", re.ASCII)
FACTORY: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)

Count = Annotated[int, Field(ge=1, le=1_000_000)]


@dataclass(frozen=True, kw_only=True, slots=True)
class MountedApp:
    """One app of the setting `apps`.

    Args:
        prefix: where it is mounted, `/quay`.
        factory: what makes it, `camket_shop.app:create_app`.
    """

    prefix: str
    factory: str

    @property
    def name(self) -> str:
        """The prefix without its slash: the app's folder and its name as a guest."""
        return self.prefix.removeprefix("/")


class Settings(BaseSettings):
    """What the operator decides. Frozen; made by `load_settings`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="Address to listen on. Any but loopback needs `smtp_url`.")
    port: int = Field(
        8000, ge=0, le=65535, validation_alias=AliasChoices("PORT", "CAMKET_PORT", "port"),
        description="Port to listen on; 0 takes a free one.",
    )  # fmt: skip
    data: Path = Field(Path("data"), description="Folder of the database and, unless `keys` says otherwise, the keys.")
    database_url: str | None = Field(
        None, repr=False, description="SQLAlchemy address of the database; SQLite in the data folder when not set."
    )
    keys: Path | None = Field(
        None,
        description="Folder of the key store, with a backup rule of its own; `keys` in the data folder if not set.",
    )
    keys_backup_days: int = Field(
        30, ge=0, le=3650,
        description="How long backups of the key store live; a deletion is `destroyed` only after that.",
    )  # fmt: skip
    policy: Path = Field(Path("policies/default"), description="Folder of the policy that is published at start.")
    development: bool = Field(
        default=False,
        description="Development: mailbox in memory on a loopback address, a changed policy is published at start.",
    )
    origin: str | None = Field(
        None, description="Public address, `https://...`; `http://localhost:PORT` when not set. Written into mails."
    )
    ledger_origin: str | None = Field(
        None, description="Origin line of the ledger's checkpoints; the host of `origin` and `/ledger` when not set."
    )
    smtp_url: str | None = Field(
        None, repr=False,
        description="Mail relay, `smtp://host:25` or `smtps://user:password@host:465` (`smtp+starttls://` too).",
    )  # fmt: skip
    mail_from: str | None = Field(None, description="Sender of every mail; the controller's e-mail when not set.")
    mail_templates: Path | None = Field(
        None, description="Folder with the operator's own words for mails; camket's own stand in for what is missing."
    )
    calendars: Path | None = Field(
        None, description="Folder with the operator's own calendars of days off, `vn.toml`, in place of camket's."
    )
    proxy: str | None = Field(
        None, description="Address of the reverse proxy whose `X-Forwarded-For` is believed; nobody's when not set."
    )
    apps: str | None = Field(
        None,
        description="Apps that `serve` runs beside its own pages, `/quay=camket_shop.app:create_app`, commas between.",
    )
    connectors: Annotated[dict[str, Any] | None, NoDecode] = Field(
        None, repr=False,
        description="Other systems that hold data of customers: a section `[connectors.NAME]` each, or all as JSON.",
    )  # fmt: skip
    lan: bool = Field(
        default=False,
        description="As `serve --lan`: https for phones of the local network, by a certificate authority of its own.",
    )
    lan_port: int = Field(
        8443, ge=0, le=65535, description="Port of https on the local network, with `lan`; 0 takes a free one."
    )
    threads: int = Field(16, ge=1, le=256, description="Threads that serve requests.")
    workers: int = Field(2, ge=1, le=64, description="Threads that run jobs.")
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="`debug`, `info`, `warning` or `error`."
    )
    registrations_per_address_hour: Count = Field(20, description="Registrations started from one address in an hour.")
    sign_ins_per_address_hour: Count = Field(
        30, description="Sign-ins started from one address in an hour; as many requests without signing in."
    )
    attempts_per_address_hour: Count = Field(60, description="Codes entered from one address in an hour.")
    codes_per_subject_hour: Count = Field(
        6, description="Codes sent to one e-mail address in an hour, and requests that one customer may start."
    )

    @field_validator("origin")
    @classmethod
    def _whole_origin(cls, origin: str | None) -> str | None:
        """Refuse an address that no browser would call an origin, and one without TLS that others reach."""
        if origin is None:
            return None
        parts = urlsplit(origin)
        plain = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
            message = "a public address is `https://` and a host, with a port if need be, and nothing after it"
            raise ValueError(message)
        if parts.scheme != "https" and not plain:
            message = "a public address is reached over `https://`: sessions and codes would travel in the clear"
            raise ValueError(message)
        return origin

    @field_validator("apps")
    @classmethod
    def _whole_apps(cls, apps: str | None) -> str | None:
        """Refuse what names no place or no factory, and a place that is named twice."""
        prefixes = [app.prefix for app in read_apps(apps)]
        twice = sorted({prefix for prefix in prefixes if prefixes.count(prefix) > 1})
        if twice:
            message = f"two apps are mounted at `{twice[0]}`"
            raise ValueError(message)
        return apps

    @field_validator("connectors", mode="before")
    @classmethod
    def _whole_connectors(cls, connectors: object) -> object:
        """Refuse a declaration that cannot hold, each problem on a line of its own."""
        try:
            found = json.loads(connectors) if isinstance(connectors, str) else connectors
        except ValueError:
            message = "what the environment gives is no JSON"
            raise ValueError(message) from None
        if isinstance(found, dict):
            try:
                read_connectors(found)
            except InvalidValueError as error:
                raise ValueError(str(error)) from None
        return found

    @model_validator(mode="after")
    def _names_of_holders(self) -> Settings:
        """Refuse a connector with the name of an app: both are holders, and each is asked by its name."""
        for name in sorted({app.name for app in self.mounted_apps} & (self.connectors or {}).keys()):
            message = f"`connectors.{name}` has the name of the app `/{name}`; call it something else"
            raise ValueError(message)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library passes it; there is no .env file
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library passes it; no secrets folder
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the one TOML file."""
        file = config_file(os.environ)
        if file is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    @property
    def loopback(self) -> bool:
        """Only this machine can reach the service."""
        return self.host in LOOPBACK

    @property
    def mailbox_shown(self) -> bool:
        """The development mailbox stands in for a relay: development, no relay named, and reached on loopback alone."""
        # INVARIANT: the mailbox shows every code, so it is never shown where a proxy leads others to this machine.
        return self.development and self.smtp_url is None and not self.reached_by_others

    @property
    def reached_by_others(self) -> bool:
        """Others than this machine can reach the service: by its own address, or through a proxy."""
        named = urlsplit(self.public_origin).hostname
        return self.lan or not self.loopback or named not in LOOPBACK or self.proxy is not None

    @property
    def database_file(self) -> Path:
        """Where SQLite keeps the database when no address is set."""
        return self.data / "camket.db"

    @property
    def store_url(self) -> str:
        """The database's address with the default filled in."""
        return self.database_url or f"sqlite:///{self.database_file}"

    @property
    def demonstration_mark(self) -> Path:
        """The file that marks a data folder as a demonstration; where it stands, every page says so."""
        return self.data / "DEMONSTRATION"

    @property
    def mounted_apps(self) -> tuple[MountedApp, ...]:
        """The apps of the setting `apps`, in its order."""
        return read_apps(self.apps)

    @property
    def declared_connectors(self) -> tuple[Declaration, ...]:
        """The connectors of the setting `connectors`, by name."""
        return read_connectors(self.connectors or {})

    @property
    def apps_folder(self) -> Path:
        """Where each app has a folder of its own."""
        return self.data / "apps"

    @property
    def apps_with_data(self) -> frozenset[str]:
        """Names of the apps that have, or will have, a folder here: those that are set, and those that once were."""
        folder = self.apps_folder
        found = folder.iterdir() if folder.is_dir() else ()
        there = [one.name for one in found if one.is_dir() and MOUNT_PREFIX.fullmatch(f"/{one.name}")]
        return frozenset(there) | {app.name for app in self.mounted_apps}

    @property
    def keys_folder(self) -> Path:
        """The key store's folder with the default filled in."""
        return self.keys or self.data / "keys"

    @property
    def public_origin(self) -> str:
        """The public address with the default filled in; no slash at the end."""
        return (self.origin or f"http://localhost:{self.port}").rstrip("/")

    @property
    def checkpoint_origin(self) -> str:
        """The origin line of checkpoints; no scheme, port or address of a local network, so that it outlives them."""
        host = "localhost" if self.lan else urlsplit(self.public_origin).hostname
        return self.ledger_origin or f"{host}/ledger"

    def require_mail_carrier(self) -> None:
        """Refuse to serve where codes could not reach anyone, or could be read by everyone.

        Raises:
            SettingsError: no relay is named and the development mailbox may not stand in for it.
        """
        if self.smtp_url is not None or self.mailbox_shown:
            return
        if self.lan:
            raise SettingsError(
                "`lan` lets others on the network reach the service, so `smtp_url` must name a mail relay: the "
                "development mailbox would show them every code"
            )
        if not self.loopback:
            raise SettingsError(
                f"`host` is `{self.host}`, which others can reach, so `smtp_url` must name a mail relay"
            )
        if self.reached_by_others:
            raise SettingsError(
                "`origin` or `proxy` says that others reach the service, so `smtp_url` must name a mail relay: the "
                "development mailbox would show them every code"
            )
        raise SettingsError(
            "`smtp_url` is not set: name a mail relay, or set `development` to read mails in the browser"
        )


def read_apps(text: str | None) -> tuple[MountedApp, ...]:
    """Return the apps that the setting names.

    Raises:
        ValueError: an entry is not `/prefix=module:factory`.
    """
    apps = []
    for entry in (text or "").split(","):
        prefix, _, factory = (part.strip() for part in entry.partition("="))
        if not entry.strip():
            continue
        if not MOUNT_PREFIX.fullmatch(prefix):
            message = f"`{prefix}` is no place for an app; write a slash and one lower-case word, `/quay`"
            raise ValueError(message)
        if not FACTORY.fullmatch(factory):
            message = f"`{factory}` names no factory; write `{prefix}=module:function`"
            raise ValueError(message)
        apps.append(MountedApp(prefix=prefix, factory=factory))
    return tuple(apps)


def config_file(environ: Mapping[str, str]) -> Path | None:
    """Return the TOML file to read: what `CAMKET_CONFIG` names, else `camket.toml` here if it exists, else None."""
    named = environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    default = Path(DEFAULT_CONFIG_FILE)
    return default if default.is_file() else None


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Args:
        overrides: settings by name that win over the environment and the file (command-line options, tests).

    Raises:
        SettingsError: an unknown name, a value that cannot hold, or an unreadable file; all problems in one message.
    """
    problems = _unknown_variables(os.environ) + _unreadable_file(os.environ)
    if problems:
        raise SettingsError("\n".join(problems))
    try:
        return Settings(**cast("dict[str, Any]", overrides))
    except ValidationError as error:
        raise SettingsError("\n".join(_problem(details) for details in error.errors())) from None


def _unknown_variables(environ: Mapping[str, str]) -> list[str]:
    known = {variable(name) for name in Settings.model_fields} | {CONFIG_VARIABLE}
    return [
        f"there is no setting `{name}`{nearest(name, known)}"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]


def _unreadable_file(environ: Mapping[str, str]) -> list[str]:
    file = config_file(environ)
    if file is None:
        return []
    try:
        names = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        return [f"the settings file `{file}` cannot be read: {error.strerror}"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [f"the settings file `{file}` is not valid TOML: {error}"]
    known = set(Settings.model_fields)
    return [f"{file}: there is no setting `{name}`{nearest(name, known)}" for name in names if name not in known]


def _problem(details: ErrorDetails) -> str:
    message = details["msg"].removeprefix("Value error, ")
    if not details["loc"]:
        return message
    name = str(details["loc"][0])
    setting = name.removeprefix(PREFIX).lower()
    if setting not in Settings.model_fields:
        return f"there is no setting `{name}`{nearest(name, Settings.model_fields)}"
    return f"the setting `{setting}` ({variable(setting)}) cannot hold: {message[0].lower()}{message[1:]}"


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper()


def settings_reference() -> str:
    """Return `docs/reference/settings.md`: every setting with its variable, default and meaning."""
    lines = [
        "# Settings",
        "",
        "From the environment, or from one TOML file: the one that `CAMKET_CONFIG` names, else `camket.toml` in the",
        "working folder. The environment wins. A name that is not below stops the start.",
        "",
        "| setting | environment | default | meaning |",
        "|---|---|---|---|",
    ]
    lines += [_reference_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(lines) + "\n"


def _reference_row(name: str, field: FieldInfo) -> str:
    default = "not set" if field.default is None else f"`{str(field.default).lower()}`"
    names = f"`{variable(name)}`" + (", `PORT`" if name == "port" else "")
    return f"| `{name}` | {names} | {default} | {field.description} |"
