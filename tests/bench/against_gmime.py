#!/usr/bin/env python3
"""Postkeep's reading of messages beside GMime's on this machine, in one run, as
ratios: structure and fields, in octets and in fields a second.

    tests/bench/against_gmime.py [--messages N] [--seconds N] [--rounds N]

"mail": messages like those that people have (corpus.py). "long headers": the
same texts behind 60 to 160 fields, as lists, filters and long traces make them.
"attachments": 1 MB each, nearly all of it base64.

Both read from memory, in turn. What an ENVELOPE needs is read in the second
line of each: the addresses, for GMime on demand, are then read by both; dates
are read by GMime alone.

Wants the release build (its library of src/message) and libgmime-3.0-dev.
"""
import argparse
import base64
import pathlib
import random
import subprocess
import tempfile

import corpus

TOP = pathlib.Path(__file__).resolve().parents[2]


def long_headers(messages):
    pick = random.Random(2)
    maker = corpus.Corpus(3)
    for message in messages:
        lines = []
        for number in range(pick.randrange(60, 160)):
            kind = pick.randrange(4)
            if kind == 0:
                lines += [f"Received: from {maker.words(1)}.example.org "
                          f"(mx [192.0.2.{number}])\n\tby mx.example.net with "
                          f"ESMTPS id {number:x}\n\tfor <user@example.net>; "
                          f"{maker.date()}"]
            elif kind == 1:
                lines.append(f"X-Filter-{number}: {maker.words(6)}")
            elif kind == 2:
                lines.append(f"List-{number}: <{maker.id()}>,\n\t{maker.id()}")
            else:
                lines.append(f"To: {maker.address()},\n {maker.address()}")
        yield ("\n".join(lines) + "\n").replace("\n", "\r\n").encode() + message


def attachments(count):
    pick = random.Random(4)
    for _ in range(count):
        body = base64.encodebytes(pick.randbytes(750_000))
        yield (b'Content-Type: multipart/mixed; boundary="b"\r\nFrom: a@b.test'
               b"\r\nSubject: x\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: "
               b"application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
               body.replace(b"\n", b"\r\n") + b"--b--\r\n")


def build(folder):
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "gmime-3.0"],
                           check=True, capture_output=True,
                           text=True).stdout.split()
    library = TOP / "build/release/src/message/libpostkeep_message.a"
    subprocess.run(
        ["g++", "-std=c++23", "-O2", "-I", str(TOP / "src"), "-o",
         str(folder / "message_read"),
         str(TOP / "tests/bench/message_read.cc"), str(library),
         *[str(one) for one in (TOP / "build/release/src/base").glob("*.a")],
         *flags], check=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--messages", type=int, default=500)
    ap.add_argument("--seconds", type=float, default=1.0)
    ap.add_argument("--rounds", type=int, default=5)
    ar = ap.parse_args()
    mail = [message.replace(b"\n", b"\r\n")
            for message in corpus.messages(ar.messages, 65536)]
    sets = {"mail": mail, "long headers": long_headers(mail),
            "attachments": attachments(max(1, ar.messages // 50))}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        build(folder)
        for what, messages in sets.items():
            kept = folder / what.replace(" ", "_")
            kept.mkdir()
            octets = 0
            for number, message in enumerate(messages):
                octets += len(message)
                (kept / str(number)).write_bytes(message)
            print(f"{what}: {octets / 1e6:.1f} MB", flush=True)
            subprocess.run([str(folder / "message_read"), str(kept),
                            str(ar.seconds), str(ar.rounds)], check=True)


if __name__ == "__main__":
    main()
