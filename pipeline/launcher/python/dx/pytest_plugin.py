"""pytest's side of dx, in every pytest of the environment: it imports nothing until it is asked.

It gives the fixture `worker_id`, which suites expect of pytest-xdist, where that is absent; the options of snapshots and of
cached fixtures; and it knows which test runs, for `dx.snapshot`.
"""

import os

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional

    from dx.snapshot_hooks import SnapshotHooks

# The test that runs in this process; a run within a run (pytester) has its own for a while.
current = None  # type: Any


def pytest_addoption(parser):
    # type: (Any) -> None
    group = parser.getgroup("dx")
    group.addoption(
        "--update-snapshots",
        action="store_true",
        dest="dx_update_snapshots",
        help="write snapshots that are new or changed (never in CI)",
    )
    group.addoption(
        "--remove-obsolete-snapshots",
        action="store_true",
        dest="dx_remove_obsolete_snapshots",
        help="remove snapshots that no test uses (never in CI)",
    )
    group.addoption(
        "--fixture-cache",
        choices=("on", "off", "refresh"),
        default="on",
        dest="dx_fixture_cache",
        help="whether @dx.fixture(cache=True) uses its cache, or makes all values anew",
    )
    group.addoption(
        "--no-fixture-cache", action="store_const", const="off", dest="dx_fixture_cache", help="the same as --fixture-cache=off"
    )
    parser.addini("dx_fixture_cache_size", "what cached fixtures may take below .dx/fixtures, as 500M or 2G", default="2G")


def pytest_configure(config):
    # type: (Any) -> None
    if not config.pluginmanager.hasplugin("xdist"):
        from dx import worker_id

        config.pluginmanager.register(worker_id, "dx-worker-id")
    config.pluginmanager.register(Reports(config), "dx-reports")
    option = config.option
    if option.dx_update_snapshots or option.dx_remove_obsolete_snapshots:
        hooks(config)


class Reports:
    """A report of another process may be the first that this one hears of snapshots."""

    def __init__(self, config):
        # type: (Any) -> None
        self.config = config

    def pytest_runtest_logreport(self, report):
        # type: (Any) -> None
        told = getattr(report, "dx_snapshots", None)
        if told:
            hooks(self.config).hear(told)


def hooks(config):
    # type: (Any) -> SnapshotHooks
    """The hooks of snapshots, which are there as soon as they are needed."""
    found = config.pluginmanager.get_plugin("dx-snapshots")
    if found is None:
        from dx.snapshot_hooks import SnapshotHooks

        found = SnapshotHooks(config)
        config.pluginmanager.register(found, "dx-snapshots")
    return found  # type: ignore[no-any-return,unused-ignore]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session, config, items):
    # type: (Any, Any, List[Any]) -> None
    """Where a test file has snapshots, what it has of tests says which of them are obsolete."""
    found = config.pluginmanager.get_plugin("dx-snapshots")
    seen = {}  # type: Dict[Any, bool]
    for item in items:
        path = item.path
        if path not in seen:
            name = path.stem if path.suffix == ".py" else path.name
            seen[path] = found is not None or os.path.exists("%s/__snapshots__/%s.snap" % (path.parent, name))
    with_snapshots = [item for item in items if seen[item.path]]
    if with_snapshots:
        hooks(config).collected(with_snapshots)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    # type: (Any, Any) -> Iterator[None]
    global current
    before, current = current, item
    yield
    current = before


def compare(value, name):
    # type: (Any, Optional[str]) -> Optional[str]
    __tracebackhide__ = True
    if current is None:
        raise RuntimeError("dx.snapshot: no test of pytest runs here (is the plugin 'dx' off?)")
    return hooks(current.config).compare(current, value, name)
