#!/usr/bin/env python3
"""A tree that Dovecot kept is served by Postkeep: no client has to fetch
anything again."""
import os
import pathlib
import poplib
import re
import shutil
import subprocess
import tempfile

import own_dovecot
from own_dovecot import OwnDovecot
from running_server import RunningServer, run_tests
from send_and_read_test import need

PLAIN_TOO = {"tls.plaintext_login": True}
# In modified UTF-7, as clients of IMAP4rev1 write them.
DRAFTS, NESTED, CHINESE = "Entw&APw-rfe", "Lists.c++", "&U,BTFw-.&ZeVnLIqe-"


def text(subject, body="hello\r\n"):
    return (f"From: a@example.test\r\nSubject: {subject}\r\n"
            f"Message-ID: <{subject}@example.test>\r\n\r\n{body}").encode()


class Moving:
    """A server that has not started yet, and the tree of its account bob."""

    def __init__(self, separator):
        self.server = RunningServer(
            settings={**PLAIN_TOO, "imap.separator": separator})
        self.server.prepare()
        self.maildir = self.server.data / "mail" / self.server.address("bob")
        # Whose the trees of all accounts are: to be seen in one.
        self.server.start()
        self.server.imap().logout()
        self.server.stop()
        self.uid = self.maildir.stat().st_uid
        shutil.rmtree(self.maildir)
        self.maildir.mkdir()
        os.chown(self.maildir, self.uid, self.uid)
        for part in (self.maildir.parent, self.server.data,
                     self.server.directory):
            part.chmod(0o711)

    def deliver(self, name, octets):
        """As a delivery agent does it."""
        waiting = self.maildir / "tmp" / name
        waiting.write_bytes(octets.replace(b"\r\n", b"\n"))
        os.chown(waiting, self.uid, self.uid)
        waiting.rename(self.maildir / "new" / name)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        if self.server.process:
            self.server.__exit__(*what)
        shutil.rmtree(self.server.directory, ignore_errors=True)


def fill(client):
    """What a person has after some years."""
    for name in (DRAFTS, NESTED, CHINESE, "Sent", "Empty", "Gone"):
        assert client.create(f'"{name}"')[0] == "OK", name
    for name in (DRAFTS, NESTED, CHINESE, "Gone"):
        assert client.subscribe(f'"{name}"')[0] == "OK", name
    assert client.delete("Gone")[0] == "OK"  # The subscription stays.
    for number in range(8):
        client.append("INBOX", None, f'"0{number + 1}-Feb-2021 10:11:12 +0100"',
                      text(f"inbox-{number}"))
    client.append(f'"{DRAFTS}"', r"(\Draft $Forwarded)", None, text("draft"))
    client.append(f'"{CHINESE}"', r"(\Seen Label1)", None, text("chinese"))
    for number in range(4):
        client.append("Sent", r"(\Seen)", None, text(f"sent-{number}"))
    client.select("INBOX")
    client.store("2", "+FLAGS", r"(\Seen $Junk)")
    client.store("3", "+FLAGS", r"(\Flagged \Answered Label1 Work)")
    client.store("1,5", "+FLAGS", r"(\Deleted)")
    client.expunge()
    client.copy("1:2", f'"{NESTED}"')
    # The last of a folder goes: its UID must not come again.
    client.select("Sent")
    client.store("4", "+FLAGS", r"(\Deleted)")
    client.expunge()
    client.close()


def folder_state(client, name):
    status, data = client.select(f'"{name}"', readonly=True)
    assert status == "OK", (name, data)
    state = {what: int(client.response(what)[1][0])
             for what in ("UIDVALIDITY", "UIDNEXT")}
    if int(data[0]) == 0:
        return state
    for part in client.fetch(
            "1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE "
                   "BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
        if not isinstance(part, tuple):
            continue
        uid = int(re.search(rb"UID (\d+)", part[0])[1])
        flags = set(re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].split())
        date = re.search(rb'INTERNALDATE "([^"]*)"', part[0])[1]
        size = int(re.search(rb"RFC822.SIZE (\d+)", part[0])[1])
        state[uid] = (part[1].strip(), frozenset(flags - {rb"\Recent"}),
                      client_time(date), size)
    return state


def client_time(date):
    import imaplib
    return imaplib.Internaldate2tuple(b'INTERNALDATE "' + date + b'"')


def names(client, command):
    found = {}
    for line in getattr(client, command)()[1]:
        if line is None:
            continue
        flags, separator, name = re.match(
            rb'\(([^)]*)\) "(.)" "?([^"]*)"?$', line).groups()
        if rb"\Noselect" not in flags and rb"\NonExistent" not in flags:
            found[name.decode()] = separator.decode()
    return found


def all_states(client):
    """{folder, with '/' between levels: its state}, and what is subscribed."""
    states = {}
    for name, separator in names(client, "list").items():
        states[name.replace(separator, "/")] = folder_state(client, name)
    subscribed = {name.replace(separator, "/")
                  for name, separator in names(client, "lsub").items()}
    return states, subscribed


def sizes_apart(states):
    """Dovecot counts CRLF for LF, we count octets: compared by themselves."""
    return {folder: {key: value[:3] if isinstance(value, tuple) else value
                     for key, value in state.items()}
            for folder, state in states.items()}


def test_everything_goes_on():
    for separator in "/.":
        everything_goes_on(separator)


def everything_goes_on(separator):
    with Moving(separator) as moving:
        with OwnDovecot(moving.maildir, moving.uid) as dovecot:
            client = dovecot.imap()
            fill(client)
            moving.deliver("1600000000.M1P1.elsewhere", text("delivered"))
            before = all_states(client)
            client.logout()
            pop3 = poplib.POP3("127.0.0.1", dovecot.pop3_port)
            pop3.user("bob")
            pop3.pass_(dovecot.password)
            unique_ids = pop3.uidl()[1]
            pop3.quit()
            assert dovecot.complaints() == [], dovecot.complaints()
        # One comes while no server runs.
        moving.deliver("1700000000.M1P1.elsewhere", text("later"))
        moving.server.start()
        client = moving.server.imap()
        assert set(names(client, "list").values()) == {separator}
        after = all_states(client)
        later = after[0]["INBOX"].pop(before[0]["INBOX"]["UIDNEXT"])
        assert later[0] == b"Subject: later", later
        after[0]["INBOX"]["UIDNEXT"] -= 1
        assert sizes_apart(after[0]) == sizes_apart(before[0]), (before, after)
        assert after[1] == before[1], (before[1], after[1])
        client.logout()
        pop3 = poplib.POP3("127.0.0.1", moving.server.pop3_port)
        pop3.user(moving.server.address("bob"))
        pop3.pass_(moving.server.password("bob"))
        assert pop3.uidl()[1][:-1] == unique_ids, (pop3.uidl(), unique_ids)
        pop3.quit()
        # And the same after a restart, and after a kill.
        for stop in (moving.server.stop, moving.server.kill):
            stop()
            moving.server.start()
            client = moving.server.imap()
            again = all_states(client)
            again[0]["INBOX"].pop(before[0]["INBOX"]["UIDNEXT"])
            for states in (before[0], again[0]):
                for state in states.values():
                    state.pop("UIDNEXT", None)  # Further on, after a kill.
            assert sizes_apart(again[0]) == sizes_apart(before[0])
            client.logout()
            before = (before[0], before[1])
            for state in before[0].values():
                state["UIDNEXT"] = 8
            before[0]["INBOX"]["UIDNEXT"] = max(
                uid for uid in before[0]["INBOX"] if isinstance(uid, int)) + 1
            log = moving.server.log_text()
            assert "trouble" not in log, log


def mbsync_configuration(home, port, user, password):
    return f"""
IMAPAccount test
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None

IMAPStore far
Account test

MaildirStore near
Path {home}/mail/
Inbox {home}/mail/inbox
SubFolders Verbatim

Channel test
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
Sync All
SyncState *
"""


def offlineimap_configuration(home, port, user, password):
    return f"""
[general]
accounts = test
metadata = {home}/metadata
ui = quiet
[Account test]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {home}/mail
sep = /
[Repository far]
type = IMAP
remotehost = 127.0.0.1
remoteport = {port}
remoteuser = {user}
remotepass = {password}
ssl = no
starttls = no
auth_mechanisms = PLAIN, LOGIN
"""


CLIENTS = {
    "mbsync": (mbsync_configuration,
               lambda rc: ["mbsync", "-c", rc, "-a"]),
    "offlineimap": (offlineimap_configuration,
                    lambda rc: ["offlineimap", "-o", "-c", rc]),
}


def snapshot(path):
    """Every message's file of a copy, and what is in it."""
    return {str(file.relative_to(path)): file.read_bytes()
            for file in pathlib.Path(path).rglob("*")
            if file.is_file() and file.parent.name in ("cur", "new")}


def test_copies_have_nothing_to_do():
    for program, separator in ((p, s) for p in CLIENTS for s in "/."):
        configuration, command = CLIENTS[program]
        need(program)
        with Moving(separator) as moving, tempfile.TemporaryDirectory() as home:
            pathlib.Path(home, "mail").mkdir()
            rc = pathlib.Path(home, "rc")

            def sync(port, user, password):
                rc.write_text(configuration(home, port, user, password))
                ran = subprocess.run(command(str(rc)), timeout=120, text=True,
                                     capture_output=True,
                                     env={"HOME": home, "PATH": os.environ["PATH"]})
                assert ran.returncode == 0, ran.stdout + ran.stderr
                return ran.stdout + ran.stderr

            with OwnDovecot(moving.maildir, moving.uid) as dovecot:
                client = dovecot.imap()
                fill(client)
                client.logout()
                sync(dovecot.imap_port, "bob", dovecot.password)
            copied = snapshot(pathlib.Path(home, "mail"))
            assert len(copied) > 8, copied
            moving.server.start()
            client = moving.server.imap()
            before = all_states(client)
            client.logout()
            there = (moving.server.imap_port, moving.server.address("bob"),
                     moving.server.password("bob"))
            for _ in range(2):
                said = sync(*there)
                assert snapshot(pathlib.Path(home, "mail")) == copied, \
                    (program, said)
            client = moving.server.imap()
            assert all_states(client) == before, (program, before)
            client.logout()


if __name__ == "__main__":
    if own_dovecot.why_not():
        print(f"SKIP: {own_dovecot.why_not()}")
        raise SystemExit(77)
    run_tests([test_everything_goes_on, test_copies_have_nothing_to_do])
