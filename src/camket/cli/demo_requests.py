"""What alice and bob asked for in the demonstration, left where each request stands when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camket.core.rights.machine import RequestKind
from camket.rows import CodeKind
from camket.services.copy_requests import start_copy
from camket.services.outside import EnteredCode, OutsideAsk, ask_outside, prove_outside
from camket.services.restrictions import set_restriction
from camket.services.support import start_thread

if TYPE_CHECKING:
    from camket.cli.demo_story import Person, Story
    from camket.services.context import Context

TILL: Final = "Máy bán hàng báo hết giấy dù vừa thay cuộn mới, nhờ xem giúp."
LABELS: Final = "Cho tôi hỏi có in được tem hai cột trên khổ 80 mm không?"


def object_to_development(ctx: Context, person: Person) -> None:
    """Have the data not used for new services: done at once."""
    set_restriction(ctx, person.session, kind=RequestKind.OBJECT, purposes=("develop",))


def ask_without_signing_in(ctx: Context, story: Story, *, email: str, address: str) -> None:
    """Ask to see the data from outside and prove it, but never say yes: it comes to wait for its customer."""
    browser = story.browser()
    ask_outside(ctx, OutsideAsk(email=email, phone="", browser=browser, address=address), kind=RequestKind.ACCESS)
    story.work(minutes=1)
    code = story.code(browser, CodeKind.OUTSIDE)
    entered = EnteredCode(browser=browser, code=code, address=address)
    prove_outside(ctx, entered, kind=RequestKind.ACCESS)
    story.work(minutes=2)


def write_to_support(ctx: Context, story: Story, *people: Person) -> None:
    """Write to support, who have not answered yet: the questions are due at the desk."""
    for person, text in zip(people, (TILL, LABELS), strict=False):
        start_thread(ctx, person.session, text=text)
        story.work(hours=2)


def leave_unproven(ctx: Context, person: Person) -> None:
    """Ask for a copy and close the page before the code is entered: nothing is done."""
    start_copy(ctx, person.session)
