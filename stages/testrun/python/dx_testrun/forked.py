"""What must change in a fork of pytest so that it is a worker of its own."""

import atexit
import fcntl
import io
import os
import select
import signal
import tempfile
import weakref


def hold_on(fd):
    """Ties this process to dx-testrun: when the pipe's other end is closed, the kernel kills this one."""
    try:
        fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(fd, 10, signal.SIGKILL)  # F_SETSIG
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
    except OSError:
        pass
    ready, _, _ = select.select([fd], [], [], 0)
    if ready:
        os._exit(1)


def renew_capture(capture, streams=(None, None, None)):
    """Gives pytest's capture new files, and `streams` in the place of what it holds back, whether it is at work or not.

    Its objects stay: tests have been told of `sys.stdout` when they were collected. Their files share an offset with
    those of the process that this one was forked from."""
    capturing = getattr(capture, "_global_capturing", None)
    parts = ("in_", "out", "err")
    for target, (name, stream) in enumerate(zip(parts, streams)):
        one = getattr(capturing, name, None)
        saved, file = getattr(one, "targetfd_save", None), getattr(one, "tmpfile", None)
        held = saved is not None and one._state == "started"
        if stream is not None:
            os.dup2(stream, saved if held else target, inheritable=not held)
            if saved is not None and not held:
                os.dup2(stream, saved, inheritable=False)
        if saved is not None and target:
            with tempfile.TemporaryFile(buffering=0) as fresh:
                os.dup2(fresh.fileno(), file.fileno(), inheritable=False)
                if held:
                    os.dup2(fresh.fileno(), target)
            file.seek(0)


def silence(config):
    """Only the parent writes to the terminal; the reporter stays, for plugins that ask for it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reporter._tw._file = io.StringIO()
    # They stay registered: pytest takes them out itself at the end.
    xml = [plugin for plugin in config.pluginmanager.get_plugins() if type(plugin).__name__ == "LogXML"]
    for plugin in [reporter] + xml:
        silence_plugin(config.hook, plugin)


def silence_plugin(hook, plugin):
    for name in (
        "pytest_runtest_logstart",
        "pytest_runtest_logreport",
        "pytest_runtest_logfinish",
        "pytest_collectreport",
        "pytest_collection_finish",
        "pytest_warning_recorded",
        "pytest_deselected",
        "pytest_sessionfinish",
        "pytest_terminal_summary",
        "pytest_unconfigure",
    ):
        try:
            getattr(hook, name)._remove_plugin(plugin)
        except (AttributeError, ValueError):
            pass


def temporary_base(config):
    """Where the workers' `tmp_path` folders go; made once, by the parent, as xdist does."""
    factory = getattr(config, "_tmp_path_factory", None)
    try:
        return str(factory.getbasetemp()) if factory is not None else None
    except Exception:
        return None


def own_base(config, base, name):
    """`tmp_path` of this worker: a folder of its own below the run's, as under xdist."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is None or base is None:
        return
    path = os.path.join(base, "popen-" + name)
    os.makedirs(path, mode=0o700, exist_ok=True)
    factory._basetemp = type(factory.getbasetemp())(path)
    forget_cleanup(factory)


def leave_folders():
    """`TemporaryDirectory` removes its folder when its process ends: those of the parent are not this one's to remove."""
    remove = getattr(getattr(tempfile.TemporaryDirectory, "_cleanup", None), "__func__", None)
    for finalizer in list(getattr(weakref.finalize, "_registry", ())):
        found = finalizer.peek()
        if found is not None and remove is not None and getattr(found[1], "__func__", None) is remove:
            finalizer.atexit = False


def forget_cleanup(factory):
    """Folders of earlier runs are removed by the parent, and not by all its workers at once."""
    from _pytest import pathlib

    stack = getattr(factory, "_exit_stack", None)
    if stack is not None:
        atexit.unregister(stack.close)
        stack.pop_all()
    atexit.unregister(getattr(pathlib, "cleanup_numbered_dir", None))


def forget_cache(config):
    """With one worker there is no `workerinput` that would tell the cache plugins that the parent writes."""
    for name in ("lfplugin", "nfplugin", "stepwiseplugin"):
        plugin = config.pluginmanager.get_plugin(name)
        if plugin is not None:
            try:
                config.hook.pytest_sessionfinish._remove_plugin(plugin)
            except (AttributeError, ValueError):
                pass
