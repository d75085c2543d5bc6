"""What outlives a test inside its process: whatever filled a memory counts for those who find it filled.

Three kinds of memory are known: caches of `functools.lru_cache`; functions that write into what a module or a class keeps
(`_known[key] = …`, `global one`); and the same in methods of objects that a module or a fixture keeps. The first is known
by its count of hits. For the others, everything that happens between the call of such a function and its return is
collected, and counts for every test that calls it, too.
"""

import collections.abc
import dis
import enum
import functools
import inspect
import logging
import opcode
import re
import sys
import threading
import types
import weakref
from itertools import islice

from dx_testrun.functions import identity
from dx_testrun.batch import latest

CODES = dis.opmap
STORE_SUBSCR, STORE_ATTR, LOAD_ATTR = CODES["STORE_SUBSCR"], CODES["STORE_ATTR"], CODES["LOAD_ATTR"]
STORE_GLOBAL, LOAD_GLOBAL, EXTENDED = CODES["STORE_GLOBAL"], CODES["LOAD_GLOBAL"], CODES["EXTENDED_ARG"]
# The lowest bit of some arguments says something else.
SHIFTS = {LOAD_GLOBAL: int(sys.version_info >= (3, 11)), LOAD_ATTR: int(sys.version_info >= (3, 12))}
NONE = 255  # no operation of any Python's has this number in `co_code`
# What puts a local variable on the stack; and two of them, of which the lower four bits are the last one's.
FIRSTS = [CODES.get(name, NONE) for name in ("LOAD_FAST", "LOAD_FAST_BORROW")]
SECONDS = [CODES.get(name, NONE) for name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW", "STORE_FAST_LOAD_FAST")]
# As the library takes it.
FORMS = [STORE_SUBSCR, STORE_ATTR, LOAD_ATTR, STORE_GLOBAL, LOAD_GLOBAL, EXTENDED, SHIFTS[LOAD_ATTR], SHIFTS[LOAD_GLOBAL]]
FORMS += FIRSTS + SECONDS
WRITES = 255


def steps():
    """How many units of an inline cache follow an operation, as code has it that ran or not; `WRITES` for those with which code
    writes somewhere, and for what is not known."""
    found = bytearray([WRITES]) * 256
    entries = getattr(opcode, "_inline_cache_entries", None)
    general = getattr(dis, "deoptmap", {})
    for name, number in getattr(dis, "_all_opmap", CODES).items():
        name = general.get(name, name)
        known = entries is not None and not name.startswith("INSTRUMENTED") and CODES.get(name)
        if known and number < len(found) and known not in (STORE_SUBSCR, STORE_ATTR, STORE_GLOBAL):
            found[number] = entries.get(name, 0) if isinstance(entries, dict) else entries[known]
    return bytes(found)


STEPS = steps()
WRITERS = {"setdefault", "append", "appendleft", "add", "update", "insert", "extend", "push", "put", "setattr"}
# Generators and coroutines return many times; what they remember is not told apart.
RETURNS_ONCE = ~(inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR)
PLAIN = (type(None), int, float, complex, str, bytes, tuple, frozenset, property, types.ModuleType, logging.Logger)
PLAIN_ITSELF = frozenset((*PLAIN, types.FunctionType))
# Nothing can be written into these.
CONSTANTS = (object, range, slice, re.Pattern, type(...), type(NotImplemented))
STANDING = (type(None), int, float, str, bytes, type)
CONTAINERS = (collections.abc.MutableMapping, collections.abc.MutableSequence, collections.abc.MutableSet)
CACHES_MAX = 500  # that are looked at after every test
LOOKS = 3  # at a function, before once in a batch of tests is enough
CALLS_MAX = 200  # of one function in one window; what it does more often is taken as a whole


def form(code):
    """Whether it reads a global that it writes; whether it writes into something else that may last; whether it writes
    into `self` what it reads."""
    bytecode, extended = code.co_code, 0
    operations = bytecode[::2]
    writes = STORE_SUBSCR in operations or not WRITERS.isdisjoint(code.co_names)
    if STORE_ATTR not in operations and STORE_GLOBAL not in operations:
        return False, writes, False
    found = {operation: set() for operation in (STORE_ATTR, LOAD_ATTR, STORE_GLOBAL, LOAD_GLOBAL)}
    own = set()
    for at in range(0, len(bytecode), 2):
        operation, argument = bytecode[at], bytecode[at + 1] | extended
        extended = argument << 8 if operation == EXTENDED else 0
        if operation == STORE_ATTR and at and is_first(*bytecode[at - 2 : at]):
            own.add(argument)
        elif operation in found:
            found[operation].add(argument >> SHIFTS.get(operation, 0))
    own &= found[LOAD_ATTR]
    has_self = bool(own) and code.co_varnames[0] == "self"
    others = writes or bool(found[STORE_ATTR] & found[LOAD_ATTR]) or (bool(own) and not has_self)
    return bool(found[STORE_GLOBAL] & found[LOAD_GLOBAL]), others, has_self


def is_first(operation, argument):
    """Whether this puts the first local variable on the stack."""
    return operation in FIRSTS and argument == 0 or operation in SECONDS and argument & 15 == 0


def is_constant(kind, value):
    """Whether a value only stands for itself: nothing is kept in it, also not in a member of an enumeration."""
    if issubclass(kind, enum.Enum):
        return all(type(one) in CONSTANTS or isinstance(one, STANDING) for one in vars(value).values())
    return kind in CONSTANTS


class Memory:
    """A function that remembers, and all that happened inside it."""

    __slots__ = ("window", "calls", "of", "looks", "batch")

    def __init__(self, window):
        self.window = window
        self.calls, self.of = 0, None
        self.looks, self.batch = 0, None  # how often all was seen that happened inside, and in which batch last


class Memories:
    def __init__(self, recorder):
        self.recorder = recorder
        self.by_code = {}  # id of a code object -> Memory
        self.candidates = {}  # path -> code objects that write, of a module that is not executed yet
        self.caches = []  # weak references to caches, their known hits, their Memory
        self.always = set()  # of caches that are too many to be looked at one by one
        self.open = []  # frame, window before, Memory, how many units that window had where the call is not looked at
        self.forms = {}  # identity of a code object that stays -> whether it writes into what may last
        self.main = threading.main_thread().ident

    # Which functions remember

    def consider(self, path, code):
        """A function that may write into something that lasts."""
        self.considered(path, code, *form(code))

    def considered(self, path, code, of_global, of_others, of_self):
        self.forms[identity(code)] = of_others or of_self
        if of_global:
            self.remembers(code)
        elif of_others:
            self.candidates.setdefault(path, []).append(code)

    def remembers(self, code):
        memory = self.by_code.get(identity(code))
        if memory is None:
            memory = self.by_code[identity(code)] = Memory(self.recorder.window())
            self.recorder.functions.look_at_return(code)
        return memory

    def executed(self, module, path):
        """A module was executed: now it is seen what it keeps."""
        candidates = self.candidates.pop(path, ())
        own = vars(module)
        names = list(own)
        begin = names.index("__builtins__") + 1 if "__builtins__" in own else 0
        if not candidates and PLAIN_ITSELF.issuperset(map(type, islice(list(own.values()), begin, None))):
            return
        kept = set()
        for name, value in list(own.items()):
            # Nothing is asked of the value itself: it may be a stand-in that only its user may wake.
            if type(value) in PLAIN_ITSELF or name[:2] == "__":
                continue
            kind = type(value)
            if issubclass(kind, type):
                if value.__module__ == module.__name__:
                    kept.update(name for name, value in list(vars(value).items()) if issubclass(type(value), CONTAINERS))
            elif callable(value):
                self.recorder.elsewhere.made(value, path)
            elif not issubclass(kind, PLAIN) and not is_constant(kind, value):
                kept.add(name)
                self.object(value)
        for code in candidates:
            if not kept.isdisjoint(code.co_names):
                self.remembers(code)

    def object(self, value):
        """Something that a module or a fixture keeps: its methods may write into it."""
        for kind in type(value).__mro__[:-1]:
            for name, method in list(vars(kind).items()):
                if type(method) in (staticmethod, classmethod):
                    method = method.__func__
                code = method.__code__ if type(method) is types.FunctionType else None
                if code is not None and name != "__init__" and identity(code) in self.recorder.owners and self.writes(code):
                    self.remembers(code)

    def writes(self, code):
        known = self.forms.get(identity(code))
        if known is None:
            known = self.forms[identity(code)] = any(form(code)[1:])
        return known

    # While they run

    def called(self, memory, frame, code):
        """The function begins; whether its end is waited for."""
        recorder = self.recorder
        window = recorder.current
        window.memories.add(memory)
        if window is memory.window or not code.co_flags & RETURNS_ONCE == code.co_flags:
            return False
        if threading.get_ident() != self.main:
            return False
        if memory.of is not window:
            memory.calls, memory.of = 0, window
        memory.calls += 1
        if memory.calls > CALLS_MAX:
            memory.window.parts.append(window)
            return False
        if memory.looks > LOOKS and memory.batch == recorder.batch.number:
            # It has filled itself before, and was looked at since: what is new to everybody is seen all the same.
            self.open.append((frame, window, memory, len(window.units)))
            return True
        memory.looks, memory.batch = memory.looks + 1, recorder.batch.number
        self.open.append((frame, window, memory, None))
        recorder.current = memory.window
        recorder.functions.wake_unknown(memory.window)
        return True

    def returned(self, frame):
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] is frame:
                _, window, memory, before = self.open[at]
                del self.open[at:]
                self.recorder.current = window
                if before is None:
                    # It counts for this window as a whole.
                    window.units.update(memory.window.units)
                elif not all(unit in memory.window.units for unit in latest(window.units, before)):
                    # Who knows what else is different this time.
                    memory.window.units.update(window.units)
                return

    # Caches

    def cache(self, function):
        """One more cache, of a function of the project."""
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is None:
            return
        if self.recorder.path(code.co_filename) is None:
            self.recorder.reads.cached(function, code)
            return
        memory = self.by_code.get(identity(code))
        if memory is None:
            # It may not be registered where it was made by hand.
            memory = self.remembers(code)
        self.watch(function, memory)

    def watch(self, function, memory, hits=0):
        """From here on, who finds something in this cache uses the memory."""
        if len(self.caches) >= CACHES_MAX:
            self.caches = [one for one in self.caches if one[0]() is not None]
        self.recorder.attends = True
        if len(self.caches) < CACHES_MAX:
            self.caches.append([weakref.ref(function), hits, memory])
        else:
            self.always.add(memory)

    def look(self, window):
        """Whose caches were hit in this window."""
        if self.always:
            window.memories.update(self.always)
        for one in self.caches:
            function = one[0]()
            if function is not None:
                hits = function.cache_info().hits
                if hits != one[1]:
                    one[1] = hits
                    window.memories.add(one[2])


def watch_caches(memories):
    plain = functools.lru_cache

    @functools.wraps(plain)
    def lru_cache(maxsize=128, typed=False):
        made = plain(maxsize, typed)
        if hasattr(made, "cache_info"):
            memories.cache(made)
            return made

        def decorating_function(function):
            cached = made(function)
            memories.cache(cached)
            return cached

        return decorating_function

    functools.lru_cache = lru_cache
