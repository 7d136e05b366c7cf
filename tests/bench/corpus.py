"""Messages like those that people have, from a fixed seed: plain ones,
alternatives, attachments, forwarded ones; long traces; 8-bit and encoded words.
"""
import base64
import random

WORDS = ("the of mail server meeting report invoice quarterly please find "
         "attached regards schedule update project review delivery account "
         "team customer order number payment address question answer release "
         "version patch merge branch build failure system message queue index "
         "folder storage thanks hello best tomorrow week month travel draft"
         ).split()
NAMES = ("Alice Smith", "Bob Lee", "Jürgen Müller", "Zoë García",
         "Иван Петров", "Tom O'Neil", "Maria van Dyke", "李雷")
DOMAINS = ("example.com", "example.org", "mail.example.net", "corp.example")


class Corpus:
    def __init__(self, seed=1):
        self.random = random.Random(seed)
        self.blob = self.random.randbytes(400_000)

    def words(self, count):
        return " ".join(self.random.choice(WORDS) for _ in range(count))

    def text(self, octets):
        lines = []
        size = 0
        while size < octets:
            lines.append(self.words(self.random.randint(5, 11)))
            size += len(lines[-1]) + 1
        return "\n".join(lines) + "\n"

    def encoded(self, text):
        if text.isascii():
            return text
        return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="

    def address(self):
        number = self.random.randrange(99)
        return (f"{self.encoded(self.random.choice(NAMES))} "
                f"<user{number}@{self.random.choice(DOMAINS)}>")

    def id(self):
        return (f"<{self.random.getrandbits(64):x}."
                f"{self.random.getrandbits(40):x}@"
                f"{self.random.choice(DOMAINS)}>")

    def date(self):
        pick = self.random.randrange
        return (f"Mon, {1 + pick(28):02} Jan 2024 "
                f"{pick(24):02}:{pick(60):02}:{pick(60):02} +0100")

    def trace(self):
        lines = [f"Return-Path: <bounce@{self.random.choice(DOMAINS)}>"]
        for _ in range(self.random.randint(2, 6)):
            lines.append(
                f"Received: from {self.random.choice(DOMAINS)} "
                f"(mx [192.0.2.{self.random.randrange(255)}])\n"
                f"\tby mx.example.net with ESMTPS id "
                f"{self.random.getrandbits(44):X}\n"
                f"\tfor <user@example.net>; {self.date()}")
        signature = base64.b64encode(self.random.randbytes(256)).decode()
        folded = "\n\t ".join(signature[at:at + 64]
                              for at in range(0, len(signature), 64))
        lines.append("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
                     f"d=example.com;\n\ts=s1; h=From:To:Subject;\n\tb={folded}")
        return lines

    def multipart(self, kind, parts):
        boundary = f"----=_Part_{self.random.getrandbits(60):x}"
        middle = "".join(f"--{boundary}\n{part}" for part in parts)
        return (f"Content-Type: multipart/{kind};\n\tboundary=\"{boundary}\""
                f"\n\n{middle}--{boundary}--\n")

    def plain(self, octets):
        if self.random.random() < 0.5:
            return ("Content-Type: text/plain; charset=us-ascii\n\n" +
                    self.text(octets))
        return ("Content-Type: text/plain; charset=utf-8\n"
                "Content-Transfer-Encoding: 8bit\n\n" +
                self.text(octets).replace("please", "bitte schön"))

    def alternative(self, octets):
        html = ("Content-Type: text/html; charset=utf-8\n\n<html><body>\n<p>" +
                self.text(2 * octets).replace("\n", "<br>\n") +
                "</p></body></html>\n")
        return self.multipart("alternative", [self.plain(octets // 2), html])

    def attachment(self):
        octets = int(min(300_000, self.random.lognormvariate(9.8, 1.2)))
        name = f"{self.random.choice(WORDS)}{self.random.randrange(999)}.pdf"
        text = base64.encodebytes(self.blob[:octets]).decode()
        return (f"Content-Type: application/pdf;\n\tname=\"{name}\"\n"
                f"Content-Disposition: attachment;\n\tfilename=\"{name}\"\n"
                f"Content-Transfer-Encoding: base64\n\n{text}")

    def body(self, depth):
        octets = int(min(30_000, self.random.lognormvariate(7.4, 0.8)))
        kind = self.random.random()
        if kind < 0.4:
            return self.plain(octets)
        if kind < 0.75:
            return self.alternative(octets)
        if kind < 0.95 or depth > 0:
            return self.multipart("mixed", [self.alternative(octets),
                                            self.attachment()])
        return self.multipart("mixed", [
            self.plain(300),
            "Content-Type: message/rfc822\n\n" + self.message(depth + 1)])

    def message(self, depth=0):
        lines = self.trace() if depth == 0 else []
        subject = self.words(self.random.randint(2, 9))
        if self.random.random() < 0.25:
            subject = self.encoded("größer " + subject[:20])
        people = ",\n\t".join(self.address() for _ in range(
            self.random.choice([1, 1, 1, 2, 3, 8])))
        lines += [f"From: {self.address()}", f"To: {people}",
                  f"Subject: {subject}", f"Date: {self.date()}",
                  f"Message-ID: {self.id()}"]
        if self.random.random() < 0.5:
            ids = [self.id() for _ in range(self.random.choice([1, 3, 12]))]
            lines += [f"In-Reply-To: {ids[-1]}",
                      "References: " + "\n\t".join(ids)]
        lines.append("MIME-Version: 1.0")
        return "\n".join(lines) + "\n" + self.body(depth)


def messages(count, octets_max, seed=1):
    """`count` messages of at most `octets_max` octets, line ends LF."""
    made = Corpus(seed)
    found = []
    while len(found) < count:
        message = made.message().encode()
        if len(message) <= octets_max:
            found.append(message)
    return found
