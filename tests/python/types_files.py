"""Text and binary files: reading, writing, seeking, encodings, errors."""
import sys
PID = open("/proc/self/stat").read().split()[0]
PATH = f"/tmp/dx-types-test-{PID}.txt"
with open(PATH, "w") as f:
    print(f.write("line1\nline2\r\nlínea3"), f.name == PATH, f.mode, f.closed)
    print("printed", 5, file=f)
with open(PATH) as f:
    print(f.readline(), repr(f.read(3)), f.readlines(), repr(f.read()))
for line in open(PATH, encoding="utf-8"):
    print(repr(line))
with open(PATH, "rb") as f:
    print(f.read(6), f.tell(), f.seek(0), f.readline(), repr(f)[:22])
with open(PATH, "a+") as f:
    f.write("more"); f.seek(0); print(f.read())
with open(PATH, "r+b") as f:
    f.write(b"LINE"); f.seek(0); print(f.read())
for mode in ["q", "rw", "rbt", ""]:
    try: open("x", mode)
    except Exception as e: print(type(e).__name__, e)
try: open(PATH).write("x")
except Exception as e: print(type(e).__name__, e)
f = open(PATH); f.close()
try: f.read()
except Exception as e: print(type(e).__name__, e)
try: open("/tmp")
except Exception as e: print(type(e).__name__, e)
sys.stdout.write("direct\n")
with open(PATH, "w", encoding="utf-16") as f:
    f.write("héllo\nw€rld\n")
print(open(PATH, encoding="utf-16").read().split())
try:
    from posix import unlink
    unlink(PATH)
except ImportError:
    pass
