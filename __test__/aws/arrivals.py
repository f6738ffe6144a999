"""Which requests have come and are not in the log yet, so that a test's log holds no call of the test before it.

A process that has ended may have left requests behind: in the queue of the listening socket, in a connection's
buffer, or in a thread that has not come to the log. `settle` waits for them. Connections come in the order in which
they were made, so all those of an ended process are there when the request that empties the log is.
"""

from __future__ import annotations

import enum
import select
import socket
import threading
import time

# A client that sends half of a request and stays must not keep a test for ever.
LONGEST_WAIT_S = 5
LOOK_AGAIN_S = 0.005


class State(enum.Enum):
    """Where a connection is."""

    WAITING = 1
    READING = 2
    LOGGED = 3


class Arrivals:
    """All connections that are open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[socket.socket, State] = {}

    def mark(self, connection: socket.socket, state: State) -> None:
        """Keep where a connection is."""
        with self._lock:
            self._states[connection] = state

    def forget(self, connection: socket.socket) -> None:
        """Forget a connection that is closed."""
        with self._lock:
            self._states.pop(connection, None)

    def settle(self) -> None:
        """Return when nothing that has come is missing in the log."""
        end, quiet = time.monotonic() + LONGEST_WAIT_S, 0
        # Twice: between two looks a request may be on its way from the one place to the other.
        while quiet < 2 and time.monotonic() < end:
            quiet = 0 if self._any_on_its_way() else quiet + 1
            time.sleep(LOOK_AGAIN_S)

    def _any_on_its_way(self) -> bool:
        with self._lock:
            states = dict(self._states)
        if State.READING in states.values():
            return True
        waiting = [one for one, state in states.items() if state is State.WAITING and one.fileno() >= 0]
        try:
            return bool(select.select(waiting, [], [], 0)[0])
        except (OSError, ValueError):
            return True  # one was closed in between


arrivals = Arrivals()
