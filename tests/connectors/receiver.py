"""Another system that answers signed questions over real HTTP on this machine, rightly or wrongly."""

from __future__ import annotations

import hmac
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY = "0f" * 32
KEY_ID = "2026-11"


class Receiver:
    """What the other system holds, and how it answers.

    Args:
        url: where it listens.
    """

    def __init__(self) -> None:
        self.url = ""
        self.held: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.says: bytes | None = None
        """Sent in the place of every answer."""
        self.status = 200
        self.announces: int | None = None
        """Said as the length of every answer, whatever it is."""
        self.loses_answers = False
        """Does what it is asked, and ends the connection without an answer."""
        self.corrects: dict[str, str] = {}
        """Item -> what it wants to be told when that is corrected."""
        self.corrected: dict[str, dict[str, str | None]] = {}
        """Subject -> item -> the value that it was told last."""

    def declared(self, **other: object) -> dict[str, Any]:
        """Return the setting `connectors` for this system."""
        said = {
            "kind": "webhook",
            "url": self.url,
            "label": {"vi": "Bản tin", "en": "Newsletter"},
            "items": ["shop.sales"],
            "key_id": KEY_ID,
            "key": KEY,
            "private": True,
            **({"corrects": self.corrects} if self.corrects else {}),
            **other,
        }
        return {"news": said}

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked."""
        subject = question.get("subject", "")
        records = self.held.get(subject, [])
        if question["ask"] == "check":
            return {"items": ["shop.sales"]} | ({"corrects": self.corrects} if self.corrects else {})
        if question["ask"] == "count":
            return {"held": {"shop.sales": len(records)}}
        if question["ask"] == "export":
            labels = {"topic": {"vi": "Chủ đề", "en": "Topic"}}
            return {"items": [{"item": "shop.sales", "records": records, "labels": labels}]}
        if question["ask"] == "correct":
            self.corrected.setdefault(subject, {})[question["item"]] = question.get("value")
            return {"corrected": True}
        self.held.pop(subject, None)
        return {"erased": True}


@contextmanager
def receiving(tls: ssl.SSLContext | None = None, given: Receiver | None = None) -> Iterator[Receiver]:
    """Run a receiver, a new one by default, on a free port of this machine; over TLS where there is a context."""
    receiver = given or Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signed = f"{self.headers['Camket-Time']}.".encode() + body
            assert hmac.compare_digest(
                hmac.digest(bytes.fromhex(KEY), signed, "sha256").hex(), self.headers["Camket-Signature"]
            )
            question = json.loads(body)
            receiver.asked.append(question)
            receiver.headers.append(dict(self.headers.items()))
            said = json.dumps(receiver.answer(question)).encode()
            if receiver.loses_answers:
                return
            said = said if receiver.says is None else receiver.says
            self.send_response(receiver.status)
            self.send_header("Location", receiver.url + "elsewhere")
            self.send_header("Content-Length", str(receiver.announces or len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Say nothing: whoever asks goes away where the certificate does not hold."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    scheme = "http" if tls is None else "https"
    receiver.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/camket"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
