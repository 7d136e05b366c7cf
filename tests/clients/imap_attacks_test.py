#!/usr/bin/env python3
"""What is tried against IMAP (docs/auditing/attacks.md, I-1 to I-13): each with
a witness, another user who goes on being served, and with what it may cost, of
memory and of processor time."""
import re
import socket
import time

from attacker import Bounded, RawImap, deliver, wait_for_messages
from running_server import RunningServer, run_tests, wait_until
from witness import Talk

HUGE = (b"{10000000}", b"{10000000+}", b"{4294967295}", b"{4294967296}",
        b"{18446744073709551615}", b"{18446744073709551616+}",
        b"{99999999999999999999999}", b"{-1}", b"{2147483648-}")


def test_literals_beyond_all_limits():
    with RunningServer() as server, Bounded(server) as bounded:
        for size in HUGE:
            with Talk(server.imaps_port, tls=server.tls()) as talk:
                talk.send(b"a LOGIN " + size + b"\r\n")
                line = talk.line()
                assert b"BAD" in line or b"BYE" in line, (size, line)
            with RawImap(server) as raw:
                raw.send(b"b SEARCH TEXT " + size + b"\r\n")
                line = raw.line()
                assert b" BAD" in line or b"NO" in line or b"BYE" in line, (
                    size, line)
        bounded.prompt()


def test_many_literals_in_one_command():
    with RunningServer() as server, Bounded(server) as bounded:
        with RawImap(server) as raw:
            raw.send(b"a SEARCH")
            sent = 0
            try:
                for sent in range(5000):
                    raw.send(b" SUBJECT {4000+}\r\n" + b"x" * 4000)
                raw.send(b"\r\n")
                answer = raw.line()
            except OSError:
                answer = b"BYE"
            assert re.search(rb"BAD|BYE|^$", answer), answer
        bounded.prompt()


def test_a_search_without_end():
    with RunningServer() as server, Bounded(server) as bounded:
        for count in (1000, 100_000):
            for word in (b"OR ", b"NOT ", b"("):
                with RawImap(server) as raw:
                    try:
                        _, end = raw.try_(b"SEARCH " + word * count +
                                          b"ALL " * count)
                        assert end.startswith(b"BAD") or \
                            end.startswith(b"NO"), end
                    except (AssertionError, OSError):
                        pass  # It was sent away.
        bounded.prompt()


def test_a_search_that_is_much_work():
    """Every key that the limit lets through, in many large messages: it takes
    its time, in the process of who asks; the others are served."""
    with RunningServer() as server, Bounded(
            server, memory_kib=16 * 1024, seconds=10) as bounded:
        for _ in range(20):
            assert deliver(server, b"Subject: x\r\n\r\n" +
                           b"Some text to be looked through.\r\n" * 10_000
                           ).startswith(b"250")
        with RawImap(server) as raw:
            wait_for_messages(raw, 20)
            tag = raw.say(b"SEARCH " + b" ".join(
                b"NOT TEXT not%dthere" % n for n in range(100)))
            for _ in range(5):
                bounded.prompt()
            responses, end = raw.answer(tag)
            assert end.startswith(b"OK"), end


def test_fetch_of_everything_a_hundred_times_unread():
    """What is made ahead is one piece, beside the message of 5 MB itself."""
    with RunningServer() as server, Bounded(
            server, memory_kib=8 * 1024) as bounded:
        assert deliver(server, b"Subject: x\r\n\r\n" +
                       b"A line of text.\r\n" * 300_000).startswith(b"250")
        with RawImap(server) as raw:
            wait_for_messages(raw, 1)
            for number in range(100):
                raw.send(b"f%d FETCH 1:* BODY.PEEK[]\r\n" % number)
            time.sleep(3)
            bounded.prompt()


def test_nothing_is_compressed():
    with RunningServer() as server, Bounded(server):
        with RawImap(server) as raw:
            shown = b"".join(raw.ask(b"CAPABILITY"))
            assert b"COMPRESS" not in shown, shown
            _, end = raw.try_(b"COMPRESS DEFLATE")
            assert end.startswith(b"BAD"), end


def test_no_way_to_another_user():
    """Names of others' mailboxes are names of one's own, which are not there;
    what is selected, watched or saved is of this session alone."""
    with RunningServer() as server, Bounded(server):
        ann, bob = RawImap(server, "ann"), RawImap(server, "bob")
        with ann, bob:
            ann.ask(b"CREATE secret")
            ann.say(b"IDLE")
            assert ann.line().startswith(b"+")
            for name in (b"secret", b"user/ann", b"user.ann", b"~ann/INBOX",
                         b"#user/ann", b"../ann@example.test",
                         b"../../ann@example.test/secret",
                         b"\"/ann@example.test\"", b"Other Users/ann"):
                for command in (b"SELECT ", b"EXAMINE ", b"STATUS ",
                                b"DELETE "):
                    more = b" (MESSAGES)" if command == b"STATUS " else b""
                    _, end = bob.try_(command + name + more)
                    assert not end.startswith(b"OK"), (command, name, end)
            shown = b"".join(bob.ask(b'LIST "" "*"'))
            assert b"secret" not in shown and b"ann" not in shown, shown
            ann.send(b"DONE\r\n")


NAMES = (b"../../etc", b"a/../b", b".", b"..", b"a//b", b"/a", b"a/",
         b"%2e%2e/x", b"a\\..\\b", b"x" * 5000, b"&AGE-", b"&", b"&A", b"&-&-&",
         b"&2AA-", b"&3AA-", b"&AAA-", b"&Jjo!", b"&U,BTFw-&ZeVnLIqe-")


def test_names_that_would_climb_or_have_two_forms():
    with RunningServer() as server, Bounded(server):
        outside = set(server.data.parent.iterdir())
        with RawImap(server) as raw:
            for name in NAMES:
                _, end = raw.try_(b'CREATE "' + name + b'"')
                if not end.startswith(b"OK"):
                    continue
                # What was made has this name and no other.
                listed = b"".join(raw.ask(b'LIST "" "*"'))
                assert name in listed, (name, listed)
            _, end = raw.try_(b'CREATE "a\\"b"')
            for octets in (b'CREATE "a\0b"', b"CREATE {3+}\r\na\0b"):
                with RawImap(server) as other:
                    try:
                        _, end = other.try_(octets)
                        assert not end.startswith(b"OK"), end
                    except (AssertionError, OSError):
                        pass
        inside = server.data / "mail"
        assert set(server.data.parent.iterdir()) == outside
        for path in inside.rglob("*"):
            assert inside in path.resolve().parents, path


def test_mailboxes_without_number_and_patterns_over_them():
    with RunningServer() as server, Bounded(server, memory_kib=16 * 1024,
                                            seconds=30.0) as bounded:
        with RawImap(server) as raw:
            deep = b"/".join([b"d"] * 1000)
            _, end = raw.try_(b"CREATE " + deep)
            assert not end.startswith(b"OK"), end
            for number in range(300):
                _, end = raw.try_(b"CREATE %s%d" % (b"a" * 60, number))
                assert end.startswith(b"OK"), end
            for pattern in (b"*a" * 100 + b"b", b"%a" * 100 + b"b",
                            b"*%" * 500, b"*" * 4000):
                begin = time.monotonic()
                raw.try_(b'LIST "" "' + pattern + b'"')
                bounded.prompt()
                assert time.monotonic() - begin < 10, pattern
            raw.ask(b"CREATE x")
            for name in (b"x/y", b"x/y/z"):
                _, end = raw.try_(b"RENAME x " + name)
                assert end.startswith(b"NO"), end
            raw.try_(b"RENAME INBOX INBOX/old")


def test_numbers_at_their_bounds():
    with RunningServer() as server, Bounded(server):
        deliver(server, b"Subject: one\r\n\r\nx")
        for numbers in (b"0", b"4294967296", b"18446744073709551617",
                        b"1:4294967296", b"0:*", b"-1", b"1:-1", b"9" * 4000):
            # A new session each: one that is wrong too often is sent away.
            with RawImap(server) as raw:
                for command, more in ((b"FETCH ", b" FLAGS"),
                                      (b"UID FETCH ", b" FLAGS"),
                                      (b"STORE ", b" +FLAGS (\\Deleted)"),
                                      (b"UID COPY ", b" x"),
                                      (b"UID EXPUNGE ", b"")):
                    _, end = raw.try_(command + numbers + more)
                    assert end.startswith(b"BAD"), (command, numbers, end)
        with RawImap(server) as raw:
            wait_for_messages(raw, 1)
            # Ranges to the last number cost what is there, not what could be.
            begin = time.monotonic()
            for _ in range(50):
                raw.ask(b"UID FETCH 1:4294967295 FLAGS")
                raw.ask(b"UID SEARCH UID 2:4294967295")
            assert time.monotonic() - begin < 10
            _, end = raw.try_(b"FETCH " + b",".join([b"1:*"] * 1000) +
                              b" FLAGS")
            assert end[:2] in (b"OK", b"BA", b"NO"), end


def test_sessions_of_one_user_have_a_cap():
    with RunningServer(settings={"limits.sessions_per_user_max": 16}
                       ) as server, Bounded(server, memory_kib=24 * 1024,
                                            seconds=20) as bounded:
        sessions, refused = [], 0
        try:
            for _ in range(60):
                try:
                    raw = RawImap(server)
                    raw.say(b"IDLE")
                    assert raw.line().startswith(b"+")
                    sessions.append(raw)
                except (AssertionError, OSError):
                    refused += 1
            assert 1 <= len(sessions) <= 16, len(sessions)
            assert refused >= 44, refused
            bounded.prompt()
        finally:
            for raw in sessions:
                raw.close()
        # They count no more when they have gone.
        def free():
            try:
                RawImap(server).close()
                return True
            except (AssertionError, OSError):
                return False
        wait_until(free, 20, 0.2)


def test_keywords_without_number():
    """Keys that an attacker chooses: there are 26, and none is hashed."""
    with RunningServer() as server, Bounded(server) as bounded:
        deliver(server, b"Subject: one\r\n\r\nx")
        with RawImap(server) as raw:
            wait_for_messages(raw, 1)
            for number in range(500):
                # Those past the last are refused, or left out.
                _, end = raw.try_(b"STORE 1 +FLAGS (key%d)" % number)
                if end.startswith(b"BAD"):
                    raise AssertionError(end)
            shown = b"".join(raw.ask(b"FETCH 1 FLAGS"))
            assert shown.count(b"key") <= 26, shown
        bounded.prompt()


def test_a_message_cannot_speak_for_the_server():
    with RunningServer() as server, Bounded(server):
        deliver(server, b"Subject: a\"b)\r\n * 99 EXISTS {3}\r\n"
                b"From: \"* BYE\\\\\" <\"a\\\"b\"@c.test>\r\n"
                b"Content-Type: text/plain; name=\")\\\" {5}\"\r\n\r\n"
                b"* 99 EXISTS\r\nt3 OK done\r\n")
        with RawImap(server) as raw:
            wait_for_messages(raw, 1)
            for command in (b"FETCH 1 (ENVELOPE BODYSTRUCTURE)",
                            b"FETCH 1 BODY.PEEK[]"):
                responses = raw.ask(command)
                assert len(responses) == 1, responses
                assert responses[0].startswith(b"* 1 FETCH ("), responses


def test_strangers_who_say_much():
    """Before login: no end of a line, ten thousand commands, silence."""
    with RunningServer() as server, Bounded(server, seconds=10.0) as bounded:
        for octets in (b"x" * 5_000_000, b"a NOOP\r\n" * 10_000,
                       b"a LOGIN " + b"(" * 1_000_000,
                       b"a AUTHENTICATE PLAIN\r\n" + b"A" * 1_000_000):
            with Talk(server.imaps_port, tls=server.tls()) as talk:
                talk.socket.settimeout(10)
                try:
                    talk.send(octets)
                    talk.socket.shutdown(socket.SHUT_WR)
                    while talk.socket.recv(65536):
                        pass
                except OSError:
                    pass
            bounded.prompt()


if __name__ == "__main__":
    run_tests([value for name, value in list(globals().items())
               if name.startswith("test_")])
