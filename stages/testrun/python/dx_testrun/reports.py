"""What pytest reports, in words that dx-testrun understands."""


def crash_of(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return None
    return {"path": str(crash.path), "line": crash.lineno, "message": str(crash.message)}


def reason_of(report):
    if getattr(report, "wasxfail", None):
        return str(report.wasxfail)
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return report.longreprtext


def ending_of(error):
    name = type(error).__name__
    if isinstance(error, KeyboardInterrupt):
        return {"ending": "interrupted", "reason": ""}
    if name == "Exit":
        return {"ending": "exit", "reason": str(getattr(error, "msg", error)), "returncode": getattr(error, "returncode", None)}
    if name == "UsageError":
        return {"ending": "usage", "reason": "\n".join(map(str, error.args))}
    if name in ("Interrupted", "Failed"):
        return {"ending": "stopped" if name == "Interrupted" else "failed", "reason": str(error)}
    import traceback

    return {"ending": "internal", "reason": "".join(traceback.format_exception(type(error), error, error.__traceback__))}
