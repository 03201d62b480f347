"""`camket policy publish`: a policy becomes the next version. The service may be running; it follows from then on.

Exit codes: 0 published, or a dry run that found nothing against it; 1 findings; 2 refused, bad usage or something that
cannot be used.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from camket.adapters.policy_files import read_policy_folder
from camket.core.errors import CamketError, InvalidValueError, PolicyError
from camket.core.policy.difference import Change, Effect
from camket.core.terms import Language, require_aware

if TYPE_CHECKING:
    from camket.bootstrap import Runtime
    from camket.core.policy.difference import Difference
    from camket.core.policy.source import PolicyFiles
    from camket.services.publishing import Publication

FINDINGS: Final = 1
REFUSED: Final = 2
TOUCHED: Final = {
    Language.VI: "áp dụng ngay cho {at_once}, chờ {waits} đồng ý, trên {all} khách hàng",
    Language.EN: "at once for {at_once}, waits for the yes of {waits}, of {all} customers",
}
VERSION: Final = {
    Language.VI: "phiên bản {number}; tài liệu {document}\ncó hiệu lực sớm nhất từ {day} (báo trước {days} ngày)",
    Language.EN: "version {number}; document {document}\nmay be in force from {day} on ({days} days of notice)",
}
NOTHING_AGAINST: Final = {
    Language.VI: "không có gì cản trở; chưa công bố gì",
    Language.EN: "nothing stands against it; nothing was published",
}
CHANGES: Final = {
    Change.ADDED: {Language.VI: "thêm", Language.EN: "added"},
    Change.REMOVED: {Language.VI: "bỏ", Language.EN: "removed"},
    Change.WIDENED: {Language.VI: "mở rộng", Language.EN: "widened"},
    Change.NARROWED: {Language.VI: "thu hẹp", Language.EN: "narrowed"},
    Change.REWORDED: {Language.VI: "viết lại", Language.EN: "reworded"},
}
EFFECTS: Final = {
    Effect.BETTER: {Language.VI: "tốt hơn", Language.EN: "better"},
    Effect.WORSE: {Language.VI: "kém hơn", Language.EN: "worse"},
    Effect.NEITHER: {Language.VI: "không hơn không kém", Language.EN: "neither better nor worse"},
}


def publish(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The policy's folder, or the policy.yaml in it.")],
    effective: Annotated[
        str,
        typer.Option(
            metavar="DATE",
            help="From when it is in force: a day in Vietnam, 2027-01-01, or an instant, 2027-01-01T09:00+07:00; "
            "at once if not set.",
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would be; publish nothing.")] = False,
    lang: Annotated[Language, typer.Option("--lang", help="Which language a dry run speaks.")] = Language.VI,
) -> None:
    """Publish a policy as the next version, leaving customers the time that they were promised."""
    from camket.bootstrap import start_runtime
    from camket.config import load_settings
    from camket.services.publishing import publish_version

    try:
        at = _from_when(effective) if effective else None
        files = read_policy_folder(path)
        with closing(start_runtime(load_settings(), existing=True)) as runtime:
            if dry_run:
                _say_what_it_would_be(runtime, files, at, lang)
                return
            version = publish_version(runtime.context, files, effective_at=at)
    except PolicyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FINDINGS) from None
    except CamketError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(f"version {version.number} is published; document {version.document_hash}")


def _from_when(text: str) -> datetime:
    """Return the beginning of a day in Vietnam, or an instant with its offset.

    Raises:
        InvalidValueError: it is neither.
    """
    from camket.services.publishing import start_of

    try:
        return start_of(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        at = require_aware(datetime.fromisoformat(text), "effective")
    except ValueError:
        message = f"`{text[:40]}` is no date; write one like 2027-01-01 or 2027-01-01T09:00+07:00"
        raise InvalidValueError(message) from None
    start_of(at.date())  # refuses years that no one means
    return at


def _say_what_it_would_be(runtime: Runtime, files: PolicyFiles, at: datetime | None, lang: Language) -> None:
    """Print what a version would change for how many, and every reason against it.

    Raises:
        PublishingError: it may not be published like this; after what it would change is printed.
    """
    from camket.services.publishing import examine_publication, in_vietnam, require_publishable

    ctx = runtime.context
    found = examine_publication(ctx, files, effective_at=at)
    typer.echo(
        VERSION[lang].format(
            number=found.version.number,
            document=found.version.document_hash,
            day=in_vietnam(found.earliest),
            days=found.notice_days,
        )
    )
    for line in _changes(runtime, found, lang):
        typer.echo(line)
    require_publishable(found)
    typer.echo(NOTHING_AGAINST[lang])


def _changes(runtime: Runtime, found: Publication, lang: Language) -> list[str]:
    from camket.services.publishing_reach import reach_of

    if found.diff is None:
        return []
    return [
        f"  - {one.difference.says[lang]}\n    {_kind(one.difference, lang)}: "
        + TOUCHED[lang].format(at_once=one.at_once, waits=one.waits, all=found.audience.subjects)
        for one in reach_of(runtime.context, found.diff, found.audience)
    ]


def _kind(difference: Difference, lang: Language) -> str:
    said = CHANGES[difference.change][lang]
    return said if difference.change is Change.REWORDED else f"{said}, {EFFECTS[difference.effect][lang]}"
