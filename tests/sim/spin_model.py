#!/usr/bin/env python3
"""Lets Spin explore a model of proptests/models and says whether a claim holds.

Usage: spin_model.py MODEL CLAIM holds|fails [RULE ...]
Each RULE is left out of the model (-DRULE=0): the claim must fail then, or the
model would not notice that the rule is broken. 77 (skipped) without Spin.
"""
import pathlib, re, shutil, subprocess, sys, tempfile

DEPTH_MAX = 1_000_000
SECONDS_MAX = 120


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True,
                          timeout=SECONDS_MAX)


def main():
    model, claim, expected, *without = sys.argv[1:]
    if not shutil.which("spin") or not shutil.which("cc"):
        print("skipped: spin is not installed (apt-get install spin)")
        return 77
    source = pathlib.Path(model).resolve()
    with tempfile.TemporaryDirectory() as folder:
        made = run(["spin", "-a", *[f"-D{rule}=0" for rule in without],
                    str(source)], folder)
        built = run(["cc", "-O1", "-w", "-o", "pan", "pan.c"], folder)
        if made.returncode or built.returncode:
            print(made.stdout, made.stderr, built.stderr)
            return 1
        found = run(["./pan", "-a", f"-m{DEPTH_MAX}", "-N", claim], folder)
    errors = re.search(r"errors: (\d+)", found.stdout)
    states = re.search(r"(\d+) states, stored", found.stdout)
    if not errors or not states or "max search depth too small" in found.stdout:
        print(found.stdout, found.stderr)
        return 1
    holds = errors[1] == "0"
    print(f"{claim}: {'holds' if holds else 'fails'}, {states[1]} states")
    return 0 if holds == (expected == "holds") else 1


if __name__ == "__main__":
    sys.exit(main())
