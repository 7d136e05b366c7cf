#!/usr/bin/env python3
"""What an operator sets as imap.separator, and what clients make of it: names
follow it, mail does not move."""
import pathlib
import poplib
import re
import subprocess
import tempfile

from running_server import RunningServer, run_tests
from send_and_read_test import need
from synchronise_test import PLAIN_TOO, mbsync_configuration

SEPARATORS = "/."


def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]


def names(client, command="list", pattern="*"):
    """{name: attributes}; every line has the separator that is set."""
    found = {}
    for line in ok(getattr(client, command)('""', pattern)):
        if line is None:
            continue
        flags, _, name = re.match(
            rb'\(([^)]*)\) "(.)" "?([^"]*)"?$', line).groups()
        found[name.decode()] = set(flags.decode().split())
    return found


def separator_of(client):
    [line] = ok(client.namespace())
    return re.match(rb'\(\("" "(.)"\)\) NIL NIL', line)[1].decode()


def text(subject):
    return f"Subject: {subject}\r\n\r\n{subject}\r\n".encode()


def contents(client, mailbox):
    """UIDVALIDITY, and {UID: subject}."""
    count = int(ok(client.select(f'"{mailbox}"', readonly=True))[0])
    validity = client.response("UIDVALIDITY")[1][0]
    found = {}
    for part in ok(client.fetch("1:*", "(UID BODY.PEEK[HEADER])")) \
            if count else []:
        if isinstance(part, tuple):
            uid = int(re.search(rb"UID (\d+)", part[0])[1])
            found[uid] = part[1].split(b"\r\n")[0].decode()
    return validity, found


def test_a_tree_is_made_renamed_and_subscribed():
    for separator in SEPARATORS:
        other = SEPARATORS[1 - SEPARATORS.index(separator)]

        def path(*levels):
            return separator.join(levels)
        with RunningServer(settings={"imap.separator": separator}) as server:
            client = server.imap()
            assert separator_of(client) == separator
            # The other one is an octet of a name as any other.
            below = path("Lists", f"v1{other}2", "deep")
            ok(client.create(f'"{below}"'))
            ok(client.append(f'"{below}"', None, None, text("deep")))
            assert set(names(client)) == {
                "INBOX", "Lists", path("Lists", f"v1{other}2"), below}
            assert r"\HasChildren" in names(client)["Lists"]
            # % stops at the separator, * does not.
            assert set(names(client, pattern="%")) == {"INBOX", "Lists"}
            assert set(names(client, pattern=f'"Lists{separator}%"')) == {
                path("Lists", f"v1{other}2")}
            assert set(names(client, pattern=f'"Lists{other}%"')) == set()
            # Subscriptions, of what is there and what is not.
            ok(client.subscribe(f'"{below}"'))
            ok(client.subscribe(f'"{path("Not", "there")}"'))
            assert set(names(client, "lsub")) == {below, path("Not", "there")}
            # A tree takes along what is below, with its UIDs.
            before = contents(client, below)
            assert before[1] == {1: "Subject: deep"}
            ok(client.rename("Lists", f'"{path("Kept", "lists")}"'))
            moved = path("Kept", "lists", f"v1{other}2", "deep")
            assert set(names(client)) == {
                "INBOX", "Kept", path("Kept", "lists"),
                path("Kept", "lists", f"v1{other}2"), moved}
            assert contents(client, moved) == before
            assert below in names(client, "lsub")
            # INBOX has levels too, and one that ends with the separator is
            # the same mailbox (RFC 9051 section 6.3.4).
            ok(client.create(f'"{path("INBOX", "part")}"'))
            assert path("INBOX", "part") in names(client)
            ok(client.create(f'"Ends{separator}"'))
            assert "Ends" in names(client)
            for wrong in (f"a{separator}{separator}b", f"{separator}a"):
                assert client.create(f'"{wrong}"')[0] == "NO", wrong
            ok(client.delete(f'"{moved}"'))
            assert moved not in names(client)
            client.logout()


def unique_ids(server):
    client = poplib.POP3("localhost", server.pop3_port)
    client.user(server.address("bob"))
    client.pass_(server.password("bob"))
    lines = client.uidl()[1]
    client.quit()
    return lines


def test_it_is_changed_and_changed_back():
    with RunningServer(settings={"imap.separator": "/", **PLAIN_TOO}) as server:
        client = server.imap()
        ok(client.create("Work/2024.spring"))
        ok(client.subscribe("Work/2024.spring"))
        ok(client.append("Work/2024.spring", None, None, text("kept")))
        ok(client.append("INBOX", None, None, text("inbox")))
        before = contents(client, "Work/2024.spring")
        client.logout()
        unique = unique_ids(server)
        for separator, name in ((".", "Work.2024/spring"),
                                ("/", "Work/2024.spring")):
            server.stop()
            server.set({"imap.separator": separator})
            server.start()
            client = server.imap()
            assert set(names(client)) == {"INBOX", "Work", name}
            assert set(names(client, "lsub")) == {name}
            assert contents(client, name) == before
            assert unique_ids(server) == unique
            client.logout()


def test_mbsync_mirrors_the_tree():
    need("mbsync")
    for separator in SEPARATORS:
        with RunningServer(settings={"imap.separator": separator,
                                     **PLAIN_TOO}) as server, \
                tempfile.TemporaryDirectory() as home:
            client = server.imap()
            there = separator.join(("Lists", "announce"))
            ok(client.create(f'"{there}"'))
            ok(client.append(f'"{there}"', None, None, text("from-there")))
            before = contents(client, there)
            mail = pathlib.Path(home, "mail")
            mail.mkdir()
            rc = pathlib.Path(home, "rc")
            # It asks the server for the separator; its own side has "/".
            rc.write_text(mbsync_configuration(server, home, "plain"))

            def sync():
                subprocess.run(["mbsync", "-c", str(rc), "-a"], check=True,
                               capture_output=True, timeout=60)
            sync()
            here = mail / "Lists" / "announce"
            [file] = [*here.glob("new/*"), *here.glob("cur/*")]
            assert b"from-there" in file.read_bytes()
            # A new tree on this side, and a message in it.
            for part in ("cur", "new", "tmp"):
                (mail / "Made" / "here" / part).mkdir(parents=True)
                (mail / "Made" / part).mkdir()
            (mail / "Made/here/new/1700000000.1_1.here").write_text(
                "Subject: from-here\n\nfrom-here\n")
            sync()
            made = separator.join(("Made", "here"))
            assert {made, there, "Lists", "Made"} <= set(names(client)), \
                names(client)
            assert contents(client, made)[1] == {1: "Subject: from-here"}
            assert contents(client, there) == before
            client.logout()


if __name__ == "__main__":
    run_tests([test_a_tree_is_made_renamed_and_subscribed,
               test_it_is_changed_and_changed_back,
               test_mbsync_mirrors_the_tree])
