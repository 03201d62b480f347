"""What the API takes and gives about requests at the desk of staff."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import ConfigDict, Field, StrictBool, model_validator

from camket.core.rights.deadlines import DueKind
from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Verification
from camket.core.vault.lookup import IndexField
from camket.rows.requests import RequestChannel
from camket.services.request_queue import Urgency
from camket.web.api.documents import Document, Name, Names, one_of
from camket.web.api.request_documents import FailingDocument, Number, Words

WorkName = Annotated[str, Field(min_length=1, max_length=64, pattern="^[a-z0-9-]+$", description="Of staff.")]


class QueueDocument(Document):
    """One request of a list."""

    number: Number
    kind: RequestKind
    state: RequestState
    channel: RequestChannel
    made_at: datetime
    verified_level: Verification | None
    assigned_to: str | None = Field(description="Work name of the staff who works on it.")
    due: DueKind | None = Field(description="What is due next; null where no clock runs.")
    due_at: datetime | None
    urgency: Urgency
    failing: StrictBool
    ended_at: datetime | None
    mask: str | None = Field(description="What is shown of the name of whose it is; null to who may not see values.")


class CountDocument(Document):
    """How many requests are open, whatever was wished for."""

    proven: int
    late: int
    soon: int = Field(description="With less than a quarter of their time.")
    unproven: int
    failing: int


class QueuePageDocument(Document):
    """A page of a list."""

    requests: list[QueueDocument]
    count: CountDocument
    newer: str | None = Field(description="Gives the page before, as `before`; null on the first.")
    older: str | None = Field(description="Gives the next page, as `after`; null on the last.")


class LineDocument(Document):
    """One line of a request's timeline, without what was written with it."""

    event: RequestEvent
    state: RequestState
    at: datetime
    actor: str = Field(description="`subject`, `service:name` or `staff:work-name`.")
    shown: bool = Field(description="Its customer sees it.")


class CaseDocument(Document):
    """A request at the desk; nothing that was written is in it."""

    number: Number
    kind: RequestKind
    state: RequestState
    channel: RequestChannel
    made_at: datetime
    verified_at: datetime | None
    verified_level: Verification | None
    filed_by: str | None
    assigned_to: str | None
    answer_due_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    waits_since: datetime | None
    extended_at: datetime | None
    failing: list[FailingDocument]
    ended_at: datetime | None
    timeline: list[LineDocument]


class FiledRequest(Document):
    """A request for someone who called or came; it waits for their proof like any other."""

    model_config = ConfigDict(
        json_schema_extra={
            **one_of("email", "phone"),
            "examples": [{"email": "alice@shop.example", "kind": "access", "reason": "Khách gọi điện xin bản sao."}],
        }
    )

    email: str | None = Field(default=None, min_length=1, max_length=254)
    phone: str | None = Field(default=None, min_length=1, max_length=40)
    kind: RequestKind
    reason: Words = Field(description="What they said and how they asked; the customer reads it.")
    item: Name | None = Field(default=None, description="For `rectify`: what is wrong.")
    value: Words | None = Field(default=None, description="For `rectify`: what is right instead.")
    purposes: Names = Field(
        default=[], max_length=100, description="For `restrict` and `object`; none means every purpose."
    )

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.email is None) is (self.phone is None):
            message = "name either `email` or `phone`"
            raise ValueError(message)
        return self

    @property
    def known_by(self) -> tuple[IndexField, str]:
        """What they are known by, *personal*."""
        return (IndexField.EMAIL, self.email) if self.email else (IndexField.PHONE, self.phone or "")


class FiledDocument(Document):
    """A request was made; whoever files it does not learn whether someone has that address."""

    number: Number


class Assignment(Document):
    """The request goes to someone to work on, or to nobody."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"act": "assign", "to": None}]})

    act: Literal["assign"]
    to: WorkName | None = None


class Writing(Document):
    """Words about a request: `note` among staff; `reply` and `ask_subject` to its customer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"act": "note", "text": "Đã gọi hỏi khách."}]})

    act: Literal["note", "ask_subject"]
    text: Words


class Reply(Document):
    """An answer to the customer; it ends a question to support, unless `finish` is false."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"act": "reply", "text": "Bạn bật Bluetooth giúp nhé."}]})

    act: Literal["reply"]
    text: Words
    finish: StrictBool = True


class Reasoned(Document):
    """An act with its reason, which the customer reads."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"act": "extend", "reason": "Phải hỏi thêm bên vận hành máy chủ."}]}
    )

    act: Literal["refuse", "extend", "verify_in_person", "read", "propose", "decline"] = Field(
        description="`read`: for a quarter of an hour the customer's words may be read, for this request. `propose`: "
        "another member of staff has to approve it."
    )
    reason: Words


class Deed(Document):
    """`approve`: yes to what another one proposed. `send_new_address_code`: for the correction of an e-mail address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"act": "approve"}]})

    act: Literal["approve", "send_new_address_code"]


class Carrying(Document):
    """A proven request that needs no second person is carried out on its customer's behalf."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"act": "carry_out", "reason": "Khách nhờ làm giúp."}]})

    act: Literal["carry_out"]
    reason: Words
    purposes: Names = Field(
        default=["all"], min_length=1, max_length=100, description="Where the request itself does not say which."
    )
    code: str | None = Field(
        default=None, min_length=1, max_length=20, description="Of a new e-mail address, as the customer read it out."
    )


Act: TypeAlias = Annotated[Assignment | Writing | Reply | Reasoned | Deed | Carrying, Field(discriminator="act")]


class DeskMessageDocument(Document):
    """One message of a thread, as staff read it."""

    at: datetime
    staff: str | None = Field(description="Work name of who wrote it; null for the customer.")
    text: str | None
    pictures: int
    internal: bool = Field(description="Among staff alone.")
