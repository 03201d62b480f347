"""The schema of a copy's `data.json`, which comes with every copy: what each field is, for whoever reads it elsewhere.

Source: JSON Schema, draft 2020-12.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from camket.core.rights.machine import RequestEvent, RequestKind, RequestState
from camket.core.terms import Basis, Language, Source, Verification
from camket.rows.requests import RequestChannel

FORMAT: Final = "camket-copy"
FORMAT_VERSION: Final = 2
SCHEMA_FILE: Final = "data.schema.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_Schema = dict[str, Any]

_TEXT: Final[_Schema] = {"type": "string"}
_WHOLE: Final[_Schema] = {"type": "integer", "minimum": 0}
_FLAG: Final[_Schema] = {"type": "boolean"}
_INSTANT: Final[_Schema] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
}
_SAID: Final[_Schema] = {
    "type": "object",
    "description": "the same in each language",
    "required": [language.value for language in Language],
    "additionalProperties": _TEXT,
}
_DPV: Final[_Schema] = {"type": "string", "description": "a term of the Data Privacy Vocabulary"}
_ACTOR: Final[_Schema] = {"type": "string", "pattern": "^(subject|service:.+|staff:.+)$"}


def _may(schema: _Schema) -> _Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(words: Any) -> _Schema:  # noqa: ANN401 - any enumeration of words
    return {"enum": [word.value for word in words]}


def _list(schema: _Schema) -> _Schema:
    return {"type": "array", "items": schema}


def _by_name(schema: _Schema) -> _Schema:
    return {"type": "object", "additionalProperties": schema}


def _record(*, more: bool = False, **fields: _Schema) -> _Schema:
    """Return the schema of an object with these fields, all of them there, and no others unless `more`."""
    return {"type": "object", "required": list(fields), "properties": fields, "additionalProperties": more}


_VALUE: Final = _record(
    item=_TEXT,
    label=_SAID,
    category=_TEXT,
    dpv=_DPV,
    why=_SAID,
    value=_may(_TEXT),
    file=_may(_TEXT),
    service=_TEXT,
    source=_one_of(Source),
    version=_WHOLE,
    purposes=_list(_TEXT),
    collected_at=_INSTANT,
    kept_until=_may(_INSTANT),
    kept_because=_may(_SAID),
    article=_may(_TEXT),
)
_HOLDING: Final = _record(
    app=_TEXT,
    app_label=_SAID,
    item=_TEXT,
    label=_SAID,
    category=_TEXT,
    dpv=_DPV,
    why=_SAID,
    count=_WHOLE,
    file=_TEXT,
    media_type=_TEXT,
    labels=_by_name(_by_name(_TEXT)),
    purposes=_list(_TEXT),
    kept_until=_may(_INSTANT),
    kept_because=_SAID,
)
_CONSENT: Final = _record(
    kind=_TEXT,
    about=_TEXT,
    purpose=_may(_TEXT),
    recipient=_may(_TEXT),
    items=_may(_list(_TEXT)),
    clauses=_may(_list(_TEXT)),
    version=_WHOLE,
    language=_may(_one_of(Language)),
    text=_may(_list(_TEXT)),
    text_hash=_may(_TEXT),
    through=_TEXT,
    expression=_may(_TEXT),
    at=_INSTANT,
    ends_at=_may(_INSTANT),
)
_NOTICE: Final = _record(
    version=_WHOLE,
    told_at=_INSTANT,
    banner=_FLAG,
    mail=_TEXT,
    mail_at=_may(_INSTANT),
    message_id=_may(_TEXT),
    smtp_code=_may(_WHOLE),
    seen_at=_may(_INSTANT),
)
_LINE: Final = _record(
    event=_one_of(RequestEvent),
    state=_one_of(RequestState),
    at=_INSTANT,
    who=_ACTOR,
    detail=_may({"type": "object"}),
    text=_may(_TEXT),
    shown=_FLAG,
)
_MESSAGE: Final = _record(at=_INSTANT, who=_ACTOR, text=_may(_TEXT), files=_list(_TEXT), internal=_FLAG)
_REQUEST: Final = _record(
    id=_TEXT,
    number=_TEXT,
    kind=_one_of(RequestKind),
    state=_one_of(RequestState),
    channel=_one_of(RequestChannel),
    policy_version=_WHOLE,
    made_at=_INSTANT,
    verified_at=_may(_INSTANT),
    verified_level=_may(_one_of(Verification)),
    reply_due_at=_may(_INSTANT),
    due_at=_may(_INSTANT),
    replied_at=_may(_INSTANT),
    extended_at=_may(_INSTANT),
    done_at=_may(_INSTANT),
    asks=_may({"type": "object"}),
    timeline=_list(_LINE),
    messages=_list(_MESSAGE),
)
_USE: Final = _record(
    at=_INSTANT,
    who=_ACTOR,
    action=_TEXT,
    items=_list(_TEXT),
    purpose=_may(_TEXT),
    outcome=_TEXT,
    ledger_index=_may(_WHOLE),
)

SCHEMA: Final[_Schema] = {
    "$schema": _DIALECT,
    "title": "camket-copy, version 2: everything that is held about one subject, and everything that was done with it",
} | _record(
    format={"const": FORMAT},
    format_version={"const": FORMAT_VERSION},
    vocabularies=_by_name(_TEXT),
    made_at=_INSTANT,
    origin=_TEXT,
    controller=_record(name=_SAID, email=_TEXT),
    policy=_record(id=_TEXT, version=_WHOLE, document_hash=_TEXT),
    subject=_record(handle=_TEXT, joined_version=_WHOLE, joined_at=_INSTANT, language=_one_of(Language)),
    values=_list(_VALUE),
    server_log=_list(_record(at=_INSTANT, path=_TEXT, status=_TEXT, address=_TEXT)),
    purposes=_by_name(_record(label=_SAID, basis=_one_of(Basis), dpv=_DPV)),
    facts=_list(_record(more=True, kind=_TEXT, at=_INSTANT, withdrawn_at=_may(_INSTANT))),
    consents=_list(_CONSENT),
    notices=_list(_NOTICE),
    sessions=_list(_record(began_at=_INSTANT, last_seen_at=_INSTANT)),
    requests=_list(_REQUEST),
    holdings=_list(_HOLDING),
    uses=_list(_USE),
    uses_complete=_FLAG,
)
"""The schema as a value."""
SCHEMA["properties"]["$schema"] = {"const": SCHEMA_FILE}


@cache
def schema_bytes() -> bytes:
    """Return the schema as a file: UTF-8 JSON, indented for people."""
    return (json.dumps(SCHEMA, ensure_ascii=False, indent=2) + "\n").encode()
