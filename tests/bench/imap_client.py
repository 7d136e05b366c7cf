"""Clients that cost little beside the server it measures: it sends what
it is told and reads up to the tagged answer, counting octets and lines."""
import socket
import ssl
import time


class ImapClient:
    def __init__(self, port, user=None, password=None, tls=False):
        self.socket = socket.create_connection(("127.0.0.1", port), 120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.number = 0
        self.read_line()
        if user:
            self.ask(f'LOGIN "{user}" "{password}"')

    def read_line(self):
        line = b""
        while not line.endswith(b"\r\n"):
            octets = self.socket.recv(65536)
            assert octets, "the server closed"
            line += octets
        return line

    def send(self, octets):
        self.socket.sendall(octets)

    def ask(self, command, keep=False):
        """The octets of all responses, or how many they were."""
        self.number += 1
        tag = f"t{self.number}".encode()
        self.send(tag + b" " + command.encode() + b"\r\n")
        return self.answer(tag, keep)

    def answer(self, tag, keep=False):
        kept, octets, tail = [], 0, b""
        wanted = b"\r\n" + tag + b" "
        while True:
            some = self.socket.recv(1 << 20)
            assert some, "the server closed"
            octets += len(some)
            if keep:
                kept.append(some)
            tail = (tail + some)[-4096:]
            if tail.endswith(b"\r\n"):
                at = (b"\r\n" + tail).rfind(wanted)
                if at >= 0 and tail.find(b"\r\n", at) == len(tail) - 2:
                    break
        line = tail[at:-2]
        assert b" OK" in line[:len(tag) + 4], line.decode(errors="replace")
        return b"".join(kept) if keep else octets

    def timed(self, command):
        begun = time.monotonic()
        octets = self.ask(command)
        return time.monotonic() - begun, octets

    def close(self):
        self.socket.close()


class Pop3Client:
    """The same for POP3."""

    def __init__(self, port, user, password):
        self.socket = socket.create_connection(("127.0.0.1", port), 120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.read_line()
        for command in (f"USER {user}", f"PASS {password}"):
            self.socket.sendall(command.encode() + b"\r\n")
            line = self.read_line()
            assert line.startswith(b"+OK"), line

    def read_line(self):
        line = b""
        while not line.endswith(b"\r\n"):
            octets = self.socket.recv(65536)
            assert octets, "the server closed"
            line += octets
        return line

    def retrieve(self, count):
        """The first `count` messages, asked for at once; their octets."""
        self.socket.sendall(b"".join(b"RETR %d\r\n" % n
                                     for n in range(1, count + 1)))
        ends, octets, tail = 0, 0, b""
        while ends < count:
            some = self.socket.recv(1 << 20)
            assert some, "the server closed"
            octets += len(some)
            some = tail + some
            # No line of a message is a lone dot.
            ends += some.count(b"\r\n.\r\n")
            # The end of one is no beginning of the next.
            tail = some[-4:] if not some.endswith(b"\r\n.\r\n") else b""
        return octets

    def close(self):
        self.socket.sendall(b"QUIT\r\n")
        self.read_line()
        self.socket.close()
