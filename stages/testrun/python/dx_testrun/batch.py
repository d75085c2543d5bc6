"""Tests that share what they call: of each, only what is new is told."""

from itertools import islice


class Batch:
    """Tests of a file that share what they call: that of each counts for those after it, too."""

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

    def take_series(self, series):
        """The units of these tests that were not told yet, and how many of them there are up to the end of each."""
        told = self.told
        if not told:
            # The first series of a file, and mostly the only one: everything is new.
            new = list(islice(series.window.units, series.ends[-1]))
            told.update(dict.fromkeys(new))
            self.own = len(new)
            return new, series.ends
        new, reached = [], []
        fresh = iter(latest(series.window.units, self.own))
        for end in series.ends:
            for unit in islice(fresh, end - self.own):
                if unit not in told:
                    told[unit] = None
                    new.append(unit)
            self.own = end
            reached.append(len(new))
        return new, reached


class Series:
    """Tests of a batch, one after the other, that use nothing but functions: they have one window."""

    __slots__ = ("batch", "window", "file", "first", "next", "ends")

    def __init__(self, batch, window, at):
        self.batch, self.window = batch, window
        self.file, self.first = at
        self.next = self.first  # the test with which it goes on
        self.ends = []  # how many units the window had after each of them


def latest(units, count):
    """Those of a window's units that came after the first `count`, in their order."""
    if not count:
        return list(units)
    return list(islice(reversed(units), len(units) - count))[::-1] if len(units) > count else []
