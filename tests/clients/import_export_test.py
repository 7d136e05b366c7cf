#!/usr/bin/env python3
"""postkeep import and export on a running server: what comes out is what went
in, as Python's mailbox reads it; and whenever either side is killed, no message
is lost and none comes twice.
"""
import collections
import mailbox
import os
import re
import signal
import subprocess
import time

from running_server import BINARY, RunningServer, run_tests, wait_until

MESSAGES = int(os.environ.get("IMPORT_MESSAGES", "1500"))
KILLS = int(os.environ.get("IMPORT_KILLS", "6"))


def write_mbox(path, count, size=200):
    with open(path, "w") as out:
        for number in range(count):
            out.write(f"From a@b.example Sat Nov 21 21:54:{number % 60:02d} 2026\n"
                      f"Subject: m-{number}\nStatus: {'RO' if number % 2 else 'O'}\n"
                      f"X-Status: {'AF' if number % 3 == 0 else ''}\n"
                      f"X-Keywords: {'work' if number % 5 == 0 else ''}\n\n"
                      f">From here on\n>>From there\n{'x' * size}\n\n")


def marks(server, user="ann", folder="INBOX"):
    return collections.Counter(
        re.search(rb"Subject: (\S+)", m)[1].decode()
        for m in server.messages(user, folder))


def start(server, *arguments):
    return subprocess.Popen([BINARY, "--config", str(server.config),
                             *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def a_foreign_mbox_is_imported_with_its_flags():
    with RunningServer(users=("ann",)) as server:
        path = server.directory / "old.mbox"
        write_mbox(path, 30)
        said = server.postkeep("import", server.address("ann"), "--mbox",
                               str(path), "--mailbox", "Old/2019").stdout
        assert "30 messages imported" in said, said
        client = server.imap("ann")
        assert client.select('"Old/2019"')[0] == "OK"
        _, data = client.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")
        parts = [p for p in data if isinstance(p, tuple)]
        assert len(parts) == 30
        for number, (head, text) in enumerate(parts):
            tail = head.decode()
            assert (r"\Seen" in tail) == (number % 2 == 1), tail
            assert (r"\Flagged" in tail) == (number % 3 == 0), tail
            assert (r"\Answered" in tail) == (number % 3 == 0), tail
            assert ("work" in tail) == (number % 5 == 0), tail
            assert f"21-Nov-2026 21:54:{number % 60:02d} +0000" in tail, tail
            assert text == (f"Subject: m-{number}\r\n\r\nFrom here on\r\n"
                            f">From there\r\n{'x' * 200}\r\n").encode(), text
        client.logout()
        # The same again is nothing new; what was added since, is.
        again = server.postkeep("import", server.address("ann"), "--mbox",
                                str(path), "--mailbox", "Old/2019").stdout
        assert "0 messages imported" in again and "--again" in again, again
        with open(path, "a") as out:
            out.write("From a Thu Jan  1 00:00:00 1970\nSubject: new\n\nnew\n")
        more = server.postkeep("import", server.address("ann"), "--mbox",
                               str(path), "--mailbox", "Old/2019").stdout
        assert more.startswith("1 messages imported"), more
        assert marks(server, "ann", "Old/2019")["new"] == 1


def an_export_is_imported_as_it_was():
    with RunningServer(users=("ann", "bob")) as server:
        first, second = server.directory / "1.mbox", server.directory / "2.mbox"
        write_mbox(first, 50)
        server.postkeep("import", server.address("ann"), "--mbox", str(first))
        server.send("ann", "Subject: by-smtp\r\n\r\nFrom me\r\nno end")
        server.wait_for("by-smtp", "ann")
        out = server.directory / "out.mbox"
        said = server.postkeep("export", server.address("ann"), "--mbox",
                               str(out)).stdout
        assert said.startswith("51 messages"), said
        # Another program sees the same messages.
        seen = mailbox.mbox(out, create=False)
        assert len(seen) == 51
        assert seen[1].get_flags() == "RO", seen[1].get_flags()
        assert seen[3].get_flags() == "ROAF", seen[3].get_flags()
        assert "by-smtp" in seen[50]["Subject"]
        assert seen[50].get_from().startswith("someone@elsewhere.test ")
        # Here and back: the same octets.
        server.postkeep("import", server.address("bob"), "--mbox", str(out))
        assert server.messages("ann") == server.messages("bob")
        server.postkeep("export", server.address("bob"), "--mbox", str(second))
        assert out.read_bytes() == second.read_bytes()
        refused = server.postkeep("export", server.address("bob"), "--mbox",
                                  str(second), check=False)
        assert refused.returncode == 1 and "there already" in refused.stderr


def kill_one(server, whom, process):
    if whom == "command":
        process.kill()
    else:
        for pid, role in server.role_pids().items():
            if role == "mailbox":
                os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=120)
    return process.returncode != 0  # Else it was done before.


def an_import_that_is_killed_goes_on(whom):
    with RunningServer(users=("ann",)) as server:
        path = server.directory / "big.mbox"
        write_mbox(path, MESSAGES, 4000)
        interrupted = 0
        for kill in range(KILLS):
            process = start(server, "import", server.address("ann"), "--mbox",
                            str(path))
            time.sleep(0.05 + 0.1 * kill)
            interrupted += kill_one(server, whom, process)
            # Other mail comes in meanwhile.
            server.send("ann", f"Subject: other-{kill}\r\n\r\nother\r\n")
        assert interrupted > 0
        def finished():
            done = server.postkeep("import", server.address("ann"), "--mbox",
                                   str(path), check=False)
            return done.returncode == 0
        wait_until(finished, 120, 0.5)
        for kill in range(KILLS):
            server.wait_for(f"other-{kill}", "ann")
        counts = marks(server)
        wanted = {f"m-{n}" for n in range(MESSAGES)}
        wanted |= {f"other-{k}" for k in range(KILLS)}
        assert set(counts) == wanted, wanted - set(counts)
        twice = [m for m, n in counts.items() if n != 1]
        assert not twice, twice


def an_import_goes_on_after_its_command_was_killed():
    an_import_that_is_killed_goes_on("command")


def an_import_goes_on_after_the_mailbox_was_killed():
    an_import_that_is_killed_goes_on("mailbox")


def an_export_that_is_killed_goes_on(whom):
    with RunningServer(users=("ann",)) as server:
        path, out = server.directory / "in.mbox", server.directory / "out.mbox"
        write_mbox(path, MESSAGES, 40000)
        server.postkeep("import", server.address("ann"), "--mbox", str(path))
        interrupted = 0
        for kill in range(KILLS):
            process = start(server, "export", server.address("ann"), "--mbox",
                            str(out))
            time.sleep(0.1 + 0.05 * kill)
            interrupted += kill_one(server, whom, process)
        assert interrupted > 0
        done = server.postkeep("export", server.address("ann"), "--mbox",
                               str(out), check=False)
        assert done.returncode == 0 or "there already" in done.stderr
        whole = server.directory / "whole.mbox"
        server.postkeep("export", server.address("ann"), "--mbox", str(whole))
        assert whole.read_bytes() == out.read_bytes()


def an_export_goes_on_after_its_command_was_killed():
    an_export_that_is_killed_goes_on("command")


def an_export_goes_on_after_the_mailbox_was_killed():
    an_export_that_is_killed_goes_on("mailbox")


def what_cannot_be_imported_is_said_and_the_rest_is():
    with RunningServer(users=("ann",),
                       settings={"limits.message_octets_max": 65536}) as server:
        path = server.directory / "mixed.mbox"
        stamp = "From a Thu Jan  1 00:00:00 1970\n"
        head = f"{stamp}Subject: one\n\n1\n\n"
        path.write_text(f"{head}{stamp}Subject: large\n\n" + "x\n" * 40000 +
                        f"\n{stamp}Subject: three\n\n3\n")
        said = server.postkeep("import", server.address("ann"), "--mbox",
                               str(path), check=False)
        assert said.returncode == 1
        assert (f"mixed.mbox: message 2 at octet {len(head)} is not imported"
                in said.stderr), said.stderr
        assert set(marks(server)) == {"one", "three"}
        path.write_text("Subject: no mbox\n\n")
        for arguments, words in (
                (("import", "ann", "--mbox", str(path)), "is no account"),
                (("import", server.address("ann"), "--mbox", "/nowhere"),
                 "no such file"),
                (("import", server.address("ann"), "--mbox", str(path),
                  "--again"), "is no mbox"),
                (("export", server.address("ann"), "--mbox",
                  str(server.directory / "x"), "--mailbox", "None"),
                 "no such mailbox")):
            refused = server.postkeep(*arguments, check=False)
            assert refused.returncode == 1, arguments
            assert words in refused.stderr, refused.stderr
        server.stop()
        refused = server.postkeep("import", server.address("ann"), "--mbox",
                                  str(path), check=False)
        assert refused.returncode == 1 and "no server" in refused.stderr
        server.start()


if __name__ == "__main__":
    run_tests([a_foreign_mbox_is_imported_with_its_flags,
               an_export_is_imported_as_it_was,
               an_import_goes_on_after_its_command_was_killed,
               an_import_goes_on_after_the_mailbox_was_killed,
               an_export_goes_on_after_its_command_was_killed,
               an_export_goes_on_after_the_mailbox_was_killed,
               what_cannot_be_imported_is_said_and_the_rest_is])
