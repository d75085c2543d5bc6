"""What was used between two moments."""


# What most windows have nothing of.
SELDOM = ("files", "folders", "names", "imports", "asked")


class Window:
    __slots__ = ("units", "files", "products", "folders", "names", "imports", "asked", "spawned", "memories", "fixtures", "parts")

    def __init__(self):
        self.units, self.folders, self.names, self.imports = set(), set(), set(), set()
        self.files, self.products, self.asked = set(), set(), set()
        self.spawned = None
        self.memories = set()  # what remembers, and was asked
        self.fixtures = []  # those with windows of their own
        self.parts = []  # windows that count in full

    def is_empty(self):
        return not (self.units or self.spawned or any(getattr(self, name) for name in SELDOM))

    def add(self, other):
        self.units |= other.units
        for name in SELDOM:
            more = getattr(other, name)
            if more:
                getattr(self, name).update(more)
        self.spawned = self.spawned or other.spawned

    def whole(self):
        """With everything that it used through fixtures and memories."""
        if not (self.memories or self.fixtures or self.parts):
            return self
        out, todo, seen = Window(), [self], set()
        while todo:
            window = todo.pop()
            if window in seen:
                continue
            seen.add(window)
            out.add(window)
            todo.extend(window.parts)
            todo.extend(memory.window for memory in list(window.memories))
            shared = (getattr(definition, "_dx_window", None) for definition in window.fixtures)
            todo.extend(window for window in shared if window is not None)
        return out
