#!/usr/bin/env python3
"""A floor under the line coverage of machines and sessions: 95 %.

    coverage.py BUILD_FOLDER

Reads gcov's own JSON for every object of the rooms that speak with strangers.
Lines that no test can reach are named in the source by PK_CHECK alone.
"""
import collections
import glob
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FLOOR = 95.0
# What is counted: machines (host files) and sessions.
COUNTED = ("src/smtp/", "src/imap/", "src/pop3/", "src/login/", "src/message/",
           "src/auth/", "src/spool/", "src/ipc/")

# The floor is under machines and sessions; the rest is told.
FLOORED = ("src/smtp", "src/imap", "src/pop3", "src/login", "src/message",
           "src/auth", "src/ipc")

build = pathlib.Path(sys.argv[1]).resolve()
top = pathlib.Path.cwd().resolve()
lines = collections.defaultdict(dict)  # file -> line -> count

notes = [str(p) for p in build.rglob("*.gcda")
         if any(f"postkeep_{room.split('/')[1]}.dir" in str(p)
                for room in COUNTED)]
if not notes:
    sys.exit("coverage: no counts; run the tests of the coverage build first")
with tempfile.TemporaryDirectory() as folder:
    for start in range(0, len(notes), 40):
        subprocess.run(["gcov", "--json-format", *notes[start:start + 40]],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        for name in glob.glob(os.path.join(folder, "*.gcov.json.gz")):
            with gzip.open(name) as text:
                data = json.load(text)
            for one in data["files"]:
                path = (pathlib.Path(data["current_working_directory"])
                        / one["file"]).resolve()
                if not path.is_relative_to(top):
                    continue
                short = str(path.relative_to(top))
                if not short.startswith(COUNTED):
                    continue
                for line in one["lines"]:
                    number = line["line_number"]
                    known = lines[short].get(number, 0)
                    lines[short][number] = max(known, line["count"])
            os.unlink(name)

rooms = collections.defaultdict(lambda: [0, 0])
files = {}
for path, counts in lines.items():
    run = sum(1 for count in counts.values() if count)
    files[path] = (run, len(counts))
    room = "/".join(path.split("/")[:2])
    rooms[room][0] += run
    rooms[room][1] += len(counts)
for path, (run, total) in sorted(files.items()):
    if total and 100 * run / total < FLOOR:
        missing = sorted(n for n, c in lines[path].items() if not c)
        print(f"  {100 * run / total:5.1f} %  {path}  not run: "
              f"{', '.join(map(str, missing[:12]))}"
              f"{' …' if len(missing) > 12 else ''}")
below = False
for room, (run, total) in sorted(rooms.items()):
    share = 100 * run / total
    below = below or (share < FLOOR and room in FLOORED)
    print(f"{room}: {share:.1f} % of {total} lines")
sys.exit(1 if below else 0)
