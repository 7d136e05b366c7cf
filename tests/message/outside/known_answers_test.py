#!/usr/bin/env python3
"""src/message against the expectations that come with Mime4j's and
mail-parser's test data. Both are lenient, each in its way: where Postkeep
differs, differences.py says why.

  known_answers_test.py OUTLINE [unittest arguments]
"""
import datetime
import email.utils
import json
import re
import sys
import unittest
import xml.etree.ElementTree as xml

import differences
from readers import DATA, Reader, compare, utf8

OUTLINE = sys.argv.pop(1)
LEAF, MULTIPART, MESSAGE = 0, 1, 2


def tree(parts):
    """The list of parts, which is depth first, as nested lists."""
    above = {}
    for part in parts:
        part["parts"] = []
        if part["depth"] > 0:
            above[part["depth"] - 1]["parts"].append(part)
        above[part["depth"]] = part
    return parts[0]


def line(text):
    return re.sub(r"\s+", " ", text).strip()


class Mime4j(unittest.TestCase):
    """NAME.xml has the fields, the parts and the bodies of NAME.msg."""

    def shape_of_xml(self, entity):
        fields = [line(field.text or "") for field in
                  entity.find("header").findall("field")]
        parts = entity.find("multipart")
        if parts is not None:
            return (fields, "multipart", [self.shape_of_xml(part) for part in
                                          parts.findall("body-part")])
        nested = entity.find("message")
        if nested is not None:
            return fields, "message", [self.shape_of_xml(nested)]
        # What follows "<body>\n" is the body.
        body = (entity.findtext("body") or "")[1:]
        return fields, "leaf", line(body)

    def shape_of(self, part, octets):
        fields = [line(name + ":" + value) for name, value in part["fields"]]
        kind = ["leaf", "multipart", "message"][part["kind"]]
        if part["kind"] != LEAF:
            return fields, kind, [self.shape_of(one, octets)
                                  for one in part["parts"]]
        body = octets[part["begin"]:part["end"]].decode("latin-1")
        return fields, kind, line(body)

    def test_each_message(self):
        reader = Reader(OUTLINE)
        found = {}
        messages = sorted((DATA / "mime4j/testmsgs").glob("*.msg"))
        for path in messages:
            octets = path.read_bytes()
            ours = self.shape_of(tree(reader.ask("message", octets)), octets)
            text = path.with_suffix(".xml").read_bytes().replace(b"\r", b" ")
            wanted = self.shape_of_xml(xml.fromstring(text))
            if ours != wanted:
                found[path.stem] = "\n  %s\n  %s" % (ours, wanted)
        reader.close()
        self.assertEqual(len(messages), 32)
        compare(self, found, differences.MIME4J)


class MailParserMessages(unittest.TestCase):
    """NAME.json is NAME.eml with LF, NAME.crlf.json with CRLF."""

    def shape_of_json(self, parts, index=0):
        part = parts[index]
        body = part["body"]
        type_ = [field["value"]["ContentType"] for field in part["headers"]
                 if field["name"] == "content_type"
                 and "ContentType" in (field["value"] or {})]
        name = "%s/%s" % (type_[-1]["c_type"], type_[-1]["c_subtype"]) \
            if type_ else None
        place = (part["offset_header"], part["offset_body"],
                 part["offset_end"])
        if "Multipart" in body:
            return "multipart", name, place, [
                self.shape_of_json(parts, one) for one in body["Multipart"]]
        if "Message" in body:
            return "message", name, place, [
                self.shape_of_json(body["Message"]["parts"])]
        return "leaf", name, place, []

    def shape_of(self, part):
        typed = any(name.lower() == "content-type"
                    for name, _ in part["fields"])
        return (["leaf", "multipart", "message"][part["kind"]],
                part["type"] if typed else None,
                (part["header"], part["begin"], part["end"]),
                [self.shape_of(one) for one in part["parts"]])

    def test_each_message(self):
        reader = Reader(OUTLINE)
        found = {}
        paths = sorted((DATA / "mail-parser/eml").glob("*/*.json"))
        for path in paths:
            octets = path.with_name(path.name.split(".")[0] +
                                    ".eml").read_bytes().replace(b"\r", b"")
            if path.name.endswith(".crlf.json"):
                octets = octets.replace(b"\n", b"\r\n")
            wanted = self.shape_of_json(
                json.loads(path.read_bytes())["parts"])
            ours = self.shape_of(tree(reader.ask("message", octets)))
            if ours != wanted:
                found[path.parent.name + "/" + path.stem] = "\n  %s\n  %s" % (
                    ours, wanted)
        reader.close()
        self.assertEqual(len(paths), 66)
        compare(self, found, differences.MAIL_PARSER_MESSAGES)


class MailParserTables(unittest.TestCase):
    """NAME.json has values of fields and what they say."""

    def each(self, name, kind, read):
        reader = Reader(OUTLINE)
        found = {}
        path = DATA / "mail-parser" / (name + ".json")
        table = json.loads(path.read_bytes())
        for number, case in enumerate(table):
            octets = case["header"].encode()
            ours, wanted = read(reader.ask(kind, octets), case["expected"])
            if ours != wanted:
                found[number] = "%r\n  %s\n  %s" % (octets, ours, wanted)
        reader.close()
        compare(self, found, getattr(differences, name.upper()))

    def test_addresses(self):
        def flat(expected):
            """mail-parser's List and Group, as entries one after another."""
            if expected is None:
                return []
            entries = []
            for group in expected.get("Group", [None]):
                members = group["addresses"] if group else expected["List"]
                if group and group["name"] is not None:
                    entries.append({"group": group["name"]})
                entries += [(one["name"] or "", one["address"] or "")
                            for one in members]
                if group and group["name"] is not None:
                    entries.append("end of group")
            return entries

        def read(ours, expected):
            entries = []
            for one in ours:
                if "local" not in one:
                    entries.append(
                        one if isinstance(one, str)
                        else {"group": utf8(one["group"])})
                    continue
                at = "@" if one["domain"] else ""
                entries.append((utf8(one["name"]),
                                utf8(one["local"] + at + one["domain"])))
            return entries, flat(expected)
        self.each("address", "addresses", read)

    def test_content_types(self):
        def read(ours, expected):
            wanted = expected and (
                "%s/%s" % (expected["c_type"].lower(),
                           (expected["c_subtype"] or "").lower()),
                sorted((name.lower(), value) for name, value in
                       expected.get("attributes") or []))
            return ours and (utf8(ours["type"]), sorted(
                {(utf8(name), utf8(value))
                 for name, value in ours["parameters"]})), wanted
        self.each("content_type", "type", read)

    @staticmethod
    def moment(date):
        zone = datetime.timedelta(hours=date["tz_hour"],
                                  minutes=date["tz_minute"])
        return "%04d-%02d-%02d %02d:%02d:%02d %s%s" % (
            date["year"], date["month"], date["day"], date["hour"],
            date["minute"], date["second"],
            "-" if date["tz_before_gmt"] and zone else "+", zone)

    @staticmethod
    def moment_of(written):
        if written is None:
            return None
        read = email.utils.parsedate_to_datetime(
            written.replace("-0000", "+0000"))
        zone = read.utcoffset()
        return read.strftime("%Y-%m-%d %H:%M:%S ").rjust(20, "0") + (
            "-%s" % -zone if zone < datetime.timedelta() else "+%s" % zone)

    def test_dates(self):
        self.each("date", "date", lambda ours, expected: (
            self.moment_of(ours), expected and self.moment(expected)))

    def test_ids(self):
        self.each("id", "ids", lambda ours, expected: (
            [utf8(one) for one in ours or []], expected or []))

    def test_received(self):
        """The date and the word after "by": what is read of it."""
        def clause(tokens, keyword):
            words = [one.lower() for one in tokens]
            at = words.index(keyword) if keyword in words else len(words)
            return utf8(tokens[at + 1]) if at + 1 < len(tokens) else None

        def read(ours, expected):
            by = list((expected.get("by") or {}).values())
            wanted = (expected.get("date") and self.moment(expected["date"]),
                      by[0] if by else None)
            if ours is None:
                return None, wanted
            return (self.moment_of(ours["date"]),
                    clause(ours["tokens"], "by")), wanted
        self.each("received", "received", read)

    def test_texts(self):
        self.each("unstructured", "text", lambda ours, expected: (
            line(utf8(ours)), line(expected or "")))


if __name__ == "__main__":
    unittest.main()
