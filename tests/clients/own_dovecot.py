"""A Dovecot of a test's own over one Maildir++ tree, without the one that may
run on this machine.

    with OwnDovecot(maildir, uid) as dovecot:
        dovecot.imap() …
"""
import imaplib
import os
import pathlib
import shutil
import subprocess
import tempfile

from running_server import free_port_base, wait_until

CONFIGURATION = """base_dir = {dir}/base
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap pop3
listen = 127.0.0.1
mail_location = {location}
{more}ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_max_userip_connections = 0
first_valid_uid = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={dir}/home
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
"""


def why_not():
    """Why there can be none here, or None."""
    if os.geteuid() != 0:
        return "a Dovecot of one's own needs root"
    if shutil.which("dovecot") is None:
        return "Dovecot is not installed"
    if not pathlib.Path("/usr/lib/dovecot/imap").exists():
        return "Dovecot's imap is not installed"
    return None


class OwnDovecot:
    def __init__(self, maildir, uid, separator=".", location=None, more=""):
        """`location`: something else than the tree; `more`: settings."""
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.directory.chmod(0o755)
        self.maildir, self.uid, self.separator = maildir, uid, separator
        self.location = location or f"maildir:{maildir}"
        self.more = more
        self.password = "secret"
        base = free_port_base()
        self.imap_port, self.pop3_port = base + 43, base + 10

    def __enter__(self):
        (self.directory / "home").mkdir()
        os.chown(self.directory / "home", self.uid, self.uid)
        self.configuration = self.directory / "conf"
        self.configuration.write_text(CONFIGURATION.format(
            dir=self.directory, uid=self.uid, location=self.location,
            more=self.more,
            password=self.password, imap=self.imap_port, pop3=self.pop3_port,
            separator=self.separator))
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.configuration)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        def answers():
            try:
                self.imap().logout()
                return True
            except (OSError, imaplib.IMAP4.error):
                return False
        wait_until(answers, 30, 0.1)
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print("--- Dovecot's log ---")
            print("\n".join(self.log_text().splitlines()[-20:]))
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_text(self):
        path = self.directory / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def complaints(self):
        """What it logged as wrong."""
        return [line for line in self.log_text().splitlines()
                if "Error" in line or "Panic" in line or "Fatal" in line
                or "Warning" in line]

    def imap(self, user="bob"):
        # As long as it may wait for a lock of its own on a mailbox: 120 s.
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=150)
        client.login(user, self.password)
        return client
