#!/usr/bin/env python3
"""Tests of grammar/prove.py: what it proves, and that it sees what it must.

The mutations plant one fault in a grammar or a host machine, as a person would
make it, and ask for the shortest string that shows it. An error in a grammar is
invisible to every test that uses the grammar as its oracle: this is the tool
that sees it, so it is tried itself.
"""
import itertools
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "grammar"))
import abnf  # noqa: E402
import automaton  # noqa: E402

REPLY = "grammar/abnf/rfc5321_reply.abnf:Reply-line"
RFC5322 = "+".join(f"grammar/abnf/{name}.abnf" for name in
                   ("rfc5322", "rfc3629", "rfc6532", "postkeep_rfc5322"))
WORD = "grammar/abnf/rfc2047.abnf+grammar/abnf/postkeep_rfc2047.abnf"

# (file, what stands there, what is planted, left, right, shortest witness)
MUTATIONS = [
    ("grammar/rfc5321_reply.rl", "0x32..0x35 0x30..0x35",
     "0x32..0x36 0x30..0x35", REPLY, "grammar/rfc5321_reply.rl:Reply_line", rb"600\r\n"),
    ("grammar/rfc5321_reply.rl", "( 9 | 32..126 )+", "( 9 | 32..127 )+",
     REPLY, "grammar/rfc5321_reply.rl:Reply_line", rb"200 \x7f\r\n"),
    ("grammar/rfc5321_reply.rl", "( 9 | 32..126 )+", "( 9 | 32..126 )*",
     REPLY, "grammar/rfc5321_reply.rl:Reply_line", rb"200 \r\n"),
    ("grammar/rfc5321_reply.rl", "textstring? CRLF", "textstring? CR? LF",
     REPLY, "grammar/rfc5321_reply.rl:Reply_line", rb"200-\n200\r\n"),
    ("src/smtp/sasl_line.rl", "alphtype unsigned char;", "",
     "src/smtp/sasl_line.rl:main",
     "grammar/rfc5321_reply.rl:tolerated_Reply_line", None),
    ("src/smtp/reply.rl", '"-" text? CRLF', '"-" text CRLF',
     "src/smtp/reply.rl:main",
     "grammar/rfc5321_reply.rl:tolerated_Reply_line", rb"200-\r\n200\r\n"),
    ("grammar/rfc3629_utf8.rl", "0xED 0x80..0x9F", "0xED 0x80..0xBF",
     "grammar/abnf/rfc3629.abnf:UTF8-octets",
     "grammar/rfc3629_utf8.rl:UTF8_octets", rb"\xed\xa0\x80"),
    ("grammar/rfc3629_utf8.rl", "0xC2..0xDF", "0xC0..0xDF",
     "grammar/abnf/rfc3629.abnf:UTF8-octets",
     "grammar/rfc3629_utf8.rl:UTF8_octets", rb"\xc0\x80"),
    ("grammar/rfc5322_lexical.rl", "ctext = 33..39 | 42..91", "ctext = 33..91",
     f"{RFC5322}:comment@3", "grammar/rfc5322_lexical.rl:comment", b"(()"),
    ("grammar/rfc5322_lexical.rl", "| comment_2 ) )* FWS?",
     "| comment_1 ) )* FWS?", f"{RFC5322}:comment@3", "grammar/rfc5322_lexical.rl:comment", b"((()))"),
    ("grammar/rfc5322_lexical.rl", "obs_FWS = WSP+ ( CRLF WSP+ )*",
     "obs_FWS = WSP+ ( CRLF WSP* )*",
     f"{RFC5322}:FWS", "grammar/rfc5322_lexical.rl:FWS", rb"\t\r\n"),
    ("grammar/rfc5322_date_time.rl", '65..73 | 75..90', '65..90',
     f"{RFC5322}:obs-zone", "grammar/rfc5322_date_time.rl:obs_zone", b"J"),
    ("grammar/rfc5322_date_time.rl", '"PDT"i', '"PDT"',
     f"{RFC5322}:obs-zone", "grammar/rfc5322_date_time.rl:obs_zone", b"PDt"),
    ("grammar/rfc2047_encoded_word.rl", "( 33..62 | 64..126 )+",
     "( 33..126 )+", f"{WORD}:encoded-word",
     "grammar/rfc2047_encoded_word.rl:encoded_word", b"=?!?B???="),
    ("grammar/rfc2045_mime.rl", "( \";\" parameter )*;\n\n  # mechanism",
     "( \";\" parameter? )*;\n\n  # mechanism",
     "+".join([RFC5322] + [f"grammar/abnf/{name}.abnf" for name in (
         "rfc2045", "rfc2183", "rfc2231", "postkeep_mime")]) +
     ":content-type-value@3", "grammar/rfc2045_mime.rl:content_type_value",
     b"!/!;"),
]


def prove(*arguments, top=TOP):
    done = subprocess.run([sys.executable, "grammar/prove.py", *arguments],
                          cwd=top, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Mutations(unittest.TestCase):
    def test_each_planted_fault_is_seen_with_its_shortest_string(self):
        for file, right_text, wrong_text, left, right, witness in MUTATIONS:
            with self.subTest(file=file, planted=wrong_text), \
                    tempfile.TemporaryDirectory() as folder:
                top = pathlib.Path(folder)
                shutil.copytree(TOP / "grammar", top / "grammar")
                shutil.copytree(TOP / "src/smtp", top / "src/smtp")
                text = (top / file).read_text()
                self.assertIn(right_text, text)
                (top / file).write_text(text.replace(right_text, wrong_text, 1))
                status, said = prove(left, right, top=top)
                if witness is None:
                    self.assertEqual(status, 2, said)
                    self.assertIn("alphtype", said)
                else:
                    self.assertEqual(status, 1, said)
                    self.assertIn("accepts b'" + witness.decode() + "'", said)


class Sides(unittest.TestCase):
    def written(self, text, name="a.abnf"):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / name
        path.write_text(text)
        return str(path)

    def same(self, left, right):
        self.assertEqual(prove(f"{self.written(left)}:x",
                               f"{self.written(right)}:x")[0], 0)

    def differ(self, left, right, witness):
        status, said = prove(f"{self.written(left)}:x",
                             f"{self.written(right)}:x")
        self.assertEqual(status, 1, said)
        self.assertIn(f"accepts {witness!r}", said)

    def test_abnf_means_what_rfc5234_says(self):
        self.same('x = "ab"', 'x = %x41.42 / %x61.62 / %x41.62 / %x61.42')
        self.same('x = %s"aB"', "x = %x61.42")
        self.same('x = 2*3DIGIT', 'x = DIGIT DIGIT [DIGIT]')
        self.same('x = *1ALPHA', 'x = [ALPHA]')
        self.same('x = 1*("a" / "b")',
                  'x = ("a" / "b") [y]\ny = *("b" / "a")')
        self.same('x = "a" ; "b"\n    / "c"', 'x = "c" / "a"')
        self.same('x = "a"\nx =/ "b"', 'x = "a" / "b"')
        self.same('x := %d13.10', 'x = CRLF')
        self.same('x = %b1010', 'x = LF')
        self.same('  x = y\n  y = "q"', 'X = "q"')
        self.same('x = 0"a"', 'x = ""')
        self.differ('x = *"a"', 'x = 1*"a"', b"")
        self.differ('x = *2"a"', 'x = *3"a"', b"AAA")

    def test_a_bounded_rule_nests_so_often_and_no_more(self):
        path = self.written('x = "(" *x ")"')
        status, said = prove(f"{path}:x", f"{path}:x")
        self.assertEqual(status, 2)
        self.assertIn("not regular without a depth: x > x", said)
        status, said = prove(f"{path}:x@3", f"{path}:x@2")
        self.assertIn("accepts b'((()))'", said)
        self.assertEqual(prove("--inside", f"{path}:x@2", f"{path}:x@3")[0], 0)
        status, said = prove("--inside", f"{path}:x@3", f"{path}:x@2")
        self.assertEqual(status, 1)
        mutual = self.written('x = "a" [y]\ny = "b" [x]')
        plain = self.written('x = "a" [ "b" [ "a" [ "b" ] ] ]')
        self.assertEqual(prove(f"{mutual}:x@2", f"{plain}:x")[0], 0)

    def test_a_later_file_adds_or_replaces(self):
        first = self.written('x = y\ny = "a"')
        adds = self.written('y =/ "b"')
        replaces = self.written('y = "c"')
        self.assertIn("accepts b'B'",
                      prove(f"{first}:x", f"{first}+{adds}:x")[1])
        said = prove("--difference", f"{first}:x", f"{first}+{replaces}:x")[1]
        self.assertIn("accepts b'A'", said)
        self.assertIn("accepts b'C'", said)

    def test_what_cannot_be_read_is_said(self):
        for text, message in (
                ('x = <prose>', "prose value"), ('y = "a"', "no rule named x"),
                ('x = "a" / ', "empty"), ('x = ("a"', "without )"),
                ('x = "a"\nx = "b"', "again"), ('x =/ "a"', "adds to no rule"),
                ('x = %d256', "no octet"), ('x = y', "no rule named y")):
            status, said = prove(f"{self.written(text)}:x", REPLY)
            self.assertEqual(status, 2, text)
            self.assertIn(message, said)
        status, said = prove("grammar/rfc5321_reply.rl:nothing", REPLY)
        self.assertEqual(status, 2)
        self.assertEqual(prove("--nothing", REPLY)[0], 2)
        self.assertEqual(prove(REPLY)[0], 2)

    def test_machines_that_hide_their_language_are_refused(self):
        path = self.written(
            "%%{ machine m; alphtype unsigned char;\n"
            "b := 'b' @{ fret; }; main := 'a' @{ fcall b; }; }%%", "m.rl")
        status, said = prove(f"{path}:main", REPLY)
        self.assertEqual(status, 2, said)
        self.assertIn("not the whole truth", said)

    def test_properties_hold_or_are_broken_by_the_shortest_string(self):
        path = self.written('x = "a" *"b"\ny = 1*VCHAR LF\nz = "a" CR\n'
                            'u = OCTET\nv = "a" CRLF')
        self.assertEqual(prove("--holds", "prefix_free,crlf,no_nul,no_8bit",
                               f"{path}:v")[0], 0)
        for name, rule, witness in (
                ("prefix_free", "x", rb"A"), ("crlf", "y", rb"a\n"),
                ("crlf", "z", rb"A\r"), ("no_nul", "u", rb"\x00"),
                ("no_8bit", "u", rb"\x80")):
            status, said = prove("--holds", name, f"{path}:{rule}")
            self.assertEqual(status, 1, said)
            self.assertIn(f"is broken by b'{witness.decode()}'", said)

    def test_strings_are_accepted_or_refused(self):
        status, said = prove("--accepts", REPLY, r"250 OK\r\n", r"250 OK\n")
        self.assertEqual(status, 1)
        self.assertIn(r"accepts b'250 OK\r\n'", said)
        self.assertIn(r"refuses b'250 OK\n'", said)

    def test_rules_are_listed(self):
        self.assertIn("Reply_code (4 states)",
                      prove("--list", "grammar/rfc5321_reply.rl")[1])


class Automata(unittest.TestCase):
    """The construction against a matcher that knows nothing of automata."""

    RULES = ['x = *("a" / "b" "a")', 'x = 1*2("a" ["b"]) *"c"',
             'x = *(*"a" "b") / 2"c"', 'x = ["a" *("b" / "c")] *("c" "a")',
             'x = y "b" / "c" *y\ny = "a" / "c" "b"']

    def matches(self, grammar, tree, word):
        """The lengths of the prefixes of `word` that `tree` accepts."""
        kind = tree[0]
        if kind == "octets":
            hit = word and any(low <= word[0] <= high for low, high in tree[1])
            return {1} if hit else set()
        if kind == "rule":
            return self.matches(grammar, grammar.tree(tree[1]), word)
        if kind == "any":
            return set().union(*(self.matches(grammar, part, word)
                                 for part in tree[1]))
        parts, low, high = tree[1], 0, None
        if kind == "repeat":
            parts, low, high = [tree[1]], tree[2], tree[3]
        ends, found, count = {0}, set(), 0
        if kind == "repeat" and low == 0:
            found |= ends
        while kind == "all" or high is None or count < high:
            part = parts[count] if kind == "all" and count < len(parts) else (
                parts[0] if kind == "repeat" else None)
            if part is None:
                return ends
            after = {e + n for e in ends
                     for n in self.matches(grammar, part, word[e:])}
            count += 1
            if kind == "repeat":
                if count >= low:
                    if after <= found and count > len(word) + low:
                        break
                    found |= after
                if not after or count > len(word) + low + 1:
                    break
            ends = after
        return found

    def test_every_short_string(self):
        for text in self.RULES:
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "a.abnf"
                path.write_text(text)
                grammar = abnf.Abnf([path])
            alphabet = automaton.Alphabet(grammar.cuts("x"))
            made = abnf.AbnfAutomata(grammar, alphabet).rule("x")
            for length in range(7):
                for letters in itertools.product(b"abc", repeat=length):
                    word = bytes(letters)
                    wanted = length in self.matches(
                        grammar, grammar.tree("x"), word)
                    self.assertEqual(made.accepts_word(alphabet, word), wanted,
                                     (text, word))


if __name__ == "__main__":
    unittest.main()
