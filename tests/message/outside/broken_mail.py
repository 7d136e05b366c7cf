"""Messages by a seeded generator: well-formed ones, and broken and ambiguous
ones. The same seed makes the same messages."""
import random

TYPES = ["text/plain", "text/html", "application/pdf", "image/png",
         "application/octet-stream", "text/plain; charset=utf-8",
         'text/plain; charset="us-ascii"; format=flowed', "TEXT/Plain"]
MULTIPARTS = ["mixed", "alternative", "related", "digest", "signed", "x-odd"]
ENCODINGS = [None, None, "7bit", "8bit", "quoted-printable", "base64", "BASE64"]
DISPOSITIONS = [
    None, None, "inline", "attachment", "attachment; filename=plain.txt",
    'attachment; filename="two words.txt"', 'attachment; filename="a\\"b.txt"',
    'ATTACHMENT;\r\n filename="folded.txt"',
    "attachment; filename*=utf-8''%E2%82%AC.txt",
    'attachment; filename*0="in ";\r\n filename*1="pieces.txt"',
    "attachment; filename*0*=utf-8''%C3%A4;\r\n filename*1*=%C3%B6;"
    " filename*2=.txt"]
WORDS = ["mail", "--", "-", "part", "boundary", "=20", "Content-Type: x/y",
         "From here", ".", "caf\xc3\xa9", "x" * 70]

# What a broken message may have; see Maker.
DEFECTS = [
    "two types", "two boundaries", "two encodings", "not closed",
    "longer boundary", "same boundary", "bare CR", "bare LF", "LF alone",
    "no empty line", "NUL", "encoded composite", "no field", "odd boundary",
    "text after the delimiter", "white space after the delimiter",
    "delimiter in the wrong place", "cut off", "octet changed",
    "space before the colon", "bad type", "bad encoding", "bad disposition",
    "two filenames", "too deep", "comment", "unquoted", "From line",
    "first line folded", "boundary in pieces", "empty boundary",
    "space in encoding", "two dispositions", "unknown encoding",
    "header of white space",
    "no parts"]


class Maker:
    """Makes one message. Each defect is met where its turn comes: with it,
    about every second chance is taken."""

    def __init__(self, seed, defects=()):
        self.random = random.Random(seed)
        self.defects = defects
        self.boundaries = []
        self.made = 0

    def has(self, defect):
        return defect in self.defects and self.random.random() < 0.6

    def boundary(self):
        self.made += 1
        choose = self.random.choice
        if self.boundaries and self.has("longer boundary"):
            return choose(self.boundaries) + choose(["a", "-", "--", "-1"])
        if self.boundaries and self.has("same boundary"):
            return choose(self.boundaries)
        if self.has("odd boundary"):
            return choose(["a" * 71, "a" * 260, "sp ace", "end ", "--", "a=b",
                           "a:b/c", "\xc3\xa9", 'q"q', "back\\slash", "a;b",
                           "(x)", "a,b", "'"])
        if self.has("empty boundary"):
            return ""
        return choose(["=_%d", "----%d", "b%d_", "%dx", "Part.%d="]) % self.made

    def text(self):
        count = self.random.randrange(6)
        lines = [" ".join(self.random.choices(
            WORDS, k=self.random.randrange(5))) for _ in range(count)]
        return self.lines([line for line in lines if not line.startswith("--")])

    def lines(self, lines):
        result = ""
        for line in lines:
            end = "\r\n"
            if self.has("bare CR"):
                end = self.random.choice(["\r", "\r\r\n", "x\ry\r\n"])
            if self.has("bare LF"):
                end = "\n"
            if self.has("NUL"):
                line += "\0" + self.random.choice(["", "x"])
            result += line + end
        return result

    def type_field(self, value):
        name = "Content-Type"
        if self.has("space before the colon"):
            name += " "
        if self.has("bad type"):
            value = self.random.choice(
                ["text", "/", "multipart", "text plain", "", "multipart/mixed"
                 ' boundary="x"', value + "; =x", "\xc3\xa9/x", value + ' "'])
        if self.has("comment"):
            value = value.replace(";", " (a; b) ;", 1)
        lines = [name + ": " + value]
        if self.has("first line folded"):
            lines = [name + ":\r\n " + value]
        if self.has("two types"):
            lines.insert(self.random.randrange(2),
                         "Content-Type: " + self.random.choice(
                             TYPES + ["multipart/mixed; boundary=other"]))
        return lines

    def fields(self, value, composite, top):
        lines = self.type_field(value) if value else []
        encoding = self.random.choice(ENCODINGS)
        if composite:
            encoding = self.random.choice([None, None, "7bit", "binary"])
            if self.has("encoded composite"):
                encoding = self.random.choice(["base64", "quoted-printable"])
        if self.has("bad encoding"):
            encoding = self.random.choice(["base64, 7bit", "", "=", "8 bit"])
        if self.has("unknown encoding"):
            encoding = "x-uuencode"
        if self.has("space in encoding"):
            encoding = " base64 \t(comment)"
        if encoding is not None:
            lines.append("Content-Transfer-Encoding: " + encoding)
            if self.has("two encodings"):
                lines.append("Content-Transfer-Encoding: 8bit")
        disposition = self.random.choice(DISPOSITIONS)
        if self.has("bad disposition"):
            disposition = self.random.choice(["; filename=x", "a b", '"', "="])
        if self.has("two filenames"):
            disposition = "attachment; filename=a.txt; filename=b.exe"
        if disposition is not None:
            lines.append("Content-Disposition: " + disposition)
            if self.has("two dispositions"):
                lines.append("Content-Disposition: attachment; filename=z")
        if top:
            lines += ["Subject: x", "From: a@example.org"]
        self.random.shuffle(lines)
        if self.has("no field"):
            lines.insert(self.random.randrange(len(lines) + 1),
                         self.random.choice(["no field here", ": x", " y"]))
        if top and self.has("From line"):
            lines.insert(0, "From a@example.org Sat Nov 21 21:54:30 2026")
        if self.has("header of white space"):
            lines.append(" \t")
        return lines

    def entity(self, depth, top=False, in_digest=False):
        choice = self.random.random()
        if choice < 0.45 and depth < 5:
            return self.multipart(depth, top)
        if choice < 0.6 and depth < 5:
            body = self.entity(depth + 1, True)
            value = None if in_digest else "message/rfc822"
            return self.whole(value, True, top, body)
        value = self.random.choice(TYPES + ([] if in_digest else [None]))
        return self.whole(value, False, top, self.text())

    def whole(self, value, composite, top, body):
        end = "" if self.has("no empty line") else "\r\n"
        return self.lines(self.fields(value, composite, top)) + end + body

    def multipart(self, depth, top):
        boundary = self.boundary()
        quoted = '"%s"' % boundary.replace("\\", "\\\\").replace('"', '\\"')
        if self.has("unquoted"):
            quoted = boundary
        subtype = self.random.choice(MULTIPARTS)
        value = "multipart/%s; boundary=%s" % (subtype, quoted)
        if self.has("boundary in pieces"):
            value = 'multipart/%s; boundary*0="%s"; boundary*1="%s"' % (
                subtype, boundary[:2], boundary[2:])
        if self.has("two boundaries"):
            value += self.random.choice(["; boundary=b2", "; boundary*=''b3"])
        self.boundaries.append(boundary)
        body = self.text()
        count = self.random.randrange(1, 4)
        for _ in range(0 if self.has("no parts") else count):
            part = self.entity(depth + 1, False, subtype == "digest")
            if self.has("delimiter in the wrong place"):
                part += "--" + self.random.choice(self.boundaries) + \
                    self.random.choice(["", "--"]) + "\r\n"
            body += "--" + boundary + self.behind() + "\r\n" + part + "\r\n"
        if not self.has("not closed"):
            body += "--" + boundary + "--" + self.behind() + "\r\n"
        body += self.text()
        self.boundaries.pop()
        return self.whole(value, True, top, body)

    def behind(self):
        if self.has("text after the delimiter"):
            return self.random.choice(["x", " x", "-", "-x"])
        if self.has("white space after the delimiter"):
            return self.random.choice([" ", "\t ", "   "])
        return ""

    def message(self):
        text = self.entity(0, True)
        if "too deep" in self.defects:
            for level in range(self.random.randrange(50, 80)):
                text = self.random.choice([
                    "Content-Type: message/rfc822\r\n\r\n%s",
                    "Content-Type: multipart/mixed; boundary=deep{0}\r\n\r\n"
                    "--deep{0}\r\n%s\r\n--deep{0}--\r\n".format(level)
                ]).replace("%s", text)
        octets = text.encode("latin-1")
        if "LF alone" in self.defects:
            octets = octets.replace(b"\r\n", b"\n")
        if "cut off" in self.defects:
            octets = octets[:self.random.randrange(len(octets))]
        if "octet changed" in self.defects:
            at = self.random.randrange(len(octets))
            octet = self.random.choice([b"\0", b"\r", b"\n", b"-", b":", b'"'])
            octets = octets[:at] + octet + octets[at + 1:]
        return octets


def clean(count):
    return [("clean %d" % seed, Maker(seed).message())
            for seed in range(count)]


def broken(count):
    """One defect each, in turn, then two at once."""
    messages = []
    for seed in range(count):
        first = DEFECTS[seed % len(DEFECTS)]
        second = random.Random(seed).choice(DEFECTS)
        defects = [first] if seed % 2 == 0 else [first, second]
        messages.append(("broken %d (%s)" % (seed, ", ".join(defects)),
                         Maker(-1 - seed, defects).message()))
    return messages
