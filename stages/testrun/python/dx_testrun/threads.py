"""What of a process does not survive a fork: its threads and its event loops."""

import os
import sys
import threading


def thread_count():
    """Threads of this process that Python knows of or not, and event loops: neither survives a fork as it was.

    A loop that was made before a fork shares its epoll instance and its wake-ups with those of all other forks."""
    try:
        count, polls = native_threads(), event_polls()
        if count > 1 and not polls and threading.active_count() == 1:
            end_pools()
            count = native_threads()
        return count + polls
    except OSError:
        return threading.active_count()


def native_threads():
    return len(os.listdir("/proc/self/task"))


def event_polls():
    count = 0
    for fd in os.listdir("/proc/self/fd"):
        try:
            count += os.readlink("/proc/self/fd/" + fd) == "anon_inode:[eventpoll]"
        except OSError:
            pass
    return count


def end_pools():
    """Lets libraries end the threads that they end before every fork, and start anew when they need them (pthread_atfork):
    numpy's OpenBLAS does so.

    Only a fork makes them do it. That of the C library is one of which Python's own hooks know nothing; the child does
    nothing at all."""
    if sys.implementation.name != "cpython":
        return
    try:
        import ctypes

        libc = ctypes.PyDLL(None)
        fork, leave = libc.fork, libc._exit
    except (ImportError, OSError, AttributeError):
        return
    pid = fork()
    if pid == 0:
        leave(0)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        # Nobody waits for children here.
        pass
