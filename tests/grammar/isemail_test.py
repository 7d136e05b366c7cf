#!/usr/bin/env python3
"""The grammar of addr-spec against the isemail test set, which its authors
wrote from the RFCs with no regard to ours (tests/data/isemail/SOURCE.md)."""
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "grammar"))
import automaton  # noqa: E402
import ragel  # noqa: E402

ACCEPTED = ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321",
            "ISEMAIL_CFWS", "ISEMAIL_DEPREC", "ISEMAIL_RFC5322")
# Where the profile (abnf/postkeep_rfc5322.abnf) or RFC 5322 itself says else.
DIFFERS = {
    30: "RFC 5322 says nothing of hyphens at the ends of labels; DNS does",
    31: "the same", 102: "the same",
    58: "obs-qp, which the profile leaves out", 115: "the same",
    125: "the same", 134: "the same", 139: "the same",
    89: "RFC 5322's obs-FWS begins with WSP", 149: "the same",
    160: "RFC 6532 section 3.2: VCHAR has UTF-8",
}


def octets(text):
    """U+2400 and above stand for control characters."""
    return "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) < 0x2421 else c
                   for c in text or "").encode()


class Isemail(unittest.TestCase):
    def test_each_address(self):
        machine = ragel.Ragel(TOP / "grammar/rfc5322_address.rl", "addr_spec")
        alphabet = automaton.Alphabet(machine.cuts())
        grammar = machine.automaton(alphabet)
        tree = xml.parse(TOP / "tests/data/isemail/tests.xml")
        differs = {}
        for test in tree.iter("test"):
            address = octets(test.findtext("address"))
            wanted = test.findtext("category") in ACCEPTED
            if grammar.accepts_word(alphabet, address) != wanted:
                differs[int(test.get("id"))] = (
                    address, test.findtext("diagnosis"))
        self.assertEqual(set(differs), set(DIFFERS), differs)


if __name__ == "__main__":
    unittest.main()
