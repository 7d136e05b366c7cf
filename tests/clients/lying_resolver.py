"""A resolver that lies, in the ways that the first label of a name says.

    with LyingResolver() as liar:
        liar.address …, liar.seen …

"honest": an A record. Everything else is wrong in its own way.
"""
import socket
import struct
import threading
import time


def name_of(labels):
    return b"".join(bytes([len(one)]) + one for one in labels) + b"\0"


def question_of(query):
    """Labels of the name, and the octets of the question."""
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]])
        at += 1 + query[at]
    return labels, query[12:at + 5]


def message(query, flags=0x8180, answers=(), question=None):
    _, own = question_of(query)
    return (query[:2] + struct.pack(">5H", flags, 1, len(answers), 0, 0)
            + (question or own) + b"".join(answers))


def record(data=b"\xc0\0\2\1", kind=1, owner=b"\xc0\x0c", ttl=60):
    return owner + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


def lies(query):
    """Datagrams, one after the other; a number is a pause in seconds."""
    labels, own = question_of(query)
    what = labels[0].split(b"-")[0].decode()
    honest = message(query, answers=[record()])
    other_id = bytes([query[0] ^ 0x55, query[1]]) + honest[2:]
    if what == "honest":
        return [honest]
    if what == "otherid":  # And the right one at last.
        return [other_id] * 50 + [honest]
    if what == "onlyotherid":
        return [other_id] * 50
    if what == "otherquestion":
        return [message(query, answers=[record(owner=name_of([b"evil"]))],
                        question=name_of([b"evil"]) + own[-4:])] * 5
    if what == "othername":  # The right question, the answer to another.
        return [message(query, answers=[record(owner=name_of([b"evil"]))])]
    if what == "loop":
        at = 12 + len(own)
        return [message(query, answers=[
            record(owner=struct.pack(">H", 0xC000 | at))])]
    if what == "pointers":  # Each to the one before, in the data of a NULL.
        chain = b"\xc0\x0c"
        at = 12 + len(own) + 12
        while len(chain) < 1000:
            chain += struct.pack(">H", 0xC000 | (at + len(chain) - 2))
        last = struct.pack(">H", 0xC000 | (at + len(chain) - 2))
        return [message(query, answers=[record(chain, 10),
                                        record(owner=last)])]
    if what == "cut":
        return [honest[:-3]]
    if what == "empty":
        return [b""] * 5 + [query[:2]]
    if what == "echo":
        return [query]
    if what == "counts":
        return [honest[:6] + b"\xff\xff" + honest[8:]]
    if what == "longdata":
        return [honest[:-6] + b"\xff\xff" + honest[-4:]]
    if what == "oversized":
        return [honest + b"\0" * 60000]
    if what == "chain":
        names = [name_of(labels)] + [name_of([b"c%d" % i]) for i in range(50)]
        return [message(query, answers=[
            record(names[i + 1], 5, names[i]) for i in range(50)])]
    if what == "late":
        return [1.0, honest]
    if what == "flood":
        return [other_id] * 30000
    if what in ("slowtcp", "halftcp", "hugetcp", "silenttcp", "manytcp"):
        return [message(query, 0x8380)]
    return []  # Silence.


class LyingResolver:
    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.port = self.udp.getsockname()[1]
        self.tcp = socket.create_server(("127.0.0.1", self.port))
        self.address = f"127.0.0.1:{self.port}"
        self.seen = []  # (port it came from, query)
        self.delay = 0.0  # Before every answer.
        self.stopped = False

    def datagrams(self):
        while True:
            try:
                query, client = self.udp.recvfrom(65536)
            except OSError:
                return
            if self.stopped:
                return
            self.seen.append((client[1], query))
            threading.Thread(target=self.answer, args=(query, client),
                             daemon=True).start()

    def answer(self, query, client):
        time.sleep(self.delay)
        for one in lies(query):
            if self.stopped:
                return
            if isinstance(one, float):
                time.sleep(one)
                continue
            try:
                self.udp.sendto(one, client)
            except OSError:
                return

    def streams(self):
        while True:
            try:
                client, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self.stream, args=(client,),
                             daemon=True).start()

    def stream(self, client):
        with client:
            try:
                query = client.recv(65536)[2:]
                what = question_of(query)[0][0].split(b"-")[0]
                honest = message(query, answers=[record()])
                if what == b"manytcp":  # All that fits.
                    honest = message(query, answers=[record()] * 4000)
                framed = struct.pack(">H", len(honest)) + honest
                if what == b"slowtcp":
                    for octet in framed:
                        client.sendall(bytes([octet]))
                        time.sleep(0.2)
                elif what == b"halftcp":
                    client.sendall(framed[:-3])
                elif what == b"hugetcp":
                    client.sendall(b"\xff\xff" + b"\xff" * 10_000_000)
                elif what == b"silenttcp":
                    time.sleep(5)
                else:
                    client.sendall(framed)
                    time.sleep(0.5)
            except OSError:
                pass

    def __enter__(self):
        for run in (self.datagrams, self.streams):
            threading.Thread(target=run, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.udp.close()
        self.tcp.close()
