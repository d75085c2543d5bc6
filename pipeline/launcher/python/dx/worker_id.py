"""The fixture `worker_id`, in a module of its own, so that it can be registered or not."""

import pytest


@pytest.fixture(scope="session")
def worker_id(request):
    """The name of the process that runs the tests: 'gw0', 'gw1', …; 'master' where there is only one."""
    return getattr(request.config, "workerinput", {"workerid": "master"})["workerid"]
