#!/usr/bin/env python3
"""What src/dkim signs, python3-dkim and opendkim verify; and what they call
canonical is what it calls so.

    others_verify.py PATH_OF_DKIM_SIGNER
"""
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

try:
    import dkim
    from dkim import canonicalization
except ImportError:
    print("SKIP: there is no python3-dkim")
    sys.exit(77)

SIGNER = sys.argv[1]
FORMS = ("simple", "relaxed")
ROUNDS = 25
PLAIN = (b"Received: from a.example by b.example; now\r\n"
         b"From: Ann <ann@example.org>\r\nTo: bob@example.net,\r\n"
         b"\tcid@example.net\r\nSubject: one  two \t three\r\n"
         b"X-Own: not signed\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
         b"\r\n\r\n a  b\t\r\n.\r\n\r\nc\r\n\r\n\r\n")


def signer(*words, octets=b""):
    return subprocess.run([SIGNER, *map(str, words)], input=octets,
                          stdout=subprocess.PIPE, check=True,
                          timeout=60).stdout


def some(chance, pieces, most):
    return b"".join(chance.choices(pieces, k=chance.randrange(most)))


def some_message(chance):
    value = [b" ", b"\t", b"\r\n ", b"\r\n\t", b"word", b"a:b", b";", b"=20"]
    body = [b"\r\n", b"\r\n", b" ", b"\t", b"word", b"a  b", b"\r\n\r\n", b".",
            bytes([0xC3, 0xA9])]
    names = [b"Subject", b"To", b"Cc", b"Date", b"Message-ID", b"X-Own",
             b"Reply-To", b"content-type", b"References", b"Received"]
    fields = [b"From: Ann <ann@example.org>\r\n"]
    for name in chance.sample(names, chance.randrange(len(names))):
        # A value is text at last: python3-dkim wants no line of spaces alone.
        fields.append(name + b":" + some(chance, value, 8) + b"x\r\n")
    chance.shuffle(fields)
    return b"".join(fields) + b"\r\n" + some(chance, body, 30) + b"x\r\n"


def verify_with_python(message, records):
    def answer(name, timeout=5):
        return records[name.rstrip(b".").partition(b".")[0].decode()].encode()
    return dkim.verify(message, dnsfunc=answer)


def verify_with_opendkim(folder, message, records):
    """opendkim in its test mode, with the keys from a file; RSA alone."""
    keys = folder / "public_keys"
    keys.write_text("".join(f"{selector}._domainkey.example.org {record}\n"
                            for selector, record in records.items()))
    configuration = folder / "opendkim.conf"
    configuration.write_text(f"Mode v\nTestPublicKeys {keys}\n"
                             "InternalHosts 192.0.2.1\nSyslog no\n")
    path = folder / "message"
    path.write_bytes(message)
    done = subprocess.run(
        ["opendkim", "-x", configuration, "-t", path, "-vv"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
        check=False)
    return b"dkim=pass" in done.stdout, done.stdout


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        records = {}
        for line in signer("keys", folder).decode().splitlines():
            algorithm, _, record = line.partition("\t")
            records[algorithm.partition("-")[0]] = record
        chance = random.Random(1)
        verified = 0
        for number in range(ROUNDS):
            message = some_message(chance)
            for kind in records:
                header, body = chance.choice(FORMS), chance.choice(FORMS)
                signed = signer("sign", folder, kind, header, body,
                                octets=message)
                assert signed.endswith(message)
                assert verify_with_python(signed, records), signed
                other = signed.replace(b"Ann", b"Eve")
                assert not verify_with_python(other, records), signed
                assert not verify_with_python(signed + b"more\r\n", records)
                # Section 8.15: a second author does not go unnoticed.
                assert not verify_with_python(
                    b"From: Eve <eve@example.org>\r\n" + signed, records)
                verified += 1
            text = message.partition(b"\r\n\r\n")[2]
            for form, theirs in (("simple", canonicalization.Simple),
                                 ("relaxed", canonicalization.Relaxed)):
                assert (signer("body", form, octets=text) ==
                        theirs.canonicalize_body(text)), (form, text)
        print(f"python3-dkim verifies {verified} signatures")
        if shutil.which("opendkim") is None:
            print("there is no opendkim")
            return
        # As a milter it is told values without the space before them, and puts
        # it back: a field without one is not as it was.
        message = PLAIN
        for header in FORMS:
            for body in FORMS:
                signed = signer("sign", folder, "rsa", header, body,
                                octets=message)
                good, said = verify_with_opendkim(folder, signed, records)
                assert good, (said, signed)
                good, said = verify_with_opendkim(folder, signed + b"more\r\n",
                                                  records)
                assert not good, said
        print("opendkim verifies 4 signatures")


main()
