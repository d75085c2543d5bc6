"""pytest's side of dx: the fixture `worker_id`, which suites expect of pytest-xdist, where that is absent."""


def pytest_configure(config):
    if not config.pluginmanager.hasplugin("xdist"):
        from dx import worker_id

        config.pluginmanager.register(worker_id, "dx-worker-id")
