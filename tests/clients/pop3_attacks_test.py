#!/usr/bin/env python3
"""What is tried against POP3 (docs/auditing/attacks.md, P-1 to P-9, P-11): each with
a witness, and with what it cost at the peak, of memory and processor time."""
import poplib
import smtplib
import ssl
import time

from pop3_client import BODY, RawPop3, deliver, poplib_client
from running_server import RunningServer, run_tests, wait_until
from witness import Witness

# A mailbox process that serves a few small messages has some 6 MiB, access and
# login 10; nothing here may add more than buffers to that.
MEMORY_KIB_MAX = 24 * 1024
SECONDS_MAX = 3.0


def bounded(server, **more):
    return Witness(server, **{"memory_kib_max": MEMORY_KIB_MAX,
                              "seconds_max": SECONDS_MAX, **more})


def test_numbers_that_no_message_has():
    with RunningServer() as server, bounded(server):
        deliver(server, 2)
        with RawPop3(server, server.tls()) as raw:
            raw.log_in(server)
            for number in ("0", "-1", "3", "4294967297", "2147483649",
                           "18446744073709551617", "9" * 200):
                for command in ("LIST", "RETR", "DELE", "TOP", "UIDL"):
                    lines = " 0" if command == "TOP" else ""
                    said = raw.ask(f"{command} {number}{lines}\r\n".encode())
                    assert said.startswith(b"-ERR"), (command, number, said)
            # A number of lines beyond all numbers is the whole message.
            raw.say(b"TOP 1 " + b"9" * 200 + b"\r\n")
            assert raw.line().startswith(b"+OK")
            lines = []
            while (line := raw.line()) != b".\r\n":
                lines.append(line)
            assert lines[-1] == b"The end.\r\n", lines[-1]
            assert raw.ask(b"STAT\r\n").startswith(b"+OK 2 ")


def test_who_goes_away_deletes_nothing():
    with RunningServer() as server, bounded(server):
        deliver(server, 2)
        # By breaking off, and by octets that no command has.
        for end in (lambda raw: raw.break_off(),
                    lambda raw: raw.say(b"QUIT\0\r\n")):
            with RawPop3(server, server.tls()) as raw:
                raw.log_in(server)
                raw.say(b"DELE 1\r\nDELE 2\r\n")
                assert raw.line().startswith(b"+OK")
                assert raw.line().startswith(b"+OK")
                end(raw)
            def free():
                try:
                    return poplib_client(server, "tls")
                except poplib.error_proto:
                    return None
            again = wait_until(free, 10, 0.05)
            assert again.stat()[0] == 2
            again.quit()


def test_lines_that_would_end_a_response():
    nasty = ["..", ".", ". ", "+OK", "-ERR", "x"]
    with RunningServer() as server, bounded(server):
        deliver(server, 1, body="\r\n".join(nasty) + "\r\n")
        client = poplib_client(server, "tls")
        assert client.retr(1)[1][-len(nasty):] == [n.encode() for n in nasty]
        assert client.stat()[0] == 1, "the stream is out of step"
        client.quit()


def test_commands_behind_stls_are_never_read():
    with RunningServer() as server, bounded(server):
        with RawPop3(server) as raw:
            raw.say(b"STLS\r\nCAPA\r\nQUIT\r\n")
            assert raw.rest() == b"-ERR Octets after STARTTLS\r\n"


def test_one_session_has_the_mailbox():
    with RunningServer() as server, bounded(server):
        first = poplib_client(server, "tls")
        for _ in range(20):
            try:
                poplib_client(server, "tls")
                raise AssertionError("two sessions at once")
            except poplib.error_proto as error:
                assert error.args[0].startswith(b"-ERR [IN-USE]"), error
        first.quit()
        poplib_client(server, "stls").quit()


def test_who_does_not_read_costs_nothing():
    with RunningServer() as server:
        line = "x" * 76 + "\r\n"
        deliver(server, 1, body=line * (8 * 1024 * 1024 // len(line)))
        server.stop()  # What delivered it has had it in memory.
        server.start()
        # The spool, which looks through its journal at a start, needs more.
        with bounded(server, memory_kib_max=96 * 1024), \
                RawPop3(server, server.tls()) as raw:
            raw.log_in(server)
            before = server.usage()["mailbox"][0]
            raw.say(b"RETR 1\r\n" * 100)
            time.sleep(1)
            after = server.usage()["mailbox"][0]
            assert after < before + 4096, (before, after)


def test_a_header_that_only_some_may_read():
    """It must not block the mailbox for programs without UTF8."""
    with RunningServer() as server, bounded(server):
        deliver(server, 1)
        text = ("From: \u0431\u043e\u0431 <b@\u043f\u0440.test>\r\n"
                "Subject: \u0442\u0435\u043c\u0430\r\n\r\n" + BODY)
        with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=30) as client:
            client.sendmail("b@elsewhere.test", [server.address("bob")],
                            text.encode(), mail_options=["SMTPUTF8"])
        wait_until(lambda: len(server.messages()) == 2, 20, 0.05)
        pop3 = poplib_client(server, "tls")
        count, octets = pop3.stat()
        assert count == 2
        sizes = 0
        for number in (1, 2):
            lines = pop3.retr(number)[1]
            sizes += sum(len(one) + 2 for one in lines)
        assert sizes == octets, (sizes, octets)
        assert not [one for one in lines[:2] if max(one, default=0) > 127]
        pop3.quit()


def test_programs_of_other_protocols():
    with RunningServer() as server, bounded(server):
        context = server.tls()
        context.set_alpn_protocols(["imap"])
        try:
            RawPop3(server, context)
            raise AssertionError("a client of IMAP was taken")
        except ssl.SSLError as error:
            assert "no application protocol" in str(error).lower(), error
        context = server.tls()
        context.set_alpn_protocols(["pop3"])
        with RawPop3(server, context) as raw:
            assert raw.wire.selected_alpn_protocol() == "pop3"
        with RawPop3(server) as raw:
            raw.say(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nUSER bob\r\n")
            assert b"+OK" not in raw.rest()


def test_a_line_without_end():
    with RunningServer() as server, bounded(server):
        for context in (None, server.tls()):
            with RawPop3(server, context) as raw:
                try:
                    for _ in range(256):
                        raw.say(b"x" * 65536)
                    heard = raw.rest()
                except OSError:  # It has gone before all was said.
                    continue
                assert heard in (b"-ERR Not POP3\r\n", b""), heard


def test_more_answers_before_stls_than_one_message_holds():
    def logins(server):
        return [pid for pid, role in server.role_pids().items()
                if role == "login"]
    with RunningServer() as server:
        before = logins(server)
        raw = RawPop3(server)
        raw.say(b"CAPA\r\n" * 60 + b"STLS\r\n")
        for _ in range(60):
            while raw.line() not in (b".\r\n", b""):
                pass
        assert raw.line().startswith(b"+OK"), "STLS is answered"
        raw.wire = server.tls().wrap_socket(raw.wire,
                                            server_hostname="localhost")
        raw.file = raw.wire.makefile("rwb")
        raw.log_in(server)
        assert logins(server) == before, "login has ended"


def test_guessing_and_pipelining():
    with RunningServer() as server, bounded(server):
        with RawPop3(server, server.tls()) as raw:
            try:
                for number in range(20):
                    raw.say(f"USER {server.address('bob')}\r\n"
                            f"PASS wrong{number}\r\n".encode())
            except OSError:
                pass
            heard = raw.rest()
            assert heard.count(b"[AUTH]") <= 6, heard
        with RawPop3(server, server.tls()) as raw:
            raw.log_in(server)
            for _ in range(100):
                raw.say(b"NOOP\r\n" * 100)
            raw.say(b"QUIT\r\n")
            assert raw.rest().count(b"+OK") == 10_001


if __name__ == "__main__":
    run_tests([test_numbers_that_no_message_has,
               test_who_goes_away_deletes_nothing,
               test_lines_that_would_end_a_response,
               test_commands_behind_stls_are_never_read,
               test_one_session_has_the_mailbox,
               test_who_does_not_read_costs_nothing,
               test_a_header_that_only_some_may_read,
               test_programs_of_other_protocols, test_a_line_without_end,
               test_more_answers_before_stls_than_one_message_holds,
               test_guessing_and_pipelining])
