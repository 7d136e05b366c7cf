#!/usr/bin/env python3
"""clang-tidy over the hand-written sources, remembering which were found clean.

    clang_tidy.py DATABASE [--most N]         the test: lints what is not
                                              recorded, N sources at most
    clang_tidy.py DATABASE --record [FILE…]   lints what is not recorded (of
                                              FILE…), and records what is clean

DATABASE is a folder with compile_commands.json. The record, clang_tidy.clean,
has one line a source: a hash over the .clang-tidy above it, the source, and every
header of this tree that it includes, by whatever way. So what was linted once is linted
again when something changed that can change the answer, and only then.
"""
import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys

LINTER = "clang-tidy-19"
RECORD = pathlib.Path("tests/house/clang_tidy.clean")
# What the test lints by itself: some five seconds of a processor each.
MOST = 40
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.M)


class Tree:
    """The sources below `top`, and what each of them includes."""

    def __init__(self, top):
        self.top = pathlib.Path(top)
        self.texts = {}

    def sources(self):
        names = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard",
             "src/*.cc", "sandbox/*.cc"], cwd=self.top, check=True,
            capture_output=True, text=True).stdout.split()
        return sorted(name for name in set(names) if (self.top / name).exists())

    def text(self, name):
        if name not in self.texts:
            path = self.top / name
            self.texts[name] = path.read_bytes() if path.is_file() else None
        return self.texts[name]

    def closure(self, name):
        """The source and every file of this tree that it includes."""
        found, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found.add(one)
            for include in INCLUDE.findall(self.text(one)):
                include = include.decode()
                for folder in ("src", ".", os.path.dirname(one)):
                    path = os.path.normpath(os.path.join(folder, include))
                    if self.text(path) is not None:
                        waiting.append(path)
                        break
        return sorted(found)

    def digest(self, name):
        digest = hashlib.sha256(LINTER.encode())
        rules = [str(folder / ".clang-tidy")
                 for folder in pathlib.PurePath(name).parents]
        for one in (*rules, *self.closure(name)):
            text = self.text(one)
            if text is None:
                continue
            digest.update(f"\0{one}\0{len(text)}\0".encode() + text)
        return digest.hexdigest()[:32]


def read_record(path):
    record = {}
    if path.exists():
        for line in path.read_text().splitlines():
            digest, _, name = line.partition("  ")
            record[name] = digest
    return record


def write_record(path, record):
    path.write_text("".join(f"{digest}  {name}\n"
                            for name, digest in sorted(record.items())))


def lint(top, database, name):
    """What clang-tidy says of one source; nothing when it is clean."""
    run = subprocess.run([LINTER, "-p", str(database), "--quiet", name],
                         cwd=top, capture_output=True, text=True)
    if run.returncode == 0 and not run.stdout.strip():
        return ""
    return run.stdout + (run.stderr if not run.stdout.strip() else "")


def lint_all(top, database, names, done):
    """Lints on every processor, telling `done` of each; those with findings."""
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {pool.submit(lint, top, database, name): name
                   for name in names}
        for future in concurrent.futures.as_completed(waiting):
            name, said = waiting[future], future.result()
            print(said or f"clean  {name}", flush=True)
            if said:
                wrong.append(name)
            else:
                done(name)
    return wrong


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("database")
    arguments.add_argument("files", nargs="*")
    arguments.add_argument("--record", action="store_true")
    arguments.add_argument("--most", type=int, default=MOST)
    given = arguments.parse_intermixed_args()
    tree, record = Tree("."), read_record(RECORD)
    sources = tree.sources()
    digests = {name: tree.digest(name) for name in sources}
    new = [name for name in sources if record.get(name) != digests[name]]
    if given.files:
        new = [name for name in new if name in given.files]
    print(f"{len(sources)} sources, {len(sources) - len(new)} recorded as clean",
          flush=True)
    if not given.record and len(new) > given.most:
        print("\n".join(new))
        print(f"{len(new)} are not, more than the {given.most} that a test "
              "lints by itself: run script/tidy, and commit its record")
        return 1

    def clean(name):
        # Written at once: what is stopped half-way has not worked for nothing.
        record[name] = digests[name]
        if given.record:
            write_record(RECORD, {one: digest for one, digest in record.items()
                                  if one in digests})

    wrong = lint_all(".", given.database, new, clean)
    if wrong:
        print(f"{len(wrong)} with findings: {' '.join(sorted(wrong))}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
