#!/usr/bin/env python3
"""Other programs in the Maildir of a running server: what they do is seen, and
nothing is lost or doubled by it."""
import email
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time

import own_dovecot
from own_dovecot import OwnDovecot
from running_server import RunningServer, run_tests, wait_until
from send_and_read_test import TEXT, need, run_in_terminal

# How late a session in IDLE may hear of what others did.
IDLE_SECONDS_MAX = 30


class Shared:
    """A running server, and the tree of its account bob as others see it."""

    def __init__(self, count=0):
        self.server = RunningServer()
        self.count = count

    def __enter__(self):
        self.server.__enter__()
        self.maildir = (self.server.data / "mail" /
                        self.server.address("bob"))
        self.server.imap().logout()
        self.uid = self.maildir.stat().st_uid
        if os.geteuid() == 0:
            for part in (self.maildir.parent, self.server.data,
                         self.server.directory):
                part.chmod(0o711)
        for number in range(self.count):
            self.server.send(text=TEXT.format(subject=f"m-{number}"))
        if self.count:
            self.server.wait_for(f"m-{self.count - 1}")
        return self

    def __exit__(self, *what):
        self.server.__exit__(*what)

    def as_owner(self, command):
        """The command, run as the owner of the mail."""
        if os.geteuid() != 0:
            return command
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}",
                "--clear-groups", *command]

    def home(self):
        home = tempfile.mkdtemp(prefix="home-")
        os.chown(home, self.uid, -1)
        return home

    def files(self, folder="."):
        """{subject: the paths of its files}."""
        found = {}
        for part in ("new", "cur"):
            for file in (self.maildir / folder / part).iterdir():
                subject = email.message_from_bytes(file.read_bytes())["Subject"]
                found.setdefault(subject, []).append(file)
        return found

    def file(self, subject, folder="."):
        [file] = self.files(folder)[subject]
        return file


def state(client, mailbox="INBOX"):
    """{uid: (subject, flags)} as a new selection of the mailbox shows it."""
    status, [count] = client.select(f'"{mailbox}"')
    assert status == "OK", (mailbox, count)
    found = {}
    if count == b"0":
        return found
    for part in client.fetch(
            "1:*", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
        if not isinstance(part, tuple):
            continue
        uid = int(re.search(rb"UID (\d+)", part[0])[1])
        flags = re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].decode().split()
        subject = email.message_from_bytes(part[1])["Subject"]
        found[uid] = (subject, frozenset(flags) - {r"\Recent"})
    return found


def subjects(found):
    return sorted(subject for subject, _ in found.values())


def told(client):
    """What NOOP tells: kind to lines."""
    client.untagged_responses.clear()
    client.noop()
    return dict(client.untagged_responses)


def test_files_are_moved_copied_and_removed_under_a_session():
    with Shared(6) as shared:
        client = shared.server.imap()
        client.create("Kept")
        before = state(client)
        uid_of = {subject: uid for uid, (subject, _) in before.items()}
        # Seen and flagged, by the name alone.
        file = shared.file("m-0")
        file.rename(shared.maildir / "cur" /
                    (file.name.partition(":")[0] + ":2,FS"))
        said = told(client)
        assert any(rb"\Flagged" in line and rb"\Seen" in line
                   for line in said["FETCH"]), said
        # Gone.
        shared.file("m-1").unlink()
        assert told(client)["EXPUNGE"] == [b"2"]
        # Two files with one UID: the other is another message.
        file = shared.file("m-2")
        shutil.copy2(file, shared.maildir / "cur" /
                     (file.name.partition(":")[0] + ":2,T"))
        # And a file from another program, without any of our keys.
        (shared.maildir / "new" / "1700000000.1_1.here").write_text(
            "Subject: plain\n\nhello\n")
        for path in (*shared.maildir.glob("cur/*"),
                     *shared.maildir.glob("new/*")):
            os.chown(path, shared.uid, -1)
        assert told(client)["EXISTS"][-1] == b"7"
        now = state(client)
        assert subjects(now) == ["m-0", "m-2", "m-2", "m-3", "m-4", "m-5",
                                 "plain"], now
        assert now[uid_of["m-2"]][0] == "m-2"
        assert min(set(now) - set(before)) > max(before), now
        # From one folder to another, copied and moved, with our keys.
        shutil.copy2(shared.file("m-3"), shared.maildir / ".Kept" / "cur" /
                     (shared.file("m-3").name.partition(":")[0] + ":2,S"))
        shared.file("m-4").rename(shared.maildir / ".Kept" / "new" /
                                  shared.file("m-4").name.partition(":")[0])
        for path in (shared.maildir / ".Kept").rglob("*"):
            os.chown(path, shared.uid, -1)
        assert "EXPUNGE" in told(client)
        kept = state(client, "Kept")
        assert subjects(kept) == ["m-3", "m-4"], kept
        assert set(kept) == {1, 2}
        now = state(client)
        assert subjects(now) == ["m-0", "m-2", "m-2", "m-3", "m-5", "plain"]
        # It vanishes while it is served: an answer, never another's text.
        shared.file("m-5").unlink()
        status, data = client.uid("FETCH", str(uid_of["m-5"]), "(BODY.PEEK[])")
        assert not any(isinstance(part, tuple) for part in data), data
        assert subjects(state(client)) == ["m-0", "m-2", "m-2", "m-3", "plain"]
        again = state(client)
        client.logout()
        shared.server.stop()
        shared.server.start()
        client = shared.server.imap()
        assert state(client) == again
        assert state(client, "Kept") == kept
        client.logout()


def test_files_vanish_while_all_are_fetched():
    with Shared(1) as shared:
        text = "Subject: v-{}\n\n" + "A line of some length.\n" * 4000
        for number in range(200):
            name = f"170000{number:04}.1_1.here"
            (shared.maildir / "tmp" / name).write_text(text.format(number))
            os.chown(shared.maildir / "tmp" / name, shared.uid, -1)
            (shared.maildir / "tmp" / name).rename(
                shared.maildir / "new" / name)
        client = shared.server.imap()
        before = state(client)
        assert len(before) == 201
        gone = [subject for subject in shared.files()
                if subject.startswith("v-")][::2]
        files = shared.files()

        def remove():
            for subject in gone:
                files[subject][0].unlink(missing_ok=True)
        thread = threading.Thread(target=remove)
        thread.start()
        status, data = client.fetch("1:*", "(UID BODY.PEEK[])")
        thread.join()
        for part in data:
            if isinstance(part, tuple):
                uid = int(re.search(rb"UID (\d+)", part[0])[1])
                subject = email.message_from_bytes(part[1])["Subject"]
                assert before[uid][0] == subject, (uid, subject)
        after = state(client)
        assert set(subjects(after)) == {s for s, _ in before.values()} - \
            set(gone)
        assert all(before[uid] == after[uid] for uid in after)
        client.logout()


class Idle:
    """A session in IDLE, whose lines are read as they come."""

    def __init__(self, server):
        self.client = server.imap()
        self.client.select("INBOX")
        self.client.send(b"x IDLE\r\n")
        self.begun = time.monotonic()
        assert self.client.readline().startswith(b"+")

    def wait_for(self, pattern):
        self.client.sock.settimeout(IDLE_SECONDS_MAX + 5)
        while True:
            line = self.client.readline()
            if re.search(pattern, line):
                return time.monotonic()

    def end(self):
        self.client.send(b"DONE\r\n")
        while not self.client.readline().startswith(b"x OK"):
            pass
        self.client.logout()


def test_procmail_delivers_into_the_maildir():
    need("procmail")
    with Shared(1) as shared:
        home = shared.home()
        rc = pathlib.Path(home, "rc")
        rc.write_text(f"MAILDIR={shared.maildir}\nDEFAULT={shared.maildir}/\n")
        rc.chmod(0o644)
        os.chown(rc, shared.uid, -1)
        idle = Idle(shared.server)
        client = shared.server.imap()
        client.select("INBOX")

        def deliver(subject):
            subprocess.run(
                shared.as_owner(["procmail", "-m", str(rc)]), check=True,
                input=TEXT.format(subject=subject).replace("\r\n", "\n"),
                text=True, env={"HOME": home, "PATH": os.environ["PATH"]},
                cwd=home, timeout=60)
        deliver("p-0")
        done = time.monotonic()
        assert told(client)["EXISTS"][-1] == b"2"
        assert idle.wait_for(rb"2 EXISTS") - done <= IDLE_SECONDS_MAX + 1
        # One more, that nobody asks for; one is marked, and one goes.
        deliver("p-1")
        file = shared.file("m-0")
        file.rename(shared.maildir / "cur" /
                    (file.name.partition(":")[0] + ":2,F"))
        shared.file("p-0").unlink()
        done = time.monotonic()
        for what in (rb"2 EXPUNGE", rb"2 EXISTS", rb"1 FETCH .*Flagged"):
            assert idle.wait_for(what) - done <= IDLE_SECONDS_MAX + 1, what
        idle.end()
        assert subjects(state(client)) == ["m-0", "p-1"]
        client.logout()
        shutil.rmtree(home)


def test_mutt_and_neomutt_open_the_maildir():
    for program in ("mutt", "neomutt"):
        need(program)
        with Shared(5) as shared:
            client = shared.server.imap()
            client.create("Kept")
            before = state(client)
            home = shared.home()
            rc = pathlib.Path(home, "rc")
            rc.write_text(f"""
set folder = "{shared.maildir}"
set spoolfile = "{shared.maildir}"
set mbox_type = Maildir
set maildir_trash = no
set delete = yes
set quit = yes
set confirmappend = no
set wait_key = no
set beep = no
set sort = date-received
push "<toggle-new><first-entry><flag-message><delete-pattern>~s m-1<enter><tag-pattern>~s m-2<enter><tag-prefix><copy-message><kill-line>{shared.maildir}/.Kept<enter><sync-mailbox><quit>"
""")
            # Not as the owner, who may have no name: mutt wants one.
            run_in_terminal(
                [program, "-F", str(rc), "-n"],
                {"HOME": home, "TERM": "xterm", "PATH": "/usr/bin:/bin"})
            for path in shared.maildir.rglob("*"):
                os.chown(path, shared.uid, -1)
            told(client)
            now = state(client)
            assert subjects(now) == ["m-0", "m-2", "m-3", "m-4"], (program, now)
            assert all(before[uid][0] == now[uid][0] for uid in now)
            assert any(r"\Flagged" in flags for _, flags in now.values()), now
            assert subjects(state(client, "Kept")) == ["m-2"], program
            client.logout()
            shutil.rmtree(home)


MBSYNC = """
MaildirStore shared
Inbox {maildir}
SubFolders Maildir++

MaildirStore copy
Path {home}/mail/
Inbox {home}/mail/inbox
SubFolders Verbatim

Channel test
Far :shared:
Near :copy:
Patterns INBOX
Create Near
Expunge Both
CopyArrivalDate yes
SyncState {home}/state
"""


def test_mbsyncs_maildir_driver_writes_keys_of_its_own():
    need("mbsync")
    with Shared(4) as shared:
        home = shared.home()
        for name in ("mail", "state"):
            pathlib.Path(home, name).mkdir()
            os.chown(pathlib.Path(home, name), shared.uid, -1)
        rc = pathlib.Path(home, "rc")
        rc.write_text(MBSYNC.format(maildir=shared.maildir, home=home))
        rc.chmod(0o644)

        def sync():
            ran = subprocess.run(
                shared.as_owner(["mbsync", "-c", str(rc), "-a"]), timeout=60,
                capture_output=True, text=True,
                env={"HOME": home, "PATH": os.environ["PATH"]})
            assert ran.returncode == 0, ran.stdout + ran.stderr

        def copied():
            return sorted(email.message_from_bytes(file.read_bytes())["Subject"]
                          for part in ("new", "cur")
                          for file in pathlib.Path(home, "mail/inbox", part)
                          .iterdir())
        client = shared.server.imap()
        before = state(client)
        sync()
        assert any(",U=" in file.name for file in shared.maildir.glob("cur/*"))
        # The same messages under the same UIDs.
        assert state(client) == before
        client.store("1", "+FLAGS", r"(\Flagged)")
        client.store("2", "+FLAGS", r"(\Deleted)")
        client.expunge()
        sync()
        sync()
        now = state(client)
        assert set(now) < set(before) and len(now) == 3, now
        assert copied() == subjects(now)
        # And from its side.
        new = pathlib.Path(home, "mail/inbox/new/1700000000.1_1.here")
        new.write_text("Subject: from-here\n\nhello\n")
        os.chown(new, shared.uid, -1)
        sync()
        sync()
        told(client)
        assert subjects(state(client)) == sorted(subjects(now) +
                                                 ["from-here"])
        assert copied() == subjects(state(client))
        client.logout()
        shutil.rmtree(home)


def content(client):
    """{subject: flags} of INBOX, no subject twice."""
    found = state(client)
    assert len(set(subjects(found))) == len(found), found
    return {subject: flags for subject, flags in found.values()}


def append(client, subject, flags=None):
    text = TEXT.format(subject=subject).encode()
    assert client.append("INBOX", flags, None, text)[0] == "OK"


def change(client, subject, how, flags):
    [uid] = [uid for uid, (its, _) in state(client).items() if its == subject]
    assert client.uid("STORE", str(uid), how, flags)[0] == "OK"


def test_dovecot_and_postkeep_in_turn():
    if own_dovecot.why_not():
        print(own_dovecot.why_not())
        return
    with Shared(3) as shared:
        expected = {f"m-{number}": frozenset() for number in range(3)}
        uids = {}
        for turn in range(4):
            client = shared.server.imap()
            assert content(client) == expected, (turn, content(client))
            # Whom it knew keeps its UID.
            now = {subject: uid for uid, (subject, _) in state(client).items()}
            assert all(uids.get(subject, uid) == uid
                       for subject, uid in now.items()), (uids, now)
            append(client, f"ours-{turn}", r"(\Seen)")
            change(client, f"m-{turn % 3}", "+FLAGS", r"(\Flagged)")
            expected[f"ours-{turn}"] = frozenset({r"\Seen"})
            expected[f"m-{turn % 3}"] |= {r"\Flagged"}
            uids = {s: uid for uid, (s, _) in state(client).items()}
            client.logout()
            shared.server.stop()
            with OwnDovecot(shared.maildir, shared.uid) as dovecot:
                client = dovecot.imap()
                assert content(client) == expected, (turn, content(client))
                append(client, f"theirs-{turn}", r"(\Answered)")
                expected[f"theirs-{turn}"] = frozenset({r"\Answered"})
                change(client, f"m-{turn % 3}", "-FLAGS", r"(\Flagged)")
                change(client, f"ours-{turn}", "+FLAGS", r"(\Draft)")
                expected[f"m-{turn % 3}"] -= {r"\Flagged"}
                expected[f"ours-{turn}"] |= {r"\Draft"}
                if turn > 0:
                    change(client, f"ours-{turn - 1}", "+FLAGS", r"(\Deleted)")
                    client.expunge()
                    del expected[f"ours-{turn - 1}"]
                    uids.pop(f"ours-{turn - 1}")
                assert content(client) == expected
                client.logout()
            shared.server.start()


def until_it_is_so(client, subject, act, is_so):
    """Acts on the message's UID of the moment until what is seen says so: the
    other server may be renaming the file just now."""
    def tried():
        there = [uid for uid, (its, _) in state(client).items()
                 if its == subject]
        for uid in there:
            act(str(uid))
        return is_so([flags for its, flags in state(client).values()
                      if its == subject])
    wait_until(tried, 20, 0.05)


def work(client, side, seconds, seed, expected, wrong):
    """Appends, flags and expunges messages of its own side for a while; sees
    those of the other too."""
    chance = random.Random(seed)
    mine, number, end = {}, 0, time.monotonic() + seconds

    def expunge(uid):
        client.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        client.expunge()
    try:
        while time.monotonic() < end:
            what = chance.randrange(5)
            if what < 2 or not mine:
                subject = f"{side}-{number}"
                number += 1
                append(client, subject)
                mine[subject] = frozenset()
                continue
            subject = chance.choice(sorted(mine))
            flag = chance.choice((r"\Flagged", r"\Answered", r"\Draft"))
            if what < 4:
                until_it_is_so(
                    client, subject,
                    lambda uid: client.uid("STORE", uid, "+FLAGS", f"({flag})"),
                    lambda found: found and all(flag in one for one in found))
                mine[subject] |= {flag}
            else:
                until_it_is_so(client, subject, expunge,
                               lambda found: not found)
                del mine[subject]
    except Exception as error:
        wrong.append(f"{side}: {type(error).__name__}: {error}")
    expected.update(mine)


def test_dovecot_and_postkeep_at_once():
    if own_dovecot.why_not():
        print(own_dovecot.why_not())
        return
    with Shared(1) as shared, \
            OwnDovecot(shared.maildir, shared.uid) as dovecot:
        expected, wrong = {"m-0": frozenset()}, []
        threads = [
            threading.Thread(target=work, args=(
                shared.server.imap(), "ours", 8, 1, expected, wrong)),
            threading.Thread(target=work, args=(
                dovecot.imap(), "theirs", 8, 2, expected, wrong))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == [], wrong

        def both_agree():
            here, there = shared.server.imap(), dovecot.imap()
            seen = state(here), state(there)
            here.logout()
            there.logout()
            return all(subjects(one) == sorted(expected) for one in seen)
        try:
            wait_until(both_agree, 15, 0.5)
        except AssertionError:
            here, there = state(shared.server.imap()), state(dovecot.imap())
            raise AssertionError(
                f"expected {len(expected)}; "
                f"ours lacks {set(expected) - set(subjects(here))} has more "
                f"{[s for s in subjects(here) if s not in expected]}, "
                f"{len(here)}; theirs lacks "
                f"{set(expected) - set(subjects(there))}, {len(there)}; "
                f"{dovecot.complaints()[:5]}") from None
        assert content(shared.server.imap()) == expected


if __name__ == "__main__":
    run_tests([test_files_are_moved_copied_and_removed_under_a_session,
               test_files_vanish_while_all_are_fetched,
               test_procmail_delivers_into_the_maildir,
               test_mutt_and_neomutt_open_the_maildir,
               test_mbsyncs_maildir_driver_writes_keys_of_its_own,
               test_dovecot_and_postkeep_in_turn,
               test_dovecot_and_postkeep_at_once])
