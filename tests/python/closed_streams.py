# Which standard streams are None, and what is said of it; the test that runs this closes some and names the file.
import sys


def tried(call, *args):
    try:
        return call(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


with open(sys.argv[1], "w") as out:
    streams = (sys.stdin, sys.stdout, sys.stderr)
    print("none:", *[stream is None for stream in streams], file=out)
    print("same:", streams == (sys.__stdin__, sys.__stdout__, sys.__stderr__), file=out)
    print("input:", tried(input), file=out)
    print("print:", tried(print, "to stdout"), file=out)
    print("print to it:", tried(lambda: print("to stderr", file=sys.stderr)), file=out)
    print("displayhook:", tried(sys.displayhook, None), file=out)
    print("excepthook:", tried(sys.excepthook, ValueError, ValueError("shown"), None), file=out)
raise SystemExit("the end")
