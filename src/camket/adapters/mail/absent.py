"""No carrier: for commands that run beside the service and send nothing themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camket.core.errors import MailError

if TYPE_CHECKING:
    from camket.ports import Mail


class NoCarrier:
    """Takes no mail; what is queued waits for the service. See `camket.ports.MailCarrier`."""

    def carry(self, mail: Mail) -> None:
        """Refuse: no relay is named.

        Raises:
            MailError: always; trying again where a relay is named helps.
        """
        del mail
        raise MailError("no relay is named; set `smtp_url`", kind="no_relay", permanent=False, relay_down=True)
