"""The classes of differences between what src/message and others see of a
broken or ambiguous message, each with the rule of docs/messages.md that
Postkeep follows. A difference is explained by a class only in the aspects and
for the peers that it names, and where its test of the part holds."""
import dataclasses
import re
from collections.abc import Callable

# Bits of Part::problems in src/message/structure.h.
AMBIGUOUS_TYPE, AMBIGUOUS_BOUNDARY, WITHOUT_BOUNDARY = 1, 2, 4
TOO_DEEP, TOO_MANY, ENCODED_COMPOSITE = 8, 16, 32
TYPE_OUTSIDE, ENCODING_OUTSIDE, NOT_CLOSED, HEADER = 64, 128, 256, 512

ALL = ("kind", "type", "boundary", "encoding", "disposition", "filename",
       "size", "parts", "nothing read")
# Bits of Header::problems in src/message/header.h.
LINE_OUTSIDE, HAS_NUL, WITHOUT_END = 8, 32, 64

SHAPE = ("kind", "type", "size", "parts", "boundary")
BOTH = ("gmime", "python")


@dataclasses.dataclass
class Case:
    """One difference: the part as it is seen here and there."""
    aspect: str
    ours: dict
    theirs: dict | None
    octets: bytes
    parts: list

    def problem(self, bit):
        return self.ours["problems"] & bit != 0

    def header_problem(self, bit):
        """Of this part or of one that it is in."""
        return any(part["header_problems"] & bit for part in self.parts
                   if part["header"] <= self.ours["header"] and
                   part["end"] >= self.ours["end"])

    def header(self):
        return self.octets[self.ours["header"]:self.ours["begin"]]

    def fields(self, name):
        return [value for one, value in self.ours["fields"]
                if one.lower() == name]

    def boundaries(self):
        found = {part["boundary"].encode("latin-1") for part in self.parts
                 if part["boundary"]}
        # Those of multiparts that are opaque as well.
        found.update(re.findall(
            rb'boundary="?([^"\r\n;]+)', self.octets, re.IGNORECASE))
        return found

    def some_part(self, holds):
        """This one, or one of its parts."""
        return any(holds(part) for part in [self.ours] + self.ours["parts"])

    def line_with_more_than_a_boundary(self):
        for boundary in self.boundaries():
            for line in re.findall(b"(?:^|\n)--" + re.escape(boundary) +
                                   b"([^\n]*)", self.octets):
                if not re.fullmatch(rb"(--)?[ \t]*\r?", line):
                    return True
        return False


@dataclasses.dataclass
class Class:
    name: str
    peers: tuple
    aspects: tuple
    holds: Callable

    def explains(self, peer, aspect, ours, theirs, octets, parts):
        return (peer in self.peers and aspect in self.aspects and
                bool(self.holds(Case(aspect, ours, theirs, octets, parts))))


def utf8(text):
    return text and text.encode("latin-1").decode("utf-8", "replace")


def bare_cr(octets):
    return re.search(rb"\r(?!\n)", octets) is not None


CLASSES = [
    Class("two Content-Type fields: opaque", BOTH, SHAPE,
          lambda case: case.problem(AMBIGUOUS_TYPE)),
    Class("two boundaries, or one of an open multipart: opaque", BOTH, SHAPE,
          lambda case: case.problem(AMBIGUOUS_BOUNDARY)),
    Class("a multipart without a boundary that RFC 2046 allows: opaque", BOTH,
          SHAPE, lambda case: case.problem(WITHOUT_BOUNDARY)),
    Class("a multipart or message in base64 or the like: opaque", BOTH, SHAPE,
          lambda case: case.problem(ENCODED_COMPOSITE)),
    Class("deeper than 64: opaque", BOTH, SHAPE,
          lambda case: case.problem(TOO_DEEP)),
    Class("Content-Type outside the grammar: text/plain", BOTH, SHAPE,
          lambda case: case.problem(TYPE_OUTSIDE)),
    Class("an encoding outside the grammar, or two: unknown", BOTH,
          ("encoding",), lambda case: case.problem(ENCODING_OUTSIDE)),
    Class("a comment behind the encoding is none of it", BOTH, ("encoding",),
          lambda case: (case.theirs["encoding"] or "").split("(")[0].strip() ==
          case.ours["encoding"]),
    Class("two Content-Disposition fields: none", BOTH,
          ("disposition", "filename"),
          lambda case: len(case.fields("content-disposition")) > 1),
    Class("Content-Disposition outside the grammar: none", BOTH,
          ("disposition", "filename"),
          lambda case: case.fields("content-disposition") and
          case.ours["disposition"] is None),
    Class("a line that is no field is passed over", BOTH, ALL,
          lambda case: case.header_problem(LINE_OUTSIDE)),
    Class("NUL in a header", BOTH, ALL,
          lambda case: case.header_problem(HAS_NUL)),
    Class("CR ends no line, for Python it does", ("python",), ALL,
          lambda case: bare_cr(case.octets)),
    Class("CR in a header", ("gmime",), ALL,
          lambda case: bare_cr(case.header())),
    Class("a line that begins with the boundary is a delimiter", BOTH,
          ("kind", "parts", "size", "type"),
          lambda case: case.line_with_more_than_a_boundary()),
    Class("a delimiter line inside a header ends it; a part without an empty "
          "line is a part", BOTH, ("parts", "kind", "size", "nothing read"),
          lambda case: case.some_part(
              lambda part: part["header_problems"] & WITHOUT_END)),
    Class("behind a boundary that was taken, lines delimit the outer one",
          BOTH, ALL, lambda case: any(
              part["problems"] & AMBIGUOUS_BOUNDARY and
              part["header"] <= case.ours["end"] for part in case.parts)),
    Class("what is not closed ends with what it is in, line end and all",
          ("python",), ("size",), lambda case:
          0 < case.ours["size"] - case.theirs["size"] <= 2 and
          any(part["problems"] & NOT_CLOSED for part in case.parts)),
    Class("white space before the colon is none of the name", BOTH, ALL,
          lambda case: re.search(rb"(^|\n)[!-9;-~]+[ \t]+:", case.header())),
    Class("message/rfc822 and message/global alone have a message in them",
          ("python",), ("kind",), lambda case: case.ours["kind"] == 0 and
          case.ours["type"].startswith("message/")),
    Class("a fold is the white space it has", ("python",), ("filename",),
          lambda case: re.sub("[\r\n]", "", case.theirs["filename"] or "") ==
          utf8(case.ours["filename"])),
    Class("an encoded word in a parameter is not decoded", ("gmime",),
          ("filename",), lambda case: "=?" in (case.ours["filename"] or "")),
    Class("a parameter that is there twice has no value", BOTH, ("filename",),
          lambda case: case.ours["filename"] is None and any(
              value.lower().count("filename") > 1 for value in
              case.fields("content-disposition"))),
    Class("a comment in Content-Type is none of it", BOTH, ("type",),
          lambda case: case.theirs["type"].split("(")[0].strip() ==
          case.ours["type"]),
    Class("a digest with a comment in its Content-Type is a digest",
          ("python",), ("kind",), lambda case: case.ours["kind"] == 2 and
          not case.fields("content-type") and b"(" in case.octets),
    Class("white space at the end of a quoted value is its own", ("python",),
          ("filename",), lambda case: case.theirs["filename"] ==
          (utf8(case.ours["filename"]) or "").strip()),
    Class("a multipart without a delimiter has no parts", ("python",),
          ("kind",), lambda case: case.ours["kind"] == 1 and
          not case.ours["parts"]),
]
