#!/usr/bin/env python3
"""Every test that docs/auditing/attacks.md names is there."""
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
print("\n".join(missing) or f"{found} tests, all there")
sys.exit(1 if missing or found < 50 else 0)
