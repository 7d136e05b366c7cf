#!/usr/bin/env python3
"""Programs of this machine send by the command sendmail: as cron, PHP, mail(1)
and mutt do it, as other users, while the server is down, and with whatever a
user can put into the drop directory.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time

from running_server import BINARY, DOMAIN, RunningServer, run_tests, wait_until

NOBODY = 65534
AS_ROOT = os.geteuid() == 0
USAGE, DATA, TRY_AGAIN, NOT_PERMITTED, CONFIGURATION = 64, 65, 75, 77, 78


class MailHost(RunningServer):
    """A server, and the links that a distribution makes."""

    def prepare(self):
        super().prepare()
        self.postkeep("account", "alias", f"root@{DOMAIN}", f"ann@{DOMAIN}")
        # What mkdtemp made is for its maker alone.
        self.directory.chmod(0o711)
        self.links = self.directory / "bin"
        self.links.mkdir()
        for name in ("sendmail", "mailq", "newaliases"):
            (self.links / name).symlink_to(os.path.abspath(BINARY))
        # For programs that are told one path and nothing else.
        self.script = self.links / "with-configuration"
        self.script.write_text(
            f'#!/bin/sh\nexec {self.links}/sendmail -C {self.config} "$@"\n')
        self.script.chmod(0o755)
        self.drop = self.data / "drop"

    def sendmail(self, *arguments, text="Subject: x\n\nx\n", status=0,
                 name="sendmail", **more):
        done = subprocess.run(
            [str(self.links / name), "-C", str(self.config), *arguments],
            input=text if isinstance(text, bytes) else text.encode(),
            capture_output=True, timeout=60, **more)
        assert done.returncode == status, (arguments, done)
        return done

    def mails(self, user):
        with self.imap(user) as client:
            _, answer = client.select("INBOX", readonly=True)
            if answer[0] == b"0":
                return []
            _, found = client.fetch("1:*", "BODY.PEEK[]")
            return [part[1].decode(errors="replace") for part in found
                    if isinstance(part, tuple)]

    def arrived(self, user, subject, count=1):
        def there():
            found = [mail for mail in self.mails(user)
                     if f"Subject: {subject}\r\n" in mail]
            return found if len(found) >= count else None
        found = wait_until(there, 30, 0.2)
        assert len(found) == count, (subject, len(found))
        return found

    def left(self):
        return sorted(os.listdir(self.drop))


def test_as_cron_and_php_and_people_call_it():
    with MailHost() as server:
        # cron: a header of its own, names without a domain.
        server.sendmail(
            "-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root",
            text="From: root (Cron Daemon)\nTo: root\nSubject: cron\n"
                 "Auto-Submitted: auto-generated\n\n.\nafter a dot\n")
        mail = server.arrived("ann", "cron")[0]
        assert f"From: root@{DOMAIN} (Cron Daemon)\r\n" in mail, mail
        assert f"To: root@{DOMAIN}\r\n" in mail, mail
        assert "\r\n.\r\nafter a dot\r\n" in mail, mail
        assert re.search(r"^Received: by localhost \(Postkeep, from userid "
                         rf"{os.geteuid()}\)\r\n\tid ", mail, re.M), mail
        assert "Date: " in mail and "Message-ID: <" in mail

        # PHP: recipients in the header, CRLF in it and LF in the body.
        server.sendmail(
            "-t", "-i", f"-fwww@{DOMAIN}",
            text=f"To: bob@{DOMAIN}\r\nSubject: php\r\nBcc: ann@{DOMAIN}\r\n"
                 f"From: Web <www@{DOMAIN}>\r\n\r\none\ntwo\n")
        for user in ("ann", "bob"):
            mail = server.arrived(user, "php")[0]
            assert "Bcc" not in mail, mail
            assert user == "ann" or "ann@" not in mail, mail
            assert mail.endswith("\r\n\r\none\r\ntwo\r\n"), mail
            assert mail.startswith(f"Return-Path: <www@{DOMAIN}>\r\n"), mail

        # A person: no header, a dot at the end.
        server.sendmail("bob", text="just a line\n.\nnot this\n")
        wait_until(lambda: any("\r\n\r\njust a line\r\n" in mail
                               for mail in server.mails("bob")), 20, 0.2)
        assert not any("not this" in mail for mail in server.mails("bob"))

        # As a subcommand, with UTF-8, and with as many as are wanted.
        done = subprocess.run(
            [BINARY, "sendmail", "-C", server.config, "-v", "ann", "bob"],
            input="Subject: Grüße\n\nÄ\n".encode(), capture_output=True)
        assert done.returncode == 0 and b"mail-" in done.stderr, done
        server.arrived("bob", "Grüße")
        large = "Subject: large\n\n" + ("x" * 70 + "\n") * 30000
        server.sendmail("bob", text=large)
        assert server.arrived("bob", "large")[0].count("x" * 70) == 30000
        wait_until(lambda: not server.left(), 10, 0.1)


def test_mail_programs():
    with MailHost() as server:
        home = server.directory / "home"
        home.mkdir()
        environment = {"HOME": str(home), "PATH": os.environ["PATH"],
                       "MAILRC": str(home / "mailrc"), "LC_ALL": "C.UTF-8"}
        (home / "mailrc").write_text(f"set sendmail={server.script}\n")
        if shutil.which("bsd-mailx"):
            subprocess.run(["bsd-mailx", "-s", "by mail", "-c", "ann",
                            f"bob@{DOMAIN}"], input=b"hello\n", check=True,
                           env=environment, timeout=60)
            server.arrived("bob", "by mail")
            server.arrived("ann", "by mail")
        (home / "muttrc").write_text(
            f'set sendmail="{server.script} -oem -oi"\nset copy=no\n'
            f'set from="ann@{DOMAIN}"\nset use_envelope_from=yes\n'
            'set dsn_notify="failure,delay"\nset dsn_return=hdrs\n')
        subprocess.run(["mutt", "-F", home / "muttrc", "-s", "by mutt",
                        "-b", f"ann@{DOMAIN}", "--", f"bob@{DOMAIN}"],
                       input=b"hello\n", check=True, env=environment,
                       timeout=60)
        mail = server.arrived("bob", "by mutt")[0]
        assert mail.startswith(f"Return-Path: <ann@{DOMAIN}>\r\n"), mail
        assert "Bcc" not in server.arrived("ann", "by mutt")[0]


def test_smtp_on_standard_input():
    with MailHost() as server:
        talk = subprocess.Popen(
            [server.links / "sendmail", "-C", server.config, "-bs"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            bufsize=1)

        def say(line, code):
            talk.stdin.write(line + "\r\n")
            talk.stdin.flush()
            return hear(code)

        def hear(code):
            while True:
                answer = talk.stdout.readline()
                assert answer.startswith(code), (code, answer)
                if answer[3] == " ":
                    return answer

        hear("220")
        for name in ("one", "two"):
            say("EHLO localhost", "250")
            say(f"MAIL FROM:<ann@{DOMAIN}>", "250")
            say(f"RCPT TO:<bob@{DOMAIN}>", "250")
            say("RCPT TO:<broken", "501")
            say("DATA", "354")
            say(f"Subject: {name}\r\n\r\n..\r\n.", "250")
        say("QUIT", "221")
        assert talk.wait(10) == 0
        mails = (server.arrived("bob", "one") + server.arrived("bob", "two"))
        ids = {re.search(r"^Message-ID: (.*)\r$", mail, re.M).group(1)
               for mail in mails}
        assert len(ids) == 2 and all("\r\n.\r\n" in mail for mail in mails)


def test_what_cannot_be_done_is_said():
    with MailHost() as server:
        server.sendmail(status=USAGE)                      # No recipient.
        server.sendmail("-t", status=USAGE)                # None in there.
        server.sendmail("-bd", "bob", status=USAGE)
        server.sendmail("-Nperhaps", "bob", status=USAGE)
        server.sendmail("-f", "not an address", "bob", status=USAGE)
        server.sendmail("not an address", status=USAGE)
        server.sendmail("-t", text="To: <<\nSubject: x\n\nx\n", status=DATA)
        assert subprocess.run([server.links / "sendmail", "-C", "/nowhere", "x"],
                              input=b"", capture_output=True,
                              ).returncode == CONFIGURATION
        assert server.left() == []
        # The operator's words; nothing has to be built.
        server.sendmail("-q", text="")
        server.sendmail(name="newaliases", text="")
        assert b"pickup" in server.sendmail(name="mailq", text="").stdout
        # A place that is not there (yet), or not for this user.
        server.drop.rename(server.data / "elsewhere")
        server.sendmail("bob", status=TRY_AGAIN)
        (server.data / "elsewhere").rename(server.drop)
        if AS_ROOT:
            server.drop.chmod(0o700)
            server.sendmail("bob", status=NOT_PERMITTED, user=NOBODY)
            server.drop.chmod(0o3733)


def test_who_cannot_get_it_is_named_to_who_sent_it():
    with MailHost() as server:
        server.sendmail("-f", "ann", "bob", "nobody", "dan@elsewhere.test",
                        text="Subject: some\n\nsecret words\n")
        server.arrived("bob", "some")
        notice = server.arrived(
            "ann", "Your message could not be delivered")[0]
        assert notice.startswith("Return-Path: <>\r\n"), notice
        for part in (f"rfc822;nobody@{DOMAIN}\r\n", "Status: 5.1.1",
                     "rfc822;dan@elsewhere.test\r\n", "Subject: some\r\n",
                     "multipart/report; report-type=delivery-status"):
            assert part in notice, (part, notice)
        assert "secret words" not in notice and f"bob@{DOMAIN}" not in notice
        server.sendmail("-f", "<>", "nobody")
        wait_until(lambda: not server.left(), 10, 0.1)
        assert len(server.mails("ann")) == 1


def test_nothing_is_lost_while_the_server_is_down():
    with MailHost() as server:
        server.stop()
        for number in range(30):
            server.sendmail("bob", text=f"Subject: down {number}\n\nx\n")
        assert len(server.left()) == 30
        for name in server.left():
            mode = (server.drop / name).stat().st_mode
            assert stat.S_IMODE(mode) == 0o640, oct(mode)
        server.start()
        wait_until(lambda: not server.left(), 20, 0.1)
        for number in range(30):
            server.arrived("bob", f"down {number}")


def test_any_user_may_send_and_look_at_nothing():
    if not AS_ROOT:
        return
    with MailHost() as server:
        mode = server.drop.stat().st_mode
        assert stat.S_IMODE(mode) == 0o3733, oct(mode)
        server.sendmail("bob", text="Subject: of nobody\n\nx\n", user=NOBODY,
                        group=NOBODY, extra_groups=[])
        mail = server.arrived("bob", "of nobody")[0]
        assert f"(Postkeep, from userid {NOBODY})" in mail, mail
        server.stop()
        server.sendmail("bob", text="Subject: of root\n\nx\n")
        name = server.left()[0]
        for command in (["ls", str(server.drop)],
                        ["cat", str(server.drop / name)],
                        ["rm", "-f", str(server.drop / name)],
                        ["mv", str(server.drop / name), "/tmp/stolen"]):
            done = subprocess.run(command, capture_output=True, user=NOBODY,
                                  group=NOBODY, extra_groups=[])
            assert done.returncode != 0, command
        server.start()
        server.arrived("bob", "of root")


def drop_file(recipient, subject, sender="nobody"):
    text = f"Subject: {subject}\r\n\r\nx\r\n"
    return (f"POSTKEEP 1\r\nMAIL FROM:<{sender}@{DOMAIN}>\r\n"
            f"RCPT TO:<{recipient}@{DOMAIN}>\r\nBDAT {len(text)} LAST\r\n"
            + text)


def test_hostile_files():
    with MailHost() as server:
        server.stop()
        drop = server.drop
        good = drop_file("bob", "stolen")
        secret = server.directory / "secret"
        secret.write_bytes(good.encode())
        secret.chmod(0o600)
        os.symlink("/etc/passwd", drop / "mail-passwd")
        os.symlink(secret, drop / "mail-symlink")
        os.link(secret, drop / "mail-hardlink")
        os.mkfifo(drop / "mail-fifo")
        os.mkfifo(drop / "new-fifo")
        (drop / "mail-directory" / "deep").mkdir(parents=True)
        (drop / "mail\nwith\r\nlines").write_text("GET / HTTP/1.1\r\n\r\n")
        (drop / "mail-\x1b[31m").write_bytes(good[:-1].encode())
        (drop / "-rf").write_text("")
        (drop / "mail-garbage").write_bytes(os.urandom(300000))
        (drop / "mail-zeros").write_text("")
        os.truncate(drop / "mail-zeros", 1 << 40)
        (drop / "mail-huge").write_text(
            f"POSTKEEP 1\r\nMAIL FROM:<ann@{DOMAIN}>\r\n"
            f"RCPT TO:<bob@{DOMAIN}>\r\nBDAT {1 << 40} LAST\r\n")
        size = (drop / "mail-huge").stat().st_size
        os.truncate(drop / "mail-huge", size + (1 << 40))
        (drop / "mail-head").write_text(
            "POSTKEEP 1\r\nMAIL FROM:<>\r\n"
            + f"RCPT TO:<bob@{DOMAIN}>\r\n" * 100000)
        with socket.socket(socket.AF_UNIX) as one:
            here = os.getcwd()
            os.chdir(drop)
            one.bind("mail-socket")
            os.chdir(here)
        if AS_ROOT:
            moved = server.directory / "moved"
            moved.write_text(drop_file("bob", "moved"))
            os.chown(moved, NOBODY, NOBODY)
            moved.rename(drop / "mail-moved")
        (drop / "mail-bare").write_text(
            drop_file("bob", "smuggled").replace("x\r\n", "x\n.\n"))
        server.start()
        wait_until(lambda: server.left() == ["mail-directory", "new-fifo"],
                   30, 0.2)
        server.sendmail("bob", text="Subject: honest\n\nx\n")
        server.arrived("bob", "honest")
        assert secret.read_bytes().decode() == good
        assert pathlib.Path("/etc/passwd").exists()
        subjects = " ".join(server.mails("bob"))
        for wrong in ("stolen", "moved", "smuggled"):
            assert f"Subject: {wrong}" not in subjects, wrong
        # The huge one's sender hears of it.
        assert "5.3.4" in server.arrived(
            "ann", "Your message could not be delivered")[0]
        peak, seconds = server.usage()["pickup"]
        assert peak < 64 * 1024, f"pickup took {peak} KiB"
        assert seconds < 5, f"pickup took {seconds} s"
        log = server.log_text()
        assert "\x1b" not in log and "drop_refused" in log


def test_killed_at_any_moment():
    with MailHost() as server:
        sent, stop = [], threading.Event()

        def send():
            while not stop.is_set():
                name = f"kill {len(sent)}"
                server.sendmail("bob", text=f"Subject: {name}\n\nx\n")
                sent.append(name)

        sender = threading.Thread(target=send)
        sender.start()
        kills = 0
        try:
            for role in ("pickup", "spool", "auth", "pickup", "spool",
                         "pickup"):
                time.sleep(0.7)
                for pid, known in server.role_pids().items():
                    if known == role:
                        os.kill(pid, signal.SIGKILL)
                        kills += 1
        finally:
            stop.set()
            sender.join()
        wait_until(lambda: not server.left(), 30, 0.2)
        for name in sent:
            wait_until(lambda: f"Subject: {name}\r\n" in
                       "".join(server.mails("bob")), 20, 0.3)
            break
        time.sleep(1)
        counts = {}
        for mail in server.mails("bob"):
            name = re.search(r"^Subject: (.*)\r$", mail, re.M).group(1)
            counts[name] = counts.get(name, 0) + 1
        lost = [name for name in sent if name not in counts]
        twice = [name for name, count in counts.items() if count > 1]
        print(f"      {len(sent)} sent, {kills} kills, {len(lost)} lost, "
              f"{len(twice)} twice")
        # Spool knows again what it was offered before, unless it died itself
        # between the disk's word and its own.
        assert not lost and all(count <= 2 for count in counts.values())
        assert len(twice) <= 40, len(twice)


if __name__ == "__main__":
    run_tests([one for name, one in list(globals().items())
               if name.startswith("test_")])
