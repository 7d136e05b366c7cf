#!/usr/bin/env python3
"""Writes docs/grammar/: every grammar, every proof, every machine.

    document.py BUILD           writes docs/grammar/
    document.py --check BUILD   compares it with what would be written

BUILD is a configured build folder: the proofs are read from its ctest, so that
what is documented is what is run. Pictures need graphviz; without it, or with
another version than drew the ones that are there, only texts are compared.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

import prove
from abnf import Abnf, AbnfError
from automaton import Alphabet
from ragel import Ragel, RagelError, run

TOP = pathlib.Path(__file__).resolve().parents[1]
FOLDER = pathlib.Path("docs/grammar")
PICTURE_STATES_MAX = 60  # A picture of more states says nothing to an eye.
PICTURE_OCTETS_MAX = 300_000
WITNESS_OCTETS_MAX = 60
RULE_OCTETS_MAX = 160


def shown(word):
    """An octet string as a cell of a table."""
    if word is None:
        return "nothing"
    if word == b"":
        return "the empty string"
    text = repr(word)[2:-1].replace("|", "\\|").replace("`", "\\x60")
    if len(text) > WITNESS_OCTETS_MAX:
        text = text[:WITNESS_OCTETS_MAX] + "…"
    return f"`{text}`"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |"
                              for row in rows]) + "\n"


def side_name(side):
    """A side without the folders that all sides share."""
    path, _, rule = side.rpartition(":")
    names = [pathlib.Path(p).name if p.startswith("grammar/") else p
             for p in path.split("+")]
    return "`" + " + ".join(names) + ":" + rule + "`"


def proofs(build):
    """(name, kind, left, right) of each proof that ctest runs."""
    listed = subprocess.run(
        ["ctest", "--show-only=json-v1", "--test-dir", build], check=True,
        capture_output=True, text=True).stdout
    found = []
    for test in json.loads(listed)["tests"]:
        command = test.get("command", [])
        if "grammar/prove.py" not in command[1:2]:
            continue
        kind, sides = "same", command[2:]
        if sides[0].startswith("--"):
            kind, sides = sides[0][2:], sides[1:]
        found.append((test["name"].removeprefix("proof_"), kind, *sides))
    return sorted(found)


def difference(left, right):
    """The cells for what only the left and only the right accepts."""
    try:
        return [shown(word) for word in prove.difference(left, right)]
    except (AbnfError, RagelError) as error:
        in_words = "prose" in str(error) or "no rule named" in str(error)
        return ["the RFC says it in words" if in_words else str(error)] * 2


# Grammars.

def head_text(path, sign):
    """The comment at the head of a file, line by line."""
    lines = []
    for line in path.read_text().splitlines():
        line = line.strip()
        if line.startswith(sign):
            lines.append(line[len(sign):].strip())
        elif line and line != "%%{":
            break
    return lines


def grammar_rules(path):
    """(name, comment above it) of each rule of a grammar file."""
    comment, found = [], []
    for line in path.read_text().splitlines():
        if line.startswith("  #"):
            comment.append(line[3:].removeprefix(" "))
        elif not line.strip():
            comment = []
        else:
            name = re.match(r"  (\w+) = ", line)
            if name:
                found.append((name[1], comment))
                comment = []
    return found


def states(path, rule):
    machine = Ragel(path, rule)
    return len(machine.automaton(Alphabet(machine.cuts())).moves)


def grammar_page(path):
    head = [f"{line}  " for line in head_text(path, "#")]  # A line break each.
    lines = [f"# {path.stem}", "", *head, "",
             f"The rules of `{path}`: as the RFC states them (or, for a"
             " tolerated rule, why it is there), and the states of the"
             " smallest automaton that accepts the same.", ""]
    for name, comment in grammar_rules(path):
        lines += [f"## {name}", ""]
        if comment:
            lines += ["```", *comment, "```", ""]
        lines += [f"{states(path, name)} states.", ""]
    return "\n".join(lines)


# Machines.

def dot_of(path, rule="main"):
    text = run(path, rule, "-V", "-p")
    return re.sub(r"^digraph \w+ {", "digraph machine {", text)


def svg(text):
    done = subprocess.run(["dot", "-Tsvg"], input=text, check=True,
                          capture_output=True, text=True)
    return done.stdout


def rule_graph(path):
    """Which rules a machine is composed of: for one of too many states."""
    definitions = {}
    # The files that it includes, and they: another may use a name for a rule
    # of its own.
    files = [path]
    for file in files:
        text = re.sub(r"#.*|//.*", "", file.read_text())
        for name in re.findall(r'^\s*include\s+(?:\w+\s+)?"([^"]+)"', text,
                               re.M):
            included = pathlib.Path("grammar", name)
            if included not in files:
                files.append(included)
        for name, body in re.findall(r"^\s*(\w+)\s*:?=(?!=)([^;]*(?:;(?=\")"
                                     r"[^;]*)*);", text, re.M):
            definitions.setdefault(name, re.sub(r"\"[^\"]*\"i?|'[^']*'", "",
                                                body))
    reached, todo, edges = {"main"}, ["main"], set()
    while todo:
        name = todo.pop()
        for other in set(re.findall(r"[A-Za-z]\w*", re.sub(
                r"[$@>%]\s*\w+", "", definitions[name]))):
            if other not in definitions or other == "main":
                continue
            edges.add((name, other))
            if other not in reached:
                reached.add(other)
                todo.append(other)
    lines = ["digraph rules {", 'rankdir=LR; node [shape=box, height=0.2];']
    lines += [f'"{name}";' for name in sorted(reached)]
    lines += [f'"{a}" -> "{b}";' for a, b in sorted(edges)]
    return "\n".join(lines + ["}"]) + "\n"


def machine_files():
    """(path, name of its picture, states, moves, the picture as dot)."""
    for path in sorted(pathlib.Path("src").glob("*/*.rl")):
        machine = Ragel(path, "main")
        count = len(machine.moves)
        picture = dot_of(path) if count <= PICTURE_STATES_MAX else None
        if picture is None or len(picture) > PICTURE_OCTETS_MAX:
            picture = rule_graph(path)
            kind = "of its rules"
        else:
            kind = "of its states"
        yield (path, f"{path.parts[1]}_{path.stem}.svg", count,
               sum(map(len, machine.moves.values())), kind, picture)


# Pages.

def joined(files, rule, depth=""):
    return "+".join(files) + ":" + rule + depth


def changed_rule(base, full, key):
    """A line for one rule that a profile takes the place of, or adds to."""
    grammar = Abnf(full)
    name = grammar.names[key]
    cells = difference(joined(base, name), joined(full, name))
    if "not regular" in cells[0]:
        cells = difference(joined(base, name, "@3"), joined(full, name, "@3"))
    if cells == ["nothing", "nothing"]:
        return None
    text = re.sub(r"\s+", " ", re.sub(r";.*", "", grammar.rules[key])).strip()
    if len(text) > RULE_OCTETS_MAX:
        text = text[:RULE_OCTETS_MAX] + "…"
    text = text.replace("|", "\\|")
    return (f"`{name}`", pathlib.Path(grammar.source[key]).name, f"`{text}`",
            *cells)


def profile_rows(every):
    """The rules of RFCs that profiles change."""
    rows, seen = [], set()
    for _, _, *sides in every:
        for side in sides:
            path = side.rpartition(":")[0]
            full = path.split("+")
            base = [f for f in full if pathlib.Path(f).name.startswith("rfc")
                    and "profile" not in f]
            if not path.endswith(".abnf") or base == full or not base:
                continue
            known, changed = Abnf(base), Abnf(full)
            for key, text in changed.rules.items():
                if known.rules.get(key, text) == text:
                    continue
                mark = key, changed.source[key]
                if mark not in seen:
                    seen.add(mark)
                    rows.append(changed_rule(base, full, key))
    return sorted(row for row in rows if row)


def index(every, machines):
    lines = [
        "# Grammars, proofs and machines", "",
        "Written by `grammar/document.py`; a test compares it with the"
        " grammars. Octet strings are written as in C.", "",
        "## Grammars", "",
        table(("grammar", "what it is", "rules"), [
            (f"[{p.stem}]({p.stem}.md)", head_text(p, "#")[0],
             len(grammar_rules(p)))
            for p in sorted(pathlib.Path("grammar").glob("*.rl"))]),
        "## Where Postkeep means to differ from an RFC", "",
        "Each line is a rule of an RFC that a profile changes, with the"
        " shortest string that only one of both accepts, comments nested 3"
        " deep. Rules that name these change with them; all other rules are"
        " the RFC's.", "",
        table(("rule", "profile", "as Postkeep has it", "only the RFC accepts",
               "only Postkeep accepts"), profile_rows(every)),
        "## What is tolerated beyond a rule", "",
        "Each line is proved: what the first accepts, the second accepts too.",
        "",
        table(("rule", "is inside", "shortest string beyond it"), [
            (side_name(left), side_name(right), difference(left, right)[1])
            for _, kind, left, right in every if kind == "inside"]),
        "## Proofs that both sides accept the same", "",
        table(("left", "right"), [
            (side_name(left), side_name(right))
            for _, kind, left, right in every if kind == "same"]),
        "## Properties that hold", "",
        table(("property", "of every string that this accepts"), [
            (names.replace(",", ", "), side_name(side))
            for _, kind, names, side in every if kind == "holds"]),
        "## Machines as they are compiled", "",
        "`prefix_free`: no accepted string begins another. `crlf`: CR and LF"
        " only as CRLF. A picture of more than"
        f" {PICTURE_STATES_MAX} states says nothing to an eye: for a larger"
        " machine it shows which rules it is composed of.", "",
        table(("machine", "states", "moves", "picture"), [
            (f"`{path}`", count, moves, f"[{kind}]({name})")
            for path, name, count, moves, kind, _ in machines])]
    return "\n".join(lines)


def pages(build):
    every = proofs(build)
    machines = list(machine_files())
    texts = {FOLDER / "README.md": index(every, machines)}
    for path in sorted(pathlib.Path("grammar").glob("*.rl")):
        texts[FOLDER / f"{path.stem}.md"] = grammar_page(path)
    pictures = {}
    if shutil.which("dot"):
        pictures = {FOLDER / name: svg(picture)
                    for _, name, _, _, _, picture in machines}
    return texts, pictures


def drawn_by(text):
    return re.search(r"graphviz version ([\d.]+)", text or "") or [None, None]


def check(texts, pictures):
    wrong = []
    for path, text in texts.items():
        if not path.exists() or path.read_text() != text:
            wrong.append(path)
    for path, text in pictures.items():
        there = path.read_text() if path.exists() else None
        same_version = drawn_by(there)[1] == drawn_by(text)[1]
        if there is None or (same_version and there != text):
            wrong.append(path)
    known = set(texts) | set(pictures)
    wrong += [p for p in FOLDER.glob("*") if p not in known and (
        p.suffix != ".svg" or pictures)]
    for path in sorted(wrong):
        print(f"{path} is not what the grammars say: "
              "run python3 grammar/document.py BUILD")
    return 1 if wrong else 0


def main(arguments):
    checks = arguments[:1] == ["--check"]
    if len(arguments) != 1 + checks:
        print(__doc__, file=sys.stderr)
        return 2
    texts, pictures = pages(arguments[-1])
    if checks:
        return check(texts, pictures)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*"):
        path.unlink()
    for path, text in (texts | pictures).items():
        path.write_text(text)
    print(f"{FOLDER}: {len(texts)} pages, {len(pictures)} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
