"""pytest runs the tests itself: dx-testrun hears of them all the same, over the parent's channel."""

import time

from dx_testrun.result import Result


class Plain:
    """A plugin for the rest of the session."""

    def __init__(self, plugin):
        self.plugin, self.config, self.channel = plugin, plugin.config, plugin.channel
        self.ring = self
        self.began = time.monotonic_ns()
        lists = plugin.lists.items()
        self.places = {item.nodeid: (file, number, item) for file, items in lists for number, item in enumerate(items)}
        self.open = {}  # node id -> what is known of a test that is not over

    def pytest_runtest_logreport(self, report):
        result = self.open.get(report.nodeid)
        if result is None:
            place = self.places.get(report.nodeid)
            if place is None:
                return
            result = self.open[report.nodeid] = Result(self, self.began)
            result.begin(*place)
        result.report(report)

    def pytest_runtest_logfinish(self, nodeid):
        result = self.open.pop(nodeid, None)
        if result is not None:
            result.tell()

    def pytest_sessionfinish(self):
        # A run loop of another kind may say nothing of a test's end.
        for nodeid in list(self.open):
            self.pytest_runtest_logfinish(nodeid)

    # As a worker, and its ring

    def put(self, kind, content=None, urgent=False, file=0, item=0):
        self.channel.send(kind, content, file, item)

    def write(self, data):
        self.channel.socket.sendall(data)

    def current(self, file, item):
        pass

    def rest(self):
        pass
