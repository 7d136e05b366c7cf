"""Programs that read messages, each as a process that is asked again and
again; and how their answers are compared with a list of known differences."""
import json
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[3]
DATA = TOP / "tests/data"


class Reader:
    """A program like outline.cc, which see for what it is sent."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, kind, octets):
        self.process.stdin.write(b"%s %d\n" % (kind.encode(), len(octets)))
        self.process.stdin.write(octets)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("%s ended at %s %r" % (
                self.process.args[0], kind, octets[:2000]))
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait() != 0:
            raise RuntimeError("%s failed" % self.process.args[0])


def utf8(text):
    """Characters U+0000 to U+00FF are octets."""
    return None if text is None else text.encode("latin-1").decode(
        "utf-8", "backslashreplace")


def compare(test, found, listed):
    """Both ways: a difference that is not listed, with its reason, fails, and
    so does one that is listed and no longer there. `found` has the differing
    cases with what is read on either side."""
    known = {case for cases in listed.values() for case in cases}
    lines = ["%s: %s" % (case, found[case]) for case in sorted(
        set(found) - known, key=str)]
    lines += ["%s: listed, but no longer different" % (case,)
              for case in sorted(known - set(found), key=str)]
    test.assertEqual(lines, [], "\n" + "\n".join(lines))
