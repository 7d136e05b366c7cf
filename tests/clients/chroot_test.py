#!/usr/bin/env python3
"""The server in a chroot that holds nothing but its binary and an /etc/passwd:
it starts, serves, and says what stands in for the root that it cannot change.
Needs root."""
import os
import pathlib
import re
import shutil
import stat
import tempfile

from running_server import BINARY, SKIPPED, RunningServer, run_tests


class ServerInChroot(RunningServer):
    def __init__(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="postkeep-chroot-"))
        self.top.chmod(0o755)
        shutil.copy(BINARY, self.top / "postkeep")
        for name in ("etc", "dev", "proc", "srv"):
            (self.top / name).mkdir()
        (self.top / "etc/passwd").write_text("root:x:0:0::/:/nothing\n")
        os.mknod(self.top / "dev/null", stat.S_IFCHR | 0o666,
                 os.makedev(1, 3))
        super().__init__(directory=self.top / "srv")

    def command(self, *arguments):
        # /proc is mounted where nobody else sees it.
        enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" /postkeep "$@"'
        return ["unshare", "-m", "sh", "-c", enter, str(self.top), *arguments]

    def inside(self, path):
        return "/" + str(pathlib.Path(path).relative_to(self.top))

    def __exit__(self, kind, value, trace):
        super().__exit__(kind, value, trace)
        shutil.rmtree(self.top, ignore_errors=True)


def test_a_server_in_a_chroot():
    if os.geteuid() != 0:
        raise SystemExit(SKIPPED)
    with ServerInChroot() as server:
        server.send("bob", "Subject: from outside\r\n\r\nx\r\n")
        server.wait_for("from outside")
        said = server.postkeep("sandbox").stdout
        assert said.count("claim landlock=held") > 8, said
        roots = re.findall(r"claim empty_root=(.*)", said)
        assert "=missing" not in said, said
        assert [r for r in roots if "no mount point" in r], roots


if __name__ == "__main__":
    run_tests([test_a_server_in_a_chroot])
