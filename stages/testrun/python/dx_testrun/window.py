"""What was used between two moments."""

from itertools import islice


# What most windows have nothing of.
SELDOM = ("files", "folders", "names", "imports", "asked")


class Window:
    __slots__ = ("units", "files", "products", "folders", "names", "imports", "asked", "spawned", "memories", "fixtures", "parts")

    def __init__(self):
        self.units = {}  # in the order in which they were first called
        self.folders, self.names, self.imports = set(), set(), set()
        self.files, self.products, self.asked = set(), set(), set()
        self.spawned = None
        self.memories = set()  # what remembers, and was asked
        self.fixtures = []  # those with windows of their own
        self.parts = []  # windows that count in full

    def add(self, other):
        self.units.update(other.units)
        self.add_rest(other)

    def add_rest(self, other):
        for name in SELDOM:
            more = getattr(other, name)
            if more:
                getattr(self, name).update(more)
        self.spawned = self.spawned or other.spawned

    def forget(self, known):
        """Leaves what is not in another one."""
        self.units = {unit: None for unit in self.units if unit not in known.units}
        for name in SELDOM:
            getattr(self, name).difference_update(getattr(known, name))

    def whole(self):
        """With everything that it used through fixtures and memories."""
        if not (self.memories or self.fixtures or self.parts):
            return self
        out = Window()
        for window in self.all():
            out.add(window)
        return out

    def all(self):
        """Itself and all those that count in it."""
        todo = [self]
        if not (self.memories or self.fixtures or self.parts):
            return todo
        seen = {self}
        for window in todo:
            linked = [memory.window for memory in list(window.memories)] + window.parts
            linked += [getattr(definition, "_dx_window", None) for definition in window.fixtures]
            for other in linked:
                if other is not None and other not in seen:
                    seen.add(other)
                    todo.append(other)
        return todo


class Batch:
    """Tests of a file that share what they call."""

    def __init__(self, number):
        self.number = number
        self.told = {}  # units of all of them
        self.own = 0  # how many units of the tests' own windows are among them, which have one dictionary
        self.counts = {}  # and of others
        self.lines = False  # whether one of them looks at lines

    def take(self, windows):
        """The units of these windows that were not told yet; the first is a test's."""
        known = len(self.told)
        self.own = self.add(windows[0].units, self.own)
        for window in windows[1:]:
            self.counts[window] = self.add(window.units, self.counts.get(window, 0))
        return latest(self.told, known)

    def add(self, units, before):
        count = len(units)
        if count > before:
            self.told.update(dict.fromkeys(latest(units, before)) if before else units)
        return count


def rest_of(windows):
    """What they have together but for their units."""
    out = Window()
    for window in windows:
        out.add_rest(window)
    return out


def latest(units, count):
    """Those of a window's units that came after the first `count`."""
    if not count:
        return list(units)
    return list(islice(reversed(units), len(units) - count)) if len(units) > count else []
