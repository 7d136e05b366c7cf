#!/usr/bin/env python3
"""What logged-in users may send, and what becomes of it."""
import os
import re
import signal
import smtplib
import subprocess

from running_server import RunningServer, run_tests, wait_until

WHOLE = ("From: Ann <ann@example.test>\r\nTo: bob@example.test\r\n"
         "Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
         "Subject: {subject}\r\nMessage-ID: <{subject}@example.test>\r\n\r\n"
         "A line.\r\n")


def client_of(server, user="ann"):
    client = smtplib.SMTP_SSL("localhost", server.submissions_port,
                              local_hostname="laptop.internal.test",
                              context=server.tls(), timeout=30)
    client.login(server.address(user), server.password(user))
    return client


def refusal(client, sender, text, recipient="bob@example.test"):
    """The reply to a message that is not taken."""
    try:
        client.sendmail(sender, [recipient], text)
    except smtplib.SMTPSenderRefused as error:
        return error.smtp_code, error.smtp_error.decode()
    except smtplib.SMTPDataError as error:
        return error.smtp_code, error.smtp_error.decode()
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        return code, reply.decode()
    return 250, ""


def header_of(octets):
    return octets.partition(b"\r\n\r\n")[0].decode() + "\r\n"


def test_a_login_writes_in_its_own_name_alone():
    with RunningServer() as server:
        server.postkeep("account", "alias", "info@example.test",
                        "ann@example.test,bob@example.test")
        server.postkeep("account", "alias", "a.n@example.test",
                        "ann@example.test")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: server.log_text().count("accounts_loaded") > 1)
        with client_of(server) as client:
            for sender in ("ann@example.test", "ANN@Example.Test", "",
                           "ann+lists@example.test", "a.n@example.test",
                           "info@example.test"):
                text = WHOLE.format(subject="own")
                assert refusal(client, sender, text) == (250, ""), sender
            for sender in ("bob@example.test", "nobody@example.test",
                           "ann@elsewhere.test", "bob+ann@example.test",
                           '"ann@example.test"@elsewhere.test'):
                code, reply = refusal(client, sender, text)
                assert code == 550, (sender, code, reply)
                assert reply == (
                    f"5.7.1 Your login may not send as <{sender}>"), reply
            for field, address in (("From", "bob@example.test"),
                                   ("From", "ann@elsewhere.test"),
                                   ("From", "ann@example.test, "
                                            "<bob@example.test>"),
                                   ("Sender", "bob@example.test"),
                                   ("From", "g: bob@example.test;")):
                text = (f"{field}: {address}\r\n" +
                        ("From: ann@example.test\r\n" if field == "Sender"
                         else "") + "Subject: forged\r\n\r\nx\r\n")
                code, reply = refusal(client, "ann@example.test", text)
                assert code == 550 and reply.startswith("5.7.1"), reply
                assert re.search(r"may not write as <(bob@|ann@else).* in the "
                                 f"field {field}$", reply), reply
        assert len(server.messages()) >= 6
        assert "forged" not in str(server.messages())
        # Where only what is one's own alone is wanted.
        server.set({"submission.shared_aliases": False})
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: server.log_text().count("accounts_loaded") > 2)
        with client_of(server) as client:
            text = WHOLE.format(subject="alias")
            assert refusal(client, "info@example.test", text)[0] == 550
            assert refusal(client, "a.n@example.test", text)[0] == 250


def test_messages_are_mended():
    with RunningServer() as server:
        with client_of(server) as client:
            client.sendmail(
                "ann@example.test", ["bob@example.test"],
                "Bcc: secret@example.test,\r\n other@example.test\r\n"
                "User-Agent: Program/9 (Secret OS)\r\n"
                "X-Originating-IP: [192.0.2.77]\r\n"
                "From: Ann <ann@example.test>\r\nSubject: mended\r\n"
                "Return-Path: <spy@example.test>\r\n\r\n"
                "Bcc: this is body\r\n")
        octets = server.wait_for("mended")
        header, _, body = octets.partition(b"\r\n\r\n")
        assert body == b"Bcc: this is body\r\n", body
        names = [line.partition(b":")[0] for line in header.split(b"\r\n")
                 if line[:1] not in b" \t"]
        assert names == [b"Return-Path", b"Delivered-To", b"Received", b"Date",
                         b"Message-ID", b"From", b"Subject"], header
        assert b"Return-Path: <ann@example.test>" in header
        for secret in (b"secret", b"Secret", b"127.0.0.1", b"laptop",
                       b"192.0.2.77", b"::1"):
            assert secret not in header, header
        assert re.search(
            r'message_mended .*"?-Bcc -User-Agent -X-Originating-IP '
            r'-Return-Path \+Date \+Message-ID', server.log_text())
        # The log knows who it was.
        assert "127.0.0.1" in server.log_text() or "::1" in server.log_text()

    with RunningServer(settings={"submission.show_client": True,
                                 "submission.hidden_fields": []}) as server:
        with client_of(server) as client:
            client.sendmail("ann@example.test", ["bob@example.test"],
                            "User-Agent: Program/9\r\n" +
                            WHOLE.format(subject="shown"))
        header = header_of(server.wait_for("shown"))
        assert "Received: from laptop.internal.test (" in header, header
        assert "User-Agent: Program/9\r\n" in header, header
        assert "message_mended" not in server.log_text()


def test_a_long_message_is_mended_too():
    with RunningServer() as server:
        body = ("x" * 76 + "\r\n") * 100000
        with client_of(server) as client:
            client.sendmail("ann@example.test", ["bob@example.test"],
                            "Bcc: secret@example.test\r\n" +
                            WHOLE.format(subject="long") + body)
        octets = server.wait_for("long")
        assert octets.endswith(("A line.\r\n" + body).encode())
        assert b"secret" not in octets[:2000]


def test_what_is_no_message_is_refused_by_name():
    with RunningServer() as server:
        with client_of(server) as client:
            for text, said in (
                    ("Subject: x\r\n\r\n", "no From field"),
                    ("From: ann@example.test\r\n" + WHOLE,
                     "more than one From field"),
                    ("Subject: y\r\n" + WHOLE, "more than one Subject field"),
                    ("From: \r\n\r\n", "The field From"),
                    ("From: ann\r\n\r\n", "in the field From has no domain"),
                    (WHOLE.replace("\r\n\r\n", "\r\nno field\r\n\r\n"),
                     "Line 6 of the header")):
                code, reply = refusal(client, "ann@example.test", text)
                assert code == 554 and reply.startswith("5.6.0"), reply
                assert said in reply, reply
        # Strangers' mail is judged elsewhere: it comes as it is.
        server.send(text="Subject: no author\r\n\r\nx\r\n")
        server.wait_for("no author")


def test_one_account_sends_so_much_and_no_more():
    with RunningServer(settings={
            "submission.messages_per_hour_max": 3,
            "submission.recipients_per_day_max": 5}) as server:
        text = WHOLE.format(subject="counted")
        with client_of(server) as client:
            for _ in range(2):
                client.sendmail("ann@example.test",
                                ["bob@example.test", "ann@example.test"], text)
            # Of two recipients there is room for one.
            failed = client.sendmail(
                "ann@example.test", ["bob@example.test", "ann@example.test"],
                text)
            assert failed["ann@example.test"][0] == 450, failed
        # Neither a new session nor the death of who counts changes it.
        auth = next(pid for pid, role in server.role_pids().items()
                    if role == "auth")
        os.kill(auth, signal.SIGKILL)
        wait_until(lambda: any(
            role == "auth" and pid != auth
            for pid, role in server.role_pids().items()))
        wait_until(lambda: server.log_text().count("accounts_loaded") > 1)
        with client_of(server) as client:
            code, reply = refusal(client, "ann@example.test", text)
            assert code == 450 and reply.startswith("4.7.1"), reply
            assert re.search(r"(to 5 recipients a day|3 messages an hour), come "
                             r"again in \d+ minutes$", reply), reply
        with client_of(server, "bob") as client:
            client.sendmail("bob@example.test", ["ann@example.test"],
                            text.replace("Ann <ann@", "Bob <bob@"))


if __name__ == "__main__":
    run_tests([value for name, value in sorted(globals().items())
               if name.startswith("test_")])
