#!/usr/bin/env python3
"""The structure of messages as src/message, GMime and Python's email see it.

Of well-formed messages all three see the same. Of broken and ambiguous ones
each difference must be of a class of peer_classes.py, which has its rule, and
each class must occur.

  peers_test.py OUTLINE GMIME_OUTLINE [MESSAGES]
"""
import collections
import email
import pathlib
import sys

import broken_mail
import peer_classes
from readers import DATA, TOP, Reader

ASPECTS = ("kind", "type", "boundary", "encoding", "disposition", "filename",
           "size", "parts")


def lower(text):
    return None if text is None else text.strip().lower()


def nested(parts):
    """The list of parts, which is depth first, as nodes with "parts"."""
    above = {}
    for part in parts:
        part["parts"] = []
        if part["depth"] > 0:
            above[part["depth"] - 1]["parts"].append(part)
        above[part["depth"]] = part
        part["size"] = part["end"] - part["begin"] if part["kind"] == 0 else 0
        for name in ("type", "encoding", "disposition"):
            part[name] = lower(part[name])
        if part["kind"] != 1:
            part["boundary"] = None
    return parts[0] if parts else None


def attempt(read):
    """It fails where a charset or the number of a piece is odd."""
    try:
        return read()
    except (TypeError, ValueError, LookupError, RecursionError):
        return "failed"


def of_python(message):
    """The same of Python's email."""
    parts = []
    kind = 0
    if message.is_multipart():
        kind = 1 if message.get_content_maintype() == "multipart" else 2
        parts = [of_python(part) for part in message.get_payload()]
        size = 0
    else:
        # get_payload() would decode it.
        text = message._payload or ""
        size = len(text.encode("ascii", "surrogateescape"))
    return {"kind": kind, "type": lower(message.get_content_type()),
            "boundary": attempt(
                message.get_boundary) if kind == 1 else None,
            "encoding": lower(message.get("Content-Transfer-Encoding") and str(
                message.get("Content-Transfer-Encoding"))),
            "disposition": lower(attempt(
                message.get_content_disposition)),
            "filename": attempt(message.get_filename), "size": size,
            "parts": parts}


def differences(ours, theirs, path=()):
    """(path, aspect, node of ours, node of theirs), outermost first. Below a
    part that is of another kind, or has another number of parts, nothing is
    compared."""
    found = []
    for aspect in ASPECTS[:-1]:
        a, b = ours[aspect], theirs[aspect]
        if aspect == "encoding":
            a, b = a or "7bit", b or "7bit"
        if aspect == "filename" and (ours["kind"] != 0 or theirs["kind"] != 0):
            continue  # GMime has it of leaves alone.
        if aspect == "filename":
            # A name in Content-Type stands in for one in Content-Disposition.
            a = a or ours["name"]
        if aspect in ("filename", "boundary"):
            a = a and a.encode("latin-1").decode("utf-8", "replace")
            b = b and b.encode("utf-8", "surrogateescape").decode(
                "utf-8", "replace")
        if a != b:
            found.append((path, aspect, ours, theirs))
    if ours["kind"] != theirs["kind"]:
        return found[:1]
    if len(ours["parts"]) != len(theirs["parts"]):
        return found + [(path, "parts", ours, theirs)]
    for number, (a, b) in enumerate(zip(ours["parts"], theirs["parts"])):
        found += differences(a, b, path + (number + 1,))
    return found


class Comparison:
    def __init__(self, outline, gmime):
        self.ours, self.gmime = Reader(outline), Reader(gmime)
        self.seen = collections.Counter()
        self.unexplained = []
        self.failed = 0  # Python's, by an exception.

    def compare(self, name, octets):
        parts = self.ours.ask("message", octets)
        ours = nested(parts)
        gmime = self.gmime.ask("message", octets)
        for part in gmime:
            for key in ("boundary", "filename"):
                part[key] = part[key] and part[key].encode(
                    "latin-1").decode("utf-8", "surrogateescape")
        peers = [("gmime", nested(gmime)),
                 ("python", attempt(lambda: of_python(
                     email.message_from_bytes(octets))))]
        for peer, theirs in peers:
            if theirs == "failed":
                self.failed += 1
                continue
            found = [((), "nothing read", ours, None)] if theirs is None \
                else differences(ours, theirs)
            for difference in found:
                self.explain(name, octets, parts, peer, difference)

    def explain(self, name, octets, parts, peer, difference):
        path, aspect, ours, theirs = difference
        if not name.startswith("clean"):
            for known in peer_classes.CLASSES:
                if known.explains(peer, aspect, ours, theirs, octets, parts):
                    self.seen[known.name] += 1
                    return
        self.unexplained.append("%s: %s differs in %s at %s:\n  %s\n  %s" % (
            name, peer, aspect, list(path),
            {key: ours[key] for key in ASPECTS[:-1] + ("problems", "begin")},
            theirs and {key: theirs[key] for key in ASPECTS[:-1]}))


def from_files():
    folders = [TOP / "corpus" / name for name in (
        "message_structure", "message_header", "message_mime",
        "message_summary")]
    files = [path for folder in folders for path in sorted(folder.iterdir())]
    files += sorted((DATA / "mime4j/testmsgs").glob("*.msg"))
    files += sorted((DATA / "mail-parser/eml").glob("*/*.eml"))
    return [(str(path.relative_to(TOP)), path.read_bytes())
            for path in files if path.is_file()]


def main():
    outline, gmime, count = sys.argv[1], sys.argv[2], 3000
    if len(sys.argv) > 3:
        count = int(sys.argv[3])
    if not pathlib.Path(gmime).is_file():
        sys.exit("GMime is missing: apt-get install libgmime-3.0-dev, then "
                 "configure again")
    comparison = Comparison(outline, gmime)
    messages = from_files() + broken_mail.clean(count // 3) + \
        broken_mail.broken(count)
    for name, octets in messages:
        comparison.compare(name, octets)
    for known in peer_classes.CLASSES:
        print("%6d  %s" % (comparison.seen[known.name], known.name))
        if comparison.seen[known.name] == 0 and count >= 3000:
            comparison.unexplained.append(known.name + ": never seen")
    print("%d messages; Python failed on %d" % (
        len(messages), comparison.failed))
    if comparison.unexplained:
        print("\n".join(comparison.unexplained[:40]))
        sys.exit("%d differences without a rule" % len(comparison.unexplained))


if __name__ == "__main__":
    main()
