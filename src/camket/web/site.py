"""What every page is made from: the running service, the templates, and how the service is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from camket.services.policies import none_in_force

if TYPE_CHECKING:
    from datetime import datetime

    from camket.bootstrap import Runtime
    from camket.client.loading import LoadedApp
    from camket.core.policy.model import PolicyVersion
    from camket.services.context import Context
    from camket.web.rendering import Pages


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownVersion:
    """A published version as the pages show it.

    Args:
        since: from when it is, was or will be in force.
        in_force: it is the newest of those in force.
        to_come: it takes effect later.
    """

    version: PolicyVersion
    since: datetime
    in_force: bool
    to_come: bool

    @property
    def number(self) -> int:
        """Its number."""
        return self.version.number

    @property
    def document_hash(self) -> str:
        """Hexadecimal; over every byte in every language."""
        return self.version.document_hash

    @property
    def meaning_hash(self) -> str:
        """Hexadecimal; over what it means for a subject."""
        return self.version.meaning_hash


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """One running web application.

    Args:
        runtime: the running service.
        pages: the templates.
        https: the service is reached over https.
        demonstration: the data is made up, and every page says so.
        apps: the guests that are mounted beside the pages.
    """

    runtime: Runtime
    pages: Pages
    https: bool
    demonstration: bool = False
    apps: tuple[LoadedApp, ...] = ()

    @property
    def context(self) -> Context:
        """What the use cases need."""
        return self.runtime.context

    @property
    def mailbox_shown(self) -> bool:
        """The development mailbox has a page."""
        return self.runtime.mailbox is not None

    def versions(self) -> tuple[ShownVersion, ...]:
        """Return every published version, oldest first."""
        now = self.context.clock.now()
        published = self.context.policies.published(self.context.store)
        standing = max((one.version.number for one in published if one.effective_at <= now), default=0)
        return tuple(
            ShownVersion(
                version=one.version,
                since=one.effective_at,
                in_force=one.version.number == standing,
                to_come=one.effective_at > now,
            )
            for one in published
        )

    def in_force(self) -> ShownVersion:
        """Return the version in force.

        Raises:
            NotFoundError: none is; the service does not start like that.
        """
        standing = [one for one in self.versions() if one.in_force]
        if not standing:
            raise none_in_force(self.context.policies.published(self.context.store), self.context.clock.now())
        return standing[0]
