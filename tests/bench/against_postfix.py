#!/usr/bin/env python3
"""Postkeep beside Postfix on this machine, in one run, as ratios.

    tests/bench/against_postfix.py [--messages N] [--rounds N] [--mailboxes N]
        [--connections N,N] [--filesystem ext4|xfs|none]

Accept to mailbox: 4 KiB messages over kept SMTP sessions, 16 and 100 of them,
to 10 mailboxes. Both make a message durable before 250: Postfix in a queue file
and then in its Maildir (virtual), Postkeep in its journal. The load is Postfix's
own smtp-source. "In mailbox" counts until the last file is in a Maildir; "server
CPU" is all processes of the server, from their control group; flushes are
counted in a run of their own under strace. The servers take turns.
STARTTLS: full handshakes with one EC key.

With more mailboxes than 10, smtp_load.cc sends each message to the next one,
since smtp-source knows one recipient.

Both servers work on a file system that is made for the run (ext4 or xfs in an
image; --filesystem none takes BENCH_WORK as it is): on one that files were just
removed from, ext4 without a journal spends half the processor on looking for
inodes that were not.

Needs root and Debian's packages postfix and strace. All traffic is loopback.
"""
import argparse
import os
import pathlib
import pwd
import re
import shutil
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/clients"))
import running_server  # noqa: E402

WORK = pathlib.Path(os.environ.get("BENCH_WORK", "/var/tmp/postkeep-bench"))
GROUPS = pathlib.Path("/sys/fs/cgroup/unified")
if not (GROUPS / "cgroup.procs").exists():
    GROUPS = pathlib.Path("/sys/fs/cgroup")
DOMAIN = running_server.DOMAIN
VMAIL = 5000

MAIN_CF = """compatibility_level=3.6
queue_directory={dir}/spool
data_directory={dir}/data
command_directory=/usr/sbin
daemon_directory=/usr/lib/postfix/sbin
mail_owner=postfix
setgid_group=postdrop
myhostname=mx.{domain}
mydestination=
mynetworks=127.0.0.0/8
inet_interfaces=127.0.0.1
inet_protocols=ipv4
alias_maps=
alias_database=
local_recipient_maps=
disable_dns_lookups=yes
smtpd_peername_lookup=no
smtpd_recipient_restrictions=permit_mynetworks,reject
maillog_file={dir}/mail.log
maillog_file_prefixes={dir}
virtual_mailbox_domains={domain}
virtual_mailbox_base={dir}/mail
virtual_mailbox_maps=texthash:{dir}/etc/vmap
virtual_uid_maps=static:{uid}
virtual_gid_maps=static:{uid}
smtpd_tls_cert_file={dir}/etc/certificate.pem
smtpd_tls_key_file={dir}/etc/key.pem
smtpd_tls_security_level=may
in_flow_delay=0
default_process_limit=200
"""
MASTER_CF = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Server:
    """What both have: a control group, Maildirs, a port."""

    def __init__(self, name, mailboxes):
        self.name, self.mailboxes = name, mailboxes
        self.directory = WORK / name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.group = GROUPS / f"postkeep-bench-{name}"

    def in_group(self):
        self.group.mkdir(exist_ok=True)
        (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def cpu_seconds(self):
        text = (self.group / "cpu.stat").read_text()
        return int(re.search(r"usage_usec (\d+)", text)[1]) / 1e6

    def pids(self):
        return (self.group / "cgroup.procs").read_text().split()

    def in_mailboxes(self):
        return sum(1 for new in self.directory.glob(self.maildirs)
                   for _ in os.scandir(new))

    def remove_group(self):
        for _ in range(50):
            try:
                return self.group.rmdir()
            except OSError:
                time.sleep(0.1)


class Postfix(Server):
    maildirs = "mail/u*/Maildir/new"
    port = 23025

    def start(self):
        d = self.directory
        (d / "etc").mkdir()
        (d / "spool").mkdir()
        (d / "data").mkdir()
        (d / "mail").mkdir()
        shutil.chown(d / "data", "postfix", "postfix")
        shutil.chown(d / "mail", VMAIL, VMAIL)
        for name in ("certificate.pem", "key.pem"):
            shutil.copy(WORK / name, d / "etc" / name)
        values = dict(dir=d, domain=DOMAIN, uid=VMAIL, port=self.port)
        (d / "etc/main.cf").write_text(MAIN_CF.format(**values))
        (d / "etc/master.cf").write_text(MASTER_CF.format(**values))
        (d / "etc/vmap").write_text("".join(
            f"u{n}@{DOMAIN} u{n}/Maildir/\n" for n in range(self.mailboxes)))
        self.process = subprocess.Popen(
            ["/usr/sbin/postfix", "-c", str(d / "etc"), "start-fg"],
            preexec_fn=self.in_group, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)

    def stop(self):
        subprocess.run(["postfix", "-c", str(self.directory / "etc"), "stop"],
                       capture_output=True)
        self.process.wait(30)
        self.remove_group()


class Postkeep(Server):
    maildirs = "data/mail/*/new"

    def start(self):
        self.server = running_server.RunningServer(
            users=[f"u{n}" for n in range(min(self.mailboxes, 10))],
            settings={"limits.sessions_per_address_max": 1000,
                      "limits.messages_per_session_max": 1000000,
                      "limits.commands_per_session_max": 1000000000},
            directory=self.directory)
        self.server.prepare()
        for name, to in (("certificate.pem", self.server.certificate),
                         ("key.pem", self.server.data / "tls/key.pem")):
            shutil.copy(WORK / name, to)
        accounts = self.server.data / "accounts"
        lines = accounts.read_text().splitlines()
        record = next(l for l in lines if l.startswith("u0@"))
        for n in range(10, self.mailboxes):
            lines.append(record.replace("u0@", f"u{n}@", 1))
        accounts.write_text("\n".join(lines) + "\n")
        self.port = self.server.smtp_port
        self.log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(
            [running_server.BINARY, "--config", str(self.server.config),
             "serve"], preexec_fn=self.in_group, stdout=self.log,
            stderr=self.log, stdin=subprocess.DEVNULL, start_new_session=True)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        self.remove_group()


def wait_for_port(port):
    import socket
    def open_():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    running_server.wait_until(open_, 20)


def make_filesystem(kind):
    """An empty one of this kind at WORK; the image, to be removed at the end."""
    image = WORK.with_suffix(".img")
    with open(image, "wb") as file:
        file.truncate(8 << 30)
    force = "-F" if kind == "ext4" else "-f"
    subprocess.run([f"mkfs.{kind}", "-q", force, str(image)], check=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(WORK)], check=True)
    return image


def send(server, connections, messages):
    """One message after the other to each mailbox in turn."""
    subprocess.run([str(WORK / "smtp_load"), str(server.port),
                    str(connections), str(messages), str(server.mailboxes),
                    DOMAIN], stdout=subprocess.DEVNULL, check=True,
                   timeout=300)
    return messages


def send_by_smtp_source(server, connections, messages):
    """From ten senders with one recipient each; how many that were."""
    groups = min(10, connections)
    senders = []
    sent = 0
    for n in range(groups):
        sessions = connections // groups + (n < connections % groups)
        share = messages * sessions // connections
        recipients = server.mailboxes // groups
        senders.append(subprocess.Popen(
            ["/usr/sbin/smtp-source", "-s", str(sessions), "-m",
             str(share), "-l", "4096", "-d", "-f", "sender@elsewhere.test",
             "-t", f"u{n * recipients}@{DOMAIN}", f"127.0.0.1:{server.port}"],
            stdout=subprocess.DEVNULL))
        sent += share
    for sender in senders:
        assert sender.wait(300) == 0, "smtp-source failed"
    return sent


def load(server, connections, messages):
    """Sends `messages` over `connections` kept sessions; the seconds until all
    were accepted, and until all were in their mailboxes."""
    before = server.in_mailboxes()
    begun = time.monotonic()
    by = send_by_smtp_source if server.mailboxes <= 10 else send
    sent = by(server, connections, messages)
    accepted = time.monotonic() - begun
    wanted = before + sent
    while server.in_mailboxes() < wanted:
        time.sleep(0.01)
        assert time.monotonic() - begun < 300, "mail did not arrive"
    return accepted, time.monotonic() - begun


def flushes(server, connections, messages):
    """Flushes a message, counted by strace."""
    log = WORK / "strace"
    tracer = subprocess.Popen(
        ["strace", "-f", "-q", "-o", str(log), "-e",
         "trace=fsync,fdatasync,syncfs",
         *[word for pid in server.pids() for word in ("-p", pid)]],
        stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    load(server, connections, messages)
    time.sleep(1.0)
    tracer.terminate()
    tracer.wait()
    counted = len(re.findall(r"(?:fsync|fdatasync|syncfs)\(",
                             log.read_text()))
    return counted / messages


def ratio(what, unit, ours, theirs, lower_is_better=False):
    a, b = statistics.median(ours), statistics.median(theirs)
    better = b / a if lower_is_better else a / b
    print(f"{what:44} postkeep {a:9.2f} ({min(ours):.2f}-{max(ours):.2f})  "
          f"postfix {b:9.2f} ({min(theirs):.2f}-{max(theirs):.2f}) {unit}  "
          f"{better:.1f} times as good", flush=True)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--messages", type=int, default=4000)
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--mailboxes", type=int, default=10)
    ap.add_argument("--connections", default="16,100")
    ap.add_argument("--filesystem", default="ext4",
                    choices=["ext4", "xfs", "none"])
    ar = ap.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    if ar.filesystem == "none":
        return compare(ar)
    image = make_filesystem(ar.filesystem)
    try:
        compare(ar)
    finally:
        subprocess.run(["umount", str(WORK)], check=True)
        image.unlink()


def compare(ar):
    try:
        pwd.getpwuid(VMAIL)
    except KeyError:
        subprocess.run(["useradd", "-r", "-M", "-u", str(VMAIL), "-s",
                        "/usr/sbin/nologin", "vmail"], check=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
         "/CN=localhost", "-keyout", str(WORK / "key.pem"), "-out",
         str(WORK / "certificate.pem")], check=True, capture_output=True)
    for program in ("tls_load", "smtp_load"):
        subprocess.run(["g++", "-std=c++20", "-O2", "-o", str(WORK / program),
                        str(TOP / f"tests/bench/{program}.cc"), "-lssl",
                        "-lcrypto", "-pthread"], check=True)
    servers = [Postkeep("postkeep", ar.mailboxes),
               Postfix("postfix", ar.mailboxes)]
    try:
        for server in servers:
            server.start()
        for server in servers:
            wait_for_port(server.port)
        for connections in map(int, ar.connections.split(",")):
            figures = {s.name: ([], [], []) for s in servers}
            for _ in range(ar.rounds):
                for server in servers:
                    cpu = server.cpu_seconds()
                    accepted, there = load(server, connections, ar.messages)
                    time.sleep(1.5)  # What is done lazily belongs to it.
                    cpu = server.cpu_seconds() - cpu
                    one = figures[server.name]
                    one[0].append(ar.messages / accepted)
                    one[1].append(ar.messages / there)
                    one[2].append(cpu / ar.messages * 1000)
            ours, theirs = figures["postkeep"], figures["postfix"]
            ratio(f"{connections} sessions: accepted", "msg/s", ours[0],
                  theirs[0])
            ratio(f"{connections} sessions: in mailbox", "msg/s", ours[1],
                  theirs[1])
            ratio(f"{connections} sessions: server CPU", "s/1000 msg", ours[2],
                  theirs[2], True)
            counts = [[flushes(s, connections, ar.messages // 2)]
                      for s in servers]
            ratio(f"{connections} sessions: flushes", "per message", *counts,
                  True)
        rates = {s.name: [] for s in servers}
        for _ in range(ar.rounds):
            for server in servers:
                out = subprocess.run([str(WORK / "tls_load"), str(server.port),
                                      "8", "2000"], capture_output=True,
                                     text=True, timeout=300)
                rate, failed = out.stdout.split()
                assert failed == "0", f"{server.name}: {failed} failed"
                rates[server.name].append(float(rate))
        ratio("STARTTLS, full handshakes, EC", "sessions/s", rates["postkeep"],
              rates["postfix"])
    finally:
        for server in servers:
            if hasattr(server, "process"):
                server.stop()
    print(f"{ar.messages} messages of 4 KiB a round, {ar.rounds} rounds, "
          f"{ar.mailboxes} mailboxes, {ar.filesystem}, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
