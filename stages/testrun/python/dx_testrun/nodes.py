"""What plugins prepare for each worker, as pytest-xdist has them do: `pytest_configure_node` and `pytest_testnodedown`.

A fork of a configured pytest comes too late for it: what a plugin puts into `workerinput` is there for the worker's own
`pytest_configure`. Such workers are processes of their own."""

import json

# What these prepare, a fork has by itself.
KNOWN = ("_pytest", "xdist", "pytest_cov", "pytest_randomly", "pytest_rerunfailures")


class Gateway:
    def __init__(self, name):
        self.id = name
        self.spec = "popen"


class Node:
    """The parent's picture of one worker."""

    def __init__(self, config, name, count):
        self.config = config
        self.gateway = Gateway(name)
        self.workerinput = {"workerid": name, "workercount": count}
        self.workeroutput = {}


def configure(config, count):
    """One node for each worker."""
    nodes = [Node(config, "gw%d" % number, count) for number in range(count)]
    for node in nodes:
        config.hook.pytest_configure_node(node=node)
        json.dumps(node.workerinput)
    return nodes


def take_down(config, nodes):
    for node in nodes:
        config.hook.pytest_testnodedown(node=node, error=None)


class Input:
    """In a worker: its configuration has `workerinput` before any plugin is configured."""

    def __init__(self, content):
        self.content = content

    def pytest_configure(self, config):
        config.workerinput = dict(self.content)
