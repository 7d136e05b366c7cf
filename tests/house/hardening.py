#!/usr/bin/env python3
"""Reads the hardening back from the release binary.

    hardening.py BINARY

Not the compiler's flags but what came of them: a build that lost one on the
way fails here.
"""
import re
import subprocess
import sys

binary = sys.argv[1]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout


header = run("readelf", "-hW", binary)
segments = run("readelf", "-lW", binary)
dynamic = run("readelf", "-dW", binary)
notes = run("readelf", "-nW", binary)
symbols = run("readelf", "-sW", binary)
code = run("objdump", "-d", "--no-show-raw-insn", binary)

checks = []


def check(claim, holds):
    checks.append((claim, bool(holds)))


check("position-independent (ET_DYN)", re.search(r"Type:\s+DYN", header))
check("static: no interpreter", "INTERP" not in segments)
check("static: no shared library", "(NEEDED)" not in dynamic)
check("full RELRO: a GNU_RELRO segment", "GNU_RELRO" in segments)
check("full RELRO: bound at the start", re.search(r"BIND_NOW|FLAGS.*NOW", dynamic))
stack = re.search(r"GNU_STACK.*", segments)
check("no executable stack", stack and "RWE" not in stack[0])
check("no segment writable and executable",
      not re.search(r"LOAD.*\bRWE\b", segments))
check("CET: indirect branch tracking and shadow stack in own code",
      code.count("endbr64") > 1000)
check("stack protector", "__stack_chk_fail" in symbols
      or "__stack_chk_fail" in code)
check("FORTIFY_SOURCE: checked functions are called",
      re.search(r"__(memcpy|read|snprintf|fprintf|memset|vsnprintf|printf|strncpy|memmove)_chk",
                symbols + code))
# Stack-clash protection probes each page of a large frame.
check("stack-clash protection: large frames are probed",
      re.search(r"sub\s+\$0x1000,%rsp\s*\n.*orq\s+\$0x0,", code))
# Spans, optionals and vectors that are used past their end end the role.
check("assertions of the C++ library", code.count("__glibcxx_assert_fail") > 100)
check("no debugging leftovers of the sanitizers", "__asan" not in symbols
      and "__ubsan" not in symbols)
check("no extra policy for instrumented builds",
      b"instrumented: yes" not in open(binary, "rb").read())

for claim, holds in checks:
    print(("ok    " if holds else "WRONG ") + claim)
sys.exit(0 if all(holds for _, holds in checks) else 1)
