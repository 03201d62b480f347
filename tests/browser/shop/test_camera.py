"""Photographing a product, from the first touch to the picture that is saved, with the browser's own camera."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.browser.looking import findings_of
from tests.browser.serving import served
from tests.browser.shop.photographing import (
    APPS,
    LIVE,
    SCENE,
    WATCH_CAMERA,
    Photographer,
    film,
    insecure,
    is_white,
    taken,
)
from tests.browser.visitor import visit
from tests.shop.photos.photographs import photograph

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright, StorageState

    from tests.browser.serving import Served
    from tests.browser.visitor import Language

Meet = Callable[..., Photographer]
ALLOWED = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
EQUALLY_LARGE = """
() => {
    const [one, other] = [...document.querySelectorAll('[data-version]')].map(shown => shown.getBoundingClientRect());
    return one.width > 0 && one.width === other.width && one.height === other.height;
}
"""
MIDDLE, CORNER, NECK = (0.5, 0.55), (0.05, 0.05), (0.5, 0.3)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Return the one that starts browsers."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a Chromium with a camera that shows a bottle, and that nobody has to be asked for."""
    shown = f"--use-file-for-fake-video-capture={film(tmp_path_factory.mktemp('film'))}"
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_ARGUMENTS, *ALLOWED, shown])
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def strict_browser(playwright: Playwright) -> Iterator[Browser]:
    """Return a Chromium with no camera, which allows one only where a test says so."""
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service with the shop."""
    with served(tmp_path_factory.mktemp("shop"), apps=APPS) as running:
        yield running


@pytest.fixture(scope="module")
def state(browser: Browser, service: Served) -> StorageState:
    """Return the session of alice, who has registered."""
    alice = visit(browser, service.origin)
    alice.register("Alice", "090 123 45 67", "alice@shop.example")
    kept = alice.context.storage_state()
    alice.context.close()
    return kept


@pytest.fixture
def meet(browser: Browser, service: Served, state: StorageState) -> Iterator[Meet]:
    """Return a maker of alice at the form; her browser may not have complained."""
    made: list[Photographer] = []

    def make(
        language: Language = "vi", *, other: Browser | None = None, script: str = "", **options: object
    ) -> Photographer:
        alice = Photographer(visit(other or browser, service.origin, language, storage_state=state, **options))
        alice.at.context.add_init_script(script or "0")
        made.append(alice)
        alice.open()
        return alice

    yield make
    for one in made:
        one.at.context.close()
    assert [complaint for one in made for complaint in one.at.complaints] == []


def test_three_taps_from_camera_to_saved(meet: Meet) -> None:
    """Camera, shutter, save: the product is in the list with its picture, upright, square and on white."""
    alice = meet()
    alice.photograph()
    alice.name_it()
    expect(alice.at.page.locator("[data-version='after'][aria-pressed='true']")).to_be_visible()
    alice.save()
    assert alice.taps == 3
    picture = alice.saved()
    assert is_white(picture, *CORNER)
    assert picture is not None
    red, green, blue = picture.getpixel((600, 560))  # type: ignore[misc]  # an RGB picture
    assert green > red > 0
    assert green > blue
    alice.at.open("/me")
    expect(alice.at.main.get_by_text("Có dùng máy ảnh").first).to_be_visible()


def test_the_rear_camera_is_asked_for_and_nothing_else(meet: Meet) -> None:
    """No sound is asked for, and the camera on the back comes first where there is one."""
    alice = meet(script=WATCH_CAMERA)
    alice.do("take")
    alice.at.page.wait_for_selector(".shutter:not([disabled])")
    wanted = alice.at.page.evaluate("window.wanted")
    assert wanted["audio"] is False
    assert wanted["video"]["facingMode"] == {"ideal": "environment"}


def test_nothing_is_asked_before_it_is_used(meet: Meet) -> None:
    """The reason stands on the page, in the policy's words, and no camera opens until its button is pressed."""
    alice = meet(script=WATCH_CAMERA)
    shown = {"use_inner_text": True}
    expect(alice.at.main).to_contain_text("Để bạn và người mua thấy món hàng", **shown)
    alice.at.main.locator("[data-camera-why] summary").click()
    expect(alice.at.main).to_contain_text("Máy ảnh chỉ chạy trong lúc chụp", **shown)
    expect(alice.at.main).to_contain_text("Để biết chụp ảnh trong ứng dụng có ích hay không.", **shown)
    assert alice.at.page.evaluate("window.streams.length") == 0


@pytest.mark.parametrize("leave", ["shutter", "button", "escape", "hidden"])
def test_the_camera_is_off_once_it_is_not_looked_at(meet: Meet, leave: str) -> None:
    """After the shutter, after closing and while the page is hidden, every track has ended."""
    alice = meet(script=WATCH_CAMERA)
    page = alice.at.page
    alice.do("take")
    page.wait_for_selector(".shutter:not([disabled])")
    page.wait_for_function(f"() => {LIVE} === 1")
    if leave == "shutter":
        alice.tap(".shutter")
    elif leave == "button":
        alice.tap(".shutter-bar button")
    elif leave == "escape":
        page.keyboard.press("Escape")
    else:
        hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); 0"  # noqa: E501 - one line of JavaScript
        page.evaluate(hide % "true")
        page.wait_for_function(f"() => {LIVE} === 0")
        page.evaluate(hide % "false")
        page.wait_for_selector(".shutter:not([disabled])")
        alice.tap(".shutter")
    page.wait_for_function(f"() => {LIVE} === 0")


def test_the_old_background_can_be_kept(meet: Meet) -> None:
    """Both pictures stand side by side, equally large; the one that is touched is the one that is saved."""
    alice = meet()
    alice.photograph()
    page = alice.at.page
    page.wait_for_selector("[data-version='after']")
    page.wait_for_function(EQUALLY_LARGE)
    alice.tap("[data-version='before']")
    alice.name_it()
    alice.save()
    assert not is_white(alice.saved(), *CORNER)


def test_who_saves_before_the_answer_gets_white_all_the_same(meet: Meet) -> None:
    """The form can be saved while the background is still being made white: then the server does it."""
    alice = meet()
    alice.at.page.route("**/api/pictures/whiten", lambda _route: None)
    alice.photograph()
    alice.name_it()
    alice.told("Đang làm trắng nền")
    alice.save()
    assert is_white(alice.saved(), *CORNER)


def test_without_an_answer_the_picture_is_still_saved(meet: Meet) -> None:
    """When whitening fails the page says so, and what is saved is what is shown."""
    alice = meet()
    alice.at.page.route("**/api/pictures/whiten", lambda route: route.abort())
    alice.photograph()
    alice.told("Không có mạng")
    alice.name_it()
    alice.save()
    assert not is_white(alice.saved(), *CORNER)
    alice.at.complaints.clear()  # the browser notes the request that was cut off


def heic() -> bytes:
    """Return a photo as an iPhone keeps it, which this browser cannot show."""
    made = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(SCENE.pixels)).save(made, quality=80)
    return made.getvalue()


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "image/jpeg"), ("a.heic", "image/heic")])
def test_a_file_is_as_good_as_the_camera(meet: Meet, name: str, kind: str) -> None:
    """A photo from the phone is made small and white; one that the browser cannot show is read by the server."""
    alice = meet()
    content = heic() if kind == "image/heic" else photograph("bottle", width=1500, height=2000).file()
    alice.choose(name, kind, content)
    alice.at.page.wait_for_selector("[data-version='after']")
    alice.name_it()
    alice.save()
    picture = alice.saved()
    assert is_white(picture, *CORNER)
    assert not is_white(picture, *MIDDLE)


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Đây là một trang web (HTML)"), ("en", "This is a web page (HTML)")]
)
def test_a_file_that_is_no_photo_is_called_by_its_name(meet: Meet, language: Language, words: str) -> None:
    """What it is stands beside the picture, nothing is chosen, and the product can be saved without."""
    alice = meet(language)
    alice.choose("a.jpg", "image/jpeg", b"<!doctype html><script>alert(1)</script>")
    alice.told(words)
    alice.name_it()
    alice.save()
    alice.at.complaints.clear()  # the refusal is an answer with an error


REFUSED = {
    "denied": ("Trình duyệt chưa cho dùng máy ảnh.", "The browser does not allow the camera."),
    "absent": ("Không thấy máy ảnh nào.", "There is no camera."),
    "taken": ("Máy ảnh đang được ứng dụng khác dùng.", "Another app is using the camera."),
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", REFUSED)
def test_without_a_camera_a_file_is_the_way(
    meet: Meet, strict_browser: Browser, reason: str, language: Language
) -> None:
    """Denied, absent or taken: each is said in its own words, and the button there leads to a file."""
    permissions = ["camera"] if reason == "absent" else []
    script = taken() if reason == "taken" else ""
    alice = meet(language, other=strict_browser, script=script, permissions=permissions)
    if reason == "denied":
        alice.at.context.add_init_script("0")
        alice.at.page.evaluate(
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('x', 'NotAllowedError'); }; 0"
        )
    alice.do("take")
    page = alice.at.page
    expect(page.locator(".refused")).to_contain_text(REFUSED[reason][language == "en"])
    with page.expect_file_chooser() as chooser:
        alice.tap(".shutter-bar .btn.go")
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": SCENE.file()})
    page.wait_for_selector("[data-version='after']")


def test_after_a_refusal_one_may_try_again(meet: Meet) -> None:
    """Who has allowed the camera meanwhile presses once more and sees the live view."""
    alice = meet()
    refuse = "navigator.mediaDevices.getUserMedia = async wanted => { %s }; 0"
    alice.at.page.evaluate("window.real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); 0")
    alice.at.page.evaluate(refuse % "throw new DOMException('x', 'NotAllowedError')")
    alice.do("take")
    alice.at.page.wait_for_selector(".refused")
    alice.at.page.evaluate(refuse % "return window.real(wanted)")
    alice.tap(".shutter-bar .btn:last-child")
    alice.tap(".shutter:not([disabled])")
    alice.at.page.wait_for_selector("[data-version='after']")


def test_on_plain_http_the_phones_own_camera_opens(meet: Meet) -> None:
    """Where there is no live view the same button opens the phone's camera, and the page says why."""
    alice = meet(script=insecure())
    with alice.at.page.expect_file_chooser() as chooser:
        alice.do("take")
    assert chooser.value.element.get_attribute("capture") == "environment"
    alice.told("Ở địa chỉ này trang không xem trực tiếp qua máy ảnh được")
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": SCENE.file()})
    alice.at.page.wait_for_selector("[data-version='after']")


def test_touching_up_paints_and_brings_back(meet: Meet) -> None:
    """The brush whitens where it goes, brings back what was there, and takes strokes back; keys do the same."""
    alice = meet()
    alice.photograph()
    page = alice.at.page
    page.wait_for_selector("[data-version='after']")
    alice.do("touch_up")
    canvas = page.locator(".touch-up canvas")
    canvas.element_handle().wait_for_element_state("stable")
    box = canvas.bounding_box()
    assert box is not None

    def stroke(down: float) -> None:
        page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + down * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + down * box["height"], steps=6)
        page.mouse.up()

    stroke(0.7)
    stroke(0.45)
    page.click(".touch-up .tools > .btn")  # the second stroke is taken back
    page.click(".option:has-text('Lấy lại')")
    page.click(".option:has-text('Lớn')")
    canvas.focus()
    for _ in range(20):
        page.keyboard.press("ArrowUp")
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")  # brings the wall back, left of the product
    page.click(".touch-up .btn.go")
    page.wait_for_selector(".photo-dialog", state="detached")
    alice.told("Đã sửa ảnh")
    alice.name_it()
    alice.save()
    picture = alice.saved()
    assert is_white(picture, 0.5, 0.7)
    assert not is_white(picture, *NECK)
    assert not is_white(picture, 0.02, 0.05)


def test_cropping_by_keys_and_slider_frames_anew(meet: Meet) -> None:
    """Zoomed in, the bottle fills more of the picture; left without using it, nothing changes."""
    alice = meet()
    alice.photograph()
    page = alice.at.page
    page.wait_for_selector("[data-version='after']")
    alice.do("crop")
    page.locator(".crop canvas").focus()
    for _ in range(6):
        page.keyboard.press("+")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("() => Number(document.querySelector('#crop-zoom').value) > 20")
    alice.leave()
    alice.do("crop")
    expect(page.locator("#crop-zoom")).to_have_value("0")
    page.locator("#crop-zoom").fill("40")
    alice.await_answer(lambda: alice.tap(".crop .btn.go"))
    alice.name_it()
    alice.save()
    picture = alice.saved()
    assert picture is not None
    assert not is_white(picture, 0.36, 0.7), "the bottle is wider than before"


def test_a_saved_picture_can_be_touched_up_removed_and_kept(meet: Meet) -> None:
    """The form of a product that has a picture offers all of it; removing is a choice until it is saved."""
    alice = meet()
    alice.photograph()
    alice.name_it()
    alice.save()
    alice.listed.locator("a").click()
    page = alice.at.page
    page.wait_for_selector("[data-do='remove']")
    alice.do("remove")
    alice.do("keep_old")
    expect(page.locator("[data-picture-frame] img")).to_have_count(1)
    alice.do("crop")
    page.wait_for_selector(".crop canvas")
    alice.leave()
    alice.do("remove")
    alice.save()
    assert alice.saved() is None


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_can_be_read_and_touched(meet: Meet, language: Language) -> None:
    """Form, live view, choice, crop, touch-up and refusal: no finding on a phone or a desk, by day or by night."""
    alice = meet(language, reduced_motion="reduce")
    page = alice.at.page
    findings: dict[str, set[str]] = {}

    def look(name: str) -> None:
        found = findings_of(alice.at)
        if found:
            findings[name] = found

    look("empty")
    alice.do("take")
    page.wait_for_selector(".shutter:not([disabled])")
    look("live")
    alice.tap(".shutter")
    page.wait_for_selector("[data-version='after']")
    look("choice")
    for state in ("crop", "touch_up"):
        alice.do(state)
        page.wait_for_selector(".photo-dialog canvas")
        look(state)
        alice.leave()
    alice.do("remove")
    look("removed")
    page.evaluate(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('x', 'NotFoundError'); }; 0"
    )
    alice.do("take")
    page.wait_for_selector(".refused")
    look("refused")
    assert findings == {}
