"""The servers that benches compare, each in a directory and a control group of
its own, on loopback; and the file system that they share.

All run as root. What is below WORK is theirs.
"""
import os
import pathlib
import pwd
import re
import shutil
import socket
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

    def __init__(self, name, mailboxes, users=None):
        super().__init__(name, mailboxes)
        self.prepare(users or [f"u{n}" for n in range(mailboxes)])

    def prepare(self, users):
        """Accounts, of which the first ten get passwords of their own; the
        others have that of the first."""
        self.server = running_server.RunningServer(
            users=users[:10],
            settings={"limits.sessions_per_address_max": 100000,
                      "limits.messages_per_session_max": 1000000,
                      "limits.commands_per_session_max": 1000000000,
                      "tls.plaintext_login": True},
            directory=self.directory)
        self.server.prepare()
        for name, to in (("certificate.pem", self.server.certificate),
                         ("key.pem", self.server.data / "tls/key.pem")):
            shutil.copy(WORK / name, to)
        accounts = self.server.data / "accounts"
        lines = accounts.read_text().splitlines()
        record = next(l for l in lines if l.startswith(f"{users[0]}@"))
        self.record = record.partition("password=")[2]
        lines += [record.replace(users[0], user, 1) for user in users[10:]]
        accounts.write_text("\n".join(lines) + "\n")
        self.port = self.server.smtp_port
        self.imap_port = self.server.imap_port
        self.imaps_port = self.server.imaps_port
        self.pop3_port = self.server.pop3_port

    def add_account(self, user):
        """With a password of its own, of the cost that is set now; its record.
        Not while the server runs."""
        address = f"{user}@{DOMAIN}"
        self.server.passwords[user] = self.server.postkeep(
            "account", "add", address, "--generate").stdout.strip()
        lines = (self.server.data / "accounts").read_text().splitlines()
        return next(line for line in lines if line.startswith(
            f"{address}\t")).partition("password=")[2].split()[0]

    def start(self):
        self.log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(
            [running_server.BINARY, "--config", str(self.server.config),
             "serve"], preexec_fn=self.in_group, stdout=self.log,
            stderr=self.log, stdin=subprocess.DEVNULL, start_new_session=True)
        wait_for_port(self.imap_port)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        self.remove_group()

    def maildir(self, user):
        return self.server.data / "mail" / f"{user}@{DOMAIN}"

    def login_name(self, user):
        return f"{user}@{DOMAIN}"


class Dovecot(Server):
    """IMAP, POP3 and LMTP over Maildir, a login process for each session: its
    default."""
    maildirs = "mail/*/new"
    imap_port, imaps_port, pop3_port = 23143, 23993, 23110
    lmtp = property(lambda self: str(self.directory / "lmtp"))

    def prepare(self, users, record):
        self.passwords = {}  # Of those that have not the first one's.
        (self.directory / "mail").mkdir()
        shutil.chown(self.directory / "mail", VMAIL, VMAIL)
        (self.directory / "passwd").write_text("".join(
            f"{user}:{{ARGON2ID}}{record}\n" for user in users))
        (self.directory / "conf").write_text(DOVECOT_CONF.format(
            dir=self.directory, work=WORK, uid=VMAIL, imap=self.imap_port,
            imaps=self.imaps_port, pop3=self.pop3_port))

    def add_account(self, user, record, password):
        self.passwords[user] = password
        with open(self.directory / "passwd", "a") as file:
            file.write(f"{user}:{{ARGON2ID}}{record}\n")

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.directory / "conf")],
            preexec_fn=self.in_group, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.imap_port)

    def stop(self):
        subprocess.run(["doveadm", "-c", str(self.directory / "conf"), "stop"],
                       capture_output=True)
        self.process.wait(60)
        self.remove_group()

    def maildir(self, user):
        return self.directory / "mail" / user

    def login_name(self, user):
        return user


def wait_for_port(port):
    def open_():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    running_server.wait_until(open_, 20)


def prepare_work():
    """The uid of the peers' mail, and a certificate that all servers show."""
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


def on_new_filesystem(kind, bench):
    """Calls `bench` with WORK on an empty file system of this kind; "none":
    as WORK is."""
    WORK.mkdir(parents=True, exist_ok=True)
    if kind == "none":
        prepare_work()
        return bench()
    image = make_filesystem(kind)
    try:
        prepare_work()
        return bench()
    finally:
        subprocess.run(["umount", str(WORK)], check=True)
        image.unlink()


def make_filesystem(kind):
    """An empty one of this kind at WORK; the image, to be removed at the end."""
    image = WORK.with_suffix(".img")
    with open(image, "wb") as file:
        file.truncate(8 << 30)
    force = "-F" if kind == "ext4" else "-f"
    subprocess.run([f"mkfs.{kind}", "-q", force, str(image)], check=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(WORK)], check=True)
    return image
