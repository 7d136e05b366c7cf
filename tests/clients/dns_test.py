#!/usr/bin/env python3
"""`postkeep lookup` against a real, validating unbound, and against a resolver
that lies: what is true is found, what is not is trouble, in bounded time and
memory.
"""
import os
import signal
import struct
import threading
import time

import own_unbound
from lying_resolver import LyingResolver, question_of
from own_unbound import OwnUnbound
from running_server import RunningServer, run_tests, wait_until

TROUBLE = 1  # The exit status of a lookup without an answer.


class Lookups(RunningServer):
    def __init__(self, resolvers, trusted=(), **settings):
        super().__init__(users=(), settings={
            "dns.resolvers": list(resolvers), "dns.trusted": list(trusted),
            **{f"dns.{key}": value for key, value in settings.items()}})

    def lookup(self, name, kind="A"):
        """The first line, the records, the exit status, the seconds."""
        begun = time.monotonic()
        done = self.postkeep("lookup", name, kind, check=False)
        lines = (done.stdout + done.stderr).splitlines()
        return (lines[0] if lines else "", [line.strip() for line in lines[1:]],
                done.returncode, time.monotonic() - begun)

    def says(self, name, kind, *words, records=None, status=0):
        head, found, code, _ = self.lookup(name, kind)
        assert code == status, (head, code)
        assert all(word in head for word in words), (name, kind, head)
        if records is not None:
            assert sorted(found) == sorted(records), (name, kind, found)
        return found

    def dns_pid(self):
        return next(pid for pid, role in self.role_pids().items()
                    if role == "dns")

    def figures(self):
        line = next(line for line in self.postkeep("status").stdout.splitlines()
                    if line.startswith("dns:0"))
        return {key: int(value) for key, value in
                (word.split("=") for word in line.split()[1:])}


def test_every_type_is_found_and_vouched_for():
    with OwnUnbound() as unbound, Lookups([unbound.address],
                                          [unbound.address]) as server:
        says = server.says
        says("signed.test", "MX", "found", ", authenticated", "for 60 s",
             "from a resolver",
             records=["10 mx.signed.test", "20 mx2.plain.test"])
        says("Signed.TEST.", "mx", "found", ", authenticated", "from the cache")
        says("mx.signed.test", "A", ", authenticated", records=["192.0.2.1"])
        says("mx.signed.test", "AAAA", "found", records=["2001:db8::1"])
        says("signed.test", "TXT", "found", records=['"v=spf1 mx -all"'])
        says("_25._tcp.mx.signed.test", "TLSA", "found", ", authenticated",
             records=["3 1 1 " + bytes(range(32)).hex()])
        says("www.signed.test", "CNAME", "found", records=["mx.signed.test"])
        says("www.signed.test", "A", ", authenticated",
             records=["canonical name mx.signed.test", "192.0.2.1"])
        # Unsigned zones are as true, and nobody vouches for them.
        says("192.0.2.1", "PTR", "found", "not authenticated",
             records=["mx.signed.test"])
        says("plain.test", "MX", "found", "not authenticated", records=["0 ."])
        # Denials, for as long as the SOA says.
        says("no.signed.test", "A", "no such name", ", authenticated",
             "for 60 s", records=[])
        says("mx.signed.test", "MX", "no such record", ", authenticated",
             records=[])
        says("no.plain.test", "A", "no such name", "not authenticated")
        says("no.plain.test", "A", "from the cache")
        # Wrong signatures are told from a server that fails.
        says("bogus.test", "MX", "bogus", status=TROUBLE)
        # What is no host's name is no answer.
        says("odd.plain.test", "MX", "trouble: malformed", status=TROUBLE)
        says("192.0.2.2", "PTR", "trouble: malformed", status=TROUBLE)


def test_what_is_large_comes_over_tcp():
    with OwnUnbound() as unbound, Lookups([unbound.address]) as server:
        found = server.says("many.signed.test", "A", "found",
                            "not authenticated")
        assert len(found) == len(set(found)) == 1000, len(found)
        found = server.says("big.plain.test", "TXT", "found")
        assert found == ['"' + "x" * 25000 + '"'], len(found[0])


def test_chains_end():
    with OwnUnbound() as unbound, Lookups([unbound.address]) as server:
        server.says("c1.plain.test", "A", "found", records=[
            "canonical name c9.plain.test", "192.0.2.9"])  # Eight.
        server.says("c0.plain.test", "A", "trouble: chain", status=TROUBLE)
        for name in ("self", "one"):
            server.says(f"{name}.plain.test", "A", "trouble", status=TROUBLE)


def test_a_resolver_may_be_dead_go_and_come_back():
    with OwnUnbound() as unbound, LyingResolver() as silent, \
            Lookups([silent.address, unbound.address],
                    attempt_milliseconds=500,
                    deadline_milliseconds=2000) as server:
        head, _, status, seconds = server.lookup("mx.signed.test")
        assert status == 0 and 0.4 < seconds < 2, (head, seconds)
        # The silent one rests: nobody waits for it now.
        _, _, status, seconds = server.lookup("mx.signed.test", "AAAA")
        assert status == 0 and seconds < 0.4, seconds
        unbound.stop()
        head, _, status, seconds = server.lookup("www.signed.test")
        assert status == TROUBLE and "trouble: timed_out" in head, head
        assert seconds < 4, seconds
        server.says("mx.signed.test", "A", "from the cache")
        unbound.start()
        server.says("www.signed.test", "A", "found")
        assert server.figures()["restarts"] == 0
    with Lookups([unbound.address]) as server:
        server.says("mx.signed.test", "A", "trouble: unreachable",
                    status=TROUBLE)


def test_lies_are_not_believed():
    with LyingResolver() as liar, Lookups(
            [liar.address], [liar.address], attempt_milliseconds=300,
            deadline_milliseconds=1200) as server:
        server.says("honest.test", "A", "found", records=["192.0.2.1"])
        server.says("otherid.test", "A", "found", records=["192.0.2.1"])
        for lie in ("onlyotherid", "otherquestion", "othername", "loop",
                    "pointers", "cut", "empty", "echo", "counts", "longdata",
                    "oversized", "chain", "late", "flood", "slowtcp", "halftcp",
                    "hugetcp", "silenttcp", "silence"):
            head, found, status, seconds = server.lookup(f"{lie}-1.test")
            if lie == "othername":  # It denies nothing that can be kept.
                assert "no such record, for 0 s" in head and not found, head
            elif lie == "oversized":  # Too large for UDP: asked over TCP.
                assert status == 0 and found == ["192.0.2.1"], head
            else:
                assert status == TROUBLE and "trouble" in head, (lie, head)
            assert seconds < 3, (lie, seconds)
        found = server.says("manytcp.test", "A", "found")
        assert len(found) == 4000
        # It is as well as before, in the memory it had.
        server.says("honest-2.test", "A", "found", records=["192.0.2.1"])
        assert server.figures()["restarts"] == 0
        peak, seconds = server.usage()["dns"]
        assert peak < 64 * 1024, f"{peak} KiB"
        assert seconds < 5, f"{seconds} s of the processor"
        assert "check failed" not in server.log_text()


def test_ports_and_ids_cannot_be_foretold():
    with LyingResolver() as liar, Lookups([liar.address]) as server:
        before = len(liar.seen)
        threads = [threading.Thread(target=server.lookup,
                                    args=(f"honest-{i}.test",))
                   for i in range(12)]
        for round_of in range(0, len(threads), 4):
            for one in threads[round_of:round_of + 4]:
                one.start()
            for one in threads[round_of:round_of + 4]:
                one.join()
        seen = liar.seen[before:]
        assert len(seen) == 12, len(seen)
        ports = [port for port, _ in seen]
        ids = [struct.unpack(">H", query[:2])[0] for _, query in seen]
        assert len(set(ports)) >= 11 and len(set(ids)) >= 11, (ports, ids)
        for row in (ports, ids):
            steps = [b - a for a, b in zip(row, row[1:])]
            assert len(set(steps)) >= 8, row
        for _, query in seen:
            flags, = struct.unpack(">H", query[2:4])
            assert flags == 0x0120, hex(flags)  # RD and AD.
            assert query.endswith(b"\0\0\x29\x04\xd0\0\0\0\0\0\0"), query
        server.lookup("_25._tcp.honest.test", "TLSA")
        assert liar.seen[-1][1].endswith(b"\0\0\x29\x04\xd0\0\0\x80\0\0\0")
        # The same question by many is sent once.
        liar.delay = 0.5
        before = len(liar.seen)
        threads = [threading.Thread(target=server.lookup, args=("honest.test",))
                   for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        asked = [question_of(query)[0] for _, query in liar.seen[before:]]
        assert len(asked) == 1, asked


def test_dns_may_die_with_questions_under_way():
    with LyingResolver() as liar, Lookups([liar.address]) as server:
        liar.delay = 1.0
        results = []
        threads = [threading.Thread(
            target=lambda i=i: results.append(
                server.lookup(f"honest-{i}.test"))) for i in range(6)]
        for one in threads:
            one.start()
        wait_until(lambda: len(liar.seen) >= 6)
        for how in (signal.SIGKILL, signal.SIGSEGV):
            pid = server.dns_pid()
            os.kill(pid, how)
            wait_until(lambda: any(role == "dns" and one != pid for one, role
                                   in server.role_pids().items()))
        for one in threads:
            one.join()
        for head, found, status, _ in results:
            assert status == 0 and found == ["192.0.2.1"], head
        figures = server.figures()
        assert figures["restarts"] == 2 and figures["asked"] >= 6, figures


def test_a_reload_brings_other_resolvers():
    with LyingResolver() as first, LyingResolver() as second, \
            Lookups([first.address]) as server:
        server.says("honest.test", "A", "from a resolver")
        server.set({"dns.resolvers": [second.address]})
        server.postkeep("reload")
        wait_until(lambda: "from a resolver" in
                   server.lookup("honest.test")[0] or None)
        assert second.seen and len(first.seen) == 1
        head, _, status, _ = server.lookup("a b")
        assert status == TROUBLE and "not a name" in head, head
        _, _, status, _ = server.lookup("honest.test", "SRV")
        assert status == TROUBLE


if __name__ == "__main__":
    tests = [test_lies_are_not_believed, test_ports_and_ids_cannot_be_foretold,
             test_dns_may_die_with_questions_under_way,
             test_a_reload_brings_other_resolvers]
    if own_unbound.available():
        tests = [test_every_type_is_found_and_vouched_for,
                 test_what_is_large_comes_over_tcp, test_chains_end,
                 test_a_resolver_may_be_dead_go_and_come_back, *tests]
    else:
        print("SKIP: unbound or ldns-signzone is missing")
    run_tests(tests)
