"""A Bluetooth Low Energy printer that Chromium itself emulates: the page runs its real code, nothing of it is replaced.

Chromium's DevTools protocol has two domains for it: `BluetoothEmulation` (of the whole browser: one test at a time) is
the radio and the printer, `DeviceAccess` (of a page) answers the chooser in place of a person.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

SERVICE: Final = "000018f0-0000-1000-8000-00805f9b34fb"
CHARACTERISTIC: Final = "00002af1-0000-1000-8000-00805f9b34fb"
ADDRESS: Final = "09:09:09:09:09:09"
NAME: Final = "MPT-II"
REFUSED: Final = 0x3E
NOT_SUPPORTED: Final = 0x06
TURN_MILLISECONDS: Final = 50
MOST_TURNS: Final = 300


class BluetoothPrinter:
    """A printer in the air around a browser.

    Args:
        browser: whose radio it is.
        page: whose chooser is answered.
        answers: False for a printer that takes no write and never says so.
        lost_after_bytes: the link is lost once so many bytes have come in; once.
        acknowledges: whether the printer offers writes with an answer.
        refuses_long: whether it offers them and then refuses, as printers do that take no long writes.
    """

    def __init__(
        self,
        browser: Browser,
        page: Page,
        *,
        answers: bool = True,
        lost_after_bytes: int | None = None,
        acknowledges: bool = True,
        refuses_long: bool = False,
    ) -> None:
        self.links: list[bytearray] = []
        self.prompts = 0
        self.chooses = True
        self.answers = answers
        self.acknowledges = acknowledges
        self.refuses_long = refuses_long
        self.lost_after_bytes = lost_after_bytes
        self.is_on = True
        self._is_lost = False
        self._answered: set[str] = set()
        self._page = page
        self._radio = browser.new_browser_cdp_session()
        self._radio.on("BluetoothEmulation.gattOperationReceived", self._on_link)
        self._radio.on("BluetoothEmulation.characteristicOperationReceived", self._on_characteristic)
        self._power("powered-on")
        self._advertise()
        self._keep_radio(page)
        self._chooser = self._watch_chooser(page)

    @property
    def received(self) -> bytes:
        """Everything that came in since the last link was made."""
        return bytes(self.links[-1]) if self.links else b""

    def await_bytes(self, count: int) -> None:
        """Wait until so many bytes came in over the last link."""
        for _turn in range(MOST_TURNS):
            if len(self.received) >= count:
                return
            self._page.wait_for_timeout(TURN_MILLISECONDS)
        message = f"{len(self.received)} of {count} bytes came in"
        raise AssertionError(message)

    def turn_off(self) -> None:
        """Let go of the radio, so that the next test can have it."""
        self._radio.send("BluetoothEmulation.disable")
        self._radio.detach()

    def switch_adapter_off(self) -> None:
        """Switch Bluetooth off on the device: choosers then never open and never say why."""
        self._power("powered-off")

    def _keep_radio(self, page: Page) -> None:
        """Hold on to the radio from another tab: Chromium lets go of it when the last page that uses it is left."""
        keeper = page.context.new_page()
        keeper.goto(page.url)
        keeper.evaluate("navigator.bluetooth.getAvailability()")

    def _power(self, state: str) -> None:
        self._radio.send("BluetoothEmulation.disable")
        self._radio.send("BluetoothEmulation.enable", {"state": state, "leSupported": True})

    def _advertise(self) -> None:
        self._radio.send(
            "BluetoothEmulation.simulatePreconnectedPeripheral",
            {"address": ADDRESS, "name": NAME, "manufacturerData": [], "knownServiceUuids": [SERVICE]},
        )
        self._offer_service()

    def _offer_service(self) -> None:
        added = self._radio.send("BluetoothEmulation.addService", {"address": ADDRESS, "serviceUuid": SERVICE})
        properties = {"writeWithoutResponse": True, **({"write": True} if self.acknowledges else {})}
        self._radio.send(
            "BluetoothEmulation.addCharacteristic",
            {"serviceId": added["serviceId"], "characteristicUuid": CHARACTERISTIC, "properties": properties},
        )

    def _watch_chooser(self, page: Page) -> CDPSession:
        session = page.context.new_cdp_session(page)
        session.on("DeviceAccess.deviceRequestPrompted", lambda prompt: self._on_prompt(session, prompt))
        session.send("DeviceAccess.enable")
        return session

    def _on_prompt(self, session: CDPSession, prompt: dict[str, Any]) -> None:
        if prompt["id"] in self._answered or (self.chooses and not prompt["devices"]):
            return  # the prompt is told again when a device is found
        self._answered.add(prompt["id"])
        self.prompts += 1
        if self.chooses:
            session.send("DeviceAccess.selectPrompt", {"id": prompt["id"], "deviceId": prompt["devices"][0]["id"]})
        else:
            session.send("DeviceAccess.cancelPrompt", {"id": prompt["id"]})

    def _on_link(self, operation: dict[str, Any]) -> None:
        if operation["type"] == "connection" and self.is_on:
            self.links.append(bytearray())
            if self._is_lost:  # what a printer offers goes with its link; it is there again before the next one stands
                self._is_lost = False
                self._offer_service()
        if operation["type"] in {"connection", "discovery"}:
            self._radio.send(
                "BluetoothEmulation.simulateGATTOperationResponse",
                {"address": ADDRESS, "type": operation["type"], "code": 0 if self.is_on else REFUSED},
            )

    def _on_characteristic(self, operation: dict[str, Any]) -> None:
        if operation["type"] != "write" or self._is_lost:
            return  # what was under way when the link went is lost with it
        wants_answer = operation.get("writeType") != "write-without-response"
        if wants_answer and self.refuses_long:
            self._answer(operation, NOT_SUPPORTED)
            return
        self.links[-1] += base64.b64decode(operation["data"])
        if self.lost_after_bytes is not None and len(self.links[-1]) >= self.lost_after_bytes:
            self.lost_after_bytes = None
            self._is_lost = True
            self._radio.send("BluetoothEmulation.simulateGATTDisconnection", {"address": ADDRESS})
        elif self.answers and wants_answer:
            self._answer(operation, 0)

    def _answer(self, operation: dict[str, Any], code: int) -> None:
        self._radio.send(
            "BluetoothEmulation.simulateCharacteristicOperationResponse",
            {"characteristicId": operation["characteristicId"], "type": "write", "code": code},
        )
