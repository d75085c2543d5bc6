"""The Python side of dx-testrun: pytest itself, forked.

One process (the parent) runs pytest up to the point where tests would start. There it waits for dx-testrun, forks
workers on request, and at the end is told what they found, so that pytest's own reporters write the summary. A worker
is a copy of that process in which pytest's run loop takes its items from dx-testrun. Both leave the loop the way
pytest leaves it, so that session finish, plugins' cleanup and the exit status are pytest's own.

The modules need the standard library of Python 3.7 and a pytest, nothing else. Each imports only from those that
`src/script.rs` lists before it.
"""

import sys

later = {}  # modules that need a pytest of the known kind: name -> code, in order


def load_later():
    """Whether this pytest has everything that they use."""
    for name, code in later.items():
        module = sys.modules["dx_testrun." + name] = type(sys)("dx_testrun." + name)
        module.__file__ = "%s/%s.py" % (__path__[0], name)
        try:
            exec(code, module.__dict__)
        except ImportError:
            del sys.modules["dx_testrun." + name]
            later.clear()
            return False
    done = bool(later)
    later.clear()
    return done
