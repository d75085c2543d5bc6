"""Names in the project's modules that hold something else after a test than before it, where tests after it meet that.

What is made when it is first asked for, counted, or added to a collection is no trace of this kind: most programs do so,
and work with it and without.
"""

import sys

# What `id` tells, but without the audit event that it raises.
identity = object.__hash__
NOTHING = identity(None)
PLAIN = (bool, int, float, str, bytes)


class Names:
    def __init__(self, path):
        self.path = path  # the absolute path of a file of the project, or None
        self.before = {}

    def begin(self):
        self.before = self.values()

    def look(self):
        """What changed: (path of the module's file, name) -> what it is now."""
        now = self.values()
        return {key: now.get(key) for key, old in self.before.items() if differs(old, now.get(key))}

    def values(self):
        found = {}
        for module in list(sys.modules.values()):
            if not issubclass(type(module), type(sys)):
                continue
            names = object.__getattribute__(module, "__dict__")
            file = names.get("__file__")
            path = self.path(file) if isinstance(file, str) else None
            if path is None:
                continue
            for name, value in own(names):
                found[path, name] = state(value)
                if issubclass(type(value), type):
                    attributes = type.__getattribute__(value, "__dict__")
                    if attributes.get("__module__") == names.get("__name__"):
                        for attribute, held in own(attributes):
                            found[path, "%s.%s" % (name, attribute)] = state(held)
        return found


def own(names):
    for name, value in list(names.items()):
        if isinstance(name, str) and not (name.startswith("__") and name.endswith("__")):
            yield name, value


def state(value):
    """Enough of a value to see that it is another one, without holding it."""
    kind = type(value)
    if kind in PLAIN:
        return kind, value
    if kind is dict:
        return kind, {identity_of(key): identity(held) for key, held in list(value.items())}
    if kind is list:
        return kind, [identity(held) for held in list(value)]
    if kind is set:
        return kind, {identity_of(held) for held in list(value)}
    return None, identity(value)


def identity_of(key):
    """Equal names need not be the same object."""
    return key if type(key) is str else identity(key)


def differs(old, now):
    if now == old or old == (None, NOTHING):
        return False
    if now is None or now[0] is not old[0]:
        return True
    kind, before = old
    after = now[1]
    if kind is int:
        return after < before
    if kind is dict:
        return any(after.get(key) != held != NOTHING for key, held in before.items())
    if kind is list:
        return after[: len(before)] != before
    if kind is set:
        return not before <= after
    return True
