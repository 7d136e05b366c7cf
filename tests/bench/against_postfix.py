#!/usr/bin/env python3
"""Postkeep beside Postfix on this machine, in one run, as ratios.

    tests/bench/against_postfix.py [--messages N] [--rounds N] [--mailboxes N]
        [--connections N,N] [--filesystem ext4|xfs|none]

Accept to mailbox: 4 KiB messages over kept SMTP sessions, 16 and 100 of them,
to 10 mailboxes. Both make a message durable before 250: Postfix in a queue file
and then in its Maildir (virtual), Postkeep in its journal. The load is Postfix's
own smtp-source. "In mailbox" counts until the last file is in a Maildir; "server
CPU" is all processes of the server, from their control group; flushes are
counted in a run of their own under strace. The servers take turns, after each
mailbox has got a message.
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
import re
import statistics
import subprocess
import time

from servers import (DOMAIN, TOP, WORK, Postfix, Postkeep, on_new_filesystem,
                     wait_for_port)


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
    on_new_filesystem(ar.filesystem, lambda: compare(ar))


def compare(ar):
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
        # Processes that start with the first message are not what is measured.
        for server in servers:
            load(server, 10, max(100, server.mailboxes))
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
