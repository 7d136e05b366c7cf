#!/usr/bin/env python3
"""Postkeep beside Dovecot on Maildir on this machine, in one run, as ratios.

    tests/bench/against_dovecot.py [--sections open,bodies,store,append,search,
        pop3,latency,login,idle] [--sizes 10000,100000] [--rounds N] [--idle 100,1000]

Both serve the same messages (tests/bench/corpus.py), as files that were put
into a Maildir, from one file system that is made for the run. "warm": opened
before; "cold": the server stopped, its index deleted, the page cache dropped.
The client (imap_client.py) is the same for both; the servers take turns.

Needs root and Debian's dovecot-imapd, dovecot-pop3d and dovecot-lmtpd. All traffic is loopback.
"""
import argparse
import os
import pathlib
import smtplib
import statistics
import subprocess
import threading
import time

import corpus
from imap_client import ImapClient, Pop3Client
from servers import DOMAIN, Dovecot, Postkeep, on_new_filesystem

META = "FETCH 1:* (UID FLAGS ENVELOPE BODYSTRUCTURE)"
INDEXES = ("dovecot*", "postkeep-index*")
SECTIONS = "open,bodies,store,append,search,pop3,latency,login,idle"


def ratio(what, unit, ours, theirs, lower_is_better=False):
    a, b = statistics.median(ours), statistics.median(theirs)
    better = b / a if lower_is_better else a / b
    print(f"{what:40} postkeep {a:10.2f} ({min(ours):.2f}-{max(ours):.2f})  "
          f"dovecot {b:10.2f} ({min(theirs):.2f}-{max(theirs):.2f}) {unit}  "
          f"{better:.1f} times as good", flush=True)


def in_turn(servers, rounds, measure):
    """What `measure` says of each, [ours, theirs], each a list."""
    found = [[], []]
    for _ in range(rounds):
        for one, server in zip(found, servers):
            one.append(measure(server))
    return found


def fill(server, user, messages, count):
    """Files in a Maildir, as another program would put them there."""
    maildir = server.maildir(user)
    client = open_(server, user)
    client.ask("SELECT INBOX")  # So that it is there.
    client.close()
    for n in range(count):
        text = messages[n % len(messages)]
        name = f"{1700000000 + n}.M{n}P1.bench,S={len(text)}:2,"
        (maildir / "cur" / f"{name}{'S' if n % 3 else ''}").write_bytes(text)
    uid = os.stat(maildir / "cur").st_uid
    subprocess.run(["chown", "-R", f"{uid}:{uid}", str(maildir)], check=True)


def open_(server, user):
    return ImapClient(server.imap_port, server.login_name(user),
                      server.password(user))


def select_and_fetch(server, user):
    client = open_(server, user)
    begun = time.monotonic()
    client.ask("SELECT INBOX")
    client.ask(META)
    took = time.monotonic() - begun
    client.close()
    return took


def cold(server, user):
    server.stop()
    for pattern in INDEXES:
        for path in server.maildir(user).glob(pattern):
            path.unlink()
    subprocess.run(["sync"], check=True)
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")
    server.start()
    return select_and_fetch(server, user)


def section_open(servers, ar):
    for size in map(int, ar.sizes.split(",")):
        user = f"big{size}"
        what = f"open {size}, "
        ratio(what + "cold", "s",
              *in_turn(servers, ar.rounds, lambda s: cold(s, user)), True)
        for server in servers:
            select_and_fetch(server, user)
        ratio(what + "warm", "s", *in_turn(
            servers, ar.rounds, lambda s: select_and_fetch(s, user)), True)


def big(ar):
    return "big" + ar.sizes.split(",")[0]


def timed(server, ar, *commands):
    """Seconds and octets of the last of these commands in the big mailbox."""
    client = open_(server, big(ar))
    client.ask("SELECT INBOX")
    for command in commands[:-1]:
        client.ask(command)
    found = client.timed(commands[-1])
    client.close()
    return found


def section_bodies(servers, ar):
    def rate(server):
        seconds, octets = timed(server, ar, "FETCH 1:* BODY.PEEK[]")
        return octets / seconds / 1e6
    for server in servers:
        rate(server)
    ratio("FETCH 1:* BODY.PEEK[]", "MB/s", *in_turn(servers, ar.rounds, rate))


def section_search(servers, ar):
    ratio("SEARCH BODY, nothing found", "s", *in_turn(
        servers, ar.rounds,
        lambda s: timed(s, ar, 'SEARCH BODY "zebra crossing"')[0]), True)


def section_store(servers, ar):
    count = 1000

    def pipelined(server):
        client = open_(server, big(ar))
        client.ask("SELECT INBOX")
        client.ask(f"STORE 1:{count} -FLAGS (\\Flagged)")
        begun = time.monotonic()
        client.send(b"".join(b"p%d STORE %d +FLAGS (\\Flagged)\r\n" % (n, n)
                             for n in range(1, count + 1)))
        client.answer(b"p%d" % count)
        took = time.monotonic() - begun
        client.close()
        return count / took

    def bulk(server):
        off, on = (f"STORE 1:{count} {sign}FLAGS (\\Answered)"
                   for sign in "-+")
        return count / timed(server, ar, off, on)[0]

    ratio("STORE, pipelined", "messages/s",
          *in_turn(servers, ar.rounds, pipelined))
    ratio("STORE, in bulk", "messages/s", *in_turn(servers, ar.rounds, bulk))


def at_once(server, sessions, work):
    """Runs `work(client)` in as many sessions; the seconds it took them."""
    clients = [open_(server, f"u{n % 10}") for n in range(sessions)]
    threads = [threading.Thread(target=work, args=(client,))
               for client in clients]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - begun
    for client in clients:
        client.close()
    return took


def section_append(servers, ar):
    text = b"Subject: appended\r\n\r\n" + b"x" * 62 + b"\r\n"
    text += (b"x" * 62 + b"\r\n") * ((4096 - len(text)) // 64)
    command = f"APPEND INBOX {{{len(text)}+}}\r\n{text.decode()}"
    for sessions in (1, 16):
        each = 800 // sessions

        def work(client):
            for _ in range(each):
                client.ask(command)
        ratio(f"APPEND 4 KiB, {sessions} sessions", "messages/s", *in_turn(
            servers, ar.rounds,
            lambda s: each * sessions / at_once(s, sessions, work)))


def section_login(servers, ar):
    """Both verify the same argon2id record for each login: Postkeep's memory of
    verified logins is off. Dovecot in its default mode, a login process for
    each connection."""
    postkeep, dovecot = servers
    for cost, memory_kib, passes, each in (("64 KiB, 1 pass", 64, 1, 20),
                                           ("64 MiB, 2 passes", 65536, 2, 3)):
        for server in servers:
            server.stop()
        postkeep.server.set({"accounts.argon2_memory_kib": memory_kib,
                             "accounts.argon2_passes": passes,
                             "accounts.verified_seconds": 0})
        user = f"cost{memory_kib}"
        record = postkeep.add_account(user)
        dovecot.add_account(user, record, postkeep.password(user))
        for server in servers:
            server.start()

        def rate(server):
            def work(_):
                for _ in range(each):
                    open_(server, user).close()
            return 16 * each / at_once(server, 16, work)
        for server in servers:
            open_(server, user).close()
        ratio(f"logins, 16 at once, {cost}", "1/s",
              *in_turn(servers, ar.rounds, rate))


def section_pop3(servers, ar):
    """RETR of the first 1,000 messages of the big mailbox, all asked for at
    once; after a first round that made what each keeps about them."""
    count = 1000

    def rate(server):
        client = Pop3Client(server.pop3_port, server.login_name(big(ar)),
                            server.password(big(ar)))
        begun = time.monotonic()
        octets = client.retrieve(count)
        took = time.monotonic() - begun
        client.close()
        return octets / took / 1e6
    for server in servers:
        rate(server)
    ratio(f"POP3 RETR of {count} messages", "MB/s",
          *in_turn(servers, ar.rounds, rate))


def deliver(server, user, text):
    """By SMTP to Postkeep, by LMTP to Dovecot; the moment of the 250."""
    client = (smtplib.LMTP(server.lmtp, 0) if isinstance(server, Dovecot)
              else smtplib.SMTP("127.0.0.1", server.port))
    with client:
        client.sendmail("s@elsewhere.test", [f"{user}@{DOMAIN}"], text)
        return time.monotonic()


def section_latency(servers, ar):
    def median_milliseconds(server):
        client = open_(server, "u1")
        client.ask("SELECT INBOX")
        client.send(b"i IDLE\r\n")
        client.read_line()
        found = []
        for n in range(20):
            heard = []

            def hear():
                while b" EXISTS" not in client.read_line():
                    pass
                heard.append(time.monotonic())
            thread = threading.Thread(target=hear)
            thread.start()
            answered = deliver(server, "u1", f"Subject: {n}\r\n\r\nx\r\n")
            thread.join(20)
            found.append(max(heard[0] - answered, 0) * 1e3)
        client.close()
        return statistics.median(found)
    ratio("250 to EXISTS in IDLE, median", "ms",
          *in_turn(servers, ar.rounds, median_milliseconds), True)


def pss_kib(server):
    total = 0
    for pid in server.pids():
        try:
            for line in open(f"/proc/{pid}/smaps_rollup"):
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total


def section_idle(servers, ar):
    """Sessions that wait in IDLE, each of a user of its own: proportional set
    size over all processes of a server, less what it had before, by each."""
    def kib(server, count, tls):
        server.stop()
        server.start()
        open_(server, "u0").close()
        time.sleep(1)
        before = pss_kib(server)
        port = server.imaps_port if tls else server.imap_port
        clients = []
        for n in range(count):
            client = ImapClient(port, server.login_name(f"u{n}"),
                                server.password(f"u{n}"), tls)
            client.ask("SELECT INBOX")
            client.send(b"i IDLE\r\n")
            client.read_line()
            clients.append(client)
        time.sleep(2)
        found = (pss_kib(server) - before) / count
        for client in clients:
            client.close()
        return found
    for count in map(int, ar.idle.split(",")):
        for tls in (False, True):
            ratio(f"{count} idle sessions, {'TLS' if tls else 'plain'}",
                  "KiB each",
                  *in_turn(servers, 1, lambda s: kib(s, count, tls)), True)


def compare(ar):
    idle = max(map(int, ar.idle.split(",")))
    users = [f"u{n}" for n in range(max(10, idle))]
    bigs = [f"big{size}" for size in ar.sizes.split(",")]
    postkeep = Postkeep("postkeep", 0, users + bigs)
    dovecot = Dovecot("dovecot", 0)
    dovecot.prepare(users + bigs, postkeep.record)
    servers = [postkeep, dovecot]
    for server in servers:
        # Postkeep's users after the tenth have the first one's password, and
        # Dovecot's all, but those that a section adds.
        passwords = postkeep.server.passwords
        own = passwords if server is postkeep else dovecot.passwords
        server.password = lambda user, own=own: own.get(user, passwords["u0"])
    started = []
    try:
        for server in servers:
            server.start()
            started.append(server)
        for size in map(int, ar.sizes.split(",")):
            texts = corpus.messages(min(size, 4000), 400_000 if size <= 10000
                                    else 8192)
            for server in servers:
                fill(server, f"big{size}", texts, size)
                select_and_fetch(server, f"big{size}")
        for section in ar.sections.split(","):
            globals()[f"section_{section}"](servers, ar)
    finally:
        for server in started:
            server.stop()
    print(f"{ar.sizes} messages, {ar.rounds} rounds, {os.cpu_count()} cores")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--sections", default=SECTIONS)
    ap.add_argument("--sizes", default="10000,100000")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--idle", default="100,1000")
    ap.add_argument("--filesystem", default="ext4",
                    choices=["ext4", "xfs", "none"])
    ar = ap.parse_args()
    on_new_filesystem(ar.filesystem, lambda: compare(ar))


if __name__ == "__main__":
    main()
