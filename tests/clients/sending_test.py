#!/usr/bin/env python3
"""Sends through the real connect and smtp_out, behind their doors, to real
servers (smtp-sink, a Postfix with TLS) and to peers that are not well.

    sending_test.py                $POSTKEEP_SENDING_SERVER: sending_server.cc
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import own_postfix
from running_server import SKIPPED, wait_until

SERVER = os.environ.get("POSTKEEP_SENDING_SERVER", "")
NONE, MAY, ENCRYPT, VERIFY = 0, 1, 2, 3
CONFIGURATION = """domains = ["example.org"]
hostname = "mail.example.org"
[outbound]
port = {port}
allow_private = ["127.0.0.1"]
connect_seconds = 3
command_seconds = {seconds}
block_seconds = {seconds}
data_end_seconds = {seconds}
"""


class Sending:
    """One server with its orders; all of them go to one port."""

    def __init__(self, port, orders, authorities="", seconds=5):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="sending-"))
        self.directory.chmod(0o755)
        text = CONFIGURATION.format(port=port, seconds=seconds)
        for order in orders:
            text += "#send " + order + "\n"
        (self.directory / "configuration").write_text(text)
        (self.directory / "authorities").write_text(authorities)
        (self.directory / "port").write_text(str(port))
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(
            [SERVER, str(self.directory)], stderr=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind, value, trace):
        log = self.log_text()
        died = "event=role_ended" in log
        if kind is not None or died:
            print(log)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.directory, ignore_errors=True)
        if died:
            raise AssertionError("a role has died")

    def log_text(self):
        path = self.directory / "log"
        return path.read_text() if path.exists() else ""

    def said(self, order):
        """What spool was told of an order, in short: "connect 0" and so on."""
        found = re.findall(
            rf'(connect|ready|mail|ended)\b[^\n]*? order={order} '
            rf'what=(?:"([^"\n]*)"|(\S+))', self.log_text())
        return [f"{event} {(quoted or plain).strip()}"
                for event, quoted, plain in found]

    def wait_for_end(self, order=0, seconds=90):
        def over():
            said = self.said(order)
            # Mail that was given when the end was on its way is put off after
            # it.
            return said if said and (
                any(one.startswith("ended") for one in said) and
                said[-1].startswith(("ended", "mail")) or
                said[-1].startswith("connect") and said[-1] != "connect 0"
            ) else None
        return wait_until(over, seconds)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Peer:
    """A server whose every session is one call of `talk(stream)`."""

    def __init__(self, talk):
        class Handler(socketserver.StreamRequestHandler):
            def handle(handler):
                handler.connection.settimeout(15)
                try:
                    talk(handler)
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def says(*replies, then=None):
    """Reads a line before each reply but the first, then does `then`."""
    def talk(stream):
        for number, reply in enumerate(replies):
            if number > 0:
                stream.rfile.readline()
            stream.wfile.write(reply)
        if then:
            then(stream)
    return talk


def order(port, tls=MAY, count=1, octets=200, host="mx.example.net",
          to="bob@example.net", address="127.0.0.1"):
    return f"{address} {port} {host} {tls} {count} {octets} {to}"


def outcome(talk, seconds=90, **how):
    """All that spool is told of one message for that peer."""
    with Peer(talk) as peer:
        with Sending(peer.port, [order(peer.port, **how)]) as sending:
            return sending.wait_for_end(0, seconds)


def until_dot(stream):
    while stream.rfile.readline() not in (b".\r\n", b""):
        pass


def linger(stream):
    """Says nothing, until the other side goes."""
    while stream.rfile.read(65536):
        pass


class RealServers(unittest.TestCase):
    def test_smtp_sink_gets_all_octets(self):
        port = free_port()
        with tempfile.TemporaryDirectory() as directory:
            sink = subprocess.Popen(
                ["/usr/sbin/smtp-sink", "-u", "root", "-d",
                 directory + "/%M.", f"127.0.0.1:{port}", "100"])
            try:
                wait_until(lambda: listens(port))
                with Sending(port, [order(port, count=20),
                                    order(port, octets=300000,
                                          to="a@example.net,b@example.net")
                                    ], seconds=60) as sending:
                    many = sending.wait_for_end(0)
                    large = sending.wait_for_end(1)
                self.assertEqual(many.count("mail delivered:reply:250"), 20)
                self.assertEqual(many[-1], "ended quit@quit")
                self.assertIn("mail delivered:reply:250 delivered:reply:250",
                              large)
            finally:
                sink.kill()
                sink.wait()
            texts = [path.read_bytes()
                     for path in pathlib.Path(directory).iterdir()]
        self.assertEqual(len(texts), 21)
        for text in texts:
            self.assertIn(b"\nReceived: from here; now", text)
            self.assertIn(b"\n.begins with a dot", text.replace(b"\r", b""))
        self.assertGreater(max(map(len, texts)), 290000)

    def test_a_postfix_with_tls(self):
        why_not = own_postfix.why_not()
        if why_not:
            self.skipTest(why_not)
        port = free_port()
        with TlsPostfix(port) as postfix:
            postfix.start()
            with Sending(port, [order(port, MAY, 3),
                                order(port, VERIFY, 3, 200000),
                                order(port, VERIFY, 1, host="mx.example.com"),
                                order(port, MAY, to="no@elsewhere.example,"
                                                    "bob@example.net"),
                                order(port, NONE)],
                         postfix.certificate.read_text(), 60) as sending:
                said = [sending.wait_for_end(number) for number in range(5)]
            self.assertIn("ready TLSv1.3 any", said[0])
            self.assertIn("ready TLSv1.3 verified", said[1])
            for one in said[:2]:
                self.assertEqual(one.count("mail delivered:reply:250"), 3)
            self.assertEqual(
                said[2][-1], "ended tls_failed@tls_wait certificate_of_others")
            self.assertIn("mail refused:reply:554 delivered:reply:250", said[3])
            self.assertIn("ready clear", said[4])
            wait_until(lambda: len(postfix.delivered()) == 8, 30)
            for text in postfix.delivered():
                self.assertIn(b"\n.begins with a dot\n", text)
            self.assertGreater(max(map(len, postfix.delivered())), 190000)


class TlsPostfix(own_postfix.OwnPostfix):
    """Takes mail for example.net, under TLS where the client wants it, and
    keeps it in a Maildir."""

    def __init__(self, port):
        super().__init__("discard:", port)
        self.certificate = self.directory / "certificate.pem"

    def prepare(self):
        super().prepare()
        key = self.directory / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(key), "-out",
             str(self.certificate), "-days", "2", "-subj", "/CN=mx.example.net",
             "-addext", "subjectAltName=DNS:mx.example.net"],
            check=True, capture_output=True)
        (self.directory / "mail").mkdir()
        shutil.chown(self.directory / "mail", "nobody")
        with open(self.etc / "main.cf", "a") as main:
            main.write(f"""smtpd_tls_cert_file={self.certificate}
smtpd_tls_key_file={key}
smtpd_tls_security_level=may
relay_domains=
virtual_mailbox_domains=example.net
virtual_mailbox_base={self.directory}/mail
virtual_mailbox_maps=static:all/
virtual_uid_maps=static:65534
virtual_gid_maps=static:65534
virtual_transport=virtual
smtpd_recipient_restrictions=reject_unauth_destination
""")
        with open(self.etc / "master.cf", "a") as master:
            master.write("virtual unix - n n - - virtual\n")

    def delivered(self):
        new = self.directory / "mail/all/new"
        return [path.read_bytes() for path in new.glob("*")]


class Addresses(unittest.TestCase):
    def test_what_is_not_allowed_is_not_connected_to(self):
        touched = []
        with Peer(lambda stream: touched.append(1)) as peer:
            orders = [order(peer.port, address=address) for address in
                      ("127.0.0.2", "10.0.0.1", "::1", "::ffff:127.0.0.1",
                       "169.254.169.254", "0.0.0.0")]
            orders.append(order(peer.port + 1))
            with Sending(peer.port, orders) as sending:
                said = [sending.wait_for_end(number)[-1]
                        for number in range(len(orders))]
        self.assertEqual(said, [
            "connect 1address_loopback", "connect 1address_private",
            "connect 1address_loopback", "connect 1wrapped_address",
            "connect 1address_link_local", "connect 1address_unspecified",
            "connect 1port_not_allowed"])
        self.assertEqual(touched, [])

    def test_nobody_there(self):
        port = free_port()
        with Sending(port, [order(port)]) as sending:
            self.assertEqual(sending.wait_for_end(), ["connect 2"])

    def test_a_host_that_does_not_answer(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(0)
            port = deaf.getsockname()[1]
            waiting = []
            for _ in range(3):
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
                waiting.append(one)
            with Sending(port, [order(port)]) as sending:
                self.assertEqual(sending.wait_for_end(), ["connect 4"])
            for one in waiting:
                one.close()


class BadPeers(unittest.TestCase):
    hello = (b"220 mx\r\n", b"250-mx\r\n250 PIPELINING\r\n")

    def check(self, said, *expected):
        self.assertEqual(said, ["connect 0", *expected])

    def test_closes_at_once(self):
        self.check(outcome(lambda stream: None), "mail put_off:quit:0",
                   "ended peer_closed@greeting closed")

    def test_never_greets(self):
        self.check(outcome(linger), "mail put_off:quit:0",
                   "ended timed_out@greeting")

    def test_drips(self):
        def drip(stream):
            for octet in b"220 " + b"x" * 100:
                stream.wfile.write(bytes([octet]))
                time.sleep(0.5)
        self.check(outcome(drip), "mail put_off:quit:0",
                   "ended timed_out@greeting")

    def test_greets_without_end(self):
        def endless(stream):
            while True:
                stream.wfile.write(b"220-" + b"x" * 500 + b"\r\n")
        self.check(outcome(endless), "mail put_off:quit:0",
                   "ended reply_malformed@greeting")

    def test_speaks_something_else(self):
        self.check(outcome(says(b"HTTP/1.1 200 OK\r\n\r\n", then=linger)),
                   "mail put_off:quit:0", "ended reply_malformed@greeting")

    def test_refuses_us(self):
        self.check(outcome(says(b"554 5.7.1 no\r\n", then=linger)),
                   "mail put_off:quit:0", "ended reply@greeting")

    def test_is_too_busy(self):
        self.check(outcome(says(b"220 mx\r\n", b"421 4.3.2 later\r\n",
                                then=linger)),
                   "mail put_off:quit:0", "ended closing@ehlo")

    def test_4xx_and_5xx_at_every_step(self):
        for code, word in ((b"451", "deferred"), (b"550", "refused")):
            steps = [[code + b" mail\r\n", b"503 rcpt\r\n", b"503 data\r\n"],
                     [b"250 ok\r\n", code + b" rcpt\r\n", b"503 data\r\n"],
                     [b"250 ok\r\n", b"250 ok\r\n", code + b" data\r\n"]]
            for step in steps:
                said = outcome(says(*self.hello, *step, b"221 bye\r\n"))
                self.assertEqual(said[2], f"mail {word}:reply:{code.decode()}")

            def end(stream, code=code):
                until_dot(stream)
                stream.wfile.write(code + b" no\r\n")
                stream.rfile.readline()
                stream.wfile.write(b"221 bye\r\n")
            said = outcome(says(*self.hello, b"250 ok\r\n", b"250 ok\r\n",
                                b"354 go\r\n", then=end))
            self.assertEqual(said[2], f"mail {word}:reply:{code.decode()}")

    def test_takes_data_and_never_answers(self):
        said = outcome(says(*self.hello, b"250 ok\r\n", b"250 ok\r\n",
                            b"354 go\r\n", then=linger))
        self.check(said, "ready clear", "mail unanswered:timed_out:0",
                   "ended timed_out@end")

    def test_never_reads(self):
        def deaf(stream):
            time.sleep(12)
        said = outcome(says(*self.hello, b"250 ok\r\n", b"250 ok\r\n",
                            b"354 go\r\n", then=deaf), octets=20_000_000)
        self.check(said, "ready clear", "mail deferred:timed_out:0",
                   "ended timed_out@content")

    def test_says_250_and_resets(self):
        def reset(stream):
            until_dot(stream)
            stream.wfile.write(b"250 ok\r\n")
            stream.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                         b"\1\0\0\0\0\0\0\0")
            stream.connection.close()
        said = outcome(says(*self.hello, b"250 ok\r\n", b"250 ok\r\n",
                            b"354 go\r\n", then=reset))
        self.assertEqual(said[2], "mail delivered:reply:250")

    def test_resets_in_the_middle_of_data(self):
        def reset(stream):
            stream.rfile.readline()
            stream.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                         b"\1\0\0\0\0\0\0\0")
            stream.connection.close()
        said = outcome(says(*self.hello, b"250 ok\r\n", b"250 ok\r\n",
                            b"354 go\r\n", then=reset), octets=20_000_000)
        self.assertIn(said[2], ("mail deferred:peer_closed:0",
                                "mail unanswered:peer_closed:0"))


class BadTls(unittest.TestCase):
    offer = (b"220 mx\r\n", b"250-mx\r\n250 STARTTLS\r\n")

    def test_garbage_instead_of_a_handshake(self):
        def garbage(stream):
            stream.wfile.write(b"220 go on\r\n")
            stream.rfile.read(5)
            stream.wfile.write(b"550 in the clear all the same\r\n")
            linger(stream)
        said = outcome(says(*self.offer, then=lambda stream: (
            stream.rfile.readline(), garbage(stream))))
        self.assertEqual(said[-2:], ["mail put_off:quit:0",
                                     "ended tls_failed@tls_wait not_tls"])

    def test_injection_behind_the_220(self):
        said = outcome(says(
            *self.offer, b"220 go on\r\n250-mx\r\n250 AUTH PLAIN\r\n",
            then=linger))
        self.assertEqual(said[-1], "ended starttls_injection@starttls")

    def test_a_handshake_without_end(self):
        said = outcome(says(*self.offer, b"220 go on\r\n", then=linger))
        self.assertEqual(
            said[-1], "ended tls_failed@tls_wait tls_handshake_timed_out")

    def test_tls_where_it_must_be_and_is_not(self):
        said = outcome(says(b"220 mx\r\n", b"250 mx\r\n", b"221 bye\r\n"),
                       tls=ENCRYPT)
        self.assertEqual(said[-1], "ended starttls_missing@ehlo")

    def test_starttls_refused_goes_on_in_the_clear(self):
        def taken(stream):
            until_dot(stream)
            stream.wfile.write(b"250 ok\r\n")
            stream.rfile.readline()
            stream.wfile.write(b"221 bye\r\n")
        said = outcome(says(*self.offer, b"454 not now\r\n", b"250 ok\r\n",
                            b"250 ok\r\n", b"354 go\r\n", then=taken))
        self.assertEqual(said[1:3], ["ready clear",
                                     "mail delivered:reply:250"])

    def test_an_end_in_the_middle_of_a_record(self):
        with tempfile.TemporaryDirectory() as directory:
            chain = pathlib.Path(directory) / "both.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(chain),
                 "-out", str(chain) + ".crt", "-days", "2", "-subj",
                 "/CN=mx.example.net"], check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(str(chain) + ".crt", str(chain))

            def cut(stream):
                stream.rfile.readline()
                stream.wfile.write(b"220 go on\r\n")
                with context.wrap_socket(stream.connection.dup(),
                                         server_side=True) as secure:
                    secure.recv(1000)
                    secure.sendall(b"250 mx\r\n")
                    secure.recv(1000)
                    # Octets of no record, where the reply to MAIL should be.
                    stream.connection.sendall(b"\x17\x03\x03\x00\x20" +
                                              b"x" * 32)
                    linger(stream)
            said = outcome(says(*self.offer, then=cut))
        self.assertEqual(said[1:3], ["ready TLSv1.3 any",
                                     "mail deferred:peer_closed:0"])


if __name__ == "__main__":
    if not SERVER or os.geteuid() != 0 or not shutil.which("smtp-sink"):
        print("needs root, smtp-sink and POSTKEEP_SENDING_SERVER")
        sys.exit(SKIPPED)
    unittest.main()
