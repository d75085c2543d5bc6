"""The fixture `worker_id`, in a module of its own, so that it can be registered or not."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def worker_id(request: Any) -> Any:
    """The name of the process that runs the tests: 'gw0', 'gw1', …; 'master' where there is only one."""
    return getattr(request.config, "workerinput", {"workerid": "master"})["workerid"]
