"""pytest's list of all tests that were ever seen, for its --nf: read and written anew only where it is another.

With ten thousand tests, reading and writing it take longer than a run of one of them."""

import os


class NodeIds:
    def __init__(self, config):
        self.config = config
        self.plugin = config.pluginmanager.get_plugin("nfplugin")
        value_path = getattr(getattr(config, "cache", None), "_getvaluepath", None)
        self.path = value_path and str(value_path("cache/nodeids"))
        self.stamp, self.count = None, -1
        self.renew()

    def look(self):
        """What tells the file from what it is once it was written again; None if it cannot be told."""
        if self.plugin is None or not self.path:
            return None
        try:
            stat = os.stat(self.path)
        except OSError:
            return None
        return stat.st_ino, stat.st_size, stat.st_mtime_ns

    def renew(self):
        """Makes pytest's plugin know what the file says."""
        if self.plugin is None:
            return
        stamp = self.look()
        if stamp is not None and stamp == self.stamp:
            self.plugin.active = self.config.option.newfirst
            return
        self.plugin.__init__(self.config)
        self.stamp = stamp if stamp == self.look() else None
        self.count = len(getattr(self.plugin, "cached_nodeids", ()))

    def keep(self):
        """At the end: the plugin only ever adds to the list, and need not write one with nothing added."""
        same = self.stamp is not None and len(getattr(self.plugin, "cached_nodeids", ())) == self.count
        if same and self.look() == self.stamp:
            try:
                self.config.hook.pytest_sessionfinish._remove_plugin(self.plugin)
            except (AttributeError, ValueError):
                pass
