"""What this process has read, so that dx-testrun knows when it is stale."""

import os
import sys

from dx_testrun.library import listen


class Watch:
    """Every file that this process reads and every folder that it lists, while it collects.

    An audit hook cannot be taken back, so outside collection it looks for started processes only.
    """

    def __init__(self):
        self.on = False
        self.files, self.folders = set(), set()
        self.all_files, self.all_folders = set(), set()
        self.ignored = ()
        self.seen = 0
        self.spawned = False  # a process may have been started

    def start(self):
        listen(self.hook, SPAWNING | READING)
        self.on = True

    def hook(self, event, arguments):
        if event in SPAWNING:
            self.spawned = True
        if not self.on:
            return
        if event == "open":
            path, mode, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if mode is None else WRITING & set(mode)
            if isinstance(path, (str, bytes)) and not writes:
                self.files.add(path)
        elif event == "os.listdir" or event == "os.scandir":
            self.folders.add(arguments[0])

    def take(self):
        """What was read and listed since the last call, with the sources of modules that are new."""
        files = set(map(absolute, self.files))
        modules = list(sys.modules.values())[self.seen :] if len(sys.modules) > self.seen else []
        self.seen = len(sys.modules)
        for module in modules:
            try:
                path = getattr(module, "__file__", None)
            except Exception:
                # Not everything that is put there is a module.
                continue
            if isinstance(path, str):
                files.add(absolute(path))
        folders = set(map(absolute, self.folders))
        self.files, self.folders = set(), set()
        self.all_files |= files
        self.all_folders |= folders
        return self.lasting(files), self.lasting(folders)

    def everything(self):
        """All that was ever read and listed."""
        self.take()
        return self.lasting(self.all_files), self.lasting(self.all_folders)

    def lasting(self, paths):
        """Without what Python, pytest and dx keep for themselves."""
        return sorted(path for path in paths if path and not self.is_kept(path))

    def is_kept(self, path):
        return path.endswith(".pyc") or path.startswith(self.ignored) or "/.dx/" in path + "/"


WRITING = frozenset("wax+")
SPAWNING = frozenset(("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn"))
READING = frozenset(("open", "os.listdir", "os.scandir"))
WATCH = Watch()


def absolute(path):
    try:
        return os.path.abspath(os.fsdecode(path if path is not None else "."))
    except (TypeError, ValueError):
        return ""
