#!/usr/bin/env python3
"""Mail from a login to other hosts: submission, queue, DNS, another server.

    outbound_test.py            the binary is $POSTKEEP
"""
import email
import imaplib
import smtplib
import socketserver
import sys
import threading
import time

from lying_resolver import message, question_of, record
from running_server import DOMAIN, RunningServer, wait_until


class Resolver:
    """a.test and b.test have mx.a.test and mx.b.test, at loopback."""

    def __init__(self):
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                query, socket = self.request
                socket.sendto(outer.answer(query), self.client_address)
        self.server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def answer(self, query):
        labels, own = question_of(query)
        kind = own[-3]
        name = b".".join(labels).lower()
        if not name.endswith((b"a.test", b"b.test")):
            return message(query, 0x8183)
        if kind == 15 and not name.startswith(b"mx."):
            return message(query, answers=[
                record(b"\0\x0a\x02mx\xc0\x0c", 15)])
        if kind == 1 and name.startswith(b"mx."):
            return message(query, answers=[record(b"\x7f\0\0\1")])
        return message(query)


class Sink:
    """An SMTP server: refuses no@, asks later@ to wait, takes the rest."""

    def __init__(self):
        outer = self
        self.taken, self.sessions, self.asked = [], 0, []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.sessions += 1
                outer.talk(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def talk(self, read, write):
        def say(text):
            write.write(text.encode() + b"\r\n")
            write.flush()
        say("220 sink.test ESMTP")
        sender, to = None, []
        while line := read.readline().decode().strip():
            word = line.upper()
            if word.startswith("EHLO"):
                say("250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME")
            elif word.startswith("MAIL"):
                sender, to = line[10:].split(">")[0].lstrip("<"), []
                say("250 ok")
            elif word.startswith("RCPT"):
                name = line[8:].split(">")[0].lstrip("<")
                self.asked.append(name)
                if name.startswith("no@"):
                    say("550 5.1.1 no such user here")
                elif name.startswith("later@") and \
                        self.asked.count(name) == 1:
                    say("451 4.7.1 come back later")
                else:
                    to.append(name)
                    say("250 ok")
            elif word == "DATA":
                if not to:
                    say("554 nobody to take it")
                    continue
                say("354 go on")
                text = b""
                while (part := read.readline()) not in (b".\r\n", b""):
                    text += part[1:] if part.startswith(b".") else part
                self.taken.append((sender, to, text))
                say("250 2.0.0 taken")
            elif word == "QUIT":
                return say("221 bye")
            else:
                say("250 ok")


def serving(*servers):
    for one in servers:
        threading.Thread(target=one.server.serve_forever, daemon=True).start()


def submit(server, to, subject="hello"):
    with smtplib.SMTP("127.0.0.1", server.submission_port, timeout=20) as smtp:
        smtp.starttls()
        smtp.login(f"ann@{DOMAIN}", server.password("ann"))
        smtp.sendmail(f"ann@{DOMAIN}", to,
                      f"From: ann@{DOMAIN}\r\nSubject: {subject}\r\n"
                      f"To: {', '.join(to)}\r\n\r\nhow are you?\r\n"
                      ".dots\r\n")


def mail_of(server, user):
    with imaplib.IMAP4("localhost", server.imap_port) as imap:
        imap.starttls(ssl_context=server.tls())
        imap.login(f"{user}@{DOMAIN}", server.password(user))
        imap.select()
        _, found = imap.search(None, "ALL")
        return [email.message_from_bytes(
            imap.fetch(number, "(RFC822)")[1][0][1])
            for number in found[0].split()]


def main():
    resolver, sink = Resolver(), Sink()
    serving(resolver, sink)
    settings = {"dns.resolvers": [f"127.0.0.1:{resolver.port}"],
                "outbound.port": sink.port,
                "outbound.ipv6": False,
                "outbound.allow_private": ["127.0.0.1"],
                "queue.retry_seconds_min": 1}
    with RunningServer(settings=settings) as server:
        begin = time.monotonic()
        submit(server, ["joe@a.test", "sue@b.test", f"bob@{DOMAIN}"])
        wait_until(lambda: len(sink.taken) == 2, 20)
        print(f"taken after {time.monotonic() - begin:.2f} s")
        assert sorted(to for _, to, _ in sink.taken) == [
            ["joe@a.test"], ["sue@b.test"]]
        sender, _, text = sink.taken[0]
        assert sender == f"ann@{DOMAIN}", sender
        assert text.startswith(b"Received: ") and b"\r\n.dots\r\n" in text
        wait_until(lambda: len(mail_of(server, "bob")) == 1, 20)

        submit(server, ["no@a.test", "joe@a.test"], "refused")
        wait_until(lambda: len(mail_of(server, "ann")) == 1, 20)
        report = mail_of(server, "ann")[0]
        assert report.get_content_type() == "multipart/report"
        assert report["Return-Path"] == "<>", report["Return-Path"]
        status = report.get_payload(1).get_payload()
        assert status[1]["Final-Recipient"] == "rfc822;no@a.test", status[1]
        assert status[1]["Status"] == "5.1.1"
        assert "no such user here" in status[1]["Diagnostic-Code"]
        assert "Subject: refused" in report.as_string()

        submit(server, ["x@nowhere.invalid"], "nowhere")
        wait_until(lambda: len(mail_of(server, "ann")) == 2, 20)
        assert "Status: 5.1.2" in mail_of(server, "ann")[1].as_string()

        submit(server, ["later@a.test"], "waits")
        wait_until(lambda: any(to == ["later@a.test"]
                               for _, to, _ in sink.taken), 30)

        # Killed, everything goes on where it was.
        submit(server, ["later@b.test"], "survives")
        wait_until(lambda: "later@b.test" in sink.asked, 20)
        server.kill()
        server.start()
        wait_until(lambda: any(to == ["later@b.test"]
                               for _, to, _ in sink.taken), 60)
        print("mail leaves, comes back as a report, and survives")
    return 0


if __name__ == "__main__":
    sys.exit(main())
