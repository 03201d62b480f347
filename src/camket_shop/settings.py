"""The shop's own settings, `QUAY_NAME` in the environment; a name that does not exist stops the start."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from camket_shop.errors import SettingsError
from camket_shop.networks import Network, read_networks

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX: Final = "QUAY_"


class ShopSettings(BaseSettings):
    """What the operator decides about the shop. Frozen; made by `load_shop_settings`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: str | None = Field(
        None,
        repr=False,
        description="Address of the shop's own database, `postgresql://...`; SQLite in the app's folder when not set.",
    )

    network_printers: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="Networks with printers that the server may send receipts to, `192.168.1.0/24,10.0.0.7`; none when "
        "not set.",
    )

    @field_validator("network_printers", mode="before")
    @classmethod
    def _networks(cls, given: object) -> object:
        """Read a list of networks."""
        return read_networks(given) if isinstance(given, str) else given

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, url: str | None) -> str | None:
        """Refuse a database that the shop does not speak to."""
        if url is not None and not url.startswith("postgresql://"):
            message = "the address begins with `postgresql://`; leave it out for SQLite"
            raise ValueError(message)
        return url


def load_shop_settings(**overrides: object) -> ShopSettings:
    """Read the settings.

    Args:
        overrides: settings by name that win over the environment.

    Raises:
        SettingsError: an unknown name or a value that cannot hold; all problems in one message.
    """
    known = [variable(name) for name in ShopSettings.model_fields]
    problems = [
        f"there is no setting `{name}`{_nearest(name, known)}"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known
    ]
    if problems:
        raise SettingsError("\n".join(problems))
    try:
        return ShopSettings(**cast("dict[str, Any]", overrides))
    except ValidationError as error:
        raise SettingsError("\n".join(_problem(details) for details in error.errors())) from None


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper()


def _problem(details: ErrorDetails) -> str:
    name = str(details["loc"][0]) if details["loc"] else ""
    message = details["msg"].removeprefix("Value error, ")
    if name not in ShopSettings.model_fields:
        return f"there is no setting `{name}`{_nearest(name, list(ShopSettings.model_fields))}"
    return f"the setting `{name}` ({variable(name)}) cannot hold: {message[0].lower()}{message[1:]}"


def _nearest(name: str, known: list[str]) -> str:
    matches = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean `{matches[0]}`?)" if matches else ""
