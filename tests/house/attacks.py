#!/usr/bin/env python3
"""Every test that docs/auditing/attacks.md names is there, and every file and
dialogue that docs/auditing/imap4rev2.md does."""
import pathlib
import re
import sys

text = pathlib.Path("docs/auditing/attacks.md").read_text()
missing, found = [], 0
for line in text.splitlines():
    file = None
    cells = line.split(" | ")
    if not line.startswith("| ") or len(cells) < 5 or "-" not in cells[0]:
        continue
    for name in re.findall(r"`([^`]+)`", cells[-1]):
        if "/" in name:
            file = pathlib.Path(name)
            found += 1
            if not file.exists():
                missing.append(f"{cells[0]}: there is no {name}")
        elif name.startswith("test_"):
            found += 1
            if file is None or f"def {name}(" not in file.read_text():
                missing.append(f"{cells[0]}: there is no {name} in {file}")

# There a name without a slash in the last column is one of the dialogues.
audit = pathlib.Path("docs/auditing/imap4rev2.md").read_text()
shown = 0
for line in audit.splitlines():
    cells = line.strip("| ").split(" | ")
    if not line.startswith("| ") or len(cells) < 2:
        continue
    for at, cell in enumerate(cells):
        for name in re.findall(r"`([^`]+)`", cell):
            path = pathlib.Path(name)
            if "/" not in name:
                if at != len(cells) - 1:
                    continue
                path = pathlib.Path("tests/dialogs/imap", name + ".dialog")
            shown += 1
            if not path.exists():
                missing.append(f"{cells[0]}: there is no {path}")
print("\n".join(missing) or f"{found} tests and {shown} places of the audit, all there")
sys.exit(1 if missing or found < 50 or shown < 150 else 0)
