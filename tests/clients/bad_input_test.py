#!/usr/bin/env python3
"""Bad input is input: a clear error or a clean close, nothing lost, no other
session touched, bounded memory and time.

Every test has a witness: a session that was there before and must go on after,
and a message that must still go in and come out. Peak memory and processor time
of every role are held under a bound.
"""
import os
import pathlib
import re
import resource
import signal
import smtplib
import socket
import ssl
import struct
import subprocess
import time

from running_server import DOMAIN, RunningServer, run_tests, wait_until
from witness import Talk, Witness

def begin(talk, recipient="bob"):
    assert talk.ask(b"EHLO c.test\r\n").startswith(b"250")
    assert talk.ask(b"MAIL FROM:<a@b.test>\r\n").startswith(b"250")
    assert talk.ask(f"RCPT TO:<{recipient}@{DOMAIN}>\r\n".encode()
                    ).startswith(b"250")


def test_commands_without_end():
    with RunningServer() as server, Witness(server):
        with Talk(server.smtp_port) as talk:
            talk.send(b"A" * 10_000_000)
            reply = talk.ask(b"\r\n")
            assert reply[:3] in (b"500", b"421", b""), reply
        with Talk(server.imap_port) as talk:
            try:
                talk.send(b"a " + b"X" * 10_000_000 + b"\r\n")
            except OSError:
                pass
            line = talk.line()
            assert b"BAD" in line or b"BYE" in line or line == b"", line


def test_nul_and_invalid_utf8():
    with RunningServer() as server, Witness(server):
        with Talk(server.smtp_port) as talk:
            assert talk.ask(b"EHLO \0\r\n")[:1] == b"5"
            assert talk.ended()  # The stream means nothing after a NUL.
        with Talk(server.smtp_port) as talk:
            assert talk.ask(b"EHLO c.test\r\n").startswith(b"250")
            assert talk.ask(b"MAIL FROM:<\xff\xfe@b.test>\r\n")[:1] == b"5"
            assert talk.ask(b"MAIL FROM:<\xc0\xaf@b.test> SMTPUTF8\r\n"
                            )[:1] == b"5"
            assert talk.ask(b"MAIL FROM:<a@b.test>\r\n").startswith(b"250")
        with Talk(server.smtp_port) as talk:
            begin(talk)
            assert talk.ask(b"DATA\r\n").startswith(b"354")
            assert talk.ask(b"Subject: nul\r\n\r\n\0\r\n.\r\n")[:3] == b"550"
        with Talk(server.imap_port) as talk:
            talk.send(b"a LOGIN \"\0\" x\r\n")
            line = talk.line()
            assert b"BAD" in line or b"BYE" in line, line


SMUGGLED = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\n", b"\n.\r",
            b"\r.\r\n", b"\r\n.\r", b"\r\n\0.\r\n", b"\r\n.\0\r\n",
            b"\r\n.\r\r\n", b"\r\r\n.\r\r\n"]


def test_nothing_is_smuggled():
    with RunningServer() as server, Witness(server):
        for number, end in enumerate(SMUGGLED):
            with Talk(server.smtp_port) as talk:
                begin(talk)
                assert talk.ask(b"DATA\r\n").startswith(b"354")
                reply = talk.ask(
                    f"Subject: outer{number}\r\n\r\nx".encode() + end +
                    b"MAIL FROM:<evil@b.test>\r\n"
                    b"RCPT TO:<bob@example.test>\r\nDATA\r\n"
                    b"Subject: smuggled\r\n\r\nx\r\n.\r\n")
                assert reply[:1] == b"5", (end, reply)
                assert talk.ask(b"NOOP\r\n").startswith(b"250"), end
        assert not [m for m in server.messages("bob") if b"smuggled" in m]


def test_bdat_counts_and_nothing_else():
    with RunningServer() as server, Witness(server):
        with Talk(server.smtp_port) as talk:
            begin(talk)
            text = b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n"
            assert talk.ask(b"BDAT %d LAST\r\n" % len(text) + text
                            ).startswith(b"250")
        assert b"\r\n.\r\n..\r\n.x\r\n" in server.wait_for("dots")
        with Talk(server.smtp_port) as talk:
            begin(talk)
            for command, code in ((b"BDAT 9223372036854775808", b"5"),
                                  (b"BDAT -1", b"5"), (b"BDAT", b"5")):
                reply = talk.ask(command + b"\r\n")
                if reply == b"":
                    break
                assert reply[:1] == code, (command, reply)


def test_a_million_chunks_of_one_octet():
    with RunningServer(settings={"limits.chunks_per_message_max": 10000}
                       ) as server, Witness(server):
        with Talk(server.smtp_port) as talk:
            begin(talk)
            refused = b""
            talk.socket.settimeout(60)
            for _ in range(200):
                try:
                    talk.send(b"BDAT 1\r\nx" * 100)
                except OSError:
                    break
                for _ in range(100):
                    refused = talk.reply()
                    if refused[:3] != b"250":
                        break
                if refused[:3] != b"250":
                    break
            assert refused[:3] in (b"421", b"452", b"552", b"554", b"503",
                                   b"500", b""), refused


def test_ten_thousand_pipelined_commands():
    with RunningServer() as server, Witness(server):
        with Talk(server.smtp_port) as talk:
            assert talk.ask(b"EHLO c.test\r\n").startswith(b"250")
            for _ in range(100):
                try:
                    talk.send(b"NOOP\r\n" * 100)
                except OSError:
                    break
            answers = 0
            while True:
                reply = talk.reply()
                if not reply or reply.startswith(b"421"):
                    break
                answers += 1
                if answers == 10_000:
                    break
            assert answers > 0
        with Talk(server.imap_port) as talk:
            try:
                talk.send(b"".join(b"%d NOOP\r\n" % n for n in range(10_000)))
            except OSError:
                pass
            assert talk.ended()


def test_headers_without_number():
    with RunningServer() as server, Witness(server):
        text = (b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) +
                b"Subject: many-fields\r\n\r\nx\r\n")
        with Talk(server.smtp_port) as talk:
            begin(talk)
            assert talk.ask(b"DATA\r\n").startswith(b"354")
            reply = talk.ask(text + b".\r\n")
            assert reply[:1] in (b"2", b"5"), reply
        if reply[:1] == b"2":
            server.wait_for("many-fields")
            client = server.imap()
            client.select("INBOX")
            assert client.fetch("1", "(ENVELOPE BODYSTRUCTURE)")[0] == "OK"
            client.logout()


def test_a_loop_is_ended():
    with RunningServer() as server, Witness(server):
        text = b"Received: from a by b; Sat, 21 Nov 2026 00:00:00 +0000\r\n"
        with Talk(server.smtp_port) as talk:
            begin(talk)
            assert talk.ask(b"DATA\r\n").startswith(b"354")
            reply = talk.ask(text * 101 + b"\r\nx\r\n.\r\n")
            assert reply.startswith(b"554 5.4.6"), reply


def test_literals_beyond_their_limits():
    with RunningServer() as server, Witness(server):
        for size in (b"{10000000+}", b"{10000000}", b"{4294967295}",
                     b"{4294967296}", b"{18446744073709551615}",
                     b"{99999999999999999999999}"):
            with Talk(server.imap_port) as talk:
                talk.send(b"a LOGIN " + size + b"\r\n")
                line = talk.line()
                assert b"BAD" in line or b"BYE" in line, (size, line)
        client = server.imap()
        try:
            client.send(b"b APPEND INBOX {99999999999}\r\n")
            line = client.readline()
            assert b"NO" in line or b"BAD" in line or b"BYE" in line, line
        finally:
            client.shutdown()


def test_an_octet_now_and_then():
    with RunningServer(settings={"timeouts.smtp_command_seconds": 5}
                       ) as server, Witness(server) as witness:
        with Talk(server.smtp_port) as talk:
            end = time.monotonic() + 20
            closed = False
            while time.monotonic() < end and not closed:
                witness.smtp.noop()
                try:
                    talk.send(b"N")
                    talk.socket.settimeout(0.5)
                    closed = b"421" in talk.socket.recv(1000) or closed
                except (socket.timeout, TimeoutError):
                    continue
                except OSError:
                    closed = True
            assert closed, "a client that drips is served for ever"


def test_talking_before_the_banner():
    with RunningServer(settings={"timeouts.greeting_milliseconds": 300}
                       ) as server, Witness(server):
        with Talk(server.smtp_port, greet=False) as talk:
            talk.send(b"EHLO early\r\n")
            reply = talk.reply()
            assert reply[:3] in (b"554", b"421"), reply
            assert talk.ended()


def test_commands_before_tls_are_not_taken_for_commands_under_it():
    with RunningServer() as server, Witness(server):
        with Talk(server.submission_port) as talk:
            talk.ask(b"EHLO c.test\r\n")
            talk.send(b"STARTTLS\r\nEHLO injected\r\n")
            reply = talk.reply()
            assert reply[:3] in (b"421", b"554", b"501", b"503"), reply
            assert talk.ended()
        with Talk(server.imap_port) as talk:
            talk.send(b"a STARTTLS\r\nb NOOP\r\n")
            assert talk.ended()
        assert "injected" not in server.log_text()


def test_pipelining_where_it_is_not_allowed():
    with RunningServer() as server, Witness(server):
        with Talk(server.smtp_port) as talk:
            begin(talk)
            talk.send(b"DATA\r\nSubject: x\r\n\r\nx\r\n.\r\n")
            reply = talk.reply()
            assert reply[:3] in (b"421", b"503", b"554", b"501"), reply


def test_a_browser_is_sent_away():
    with RunningServer() as server, Witness(server):
        for port in (server.smtp_port, server.imap_port):
            with Talk(port) as talk:
                talk.send(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"
                          b"MAIL FROM:<a@b.test>\r\n")
                assert talk.ended()


def test_tls_for_something_else():
    with RunningServer() as server, Witness(server):
        context = server.tls()
        context.set_alpn_protocols(["http/1.1"])
        for port in (server.imaps_port, server.submissions_port):
            try:
                Talk(port, tls=context)
                raise AssertionError(f"{port}: HTTP's ALPN was taken")
            except ssl.SSLError:
                pass
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        try:
            Talk(server.imaps_port, tls=old)
            raise AssertionError("TLS 1.1 was taken")
        except ssl.SSLError:
            pass
        with Talk(server.imaps_port, greet=False) as talk:
            talk.send(b"this is no TLS record at all\r\n" * 10)
            assert talk.ended()


def test_guessing_passwords():
    with RunningServer(settings={"accounts.delay_first_milliseconds": 50,
                                 "accounts.delay_seconds_max": 1}
                       ) as server, Witness(server):
        answers = set()
        for user in ("bob", "nobody", "..%2e", "$(id)", "' OR 1=1 --"):
            with Talk(server.imaps_port, tls=server.tls()) as talk:
                talk.send(f'a LOGIN "{user}@{DOMAIN}" "wrong"\r\n'.encode())
                line = talk.line()
                while line.startswith(b"*"):
                    line = talk.line()
                answers.add(line)
        assert len(answers) == 1, answers
        with Talk(server.submissions_port, tls=server.tls()) as talk:
            talk.ask(b"EHLO c.test\r\n")
            assert talk.ask(b"AUTH PLAIN !!!not-base64\r\n")[:3] == b"501"
            assert talk.ask(b"AUTH NTLM\r\n")[:3] in (b"504", b"501")
            assert talk.ask(b"MAIL FROM:<a@b.test>\r\n")[:3] == b"530"


def seconds_of(pid):
    """Processor time of all threads of a process, in seconds."""
    return sum(int(path.read_text().split()[0]) for path in pathlib.Path(
        f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def test_nobody_costs_what_somebody_does():
    """Not by the clock, which others disturb: by the processor time of auth."""
    with RunningServer(settings={
            "accounts.argon2_memory_kib": 16384, "accounts.argon2_passes": 2,
            "accounts.delay_first_milliseconds": 1,
            "accounts.delay_seconds_max": 1}) as server, Witness(server):
        auth = next(pid for pid, role in server.role_pids().items()
                    if role == "auth")
        spent = {"bob": 0.0, "nobody": 0.0}
        for number in range(5):
            for user in spent:
                before = seconds_of(auth)
                with Talk(server.imaps_port, tls=server.tls()) as talk:
                    for turn in range(2):
                        talk.send(f'a{turn} LOGIN "{user}@{DOMAIN}" '
                                  f'"wrong{number}"\r\n'.encode())
                        while not talk.line().startswith(b"a%d NO" % turn):
                            pass
                spent[user] += seconds_of(auth) - before
        assert spent["bob"] > 5 * 2 * 0.002, spent  # argon2id was computed.
        assert 0.7 < spent["nobody"] / spent["bob"] < 1.4, spent


def test_never_an_open_relay():
    with RunningServer() as server, Witness(server):
        with Talk(server.smtp_port) as talk:
            talk.ask(b"EHLO c.test\r\n")
            talk.ask(b"MAIL FROM:<a@b.test>\r\n")
            for recipient in (b"x@elsewhere.test", b"@example.test:x@e.test",
                              b"x%e.test@elsewhere.test",
                              b"\"x@e.test\"@elsewhere.test"):
                reply = talk.ask(b"RCPT TO:<" + recipient + b">\r\n")
                assert reply[:1] == b"5", (recipient, reply)
            reply = talk.ask(b"RCPT TO:<nobody@example.test>\r\n")
            assert reply.startswith(b"550 5.1.1"), reply
            assert talk.ask(b"RCPT TO:<\"\"@example.org>\r\n")[:1] == b"5"
        with smtplib.SMTP("localhost", server.submission_port) as client:
            client.starttls(context=server.tls())
            client.login(server.address("ann"), server.password("ann"))
            client.mail(server.address("ann"))
            code, text = client.rcpt("x@[127.0.0.1]")
            assert code == 550 and text.startswith(b"5.7.1"), (code, text)
            assert client.rcpt("x@elsewhere.test")[0] == 250
            client.rset()


def test_names_that_would_climb():
    with RunningServer() as server, Witness(server):
        client = server.imap()
        for name in ("../../etc", "a/../b", ".", "..", "a//b", "/a", "a/",
                     "&AGE-", "&", "x" * 5000):
            try:
                status, _ = client.create('"' + name + '"')
            except Exception:  # imaplib raises for BAD.
                continue
            assert status in ("NO", "OK"), (name, status)
        client.logout()
        inside = server.data / "mail"
        for path in server.directory.rglob("*"):
            assert "etc" not in path.name or inside in path.parents, path


def test_two_servers_on_one_directory():
    with RunningServer() as server, Witness(server):
        second = subprocess.run(
            [os.environ.get("POSTKEEP"), "--config", str(server.config),
             "serve"], capture_output=True, text=True, timeout=30)
        assert second.returncode != 0
        assert re.search("another|lock|runs", second.stderr + second.stdout), \
            second.stderr


def damage_in_place(path, at, octets):
    """What a disk does: the file stays, what is in it does not."""
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(octets)


def test_a_damaged_journal_record():
    """A record rots while the server runs, and is read after a crash. Those who
    were there notice nothing until the crash; its neighbours are delivered."""
    server = RunningServer(settings={"spool.segment_octets": 1048576})
    server.prepare()
    try:
        # Bob's mailbox cannot be had, so that his messages stay in the spool.
        mail = server.data / "mail"
        mail.mkdir(exist_ok=True)
        blocked = mail / f"bob@{DOMAIN}"
        blocked.write_text("a file where a directory must be")
        server.start()
        with Witness(server) as witness:
            for number in range(3):
                server.send(text=f"Subject: kept{number}\r\n\r\n"
                            f"MARK{number}\r\n")
            damaged = 0
            for path in (server.data / "spool").iterdir():
                at = path.read_bytes().find(b"MARK1")
                if at >= 0:
                    damage_in_place(path, at, b"DAMAG")
                    damaged += 1
            assert damaged == 1
            witness.goes_on()
            witness.check_usage()
            server.kill()
            witness.is_told()
        server.log_file.close()
        blocked.unlink()
        server.start()
        with Witness(server):
            server.wait_for("kept0", seconds=60)
            server.wait_for("kept2", seconds=60)
            assert not [m for m in server.messages() if b"kept1" in m]
        # Nothing that a witness sent is lost either.
        assert len([m for m in server.messages("ann")
                    if b"witness-" in m]) == 2
        assert re.search(r"damaged_places=[1-9]", server.log_text())
        server.stop()
    finally:
        server.__exit__(None, None, None)


def all_of_bob(client):
    """Everything of everything, after asking what is new."""
    client.noop()
    status, found = client.fetch("1:*", "(UID FLAGS ENVELOPE BODYSTRUCTURE "
                                 "BODY.PEEK[])")
    assert status == "OK", found
    # \Recent is told to one session alone.
    return [re.sub(rb" ?\\Recent", b"", b" ".join(part))
            for part in found if isinstance(part, tuple)]


def test_a_damaged_or_missing_index():
    """It is a cache: damaged under a session that has it open, damaged or gone
    when a server starts, nobody sees a difference."""
    with RunningServer() as server:
        for number in range(20):
            server.send(text=f"Subject: indexed{number}\r\n\r\nx\r\n")
        server.wait_for("indexed19")
        # Written at a stop: so that there is one to be damaged.
        server.stop()
        server.start()
        with Witness(server) as witness:
            client = server.imap()
            client.select("INBOX")
            before = all_of_bob(client)
            validity = client.response("UIDVALIDITY")
            found = [*server.data.glob("mail/*/postkeep-index*")]
            assert found, "there is no index"
            for path in found:
                damage_in_place(path, 0, b"damage" * (
                    path.stat().st_size // 6 + 1))
            # The session that has it open, one that comes now, and changes.
            assert all_of_bob(client) == before
            other = server.imap()
            other.select("INBOX")
            assert other.response("UIDVALIDITY") == validity
            assert all_of_bob(other) == before, "another session sees it"
            assert client.store("1", "+FLAGS", "(\\Flagged)")[0] == "OK"
            flags = other.fetch("1", "(FLAGS)")
            assert b"\\Flagged" in flags[1][0], flags
            assert client.store("1", "-FLAGS", "(\\Flagged)")[0] == "OK"
            witness.goes_on()
            for session in (client, other):
                session.logout()
        for damage in ("damage", "remove"):
            with Witness(server) as witness:
                server.stop()
                witness.is_told()
            found = [*server.data.glob("mail/*/postkeep-index*")]
            assert found or damage == "remove", "there is no index"
            for path in found:
                if damage == "remove":
                    path.unlink()
                else:
                    path.write_bytes(b"not a database" * 1000)
            server.start()
            with Witness(server):
                client = server.imap()
                client.select("INBOX")
                assert all_of_bob(client) == before
                assert client.response("UIDVALIDITY") == validity
                client.logout()


def fill(server):
    """Sends until it is refused; how."""
    for number in range(400):
        try:
            server.send(text=f"Subject: full{number}\r\n\r\n" +
                        ("x" * 70 + "\r\n") * 3000)
        except smtplib.SMTPException as error:
            return error
    raise AssertionError("the disk never filled")


def take_all(path):
    with open(path, "wb") as file:
        for octets in (1048576, 4096):
            try:
                while True:
                    file.write(b"\0" * octets)
                    file.flush()
            except OSError:
                continue


def test_a_full_disk():
    """A file system of 24 MiB that fills up: 452, nothing lost, and mail again
    when there is space. Needs root for the mount."""
    if os.geteuid() != 0:
        print("      not root: no file system can be mounted")
        return
    server = RunningServer(settings={"spool.segment_octets": 1048576,
                                     "limits.free_octets_min": 4194304})
    server.directory.chmod(0o755)
    image, mount = server.directory / "image", server.directory / "disk"
    mount.mkdir()
    image.write_bytes(b"")
    os.truncate(image, 40 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(mount)], check=True)
    server.data = mount / "data"
    server.certificate = server.data / "tls/certificate.pem"
    try:
        server.prepare()
        server.start()
        with Witness(server) as witness:
            witness.goes_on()
            refused = fill(server)
            assert getattr(refused, "smtp_code", 452) in (451, 452), refused
            # What the spool gives back meanwhile, another program takes.
            ballast = mount / "ballast"
            take_all(ballast)
            # Those who were there are answered, and told what is wrong: they
            # read, and what would need space is refused in words.
            assert witness.imap.noop()[0] == "OK"
            status, found = witness.imap.fetch("1:*", "(FLAGS BODY.PEEK[])")
            assert status == "OK" and b"witness-" in found[0][1], found
            status, why = witness.imap.append(
                "INBOX", None, None, b"Subject: big\r\n\r\n" + b"x" * 8000000)
            assert status == "NO", why
            assert witness.smtp.noop()[0] == 250
            code, why = witness.smtp.mail("w@elsewhere.test")
            if code == 250:
                code, why = witness.smtp.rcpt(server.address("ann"))
            if code == 250:
                code, why = witness.smtp.data(b"Subject: no\r\n\r\n" +
                                              b"x" * 1000000 + b"\r\n")
            assert code in (451, 452) and why.startswith(b"4."), (code, why)
            witness.smtp.rset()
            ballast.unlink()
            # Space again: what filled the disk is deleted, mail goes on.
            client = server.imap()
            status, why = client.select("INBOX")
            assert status == "OK", why
            client.store("1:*", "+FLAGS", "(\\Deleted)")
            client.expunge()
            client.logout()
            def goes_on():
                try:
                    server.send(text="Subject: space-again\r\n\r\nx\r\n")
                    return True
                except smtplib.SMTPException:
                    return False
            wait_until(goes_on, 90, 0.5)
            server.wait_for("space-again", seconds=60)
        server.stop()
    finally:
        try:
            server.__exit__(None, None, None)
        finally:
            subprocess.run(["umount", "-l", str(mount)], check=False)


def test_a_full_descriptor_table():
    with RunningServer(settings={"limits.sessions_per_address_max": 100000,
                                 "limits.sessions_per_role_max": 100000,
                                 "processes": 1}) as server:
        with Witness(server):
            most = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most[1], most[1]))
            role = next(pid for pid, name in server.role_pids().items()
                        if name == "smtp_in")
            limit = int(re.search(r"Max open files +(\d+)", pathlib.Path(
                f"/proc/{role}/limits").read_text())[1])
            talks = []
            try:
                for _ in range(min(limit + 100, most[1] - 200)):
                    try:
                        talks.append(socket.create_connection(
                            ("127.0.0.1", server.smtp_port), 2))
                    except OSError:
                        break
                time.sleep(0.5)
            finally:
                for talk in talks:
                    talk.close()
            time.sleep(0.5)


if __name__ == "__main__":
    run_tests([value for name, value in list(globals().items())
               if name.startswith("test_")])
