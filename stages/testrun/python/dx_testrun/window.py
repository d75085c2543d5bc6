"""What was used between two moments."""

# What most windows have nothing of: it is made when somebody asks for it.
SELDOM = ("files", "folders", "names", "imports", "asked", "spawns")
MADE = dict.fromkeys(SELDOM, set)
MADE["products"] = set
MADE["memories"] = set  # what remembers, and was asked
MADE["fixtures"] = list  # those with windows of their own
MADE["parts"] = list  # windows that count in full


class Window:
    __slots__ = ("units", "rest", *MADE)

    def __init__(self):
        self.units = {}  # in the order in which they were first called
        self.rest = {}  # everything else, by name

    def __getattr__(self, name):
        made = MADE.get(name)
        if made is None:
            raise AttributeError(name)
        # Another thread may do the same: both get what came first.
        made = self.rest.setdefault(name, made())
        setattr(self, name, made)
        return made

    def add(self, other):
        self.units.update(other.units)
        self.add_rest(other)

    def add_rest(self, other):
        for name, more in list(other.rest.items()):
            if more and name in SELDOM:
                getattr(self, name).update(more)

    def forget(self, known):
        """Leaves what is not in another one."""
        self.units = {unit: None for unit in self.units if unit not in known.units}
        for name, mine in list(self.rest.items()):
            if name in SELDOM and name in known.rest:
                mine.difference_update(known.rest[name])

    def adds_to(self, known):
        """Whether something was used in it that is not in another one."""
        if not self.units.keys() <= known.units.keys():
            return True
        for name, mine in list(self.rest.items()):
            if mine and name != "products" and not (name in SELDOM and mine <= known.rest.get(name, set())):
                return True
        return False

    def has_links(self):
        """Whether others count in it."""
        rest = self.rest
        return bool(rest) and any(map(rest.get, ("memories", "fixtures", "parts")))

    def whole(self):
        """With everything that it used through fixtures and memories."""
        if not self.has_links():
            return self
        out = Window()
        for window in self.all():
            out.add(window)
        return out

    def all(self):
        """Itself and all those that count in it."""
        todo = [self]
        if not self.has_links():
            return todo
        seen = {self}
        for window in todo:
            if not window.has_links():
                continue
            linked = [memory.window for memory in list(window.memories)] + window.parts
            linked += [getattr(definition, "_dx_window", None) for definition in window.fixtures]
            for other in linked:
                if other is not None and other not in seen:
                    seen.add(other)
                    todo.append(other)
        return todo


def rest_of(windows):
    """What they have together but for their units."""
    out = Window()
    for window in windows:
        out.add_rest(window)
    return out
