"""A parent of its own, which pytest starts for one run."""

import json
import os
import socket
import sys

from dx_testrun.orphans import end_orphans
from dx_testrun.session import leave, run_pytest
from dx_testrun.watch import WATCH
from dx_testrun.wire import START, SUMMARY, Channel


def main():
    channel = Channel(int(sys.argv[1]))
    WATCH.start()
    try:
        import pytest  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        sys.stderr.write("dx-testrun: error: '%s' has no pytest: install it there, or name another with --python\n" % sys.executable)
        os._exit(4)

    order = channel.receive()
    if order is None or order[0] != START:
        return
    start = json.loads(order[2].decode("utf-8", "surrogatepass"))
    if start["seeded"]:
        # It has done its work when the interpreter started; tests and their children are to see nothing of it.
        os.environ.pop("PYTHONHASHSEED", None)
    sys.argv = [os.path.join(os.path.dirname(sys.executable), "pytest")] + list(start["arguments"])
    sys.path[0] = os.path.dirname(sys.executable)
    plugin, status = run_pytest(channel, start)
    try:
        channel.send(SUMMARY, {"text": plugin.text(), "status": status})
    except OSError:
        # Nobody is there to hear it.
        pass
    leave(status, lambda: end_orphans() if is_gone(channel) else None)


def is_gone(channel):
    """Whether dx-testrun has died, and cannot end what tests left running."""
    try:
        return channel.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
