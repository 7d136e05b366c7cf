"""ABNF (RFC 5234, RFC 7405) as finite automata.

A rule becomes the smallest automaton of its own, and is spliced in wherever it
is named: rules of an RFC name each other again and again, so that the work is
done once. A rule that contains itself is not regular; with a depth it is
unrolled: the rule may stand inside itself until it is on the path that many
times.
"""
import pathlib
import re

from automaton import Builder

CORE_RULES = "RFC 5234 appendix B.1"
CORE = """
ALPHA = %x41-5A / %x61-7A
BIT = "0" / "1"
CHAR = %x01-7F
CR = %x0D
CRLF = CR LF
CTL = %x00-1F / %x7F
DIGIT = %x30-39
DQUOTE = %x22
HEXDIG = DIGIT / "A" / "B" / "C" / "D" / "E" / "F"
HTAB = %x09
LF = %x0A
LWSP = *(WSP / CRLF WSP)
OCTET = %x00-FF
SP = %x20
VCHAR = %x21-7E
WSP = SP / HTAB
"""
TOKEN = re.compile(r"""
      (?P<space>\s+)
    | (?P<comment>;[^\n]*)
    | (?P<string>(?:%[sSiI])?"[^"\n]*")
    | (?P<number>%[xdbXDB][0-9A-Fa-f]+(?:-[0-9A-Fa-f]+|(?:\.[0-9A-Fa-f]+)*))
    | (?P<repeat>\d*\*\d*|\d+)
    | (?P<name>[A-Za-z][A-Za-z0-9-]*)
    | (?P<sign>[/()\[\]])
    """, re.X)
DEFINITION = re.compile(r"^[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(=/|:?=)")


class AbnfError(Exception):
    pass


def definitions(text):
    """(name as written, "=" or "=/", text, line number) for each definition.
    ":=" is what MIME's RFCs write for "="."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        start = DEFINITION.match(line)
        if start:
            found.append([start[1], start[2].lstrip(":"),
                          line[start.end():], number])
        elif found:
            found[-1][2] += "\n" + line
        elif line.split(";")[0].strip():
            raise AbnfError(f"line {number} stands before the first rule")
    return found


def tokens(name, text):
    at, result = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            rest = text[at:].splitlines()[0]
            raise AbnfError(f"{name}: cannot read {rest!r} (a prose value "
                            "must be written out in a profile)")
        at = match.end()
        if match.lastgroup not in ("space", "comment"):
            result.append((match.lastgroup, match[0]))
    return result


class Reader:
    """The tokens of one rule as a tree: ("any", parts), ("all", parts),
    ("repeat", part, low, high or None), ("rule", name), ("octets", ranges)."""

    def __init__(self, name, text):
        self.name, self.tokens, self.at = name, tokens(name, text), 0

    def tree(self):
        result = self.alternation()
        if self.at < len(self.tokens):
            raise AbnfError(
                f"{self.name}: does not expect {self.tokens[self.at][1]}")
        return result

    def next_is(self, *signs):
        return (self.at < len(self.tokens) and
                self.tokens[self.at] in [("sign", s) for s in signs])

    def alternation(self):
        parts = [self.concatenation()]
        while self.next_is("/"):
            self.at += 1
            parts.append(self.concatenation())
        return ("any", parts) if len(parts) > 1 else parts[0]

    def concatenation(self):
        parts = []
        while self.at < len(self.tokens) and not self.next_is("/", ")", "]"):
            parts.append(self.repetition())
        if not parts:
            raise AbnfError(f"{self.name}: an alternative is empty")
        return ("all", parts) if len(parts) > 1 else parts[0]

    def repetition(self):
        kind, text = self.tokens[self.at]
        if kind != "repeat":
            return self.element()
        self.at += 1
        if self.at == len(self.tokens):
            raise AbnfError(f"{self.name}: {text} of what?")
        low, star, high = re.fullmatch(r"(\d*)(\*?)(\d*)", text).groups()
        if not star:
            high = low
        return ("repeat", self.element(), int(low or 0),
                int(high) if high else None)

    def element(self):
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "name":
            return ("rule", text.lower())
        if kind == "string":
            return string(text)
        if kind == "number":
            return number(text)
        close = {"(": ")", "[": "]"}.get(text)
        if not close:
            raise AbnfError(f"{self.name}: does not expect {text}")
        inner = self.alternation()
        if not self.next_is(close):
            raise AbnfError(f"{self.name}: {text} without {close}")
        self.at += 1
        return inner if text == "(" else ("repeat", inner, 0, 1)


def string(text):
    exact = text[:2].lower() == "%s"
    octets = text[text.index('"') + 1:-1].encode("ascii")
    return ("all", [("octets", [(o, o) for o in sorted(
        {o} if exact else set(bytes([o]).lower() + bytes([o]).upper()))])
        for o in octets])


def number(text):
    base, text = {"x": 16, "d": 10, "b": 2}[text[1].lower()], text[2:]
    if "-" in text:
        low, high = (int(n, base) for n in text.split("-"))
        return ("octets", [(low, high)])
    return ("all", [("octets", [(int(n, base),) * 2])
                    for n in text.split(".")])


def children(tree):
    return {"any": lambda: tree[1], "all": lambda: tree[1],
            "repeat": lambda: [tree[1]]}.get(tree[0], list)()


def named(tree):
    """The rules that a tree names."""
    if tree[0] == "rule":
        return {tree[1]}
    return set().union(*map(named, children(tree)))


def octets(tree):
    if tree[0] == "octets":
        return {n for low, high in tree[1] for n in (low, high + 1)}
    return set().union(*map(octets, children(tree)))


class Abnf:
    """The rules of one file or of several. In a later file "=/" adds to a rule,
    and "=" takes the place of one: that is how a profile says where it differs
    from the RFC."""

    def __init__(self, paths):
        # By name in lower case: text, name as written, last file.
        self.rules, self.names, self.source = {}, {}, {}
        self.read(CORE_RULES, CORE)
        for path in paths:
            self.read(path, pathlib.Path(path).read_text())
        self.trees = {}

    def read(self, path, text):
        here = set()
        for name, sign, body, line in definitions(text):
            key = name.lower()
            if sign == "=":
                if key in here:
                    raise AbnfError(f"{path}:{line}: {name} again: say =/")
                self.rules[key] = body
                self.names[key] = name
            elif key in self.rules:
                self.rules[key] = f"{self.rules[key]}\n / {body}"
            else:
                raise AbnfError(f"{path}:{line}: {name} =/ adds to no rule")
            here.add(key)
            self.source[key] = path

    def tree(self, name):
        if name not in self.rules:
            raise AbnfError(f"no rule named {name}")
        if name not in self.trees:
            self.trees[name] = Reader(name, self.rules[name]).tree()
        return self.trees[name]

    def reached(self, name):
        seen, todo = {name}, [name]
        while todo:
            for other in named(self.tree(todo.pop())):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    def cuts(self, name):
        return set().union(*(octets(self.tree(n)) for n in self.reached(name)))


class AbnfAutomata:
    """Automata of the rules over one alphabet, each made once."""

    def __init__(self, abnf, alphabet, depth=None):
        self.abnf, self.alphabet, self.depth = abnf, alphabet, depth
        self.made, self.loops = {}, {}

    def loop(self, name):
        """The rules that contain `name` and are contained in it."""
        if name not in self.loops:
            below = set()
            for other in named(self.abnf.tree(name)):
                below |= self.abnf.reached(other)
            self.loops[name] = {n for n in below if name in below and
                                name in self.abnf.reached(n)}
        return self.loops[name]

    def rule(self, name, path=()):
        """`path`: the rules of the same loop that this one stands inside."""
        path = tuple(n for n in path if n in self.loop(name))
        if path and not self.depth:
            raise AbnfError("not regular without a depth: " +
                            " > ".join(path + (name,)))
        if self.depth and path.count(name) == self.depth:
            return None  # Too deep: accepts nothing.
        key = name, tuple(sorted(path))
        if key not in self.made:
            builder = Builder()
            first, last = builder.state(), builder.state()
            self.build(builder, self.abnf.tree(name), first, last,
                       path + (name,))
            self.made[key] = builder.automaton(first, last)
        return self.made[key]

    def build(self, builder, tree, first, last, path):
        kind = tree[0]
        if kind == "octets":
            for low, high in tree[1]:
                if low > 255:
                    raise AbnfError(f"{path[-1]}: {low} is no octet")
                builder.moves[first] += [
                    (c, last) for c in self.alphabet.classes(low, high)]
        elif kind == "any":
            for part in tree[1]:
                self.build(builder, part, first, last, path)
        elif kind == "all":
            for part in tree[1]:
                after = builder.state()
                self.build(builder, part, first, after, path)
                first = after
            builder.empty[first].append(last)
        elif kind == "repeat":
            self.build_repeat(builder, tree, first, last, path)
        else:
            automaton = self.rule(tree[1], path)
            if automaton is not None:
                builder.splice(automaton, first, last)

    def build_repeat(self, builder, tree, first, last, path):
        _, part, low, high = tree
        for count in range(max(low, high or 0)):
            if count >= low:
                builder.empty[first].append(last)
            after = builder.state()
            self.build(builder, part, first, after, path)
            first = after
        if high is None:
            # A state of its own, which nothing else comes back to.
            again = builder.state()
            builder.empty[first].append(again)
            after = builder.state()
            self.build(builder, part, again, after, path)
            builder.empty[after].append(again)
            first = again
        builder.empty[first].append(last)
