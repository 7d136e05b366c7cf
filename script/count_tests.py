#!/usr/bin/env python3
"""Adds up what ctest wrote: `N passed, N failed, N skipped`, as a last line.

    count_tests.py FOLDER FAILED     FAILED: 1 if a build or a floor failed too

Skipped tests are named with their reason; a run without tests has failed.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

passed = failed = skipped = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
    for case in xml.parse(path).getroot().iter("testcase"):
        status = case.get("status")
        if status == "run":
            passed += 1
        elif status in ("notrun", "disabled", "skipped"):
            skipped += 1
            text = case.findtext("system-out") or ""
            why = re.search(r"(?:SKIP|skip)\w*:? *(.+)", text)
            reason = why.group(1).strip() if why else "no reason given"
            print(f"skipped: {case.get('name')}: {reason}")
        else:
            failed += 1
            print(f"failed: {case.get('name')}")
failed += int(sys.argv[2])
if passed == 0:
    failed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
