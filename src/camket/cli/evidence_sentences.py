"""What `camket evidence` says to people, in Vietnamese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.rights.evidence_verify import EvidenceFault
from camket.core.terms import Language

if TYPE_CHECKING:
    from camket.core.rights.evidence_verify import EvidenceFinding

_VI: Final = Language.VI
_EN: Final = Language.EN

FAULTS: Final[dict[EvidenceFault, dict[Language, str]]] = {
    EvidenceFault.ARCHIVE_ALTERED: {
        _VI: "Tệp nén đã bị sửa, hỏng, hoặc được nén lại bằng chương trình khác.",
        _EN: "The archive was altered, is damaged, or was packed anew by another program.",
    },
    EvidenceFault.FILE_MISSING: {
        _VI: "Thiếu tệp `{name}`.",
        _EN: "The file `{name}` is missing.",
    },
    EvidenceFault.FILE_UNKNOWN: {
        _VI: "Có thêm tệp `{name}` mà hồ sơ không nêu.",
        _EN: "There is a file `{name}` that the evidence does not name.",
    },
    EvidenceFault.FILE_ALTERED: {
        _VI: "Tệp `{name}` đã bị sửa.",
        _EN: "The file `{name}` was altered.",
    },
    EvidenceFault.EVIDENCE_MALFORMED: {
        _VI: "Tệp `{name}` đã bị sửa hoặc hỏng: nó không còn đúng dạng.",
        _EN: "The file `{name}` was altered or damaged: it no longer has its form.",
    },
    EvidenceFault.SIGNATURE_ALTERED: {
        _VI: "Chữ ký của bên vận hành không khớp với nội dung: hồ sơ đã bị sửa.",
        _EN: "The operator's signature does not fit what the evidence says: it was altered.",
    },
    EvidenceFault.OTHER_KEY: {
        _VI: "Hồ sơ nêu một khóa khác với khóa đã cho: `{detail}`.",
        _EN: "The pack names another key than the one given: `{detail}`.",
    },
    EvidenceFault.CHECKPOINT_ALTERED: {
        _VI: "Điểm chốt trong hồ sơ không đúng dạng hoặc không do khóa của sổ cái ký.",
        _EN: "The checkpoint inside the pack is malformed or was not signed by the ledger's key.",
    },
    EvidenceFault.RECORD_ALTERED: {
        _VI: "Bản ghi ở mục sổ cái số {number} không đúng: phần mở hoặc chứng minh của nó đã bị sửa.",
        _EN: "The record of ledger entry number {number} does not hold: its opening or its proof was altered.",
    },
    EvidenceFault.RECORD_TWICE: {
        _VI: "Mục sổ cái số {number} được nêu hơn một lần.",
        _EN: "Ledger entry number {number} is shown more than once.",
    },
    EvidenceFault.RECORD_FOREIGN: {
        _VI: "Bản ghi ở mục sổ cái số {number} thuộc về một yêu cầu hoặc một chủ thể khác.",
        _EN: "The record of ledger entry number {number} belongs to another request or another subject.",
    },
    EvidenceFault.LINE_DIFFERS: {
        _VI: "Dòng {number} của diễn biến không giống điều sổ cái đã ghi khi đó.",
        _EN: "Line {number} of the timeline is not what the ledger recorded then.",
    },
    EvidenceFault.LINES_MISSING: {
        _VI: "Diễn biến thiếu dòng, lặp dòng hoặc sai thứ tự.",
        _EN: "Lines of the timeline are missing, stand twice or in another order.",
    },
    EvidenceFault.LINE_UNLAWFUL: {
        _VI: "Dòng {number} của diễn biến không thể xảy ra: từ trạng thái trước đó không đi đến đây được.",
        _EN: "Line {number} of the timeline cannot have happened: no way leads there from where the request stood.",
    },
    EvidenceFault.STATE_DIFFERS: {
        _VI: "Trạng thái ghi trong hồ sơ khác với trạng thái mà diễn biến dẫn đến.",
        _EN: "The pack says that the request stands somewhere else than its timeline leads.",
    },
    EvidenceFault.SAME_PERSON: {
        _VI: "Dòng {number} của diễn biến: người duyệt chính là người đề nghị, không có người thứ hai.",
        _EN: "Line {number} of the timeline: who approved is who proposed; there was no second person.",
    },
    EvidenceFault.MAKING_DIFFERS: {
        _VI: "Hồ sơ nêu một phiên bản chính sách hoặc cách gửi khác với điều đã ghi khi yêu cầu được gửi.",
        _EN: "The pack names another policy version or another way in than was recorded when the request was made.",
    },
}
"""One sentence for each fault and language; `{name}`, `{number}` and `{detail}` are filled in."""

SENTENCES: Final[dict[str, dict[Language, str]]] = {
    "about": {
        _VI: "Yêu cầu {number} - {kind}: {state}. Gửi lúc {made}; hạn hoàn thành: {due}; kết thúc: {ended}.",
        _EN: "Request {number} - {kind}: {state}. Made {made}; due {due}; ended {ended}.",
    },
    "none": {_VI: "không có", _EN: "none"},
    "open": {_VI: "chưa", _EN: "not yet"},
    "late": {
        _VI: "Yêu cầu này đã quá hạn.",
        _EN: "This request is late.",
    },
    "first_use": {
        _VI: "Khóa kiểm chứng lấy từ chính hồ sơ, tin ở lần dùng đầu: {key}\n"
        "Hãy so khóa này với khóa mà sổ cái công bố (/ledger/key), và lần sau đưa nó vào bằng --key.",
        _EN: "The verifier key came from the pack itself, trusted on first use: {key}\n"
        "Compare it with the key that the ledger publishes (/ledger/key), and give it with --key next time.",
    },
    "holds": {
        _VI: "Hồ sơ đúng: bên vận hành đã ký nội dung, và {proven} bản ghi nằm nguyên vẹn trong sổ cái đã ký.",
        _EN: "The pack holds: the operator signed what it says, and {proven} records stand in the signed ledger.",
    },
    "awaiting": {
        _VI: "{count} bản ghi còn chờ điểm chốt nên chưa được chứng minh; hãy xin lại hồ sơ sau ít phút.",
        _EN: "{count} records await their checkpoint and are not proven; ask for the pack again in a few minutes.",
    },
    "pruned": {
        _VI: "{count} dòng không còn bản ghi vì đã quá thời hạn lưu: chỉ có lời ký của bên vận hành.",
        _EN: "{count} lines have no record any more, its time is over: for them there is the operator's word alone.",
    },
    "limits": {
        _VI: "Điều này chứng minh: bên vận hành đã ký hồ sơ này; mỗi dòng có chứng minh đã được ghi vào sổ cái đúng "
        "như vậy, lúc đó, bởi người đó; và yêu cầu chỉ đi theo những bước được phép.\n"
        "Điều này không chứng minh: rằng sau dòng cuối không còn gì xảy ra, nội dung mà khách hàng và nhân viên đã "
        "viết cho nhau, và rằng không có việc gì xảy ra bên ngoài sản phẩm.",
        _EN: "What this proves: the operator signed this evidence; each proven line was recorded in the ledger like "
        "this, then, by that actor; and the request took only steps that may be taken.\n"
        "What this does not prove: that nothing happened after the last line, what customer and staff wrote to each "
        "other, or that nothing happened outside the product.",
    },
}
"""What the command says beside its findings, by name and language."""

_DATA_IN_DETAIL: Final = frozenset({EvidenceFault.OTHER_KEY})


def sentence(name: str, language: Language, **values: object) -> str:
    """Return one of `SENTENCES` in the language, filled in."""
    return SENTENCES[name][language].format(**values)


def finding_sentence(finding: EvidenceFinding, language: Language) -> str:
    """Return a finding as a sentence; its technical detail, in English, is left to who asks for it."""
    number = "?" if finding.number is None else finding.number
    text = FAULTS[finding.fault][language].format(name=finding.name, number=number, detail=finding.detail)
    if not finding.detail or finding.fault in _DATA_IN_DETAIL:
        return text
    return (
        f"{text} ({finding.detail})" if language is _EN else f"{text} (chi tiết kỹ thuật, tiếng Anh: {finding.detail})"
    )
