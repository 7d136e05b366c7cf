#!/usr/bin/env python3
"""postkeep import and export of Maildir trees on a running server: Maildirs of
Python, mutt, mbsync and Dovecot come in with flags and dates; out and in again
is the same in every octet; what is no message does no harm; and whenever either
side is killed, no message is lost and none comes twice.
"""
import collections
import hashlib
import mailbox
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from running_server import BINARY, RunningServer, run_tests, wait_until
from send_and_read_test import need, run_in_terminal
from synchronise_test import mbsync_configuration

MESSAGES = int(os.environ.get("IMPORT_MESSAGES", "1500"))
KILLS = int(os.environ.get("IMPORT_KILLS", "6"))


def maildir(path):
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    return path


def put(path, number, flags="", size=100, where="cur", text=None):
    """A message as a Maildir of Unix has it: lines end with LF."""
    name = f"{1700000000 + number}.M{number}P1.host" + (
        f":2,{flags}" if where == "cur" else "")
    file = path / where / name
    file.write_text(text or f"Subject: m-{number}\n\n{'x' * size}\n")
    os.utime(file, (1600000000 + number, 1600000000 + number))
    return file


def fetch(server, user, folder):
    """uid -> flags, date and octets of every message, as IMAP shows them."""
    client = server.imap(user)
    status, data = client.select(f'"{folder}"', readonly=True)
    assert status == "OK", folder
    if data[0] == b"0":
        client.logout()
        return []
    _, data = client.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")
    found = []
    for part in data:
        if not isinstance(part, tuple):
            continue
        head = part[0].decode()
        flags = re.search(r"FLAGS \(([^)]*)\)", head)[1].split()
        date = re.search(r'INTERNALDATE "([^"]+)"', head)[1]
        found.append((sorted(f for f in flags if f != r"\Recent"), date,
                      part[1]))
    client.logout()
    return found


def folders(server, user):
    client = server.imap(user)
    _, data = client.list()
    client.logout()
    return sorted(re.search(rb'"?([^"]+)"?$', line)[1].decode()
                  for line in data if rb"\NonExistent" not in line)


def marks(server, user="ann", folder="INBOX"):
    return collections.Counter(
        re.search(rb"Subject: (\S+)", m)[1].decode()
        for m in server.messages(user, folder))


def start(server, *arguments):
    return subprocess.Popen([BINARY, "--config", str(server.config),
                             *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def move(server, what, user, path, *more, check=True):
    return server.postkeep(what, server.address(user), "--maildir", str(path),
                           *more, check=check)


def a_tree_is_imported_with_flags_and_dates():
    with RunningServer(users=("ann",)) as server:
        tree = maildir(server.directory / "Maildir")
        below = maildir(tree / ".Old.Entw&APw-rfe")
        (below / "maildirfolder").touch()
        put(tree, 1, "FS")
        put(tree, 2, "RPT")
        put(tree, 3, where="new")
        put(below, 4, "D")
        maildir(tree / ".Empty")
        (tree / ".git").mkdir()
        said = move(server, "import", "ann", tree).stdout
        assert said.startswith("4 messages imported into 3 mailboxes"), said
        one, two, three = fetch(server, "ann", "INBOX")
        assert one == ([r"\Flagged", r"\Seen"], "13-Sep-2020 12:26:41 +0000",
                       f"Subject: m-1\r\n\r\n{'x' * 100}\r\n".encode()), one
        assert two[0] == [r"\Answered", r"\Deleted"], two
        assert three[0] == [], three
        assert fetch(server, "ann", "Old/Entw&APw-rfe")[0][0] == [r"\Draft"]
        assert "Empty" in folders(server, "ann"), folders(server, "ann")
        # What is in already is known though its flags have changed.
        (tree / "cur" / "1700000001.M1P1.host:2,FS").rename(
            tree / "cur" / "1700000001.M1P1.host:2,")
        (tree / "new" / "1700000003.M3P1.host").rename(
            tree / "cur" / "1700000003.M3P1.host:2,S")
        put(tree, 5)
        again = move(server, "import", "ann", f"{tree}/./", "--mailbox",
                     "inbox").stdout
        assert again.startswith("1 messages imported"), again
        assert "4 were imported before (--again" in again, again
        # Into a place of its own.
        move(server, "import", "ann", tree, "--mailbox", "Copy")
        assert set(marks(server, "ann", "Copy")) == {"m-1", "m-2", "m-3", "m-5"}
        assert set(marks(server, "ann", "Copy/Old/Entw&APw-rfe")) == {"m-4"}
        move(server, "import", "ann", tree, "--mailbox", "Copy", "--again")
        assert all(n == 2 for n in marks(server, "ann", "Copy").values())


HARD = ["\r\n", "no header", "Subject: a\r\n\r\nbare\nLF\r\n",
        "Subject: b\r\n\r\nno end", "Subject: c\r\n\r\n\r\r\n",
        "Subject: d\r\n\r\nFrom me\r\n>From you\r\n", "x" * 200000 + "\r\n"]


def out_and_in_again_is_the_same():
    with RunningServer(users=("ann", "bob", "eve")) as server:
        client = server.imap("ann")
        for name in ("INBOX", "Sent", "Old/2019", "Old/a.b", "Empty"):
            client.create(f'"{name}"')
        for number, text in enumerate(HARD):
            for name in ("INBOX", "Old/2019", "Old/a.b"):
                status, data = client.append(
                    f'"{name}"', [None, r"(\Seen work)", r"(\Flagged $Junk)"][
                        number % 3],
                    f'"{number + 1:2d}-Nov-2003 21:54:30 +0000"',
                    text.encode())
                assert status == "OK", data
        client.logout()
        server.send("ann", "Subject: by-smtp\r\n\r\nhello\r\n")
        server.wait_for("by-smtp", "ann")
        tree = server.directory / "out"
        said = move(server, "export", "ann", tree).stdout
        count = 3 * len(HARD) + 1
        assert said.startswith(f"{count} messages of 6 mailboxes"), said
        # Another program's eyes: flags, times and octets.
        seen = mailbox.Maildir(tree, create=False)
        assert len(seen) == len(HARD) + 1
        assert len(seen.get_folder("Old.2019")) == len(HARD)
        assert sum("F" in m.get_flags() for m in seen) == len(HARD) // 3
        assert "work\n" in (tree / "dovecot-keywords").read_text()
        times = {f.stat().st_mtime for f in (tree / ".Old.2019/cur").iterdir()}
        assert 1067723670 in times, times
        refused = move(server, "export", "ann", tree, check=False)
        assert refused.returncode == 1 and "there already" in refused.stderr
        move(server, "import", "bob", tree)
        for name in folders(server, "ann"):
            assert fetch(server, "ann", name) == fetch(server, "bob", name), name
        # A part, and into another place.
        part = server.directory / "part"
        move(server, "export", "bob", part, "--mailbox", "Old")
        assert sorted(p.name for p in part.iterdir() if p.name[0] == ".") == [
            ".2019", ".a&AC4-b"]
        move(server, "import", "eve", part, "--mailbox", "From/Bob")
        assert (fetch(server, "bob", "Old/2019") ==
                fetch(server, "eve", "From/Bob/2019"))
        # An exported file that has changed is told, and imported.
        one = next((tree / ".Old.2019/cur").iterdir())
        one.write_bytes(one.read_bytes() + b"more\r\n")
        said = move(server, "import", "eve", tree)
        assert "is not what its name says" in said.stderr, said.stderr
        assert len(fetch(server, "eve", "Old/2019")) == len(HARD)


def maildirs_of_mutt_mbsync_and_dovecot_come_in():
    for program in ("mutt", "mbsync", "doveadm"):
        need(program)
    with RunningServer(users=("ann", "bob", "mut", "dov")) as server:
        home = server.directory / "home"
        home.mkdir()
        client = server.imap("bob")
        for number, flags in enumerate((r"(\Flagged)", r"(\Seen \Answered)",
                                        None, r"(\Seen)")):
            client.append("INBOX", flags, f'"{number + 1:2d}-Nov-2003 21:54:30 '
                          '+0000"', f"Subject: b-{number}\r\n\r\nx\r\n".encode())
        client.logout()
        # mbsync fetches, keeping the dates in the files' times.
        rc = home / "mbsyncrc"
        rc.write_text(mbsync_configuration(server, home, "implicit").replace(
            "Channel test\n", "Channel test\nCopyArrivalDate yes\n"))
        (home / "mail").mkdir()
        subprocess.run(["mbsync", "-q", "-c", str(rc), "test"], check=True,
                       timeout=60)
        move(server, "import", "ann", home / "mail/inbox")
        # It leaves a field of its own in what it fetches.
        there = [(flags, date, re.sub(rb"X-TUID: .*\r\n", b"", text))
                 for flags, date, text in fetch(server, "ann", "INBOX")]
        assert there == fetch(server, "bob", "INBOX"), there
        # mutt copies an mbox into a Maildir.
        box = home / "box"
        box.write_text("".join(
            f"From a@b.example Sat Nov 21 21:54:30 2026\nFrom: a@b.example\n"
            f"Subject: m-{number}\nStatus: {'RO' if number else 'O'}\n"
            f"X-Status: {'F' if number == 2 else ''}\n\nx\n\n"
            for number in range(3)))
        muttrc = home / "muttrc"
        muttrc.write_text(f"""
set mbox_type = Maildir
set confirmappend = no
set confirmcreate = no
set quit = yes
set wait_key = no
set move = no
set folder = {home}
push "<tag-pattern>~A<enter><tag-prefix><copy-message>{home}/mutt<enter><quit>"
""")
        run_in_terminal(["mutt", "-n", "-F", str(muttrc), "-f", str(box)],
                        {"HOME": str(home), "TERM": "xterm",
                         "PATH": "/usr/bin:/bin"})
        move(server, "import", "mut", home / "mutt")
        found = {re.search(rb"Subject: (\S+)", text)[1].decode(): flags
                 for flags, _, text in fetch(server, "mut", "INBOX")}
        assert found == {"m-0": [], "m-1": [r"\Seen"],
                         "m-2": [r"\Flagged", r"\Seen"]}, found
        # Dovecot delivers and marks.
        dovecot(home, "mailbox create Entwürfe")
        for number in range(3):
            dovecot(home, "save -m Entwürfe",
                    f"Subject: d-{number}\n\nx\n")
        dovecot(home, r"flags add \Seen mailbox Entwürfe subject d-1")
        dovecot(home, r"flags add $Forwarded mailbox Entwürfe subject d-2")
        said = move(server, "import", "dov", home / "dovecot/Maildir")
        assert said.stdout.startswith("3 messages imported"), said
        found = {re.search(rb"Subject: (\S+)", text)[1].decode(): flags
                 for flags, _, text in fetch(server, "dov", "Entw&APw-rfe")}
        assert found == {"d-0": [], "d-1": [r"\Seen"],
                         "d-2": ["$Forwarded"]}, found


def dovecot(home, command, text=None):
    """doveadm on a Maildir of its own; not as root, which it refuses."""
    where = home / "dovecot"
    where.mkdir(exist_ok=True)
    config = home / "dovecot.conf"
    user = "mail" if os.geteuid() == 0 else os.environ.get("USER", "")
    if user == "mail":
        for path in (home.parent, home):
            path.chmod(0o755)
        shutil.chown(where, "mail", "mail")
    config.write_text(f"""
mail_location = maildir:{where}/Maildir
log_path = {where}/log
base_dir = {where}/run
state_dir = {where}/state
first_valid_uid = 1
first_valid_gid = 1
""" + ("mail_uid = mail\nmail_gid = mail\n" if user == "mail" else ""))
    subprocess.run(["doveadm", "-c", str(config), *command.split()],
                   input=text, text=True, check=True, timeout=60,
                   env={"HOME": str(where), "USER": user,
                        "PATH": "/usr/bin:/bin"})


def what_is_no_message_does_no_harm():
    with RunningServer(users=("ann",),
                       settings={"limits.message_octets_max": 65536}) as server:
        secret = server.directory / "secret"
        secret.write_text("Subject: secret\n\nsecret\n")
        tree = maildir(server.directory / "Maildir")
        put(tree, 1)
        (tree / "cur/link:2,").symlink_to(secret)
        (tree / ".Link").symlink_to(server.directory)
        os.mkfifo(tree / "cur/fifo:2,")
        (tree / "cur/directory:2,").mkdir()
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.relpath(tree / "new/socket"))
        (tree / "cur/large:2,").write_text("x" * 70000)
        with open(tree / "cur/huge:2,", "wb") as huge:
            huge.truncate(1 << 40)
        (tree / "cur/gzip:2,S").write_bytes(b"\x1f\x8b\x08\0\0\0")
        (tree / "cur/evil\x1b]0;x\x07\n:2,").write_text("x" * 70000)
        (tree / "cur/empty:2,").touch()
        (tree / "cur/.hidden").write_text("Subject: hidden\n\n")
        maildir(tree / ".Bad..Name")
        if os.geteuid() == 0:
            os.link(secret, tree / "cur/hard:2,")
            os.chown(secret, 1, 1)
        said = move(server, "import", "ann", tree, check=False)
        assert said.returncode == 1, said
        assert said.stdout.startswith("1 messages imported"), said.stdout
        for words in ("cur/link:2, is not imported: it is no file",
                      "/.Link is not imported: it is a link",
                      "cur/fifo:2, is not imported: it is no file",
                      "cur/directory:2, is not imported: it is no file",
                      "new/socket is not imported: it is no file",
                      "cur/large:2, is not imported: it is larger",
                      "cur/huge:2, is not imported: it is larger",
                      "cur/empty:2, is not imported: it is empty",
                      "cur/gzip:2,S is not imported: it is compressed",
                      "cur/evil?]0;x??:2, is not imported",
                      ".Bad..Name is not imported: no mailbox"):
            assert words in said.stderr, (words, said.stderr)
        if os.geteuid() == 0:
            assert "cur/hard:2, is not imported: it belongs" in said.stderr
        assert "\x1b" not in said.stderr
        assert set(marks(server)) == {"m-1"}
        for arguments, words in (
                (("--maildir", str(server.directory / "none")), "no such"),
                (("--maildir", str(tree / "cur")), "is no Maildir"),
                (("--maildir", str(server.directory)), "holds some"),
                (("--maildir", str(tree), "--mailbox", "a//b"),
                 "no mailbox can have that name"),
                (("--mbox", "x", "--maildir", "x"), "")):
            refused = server.postkeep("import", server.address("ann"),
                                      *arguments, check=False)
            assert refused.returncode != 0, arguments
            assert words in refused.stderr, refused.stderr


def more_keywords_than_there_are_letters_for():
    with RunningServer(users=("ann",)) as server:
        path = server.directory / "old.mbox"
        with open(path, "w") as out:
            for number in range(40):
                out.write("From a@b.example Sat Nov 21 21:54:00 2026\n"
                          f"Subject: m-{number}\n"
                          f"X-Keywords: k{number} all a(b\n\nx\n\n")
        said = server.postkeep("import", server.address("ann"), "--mbox",
                               str(path))
        assert said.stdout.startswith("40 messages imported"), said
        assert "keyword k25 is left out: INBOX has 26 others" in said.stderr
        assert said.stderr.count("keyword k30 ") == 1, said.stderr
        assert said.stderr.count("keyword a(b ") == 1, said.stderr
        found = fetch(server, "ann", "INBOX")
        assert found[24][0] == ["all", "k24"], found[24]
        assert found[39][0] == ["all"], found[39]


def killed(server, whom, process):
    if whom == "command":
        process.kill()
    elif whom == "server":
        server.kill()
    else:
        for pid, role in server.role_pids().items():
            if role == "mailbox":
                os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=120)
    if whom == "server":
        server.log_file.close()
        server.start()
    return process.returncode != 0  # Else it was done before.


def a_tree_of_many(server):
    tree = maildir(server.directory / "Maildir")
    below = maildir(tree / ".Below")
    for number in range(MESSAGES):
        put(below if number % 3 == 0 else tree, number, "S", 4000)
    return tree


def an_import_that_is_killed_goes_on(whom):
    with RunningServer(users=("ann",)) as server:
        tree = a_tree_of_many(server)
        interrupted = 0
        for kill in range(KILLS):
            process = start(server, "import", server.address("ann"),
                            "--maildir", str(tree))
            time.sleep(0.05 + 0.07 * kill)
            interrupted += killed(server, whom, process)
            server.send("ann", f"Subject: other-{kill}\r\n\r\nother\r\n")
        assert interrupted > 0
        wait_until(lambda: move(server, "import", "ann", tree,
                                check=False).returncode == 0, 120, 0.5)
        for kill in range(KILLS):
            server.wait_for(f"other-{kill}", "ann")
        counts = marks(server) + marks(server, "ann", "Below")
        wanted = {f"m-{n}" for n in range(MESSAGES)}
        wanted |= {f"other-{k}" for k in range(KILLS)}
        assert set(counts) == wanted, wanted ^ set(counts)
        twice = [m for m, n in counts.items() if n != 1]
        assert not twice, twice


def an_import_goes_on_after_its_command_was_killed():
    an_import_that_is_killed_goes_on("command")


def an_import_goes_on_after_the_mailbox_was_killed():
    an_import_that_is_killed_goes_on("mailbox")


def an_import_goes_on_after_the_server_was_killed():
    an_import_that_is_killed_goes_on("server")


def an_export_that_is_killed_goes_on(whom):
    with RunningServer(users=("ann", "bob")) as server:
        tree = a_tree_of_many(server)
        move(server, "import", "ann", tree)
        out = server.directory / "out"
        interrupted = 0
        for kill in range(KILLS):
            process = start(server, "export", server.address("ann"),
                            "--maildir", str(out))
            time.sleep(0.03 + 0.03 * kill)
            interrupted += killed(server, whom, process)
        assert interrupted > 0
        wait_until(lambda: "there already" in (last := move(
            server, "export", "ann", out, check=False)).stderr or
            last.returncode == 0, 120, 0.5)
        assert not list((out / "tmp").iterdir())
        move(server, "import", "bob", out)
        for name in ("INBOX", "Below"):
            assert fetch(server, "ann", name) == fetch(server, "bob", name)


def an_export_goes_on_after_its_command_was_killed():
    an_export_that_is_killed_goes_on("command")


def an_export_goes_on_after_the_mailbox_was_killed():
    an_export_that_is_killed_goes_on("mailbox")


if __name__ == "__main__":
    run_tests([a_tree_is_imported_with_flags_and_dates,
               out_and_in_again_is_the_same,
               maildirs_of_mutt_mbsync_and_dovecot_come_in,
               what_is_no_message_does_no_harm,
               more_keywords_than_there_are_letters_for,
               an_import_goes_on_after_its_command_was_killed,
               an_import_goes_on_after_the_mailbox_was_killed,
               an_import_goes_on_after_the_server_was_killed,
               an_export_goes_on_after_its_command_was_killed,
               an_export_goes_on_after_the_mailbox_was_killed])
