#!/usr/bin/env python3
"""Other programs hand mail over by LMTP: Postfix over a local socket and over
loopback with and without TLS, swaks, Python's smtplib; and the death of spool
meanwhile.
"""
import os
import re
import shutil
import signal
import smtplib
import socket
import stat
import subprocess
import tempfile
import time

import own_postfix
from own_postfix import OwnPostfix
from running_server import (DOMAIN, RunningServer, free_port_base, run_tests,
                            wait_until)

MESSAGES = int(os.environ.get("LMTP_MESSAGES", "150"))
KILLS = int(os.environ.get("LMTP_KILLS", "5"))


def text_of(subject):
    return (f"From: a@elsewhere.test\r\nSubject: {subject}\r\n\r\n"
            ".a line with a dot\r\nthe end\r\n")


def subjects_of(server, user):
    return [re.search(rb"\r\nSubject: (\S+)", m)[1].decode()
            for m in server.messages(user)]


class Talk:
    """One connection to a local socket, in lines."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rb")
        self.reply()

    def reply(self):
        while True:
            line = self.file.readline().decode()
            assert line, "the connection has gone"
            if line[3] != "-":
                return line.rstrip("\r\n")

    def say(self, line):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


def python_over_a_local_socket():
    with RunningServer(settings={"lmtp.listen": ["unix:lmtp"]}) as server:
        path = server.data / "lmtp"
        mode = path.stat().st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600, oct(mode)
        with smtplib.LMTP(str(path)) as client:
            refused = client.sendmail(
                "s@elsewhere.test",
                [server.address(u) for u in ("ann", "nobody")],
                text_of("by-python"))
            assert list(refused) == [server.address("nobody")], refused
            assert refused[server.address("nobody")][0] == 550, refused
            assert not client.has_extn("starttls")
            # It reads one reply after the data, so one recipient a message.
            client.sendmail("s@elsewhere.test", [server.address("bob")],
                            text_of("by-python"))
        for user in ("ann", "bob"):
            octets = server.wait_for("by-python", user)
            assert b"with LMTP\r\n" in octets and b"\r\n.a line" in octets, octets
            assert b"Delivered-To: " + server.address(user).encode() in octets
            assert octets.startswith(b"Return-Path: <s@elsewhere.test>"), octets
        assert "lmtp_sessions=" in server.postkeep("status").stdout
        assert "lmtp at " in server.postkeep("check", check=False).stdout
        assert "peer=uid:" in server.log_text()


def replies_are_one_for_each_recipient():
    with RunningServer(settings={"lmtp.listen": ["unix:lmtp"],
                                 "limits.recipients_max": 2}) as server:
        with Talk(server.data / "lmtp") as talk:
            assert talk.say("EHLO a").startswith("500 "), "RFC 2033 section 4.1"
            assert talk.say("LHLO relay.example.test").startswith("250 ")
            assert talk.say("MAIL FROM:<>").startswith("250 ")
            assert talk.say("DATA").startswith("503 "), "section 4.2"
            # Twice the same: two replies, one message.
            for user, code in (("ann", 250), ("nobody", 550), ("ann", 250),
                               ("bob", 452)):
                reply = talk.say(f"RCPT TO:<{server.address(user)}>")
                assert reply.startswith(f"{code} "), (user, reply)
            assert talk.say("DATA").startswith("354 ")
            first = talk.say(text_of("twice") + ".")
            second = talk.reply()
            assert first == second and first.startswith("250 "), (first, second)
            assert talk.say("NOOP").startswith("250 ")
            assert talk.say("QUIT").startswith("221 ")
        server.wait_for("twice", "ann")
        time.sleep(0.5)
        assert subjects_of(server, "ann") == ["twice"]


def swaks_over_a_local_socket():
    if shutil.which("swaks") is None:
        raise AssertionError("swaks is not installed")
    with RunningServer(settings={"lmtp.listen": ["unix:lmtp"]}) as server:
        result = subprocess.run(
            ["swaks", "--protocol", "LMTP", "--socket",
             str(server.data / "lmtp"), "--from", "s@elsewhere.test", "--to",
             f"{server.address('ann')},{server.address('bob')}",
             "--header", "Subject: by-swaks"], capture_output=True, text=True,
            timeout=60)
        assert result.returncode == 0, result.stdout + result.stderr
        for user in ("ann", "bob"):
            assert b"with LMTP\r\n" in server.wait_for("by-swaks", user)


def the_socket_outlives_a_server_that_was_killed():
    with RunningServer(settings={"lmtp.listen": ["unix:lmtp"],
                                 "lmtp.mode": "0660"}) as server:
        server.kill()
        assert (server.data / "lmtp").exists()
        server.start()
        mode = (server.data / "lmtp").stat().st_mode
        assert stat.S_IMODE(mode) == 0o660, oct(mode)
        with Talk(server.data / "lmtp") as talk:
            assert talk.say("LHLO a").startswith("250 ")
        again = server.postkeep("serve", check=False)
        assert again.returncode != 0, "one server a data directory"
        with Talk(server.data / "lmtp") as talk:
            assert talk.say("LHLO a").startswith("250 ")


def strangers_and_relays_do_not_keep_each_other_out():
    with RunningServer(settings={"lmtp.listen": ["unix:lmtp"], "processes": 1,
                                 "lmtp.sessions_max": 2,
                                 "limits.sessions_per_role_max": 2}) as server:
        strangers = [socket.create_connection(("127.0.0.1", server.smtp_port))
                     for _ in range(3)]
        replies = [s.recv(100) for s in strangers]
        assert sum(r.startswith(b"421 ") for r in replies) == 1, replies
        with Talk(server.data / "lmtp") as one:
            with Talk(server.data / "lmtp") as two:
                assert one.say("LHLO a").startswith("250 ")
                assert two.say("LHLO a").startswith("250 ")
                third = socket.socket(socket.AF_UNIX)
                third.connect(str(server.data / "lmtp"))
                assert third.recv(100).startswith(b"421 ")
                third.close()
        for each in strangers:
            each.close()


class Both:
    """Postkeep behind a Postfix."""

    def __init__(self, how, users=("ann", "bob"), tls="none", **settings):
        port = free_port_base() + 24
        self.postfix = OwnPostfix("unix:private/postkeep" if how == "unix"
                                  else f"inet:127.0.0.1:{port}", port + 50,
                                  tls)
        socket_path = self.postfix.private / "postkeep"
        self.server = RunningServer(users, {
            "lmtp.listen": [f"unix:{socket_path}" if how == "unix"
                            else f"127.0.0.1:{port}"],
            "lmtp.owner": "postfix", **settings})
        self.socket_path = socket_path if how == "unix" else None

    def __enter__(self):
        self.postfix.__enter__()
        self.server.__enter__()
        self.postfix.start()
        return self

    def __exit__(self, *error):
        self.postfix.__exit__(*error)
        self.server.__exit__(*error)


def mixed_recipients(how, protocol, tls="none"):
    settings = {"limits.recipients_max": 2}
    with Both(how, ("ann", "bob", "carl"), tls, **settings) as both:
        server, postfix = both.server, both.postfix
        if both.socket_path:
            found = both.socket_path.stat()
            assert found.st_uid != 0 and stat.S_IMODE(found.st_mode) == 0o600
        users = ("ann", "nobody", "bob", "carl")
        postfix.send([server.address(u) for u in users], text_of("mixed"),
                     sender=server.address("ann"))
        # The third good recipient is over the limit: 452, and tried again.
        for user in ("ann", "bob", "carl"):
            octets = server.wait_for("mixed", user, seconds=60)
            assert f"with {protocol}\r\n".encode() in octets, octets
            assert octets.count(b"\r\nReceived: ") == 2, octets
        postfix.wait_until_empty()
        for user in ("ann", "bob", "carl"):
            assert postfix.statuses(user)[-1] == "sent", postfix.log_text()
            assert subjects_of(server, user).count("mixed") == 1
        # What was refused comes back to its sender, by the same way.
        assert postfix.statuses("nobody")[-1] == "bounced", postfix.log_text()
        assert "550 5.1.1 No such mailbox here" in postfix.log_text()
        wait_until(lambda: any(b"Undelivered Mail" in m
                               for m in server.messages("ann")))


def postfix_over_a_local_socket():
    mixed_recipients("unix", "LMTP")


def postfix_over_loopback():
    mixed_recipients("inet", "LMTP")


def postfix_over_loopback_with_tls():
    mixed_recipients("inet", "LMTPS", tls="encrypt")


def a_message_that_is_too_large_comes_back():
    with Both("unix", **{"limits.message_octets_max": 65536}) as both:
        both.postfix.send([both.server.address("bob")],
                          text_of("large") + "x" * 70 + "\r\n" * 70000,
                          sender=both.server.address("ann"))
        wait_until(lambda: any(b"Undelivered Mail" in m
                               for m in both.server.messages("ann")))
        assert both.postfix.statuses("bob") == ["bounced"]
        assert both.server.messages("bob") == []


def nothing_is_lost_when_spool_is_killed():
    """SIGKILL of spool while Postfix hands over: every message that Postfix
    took is in its mailbox, and those that it was told of once only, once."""
    with Both("unix") as both:
        server, postfix = both.server, both.postfix
        # Some wait already, so that there is a rush.
        for number in range(MESSAGES):
            postfix.send([server.address("ann"), server.address("bob")],
                         text_of(f"m-{number}"))
            if number % max(MESSAGES // KILLS, 1) == 0:
                for pid, role in server.role_pids().items():
                    if role == "spool":
                        os.kill(pid, signal.SIGKILL)
        postfix.wait_until_empty(120)
        wanted = {f"m-{n}" for n in range(MESSAGES)}
        for user in ("ann", "bob"):
            def all_there():
                return wanted <= set(subjects_of(server, user))
            wait_until(all_there, 60, 0.5)
            tries = len(postfix.statuses(user))
            there = len(subjects_of(server, user))
            # A hand-over whose answer was lost may come twice, no other.
            assert there <= tries, (there, tries)
        assert postfix.queued() == 0
        assert "SIGKILL" in server.log_text()


TESTS = [python_over_a_local_socket, replies_are_one_for_each_recipient,
         swaks_over_a_local_socket,
         the_socket_outlives_a_server_that_was_killed,
         strangers_and_relays_do_not_keep_each_other_out]
WITH_POSTFIX = [postfix_over_a_local_socket, postfix_over_loopback,
                postfix_over_loopback_with_tls,
                a_message_that_is_too_large_comes_back,
                nothing_is_lost_when_spool_is_killed]

if __name__ == "__main__":
    missing = own_postfix.why_not()
    if missing:
        print(f"SKIP: {len(WITH_POSTFIX)} tests with Postfix: {missing}")
        WITH_POSTFIX = []
    run_tests(TESTS + WITH_POSTFIX)
