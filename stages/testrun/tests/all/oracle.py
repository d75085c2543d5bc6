"""Answers questions about the package `dx`, one JSON line each: what the properties in Rust ask. Text goes as code points."""

import json
import os
import sys
import tempfile

from dx import blake3, cache, difference, snapfile, snapindex, snapshots


def text(points):
    return "".join(map(chr, points))


def points(string):
    return [ord(one) for one in string]


def hash(data, key):
    return blake3.blake3(bytes.fromhex(data), bytes.fromhex(key) if key else None).hex()


def digest(kind, value):
    return snapindex.digest(snapfile.Entry(kind, text(value))).hex()


def entries(given):
    return {snapfile.Key(text(test), text(label)): snapfile.Entry(kind, text(value)) for test, label, kind, value in given}


def told(found):
    return sorted([points(key.test), points(key.label), entry.kind, points(entry.text)] for key, entry in found.items())


def file(given, carriage):
    """What is written is read back, also where a check-out ends lines otherwise; the index has the same digests."""
    wanted = entries(given)
    data = snapfile.dump(wanted)
    identity = (1, 2, 3, 4, 5)
    index = snapindex.pack(wanted, identity)
    assert snapindex.unpack(index) == (identity, {key: snapindex.digest(entry) for key, entry in wanted.items()})
    assert data == snapfile.dump(snapfile.load(data, "x"))
    return told(snapfile.load(data.replace(b"\n", b"\r\n") if carriage else data, "x"))


def diff(old, new):
    old, new = text(old), text(new)
    return [snapfile.lines_of(old), snapfile.lines_of(new), difference.unified(old, new, "old", "new")]


def update(steps):
    """Processes that write snapshots of one file, each as it was told; at the end what a fresh one finds, and what of all
    that was said it accepts."""
    with tempfile.TemporaryDirectory() as root:
        test_file = os.path.join(root, "test_x.py")
        sessions = {}
        for process, test, value, save in steps:
            session = sessions.setdefault(process, snapshots.Session(root, True))
            assert session.compare(test_file, text(test), snapshots.Used(), text(value), "n") is None
            if save:
                session.save()
                assert not [name for name in os.listdir(os.path.join(root, "__snapshots__")) if name.endswith(".tmp")]
        for process in sorted(sessions):
            sessions[process].save()
        fresh = snapshots.Session(root, False)
        accepted = [fresh.compare(test_file, text(test), snapshots.Used(), text(value), "n") is None for _, test, value, _ in steps]
        file = fresh.file(test_file)
        return [sorted([points(key.test), points(entry.text)] for key, entry in file.read().items()), accepted]


class Mapped:
    """Stands for an array: pickle keeps its bytes apart."""

    def __init__(self, data):
        self.data = data

    def __reduce_ex__(self, protocol):
        import pickle

        return Mapped, (pickle.PickleBuffer(self.data),)

    def __eq__(self, other):
        return type(other) is Mapped and bytes(self.data) == bytes(other.data)


def value(given):
    """A value of Python from JSON: a pair of its type and its content."""
    kind, content = given
    if kind in ("list", "tuple"):
        made = [value(one) for one in content]
        return made if kind == "list" else tuple(made)
    if kind == "dict":
        return {text(key): value(one) for key, one in content}
    if kind == "text":
        return text(content)
    return {"bytes": bytes, "mapped": lambda data: Mapped(bytearray(data)), "int": int, "none": lambda _: None}[kind](content)


def buffers(found):
    if isinstance(found, Mapped):
        yield found.data
    for one in found.values() if isinstance(found, dict) else found if isinstance(found, (list, tuple)) else ():
        yield from buffers(one)


def refused(store, key):
    try:
        store.load(key)
    except cache.Untrusted:
        return True
    return False


def round_trip(given, at, cut):
    """A value comes back as it was, its buffers aligned, mapped and writable; what is damaged, cut or foreign does not."""
    wanted, key = value(given), b"k" * 32
    with tempfile.TemporaryDirectory() as root:
        store = cache.Cache(os.path.join(root, "fixtures"), 1 << 30)
        store.save(key, wanted)
        (found,) = store.load(key)
        assert found == wanted, (found, wanted)
        for data in buffers(found):
            assert type(data) is memoryview and not data.readonly
            data[:1] = b"\x00" if len(data) else b""
        assert store.load(key)[0] == wanted, "what is mapped is private"
        path = store.path(key)
        with open(path, "rb") as file:
            whole = file.read()
        at, cut = at % len(whole), cut % len(whole)
        os.unlink(path)
        answers = []
        for data in (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:cut], whole + b"\0"):
            store.write(path, [data])
            answers.append(refused(store, key))
        store.write(path, [whole])
        os.rename(path, store.path(b"o" * 32))
        answers.append(refused(store, b"o" * 32))
        store.write(path, [whole])
        store.secret = b"x" * 32
        answers.append(refused(store, key))
        return answers


for line in sys.stdin:
    name, arguments = json.loads(line)
    print(json.dumps(globals()[name](*arguments)), flush=True)
