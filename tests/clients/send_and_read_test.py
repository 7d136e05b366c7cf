#!/usr/bin/env python3
"""Real clients over every transport: what they send is what they read."""
import email
import imaplib
import os
import pathlib
import pty
import select
import shutil
import smtplib
import subprocess
import tempfile
import time

from running_server import DOMAIN, RunningServer, run_tests, wait_until

TEXT = ("From: Ann <ann@example.test>\r\nTo: bob@example.test\r\n"
        "Subject: {subject}\r\nMessage-ID: <{subject}@example.test>\r\n\r\n"
        "A line.\r\n.A line that begins with a dot.\r\n..\r\nThe end.\r\n")
TRANSPORTS = ("plain", "starttls", "implicit")


def need(program):
    if shutil.which(program) is None:
        raise AssertionError(f"{program} is not installed")


def run_in_terminal(command, environment, seconds=60):
    """Runs a program that wants a terminal, until it ends by itself."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs,
                               stderr=theirs, env=environment,
                               start_new_session=True)
    os.close(theirs)
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                os.read(ours, 65536)
            except OSError:
                break
    if process.poll() is None:
        process.kill()
    process.wait()
    os.close(ours)


def check_message(octets, subject):
    head, _, body = octets.partition(b"\r\n\r\n")
    assert body == TEXT.format(subject=subject).encode().partition(
        b"\r\n\r\n")[2], body
    message = email.message_from_bytes(octets)
    assert message["Subject"] == subject
    assert octets.startswith(b"Return-Path: <"), octets[:80]
    assert b"\r\nReceived: from " in head, head


def test_swaks_over_every_transport():
    need("swaks")
    with RunningServer() as server:
        for transport in TRANSPORTS:
            subject = f"swaks-{transport}"
            port, more = {
                "plain": (server.smtp_port, []),
                "starttls": (server.submission_port,
                             ["--tls", "--auth", "PLAIN", "--auth-user",
                              server.address("ann"), "--auth-password",
                              server.password("ann")]),
                "implicit": (server.submissions_port,
                             ["--tlsc", "--auth", "LOGIN", "--auth-user",
                              server.address("ann"), "--auth-password",
                              server.password("ann")]),
            }[transport]
            subprocess.run(
                ["swaks", "--server", "127.0.0.1", "--port", str(port),
                 "--from", server.address("ann"), "--to",
                 server.address("bob"), "--data", "-", *more],
                input=TEXT.format(subject=subject).replace(
                    "\r\n", "\n"), text=True, check=True,
                capture_output=True, timeout=60)
            assert b"A line that begins" in server.wait_for(subject)


def test_msmtp_over_every_transport():
    need("msmtp")
    with RunningServer() as server:
        for transport in TRANSPORTS:
            subject = f"msmtp-{transport}"
            port = {"plain": server.smtp_port,
                    "starttls": server.submission_port,
                    "implicit": server.submissions_port}[transport]
            more = [] if transport == "plain" else [
                "--tls=on", f"--tls-trust-file={server.certificate}",
                f"--tls-starttls={'on' if transport == 'starttls' else 'off'}",
                "--auth=on", f"--user={server.address('ann')}",
                f"--passwordeval=echo {server.password('ann')}"]
            subprocess.run(
                ["msmtp", "--host=localhost", f"--port={port}",
                 f"--from={server.address('ann')}", *more, "--",
                 server.address("bob")],
                input=TEXT.format(subject=subject).replace("\r\n", "\n"),
                text=True, check=True, capture_output=True, timeout=60)
            check_message(server.wait_for(subject), subject)


def test_curl_sends_and_reads():
    need("curl")
    with RunningServer(settings={"tls.plaintext_login": True}) as server:
        for transport in TRANSPORTS:
            subject = f"curl-{transport}"
            smtp, imap = {
                "plain": (f"smtp://localhost:{server.submission_port}",
                          f"imap://localhost:{server.imap_port}"),
                "starttls": (f"smtp://localhost:{server.submission_port}",
                             f"imap://localhost:{server.imap_port}"),
                "implicit": (f"smtps://localhost:{server.submissions_port}",
                             f"imaps://localhost:{server.imaps_port}"),
            }[transport]
            # Nobody submits without TLS, whatever is set.
            curl = ["curl", "-sS", "--cacert", str(server.certificate)]
            reading = curl if transport == "plain" else [*curl, "--ssl-reqd"]
            subprocess.run(
                [*curl, "--ssl-reqd", "--url", smtp, "--user",
                 f"{server.address('ann')}:{server.password('ann')}",
                 "--mail-from", server.address("ann"), "--mail-rcpt",
                 server.address("bob"), "--upload-file", "-"],
                input=TEXT.format(subject=subject), text=True, check=True,
                capture_output=True, timeout=60)
            server.wait_for(subject)
            login = ["--user",
                     f"{server.address('bob')}:{server.password('bob')}"]
            found = subprocess.run(
                [*reading, f"{imap}/INBOX", *login, "-X",
                 f"UID SEARCH SUBJECT {subject}"],
                check=True, capture_output=True, text=True, timeout=60).stdout
            uid = found.split()[-1]
            octets = subprocess.run(
                [*reading, f"{imap}/INBOX;UID={uid}", *login], check=True,
                capture_output=True, timeout=60).stdout
            check_message(octets, subject)


def test_python_sends_over_every_transport():
    with RunningServer() as server:
        for transport in TRANSPORTS:
            subject = f"smtplib-{transport}"
            if transport == "plain":
                client = smtplib.SMTP("localhost", server.smtp_port)
            elif transport == "starttls":
                client = smtplib.SMTP("localhost", server.submission_port)
                client.starttls(context=server.tls())
                client.login(server.address("ann"), server.password("ann"))
            else:
                client = smtplib.SMTP_SSL("localhost", server.submissions_port,
                                          context=server.tls())
                client.login(server.address("ann"), server.password("ann"))
            client.sendmail(server.address("ann"), [server.address("bob")],
                            TEXT.format(subject=subject))
            client.quit()
            check_message(server.wait_for(subject), subject)


def test_python_reads_over_every_transport():
    with RunningServer(settings={"tls.plaintext_login": True}) as server:
        server.send(text=TEXT.format(subject="one"))
        server.wait_for("one")
        for transport in TRANSPORTS:
            if transport == "implicit":
                client = imaplib.IMAP4_SSL("localhost", server.imaps_port,
                                           ssl_context=server.tls())
            else:
                client = imaplib.IMAP4("localhost", server.imap_port)
            if transport == "starttls":
                client.starttls(server.tls())
            client.login(server.address("bob"), server.password("bob"))
            assert client.select("INBOX")[0] == "OK"
            status, data = client.fetch(
                "1", "(UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE "
                "INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            assert status == "OK" and b"Subject: one" in data[0][1], data
            assert client.store("1", "+FLAGS", "(\\Flagged)")[0] == "OK"
            assert client.search(None, "FLAGGED")[1] == [b"1"]
            assert client.store("1", "-FLAGS", "(\\Flagged)")[0] == "OK"
            client.logout()


def test_mbsync_fetches_a_mailbox_and_pushes_changes():
    need("mbsync")
    with RunningServer() as server:
        for number in range(5):
            server.send(text=TEXT.format(subject=f"mbsync-{number}"))
        server.wait_for("mbsync-4")
        with tempfile.TemporaryDirectory() as home:
            pathlib.Path(home, "mail").mkdir()
            config = pathlib.Path(home, "mbsyncrc")
            config.write_text(f"""
IMAPAccount test
Host localhost
Port {server.imaps_port}
User {server.address('bob')}
Pass {server.password('bob')}
SSLType IMAPS
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
""")
            def sync():
                subprocess.run(["mbsync", "-c", str(config), "-a"], check=True,
                               capture_output=True, timeout=120, text=True)
            sync()
            inbox = pathlib.Path(home, "mail/inbox")
            files = [*inbox.glob("new/*"), *inbox.glob("cur/*")]
            assert len(files) == 5, files
            # Here: one is seen, one deleted, one new. There: the same.
            new = [f for f in files if "mbsync-1" in f.read_text()][0]
            new.rename(inbox / "cur" / (new.name.partition(":")[0] + ":2,S"))
            gone = [f for f in inbox.glob("*/*")
                    if f.parent.name in ("new", "cur")
                    and "mbsync-2" in f.read_text()][0]
            gone.unlink()
            (inbox / "new" / f"{int(time.time())}.1.here").write_text(
                TEXT.format(subject="from-here").replace("\r\n", "\n"))
            sync()
            subjects = sorted(email.message_from_bytes(m)["Subject"]
                              for m in server.messages())
            assert subjects == ["from-here", "mbsync-0", "mbsync-1",
                                "mbsync-3", "mbsync-4"], subjects
            client = server.imap()
            client.select("INBOX", readonly=True)
            seen = client.search(None, "SEEN", "SUBJECT", "mbsync-1")[1]
            assert seen != [b""], seen
            client.logout()


def test_mutt_reads_and_deletes():
    need("mutt")
    with RunningServer(settings={"tls.plaintext_login": True}) as server, \
            tempfile.TemporaryDirectory() as home:
        for number in range(4):
            server.send(text=TEXT.format(subject=f"mutt-{number}"))
        server.wait_for("mutt-3")
        for number, transport in enumerate(TRANSPORTS):
            folder = (f"imaps://localhost:{server.imaps_port}/"
                      if transport == "implicit" else
                      f"imap://localhost:{server.imap_port}/")
            rc = pathlib.Path(home, "muttrc")
            rc.write_text(f"""
set folder = "{folder}"
set ssl_starttls = {"yes" if transport == "starttls" else "no"}
set ssl_force_tls = {"no" if transport == "plain" else "yes"}
set spoolfile = "+INBOX"
set imap_user = "{server.address('bob')}"
set imap_pass = "{server.password('bob')}"
set certificate_file = "{server.certificate}"
set ssl_ca_certificates_file = "{server.certificate}"
set header_cache = ""
set delete = yes
set quit = yes
set wait_key = no
set copy = no
push "<delete-pattern>~s mutt-{number}<enter><sync-mailbox><quit>"
""")
            run_in_terminal(["mutt", "-F", str(rc), "-n"],
                            {"HOME": home, "TERM": "xterm",
                             "PATH": "/usr/bin:/bin"})
            left = wait_until(
                lambda: len(server.messages()) == 3 - number, 10)
            assert left, transport


def test_scram_with_and_without_binding():
    with RunningServer(settings={"accounts.scram": True}) as server:
        shown = subprocess.run(
            ["msmtp", "--serverinfo", "--host=localhost",
             f"--port={server.submission_port}", "--tls=on",
             f"--tls-trust-file={server.certificate}", "--tls-starttls=on"],
            capture_output=True, text=True, timeout=60).stdout
        assert "SCRAM-SHA-256" in shown, shown
        for mechanism in ("scram-sha-256", "scram-sha-256-plus"):
            subject = f"by-{mechanism}"
            done = subprocess.run(
                ["msmtp", "--host=localhost",
                 f"--port={server.submission_port}", "--tls=on",
                 f"--tls-trust-file={server.certificate}", "--tls-starttls=on",
                 f"--auth={mechanism}", f"--user={server.address('ann')}",
                 f"--passwordeval=echo {server.password('ann')}",
                 f"--from={server.address('ann')}", "--",
                 server.address("bob")],
                input=TEXT.format(subject=subject).replace("\r\n", "\n"),
                text=True, capture_output=True, timeout=60)
            if "invalid argument" in done.stderr:  # Older than the mechanism.
                print(f"      msmtp here has no {mechanism}")
                continue
            assert done.returncode == 0, done.stderr
            server.wait_for(subject)


def test_python_speaks_utf_8():
    """RFC 6855: a mailbox and a header beyond ASCII, enabled and not."""
    header = "Subject: Grüße\r\nFrom: Jürgen <j@example.test>\r\n\r\nx\r\n"
    with RunningServer() as server:
        with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=30) as sender:
            sender.sendmail("someone@elsewhere.test", [server.address("bob")],
                            header.encode(), ["SMTPUTF8", "BODY=8BITMIME"])
        wait_until(lambda: len(server.messages()) == 1)
        client = server.imap()
        assert client.enable("UTF8=ACCEPT")[0] == "OK"
        for command in (client.create, client.select):
            assert command('"Entwürfe"')[0] == "OK"
        names = client.list()[1]
        assert any('"Entwürfe"'.encode() in name for name in names), names
        client.select("INBOX")
        assert client.search(None, "SUBJECT", '"grüß"')[1] == [b"1"]
        envelope = client.fetch("1", "ENVELOPE")[1]
        assert '"Grüße" (("Jürgen" NIL'.encode() in envelope[0], envelope
        client.logout()
        # Who has not enabled it gets modified UTF-7, and literals.
        client = server.imap()
        names = client.list()[1]
        assert any(b'"Entw&APw-rfe"' in name for name in names), names
        client.select("INBOX")
        envelope = client.fetch("1", "ENVELOPE")[1]
        assert envelope[0][1] == "Grüße".encode(), envelope
        status, why = client.append("INBOX", None, None, header.encode())
        assert status == "NO" and b"UTF8=ACCEPT" in why[0], why
        client.logout()


if __name__ == "__main__":
    run_tests([test_swaks_over_every_transport,
               test_msmtp_over_every_transport,
               test_curl_sends_and_reads,
               test_python_sends_over_every_transport,
               test_python_reads_over_every_transport,
               test_mbsync_fetches_a_mailbox_and_pushes_changes,
               test_mutt_reads_and_deletes,
               test_scram_with_and_without_binding,
               test_python_speaks_utf_8])
