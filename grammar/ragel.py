"""Ragel machines as finite automata, from the XML that `ragel -x` prints."""
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree as xml

from automaton import Automaton

HERE = pathlib.Path(__file__).resolve().parent
# With these the automaton is not the whole language.
BANNED = ("goto", "call", "next", "goto_expr", "call_expr", "next_expr", "ret",
          "hold", "exec", "cond_space")


class RagelError(Exception):
    pass


def machine_name(path):
    found = re.search(r"machine\s+(\w+)\s*;", pathlib.Path(path).read_text())
    if not found:
        raise RagelError(f"{path}: names no machine")
    return found[1]


def rules(path):
    """The rules that a file defines, in its order."""
    text = pathlib.Path(path).read_text()
    return re.findall(r"^\s*(\w+)\s*:?=(?!=)", text, re.M)


def run(path, rule, *options):
    """What ragel prints for one rule of a file."""
    path = pathlib.Path(path)
    with tempfile.TemporaryDirectory() as folder:
        source = path
        if rule != "main":
            source = pathlib.Path(folder) / "entry.rl"
            source.write_text(
                "%%{ machine entry; alphtype unsigned char;\n"
                f'include {machine_name(path)} "{path.name}";\n'
                f"main := {rule}; }}%%\n")
        done = subprocess.run(
            ["ragel", *options, "-I", str(path.parent), "-I", str(HERE),
             str(source)], capture_output=True, check=False)
    if done.returncode:
        raise RagelError(f"{path}:{rule}: " + done.stderr.decode())
    return done.stdout.decode()


class Ragel:
    def __init__(self, path, rule):
        self.xml = run(path, rule, "-x")
        tree = xml.fromstring(self.xml)
        alphabet = tree.find(".//alphtype")
        if alphabet is None or alphabet.text != "uchar":
            raise RagelError(f"{path}: say alphtype unsigned char")
        for banned in BANNED:
            if tree.find(f".//{banned}") is not None:
                raise RagelError(f"{path}: uses {banned}, so its automaton is "
                                 "not the whole truth")
        self.start = int(tree.find(".//start_state").text)
        self.finals, self.moves = set(), {}
        for state in tree.iter("state"):
            number = int(state.get("id"))
            if state.get("final"):
                self.finals.add(number)
            moves = (t.text.split() for t in state.iter("t"))
            self.moves[number] = [tuple(map(int, m[:3])) for m in moves
                                  if m[2] != "x"]

    def cuts(self):
        return {n for moves in self.moves.values()
                for low, high, _ in moves for n in (low, high + 1)}

    def automaton(self, alphabet):
        number = {state: i for i, state in enumerate(self.moves)}
        rows = []
        for moves in self.moves.values():
            rows.append({c: number[to] for low, high, to in moves
                         for c in alphabet.classes(low, high)})
        return Automaton(rows, [s in self.finals for s in self.moves],
                         number[self.start])
