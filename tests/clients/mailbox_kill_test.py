#!/usr/bin/env python3
"""The process of a mailbox dies in the middle of an operation: what was answered
is so, what was not is done or not done message by message (MULTIAPPEND and COPY
as a whole), no text is changed, no UID is ever another message's, and nobody
else notices.

MAILBOX_KILL_ROUNDS (8) rounds for each operation, of MAILBOX_KILL_SEED (1).
"""
import collections
import hashlib
import imaplib
import os
import random
import re
import signal
import socket
import threading
import time

from running_server import RunningServer, run_tests, wait_until

ROUNDS = int(os.environ.get("MAILBOX_KILL_ROUNDS", "8"))
SEED = int(os.environ.get("MAILBOX_KILL_SEED", "1"))
MESSAGES = 120


class Session:
    """A session that sends all it has to say at once, and reads what is
    answered for as long as it is."""

    def __init__(self, server, port):
        self.socket = server.tls().wrap_socket(
            socket.create_connection(("127.0.0.1", port), timeout=30),
            server_hostname="localhost")
        self.file = self.socket.makefile("rb")
        self.file.readline()

    def say(self, octets):
        try:
            self.socket.sendall(octets)
        except OSError:
            pass  # It is dead already; what it answered can still be read.

    def lines(self):
        while True:
            try:
                line = self.file.readline()
            except OSError:
                return
            if not line.endswith(b"\n"):
                return
            yield line

    def until(self, start):
        for line in self.lines():
            if line.startswith(start):
                return line
        raise AssertionError(f"no answer {start}")

    def answers(self, tags):
        """tag -> what was said to it, of those answered before the end."""
        said = {}
        while len(said) < tags:
            line = next(self.lines(), None)
            if line is None:
                break
            tag, _, rest = line.partition(b" ")
            if tag.isdigit():
                said[int(tag)] = rest.strip().decode()
        return said

    def ask(self, commands):
        self.say(b"".join(b"%d %s\r\n" % (n, c)
                          for n, c in enumerate(commands)))

    def close(self):
        self.file.close()
        self.socket.close()


class Maildrop(Session):
    """The same over POP3, where nothing is tagged: for one command."""

    def __init__(self, server, doomed):
        super().__init__(server, server.pop3s_port)
        self.say(f"USER {server.address('bob')}\r\n"
                 f"PASS {server.password('bob')}\r\n".encode())
        self.say(b"".join(b"DELE %d\r\n" % (n + 1) for n in doomed))
        for _ in range(2 + len(doomed)):
            self.until(b"+OK")

    def ask(self, commands):
        self.say(commands[0] + b"\r\n")

    def answers(self, tags):
        line = next(self.lines(), b"")
        return {0: line[1:].decode()} if line else {}


def imap(server, mailbox="INBOX"):
    session = Session(server, server.imaps_port)
    session.say(f"l LOGIN {server.address('bob')} {server.password('bob')}\r\n"
                f"s SELECT {mailbox}\r\n".encode())
    assert session.until(b"s ").startswith(b"s OK")
    return session


def visit(server):
    """An IMAP session of bob's. Who comes while the old process is dying finds
    the connection closed, and comes again."""
    def come():
        try:
            return server.imap()
        except (OSError, imaplib.IMAP4.abort):
            return None
    return wait_until(come, 20, 0.05)


def text_of(mark):
    return f"Subject: {mark}\r\n\r\n{mark} {'x' * 300}\r\n".encode()


class Mailboxes:
    """What is in bob's, read by a session of its own; remembers all it has ever
    seen."""

    def __init__(self, server):
        self.server = server
        self.known = {}  # (mailbox, UIDVALIDITY, UID) -> digest of the text

    def read(self, mailbox):
        """mark -> [(UID, flags)]"""
        client = visit(self.server)
        status, data = client.select(mailbox)
        assert status == "OK", data
        validity = client.response("UIDVALIDITY")[1][0]
        found = collections.defaultdict(list)
        if data[0] != b"0":
            status, data = client.fetch("1:*", "(UID FLAGS BODY.PEEK[])")
            assert status == "OK", data
            for head, text in (p for p in data if isinstance(p, tuple)):
                mark = re.match(rb"Subject: (\S+)", text)[1].decode()
                assert text == text_of(mark), f"{mark} is not what it was"
                uid = int(re.search(rb"UID (\d+)", head)[1])
                flags = set(re.search(rb"FLAGS \((.*?)\)", head)[1].split())
                digest = hashlib.sha256(text).digest()
                before = self.known.setdefault((mailbox, validity, uid), digest)
                assert before == digest, f"UID {uid} was another message's"
                found[mark].append((uid, flags - {b"\\Recent"}))
        client.logout()
        return found

    def once(self, mailbox):
        """The same, where none may be twice: mark -> (UID, flags)"""
        found = self.read(mailbox)
        twice = [mark for mark, all_ in found.items() if len(all_) > 1]
        assert not twice, f"twice in {mailbox}: {twice[:5]}"
        return {mark: all_[0] for mark, all_ in found.items()}

    def fill(self, mailbox, marks):
        client = visit(self.server)
        client.create("Other")
        if client.select(mailbox)[1] != [b"0"]:
            client.store("1:*", "+FLAGS.SILENT", "(\\Deleted)")
            client.expunge()
        out = [f"f APPEND {mailbox}".encode()]
        for mark in marks:
            text = text_of(mark)
            out.append(b" {%d+}\r\n" % len(text) + text)
        client.send(b"".join(out) + b"\r\n")
        while True:
            line = client.readline()
            assert line, "gone"
            if line.startswith(b"f "):
                assert line.startswith(b"f OK"), line
                break
        client.logout()


# What is tried. Each takes what there is and a chance, prepares it, and says:
# the commands (tagged 0, 1, …), and what to look at afterwards with the answers.


def appending(mailboxes, chance, number):
    marks = [f"a{number}-{n}" for n in range(40)]
    batch = [f"m{number}-{n}" for n in range(20)]
    mailboxes.fill("INBOX", marks[:2])
    commands = []
    for mark in marks[2:]:
        text = text_of(mark)
        commands.append(b"APPEND INBOX (\\Seen) {%d+}\r\n" % len(text) + text)
    commands.append(b"APPEND INBOX" + b"".join(
        b" {%d+}\r\n" % len(text_of(m)) + text_of(m) for m in batch))

    def check(answers):
        now = mailboxes.once("INBOX")
        assert set(now) <= set(marks + batch)
        for at, mark in enumerate(marks[2:]):
            if at in answers:
                assert answers[at].startswith("OK"), answers[at]
                assert now[mark][1] == {b"\\Seen"}, (mark, now.get(mark))
                uid = int(re.search(r"APPENDUID \d+ (\d+)", answers[at])[1])
                assert now[mark][0] == uid, (mark, now[mark], answers[at])
        there = set(batch) & set(now)
        assert there in (set(), set(batch)), f"in part: {sorted(there)}"
        assert there or len(commands) - 1 not in answers
    return commands, check


def copying(mailboxes, chance, number):
    marks = [f"c{number}-{n}" for n in range(MESSAGES)]
    mailboxes.fill("Other", ["other"])
    mailboxes.fill("INBOX", marks)

    def check(answers):
        assert set(mailboxes.once("INBOX")) == set(marks)
        there = set(mailboxes.once("Other")) - {"other"}
        assert there in (set(), set(marks)), f"in part: {sorted(there)[:5]}"
        assert there or not answers, answers
    return [b"COPY 1:* Other"], check


def moving(mailboxes, chance, number):
    marks = [f"v{number}-{n}" for n in range(MESSAGES)]
    mailboxes.fill("Other", ["other"])
    mailboxes.fill("INBOX", marks)

    def check(answers):
        here = set(mailboxes.once("INBOX"))
        there = set(mailboxes.once("Other")) - {"other"}
        assert here | there == set(marks), "lost in a move"
        assert not here & there, f"in both: {sorted(here & there)[:5]}"
        assert not here or not answers, answers
    return [b"MOVE 1:* Other"], check


def expunging(mailboxes, chance, number):
    marks = [f"e{number}-{n}" for n in range(MESSAGES)]
    mailboxes.fill("INBOX", marks)
    doomed = sorted(chance.sample(range(MESSAGES), MESSAGES // 2))
    client = visit(mailboxes.server)
    client.select("INBOX")
    client.store(",".join(str(n + 1) for n in doomed), "+FLAGS.SILENT",
                 "(\\Deleted)")
    client.logout()
    doomed = {marks[n] for n in doomed}

    def check(answers):
        now = set(mailboxes.once("INBOX"))
        assert set(marks) - doomed <= now, "one that was not deleted is gone"
        assert now <= set(marks)
        assert not now & doomed or not answers, answers
    return [b"EXPUNGE"], check


def quitting(mailboxes, chance, number):
    marks = [f"q{number}-{n}" for n in range(MESSAGES)]
    mailboxes.fill("INBOX", marks)
    at = sorted(chance.sample(range(MESSAGES), MESSAGES // 2))
    doomed = {marks[n] for n in at}

    def check(answers):
        now = set(mailboxes.once("INBOX"))
        assert set(marks) - doomed <= now, "one that was not deleted is gone"
        assert now <= set(marks)
        assert not now & doomed or not answers, answers
    return [b"QUIT"], check, lambda server: Maildrop(server, at)


def storing(mailboxes, chance, number):
    marks = [f"s{number}-{n}" for n in range(MESSAGES)]
    mailboxes.fill("INBOX", marks)
    commands = [b"STORE %d +FLAGS (\\Flagged work%d)" % (n + 1, n % 3)
                for n in range(MESSAGES)] + [b"STORE 1:* FLAGS (\\Answered)"]

    def check(answers):
        now = mailboxes.once("INBOX")
        assert set(now) == set(marks)
        for at, mark in enumerate(marks):
            flags = now[mark][1]
            steps = [set(), {b"\\Flagged", b"work%d" % (at % 3)},
                     {b"\\Answered"}]
            assert flags in steps, (mark, flags)
            least = 2 if MESSAGES in answers else 1 if at in answers else 0
            assert steps.index(flags) >= least, (mark, flags, answers)
    return commands, check


def pid_of_mailbox(server, user):
    """Of the process whose root is the user's tree."""
    tree = (server.data / "mail" / server.address(user)).stat()
    for pid, role in server.role_pids().items():
        if role != "mailbox":
            continue
        try:
            root = os.stat(f"/proc/{pid}/root")
        except OSError:
            continue
        if (root.st_dev, root.st_ino) == (tree.st_dev, tree.st_ino):
            return pid
    return None


def run_once(server, what, delay):
    """One operation, the mailbox killed after `delay` seconds (None: never).
    Seconds that it took, and whether all was answered."""
    commands, check, *begin = what
    session = (begin or [imap])[0](server)
    pid = pid_of_mailbox(server, "bob")
    assert pid, "no mailbox process has bob's tree as its root"
    killer = threading.Timer(delay or 0, os.kill, (pid, signal.SIGKILL))
    begun = time.monotonic()
    if delay is not None:
        killer.start()
    session.ask(commands)
    answers = session.answers(len(commands))
    seconds = time.monotonic() - begun
    if delay is not None:
        killer.join()
        wait_until(lambda: pid_of_mailbox(server, "bob") != pid)
    session.close()
    for answer in answers.values():
        assert answer.startswith("OK"), answer
    check(answers)
    return seconds, len(answers) == len(commands)


def killed_in(operation):
    """Once undisturbed, to learn how long it takes; then ROUNDS times with the
    mailbox killed in the middle, while ann's session goes on."""
    chance = random.Random(SEED)
    with RunningServer() as server:
        witness = server.imap("ann")
        witness.select("INBOX")
        mailboxes = Mailboxes(server)
        lasts, _ = run_once(server, operation(mailboxes, chance, "first"), None)
        in_the_middle = 0
        for number in range(ROUNDS):
            _, all_answered = run_once(
                server, operation(mailboxes, chance, number),
                chance.uniform(0, lasts))
            in_the_middle += not all_answered
            assert witness.noop()[0] == "OK"
        assert in_the_middle > 0, "never killed before the end"
        print(f"      {ROUNDS} kills within {lasts * 1000:.0f} ms, "
              f"{in_the_middle} before the last answer")
        witness.logout()


def test_killed_in_append():
    killed_in(appending)


def test_killed_in_copy():
    killed_in(copying)


def test_killed_in_move():
    killed_in(moving)


def test_killed_in_expunge():
    killed_in(expunging)


def test_killed_in_store():
    killed_in(storing)


def test_killed_in_quit():
    killed_in(quitting)


if __name__ == "__main__":
    run_tests([test_killed_in_append, test_killed_in_copy, test_killed_in_move,
               test_killed_in_expunge, test_killed_in_store,
               test_killed_in_quit])
