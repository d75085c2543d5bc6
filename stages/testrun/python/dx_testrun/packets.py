"""Messages between the processes that are kept warm: JSON with descriptors, over sockets that keep message borders."""

import json
import os
import socket
import struct

MESSAGE_MAX = 1 << 18


def send(sock, message, fds=()):
    data = json.dumps(message).encode("utf-8", "surrogatepass")
    extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("%di" % len(fds), *fds))] if fds else []
    sock.sendmsg([data], extra)


def receive(sock):
    """A message and its descriptors; (None, []) when the other side is gone."""
    try:
        data, extra, _, _ = sock.recvmsg(MESSAGE_MAX, socket.CMSG_SPACE(8 * 4))
    except OSError:
        return None, []
    fds = []
    for level, kind, content in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.extend(struct.unpack("%di" % (len(content) // 4), content))
    return (json.loads(data.decode("utf-8", "surrogatepass")) if data else None), fds


def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Spare:
    """A worker that was forked before its run was known, and gets ready while that run is being planned.

    Made in a fork of a collected layer. Both processes go on from there; in the worker, `pid` is 0."""

    def __init__(self):
        ours, theirs = pair()
        self.pid = os.fork()
        self.socket, other = (ours, theirs) if self.pid else (theirs, ours)
        other.close()

    def tell(self, message, fds):
        """Whether it could be told."""
        try:
            send(self.socket, message, fds)
        except OSError:
            return False
        return True

    def hear(self):
        """In the worker: what it is told. Without a run to serve, its process ends."""
        message, fds = receive(self.socket)
        if message is None:
            os._exit(0)
        return message, fds
