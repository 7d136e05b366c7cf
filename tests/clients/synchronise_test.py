#!/usr/bin/env python3
"""Clients that keep a copy of a mailbox: what both sides come to have."""
import email
import imaplib
import pathlib
import re
import subprocess
import tempfile
import time

from running_server import RunningServer, run_tests, wait_until
from send_and_read_test import TEXT, TRANSPORTS, need, run_in_terminal

imaplib.Commands["ENABLE"] = ("AUTH",)


def fill(server, name, count):
    for number in range(count):
        server.send(text=TEXT.format(subject=f"{name}-{number}"))
    server.wait_for(f"{name}-{count - 1}")


def subjects(server, mailbox="INBOX"):
    return sorted(email.message_from_bytes(m)["Subject"]
                  for m in server.messages(mailbox=mailbox))


def flags_there(server):
    """{subject: flags} of INBOX, but \\Recent."""
    client = server.imap()
    client.select("INBOX", readonly=True)
    data = client.fetch(
        "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    found = {}
    for part in data:
        if not isinstance(part, tuple):
            continue
        subject = email.message_from_bytes(part[1])["Subject"]
        flags = re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].decode().split()
        found[subject] = {f for f in flags if f != r"\Recent"}
    client.logout()
    return found


def store_there(server, subject, change, flags):
    client = server.imap()
    client.select("INBOX")
    number = client.search(None, "SUBJECT", subject)[1][0].decode()
    assert client.store(number, change, flags)[0] == "OK"
    client.expunge()
    client.logout()


class Maildir:
    """The copy on this side."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def files(self):
        found = {}
        for file in (*self.path.glob("new/*"), *self.path.glob("cur/*")):
            text = email.message_from_bytes(file.read_bytes())
            found[text["Subject"]] = file
        return found

    def letters(self):
        return {subject: set(file.name.partition(":2,")[2])
                for subject, file in self.files().items()}

    def mark(self, subject, letters):
        file = self.files()[subject]
        name = file.name.partition(":2,")[0]
        file.rename(self.path / "cur" / (name + ":2," + letters))


def port_of(server, transport):
    return server.imaps_port if transport == "implicit" else server.imap_port


def mbsync_configuration(server, home, transport):
    tls = {"plain": "None", "starttls": "STARTTLS", "implicit": "IMAPS"}
    return f"""
IMAPAccount test
Host localhost
Port {port_of(server, transport)}
User {server.address('bob')}
Pass {server.password('bob')}
SSLType {tls[transport]}
CertificateFile {server.certificate}

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
SyncState *
"""


def test_mbsync_both_ways_with_conflicts():
    need("mbsync")
    for transport in TRANSPORTS:
        with RunningServer(settings=PLAIN_TOO) as server, \
                tempfile.TemporaryDirectory() as home:
            fill(server, "m", 6)
            pathlib.Path(home, "mail").mkdir()
            rc = pathlib.Path(home, "rc")
            rc.write_text(mbsync_configuration(server, home, transport))

            def sync():
                subprocess.run(["mbsync", "-c", str(rc), "-a"], check=True,
                               capture_output=True, timeout=120)
            sync()
            here = Maildir(f"{home}/mail/inbox")
            assert sorted(here.files()) == subjects(server)
            # The same message: other flags here than there, and the reverse.
            here.mark("m-0", "F")
            store_there(server, "m-0", "+FLAGS", r"(\Seen)")
            # Gone there, answered here; and the reverse.
            here.mark("m-1", "RS")
            store_there(server, "m-1", "+FLAGS", r"(\Deleted)")
            here.files()["m-2"].unlink()
            store_there(server, "m-2", "+FLAGS", r"(\Answered)")
            # Gone on both sides; new on both sides.
            here.files()["m-3"].unlink()
            store_there(server, "m-3", "+FLAGS", r"(\Deleted)")
            server.send(text=TEXT.format(subject="from-there"))
            server.wait_for("from-there")
            (here.path / "new" / f"{int(time.time())}.1.here").write_text(
                TEXT.format(subject="from-here").replace("\r\n", "\n")
                + LONG)
            # Two times: the first may only find out.
            sync()
            sync()
            there = flags_there(server)
            assert sorted(there) == sorted(here.files()), (transport, there)
            assert {"from-here", "from-there", "m-0", "m-4", "m-5"} \
                <= set(there), there
            assert "m-3" not in there
            assert there["m-0"] >= {r"\Seen", r"\Flagged"}, there
            assert here.letters()["m-0"] >= {"F", "S"}, here.letters()
            before = (there, here.letters())
            sync()
            assert before == (flags_there(server), here.letters())


def test_offlineimap_both_ways():
    need("offlineimap")
    for transport in TRANSPORTS:
        with RunningServer(settings=PLAIN_TOO) as server, \
                tempfile.TemporaryDirectory() as home:
            fill(server, "o", 5)
            rc = pathlib.Path(home, "rc")
            rc.write_text(f"""
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
[Repository far]
type = IMAP
remotehost = localhost
remoteport = {port_of(server, transport)}
remoteuser = {server.address('bob')}
remotepass = {server.password('bob')}
ssl = {"yes" if transport == "implicit" else "no"}
starttls = {"yes" if transport == "starttls" else "no"}
sslcacertfile = {server.certificate}
auth_mechanisms = PLAIN, LOGIN
createfolders = True
""")

            def sync():
                ran = subprocess.run(["offlineimap", "-o", "-c", str(rc)],
                                     capture_output=True, timeout=180,
                                     text=True, env={"HOME": home,
                                     "PATH": "/usr/bin:/bin"})
                assert ran.returncode == 0, ran.stdout + ran.stderr
            sync()
            here = Maildir(f"{home}/mail/INBOX")
            assert sorted(here.files()) == subjects(server), transport
            here.mark("o-1", "FS")
            here.files()["o-2"].unlink()
            store_there(server, "o-3", "+FLAGS", r"(\Answered)")
            store_there(server, "o-4", "+FLAGS", r"(\Deleted)")
            (here.path / "new" / f"{int(time.time())}_0.1.here").write_text(
                TEXT.format(subject="from-here").replace("\r\n", "\n"))
            sync()
            there = flags_there(server)
            assert sorted(there) == ["from-here", "o-0", "o-1", "o-3"], there
            assert there["o-1"] == {r"\Seen", r"\Flagged"}, there
            assert sorted(here.files()) == sorted(there)
            assert "R" in here.letters()["o-3"], here.letters()


def test_neomutt_with_a_cache_of_headers():
    """Its header cache is brought up to date by QRESYNC."""
    need("neomutt")
    for transport in TRANSPORTS:
        with RunningServer(settings=PLAIN_TOO) as server, \
                tempfile.TemporaryDirectory() as home:
            fill(server, "n", 4)
            scheme = "imaps" if transport == "implicit" else "imap"
            cache = pathlib.Path(home, "cache")
            cache.mkdir()
            rc = pathlib.Path(home, "rc")

            def run(keys):
                rc.write_text(f"""
set folder = "{scheme}://localhost:{port_of(server, transport)}/"
set spoolfile = "+INBOX"
set imap_user = "{server.address('bob')}"
set imap_pass = "{server.password('bob')}"
set imap_condstore = yes
set imap_qresync = yes
set ssl_starttls = {"yes" if transport == "starttls" else "no"}
set ssl_force_tls = {"no" if transport == "plain" else "yes"}
set certificate_file = "{server.certificate}"
set ssl_ca_certificates_file = "{server.certificate}"
set header_cache = "{cache}"
set delete = yes
set quit = yes
set wait_key = no
set copy = no
set beep = no
push "{keys}"
""")
                run_in_terminal(["neomutt", "-F", str(rc), "-n"],
                                {"HOME": home, "TERM": "xterm",
                                 "PATH": "/usr/bin:/bin"})
            run("<quit>")
            store_there(server, "n-0", "+FLAGS", r"(\Deleted)")
            store_there(server, "n-1", "+FLAGS", r"(\Flagged)")
            # What it deletes and marks now, it knows from the cache.
            run("<delete-pattern>~F<enter><flag-message><sync-mailbox><quit>")
            left = wait_until(
                lambda: set(flags_there(server)) == {"n-2", "n-3"}, 10)
            assert left, flags_there(server)


def ask(client, command, *arguments):
    status, data = client._simple_command(command, *arguments)
    assert status == "OK", data
    return data


def resync(client, *known):
    """SELECT with QRESYNC, which imaplib's select() does not know."""
    ask(client, "ENABLE", "QRESYNC")
    client.untagged_responses.clear()
    ask(client, "SELECT", "INBOX", f"(QRESYNC ({' '.join(map(str, known))}))")
    client.state = "SELECTED"


def vanished(client):
    return client.untagged_responses.pop("VANISHED", [])


def test_python_resynchronises():
    """RFC 7162 section 6, by hand: CONDSTORE, then QRESYNC."""
    with RunningServer() as server:
        fill(server, "p", 5)
        client = server.imap()
        ask(client, "ENABLE", "QRESYNC")
        assert "QRESYNC" in client.response("ENABLED")[1][0].decode()
        client.select("INBOX")
        highest = int(client.response("HIGHESTMODSEQ")[1][0])
        validity = client.response("UIDVALIDITY")[1][0].decode()
        client.logout()

        # While it is away: a flag, an expunge, an arrival.
        store_there(server, "p-1", "+FLAGS", r"(\Flagged)")
        store_there(server, "p-2", "+FLAGS", r"(\Deleted)")
        server.send(text=TEXT.format(subject="p-new"))
        server.wait_for("p-new")

        client = server.imap()
        resync(client, validity, highest, "1:5")
        gone = vanished(client)
        assert gone == [b"(EARLIER) 3"], gone
        told = client.untagged_responses.pop("FETCH")
        assert len(told) == 1 and rb"\Flagged" in told[0], told
        later = int(client.response("HIGHESTMODSEQ")[1][0])
        assert later > highest
        client.logout()

        # Nothing since: nothing is told, also after a restart.
        server.stop()
        server.start()
        client = server.imap()
        resync(client, validity, later, "1:6")
        assert vanished(client) == []
        assert "FETCH" not in client.untagged_responses
        assert int(client.response("HIGHESTMODSEQ")[1][0]) == later
        # STORE if unchanged: one that has changed is left alone.
        other = server.imap()
        other.select("INBOX")
        other.store("1", "+FLAGS", r"(\Seen)")
        other.logout()
        ask(client, "STORE", "1:2", f"(UNCHANGEDSINCE {later})",
            "+FLAGS.SILENT", r"(\Draft)")
        assert client.response("MODIFIED")[1] == [b"1"]
        client.logout()


def test_the_server_is_killed_between_two_visits():
    """After a crash a client is told more than it needs, never less."""
    with RunningServer() as server:
        fill(server, "k", 4)
        client = server.imap()
        ask(client, "ENABLE", "QRESYNC")
        client.select("INBOX")
        highest = int(client.response("HIGHESTMODSEQ")[1][0])
        validity = client.response("UIDVALIDITY")[1][0].decode()
        client.logout()
        store_there(server, "k-1", "+FLAGS", r"(\Deleted)")
        store_there(server, "k-2", "+FLAGS", r"(\Flagged)")
        server.kill()
        server.start()
        client = server.imap()
        resync(client, validity, highest, "1:4")
        assert vanished(client) == [b"(EARLIER) 2"]
        told = b"".join(client.untagged_responses.pop("FETCH"))
        assert rb"\Flagged" in told, told
        client.logout()


# More than LITERAL- lets through without asking.
LONG = "A line of a long message.\n" * 2000

# Without TLS only where the operator allows it.
PLAIN_TOO = {"tls.plaintext_login": True}

if __name__ == "__main__":
    run_tests([test_mbsync_both_ways_with_conflicts,
               test_offlineimap_both_ways,
               test_neomutt_with_a_cache_of_headers,
               test_python_resynchronises,
               test_the_server_is_killed_between_two_visits])
