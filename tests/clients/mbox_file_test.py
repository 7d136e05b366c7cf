#!/usr/bin/env python3
"""Mail for an account with an mbox spool file: beside programs that lock and
rewrite the file all the time, and with the process killed that writes it, every
message that was accepted is in it once, whole.

MBOX_MESSAGES (150) messages for each rival, MBOX_KILLS (6) kills of MBOX_SEED
(1).
"""
import collections
import contextlib
import hashlib
import mailbox
import os
import pathlib
import random
import re
import shutil
import signal
import smtplib
import subprocess
import tempfile
import threading
import time

import own_dovecot
from running_server import RunningServer, run_tests, wait_until

MESSAGES = int(os.environ.get("MBOX_MESSAGES", "150"))
KILLS = int(os.environ.get("MBOX_KILLS", "6"))
SEED = int(os.environ.get("MBOX_SEED", "1"))
USER = "nobody"  # There is one everywhere.
IS_ROOT = os.geteuid() == 0


class MboxServer(RunningServer):
    """bob's mail goes into nobody's file."""

    def __init__(self, gives=True):
        super().__init__()
        self.gives = gives
        # Not below the server's directory, which others cannot pass.
        self.spool = pathlib.Path(tempfile.mkdtemp(prefix="postkeep-spool-"))
        if IS_ROOT:
            shutil.chown(self.spool, "root", "mail")
        self.spool.chmod(0o2775)
        self.settings["mbox.directory"] = self.spool
        self.file = self.spool / USER

    def prepare(self):
        super().prepare()
        if self.gives:
            self.postkeep("account", "mbox", self.address("bob"), USER)

    def __exit__(self, kind, value, trace):
        super().__exit__(kind, value, trace)
        shutil.rmtree(self.spool, ignore_errors=True)

    def subjects(self, path=None):
        """How often each message is in a file; a torn one is an error."""
        return counted(path or self.file)

    def wait_for_file(self, wanted, seconds=30, path=None):
        wait_until_seen(lambda: self.subjects(path) == wanted, seconds)


def wait_until_seen(what, seconds=60):
    """As who looks without a lock may see half a message."""
    def is_so():
        with contextlib.suppress(AssertionError):
            return what()
    wait_until(is_so, seconds, 0.1)


def text_of(number):
    """A message that says of itself whether it is whole."""
    body = "".join(f"From line {line} of {number} {'x' * (number % 70)}\r\n"
                   for line in range(5 + number * 37 % 400))
    digest = hashlib.sha256(body.encode()).hexdigest()
    return (f"From: a@b.test\r\nSubject: n{number} {digest}\r\n\r\n"
            + body)


def unquoted(text):
    return re.sub(rb"^>(>*From )", rb"\1", text, flags=re.M)


def is_whole(message):
    """Of the octets of a message with LF or CRLF."""
    head, _, body = message.replace(b"\r\n", b"\n").partition(b"\n\n")
    said = re.search(rb"^Subject: (n\d+) (\w+)$", head, re.M)
    assert said, head
    body = unquoted(body).rstrip(b"\n") + b"\n"
    digest = hashlib.sha256(body.replace(b"\n", b"\r\n")).hexdigest()
    assert digest == said.group(2).decode(), f"torn: {said.group(1)}"
    return said.group(1).decode()


def counted(path):
    found = collections.Counter()
    if not path.exists():
        return found
    box = mailbox.mbox(path, create=False)
    for key in box.keys():
        text = box.get_bytes(key)
        if b"FOLDER INTERNAL DATA" not in text:  # Dovecot's own.
            found[is_whole(text)] += 1
    box.close()
    return found


def once(numbers):
    return collections.Counter({f"n{number}": 1 for number in numbers})


def send_all(server, numbers):
    """Over one connection; those that were accepted."""
    accepted = []
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=30) as client:
        for number in numbers:
            client.sendmail("some.one@elsewhere.test",
                            [server.address("bob")], text_of(number))
            accepted.append(number)
    return accepted


def send_from_two(server, numbers):
    numbers = list(numbers)
    threads = [threading.Thread(target=send_all, args=(server, part))
               for part in (numbers[::2], numbers[1::2])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- What the operator does ---


def test_mail_goes_into_the_file_and_nowhere_else():
    with MboxServer() as server:
        send_all(server, [1])
        server.send("ann", text_of(2))
        server.wait_for_file(once([1]))
        server.wait_for("n2", "ann")
        text = server.file.read_bytes()
        assert re.match(rb"From some.one@elsewhere.test \w{3} \w{3} [ \d]\d "
                        rb"\d\d:\d\d:\d\d \d{4}\nReturn-Path: "
                        rb"<some.one@elsewhere.test>\nDelivered-To: bob@", text)
        assert b"\n>From line 0 of 1" in text and b"\r" not in text
        found = server.file.stat()
        assert found.st_mode & 0o777 == 0o660, oct(found.st_mode)
        if IS_ROOT:
            assert (found.st_uid, found.st_gid) == (65534, 8), found
        assert not list((server.data / "mail").glob("bob*/*/*")), "in both"
        # A subaddress and an alias end there too.
        server.postkeep("account", "alias", server.address("sales"),
                        server.address("bob"))
        server.send("bob+list", text_of(3))
        server.send("sales", text_of(4))
        server.wait_for_file(once([1, 3, 4]))
        assert f"(mbox {USER})" in server.postkeep("account", "list").stdout
        said = server.postkeep("check").stdout
        assert "1 accounts with an mbox in" in said, said


def test_an_account_gets_a_file_while_the_server_runs():
    with MboxServer(gives=False) as server:
        assert "mbox" not in server.role_pids().values()
        server.send("bob", text_of(1))
        server.wait_for("n1")
        server.postkeep("account", "mbox", server.address("bob"), USER)
        wait_until(lambda: "mbox" in server.role_pids().values())
        send_all(server, [2, 3])
        server.wait_for_file(once([2, 3]))
        claims = server.postkeep("sandbox").stdout
        ours = claims.partition("\nmbox:0\n")[2].partition("\nlogin:0\n")[0]
        for claim in ("empty_root", "seccomp", "no_new_privs"):
            assert f"  claim {claim}=held\n" in ours, ours
        server.postkeep("account", "passwd", server.address("bob"),
                        "--generate")
        send_all(server, [4])
        server.wait_for_file(once([2, 3, 4]))
        server.passwords["bob"] = server.postkeep(
            "account", "passwd", server.address("bob"), "--generate"
        ).stdout.strip()
        server.postkeep("account", "mbox", server.address("bob"))
        server.send("bob", text_of(5))
        server.wait_for("n5")
        server.wait_for_file(once([2, 3, 4]))


def test_what_cannot_be_is_said():
    with MboxServer() as server:
        for user in ("../x", "a.lock", "postkeep-no-such-user"):
            if user.startswith("postkeep") and not IS_ROOT:
                continue
            done = server.postkeep("account", "mbox", server.address("ann"),
                                   user, check=False)
            assert done.returncode == 1 and user in done.stderr, done
        done = server.postkeep("account", "mbox", server.address("ann"), USER,
                               check=False)
        assert "that of another account" in done.stderr, done
        # What others put in its place is not written to, and delivery goes on
        # when it is gone.
        os.symlink("/etc/passwd", server.file)
        send_all(server, [1])
        wait_until(lambda: "delivery_deferred" in server.log_text())
        assert "is no file" in server.postkeep("check", check=False).stdout
        server.file.unlink()
        server.wait_for_file(once([1]))


def test_a_full_disk_leaves_no_part_of_a_message():
    if not IS_ROOT:
        return print("      needs root, to mount a small disk")
    with MboxServer() as server:
        disk = server.spool / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=2775,"
                           "gid=8", "tmpfs", disk]).returncode != 0:
            return print("      nothing can be mounted here")
        try:
            server.stop()
            server.set({"mbox.directory": disk})
            server.start()
            send_all(server, [1])
            server.wait_for_file(once([1]), path=disk / USER)
            ballast = disk / "ballast"
            with contextlib.suppress(OSError), open(ballast, "wb") as file:
                while True:
                    file.write(b"x" * 512)
                    file.flush()
            before = (disk / USER).read_bytes()
            send_all(server, [10])  # Longer than a page.
            wait_until(lambda: "why=no_space" in server.log_text())
            assert (disk / USER).read_bytes() == before
            assert not (disk / f"{USER}.lock").exists()
            ballast.unlink()
            server.wait_for_file(once([1, 10]), path=disk / USER)
        finally:
            server.stop()
            subprocess.run(["umount", disk], check=True)


# --- Rivals: each takes all that is there out of the file, again and again ---


def python_takes(server, saved):
    box = mailbox.mbox(server.file, create=False)
    try:
        box.lock()
    except mailbox.ExternalClashError:
        return box.close()
    try:
        texts = [box.get_bytes(key, from_=True) for key in box.keys()]
        with open(saved, "ab") as file:
            file.write(b"".join(text.rstrip(b"\n") + b"\n\n"
                                for text in texts))
        box.clear()
        box.flush()
    finally:
        box.unlock()
        box.close()


def shell_takes(server, saved):
    """With nothing but procmail's lock file."""
    subprocess.run(
        ["sh", "-c", 'lockfile -1 -r 30 "$1.lock" && cat "$1" >>"$2" && '
         ': >"$1" && rm -f "$1.lock"', "sh", server.file, saved], check=True)


def mutt_takes(server, saved):
    home = server.directory / "mutt"
    home.mkdir(exist_ok=True)
    (home / "rc").write_text(
        "set quit=yes delete=yes move=no confirmappend=no confirmcreate=no\n"
        "set wait_key=no sleep_time=0 mbox_type=mbox save_empty=yes beep=no\n"
        f'push "<tag-pattern>~A<enter><tag-prefix><save-message>{saved}<enter>'
        '<quit>"\n')
    subprocess.run(
        ["script", "-qec", f"mutt -n -F {home}/rc -f {server.file}",
         "/dev/null"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        timeout=60, env={**os.environ, "HOME": str(home), "TERM": "vt100"})


class DovecotTakes:
    def __init__(self, server):
        self.server = server
        self.dovecot = own_dovecot.OwnDovecot(
            server.directory, 65534,
            location=f"mbox:{server.spool}/mail:INBOX={server.file}",
            more="mail_privileged_group = mail\nmbox_write_locks = fcntl "
                 "dotlock\n")
        (server.spool / "mail").mkdir()
        os.chown(server.spool / "mail", 65534, 65534)

    def __call__(self, server, saved):
        client = self.dovecot.imap()
        status, data = client.select("INBOX")
        if status == "OK" and data[0] != b"0":
            status, data = client.fetch("1:*", "(BODY.PEEK[])")
            assert status == "OK", data
            with open(saved, "ab") as file:
                for _, text in (p for p in data if isinstance(p, tuple)):
                    file.write(b"From a@b Thu Jan  1 00:00:00 1970\n" +
                               text.replace(b"\r\n", b"\n") + b"\n")
            client.store(f"1:{len(data) // 2}", "+FLAGS.SILENT", "(\\Deleted)")
            status, data = client.expunge()
            assert status == "OK", data
        client.logout()


def beside(server, takes):
    """What is in the file and what was taken out is all, each once."""
    saved = server.directory / "saved"
    send_all(server, [0])
    server.wait_for_file(once([0]))
    sender = threading.Thread(target=send_from_two,
                              args=(server, range(1, MESSAGES)))
    sender.start()
    rounds = 0
    while sender.is_alive():
        takes(server, saved)
        rounds += 1
        time.sleep(0.05)
    sender.join()

    def is_all_there():
        takes(server, saved)
        return sum(counted(saved).values()) >= MESSAGES
    wait_until(is_all_there, 60, 0.2)
    wrong = counted(saved) + counted(server.file) - once(range(MESSAGES))
    assert counted(saved) == once(range(MESSAGES)), wrong
    print(f"      {rounds} rounds beside {MESSAGES} deliveries")


def test_beside_python():
    with MboxServer() as server:
        beside(server, python_takes)


def test_beside_procmails_lock_file():
    if not shutil.which("lockfile"):
        return print("      there is no lockfile")
    with MboxServer() as server:
        beside(server, shell_takes)


def test_beside_mutt():
    if not shutil.which("mutt") or not shutil.which("script"):
        return print("      there is no mutt")
    with MboxServer() as server:
        beside(server, mutt_takes)


def test_beside_dovecot():
    if own_dovecot.why_not():
        return print(f"      {own_dovecot.why_not()}")
    with MboxServer() as server:
        takes = DovecotTakes(server)
        with takes.dovecot:
            beside(server, takes)


# --- The writer dies ---


def pid_of_writer(server):
    for pid, role in server.role_pids().items():
        if role == "mbox":
            return pid
    return None


def test_killed_again_and_again():
    """At random moments of deliveries, while a reader takes mail out now and
    then. (A role that dies often is started again ever later.)"""
    chance = random.Random(SEED)
    with MboxServer() as server:
        saved = server.directory / "saved"
        sent = []

        def all_of_it():
            return counted(server.file) + counted(saved)

        for kill in range(KILLS):
            part = range(len(sent), len(sent) + 30)
            sent += part
            wait_until(lambda: pid_of_writer(server), 60)
            sender = threading.Thread(target=send_all, args=(server, part))
            sender.start()
            time.sleep(chance.uniform(0, 0.15))
            os.kill(pid_of_writer(server), signal.SIGKILL)
            sender.join()
            if kill % 3 == 2:
                # A part that is there is for its repetition to mend: nobody
                # may rewrite the file before.
                wait_until_seen(lambda: sum(all_of_it().values()) >= len(sent),
                                120)
                python_takes(server, saved)
        wait_until_seen(lambda: sum(all_of_it().values()) >= len(sent), 120)
        assert all_of_it() == once(sent), all_of_it() - once(sent)
        text = server.log_text()
        assert text.count("how=SIGKILL") == KILLS
        print(f"      {KILLS} kills, {len(sent)} messages, "
              f"{text.count('again=yes')} known again")


if __name__ == "__main__":
    run_tests([test_mail_goes_into_the_file_and_nowhere_else,
               test_an_account_gets_a_file_while_the_server_runs,
               test_what_cannot_be_is_said,
               test_a_full_disk_leaves_no_part_of_a_message,
               test_beside_python, test_beside_procmails_lock_file,
               test_beside_mutt, test_beside_dovecot,
               test_killed_again_and_again])
