"""What the API takes and gives."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from camket.core.terms import Language

LONGEST_NAME: Final = 100
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
"""The name of something that a policy declares. Its bounds also refuse what is no text: half of a surrogate pair."""


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        message = "a name stands here twice"
        raise ValueError(message)
    return names


Names = Annotated[list[Name], AfterValidator(_each_once), Field(json_schema_extra={"uniqueItems": True})]
"""Names, each once."""


def one_of(*names: str, flag: str | None = None) -> dict[str, JsonValue]:
    """Return what a description says of a document that has exactly one of some members, the others missing or null.

    Args:
        names: of the members.
        flag: one of them that counts as there when it is true, and as missing when it is false.
    """
    given: dict[str, JsonValue] = {one: {"const": True} if one == flag else {"not": {"type": "null"}} for one in names}
    missing: dict[str, JsonValue] = {one: {"const": False} if one == flag else {"type": "null"} for one in names}
    return {"oneOf": [{"required": [name], "properties": missing | {name: given[name]}} for name in names]}


class Document(BaseModel):
    """A JSON object without other members than the declared ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewRegistration(Document):
    """A registration: exactly the items that the policy asks for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"fields": {"name": "Alice Nguyễn", "phone": "0901234567", "email": "alice@shop.example"}}]
        }
    )

    fields: dict[Name, str] = Field(description="Item id to what the person typed. An undeclared item is refused.")
    language: Language = Language.VI


class StartedRegistration(Document):
    """A code was sent; it is good with this token only."""

    browser: str = Field(description="Opaque; give it back with the code.")


class RegistrationCode(Document):
    """The code from the mail."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"browser": "5f2c0e", "code": "123456"}]})

    browser: str = Field(min_length=1, max_length=200)
    code: str = Field(min_length=1, max_length=20)


class ConfirmedRegistration(Document):
    """The account stands."""

    session: str = Field(description="The session's token. It opens the account; keep it as a secret.")


class FieldProblem(Document):
    """What is wrong with one field."""

    field: str
    code: str
    detail: str


class ProblemDocument(Document):
    """Problem details (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] | None = None
