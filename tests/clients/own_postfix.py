"""A Postfix of one's own for a test: its queue, configuration and port in a
folder of their own. It hands everything for the test's domain over by LMTP.

    with OwnPostfix("unix:private/postkeep") as postfix: postfix.port …

Needs root and Debian's package postfix.
"""
import os
import pathlib
import re
import shutil
import smtplib
import subprocess
import tempfile

from running_server import DOMAIN, wait_until

MAIN_CF = """compatibility_level=3.6
queue_directory={dir}/spool
data_directory={dir}/data
command_directory=/usr/sbin
daemon_directory=/usr/lib/postfix/sbin
mail_owner=postfix
setgid_group=postdrop
myhostname=relay.{domain}
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
maillog_file={dir}/log/mail.log
maillog_file_prefixes={dir}
relay_domains={domain}
relay_transport=lmtp:{to}
minimal_backoff_time=1s
maximal_backoff_time=2s
queue_run_delay=1s
smtp_tls_security_level=none
lmtp_tls_security_level={tls}
lmtp_tls_CAfile={ca}
notify_classes=
in_flow_delay=0
"""
MASTER_CF = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""


def why_not():
    """Why there can be none here, or None."""
    if os.geteuid() != 0:
        return "a Postfix of one's own needs root"
    if shutil.which("postfix") is None:
        return "Postfix is not installed"
    return None


class OwnPostfix:
    def __init__(self, to, port, tls="none", ca=""):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="postfix-"))
        self.directory.chmod(0o755)
        self.to, self.port, self.tls, self.ca = to, port, tls, ca
        self.etc = self.directory / "etc"
        # Where its private sockets are: only postfix and root pass there.
        self.private = self.directory / "spool/private"
        self.process = None

    def prepare(self):
        for name in ("etc", "spool", "data", "log"):
            (self.directory / name).mkdir()
        shutil.chown(self.directory / "data", "postfix", "postfix")
        values = dict(dir=self.directory, domain=DOMAIN, to=self.to,
                      port=self.port, tls=self.tls, ca=self.ca)
        (self.etc / "main.cf").write_text(MAIN_CF.format(**values))
        (self.etc / "master.cf").write_text(MASTER_CF.format(**values))
        # Makes the folders of the queue, private/ among them.
        subprocess.run(["postfix", "-c", str(self.etc), "check"], check=True,
                       capture_output=True)

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/postfix", "-c", str(self.etc), "start-fg"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        def answers():
            try:
                smtplib.SMTP("127.0.0.1", self.port, timeout=5).quit()
                return True
            except (OSError, smtplib.SMTPException):
                return False
        wait_until(answers, 30)

    def stop(self):
        if self.process and self.process.poll() is None:
            subprocess.run(["postfix", "-c", str(self.etc), "stop"],
                           capture_output=True, timeout=60)
            self.process.wait(30)

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print("--- Postfix's log ---")
            print("\n".join(self.log_text().splitlines()[-30:]))
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        self.prepare()
        return self

    def log_text(self):
        path = self.directory / "log/mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def send(self, recipients, text, sender=f"ann@{DOMAIN}"):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.sendmail(sender, recipients, text)

    def queued(self):
        """How many messages it still has."""
        listing = subprocess.run(["postqueue", "-c", str(self.etc), "-j"],
                                 capture_output=True, text=True, timeout=60)
        return len(listing.stdout.splitlines())

    def wait_until_empty(self, seconds=60):
        wait_until(lambda: self.queued() == 0, seconds, 0.5)

    def statuses(self, user):
        """What became of a recipient, in the words of the log."""
        return re.findall(rf"to=<{user}@{re.escape(DOMAIN)}>.*status=(\w+)",
                          self.log_text())
