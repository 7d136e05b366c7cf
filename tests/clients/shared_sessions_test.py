#!/usr/bin/env python3
"""What sessions hear of other programs in their Maildir, number by number and
UID by UID: FETCH, EXISTS, EXPUNGE, VANISHED; Dovecot among the programs."""
import imaplib
import os
import re
import shutil

import own_dovecot
from own_dovecot import OwnDovecot
from running_server import run_tests
from send_and_read_test import TEXT
from shared_test import Shared, state, subjects

imaplib.Commands["ENABLE"] = ("AUTH",)


def ask(client, command, *arguments):
    """Every untagged line that is heard, in order, without "* "."""
    tag = client._new_tag().decode()
    client.send(f"{' '.join((tag, command, *arguments))}\r\n".encode())
    lines = []
    while True:
        line = client.readline().rstrip(b"\r\n").decode()
        if line.startswith(tag):
            assert line.startswith(f"{tag} OK"), line
            return lines
        lines.append(line.removeprefix("* "))


def told(client):
    """What NOOP tells, with numbers of modification sequences left out."""
    return [re.sub(r"MODSEQ \(\d+\)", "MODSEQ (n)", line)
            for line in ask(client, "NOOP")
            if "HIGHESTMODSEQ" not in line]


def highest(client):
    return int(client.response("HIGHESTMODSEQ")[1][-1])


class OnFiles:
    """What mv, cp and rm do to bob's tree, as its owner."""

    def __init__(self, shared):
        self.shared = shared

    def rename(self, subject, letters="", to="."):
        file = self.shared.file(subject)
        file.rename(self.shared.maildir / to / "cur" /
                    (file.name.partition(":")[0] + ":2," + letters))

    def copy(self, subject, letters, to="."):
        file = self.shared.file(subject)
        path = (self.shared.maildir / to / "cur" /
                (file.name.partition(":")[0] + ":2," + letters))
        shutil.copy2(file, path)
        os.chown(path, self.shared.uid, -1)

    def remove(self, subject):
        self.shared.file(subject).unlink()


def test_every_change_is_told_by_number_and_by_uid():
    with Shared(6) as shared:
        server, files = shared.server, OnFiles(shared)
        plain, quick = server.imap(), server.imap()
        plain.create("Kept")
        state(plain)  # Nothing is \Recent from here on.
        plain.select("INBOX")
        plain.select("INBOX")
        ask(quick, "ENABLE", "QRESYNC")
        quick.select("INBOX")
        validity = quick.response("UIDVALIDITY")[1][0].decode()
        since = highest(quick)

        # Letters, whatever their order, and letters that mean nothing here.
        files.rename("m-0", "SF")
        assert told(plain) == [r"1 FETCH (UID 1 FLAGS (\Flagged \Seen))"]
        assert told(quick) == [
            r"1 FETCH (UID 1 FLAGS (\Flagged \Seen) MODSEQ (n))"]
        files.rename("m-0", "FSX")
        assert told(plain) == [] and told(quick) == []
        # Two go; one of them to another folder.
        files.remove("m-1")
        files.rename("m-3", "S", to=".Kept")
        assert told(plain) == ["4 EXPUNGE", "2 EXPUNGE"]
        assert told(quick) == ["VANISHED 2,4"]
        assert state(server.imap(), "Kept") == {1: ("m-3", frozenset({r"\Seen"}))}
        # One is there twice: the new one has a UID that never was.
        files.copy("m-2", "T")
        assert told(plain)[0] == "5 EXISTS"
        assert told(quick)[0] == "5 EXISTS"
        [line] = ask(plain, "UID FETCH", "7:*", "(FLAGS)")
        assert line == r"5 FETCH (UID 7 FLAGS (\Deleted))", line
        # A STORE, before anyone has looked: all is told with its answer.
        files.rename("m-4", "T")
        files.rename("m-5", "R")
        lines = ask(plain, "UID STORE", "5", "+FLAGS.SILENT", r"(\Draft)")
        assert lines == [r"3 FETCH (UID 5 FLAGS (\Deleted \Draft))",
                         r"4 FETCH (UID 6 FLAGS (\Answered))"], lines
        quick.logout()

        # Away meanwhile, back by QRESYNC: exactly that, and once.
        files.remove("m-5")
        quick = server.imap()
        ask(quick, "ENABLE", "QRESYNC")
        lines = ask(quick, "SELECT", "INBOX",
                    f"(QRESYNC ({validity} {since} 1:6))")
        assert "VANISHED (EARLIER) 2,4,6" in lines, lines
        fetched = [re.sub(r" MODSEQ.*", "", line) for line in lines
                   if " FETCH " in line]
        assert fetched == [r"1 FETCH (UID 1 FLAGS (\Flagged \Seen)",
                           r"3 FETCH (UID 5 FLAGS (\Deleted \Draft)"], lines
        assert told(plain) == ["4 EXPUNGE"]
        for client in (plain, quick):
            client.logout()


class Side:
    """A server over the tree, and every UID that it ever showed."""

    def __init__(self, client):
        self.client = client
        self.ever = {}      # (mailbox, UID) -> subject
        self.validity = {}  # mailbox -> UIDVALIDITY

    def look(self, mailbox):
        """{subject: flags}; no UID is ever another message's."""
        found = state(self.client, mailbox)
        validity = self.client.response("UIDVALIDITY")[1][-1]
        assert self.validity.setdefault(mailbox, validity) == validity
        for uid, (subject, _) in found.items():
            assert self.ever.setdefault((mailbox, uid), subject) == subject, \
                (mailbox, uid, subject)
        assert len(set(subjects(found))) == len(found), found
        return {subject: flags for subject, flags in found.values()}

    def uid(self, mailbox, subject):
        [uid] = [uid for uid, (its, _) in state(self.client, mailbox).items()
                 if its == subject]
        return str(uid)

    def append(self, mailbox, subject, flags=None):
        octets = TEXT.format(subject=subject).encode()
        assert self.client.append(mailbox, flags, None, octets)[0] == "OK"

    def do(self, mailbox, subject, *command):
        uid = self.uid(mailbox, subject)
        answer = self.client.uid(command[0], uid, *command[1:])
        assert answer[0] == "OK", answer
        if command[-1] == r"(\Deleted)":
            self.client.expunge()


imaplib.Commands.setdefault("MOVE", ("SELECTED",))


def test_dovecot_and_postkeep_move_and_expunge_in_turn():
    """Both run all the time; each sees at once what the other did."""
    if own_dovecot.why_not():
        print(own_dovecot.why_not())
        return
    with Shared(4) as shared, \
            OwnDovecot(shared.maildir, shared.uid) as dovecot:
        ours, theirs = Side(shared.server.imap()), Side(dovecot.imap())
        ours.client.create("Kept")
        expected = {"INBOX": {f"m-{n}": frozenset() for n in range(4)},
                    "Kept": {}}

        def both_see():
            for _ in range(2):
                for side in (ours, theirs):
                    for mailbox, messages in expected.items():
                        assert side.look(mailbox) == messages, \
                            (side is ours, mailbox, side.look(mailbox))

        def moved(subject, source, target):
            expected[target][subject] = expected[source].pop(subject)
        both_see()
        kept_by_theirs = theirs.uid("INBOX", "m-3")
        kept_by_ours = ours.uid("INBOX", "m-3")
        for turn in range(3):
            for side, name in ((ours, "ours"), (theirs, "theirs")):
                subject = f"{name}-{turn}"
                side.append("INBOX", subject, r"(\Flagged)")
                expected["INBOX"][subject] = frozenset({r"\Flagged"})
                both_see()
                # The other one marks it and moves it away.
                other = theirs if side is ours else ours
                other.do("INBOX", subject, "STORE", "+FLAGS", r"(\Answered)")
                expected["INBOX"][subject] |= {r"\Answered"}
                other.do("INBOX", subject, "MOVE", "Kept")
                moved(subject, "INBOX", "Kept")
                both_see()
                # It comes back, and is gone in the turn after.
                side.do("Kept", subject, "MOVE", "INBOX")
                moved(subject, "Kept", "INBOX")
                if turn:
                    before = f"{name}-{turn - 1}"
                    other.do("INBOX", before, "STORE", "+FLAGS",
                             r"(\Deleted)")
                    del expected["INBOX"][before]
                both_see()
        # Whom nobody moved has the UID that it had, on either side.
        assert theirs.uid("INBOX", "m-3") == kept_by_theirs
        assert ours.uid("INBOX", "m-3") == kept_by_ours
        for side in (ours, theirs):
            side.client.logout()


if __name__ == "__main__":
    run_tests([test_every_change_is_told_by_number_and_by_uid,
               test_dovecot_and_postkeep_move_and_expunge_in_turn])
