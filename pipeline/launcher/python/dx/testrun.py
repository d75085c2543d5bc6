"""dx-testrun from Python: which tests there are, and running them.

    for test in dx.testrun.discover(["tests"]):
        print(test.id)

    result = dx.testrun.run(["tests"], workers=4)
    if not result.ok:
        print([outcome.id for outcome in result.failed])

Both start the executable of the wheel, with this very Python unless another is named: nothing is imported or run here.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

__all__ = ["DxError", "Outcome", "Result", "Test", "discover", "executable", "run"]

Path = Union[str, "os.PathLike[str]"]
Paths = Union[Path, Sequence[Path]]
# pytest's exit status: what is an answer, and what is none.
PASSED, FAILED, NO_TESTS = 0, 1, 5
FAILING = ("failed", "error")


class DxError(Exception):
    """dx-testrun could not do it. `status` is its exit status, `text` what it said."""

    def __init__(self, text: str, status: Optional[int] = None) -> None:
        super().__init__(text)
        self.text, self.status = text, status


@dataclass(frozen=True)
class Test:
    """A test: pytest's node id, and the file's part of it."""

    id: str
    file: str

    __test__ = False


@dataclass(frozen=True)
class Outcome:
    """What became of a test. `outcome` is pytest's category: passed, failed, error, skipped, xfailed, xpassed, or `other` for one that a plugin made up.

    `text` is what pytest reports of a failure, or the reason of a skip."""

    id: str
    outcome: str
    seconds: float = 0.0
    text: str = ""
    attempt: int = 1
    worker: Optional[int] = None


@dataclass(frozen=True)
class Result:
    """A run. `status` is pytest's exit status; `counts` are by category; `stdout` and `stderr` are what people would see.

    `files` are those that could not be collected, or were skipped as a whole."""

    status: int
    outcomes: List[Outcome]
    counts: Dict[str, int]
    seconds: float
    files: List[Outcome] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""

    @property
    def ok(self) -> bool:
        return self.status == PASSED

    @property
    def failed(self) -> List[Outcome]:
        """Tests that failed, by their last attempt."""
        attempts: Dict[str, int] = {}
        for one in self.outcomes:
            attempts[one.id] = max(attempts.get(one.id, 1), one.attempt)
        return [one for one in self.outcomes if one.outcome in FAILING and one.attempt == attempts[one.id]]


def executable() -> str:
    """The path of dx-testrun: `DX_TESTRUN`, else of this distribution, else beside this Python, else on the PATH."""
    named = os.environ.get("DX_TESTRUN")
    if named:
        return named
    from dx import bin

    try:
        return bin("dx-testrun")
    except Exception:  # not installed as a distribution
        pass
    found = shutil.which("dx-testrun", path=os.path.dirname(sys.executable)) or shutil.which("dx-testrun")
    if found is None:
        raise DxError("no dx-testrun: it is in the wheel of dx; DX_TESTRUN names another")
    return found


def discover(
    paths: Paths = (),
    *,
    args: Sequence[str] = (),
    python: Optional[Path] = None,
    cwd: Optional[Path] = None,
    env: Optional[Dict[str, str]] = None,
    timeout: Optional[float] = None,
) -> List[Test]:
    """The tests that pytest would collect in `paths` (files, folders, node ids; none: as configured), in its order.

    Answers from the index of an earlier call while it is valid; else pytest collects. `args` are further arguments of
    pytest, as `["-k", "parse"]`. Raises DxError where pytest cannot collect, `subprocess.TimeoutExpired` after `timeout`
    seconds."""
    done = call(["--list", "--format", "json"], paths, args, python, cwd, env, timeout)
    if done.returncode not in (PASSED, NO_TESTS):
        raise DxError(said(done), done.returncode)
    try:
        found = json.loads(done.stdout)["tests"]
        return [Test(one["id"], one["file"]) for one in found]
    except (ValueError, KeyError, TypeError):
        if done.returncode == NO_TESTS:
            return []
        raise DxError("dx-testrun answers with something else than a list:\n" + said(done), done.returncode) from None


def run(
    paths: Paths = (),
    *,
    args: Sequence[str] = (),
    workers: Union[int, str, None] = None,
    affected: bool = False,
    retries: int = 0,
    timeout: Optional[float] = None,
    run_timeout: Optional[float] = None,
    python: Optional[Path] = None,
    cwd: Optional[Path] = None,
    env: Optional[Dict[str, str]] = None,
) -> Result:
    """Runs tests; failures are in the result, not raised.

    `workers` is a number or "auto"; `affected` leaves out what no change can affect; `timeout` are the seconds of one test,
    `run_timeout` those of the run. `args` are further arguments, of dx-testrun or pytest. Raises DxError for wrong usage
    and for internal errors (pytest's status 3 and 4)."""
    own: List[str] = []
    for name, value in (("--numprocesses", workers), ("--timeout", timeout), ("--run-timeout", run_timeout)):
        if value is not None:
            own += [name, str(value)]
    if affected:
        own.append("--affected")
    if retries:
        own += ["--retries", str(retries)]
    with tempfile.TemporaryDirectory(prefix="dx-") as folder:
        events = os.path.join(folder, "events")
        done = call(own + ["--events", events], paths, args, python, cwd, env, None)
        lines = read_events(events)
    if done.returncode in (3, 4) or done.returncode < 0:
        raise DxError(said(done), done.returncode)
    return result_of(done, lines)


def result_of(done: "subprocess.CompletedProcess[str]", lines: List[Dict[str, Any]]) -> Result:
    last = next((line for line in lines if line["event"] == "done"), {})
    tests, settled = [], {line["id"]: line for line in lines if line["event"] == "settled"}
    for line in lines:
        if line["event"] == "test":
            tests.append(outcome_of(settled.get(line["id"], line), line))
    files = [outcome_of(line, line) for line in lines if line["event"] == "file"]
    counts = {str(name): int(count) for name, count in last.get("counts", {}).items()}
    return Result(done.returncode, tests, counts, float(last.get("seconds", 0.0)), files, done.stdout, done.stderr)


def outcome_of(line: Dict[str, Any], test: Dict[str, Any]) -> Outcome:
    return Outcome(
        id=test["id"],
        outcome=line.get("outcome") or "",
        seconds=float(test.get("seconds") or 0.0),
        text=line.get("text") or "",
        attempt=int(test.get("attempt") or 1),
        worker=test.get("worker"),
    )


def read_events(path: str) -> List[Dict[str, Any]]:
    """What the run told, as far as it came."""
    try:
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except (OSError, ValueError):
        return []


def call(
    own: List[str],
    paths: Paths,
    args: Sequence[str],
    python: Optional[Path],
    cwd: Optional[Path],
    env: Optional[Dict[str, str]],
    timeout: Optional[float],
) -> "subprocess.CompletedProcess[str]":
    alone: Tuple[Path, ...] = (paths,) if isinstance(paths, (str, os.PathLike)) else tuple(paths)
    line = [executable(), "--python", os.fspath(python or sys.executable)] + own + list(args) + [os.fspath(one) for one in alone]
    try:
        return subprocess.run(
            line,
            cwd=cwd,
            env=env,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise DxError("'%s' cannot be started: %s" % (line[0], error)) from None


def said(done: "subprocess.CompletedProcess[str]") -> str:
    return (done.stderr.strip() or done.stdout.strip() or "dx-testrun ended with status %d" % done.returncode)
