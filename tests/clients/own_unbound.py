"""A real unbound for a test: on a high port of loopback, its zones its own.

    with OwnUnbound() as unbound:
        unbound.address …

It serves "signed.test" (signed here, with a trust anchor), "plain.test" and
"2.0.192.in-addr.arpa" (unsigned), and "bogus.test", whose trust anchor is not
its key: whatever it says has wrong signatures.
"""
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

SOA = "@ 300 IN SOA ns hostmaster 1 7200 3600 86400 60\n@ 300 IN NS ns\nns 300 IN A 192.0.2.53\n"

SIGNED = SOA + """
@ 120 IN MX 10 mx
@ 60 IN MX 20 mx2.plain.test.
@ 300 IN TXT "v=spf1 " "mx -all"
mx 300 IN A 192.0.2.1
mx 300 IN AAAA 2001:db8::1
_25._tcp.mx 300 IN TLSA 3 1 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
www 300 IN CNAME mx
""" + "".join(f"many 300 IN A 10.0.{i >> 8}.{i & 255}\n" for i in range(1000))

PLAIN = SOA + """
@ 300 IN MX 0 .
mx2 300 IN A 192.0.2.2
self 300 IN CNAME self
one 300 IN CNAME two
two 300 IN CNAME one
""" + "".join(f"c{i} 300 IN CNAME c{i + 1}\n" for i in range(9)) + """
c9 300 IN A 192.0.2.9
odd 300 IN MX 10 192.0.2.1.
big 300 IN TXT """ + " ".join('"' + "x" * 250 + '"' for _ in range(100)) + "\n"

REVERSE = SOA + "1 300 IN PTR mx.signed.test.\n2 300 IN PTR a\\032b.\n"


def available():
    return all(shutil.which(one) or pathlib.Path("/usr/sbin", one).exists()
               for one in ("unbound", "ldns-keygen", "ldns-signzone"))


def free_port():
    """Free for UDP and for TCP."""
    for port in range(12053, 13000):
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
            return port
        except OSError:
            continue
    raise RuntimeError("no free port")


class OwnUnbound:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="unbound-"))
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.process = None

    def run(self, *command):
        subprocess.run(command, cwd=self.directory, check=True,
                       capture_output=True, text=True, timeout=60)

    def sign(self, zone, text):
        """The zone's file, signed; its DS in `zone`.ds."""
        (self.directory / zone).write_text(f"$ORIGIN {zone}.\n" + text)
        before = set(self.directory.glob("K*.key"))
        self.run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", zone)
        key = (set(self.directory.glob("K*.key")) - before).pop()
        self.run("ldns-signzone", "-o", zone, zone, key.name[:-len(".key")])
        return key.with_suffix(".ds").read_text()

    def prepare(self):
        anchor = self.sign("signed.test", SIGNED)
        other = self.sign("bogus.test", SOA + "@ 300 IN MX 10 mx\n")
        # Another key than the one that signed.
        wrong = self.sign("bogus.test", SOA)
        assert wrong != other
        (self.directory / "bogus.test").write_text(
            "$ORIGIN bogus.test.\n" + SOA + "@ 300 IN MX 10 mx\n")
        key = sorted(self.directory.glob("Kbogus.test*.ds"),
                     key=lambda path: path.read_text() == wrong)[0]
        self.run("ldns-signzone", "-o", "bogus.test", "bogus.test",
                 key.name[:-len(".ds")])
        (self.directory / "anchors").write_text(anchor + wrong)
        (self.directory / "plain.test").write_text(
            "$ORIGIN plain.test.\n" + PLAIN)
        (self.directory / "2.0.192.in-addr.arpa").write_text(
            "$ORIGIN 2.0.192.in-addr.arpa.\n" + REVERSE)
        zones = {"signed.test": "signed.test.signed",
                 "bogus.test": "bogus.test.signed",
                 "plain.test": "plain.test",
                 "2.0.192.in-addr.arpa": "2.0.192.in-addr.arpa"}
        text = f"""
server:
  interface: 127.0.0.1@{self.port}
  access-control: 127.0.0.0/8 allow
  directory: "{self.directory}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  num-threads: 1
  trust-anchor-file: "{self.directory}/anchors"
  local-zone: "test." nodefault
  local-zone: "2.0.192.in-addr.arpa." nodefault
  msg-cache-size: 1m
remote-control:
  control-enable: no
"""
        for zone, file in zones.items():
            text += f"""
auth-zone:
  name: "{zone}."
  zonefile: "{self.directory}/{file}"
  for-downstream: no
  for-upstream: yes
  fallback-enabled: no
"""
        (self.directory / "conf").write_text(text)

    def start(self):
        self.log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(
            [shutil.which("unbound") or "/usr/sbin/unbound", "-d", "-c",
             str(self.directory / "conf")], stdout=self.log, stderr=self.log)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, self.log_text()
                time.sleep(0.05)
        raise AssertionError("unbound does not start:\n" + self.log_text())

    def log_text(self):
        return (self.directory / "log").read_text(errors="replace")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def __enter__(self):
        self.prepare()
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        self.stop()
        if kind is not None:
            print(self.log_text()[-2000:])
        shutil.rmtree(self.directory, ignore_errors=True)
