"""A real Postkeep for a test: its own directory, ports, accounts, log.

    with RunningServer() as server:
        server.smtp_port, server.password("ann"), server.log_lines() …

Ends only the processes that it started. The binary is $POSTKEEP, or
build/release/bin/postkeep.
"""
import imaplib
import os
import pathlib
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("POSTKEEP", str(TOP / "build/release/bin/postkeep"))
DOMAIN = "example.test"
SKIPPED = 77  # What ctest takes for "skipped".


def free_port_base():
    """Ports that nobody listens at: base+10, +25, +43 and so on. Below
    32768: above, the kernel takes ports for connections of its own choice."""
    for number in range(200):
        base = 10000 + (os.getpid() + number) % 200 * 100
        try:
            for add in (10, 25, 43, 65, 87, 93, 95):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", base + add))
            return base
        except OSError:
            continue
    raise RuntimeError("no free ports")


def wait_until(what, seconds=20, pause=0.02):
    """Calls `what` until it is true; its value, or an error after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)


class RunningServer:
    def __init__(self, users=("ann", "bob"), settings=None, directory=None,
                 scram=()):
        self.own_directory = directory is None
        self.directory = pathlib.Path(directory or
                                      tempfile.mkdtemp(prefix="postkeep-"))
        self.users = users
        self.settings = settings or {}
        self.passwords = {}
        self.process = None
        base = free_port_base()
        self.base = base
        self.smtp_port, self.imap_port = base + 25, base + 43
        self.submissions_port, self.submission_port = base + 65, base + 87
        self.imaps_port = base + 93
        self.pop3_port, self.pop3s_port = base + 10, base + 95
        self.config = self.directory / "postkeep.toml"
        self.data = self.directory / "data"
        self.certificate = self.data / "tls/certificate.pem"
        self.log_path = self.directory / "log"

    # --- Making and running it ---

    def command(self, *arguments):
        """Of the binary. Where its paths are others than the test's, as in a
        chroot, this and inside() say so."""
        return [BINARY, *arguments]

    def inside(self, path):
        return str(path)

    def postkeep(self, *arguments, check=True, **more):
        return subprocess.run(
            self.command("--config", self.inside(self.config), *arguments),
            check=check, text=True, capture_output=True, timeout=60, **more)

    def prepare(self):
        subprocess.run(
            self.command("init", "--domain", DOMAIN, "--hostname", "localhost",
                         "--trial", "--port", str(self.base),
                         "--data", self.inside(self.data),
                         "--output", self.inside(self.config)),
            check=True, capture_output=True)
        # Cheap passwords: what argon2id costs is tested elsewhere.
        self.set({"accounts.argon2_memory_kib": 64,
                  "accounts.argon2_passes": 1, **self.settings})
        for user in self.users:
            self.passwords[user] = self.postkeep(
                "account", "add", f"{user}@{DOMAIN}",
                "--generate").stdout.strip()

    def set(self, settings):
        """Sets `section.key` in the configuration file."""
        text = self.config.read_text()
        for name, value in settings.items():
            section, _, key = name.rpartition(".")
            line = f"{key} = {toml(value)}"
            start = text.index(f"\n[{section}]\n") if section else 0
            end = text.find("\n[", start + 1) if section else text.index("\n[")
            end = len(text) if end < 0 else end
            part, count = re.subn(rf"^(# )?{key} = .*$", lambda _: line,
                                  text[start:end], count=1, flags=re.M)
            assert count == 1, f"no setting {name}"
            text = text[:start] + part + text[end:]
        self.config.write_text(text)

    def start(self):
        self.log_file = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            self.command("--config", self.inside(self.config), "serve"),
            stdout=self.log_file, stderr=self.log_file,
            stdin=subprocess.DEVNULL)
        mark = self.log_path.stat().st_size if self.log_path.exists() else 0
        def ready():
            if self.process.poll() is not None:
                raise AssertionError("the server ended:\n" + self.log_text())
            return b"postkeep: ready" in self.log_path.read_bytes()[mark:]
        wait_until(ready, 30)

    def stop(self, how=signal.SIGTERM, seconds=40):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError("the server did not end")
        self.log_file.close()

    def kill(self):
        """SIGKILL for every process of the server at once; returns when all
        of them have let go of what they held."""
        pids = [self.process.pid, *self.role_pids().keys()]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in pids), 20, 0.002)

    def __enter__(self):
        self.prepare()
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print(f"--- the server's log ({self.log_path}) ---")
            print("\n".join(self.log_lines()[-25:]))
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.kill()
            if self.own_directory:
                shutil.rmtree(self.directory, ignore_errors=True)

    # --- Looking at it ---

    def log_text(self):
        return self.log_path.read_text(errors="replace")

    def log_lines(self):
        return self.log_text().splitlines()

    def role_pids(self):
        """pid -> role of every process that the supervisor started."""
        found = {}
        # A pattern that went on behind the number would raise an error for a
        # process that ends while it is being looked for.
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                text = (path / "stat").read_text()
                pid = int(path.name)
                parent = int(text.rpartition(")")[2].split()[1])
                if parent != self.process.pid:
                    continue
                words = (path / "cmdline").read_bytes().split(b"\0")
                found[pid] = words[words.index(b"--role") + 1].decode()
            except (OSError, ValueError):
                continue
        return found

    def usage(self):
        """role -> (peak memory in KiB, processor seconds), summed by role for
        seconds and the most of any process for memory."""
        ticks = os.sysconf("SC_CLK_TCK")
        found = {}
        for pid, role in {**self.role_pids(),
                          self.process.pid: "supervisor"}.items():
            try:
                status = pathlib.Path(f"/proc/{pid}/status").read_text()
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                continue
            peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1))
            words = fields.rpartition(")")[2].split()
            seconds = (int(words[11]) + int(words[12])) / ticks
            before = found.get(role, (0, 0.0))
            found[role] = (max(before[0], peak), before[1] + seconds)
        return found

    # --- Speaking with it ---

    def address(self, user):
        return f"{user}@{DOMAIN}"

    def password(self, user):
        return self.passwords[user]

    def tls(self):
        return ssl.create_default_context(cafile=str(self.certificate))

    def send(self, recipient="bob", text="Subject: hello\r\n\r\nhello\r\n",
             sender="someone@elsewhere.test"):
        """One message over port 25, by Python's smtplib."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as client:
            client.sendmail(sender, [self.address(recipient)], text)

    def imap(self, user="bob"):
        client = imaplib.IMAP4_SSL("localhost", self.imaps_port,
                                   ssl_context=self.tls(), timeout=30)
        client.login(self.address(user), self.password(user))
        return client

    def messages(self, user="bob", mailbox="INBOX"):
        """The octets of every message in a mailbox."""
        client = self.imap(user)
        try:
            status, data = client.select(f'"{mailbox}"', readonly=True)
            assert status == "OK", data
            if data[0] == b"0":
                return []
            status, data = client.fetch("1:*", "(UID BODY.PEEK[])")
            assert status == "OK", data
            return [part[1] for part in data if isinstance(part, tuple)]
        finally:
            client.logout()

    def wait_for(self, subject, user="bob", mailbox="INBOX", seconds=20):
        """The message with this subject, once it is there."""
        wanted = f"Subject: {subject}".encode()
        def there():
            return [m for m in self.messages(user, mailbox) if wanted in m]
        return wait_until(there, seconds, 0.05)[0]


def is_alive(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return '"' + str(value) + '"'


def run_tests(tests):
    """Runs each function of `tests` with a server of its own; exits."""
    if not pathlib.Path(BINARY).exists():
        print(f"SKIP: there is no {BINARY}: build the release first")
        raise SystemExit(SKIPPED)
    wanted = sys.argv[1:]  # Names of tests; none: all of them.
    tests = [t for t in tests if not wanted or t.__name__ in wanted]
    failed = 0
    for test in tests:
        begun = time.monotonic()
        try:
            test()
            print(f"ok    {test.__name__} ({time.monotonic() - begun:.1f} s)",
                  flush=True)
        except Exception as error:  # Every test is run; each failure is told.
            failed += 1
            print(f"WRONG {test.__name__}: {type(error).__name__}: {error}",
                  flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    raise SystemExit(1 if failed else 0)
