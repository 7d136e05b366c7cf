#!/usr/bin/env python3
"""POP3 over every transport, with real clients: what was sent is what they
fetch, and what they delete is gone."""
import itertools
import os
import pathlib
import poplib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from pop3_client import BODY, deliver, poplib_client
from running_server import DOMAIN, RunningServer, run_tests, wait_until

TRANSPORTS = ("stls", "tls")
ALL_TRANSPORTS = ("plain", *TRANSPORTS)
PLAIN_TOO = {"tls.plaintext_login": True}


def need(program):
    if shutil.which(program) is None:
        raise AssertionError(f"{program} is not installed")


def run(command, stdin=None, check=True):
    return subprocess.run(command, input=stdin, capture_output=True,
                          timeout=120, check=check)


def test_python_fetches_and_deletes():
    with RunningServer(settings=PLAIN_TOO) as server:
        deliver(server, 3)
        at_rest = server.messages()
        for transport in ALL_TRANSPORTS:
            client = poplib_client(server, transport)
            capabilities = client.capa()
            for wanted in ("TOP", "UIDL", "PIPELINING", "RESP-CODES",
                           "AUTH-RESP-CODE", "SASL", "USER", "EXPIRE",
                           "UTF8", "LANG", "IMPLEMENTATION"):
                assert wanted in capabilities, capabilities
            assert "LOGIN-DELAY" not in capabilities
            count, octets = client.stat()
            sizes = [int(line.split()[1]) for line in client.list()[1]]
            assert (count, octets) == (3, sum(sizes)), (count, octets, sizes)
            for number, whole in enumerate(at_rest, 1):
                lines = client.retr(number)[1]
                fetched = b"\r\n".join(lines) + b"\r\n"
                assert fetched == whole, (fetched, whole)
                assert len(fetched) == sizes[number - 1]
            top = client.top(1, 2)[1]
            assert top[-2:] == BODY.encode().split(b"\r\n")[:2], top
            ids = client.uidl()[1]
            assert len({line.split()[1] for line in ids}) == 3, ids
            client.dele(2)
            client.rset()
            client.quit()
        assert len(server.messages()) == 3
        client = poplib_client(server, "tls")
        assert client.uidl()[1] == ids
        client.dele(1)
        client.dele(3)
        client.quit()
        left = server.messages()
        assert left == [at_rest[1]], left


def test_passwords_wait_for_tls():
    with RunningServer() as server:
        client = poplib.POP3("localhost", server.pop3_port, timeout=30)
        capabilities = client.capa()
        assert "STLS" in capabilities and "SASL" not in capabilities
        try:
            client.user(server.address("bob"))
            raise AssertionError("USER was taken without TLS")
        except poplib.error_proto as error:
            assert b"TLS first" in error.args[0], error
        client.stls(server.tls())
        capabilities = client.capa()
        assert "STLS" not in capabilities and "PLAIN" in capabilities["SASL"]


def test_curl_fetches():
    need("curl")
    with RunningServer(settings=PLAIN_TOO) as server:
        deliver(server, 2)
        at_rest = server.messages()
        for url, extra in (
                (f"pop3://localhost:{server.pop3_port}", []),
                (f"pop3s://localhost:{server.pop3s_port}", []),
                (f"pop3://localhost:{server.pop3_port}", ["--ssl-reqd"])):
            base = ["curl", "-sS", "--cacert", str(server.certificate),
                    "--user",
                    f"{server.address('bob')}:{server.password('bob')}",
                    *extra]
            for mechanism in ([], ["--login-options", "AUTH=PLAIN"],
                              ["--login-options", "AUTH=LOGIN"],
                              ["--login-options", "AUTH=PLAIN",
                               "--sasl-ir"]):
                listed = run([*base, *mechanism, url + "/"]).stdout.decode()
                numbers = re.findall(r"^(\d+) (\d+)\r$", listed, re.M)
                assert [int(size) for _, size in numbers] == [
                    len(m) for m in at_rest], listed
            assert run([*base, url + "/2"]).stdout == at_rest[1]


def test_fetchmail_empties_the_mailbox():
    need("fetchmail")
    with RunningServer(settings=PLAIN_TOO) as server, \
            tempfile.TemporaryDirectory() as home:
        for protocol, transport in itertools.product(("pop3", "imap"),
                                                     ALL_TRANSPORTS):
            count = len(server.messages("ann"))
            deliver(server, 3)
            at_rest = server.messages()
            rc = pathlib.Path(home) / "fetchmailrc"
            plain, implicit = {
                "pop3": (server.pop3_port, server.pop3s_port),
                "imap": (server.imap_port, server.imaps_port)}[protocol]
            check = f'sslcertck sslcertfile "{server.certificate}"'
            port, tls = {"plain": (plain, "sslproto ''"),
                         "tls": (implicit, f"ssl {check}"),
                         "stls": (plain, f"sslproto 'auto' {check}")}[
                             transport]
            got = pathlib.Path(home) / f"got-{protocol}-{transport}"
            rc.write_text(
                f'poll localhost protocol {protocol} port {port}\n'
                f'  user "{server.address("bob")}" '
                f'password "{server.password("bob")}"\n'
                f'  {tls}\n'
                f'  mda "cat >> {got}"\n')
            rc.chmod(0o600)
            done = run(["fetchmail", "--fetchmailrc", str(rc), "--all",
                        "--nodetach", "--pidfile", f"{home}/pid",
                        "--idfile", f"{home}/ids", "-v"], check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            text = got.read_bytes()
            for number in range(1, 4):
                assert b"Subject: subject%d" % number in text, text
            assert b"\n.A dot first.\n..\n.\nThe end.\n" in text, text
            assert server.messages() == [] and len(at_rest) == 3
            assert len(server.messages("ann")) == count


def test_mpop_keeps_unique_ids():
    need("mpop")
    with RunningServer() as server, tempfile.TemporaryDirectory() as home:
        deliver(server, 2)
        for name in ("cur", "new", "tmp"):
            os.makedirs(f"{home}/mail/{name}")
        rc = pathlib.Path(home) / "mpoprc"
        def fetch(transport):
            port, tls = {"tls": (server.pop3s_port, "off"),
                         "stls": (server.pop3_port, "on")}[transport]
            rc.write_text(
                f"defaults\ntls on\ntls_starttls {tls}\n"
                f"tls_trust_file {server.certificate}\n"
                f"uidls_file {home}/uidls\nkeep on\n"
                f"account bob\nhost localhost\nport {port}\n"
                f"user {server.address('bob')}\n"
                f"password {server.password('bob')}\n"
                f"delivery maildir {home}/mail\n"
                f"account default : bob\n")
            rc.chmod(0o600)
            done = run(["mpop", "-C", str(rc)], check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            return len(os.listdir(f"{home}/mail/new"))
        assert fetch("tls") == 2
        assert fetch("stls") == 2  # They are known by their unique-ids.
        server.send("bob", "Subject: third\r\n\r\n" + BODY)
        server.wait_for("third")
        assert fetch("stls") == 3
        assert len(server.messages()) == 3


def test_a_message_of_50_megabytes_is_streamed():
    size = 48 * 1024 * 1024
    line = "x" * 76 + "\r\n"
    with RunningServer() as server:
        server.send("bob", "Subject: large\r\n\r\n" +
                    line * (size // len(line)))
        wait_until(lambda: "message_delivered" in server.log_text(), 60)
        server.stop()  # What delivered it has had it in memory.
        server.start()
        client = poplib_client(server, "tls")
        octets = client.stat()[1]
        lines = client.retr(1)[1]
        assert sum(len(one) + 2 for one in lines) == octets
        memory = server.usage()["mailbox"][0]
        client.quit()
        assert memory < 24 * 1024, f"mailbox used {memory} KiB"


def test_a_mailbox_killed_in_quit_harms_nothing():
    chance = random.Random(1)
    with RunningServer() as server:
        for number in range(1, 61):
            server.send("bob", f"Subject: s{number}\r\n\r\n{BODY}")
        wait_until(lambda: len(server.messages()) == 60, 60, 0.1)
        left = set(server.messages())
        assert len(left) == 60
        for round_ in range(8):
            def connect():
                try:
                    return poplib_client(server, "tls")
                except (OSError, poplib.error_proto):
                    return None
            client = wait_until(connect, 20, 0.1)
            count = client.stat()[0]
            marked = set()
            for number in range(1, count + 1, 4):
                marked.add(b"\r\n".join(client.retr(number)[1]) + b"\r\n")
                client.dele(number)
            client.sock.sendall(b"QUIT\r\n")
            time.sleep(chance.uniform(0, 0.01))
            for pid, role in server.role_pids().items():
                if role == "mailbox":
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            try:
                answer = client.file.readline()
            except OSError:
                answer = b""
            client.close()
            def messages():
                try:
                    return server.messages() or [b""]
                except Exception:  # imaplib raises its own while it ends.
                    return None
            now = [m for m in wait_until(messages, 20, 0.1) if m]
            assert len(now) == len(set(now))
            assert set(now) <= left, "a message is harmed"
            assert left - marked <= set(now), "an unmarked message is gone"
            if answer.startswith(b"+OK"):
                assert set(now) == left - marked, "deleted, and there again"
            left = set(now)


def test_quit_counts_when_the_client_hangs_up_behind_it():
    with RunningServer() as server:
        deliver(server, 2)
        client = poplib_client(server, "tls")
        client.dele(1)
        mailbox = [pid for pid, role in server.role_pids().items()
                   if role == "mailbox"]
        for pid in mailbox:  # QUIT and the end are there together.
            os.kill(pid, signal.SIGSTOP)
        client.sock.sendall(b"QUIT\r\n")
        client.close()
        time.sleep(0.3)
        for pid in mailbox:
            os.kill(pid, signal.SIGCONT)
        wait_until(lambda: len(server.messages()) == 1, 10, 0.1)


TESTS = [test_python_fetches_and_deletes, test_passwords_wait_for_tls,
         test_curl_fetches, test_fetchmail_empties_the_mailbox,
         test_mpop_keeps_unique_ids,
         test_a_message_of_50_megabytes_is_streamed,
         test_a_mailbox_killed_in_quit_harms_nothing,
         test_quit_counts_when_the_client_hangs_up_behind_it]

if __name__ == "__main__":
    run_tests(TESTS)
