"""The sockets that `camket serve` listens on."""

import socket
from contextlib import closing

import pytest

from camket.cli.listening import listen
from camket.core.errors import SettingsError


def test_no_answer_waits_for_an_acknowledgement() -> None:
    """A connection sends what it has at once: head and body of an answer are not 40 ms apart."""
    with closing(listen("127.0.0.1", 0)) as listener:
        with closing(socket.create_connection(listener.getsockname())):
            accepted, _ = listener.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_port_that_is_taken_is_told() -> None:
    """The message names the setting that chooses another one."""
    with closing(listen("127.0.0.1", 0)) as listener:
        _, port = listener.getsockname()
        with pytest.raises(SettingsError, match="PORT"):
            listen("127.0.0.1", port)
