"""Who tries something bad over IMAP, and what it may cost.

    with RunningServer() as server, Bounded(server, memory_kib=4096):
        with RawImap(server) as raw:
            raw.ask(b"SEARCH …")
"""
import pathlib
import re
import time

from running_server import wait_until
from witness import Talk, Witness

# What the roles may need beyond the ordinary, where a test says no more: some
# buffers, and a tenth of the time that a person would notice.
MEMORY_KIB_MORE = 4 * 1024
SECONDS_MORE = 2.0


class RawImap(Talk):
    """A logged-in connection under TLS that says whatever it is told to."""

    def __init__(self, server, user="bob", select="INBOX"):
        super().__init__(server.imaps_port, tls=server.tls())
        self.number = 0
        self.ask(b'LOGIN "%s" "%s"' % (server.address(user).encode(),
                                       server.password(user).encode()))
        if select:
            self.ask(b"SELECT " + select.encode())

    def response(self):
        """One response, with the literals in it; b"" at the end."""
        text = self.line()
        while found := re.search(rb"\{(\d+)\}\r\n$", text):
            octets = self.lines.read(int(found[1]))
            more = self.line()
            if not more:
                return b""
            text += octets + more
        return text

    def say(self, command):
        """Sends a command; its tag."""
        self.number += 1
        tag = b"t%d" % self.number
        self.send(tag + b" " + command + b"\r\n")
        return tag

    def answer(self, tag):
        """All responses up to the one with the tag, and that one."""
        responses = []
        while True:
            one = self.response()
            if not one:
                raise AssertionError("the connection has ended")
            if one.startswith(tag + b" "):
                return responses, one[len(tag) + 1:]
            responses.append(one)

    def try_(self, command):
        return self.answer(self.say(command))

    def ask(self, command):
        """The untagged responses to a command that must succeed."""
        responses, end = self.try_(command)
        if not end.startswith(b"OK"):
            raise AssertionError(f"{command[:80]}: {end}")
        return responses


def deliver(server, octets, user="bob"):
    """One message over port 25, as it is; the reply. Its dots are not doubled,
    its line ends not mended."""
    with Talk(server.smtp_port) as talk:
        for command in (b"EHLO evil.test\r\n", b"MAIL FROM:<e@evil.test>\r\n",
                        b"RCPT TO:<" + server.address(user).encode() +
                        b">\r\n", b"DATA\r\n"):
            reply = talk.ask(command)
            assert reply[:1] in b"23", reply
        talk.socket.settimeout(60)
        return talk.ask(octets + b"\r\n.\r\n")


def wait_for_messages(raw, count, seconds=60):
    """Until so many messages are in the mailbox that is selected."""
    def there():
        return len(raw.ask(b"SEARCH ALL")[-1].split()[2:]) >= count
    wait_until(there, seconds, 0.05)


class Bounded:
    """A witness, and a measure: after an ordinary message has been delivered
    and read, no role may need so much more memory (VmHWM, the
    peak) and processor time (utime + stime) than it needed until then."""

    def __init__(self, server, memory_kib=MEMORY_KIB_MORE,
                 seconds=SECONDS_MORE):
        self.server, self.memory_kib, self.seconds = server, memory_kib, seconds
        # The witness's own bounds are beyond these.
        self.witness = Witness(server, memory_kib_max=1 << 30,
                               seconds_max=1e9)

    def __enter__(self):
        self.witness.__enter__()
        self.witness.goes_on()
        # Mail of an ordinary size has been through every buffer.
        deliver(self.server, b"Subject: ordinary\r\n\r\n" +
                b"An ordinary line of text.\r\n" * 4000)
        with RawImap(self.server) as raw:
            wait_for_messages(raw, 1)
            raw.ask(b"FETCH 1 (ENVELOPE BODYSTRUCTURE BODY[])")
            raw.ask(b"SEARCH TEXT ordinary")
            raw.ask(b"STORE 1 +FLAGS (\\Deleted)")
            raw.ask(b"EXPUNGE")
        self.pids = self.server.role_pids()
        self.before = self.server.usage()
        return self

    def prompt(self, seconds=5.0):
        """The witness, another user, is answered meanwhile."""
        begin = time.monotonic()
        assert self.witness.imap.noop()[0] == "OK"
        assert time.monotonic() - begin < seconds, "the witness waits"

    def __exit__(self, kind, value, trace):
        if kind is None:
            after = self.server.usage()
            costs = {role: (memory - self.before.get(role, (0, 0))[0],
                            seconds - self.before.get(role, (0, 0))[1])
                     for role, (memory, seconds) in after.items()}
            now = self.server.role_pids()
            for pid, role in self.pids.items():
                assert now.get(pid) == role, f"{role} ({pid}) has died"
        self.witness.__exit__(kind, value, trace)
        if kind is not None:
            return
        worst = max(costs.items(), key=lambda one: one[1][0])
        slowest = max(costs.items(), key=lambda one: one[1][1])
        print(f"      {worst[0]} {worst[1][0]} KiB more, {slowest[0]} "
              f"{slowest[1][1]:.2f} s more", flush=True)
        for role, (memory, seconds) in costs.items():
            assert memory < self.memory_kib, f"{role}: {memory} KiB more"
            assert seconds < self.seconds, f"{role}: {seconds} s more"


def maildir(server, user="bob"):
    """The folder of the user's INBOX on disk, where other tools put mail."""
    return pathlib.Path(server.data) / "mail" / server.address(user)
