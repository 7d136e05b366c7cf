#!/usr/bin/env python3
"""A mailbox of a million messages, put there by another program, is a mailbox:
opened, read, searched, changed and delivered to, in bounded memory, while
somebody else is served as ever.

LARGE_MAILBOX_MESSAGES (1000000). The files are links to a few thousand texts:
names and messages count here, not the disk's blocks.
"""
import os
import re
import threading
import time

from running_server import RunningServer, run_tests, wait_until

MESSAGES = int(os.environ.get("LARGE_MAILBOX_MESSAGES", "1000000"))
LINKS = 1000  # To one file; ext4 takes 65,000.
MEMORY_OCTETS_PER_MESSAGE_MAX = 400
MEMORY_KIB_BESIDES_MAX = 24 * 1024
# Of the whole test, on a slow machine; a quadratic step would take hours.
CPU_MICROSECONDS_PER_MESSAGE_MAX = 250
WITNESS_SECONDS_MAX = 2.0


def text_of(number):
    return (f"From: Some One <one{number}@example.test>\r\n"
            f"To: bob@example.test\r\nSubject: text {number}\r\n"
            f"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
            f"Message-ID: <{number}@example.test>\r\n\r\n"
            f"Text {number}.\r\n").encode()


def fill(tree):
    """As an MDA would have left them, every third unread."""
    owner = tree.stat()
    cur = os.open(tree / "cur", os.O_DIRECTORY)
    try:
        for number in range(MESSAGES):
            name = f"{1700000000 + number}.M1P1.host:2,{'S' if number % 3 else ''}"
            if number % LINKS == 0:
                first = name
                with open(f"{tree}/cur/{name}", "xb") as file:
                    file.write(text_of(number // LINKS))
                os.chown(first, owner.st_uid, owner.st_gid, dir_fd=cur)
            else:
                os.link(first, name, src_dir_fd=cur, dst_dir_fd=cur)
    finally:
        os.close(cur)


class Witness(threading.Thread):
    """Ann's session: how long she waits for an answer, at most."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.client = server.imap("ann")
        self.client.select("INBOX")
        self.longest = 0.0
        self.asked = 0
        self.stopped = threading.Event()

    def run(self):
        while not self.stopped.wait(0.05):
            begun = time.monotonic()
            assert self.client.noop()[0] == "OK"
            self.longest = max(self.longest, time.monotonic() - begun)
            self.asked += 1

    def end(self):
        self.stopped.set()
        self.join()
        self.client.logout()


class Bob:
    """Reads answers line by line: imaplib would hold a million of them."""

    def __init__(self, server):
        self.client = server.imap()
        self.client.sock.settimeout(600)
        self.number = 0

    def ask(self, command, wanted=rb""):
        """The lines of the answer that match, and how many there were."""
        self.number += 1
        tag = b"b%d" % self.number
        self.client.send(tag + b" " + command + b"\r\n")
        found, count = [], 0
        while True:
            line = self.client.readline()
            assert line, "the session is gone"
            if line.startswith(tag):
                assert line.startswith(tag + b" OK"), line
                return found, count
            count += 1
            if wanted and re.search(wanted, line):
                found.append(line)

    def select(self):
        found, _ = self.ask(b"SELECT INBOX", rb"EXISTS|UIDVALIDITY|UIDNEXT")
        return found

    def count(self, key):
        found, _ = self.ask(b"SEARCH RETURN (COUNT MIN MAX) " + key, b"ESEARCH")
        return {name.decode(): int(value) for name, value in
                re.findall(rb"(COUNT|MIN|MAX) (\d+)", found[0])}


def test_a_mailbox_of_a_million_messages():
    with RunningServer() as server:
        server.imap().logout()  # Makes the tree.
        server.stop()
        fill(server.data / "mail" / server.address("bob"))
        server.start()
        witness = Witness(server)
        witness.start()
        bob = Bob(server)
        begun = time.monotonic()
        selected = bob.select()
        first_open = time.monotonic() - begun
        assert b"* %d EXISTS\r\n" % MESSAGES in selected, selected
        unread = (MESSAGES + 2) // 3
        assert bob.count(b"UNSEEN") == {"COUNT": unread, "MIN": 1,
                                        "MAX": (unread - 1) * 3 + 1}
        _, lines = bob.ask(b"FETCH 1:* (UID FLAGS)")
        assert lines == MESSAGES, lines
        last = (MESSAGES - 1) // LINKS
        assert bob.count(b'SUBJECT "text %d"' % last)["MAX"] == MESSAGES
        found, _ = bob.ask(b"FETCH %d (UID ENVELOPE)" % MESSAGES, b"ENVELOPE")
        assert b'"text %d"' % last in found[0], found
        assert b"UID %d " % MESSAGES in found[0], found

        # Changes by one session, seen by another at once.
        other = Bob(server)
        other.select()
        bob.ask(b"STORE 1 +FLAGS.SILENT (\\Flagged work)")
        bob.ask(b"STORE 2 +FLAGS.SILENT (\\Deleted)")
        bob.ask(b"EXPUNGE")
        server.send("bob", "Subject: the newest\r\n\r\nx\r\n")
        wait_until(lambda: other.ask(b"NOOP", b"EXISTS")[0] or
                   other.count(b"ALL")["COUNT"] == MESSAGES, 60, 0.1)
        found, _ = other.ask(b"FETCH *,1 (UID FLAGS ENVELOPE)", b"FETCH")
        assert b"work" in found[0] and b"\\Flagged" in found[0], found
        assert b"the newest" in found[1], found
        assert b"UID %d " % (MESSAGES + 1) in found[1], found
        bob.client.logout()
        other.client.logout()

        witness.end()
        assert witness.asked > 0
        assert witness.longest < WITNESS_SECONDS_MAX, witness.longest
        memory, seconds = server.usage()["mailbox"]
        # A clean stop and start: from the index.
        server.stop()
        server.start()
        bob = Bob(server)
        begun = time.monotonic()
        selected = bob.select()
        second_open = time.monotonic() - begun
        assert b"* %d EXISTS\r\n" % MESSAGES in selected, selected
        found, _ = bob.ask(b"FETCH 1:2,* (UID FLAGS)", b"FETCH")
        assert b"UID 1 " in found[0] and b"work" in found[0], found
        assert b"UID 3 " in found[1], found
        assert b"UID %d " % (MESSAGES + 1) in found[2], found
        assert bob.count(b"UNSEEN")["COUNT"] == unread + 1
        bob.client.logout()
        memory = max(memory, server.usage()["mailbox"][0])
        print(f"      {MESSAGES} messages: opened in {first_open:.1f} s, "
              f"after a stop in {second_open:.1f} s; {memory} KiB, "
              f"{seconds:.1f} s of CPU; ann waited {witness.longest:.2f} s")
        assert memory * 1024 < (MESSAGES * MEMORY_OCTETS_PER_MESSAGE_MAX +
                                MEMORY_KIB_BESIDES_MAX * 1024), memory
        assert seconds * 1e6 < (MESSAGES * CPU_MICROSECONDS_PER_MESSAGE_MAX +
                                2e6), seconds


if __name__ == "__main__":
    run_tests([test_a_mailbox_of_a_million_messages])
