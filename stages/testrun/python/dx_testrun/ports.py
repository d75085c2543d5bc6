"""Ports that one worker alone can listen on.

Some suites start servers on a port of their choice, and workers run at the same time. Who binds a port first keeps it as long
as its process lives; another worker that wants it says so and goes no further: dx-testrun ends it and gives its tests to the
first."""

import os
import socket
import threading
import time

from dx_testrun.library import listen

PORTS_MAX = 64  # that are kept; those who look for free ports bind many
# From here on the system chooses ports, too: that two workers come by the same one, one after the other, means nothing.
CHOSEN_BY_SYSTEM = 32768
FAMILIES = (socket.AF_INET, socket.AF_INET6)
# Tests put others in their places.
Socket, sleep, process_id, this_thread = socket.socket, time.sleep, os.getpid, threading.get_ident


class Ports:
    def __init__(self, channel, run):
        self.channel, self.run, self.process = channel, run, process_id()
        self.kept = {}  # port -> what says that it is ours
        self.trying = None  # the thread in which we bind something ourselves

    def watch(self):
        listen(self.hook, ("socket.bind",))

    def hook(self, event, arguments):
        if event != "socket.bind" or process_id() != self.process or this_thread() == self.trying:
            return
        bound, address = arguments
        if bound.family not in FAMILIES or type(address) is not tuple or len(address) < 2:
            return
        port = address[1]
        if type(port) is not int or port <= 0 or port in self.kept or len(self.kept) >= PORTS_MAX:
            return
        token = Socket(socket.AF_UNIX)
        try:
            token.bind("\0dx-testrun-%s-%d" % (self.run, port))
        except OSError:
            token.close()
            if port >= CHOSEN_BY_SYSTEM and self.is_free(bound, address):
                return
            self.tell(b"wants", port)
            while True:
                sleep(3600)
        self.kept[port] = token
        self.tell(b"has", port)

    def is_free(self, bound, address):
        self.trying = this_thread()
        try:
            with Socket(bound.family, bound.type) as other:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                other.bind(address)
            return True
        except OSError:
            return False
        finally:
            self.trying = None

    def tell(self, what, port):
        """Any thread may; the ring is for the main thread alone."""
        try:
            self.channel.socket.send(b"%s %d;" % (what, port))
        except OSError:
            pass
