"""`dx.fixture`: pytest's fixtures, whose values can be kept from one run to the next."""

import functools
import inspect
import os
import sys
import warnings
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

import pytest

from dx import cache as store
from dx.files import state_folder
from dx.hashing import content_id, joined
from dx.inputs import expand
from dx.project import Project
from dx.reach import Opaque, Reach

FORMAT = "dx fixture 1"
FRESH = ("tmp_path", "tmpdir")
Function = Callable[..., Any]


class FixtureCacheWarning(UserWarning):
    """A cached value is not used, or cannot be kept."""


class FixtureCacheError(Exception):
    """A fixture that cannot be cached."""


def fixture(
    function: Optional[Function] = None,
    *,
    cache: bool = False,
    inputs: Iterable[Any] = (),
    scope: Any = "function",
    params: Optional[Iterable[Any]] = None,
    autouse: bool = False,
    ids: Union[Sequence[Optional[object]], Callable[[Any], Optional[object]], None] = None,
    name: Optional[str] = None,
) -> Any:
    """`pytest.fixture`; with `cache=True` its value is kept below `.dx/fixtures` and made again only when it could differ.

    The value is known by BLAKE3 of: the code that the fixture reaches (see `dx.reach`), `inputs`, the parameter, the
    fixtures that it requests, the versions of the distributions that it uses, and Python. An input that is a string is a
    path or a pattern (`data/*.csv`, `schemas/**`), relative to the file of the fixture; a `pathlib.Path` is a path; any
    other value counts by its content, a function by what it reaches. What a fixture reads otherwise, from files or the
    environment, must be declared.

    Tests are always given what pickle makes of the value, in the first run, too. A fixture that yields cannot be cached:
    its teardown would be left out with its setup. Of `request` only `request.param` can be used.
    """
    options = {"scope": scope, "params": params, "autouse": autouse, "ids": ids, "name": name}

    def decorate(function: Function) -> Any:
        made = cached(function, list(inputs), name) if cache else function
        return pytest.fixture(**options)(made)  # type: ignore[call-overload,unused-ignore]

    return decorate if function is None else decorate(function)


def cached(function: Function, inputs: List[Any], name: Optional[str]) -> Function:
    """A function for pytest that asks the cache first."""
    shown = name or function.__name__
    refuse(function, shown)
    signature = inspect.signature(function)
    takes_request = "request" in signature.parameters
    own = [one for one in signature.parameters.values() if one.name != "request"]
    keyword = inspect.Parameter.KEYWORD_ONLY
    request_first = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)]

    @functools.wraps(function)
    def wrapper(request: Any, **values: Any) -> Any:
        call = functools.partial(function, **values)
        if takes_request:
            call = functools.partial(call, request=Parameter(request, shown))
        try:
            return value_of(request, Fixture(function, inputs, shown), values, call)
        except FixtureCacheError as error:
            problem = str(error)
        pytest.fail(problem, pytrace=False)

    parameters = request_first + [one.replace(kind=keyword) for one in own if one.default is inspect.Parameter.empty]
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapper.__dx_cached__ = True  # type: ignore[attr-defined]
    return wrapper


def refuse(function: Function, name: str) -> None:
    """What cannot be cached soundly, said where it is declared."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("fixture '%s' yields: with cache=True its teardown would be left out, so it must return" % name)
    if inspect.iscoroutinefunction(function):
        raise TypeError("fixture '%s' is asynchronous, which cache=True does not know" % name)
    if not inspect.isfunction(function):
        raise TypeError("cache=True takes a function, not %r" % function)
    first = next(iter(inspect.signature(function).parameters), "")
    if first in ("self", "cls"):
        raise TypeError("fixture '%s' is a method: cache=True takes functions, which depend on no object" % name)


class Parameter:
    """What a cached fixture sees of `request`: its parameter, because that is part of the key."""

    def __init__(self, request: Any, name: str) -> None:
        self._request, self._name = request, name

    @property
    def param(self) -> Any:
        return self._request.param

    def __getattr__(self, attribute: str) -> Any:
        raise AttributeError("fixture '%s' is cached: of request it can use param only, not '%s'" % (self._name, attribute))


class Fixture:
    def __init__(self, function: Function, inputs: List[Any], name: str) -> None:
        self.function, self.inputs, self.name = function, inputs, name

    def key(self, project: Project, request: Any, values: Dict[str, Any], known: Dict[Any, bytes]) -> "Tuple[bytes, List[str]]":
        """The key of the value, and the files that it depends on."""
        reach = Reach(project)
        reach.value(self.function, self.name, None)
        files: List[str] = []
        parts: List[Tuple[str, str]] = [("format", FORMAT), ("python", python()), ("fixture", self.name)]
        folder = os.path.dirname(os.path.abspath(self.function.__code__.co_filename))
        for item in self.inputs:
            if isinstance(item, (str, os.PathLike)):
                found, read = expand(item, folder)
                parts += found
                files += read
            else:
                parts.append(("input", self.content(reach, item, "an input")))
        if hasattr(request, "param"):
            parts.append(("parameter", self.content(reach, request.param, "its parameter")))
        for name in sorted(values):
            parts.append(("requests " + name, self.requested(reach, request, name, values[name], known)))
        code = "\0".join("%s\0%s" % part for part in reach.finish())
        parts.append(("code", content_id(code.encode("utf-8", "surrogatepass"))))
        key = joined([text.encode("utf-8", "surrogatepass") for part in parts for text in part])
        return key, files + reach.files()

    def requested(self, reach: Reach, request: Any, name: str, value: Any, known: Dict[Any, bytes]) -> str:
        """A cached fixture by its key, any other by the content of its value."""
        if name in FRESH:
            raise FixtureCacheError("fixture '%s' cannot be cached: '%s' is a new folder in each run" % (self.name, name))
        definition = request._get_active_fixturedef(name)
        if definition in known:
            return known[definition].hex()
        return self.content(reach, value, "the value of '%s', which is not cached," % name)

    def content(self, reach: Reach, value: Any, what: str) -> str:
        try:
            return reach.apart(value, what)
        except (Opaque, RecursionError) as error:
            raise FixtureCacheError("fixture '%s' cannot be cached: %s has no content: %s" % (self.name, what, error)) from None


class State:
    """The cache of a session. `cache` is None where it is not used."""

    def __init__(self, config: Any) -> None:
        self.project = Project(str(config.rootpath))
        self.mode = getattr(config.option, "dx_fixture_cache", "off")
        self.keys: Dict[Any, bytes] = {}
        self.cache: Optional[store.Cache] = None
        if self.mode == "off":
            return
        try:
            size = store.size_of(config.getini("dx_fixture_cache_size"))
        except ValueError:
            raise pytest.UsageError(
                "dx_fixture_cache_size takes a size like 2G or 500M, not '%s'" % config.getini("dx_fixture_cache_size")
            ) from None
        try:
            self.cache = store.Cache(os.path.join(state_folder(str(config.rootpath)), "fixtures"), size)
        except (OSError, store.Untrusted) as error:
            warn("fixtures are not cached: %s" % error)


def state_of(config: Any) -> State:
    found: Optional[State] = getattr(config, "_dx_fixtures", None)
    if found is None:
        found = config._dx_fixtures = State(config)
    return found


def value_of(request: Any, fixture: Fixture, values: Dict[str, Any], call: Callable[[], Any]) -> Any:
    state = state_of(request.config)
    cache = state.cache
    if cache is None:
        return call()
    key, files = fixture.key(state.project, request, values, state.keys)
    state.keys[request._fixturedef] = key
    for path in files:
        # Nothing of this is executed or read when the value is there already; dx-testrun, where it records, is told.
        sys.audit("dx.read", path)
    if state.mode == "on":
        found = load(cache, key, fixture)
        if found is not None:
            return found[0]
    with cache.lock(key):
        if state.mode == "on":
            found = load(cache, key, fixture, quiet=True)
            if found is not None:
                return found[0]
        value = call()
        return keep(cache, key, fixture, value)


def load(cache: store.Cache, key: bytes, fixture: Fixture, quiet: bool = False) -> Optional[Tuple[Any]]:
    try:
        return cache.load(key)
    except FileNotFoundError:
        return None
    except (OSError, store.Untrusted) as error:
        if not quiet:
            warn("fixture '%s' is made anew: %s" % (fixture.name, error))
        return None


def keep(cache: store.Cache, key: bytes, fixture: Fixture, value: Any) -> Any:
    """Keeps a value; returns what the next run will see of it."""
    try:
        cache.save(key, value)
    except OSError as error:
        warn("the value of fixture '%s' is not kept: %s" % (fixture.name, error))
        return value
    except Exception as error:
        raise FixtureCacheError(
            "fixture '%s' cannot be cached: its value cannot be pickled: %s: %s" % (fixture.name, type(error).__name__, error)
        ) from error
    try:
        return cache.load(key)[0]
    except (OSError, store.Untrusted) as error:
        store.remove(cache.path(key))
        raise FixtureCacheError("fixture '%s' cannot be cached: its value does not come back: %s" % (fixture.name, error)) from error


def warn(text: str) -> None:
    """Where warnings are errors, this one is none: the tests are as good without the cache."""
    try:
        warnings.warn(FixtureCacheWarning(text), stacklevel=3)
    except FixtureCacheWarning:
        pass


@functools.lru_cache(maxsize=None)
def python() -> str:
    machine = os.uname().machine if hasattr(os, "uname") else ""
    return " ".join([sys.implementation.name, sys.version, sys.platform, machine, sys.byteorder])
