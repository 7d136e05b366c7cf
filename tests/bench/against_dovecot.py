#!/usr/bin/env python3
"""Postkeep beside Dovecot on Maildir on this machine, in one run, as ratios.

    tests/bench/against_dovecot.py [--sections open,bodies,store,append,search,
        latency,idle,login] [--sizes 10000,100000] [--rounds N] [--idle 100]

Both serve the same messages (tests/bench/corpus.py), as files that were put
into a Maildir, from one file system that is made for the run. "warm": opened
before; "cold": the server stopped, its index deleted, the page cache dropped.
The client (imap_client.py) is the same for both; the servers take turns.

Needs root and Debian's dovecot-imapd and dovecot-lmtpd. All traffic is loopback.
"""
import argparse
import os
import pathlib
import re
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/clients"), str(TOP / "tests/bench")]
import against_postfix as base  # noqa: E402
import corpus  # noqa: E402
import running_server  # noqa: E402
from imap_client import ImapClient  # noqa: E402

WORK = base.WORK
DOMAIN = running_server.DOMAIN
META = "FETCH 1:* (UID FLAGS ENVELOPE BODYSTRUCTURE)"
USERS = 10

DOVECOT_CONF = """base_dir = {dir}/base
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap pop3 lmtp
listen = 127.0.0.1
mail_location = maildir:{dir}/mail/%n
mail_max_userip_connections = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{work}/certificate.pem
ssl_key = <{work}/key.pem
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = username_format=%n {dir}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={dir}/mail/%n
}}
first_valid_uid = 100
namespace inbox {{
  inbox = yes
}}
service anvil {{
  client_limit = 10000
}}
service auth {{
  client_limit = 10000
}}
service stats {{
  client_limit = 10000
}}
service imap-login {{
  process_limit = 4000
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  process_limit = 4000
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service imap {{
  process_limit = 4000
}}
service lmtp {{
  unix_listener {dir}/lmtp {{
    mode = 0666
  }}
}}
protocol lmtp {{
  auth_username_format = %n
}}
"""


class Dovecot(base.Server):
    imap_port, imaps_port, pop3_port = 23143, 23993, 23110
    indexes = "dovecot*"

    def prepare(self, users, record):
        (self.directory / "mail").mkdir()
        shutil.chown(self.directory / "mail", base.VMAIL, base.VMAIL)
        (self.directory / "passwd").write_text("".join(
            f"{user}:{{ARGON2ID}}{record}\n" for user in users))
        (self.directory / "conf").write_text(DOVECOT_CONF.format(
            dir=self.directory, work=WORK, uid=base.VMAIL, imap=self.imap_port,
            imaps=self.imaps_port, pop3=self.pop3_port))

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.directory / "conf")],
            preexec_fn=self.in_group, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        base.wait_for_port(self.imap_port)

    def stop(self):
        subprocess.run(["doveadm", "-c", str(self.directory / "conf"), "stop"],
                       capture_output=True)
        self.process.wait(60)
        self.remove_group()

    def maildir(self, user):
        return self.directory / "mail" / user, base.VMAIL

    def login_name(self, user):
        return user

    def deliver(self, user, text):
        with smtplib.LMTP(str(self.directory / "lmtp"), 0) as client:
            client.sendmail("s@elsewhere.test", [f"{user}@{DOMAIN}"], text)
            return time.monotonic()


class Postkeep(base.Postkeep):
    indexes = "postkeep-*"

    def prepare(self, users):
        super().prepare_files(users)
        self.imap_port = self.server.imap_port
        self.imaps_port = self.server.imaps_port

    def maildir(self, user):
        return self.server.data / "mail" / f"{user}@{DOMAIN}", None

    def login_name(self, user):
        return f"{user}@{DOMAIN}"

    def start(self):
        super().serve()
        base.wait_for_port(self.imap_port)

    def deliver(self, user, text):
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            client.sendmail("s@elsewhere.test", [f"{user}@{DOMAIN}"], text)
            return time.monotonic()
