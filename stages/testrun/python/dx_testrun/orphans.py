"""Processes that became children of this one because their parents died: what tests started and left running."""

import os
import signal


def end_orphans(kept=None):
    """Kills every child but one, and what is below those, however deep."""
    for _ in range(64):
        found = [pid for pid in children() if pid != kept]
        if not found:
            return
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except OSError:
                pass


def children():
    found = []
    try:
        for task in os.listdir("/proc/self/task"):
            with open("/proc/self/task/%s/children" % task) as file:
                found.extend(int(pid) for pid in file.read().split())
    except (OSError, ValueError):
        pass
    return found
