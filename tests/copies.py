"""Copies as tests take them: asked for, proven, made by the job, handed over."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from camket.core.rights.machine import RequestKind
from camket.core.terms import VerifiedIdentity
from camket.services.copy_requests import begin_copy, start_copy
from camket.services.request_files import hand_over
from tests.journeys import Customer, Service

LINK = re.compile(r"/copies/([0-9a-f]{64})")


@dataclass(frozen=True)
class Taken:
    """A copy that was handed over."""

    request_id: str
    file_name: str
    data: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """Its files by name, in their order."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def values(self) -> dict[str, Any]:
        """What programs read."""
        data: dict[str, Any] = json.loads(self.files["data.json"])
        return data


def proven(service: Service, customer: Customer, kind: RequestKind = RequestKind.PORT) -> VerifiedIdentity:
    """Ask for a copy and prove who asks."""
    return customer.prove(start_copy(service.ctx, customer.session, kind=kind).id)


def make(service: Service, identity: VerifiedIdentity) -> Taken:
    """Have a copy made and take it."""
    begin_copy(service.ctx, identity)
    service.work()
    return fetch(service, identity)


def fetch(service: Service, identity: VerifiedIdentity) -> Taken:
    """Take a copy that is ready."""
    handed = hand_over(service.ctx, identity)
    data = handed.whole()
    assert len(data) == handed.size_bytes
    return Taken(identity.request_id, handed.file_name, data)


def take(service: Service, customer: Customer, kind: RequestKind = RequestKind.PORT) -> Taken:
    """Ask for a copy, prove who asks, and take it."""
    identity = proven(service, customer, kind)
    service.sequence()
    return make(service, identity)


def link_of(service: Service, customer: Customer) -> str:
    """Return the token of the link in the newest mail."""
    (token,) = LINK.findall(service.last_mail(customer.email).text)
    return str(token)
