"""Tests that pytest has no nodes for, until somebody must see one."""



class Test:
    """A plain function or method: its file's node, and what to call."""

    __slots__ = ("parent", "cls", "name", "nodeid", "function", "made")

    def __init__(self, parent, cls, name, function):
        self.parent, self.cls, self.name, self.function = parent, cls, name, function
        self.nodeid = "::".join((parent.nodeid, name) if cls is None else (parent.nodeid, cls.__name__, name))
        self.made = None

    def __getattr__(self, name):
        """Whoever wants to know more has the node."""
        return getattr(self.item(), name)

    def listchain(self):
        return self.parent.listchain() + [self]

    def call(self):
        return self.function() if self.cls is None else self.function(self.cls())

    def item(self):
        """The node that pytest would have made."""
        import pytest

        if self.made is None:
            if self.cls is None:
                self.made = pytest.Function.from_parent(self.parent, name=self.name, callobj=self.function)
            else:
                parent = pytest.Class.from_parent(self.parent, name=self.cls.__name__, obj=self.cls)
                self.made = pytest.Function.from_parent(parent, name=self.name)
        return self.made


def item_of(test):
    return test.item() if type(test) is Test else test


def are_bare(tests):
    """Files are collected in one way or the other, as a whole."""
    return bool(tests) and type(tests[0]) is Test
