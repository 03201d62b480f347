"""What the API takes and gives about requests of whoever is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, StrictBool

from camket.core.errors import HolderFailure
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Verification
from camket.rows.requests import RequestChannel
from camket.web.api.documents import Document, Name, Names

LONGEST_TEXT: Final = 4000
NUMBER_PATTERN: Final = "^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$"
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Number = Annotated[str, Field(description="The receipt number that people read.", examples=["7K3F9-2QXTB"])]


class NewPlainRequest(Document):
    """A copy to read (`access`), a copy to take elsewhere (`port`), or the end of the account (`erase`)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "access"}]})

    kind: Literal["access", "port", "erase"]


class NewCorrection(Document):
    """Another value in the place of the one that is held."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "rectify", "item": "name", "value": "Alice Nguyễn"}]}
    )

    kind: Literal["rectify"]
    item: Name
    value: Words = Field(description="As typed; what it must be like depends on the item.")


class NewBar(Document):
    """Purposes that are not to be pursued with the caller's data, or the end of such a bar."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "object", "purposes": ["improve"]}]})

    kind: Literal["restrict", "object"]
    purposes: Names = Field(min_length=1, max_length=100, description="Ids of purposes, or `all` alone.")
    lifts: StrictBool = Field(default=False, description="The bar is to end.")


class NewWithdrawal(Document):
    """The end of a consent, on record as a request; `POST /consents/{consent}/withdrawal` does it at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "withdraw"}]})

    kind: Literal["withdraw"]
    consent: str | None = Field(
        default=None, min_length=1, max_length=64, description="Of the caller's own; null is every one that stands."
    )


class NewLetter(Document):
    """A question to support."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "support", "text": "Máy in không nhận."}]})

    kind: Literal["support"]
    text: Words


NewRequest: TypeAlias = Annotated[
    NewPlainRequest | NewCorrection | NewBar | NewWithdrawal | NewLetter, Field(discriminator="kind")
]


class FailingDocument(Document):
    """A step that cannot be done now; it is tried again by itself."""

    system: str | None = Field(description="What the other system is called; null for a step of the service's own.")
    why: HolderFailure
    since: datetime


class FileDocument(Document):
    """The file that answers a request, until it is deleted here."""

    name: str
    size_bytes: int
    made_at: datetime
    expires_at: datetime
    fetched_at: datetime | None


class RequestDocument(Document):
    """A request, and where it stands."""

    number: Number
    kind: RequestKind
    state: RequestState
    channel: RequestChannel = Field(description="How it came in.")
    made_at: datetime
    verified_at: datetime | None = Field(description="When the caller first proved who they are.")
    verified_level: Verification | None = Field(description="How, at best.")
    needs: Verification | None = Field(description="What proof it takes; null where the policy has no such right.")
    answer_due_at: datetime | None = Field(description="Until when it is taken up, or refused with the reason.")
    due_at: datetime | None = Field(description="Until when it is carried out; null while no clock runs.")
    waits_since: datetime | None = Field(description="Since when it waits for the caller's answer.")
    extended_at: datetime | None
    failing: list[FailingDocument]
    file: FileDocument | None = Field(description="For a copy that is ready.")
    ended_at: datetime | None


class EventDocument(Document):
    """One line of a request's timeline."""

    event: RequestEvent
    state: RequestState = Field(description="Where it stood afterwards.")
    at: datetime
    by_you: bool = Field(description="The caller did it.")
    staff: str | None = Field(description="Work name of the staff who did it; null for the caller and the service.")
    text: str | None = Field(description="What was written with it: a reason, an answer.")


class TimelineDocument(Document):
    """A request with everything that happened to it and that its customer may see, oldest first."""

    request: RequestDocument
    article: str | None = Field(description="What the due date rests on.")
    answer_until: datetime | None = Field(description="Until when the caller's answer is waited for.")
    wants_yes: bool = Field(description="What it waits for is the caller's acceptance alone.")
    may_withdraw: bool = Field(description="It can be taken back now.")
    timeline: list[EventDocument]


class SentCode(Document):
    """A code went to the e-mail address that is held; it is good with this token only."""

    browser: str = Field(description="Opaque; give it back with the code.")


class EnteredCode(Document):
    """The code from the mail."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"browser": "5f2c0e", "code": "123456"}]})

    browser: str = Field(min_length=1, max_length=200)
    code: str = Field(min_length=1, max_length=20)


class ProofDocument(Document):
    """Proof of who asks, for this request and in this session."""

    level: Verification
    expires_at: datetime


class Acceptance(Document):
    """The caller's wish to have a proven request carried out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"consequences": None, "new_address": None}]})

    consequences: str | None = Field(
        default=None, min_length=64, max_length=64, description="For `erase`: what `GET .../preview` called them."
    )
    new_address: EnteredCode | None = Field(
        default=None, description="For the correction of an e-mail address: the code that went to the new one."
    )


class AcceptedDocument(Document):
    """What came of it."""

    request: RequestDocument
    certificate: str | None = Field(
        description="For `erase`: the token of the certificate, a secret that is nowhere else."
    )


class GoesDocument(Document):
    """An item that goes."""

    item: str
    label: str
    count: int
    in_apps: int = Field(description="How many of these apps and other systems hold.")


class StaysDocument(Document):
    """An item that a law holds."""

    item: str
    label: str
    count: int
    article: str
    reason: str
    until: datetime


class PreviewDocument(Document):
    """What the end of the account would do now."""

    goes: list[GoesDocument]
    stays: list[StaysDocument]
    says: list[str] = Field(description="What is to be accepted, sentence by sentence. Show all of it.")
    cooling_off_days: int
    consequences: str = Field(description="Names all of this; goes with the acceptance.")


class NewMessage(Document):
    """A message to support about a request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Máy hiệu Alpha."}]})

    text: Words


class MessageDocument(Document):
    """One message of a thread."""

    at: datetime
    by_you: bool
    text: str | None = Field(description="Null where its time was over and it was deleted.")
    pictures: int = Field(description="How many came with it; they are shown on the pages.")


class ThreadDocument(Document):
    """The thread of a request, oldest first."""

    request: RequestDocument
    messages: list[MessageDocument]
    open: bool = Field(description="The caller may write on.")
