#!/usr/bin/env python3
"""The grammars of addr-spec and Mailbox against the isemail test sets, which
their authors wrote from the RFCs with no regard to ours
(tests/data/isemail/SOURCE.md). Both ways: a difference that is not listed
fails, and so does one that is listed and no longer there."""
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "grammar"))
import automaton  # noqa: E402
import ragel  # noqa: E402

MAILBOX = ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321")
ADDR_SPEC = MAILBOX + ("ISEMAIL_CFWS", "ISEMAIL_DEPREC", "ISEMAIL_RFC5322")
LENGTHS = "lengths are counted beside the grammar (src/smtp/path.cc)"
LITERALS = ("RFC 5321 section 4.1.3: what is no IPv6 address may still be a "
            "General-address-literal; literals of IPv4 and IPv6 are looked at "
            "beside the grammar (dialogue address_literals_are_checked)")
NUMBERS = "Snum is 1*3DIGIT by ABNF; its value is looked at beside the grammar"
HYPHENS = "RFC 5322 says nothing of hyphens at the ends of labels; DNS does"
OBS_QP = "obs-qp, which the profile (abnf/postkeep_rfc5322.abnf) leaves out"
# By rule and file: the reasons, and the numbers of the tests.
DIFFERS = {
    ("addr_spec", "tests"): {
        HYPHENS: [30, 31, 102],
        OBS_QP: [58, 115, 125, 134, 139],
        "RFC 5322's obs-FWS begins with WSP": [89, 149],
        "RFC 6532 section 3.2: VCHAR has UTF-8": [160],
    },
    ("addr_spec", "tests-original"): {
        HYPHENS: [50, 51, 205, 206, 213],
        OBS_QP: [123, 226],
        "comments nest three deep": [186],
    },
    ("Mailbox", "tests"): {
        LENGTHS: [26, 28, 39, 40, 41, 59, 60],
        NUMBERS: [65],
        LITERALS: [66, 67, 69, 70, 71, 73, 74, 76, 78, 80, 82, 83, 84, 159],
    },
    ("Mailbox", "tests-original"): {
        LENGTHS: [21, 23, 34, 52, 115],
        NUMBERS: [36, 199],
        LITERALS: [
            38, 40, 41, 42, 43, 44, 46, 47, 158, 232, 234, 235, 237, 238, 240,
            242, 243, 245, 246, 248, 255, 256, 257, 259, 261, 263, 265, 266,
            267, 268, 269, 271, 272, 273, 274, 275, 276],
    },
}


def octets(text):
    """U+2400 and above stand for control characters."""
    return "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) < 0x2421 else c
                   for c in text or "").encode()


class Isemail(unittest.TestCase):
    def compare(self, grammar, rule, name, accepted):
        machine = ragel.Ragel(TOP / "grammar" / (grammar + ".rl"), rule)
        alphabet = automaton.Alphabet(machine.cuts())
        whole = machine.automaton(alphabet)
        tree = xml.parse(TOP / "tests/data/isemail" / (name + ".xml"))
        differs = {}
        for test in tree.iter("test"):
            address = octets(test.findtext("address"))
            wanted = test.findtext("category") in accepted
            if whole.accepts_word(alphabet, address) != wanted:
                differs[int(test.get("id"))] = (
                    wanted, address, test.findtext("diagnosis"))
        listed = DIFFERS[rule, name]
        self.assertEqual(
            set(differs), {one for ones in listed.values() for one in ones},
            "\n" + "\n".join("%d: %s" % one for one in sorted(
                differs.items())))

    def test_addr_spec(self):
        self.compare("rfc5322_address", "addr_spec", "tests", ADDR_SPEC)

    def test_addr_spec_original(self):
        self.compare("rfc5322_address", "addr_spec", "tests-original",
                     ADDR_SPEC)

    def test_mailbox(self):
        self.compare("rfc5321_address", "Mailbox", "tests", MAILBOX)

    def test_mailbox_original(self):
        self.compare("rfc5321_address", "Mailbox", "tests-original", MAILBOX)


if __name__ == "__main__":
    unittest.main()
