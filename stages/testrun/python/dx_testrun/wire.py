"""What dx-testrun and Python say to each other, as `schemas/src/testrun.rs` describes it."""

import binascii
import json
import mmap
import os
import select
import socket
import struct
import time

MAGIC, VERSION = 0x5844, 1
TEST = struct.Struct("<HBBIIIIIII")  # dx-testrun to Python, 32 bytes
RESULT = struct.Struct("<HBBIIIBBHIIIII")  # Python to dx-testrun, 40 bytes
LENGTH_MAX = 64 << 20
# What a text is cut to in a message that would be too long; less if there are many.
TEXT_MAX = 4 << 20

# To Python. Names and numbers are those of `schemas::testrun::{Order, Answer}`.
START, FORK, REAP, FEED, FINISH, COLLECT, RUN, END, STOP, QUIT, TAKE = range(1, 12)
# From Python.
HELLO, HEADER, PLAN, FORKED, REAPED, SUMMARY, READY, COLLECTED, RESULT_OF, REPORT, UNIT, IDLE = range(1, 13)
WARNING, STOPPED, INTERNAL, GONE, NOTE, DEBUGGER, YIELDED, NEED, REFUSED, EVIDENCE = range(13, 23)

PASSED, FAILED, ERROR, SKIPPED, XFAILED, XPASSED, OTHER = range(7)
OUTCOMES = {
    "passed": PASSED,
    "failed": FAILED,
    "error": ERROR,
    "skipped": SKIPPED,
    "xfailed": XFAILED,
    "xpassed": XPASSED,
}
TEARDOWN_ERROR, LEAN, PART_FAILED = 1, 2, 4

# The head of the shared memory; the ring's bytes follow it.
# As indexes of 8 or 4 bytes: such words must be written and read at once, which `struct` does not do.
HEAD, TAIL, BEGAN = 16 // 8, 24 // 8, 48 // 8
FILE, ITEM = 40 // 4, 44 // 4
WANTED, RING = 56, 64
COLLECTING = 0xFFFFFFFF
# Without escapes: two halves of surrogate pairs that stand side by side would be read as one character.
ENCODER = json.JSONEncoder(default=repr, ensure_ascii=False)
PLAIN_ENCODER = json.JSONEncoder(default=repr, ensure_ascii=False, check_circular=False, separators=(",", ":"))
ALL = 0xFFFFFFFF


def fail(message):
    raise SystemExit("dx-testrun worker: " + message)


class Channel:
    """The control socket: orders of 32 bytes and a payload come in, answers of 40 bytes go out."""

    def __init__(self, fd):
        self.socket = socket.socket(fileno=fd)
        self.socket.setblocking(True)
        self.buffer = bytearray()
        self.fds = []

    def fill(self, flags=0):
        """Reads what there is; descriptors that came along wait in `fds`. False at the end."""
        ancillary = socket.CMSG_SPACE(16 * 4)
        data, extra, _, _ = self.socket.recvmsg(1 << 16, ancillary, flags)
        for level, kind, content in extra:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                count = len(content) // 4
                self.fds.extend(struct.unpack("%di" % count, content[: count * 4]))
        self.buffer += data
        return bool(data)

    def take(self):
        """One order out of the buffer, or None."""
        if len(self.buffer) < TEST.size:
            return None
        head = TEST.unpack_from(self.buffer)
        magic, version, kind, length = head[:4]
        if magic != MAGIC or version != VERSION or length > LENGTH_MAX:
            fail("the order is not one of this version")
        if len(self.buffer) < TEST.size + length:
            return None
        payload = bytes(self.buffer[TEST.size : TEST.size + length])
        if binascii.crc32(payload, binascii.crc32(self.buffer[: TEST.size - 4])) != head[9]:
            fail("the order is damaged")
        del self.buffer[: TEST.size + length]
        return kind, head[4:9], payload

    def receive(self):
        """The next order, or None when dx-testrun is gone."""
        while True:
            order = self.take()
            if order is not None:
                return order
            if not self.fill():
                return None

    def has_more(self):
        """Whether an order or a part of one is already here."""
        return bool(self.buffer) or bool(select.select([self.socket], [], [], 0)[0])

    def poll(self):
        """The next order if it is already there; (None, True) when dx-testrun is gone."""
        order = self.take()
        gone = False
        while order is None:
            try:
                if not self.fill(socket.MSG_DONTWAIT):
                    gone = True
                    break
            except (BlockingIOError, InterruptedError):
                break
            order = self.take()
        return order, gone

    def send(self, kind, content=None, file=0, item=0):
        self.socket.sendall(frame(kind, pack(content), file, item))


def pack(content):
    if content is None:
        return b""
    if isinstance(content, bytes):
        return content
    limit = TEXT_MAX
    data = encoded(content)
    while len(data) > LENGTH_MAX - 64 and limit > 64:
        data = encoded(shortened(content, limit))
        limit //= 4
    return data


def encoded(content, encoder=ENCODER):
    return encoder.encode(content).encode("utf-8", "surrogatepass")


def evidence(content):
    """What a recorder tells, of which no part contains itself."""
    data = encoded(content, PLAIN_ENCODER)
    return data if len(data) < LENGTH_MAX - 64 else pack(content)


def shortened(content, limit):
    """A copy in which every text that is longer has lost its middle, and says so."""
    if isinstance(content, str) and len(content) > limit:
        left_out = len(content) - limit
        start, end = content[: limit // 2], content[len(content) - limit // 2 :]
        return "%s\n[dx: %d characters are left out here: the report was too long]\n%s" % (start, left_out, end)
    if isinstance(content, dict):
        return {key: shortened(value, limit) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [shortened(value, limit) for value in content]
    return content


def frame(kind, payload=b"", file=0, item=0, outcome=0, phase=0, flags=0, times=(0, 0, 0), start=0):
    if len(payload) > LENGTH_MAX:
        fail("a message of %d bytes is too long" % len(payload))
    head = RESULT.pack(
        MAGIC, VERSION, kind, len(payload), file, item, outcome, phase, flags, times[0], times[1], times[2], start, 0
    )
    check = binascii.crc32(payload, binascii.crc32(head[:-4]))
    return head[:-4] + struct.pack("<I", check) + payload


class Ring:
    """The producer's end of the ring in shared memory; dx-testrun reads the other."""

    def __init__(self, fd):
        self.memory = mmap.mmap(fd, 0)
        self.words = memoryview(self.memory)[:RING].cast("Q")
        self.halves = memoryview(self.memory)[:RING].cast("I")
        self.capacity = len(self.memory) - RING
        self.head = 0
        os.close(fd)

    def write(self, data):
        """Waits for room: nothing is dropped. The head moves after the bytes are in place."""
        memory, capacity = self.memory, self.capacity
        at, end = 0, len(data)
        while at < end:
            room = capacity - (self.head - self.words[TAIL])
            if room == 0:
                yield_to_reader()
                continue
            offset = self.head % capacity
            count = min(room, end - at, capacity - offset)
            memory[RING + offset : RING + offset + count] = data[at : at + count]
            at += count
            self.head += count
            self.words[HEAD] = self.head

    def drained(self, seconds):
        """Waits until dx-testrun has read everything, and has had a moment to act on it."""
        until = time.monotonic() + seconds
        while self.words[TAIL] != self.head and time.monotonic() < until:
            yield_to_reader()
        time.sleep(0.01)

    def current(self, file, item):
        self.words[BEGAN] = time.monotonic_ns()
        self.halves[ITEM] = item
        self.halves[FILE] = file

    def rest(self):
        self.halves[FILE] = 0

    def wanted(self):
        """Whether dx-testrun asks for the rest of this worker's tests."""
        return self.memory[WANTED] != 0


def yield_to_reader():
    time.sleep(0.0002)
