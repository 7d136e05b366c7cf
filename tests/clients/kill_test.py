#!/usr/bin/env python3
"""The server dies at any moment: what was answered with 250 is in its mailbox,
exactly once.

KILL_ROUNDS (100) rounds of SIGKILL to every process at once, under load; then
each role killed alone, by SIGKILL and by SIGSEGV, in the middle of a session.
"""
import collections
import os
import random
import re
import signal
import smtplib
import socket
import threading
import time

from running_server import RunningServer, run_tests, wait_until

ROUNDS = int(os.environ.get("KILL_ROUNDS", "100"))
SEED = int(os.environ.get("KILL_SEED", "1"))


class Sender(threading.Thread):
    """Sends numbered messages, connecting again when a connection breaks, and
    notes which were answered with 250."""

    def __init__(self, server, name, size):
        super().__init__(daemon=True)
        self.server, self.name_, self.size = server, name, size
        self.accepted = []
        self.stopped = False

    def run(self):
        number = 0
        while not self.stopped:
            try:
                client = smtplib.SMTP("127.0.0.1", self.server.smtp_port,
                                      timeout=10)
                while not self.stopped:
                    mark = f"{self.name_}-{number}"
                    number += 1
                    user = "ann" if number % 2 else "bob"
                    text = (f"Subject: {mark}\r\n\r\n" +
                            "x" * 70 + "\r\n" * (self.size // 72) + "\r\n")
                    client.sendmail("s@elsewhere.test",
                                    [self.server.address(user)], text)
                    self.accepted.append(mark)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.005)


def marks_in(server):
    counts = collections.Counter()
    for user in server.users:
        for octets in server.messages(user):
            counts[re.search(rb"\r\nSubject: (\S+)", octets)[1].decode()] += 1
    return counts


def settled(server):
    """Nothing waits in the spool any more."""
    def empty():
        text = server.postkeep("status").stdout
        return re.search(r"^spool:0 .*\bmessages=0\b", text, re.M)
    wait_until(empty, 60, 0.1)


def check_exactly_once(server, senders):
    settled(server)
    counts = marks_in(server)
    accepted = {m for s in senders for m in s.accepted}
    lost = [m for m in accepted if counts[m] == 0]
    twice = [m for m in accepted if counts[m] > 1]
    assert not lost, f"{len(lost)} of {len(accepted)} lost: {lost[:5]}"
    assert not twice, f"{len(twice)} of {len(accepted)} twice: {twice[:5]}"
    return len(accepted)


def test_the_whole_server_killed_under_load():
    chance = random.Random(SEED)
    server = RunningServer(settings={"spool.segment_octets": 1048576,
                                     "spool.delivery_flush_milliseconds": 50})
    server.prepare()
    senders = []
    total = 0
    try:
        for round_ in range(ROUNDS):
            server.start()
            crew = [Sender(server, f"r{round_}s{i}", chance.choice(
                (100, 4000, 90000))) for i in range(4)]
            for sender in crew:
                sender.start()
            time.sleep(chance.uniform(0.02, 0.5))
            server.kill()
            server.log_file.close()
            for sender in crew:
                sender.stopped = True
            for sender in crew:
                sender.join(20)
            senders += crew
        server.start()
        total = check_exactly_once(server, senders)
        server.stop()
        assert total > ROUNDS, f"only {total} messages were accepted"
        print(f"      {ROUNDS} rounds, {total} accepted, 0 lost, 0 twice")
    finally:
        server.__exit__(None, None, None)


def pid_of(server, role):
    return next((pid for pid, name in server.role_pids().items()
                 if name == role), None)


def test_each_role_killed_alone():
    with RunningServer() as server:
        for role in ("smtp_in", "submission", "access", "login", "spool",
                     "auth", "keys", "log", "control", "seed", "dns",
                     "connect", "smtp_out", "pickup",
                     "mailbox"):
            for how in (signal.SIGKILL, signal.SIGSEGV):
                server.send(text=f"Subject: before-{role}\r\n\r\nx\r\n")
                sender = Sender(server, f"{role}-{how.name}", 2000)
                sender.start()
                time.sleep(0.1)
                victims = [pid for pid, name in server.role_pids().items()
                           if name == role]
                assert victims, f"there is no {role}"
                for victim in victims:
                    os.kill(victim, how)
                def replaced():
                    now = [pid for pid, name in server.role_pids().items()
                           if name == role and pid not in victims]
                    return len(now) >= min(len(victims), 1)
                wait_until(replaced, 20)
                # It works again: a message goes in and comes out.
                def sends():
                    try:
                        server.send(
                            text=f"Subject: after-{role}-{how.name}\r\n\r\n\r\n")
                        return True
                    except (OSError, smtplib.SMTPException):
                        return False
                wait_until(sends, 30, 0.2)
                sender.stopped = True
                sender.join(20)
                def arrived():
                    try:
                        return any(f"after-{role}-{how.name}".encode() in m
                                   for m in server.messages("bob"))
                    except Exception:  # imaplib raises its own while it ends.
                        return False
                wait_until(arrived, 40, 0.2)
                check_exactly_once(server, [sender])


def test_a_dead_keys_fails_handshakes_only():
    with RunningServer() as server:
        client = server.imap()
        client.select("INBOX")
        os.kill(pid_of(server, "keys"), signal.SIGKILL)
        assert client.noop()[0] == "OK"
        server.send(text="Subject: without-keys\r\n\r\n\r\n")
        wait_until(lambda: pid_of(server, "keys"), 20)
        wait_until(lambda: server_answers_tls(server), 20, 0.2)
        assert client.noop()[0] == "OK"
        client.logout()


def server_answers_tls(server):
    try:
        server.imap().logout()
        return True
    except Exception:  # The handshake, or imaplib: either way not yet.
        return False


def test_a_session_goes_on_when_login_and_auth_die():
    with RunningServer() as server:
        client = server.imap()
        client.select("INBOX")
        for role in ("login", "auth", "spool", "smtp_in", "control", "log"):
            for pid, name in server.role_pids().items():
                if name == role:
                    os.kill(pid, signal.SIGKILL)
            assert client.noop()[0] == "OK", role
        wait_until(lambda: server_answers_tls(server), 30, 0.2)
        assert client.noop()[0] == "OK"
        client.logout()


def test_drain_lets_a_transaction_end():
    with RunningServer() as server:
        with socket.create_connection(("127.0.0.1", server.smtp_port)) as talk:
            talk.settimeout(20)
            lines = talk.makefile("rb")
            lines.readline()
            for command in (b"HELO c", b"MAIL FROM:<a@b.test>",
                            b"RCPT TO:<bob@example.test>"):
                talk.sendall(command + b"\r\n")
                assert lines.readline().startswith(b"250"), command
            talk.sendall(b"DATA\r\n")
            assert lines.readline().startswith(b"354")
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            talk.sendall(b"Subject: drained\r\n\r\nx\r\n.\r\n")
            assert lines.readline().startswith(b"250"), "not accepted"
        server.process.wait(40)
        server.log_file.close()
        server.start()
        server.wait_for("drained")


def test_reload_drops_no_session():
    with RunningServer() as server:
        client = server.imap()
        client.select("INBOX")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert client.noop()[0] == "OK"
        # An account made while it runs can log in at once.
        server.passwords["carol"] = server.postkeep(
            "account", "add", server.address("carol"),
            "--generate").stdout.strip()
        wait_until(lambda: logs_in(server, "carol"), 10, 0.1)
        assert client.noop()[0] == "OK"
        client.logout()


def logs_in(server, user):
    try:
        server.imap(user).logout()
        return True
    except Exception:  # imaplib.error: not yet.
        return False


if __name__ == "__main__":
    run_tests([test_each_role_killed_alone,
               test_a_dead_keys_fails_handshakes_only,
               test_a_session_goes_on_when_login_and_auth_die,
               test_drain_lets_a_transaction_end,
               test_reload_drops_no_session,
               test_the_whole_server_killed_under_load])
