"""Who looks on while something bad is tried.

    with RunningServer() as server, Witness(server):
        with Talk(server.imap_port) as talk:
            talk.send(b"…")

A session that was there before must go on after, a message must still go in and
come out, no role may have died, and what each needed at its peak, of memory and
of processor time, is held under a bound.
"""
import smtplib
import socket
import time

from running_server import wait_until

# What a role may have needed at its peak after any of these, in KiB, and in
# processor seconds. auth's argon2id is small here (running_server.py).
MEMORY_KIB_MAX = 96 * 1024
SECONDS_MAX = 20.0


class Talk:
    """A raw connection: octets out, lines in."""

    def __init__(self, port, greet=True, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        if tls:
            self.socket = tls.wrap_socket(self.socket,
                                          server_hostname="localhost")
        self.socket.settimeout(20)
        self.lines = self.socket.makefile("rb")
        self.greeting = self.line() if greet else b""

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        return self.lines.readline()

    def reply(self):
        """A whole SMTP reply; b"" when the connection has ended."""
        text = b""
        while True:
            try:
                line = self.line()
            except (ConnectionError, OSError):
                return text
            text += line
            if len(line) < 4 or line[3:4] != b"-":
                return text

    def ask(self, octets):
        self.send(octets)
        return self.reply()

    def ended(self):
        """Whether the server closes, reading what it still says."""
        try:
            while True:
                if not self.socket.recv(65536):
                    return True
        except ConnectionError:
            return True
        except (socket.timeout, TimeoutError):
            return False

    def close(self):
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Witness:
    """Sees that others are served while something bad goes on."""

    def __init__(self, server, memory_kib_max=MEMORY_KIB_MAX,
                 seconds_max=SECONDS_MAX):
        self.server, self.memory_kib_max = server, memory_kib_max
        self.seconds_max = seconds_max
        self.told = False

    def __enter__(self):
        self.imap = self.server.imap("ann")
        self.imap.select("INBOX")
        self.smtp = smtplib.SMTP("127.0.0.1", self.server.smtp_port,
                                 timeout=30)
        self.smtp.ehlo()
        self.pids = dict(self.server.role_pids())
        return self

    def goes_on(self):
        """The sessions that were there before are answered, and a message goes
        in by the one and comes out by the other."""
        assert self.imap.noop()[0] == "OK", "the IMAP session is gone"
        assert self.smtp.noop()[0] == 250, "the SMTP session is gone"
        mark = f"witness-{time.monotonic_ns()}"
        self.smtp.sendmail("w@elsewhere.test", [self.server.address("ann")],
                           f"Subject: {mark}\r\n\r\n\r\n")
        def there():
            status, found = self.imap.search(None, "SUBJECT", mark)
            assert status == "OK", found
            return found[0]
        wait_until(there, 30, 0.05)

    def is_told(self):
        """What is left to say to them when the server is gone: their
        connections have ended, and do not hang."""
        for sock in (self.imap.socket(), self.smtp.sock):
            sock.settimeout(10)
            try:
                while sock.recv(65536):
                    pass
            except ConnectionError:
                pass
        self.told = True

    def __exit__(self, kind, value, trace):
        if kind is not None or self.told:
            return
        self.goes_on()
        self.smtp.quit()
        self.imap.logout()
        now = self.server.role_pids()
        for pid, role in self.pids.items():
            if role != "mailbox":
                assert now.get(pid) == role, f"{role} has died"
        self.check_usage()

    def check_usage(self):
        """Peak memory (VmHWM) and processor time of every role."""
        usage = self.server.usage()
        assert len(usage) > 5, usage
        for role, (memory, seconds) in usage.items():
            assert memory < self.memory_kib_max, f"{role}: {memory} KiB"
            assert seconds < self.seconds_max, f"{role}: {seconds} s"
