"""What the ledger's commands say to people, in Vietnamese and English."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from camket.core.ledger.findings import Fault
from camket.core.terms import Language

if TYPE_CHECKING:
    from camket.core.ledger.findings import LedgerFinding

_VI: Final = Language.VI
_EN: Final = Language.EN

FAULTS: Final[dict[Fault, dict[Language, str]]] = {
    Fault.KEY_MISSING: {
        _VI: "Sổ cái không công bố khóa kiểm chứng (tệp `{path}`), và cũng không có --key.",
        _EN: "The ledger publishes no verifier key (file `{path}`), and none was given with --key.",
    },
    Fault.KEY_MALFORMED: {
        _VI: "Tệp `{path}` không phải là một khóa kiểm chứng.",
        _EN: "The file `{path}` is not a verifier key.",
    },
    Fault.KEY_DIFFERS: {
        _VI: "Sổ cái công bố một khóa khác với khóa đã cho: `{detail}`.",
        _EN: "The ledger publishes another key than the one given: `{detail}`.",
    },
    Fault.CHECKPOINT_MISSING: {
        _VI: "Sổ cái không có điểm chốt (tệp `{path}`).",
        _EN: "The ledger has no checkpoint (file `{path}`).",
    },
    Fault.CHECKPOINT_MALFORMED: {
        _VI: "Điểm chốt không đúng dạng.",
        _EN: "The checkpoint is malformed.",
    },
    Fault.CHECKPOINT_UNSIGNED: {
        _VI: "Điểm chốt không có chữ ký đúng của khóa sổ cái: nó đã bị sửa, hoặc do một khóa khác ký.",
        _EN: "The checkpoint has no valid signature of the ledger's key: it was altered, or another key signed it.",
    },
    Fault.COSIGNATURE_MISSING: {
        _VI: "Nhân chứng được yêu cầu chưa ký xác nhận điểm chốt, hoặc chữ ký đó sai.",
        _EN: "The witness that was asked for has not cosigned the checkpoint, or its signature does not hold.",
    },
    Fault.TILE_MISSING: {
        _VI: "Thiếu tệp `{path}` (các mục từ số {index}, {count} mục).",
        _EN: "The file `{path}` is missing (entries from number {index}, {count} of them).",
    },
    Fault.TILE_MALFORMED: {
        _VI: "Tệp `{path}` không đúng dạng (các mục từ số {index}, {count} mục).",
        _EN: "The file `{path}` is malformed (entries from number {index}, {count} of them).",
    },
    Fault.TILE_ALTERED: {
        _VI: "Tệp `{path}` đã bị sửa: nó không khớp với các mục và gốc đã ký (từ mục số {index}, {count} mục).",
        _EN: "The file `{path}` was altered: it fits neither the entries nor the signed root "
        "(from entry number {index}, {count} of them).",
    },
    Fault.ENTRY_ALTERED: {
        _VI: "Mục sổ cái trong tệp `{path}` đã bị sửa: mục sai đầu tiên là số {index}, tất cả {count} mục.",
        _EN: "Entries in the file `{path}` were altered: the first is number {index}, {count} in all.",
    },
    Fault.DISAGREEMENT: {
        _VI: "Tệp `{path}` không khớp với các mục: chỗ khác đầu tiên là mục số {index}, tất cả {count} mục; "
        "không rõ bên nào đã bị sửa.",
        _EN: "The file `{path}` does not fit the entries: the first difference is at number {index}, {count} in all; "
        "which of the two was altered cannot be told.",
    },
    Fault.ROOT_DIFFERS: {
        _VI: "Gốc tính lại từ {count} mục khác với gốc đã ký: sổ cái này không phải là sổ cái mà điểm chốt nói tới.",
        _EN: "The root over the {count} entries is not the one that was signed: this is not the ledger that the "
        "checkpoint speaks of.",
    },
    Fault.OLDER_MALFORMED: {
        _VI: "Điểm chốt cũ đã cho không đúng dạng hoặc không do khóa sổ cái ký.",
        _EN: "The older checkpoint that was given is malformed or was not signed by the ledger's key.",
    },
    Fault.OLDER_LARGER: {
        _VI: "Sổ cái đã bị cắt ngắn: nó chỉ còn {index} mục, ít hơn điểm chốt cũ {count} mục.",
        _EN: "The ledger was rolled back: it has only {index} entries, {count} fewer than the older checkpoint.",
    },
    Fault.OLDER_DIFFERS: {
        _VI: "Lịch sử đã bị viết lại: {index} mục đầu không còn là những mục mà điểm chốt cũ đã ký.",
        _EN: "History was rewritten: the first {index} entries are no longer those that the older checkpoint signed.",
    },
    Fault.STATEMENT_ALTERED: {
        _VI: "Giấy chứng nhận đã bị sửa: chữ ký của bên vận hành không khớp với nội dung.",
        _EN: "The certificate was altered: the operator's signature does not fit what it says.",
    },
    Fault.EMBEDDED_CHECKPOINT: {
        _VI: "Điểm chốt nằm trong tệp không đúng dạng hoặc không do khóa ghi trong tệp ký.",
        _EN: "The checkpoint inside the file is malformed or was not signed by the key named in the file.",
    },
    Fault.OTHER_KEY: {
        _VI: "Tệp này thuộc về một khóa khác với khóa của sổ cái: `{detail}`.",
        _EN: "The file belongs to another key than the ledger's: `{detail}`.",
    },
    Fault.FILE_MALFORMED: {
        _VI: "Tệp đã bị sửa hoặc hỏng: nó không còn đúng dạng.",
        _EN: "The file was altered or damaged: it no longer has its form.",
    },
    Fault.OPENING_ALTERED: {
        _VI: "Phần mở của mục số {index} đã bị sửa: nó không cho ra mục nằm trong sổ cái.",
        _EN: "The opening of entry number {index} was altered: it does not give the entry in the ledger.",
    },
    Fault.OPENING_MALFORMED: {
        _VI: "Phần mở của mục số {index} tự mâu thuẫn.",
        _EN: "The opening of entry number {index} contradicts itself.",
    },
    Fault.PROOF_ALTERED: {
        _VI: "Chứng minh của mục số {index} đã bị sửa; bản thân phần mở thì đúng.",
        _EN: "The proof of entry number {index} was altered; the opening itself is right.",
    },
    Fault.PROOF_DIFFERS: {
        _VI: "Chứng minh chung của {count} phần mở không dẫn tới gốc đã ký: chứng minh đó đã bị sửa, hoặc một phần mở "
        "không phải là điều sổ cái ghi.",
        _EN: "The one proof of the {count} openings does not lead to the signed root: it was altered, or one of the "
        "openings is not what the ledger holds.",
    },
    Fault.PROOF_MISSING: {
        _VI: "Một phần mở trong giấy chứng nhận thiếu chứng minh hoặc thiếu phần của chủ thể.",
        _EN: "An opening in the certificate lacks its proof or the subject's part.",
    },
    Fault.FOREIGN_OPENING: {
        _VI: "Phần mở của mục số {index} là của một chủ thể khác.",
        _EN: "The opening of entry number {index} is of another subject.",
    },
    Fault.ERASURE_MISSING: {
        _VI: "Không có phần mở nào cho thấy việc xóa ở mục số {index}.",
        _EN: "No opening shows the erasure at entry number {index}.",
    },
    Fault.ERASURE_DIFFERS: {
        _VI: "Giấy chứng nhận ghi mục dữ liệu `{detail}` đã xóa, nhưng mục sổ cái số {index} về việc xóa không nêu nó.",
        _EN: "The certificate lists `{detail}` as erased, and entry number {index}, the erasure, does not name it.",
    },
}
"""One sentence for each fault and language; `{path}`, `{index}`, `{count}` and `{detail}` are filled in."""

SENTENCES: Final[dict[str, dict[Language, str]]] = {
    "first_use": {
        _VI: "Khóa kiểm chứng lấy từ chính sổ cái, tin ở lần dùng đầu: {key}\n"
        "Hãy so khóa này với khóa công bố ở nơi khác, và lần sau đưa nó vào bằng --key.",
        _EN: "The verifier key came from the ledger itself, trusted on first use: {key}\n"
        "Compare it with the key published elsewhere, and give it with --key next time.",
    },
    "signed": {
        _VI: "Điểm chốt của `{origin}` có chữ ký đúng: {size} mục.",
        _EN: "The checkpoint of `{origin}` is signed correctly: {size} entries.",
    },
    "ledger_holds": {
        _VI: "Sổ cái đúng: mọi tệp được tính lại từ các mục và khớp với gốc đã ký.",
        _EN: "The ledger holds: every file was recomputed from the entries and fits the signed root.",
    },
    "since_holds": {
        _VI: "Sổ cái bắt đầu đúng bằng những gì điểm chốt cũ đã ký; từ đó chỉ có thêm mục mới.",
        _EN: "The ledger begins with what the older checkpoint signed; since then entries were only added.",
    },
    "keep": {
        _VI: "Hãy giữ điểm chốt này (--keep TỆP) và lần sau đưa nó vào bằng --since, để thấy nếu lịch sử bị viết lại.",
        _EN: "Keep this checkpoint (--keep FILE) and give it with --since next time, to see if history is rewritten.",
    },
    "certificate_holds": {
        _VI: "Giấy chứng nhận xóa đúng: nội dung do bên vận hành ký, và {proven} phần mở khớp với sổ cái.",
        _EN: "The erasure certificate holds: the operator signed what it says, and {proven} openings fit the ledger.",
    },
    "openings_hold": {
        _VI: "{proven} phần mở khớp với sổ cái; {awaiting} phần còn chờ điểm chốt.",
        _EN: "{proven} openings fit the ledger; {awaiting} await their checkpoint.",
    },
    "findings": {
        _VI: "Phát hiện {count} lỗi:",
        _EN: "Findings: {count}",
    },
    "detail": {
        _VI: "chi tiết kỹ thuật, tiếng Anh: {detail}",
        _EN: "in detail: {detail}",
    },
    "unreadable": {
        _VI: "Không đọc được, nên chưa thể nói gì. Chi tiết, tiếng Anh: {detail}",
        _EN: "It cannot be read, so nothing can be said. In detail: {detail}",
    },
    "exported": {
        _VI: "Đã xuất sổ cái `{origin}`, {size} mục, vào `{directory}`.",
        _EN: "The ledger `{origin}`, {size} entries, was exported to `{directory}`.",
    },
    "no_proof": {
        _VI: "Không lập được chứng minh. Chi tiết, tiếng Anh: {detail}",
        _EN: "There is no proof to give. In detail: {detail}",
    },
    "stage_recorded": {
        _VI: "Tình trạng khi cấp: việc xóa đã được ghi nhận.",
        _EN: "Status when issued: the erasure is recorded.",
    },
    "stage_pending": {
        _VI: "Tình trạng khi cấp: khóa sẽ bị hủy khi kỳ khóa {epoch} kết thúc.",
        _EN: "Status when issued: the key is destroyed when epoch {epoch} ends.",
    },
    "stage_destroyed": {
        _VI: "Tình trạng khi cấp: khóa đã bị hủy cùng kỳ khóa {epoch}.",
        _EN: "Status when issued: the key was destroyed with epoch {epoch}.",
    },
    "limits_ledger": {
        _VI: "Điều này chứng minh: những gì đã ghi không bị sửa, xóa hay đổi thứ tự kể từ các điểm chốt đã so; nếu "
        "chưa so với điểm chốt cũ nào thì chỉ chứng minh sổ cái khớp với điểm chốt của chính nó.\n"
        "Điều này không chứng minh: rằng không có việc gì xảy ra bên ngoài sản phẩm, rằng không còn bản sao nào của "
        "một khóa, và rằng người khác cũng được cho xem đúng điểm chốt này; muốn biết điều cuối, hãy so điểm chốt với "
        "nhau hoặc yêu cầu chữ ký của nhân chứng (--witness).",
        _EN: "What this proves: what was recorded was not changed, removed or reordered since the checkpoints that "
        "were compared; where none was, only that the ledger fits its own checkpoint.\n"
        "What this does not prove: that nothing happened outside the product, that no copy of a key exists, or that "
        "others were shown this same checkpoint; for the last, compare checkpoints or ask for a witness (--witness).",
    },
    "limits_certificate": {
        _VI: "Điều này chứng minh: bên vận hành đã ký giấy này, và việc xóa cùng các bản ghi được mở nằm nguyên vẹn "
        "trong sổ cái.\n"
        "Điều này không chứng minh: rằng không còn bản sao nào khác của dữ liệu hay của khóa. Chữ “đã bị hủy” là lời "
        "có chữ ký của bên vận hành, không phải điều mà phép tính nào kiểm được.",
        _EN: "What this proves: the operator signed this certificate, and the erasure and the opened records stand in "
        "the ledger unchanged.\n"
        "What this does not prove: that no other copy of the data or of a key exists. “Destroyed” is the operator's "
        "signed word, and no computation can check it.",
    },
    "limits_openings": {
        _VI: "Điều này chứng minh: các bản ghi được mở nằm nguyên vẹn trong sổ cái.\n"
        "Điều này không chứng minh: rằng tệp có đủ mọi bản ghi của bạn; phần mở đang bị hoãn theo luật sẽ được đưa "
        "vào sau.",
        _EN: "What this proves: the opened records stand in the ledger unchanged.\n"
        "What this does not prove: that the file has all your records; an opening under a lawful delay follows later.",
    },
}
"""What the commands say beside their findings, by name and language."""

_DATA_IN_DETAIL: Final = frozenset({Fault.KEY_DIFFERS, Fault.OTHER_KEY, Fault.ERASURE_DIFFERS})


def default_language() -> Language:
    """Return English where the environment's `LANG` begins with `en`, else Vietnamese."""
    return Language.EN if os.environ.get("LANG", "").startswith("en") else Language.VI


def sentence(name: str, language: Language, **values: object) -> str:
    """Return one of `SENTENCES` in the language, filled in."""
    return SENTENCES[name][language].format(**values)


def finding_sentence(finding: LedgerFinding, language: Language) -> str:
    """Return a finding as a sentence, with its technical detail after it where there is one."""
    text = FAULTS[finding.fault][language].format(
        path=finding.path, index=finding.index, count=finding.count, detail=finding.detail
    )
    if not finding.detail or finding.fault in _DATA_IN_DETAIL:
        return text
    return f"{text} ({sentence('detail', language, detail=finding.detail)})"
