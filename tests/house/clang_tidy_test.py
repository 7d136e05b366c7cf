#!/usr/bin/env python3
"""tests/house/clang_tidy.py can fail, and remembers no more than it should.

In a tree of its own: a source with a fault that .clang-tidy names is found; one
that was recorded is not looked at again, until it, a header that it includes by
way of another, or .clang-tidy changes.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
GOOD = '#include "room/one.h"\n\nint twice(int of) { return of * one() * 2; }\n'
BAD = """#include "room/one.h"

#include <string>
#include <utility>

std::string both(std::string text) {
  std::string taken = std::move(text);
  return taken + text;
}
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def lint(tree, *arguments):
    run = subprocess.run(
        [sys.executable, str(TOP / "tests/house/clang_tidy.py"), "build",
         *arguments], cwd=tree, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def check(claim, holds, said=""):
    print(("ok    " if holds else "WRONG ") + claim)
    if not holds:
        print(said)
        sys.exit(1)


with tempfile.TemporaryDirectory() as folder:
    tree = pathlib.Path(folder)
    shutil.copy(TOP / ".clang-tidy", tree)
    (tree / "tests/house").mkdir(parents=True)
    write(tree / "src/room/unit.h", "#pragma once\n")
    write(tree / "src/room/one.h",
          '#pragma once\n#include "room/unit.h"\ninline int one() { return 1; }\n')
    write(tree / "src/room/good.cc", GOOD)
    subprocess.run(["git", "init", "-q", "."], cwd=tree, check=True)
    write(tree / "build/compile_commands.json", json.dumps([
        {"directory": str(tree), "file": str(tree / "src/room" / name),
         "command": f"clang++-19 -std=c++23 -I{tree}/src -c "
                    f"{tree}/src/room/{name}"}
        for name in ("good.cc", "bad.cc")]))

    code, said = lint(tree)
    check("a clean source passes", code == 0 and "clean  src/room/good.cc" in said,
          said)
    code, said = lint(tree, "--record")
    check("it is recorded", code == 0 and "src/room/good.cc" in
          (tree / "tests/house/clang_tidy.clean").read_text(), said)
    code, said = lint(tree, "--most", "0")
    check("what is recorded is not linted again",
          code == 0 and "clean  " not in said, said)

    write(tree / "src/room/bad.cc", BAD)
    code, said = lint(tree)
    check("a fault fails, and is told",
          code == 1 and "bugprone-use-after-move" in said, said)
    code, said = lint(tree, "--record")
    check("a fault is not recorded", code == 1 and "bad.cc" not in
          (tree / "tests/house/clang_tidy.clean").read_text(), said)
    os.unlink(tree / "src/room/bad.cc")

    for name, more in (("src/room/unit.h", "// More.\n"),
                       (".clang-tidy", "# More.\n"),
                       ("src/room/.clang-tidy", "InheritParentConfig: true\n"),
                       ("src/room/good.cc", "// More.\n")):
        path = tree / name
        before = path.read_text() if path.exists() else ""
        path.write_text(before + more)
        code, said = lint(tree, "--most", "0")
        check(f"a change of {name} is a change",
              code == 1 and "script/tidy" in said, said)
        path.write_text(before)
        if not before:
            path.unlink()
    code, said = lint(tree, "--most", "0")
    check("and as it was, it is recorded again", code == 0, said)
