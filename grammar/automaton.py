"""Finite automata over octets: what prove.py compares.

An Automaton is deterministic and trimmed: each state reaches an accepting one.
Its alphabet is not the 256 octets but classes of octets that no grammar at hand
tells apart (Alphabet), so that a few dozen moves a state are enough.
"""
import collections

CR, LF = 0x0D, 0x0A


class Alphabet:
    """Classes of octets, cut where any of the grammars makes a difference."""

    def __init__(self, cuts):
        # The monitors tell these apart too.
        cuts = {0, 1, LF, LF + 1, CR, CR + 1, 0x80, 256} | set(cuts)
        self.bounds = sorted(c for c in cuts if 0 <= c <= 256)
        self.of = []
        for number in range(len(self.bounds) - 1):
            width = self.bounds[number + 1] - self.bounds[number]
            self.of += [number] * width

    def classes(self, low, high):
        """The classes between two octets at which the alphabet is cut."""
        return range(self.of[low], self.of[min(high, 255)] + 1)

    def octet(self, number):
        """One octet of a class: one that reads well, if there is one."""
        of_class = range(self.bounds[number], self.bounds[number + 1])
        for wanted in b"a0A":
            if wanted in of_class:
                return wanted
        return of_class[0]

    def word(self, numbers):
        return bytes(self.octet(n) for n in numbers)


class Builder:
    """An automaton in the making: moves may be many, or empty."""

    def __init__(self):
        self.empty, self.moves = [], []

    def state(self):
        self.empty.append([])
        self.moves.append([])
        return len(self.empty) - 1

    def splice(self, automaton, first, last):
        """Copies an automaton in between two states."""
        base = len(self.empty)
        for moves, accepts in zip(automaton.moves, automaton.accepts):
            self.empty.append([last] if accepts else [])
            self.moves.append([(c, base + to) for c, to in moves.items()])
        self.empty[first].append(base + automaton.start)

    def closure(self, states):
        seen, todo = set(states), list(states)
        while todo:
            for state in self.empty[todo.pop()]:
                if state not in seen:
                    seen.add(state)
                    todo.append(state)
        return frozenset(seen)

    def automaton(self, first, last):
        """The subset construction, then the smallest automaton."""
        start = self.closure({first})
        numbers, order, moves = {start: 0}, [start], []
        cache = {}
        for states in order:
            targets = collections.defaultdict(set)
            for state in states:
                for octets, to in self.moves[state]:
                    targets[octets].add(to)
            row = {}
            for octets, to in targets.items():
                to = frozenset(to)
                if to not in cache:
                    closed = self.closure(to)
                    if closed not in numbers:
                        numbers[closed] = len(order)
                        order.append(closed)
                    cache[to] = numbers[closed]
                row[octets] = cache[to]
            moves.append(row)
        return Automaton(moves, [last in states for states in order], 0)


class Automaton:
    def __init__(self, moves, accepts, start):
        self.moves, self.accepts, self.start = moves, accepts, start
        self.trim()
        self.minimise()

    def trim(self):
        """Drops states from which no accepting one is reached."""
        back = collections.defaultdict(list)
        for state, row in enumerate(self.moves):
            for to in row.values():
                back[to].append(state)
        live = {s for s, accepts in enumerate(self.accepts) if accepts}
        todo = list(live)
        while todo:
            for state in back[todo.pop()]:
                if state not in live:
                    live.add(state)
                    todo.append(state)
        if self.start not in live:  # Accepts nothing at all.
            self.moves, self.accepts, self.start = [{}], [False], 0
            return
        kept = sorted(live)
        number = {state: i for i, state in enumerate(kept)}
        self.moves = [{c: number[to] for c, to in self.moves[s].items()
                       if to in number} for s in kept]
        self.accepts = [self.accepts[s] for s in kept]
        self.start = number[self.start]

    def minimise(self):
        """Merges states that accept the same, by refining a partition until
        each part agrees on where its moves lead (Moore)."""
        part, parts = [int(a) for a in self.accepts], 0
        rows = [sorted(row.items()) for row in self.moves]
        while True:
            seen = {}
            part = [seen.setdefault(
                (part[s], tuple([(c, part[to]) for c, to in row])), len(seen))
                for s, row in enumerate(rows)]
            if len(seen) == parts:
                break
            parts = len(seen)
        moves, accepts = [None] * parts, [False] * parts
        for state, number in enumerate(part):
            if moves[number] is None:
                moves[number] = {c: part[to]
                                 for c, to in self.moves[state].items()}
                accepts[number] = self.accepts[state]
        self.moves, self.accepts = moves, accepts
        self.start = part[self.start]

    def accepts_word(self, alphabet, word):
        state = self.start
        for octet in word:
            state = self.moves[state].get(alphabet.of[octet])
            if state is None:
                return False
        return self.accepts[state]


def search(automata, wrong, alphabet):
    """The shortest word that leads several automata, side by side, to states
    that are `wrong` (a list of "accepts", one for each), and how many tuples of
    states were met. None stands for a state that can accept nothing more."""
    start = tuple(a.start for a in automata)
    came, todo = {start: None}, collections.deque([start])
    while todo:
        here = todo.popleft()
        accepts = [s is not None and a.accepts[s]
                   for a, s in zip(automata, here)]
        if wrong(accepts):
            word = []
            while came[here]:
                here, octets = came[here]
                word.append(octets)
            return alphabet.word(reversed(word)), len(came)
        rows = [a.moves[s] if s is not None else {}
                for a, s in zip(automata, here)]
        for octets in sorted(set().union(*rows)):
            there = tuple(row.get(octets) for row in rows)
            if there not in came:
                came[there] = (here, octets)
                todo.append(there)
    return None, len(came)


# Monitors: properties of every accepted string. Each is an automaton of its
# own, given by one step, that is in state BAD once the property is broken.
BAD = -1


def lines_end_with_crlf(state, octet):
    if state == "CR":
        return "" if octet == LF else BAD
    return "CR" if octet == CR else BAD if octet == LF else ""


def no_nul(state, octet):
    return BAD if octet == 0 else ""


def no_8bit(state, octet):
    return BAD if octet >= 0x80 else ""


MONITORS = {"crlf": lines_end_with_crlf, "no_nul": no_nul, "no_8bit": no_8bit}


def broken_by(automaton, monitor, alphabet):
    """The shortest accepted string that breaks a monitor; None if none does.
    Also a string that ends in the middle (after CR) breaks it."""
    start = (automaton.start, "")
    came, todo = {start: None}, collections.deque([start])
    while todo:
        here = todo.popleft()
        state, seen = here
        if automaton.accepts[state] and seen != "":
            word = []
            while came[here]:
                here, octets = came[here]
                word.append(octets)
            return alphabet.word(reversed(word))
        for octets, to in sorted(automaton.moves[state].items()):
            after = (BAD if seen == BAD
                     else monitor(seen, alphabet.bounds[octets]))
            if (to, after) not in came:
                came[(to, after)] = (here, octets)
                todo.append((to, after))
    return None


def goes_on_after_end(automaton, alphabet):
    """The shortest accepted string that another one begins with: where it ends
    cannot be known without reading on. None if there is none."""
    todo = collections.deque([(automaton.start, ())])
    seen = {automaton.start}
    while todo:
        state, word = todo.popleft()
        if automaton.accepts[state] and automaton.moves[state]:
            return alphabet.word(word)
        for octets, to in sorted(automaton.moves[state].items()):
            if to not in seen:
                seen.add(to)
                todo.append((to, word + (octets,)))
    return None
