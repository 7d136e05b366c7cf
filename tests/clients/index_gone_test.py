#!/usr/bin/env python3
"""The index is a cache: somebody deletes it at any moment, in whole or in part,
while mail comes in, flags change and the server stops, is killed and starts;
every message, UID, flag and UIDVALIDITY is what the changes made it.

INDEX_GONE_ROUNDS (12) starts of the server, of INDEX_GONE_SEED (1).
"""
import hashlib
import imaplib
import os
import pathlib
import random
import re
import threading
import time

from running_server import RunningServer, run_tests, wait_until

ROUNDS = int(os.environ.get("INDEX_GONE_ROUNDS", "12"))
SEED = int(os.environ.get("INDEX_GONE_SEED", "1"))
CHANGES_PER_ROUND = 60
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Draft", "work", "home")


class Deleter(threading.Thread):
    """Removes files of the index, one or all, now and then."""

    def __init__(self, tree, chance):
        super().__init__(daemon=True)
        self.tree, self.chance = tree, chance
        self.stopped = threading.Event()
        self.removed = 0

    def run(self):
        while not self.stopped.wait(self.chance.uniform(0, 0.05)):
            found = sorted(self.tree.glob("postkeep-index*"))
            if found and self.chance.random() < 0.5:
                found = [self.chance.choice(found)]
            for path in found:
                try:
                    path.unlink()
                    self.removed += 1
                except FileNotFoundError:
                    pass

    def end(self):
        self.stopped.set()
        self.join()


class Bob:
    """A client that knows what it made of the mailbox."""

    def __init__(self, server, chance):
        self.server, self.chance = server, chance
        self.flags = {}   # UID -> flags
        self.texts = {}   # UID -> digest
        self.validity = None
        self.number = 0

    def come(self):
        def connect():
            try:
                return self.server.imap()
            except (OSError, imaplib.IMAP4.abort):
                return None
        self.client = wait_until(connect, 20, 0.05)
        assert self.client.select("INBOX")[0] == "OK"
        validity = self.client.response("UIDVALIDITY")[1][0]
        assert self.validity in (None, validity), "another UIDVALIDITY"
        self.validity = validity

    def append(self):
        self.number += 1
        text = f"Subject: n{self.number}\r\n\r\ntext\r\n".encode()
        flags = {f for f in FLAGS if self.chance.random() < 0.3}
        status, data = self.client.append("INBOX", " ".join(sorted(flags)),
                                          None, text)
        assert status == "OK", data
        uid = int(re.search(rb"APPENDUID \d+ (\d+)", data[0])[1])
        assert uid not in self.texts, "a UID is used twice"
        self.flags[uid], self.texts[uid] = flags, hashlib.sha1(text).digest()

    def store(self):
        some = self.chance.sample(sorted(self.flags),
                                  min(len(self.flags), 5))
        flags = {f for f in FLAGS if self.chance.random() < 0.4}
        how = self.chance.choice(("+", "-", ""))
        status, data = self.client.uid(
            "STORE", ",".join(map(str, some)), how + "FLAGS.SILENT",
            "(" + " ".join(sorted(flags)) + ")")
        assert status == "OK", data
        for uid in some:
            old = self.flags[uid]
            self.flags[uid] = (old | flags if how == "+" else
                               old - flags if how == "-" else flags)

    def expunge(self):
        if len(self.flags) < 10:
            return
        uid = self.chance.choice(sorted(self.flags))
        self.client.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)")
        assert self.client.expunge()[0] == "OK"
        del self.flags[uid]

    def change(self):
        self.chance.choice((self.append, self.store, self.store,
                            self.expunge) if self.flags else
                           (self.append,))()

    def check(self):
        """What a session sees is what was made, and what was known of the
        summaries is what the texts say."""
        self.client.noop()
        status, data = self.client.uid(
            "FETCH", "1:*", "(UID FLAGS ENVELOPE BODY.PEEK[])")
        assert status == "OK", data
        seen = set()
        for head, text in (p for p in data if isinstance(p, tuple)):
            uid = int(re.search(rb"UID (\d+)", head)[1])
            subject = re.search(rb'ENVELOPE \(\S+ "(.*?)"', head)[1]
            assert text.startswith(b"Subject: %s\r\n" % subject), head
            flags = set(re.search(rb"FLAGS \((.*?)\)", head)[1].decode()
                        .split()) - {"\\Recent"}
            assert flags == self.flags[uid], (uid, flags, self.flags[uid])
            assert hashlib.sha1(text).digest() == self.texts[uid], uid
            seen.add(uid)
        assert seen == set(self.flags), seen ^ set(self.flags)


def test_the_index_is_deleted_at_any_moment():
    chance = random.Random(SEED)
    server = RunningServer()
    server.prepare()
    removed = 0
    try:
        bob = Bob(server, chance)
        tree = pathlib.Path(server.data / "mail" / server.address("bob"))
        for round_ in range(ROUNDS):
            server.start()
            deleter = Deleter(tree, random.Random(chance.random()))
            deleter.start()
            bob.come()
            if round_ > 0:
                bob.check()
            for number in range(CHANGES_PER_ROUND):
                bob.change()
                if number % 20 == 19:
                    bob.check()
            other = server.imap()
            other.select("INBOX")
            bob.client, mine = other, bob.client
            bob.check()
            for client in (mine, other):
                client.logout()
            # The last moments of a clean stop are when it is written.
            if chance.random() < 0.3:
                server.kill()
                server.log_file.close()
            else:
                server.stop()
            deleter.end()
            removed += deleter.removed
        assert removed >= ROUNDS // 2, f"only {removed} files were removed"
        print(f"      {ROUNDS} starts, {removed} files of the index removed")
    finally:
        server.__exit__(None, None, None)


if __name__ == "__main__":
    run_tests([test_the_index_is_deleted_at_any_moment])
