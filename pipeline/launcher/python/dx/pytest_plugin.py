"""pytest's side of dx: the fixture `worker_id`, which suites expect of pytest-xdist, where that is absent."""

import pytest


class WorkerId:
    @pytest.fixture(scope="session")
    def worker_id(self, request):
        """The name of the process that runs the tests: 'gw0', 'gw1', …; 'master' where there is only one."""
        return getattr(request.config, "workerinput", {"workerid": "master"})["workerid"]


def pytest_configure(config):
    if not config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(WorkerId(), "dx-worker-id")
