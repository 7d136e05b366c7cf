"""POP3 for the tests: Python's client over each transport, and a raw one."""
import poplib
import socket

from running_server import wait_until

BODY = "A line.\r\n.A dot first.\r\n..\r\n.\r\nThe end.\r\n"


def deliver(server, count, user="bob", body=BODY):
    """Messages `subject1` to `subjectN`, once they are all there."""
    for number in range(1, count + 1):
        server.send(user, f"Subject: subject{number}\r\n\r\n{body}")
    wait_until(lambda: len(server.messages(user)) == count, 30, 0.05)


def poplib_client(server, transport, user="bob"):
    if transport == "tls":
        client = poplib.POP3_SSL("localhost", server.pop3s_port,
                                 context=server.tls(), timeout=30)
    else:
        client = poplib.POP3("localhost", server.pop3_port, timeout=30)
        if transport == "stls":
            client.stls(server.tls())
    client.user(server.address(user))
    client.pass_(server.password(user))
    return client


class RawPop3:
    """A connection that says what a client should not."""

    def __init__(self, server, context=None):
        port = server.pop3s_port if context else server.pop3_port
        plain = socket.create_connection(("localhost", port), timeout=30)
        self.wire = context.wrap_socket(plain, server_hostname="localhost") \
            if context else plain
        self.file = self.wire.makefile("rwb")
        assert self.line().startswith(b"+OK")

    def say(self, octets):
        self.file.write(octets)
        self.file.flush()

    def line(self):
        return self.file.readline()

    def ask(self, octets):
        self.say(octets)
        return self.line()

    def rest(self):
        """All that the server says until it closes."""
        try:
            return self.file.read()
        except ConnectionError:
            return b""

    def log_in(self, server, user="bob"):
        self.say(f"USER {server.address(user)}\r\n"
                 f"PASS {server.password(user)}\r\n".encode())
        assert self.line().startswith(b"+OK")
        assert self.line().startswith(b"+OK")

    def break_off(self):
        self.wire.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.file.close()
        except OSError:  # What was not sent yet cannot be.
            pass
        self.wire.close()
