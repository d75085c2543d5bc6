"""A whole session of pytest, from its arguments to its status."""

import atexit
import functools
import os
import sys
import threading
import traceback

from dx_testrun.bytecode import keep_none_of_fresh_sources
from dx_testrun.native import is_cheap
from dx_testrun.nodes import Input
from dx_testrun.plugin import Leave, Plugin
from dx_testrun.record import Recorder
from dx_testrun.windows import Fixtures
from dx_testrun.wire import GONE, NOTE


def pytest_arguments(arguments):
    """xdist, where it is installed, must not start workers of its own."""
    own = ["-n0"] if has_xdist() and "no:xdist" not in arguments else []
    return list(arguments) + own


@functools.lru_cache(maxsize=None)
def has_xdist():
    from importlib.machinery import PathFinder

    return PathFinder.find_spec("xdist") is not None


def run_pytest(channel, start, warm=None):
    """The whole of a session; returns pytest's status in the parent, never returns in a worker."""
    import _pytest.config

    wanted = start.get("evidence")
    keep_none_of_fresh_sources(wanted["root"] if wanted else os.getcwd())
    plugin = Plugin(channel, start, warm)
    plugins = [plugin]
    # A trace function costs more than most would pay unasked.
    if wanted and (wanted["asked"] or is_cheap()):
        recorder = plugin.recorder = Recorder(wanted["root"], wanted["outline"])
        recorder.start()
        plugins.append(Fixtures(recorder))
    own = (start.get("spawned") or {}).get("input")
    if own is not None:
        plugins.append(Input(own))
    decorate(Plugin)
    if channel is not None:
        plugin.hello()
    arguments = pytest_arguments(start["arguments"])
    try:
        if hasattr(_pytest.config, "_main"):
            status = _pytest.config._main(args=arguments, plugins=plugins, prog="pytest")
        else:
            status = _pytest.config.main(args=arguments, plugins=plugins)
        leave = False
    except Leave:
        status, leave = 1, True
    except SystemExit as error:
        status, leave = error.code if isinstance(error.code, int) else 1, False
    except Exception:
        if plugin.worker is None:
            raise
        # pytest ends with it after its summary: a plugin's clean-up, exceptions that nobody could be told of.
        plugin.worker.put(NOTE, {"kind": "ended", "text": traceback.format_exc()})
        status, leave = 1, False
    if plugin.worker is not None:
        end_worker(plugin, int(status))
    if leave:
        os._exit(1)
    return plugin, int(status)


def decorate(plugin):
    import pytest

    pytest.hookimpl(hookwrapper=True)(Fixtures.pytest_fixture_setup)
    pytest.hookimpl(trylast=True)(plugin.pytest_configure)
    pytest.hookimpl(tryfirst=True)(Input.pytest_configure)
    pytest.hookimpl(tryfirst=True)(plugin.pytest_collection)
    pytest.hookimpl(tryfirst=True)(plugin.pytest_runtestloop)
    if getattr(pytest, "version_tuple", (0,)) >= (7,):
        plugin.pytest_ignore_collect = pytest.hookimpl(tryfirst=True)(plugin.ignore_others)
    pytest.hookimpl(tryfirst=True)(plugin.pytest_runtest_protocol)
    pytest.hookimpl(trylast=True)(plugin.pytest_runtest_logreport)
    pytest.hookimpl(tryfirst=True, hookwrapper=True)(plugin.pytest_fixture_setup)


def end_worker(plugin, status):
    code = 0
    try:
        end_pools()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                plugin.worker.put(NOTE, {"kind": "thread", "text": thread.name})
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        code = 1
    try:
        plugin.worker.put(GONE, {"status": status}, urgent=True)
        if plugin.warm is not None and plugin.warm.role == "spare":
            plugin.warm.learn()
    finally:
        os._exit(code)


def end_pools():
    """Python does this before it waits for threads: pools of concurrent.futures let theirs go, and their processes."""
    for end in reversed(getattr(threading, "_threading_atexits", ())):
        end()


def leave(status, last=lambda: None):
    try:
        end_pools()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        last()
        os._exit(status if 0 <= status < 256 else 1)
