#!/usr/bin/env python3
"""The power goes at an acknowledgement: no message that was answered with 250 is
lost, on ext4 and on xfs.

The server's data lie on a file system in a file. After a 250 every process is
stopped and the file is copied: what the file system had handed to its disk is
in the copy, what it had not is lost, as after a power cut. Each copy is mounted,
a server recovers on it, and every message acknowledged so far must be in its
mailbox exactly once. POWER_CUTS (200) copies in all. Needs root and loop devices.
"""
import os
import pathlib
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time

from running_server import SKIPPED, RunningServer, is_alive, run_tests
from running_server import wait_until

CUTS = int(os.environ.get("POWER_CUTS", "200"))
# mkfs.xfs makes nothing smaller than 300 MiB; the files are sparse.
KINDS = {"ext4": (["mkfs.ext4", "-q", "-E", "lazy_itable_init=0"], 96),
         "xfs": (["mkfs.xfs", "-q"], 320)}
SETTINGS = {"spool.segment_octets": 1048576,
            "spool.delivery_flush_milliseconds": 20,
            "limits.free_octets_min": 1048576, "processes": 1}


def mount(image, folder, kind):
    # A copy has its original's UUID: xfs wants to be told that it may.
    options = "loop,nouuid" if kind == "xfs" else "loop"
    subprocess.run(["mount", "-o", options, str(image), str(folder)],
                   check=True, capture_output=True)


def unmount(folder):
    for _ in range(100):
        if subprocess.run(["umount", str(folder)],
                          capture_output=True).returncode == 0:
            return
        time.sleep(0.02)
    subprocess.run(["umount", "-l", str(folder)], check=False)


def stop_all(server):
    """Stops every process, and waits until none is in the kernel any more:
    a flush that was under way is done, and no other begins."""
    pids = [server.process.pid, *server.role_pids()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    def stopped():
        for pid in pids:
            for task in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"):
                state = task.read_text().rpartition(")")[2].split()[0]
                if state not in "TZ":
                    return False
        return True
    wait_until(stopped, 10, 0.0005)
    return pids


def delivered(data):
    """How often each mark is in a Maildir."""
    counts = {}
    for folder in ("new", "cur"):
        for path in data.glob(f"mail/*/{folder}/*"):
            mark = re.search(rb"\r\nSubject: (\S+)\r\n",
                             path.read_bytes()).group(1).decode()
            counts[mark] = counts.get(mark, 0) + 1
    return counts


def recover(copy, kind, server, scratch, acknowledged):
    """Mounts a copy, lets a server recover on it, checks what it finds."""
    folder = scratch / "recovered"
    folder.mkdir(exist_ok=True)
    mount(copy, folder, kind)
    second = RunningServer(directory=scratch / "second", settings=SETTINGS)
    second.directory.mkdir(exist_ok=True)
    try:
        text = server.config.read_text()
        text = text.replace(f'data = "{server.data}"',
                            f'data = "{folder}/data"')
        for name in ("smtp", "imap", "submission", "submissions", "imaps",
                     "pop3", "pop3s"):
            text = re.sub(rf'^{name} = \["127.0.0.1:(\d+)"\]',
                          lambda m: f'{name} = ["127.0.0.1:'
                                    f'{int(m.group(1)) + 1}"]', text,
                          flags=re.M)
        second.config.write_text(text)
        second.start()
        def all_there():
            counts = delivered(folder / "data")
            return all(m in counts for m in acknowledged)
        try:
            wait_until(all_there, 20, 0.02)
        except AssertionError:
            pass  # Said below, by name.
        counts = delivered(folder / "data")
        lost = [m for m in acknowledged if counts.get(m, 0) == 0]
        twice = [m for m, n in counts.items() if n > 1]
        second.kill()
        second.log_file.close()
        assert not lost, f"lost: {lost}"
        assert not twice, f"twice: {twice}"
    finally:
        if second.process and second.process.poll() is None:
            second.kill()
        unmount(folder)


def cut(kind, cuts):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="postkeep-power-"))
    scratch.chmod(0o755)
    image, folder = scratch / "image", scratch / "disk"
    folder.mkdir()
    make, mebioctets = KINDS[kind]
    image.touch()
    os.truncate(image, mebioctets * 1024 * 1024)
    subprocess.run([*make, str(image)], check=True, capture_output=True)
    mount(image, folder, kind)
    server = RunningServer(directory=scratch / "first", settings=SETTINGS)
    server.directory.mkdir()
    server.data = folder / "data"
    server.certificate = server.data / "tls/certificate.pem"
    acknowledged = []
    try:
        server.prepare()
        server.start()
        client = smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=30)
        for number in range(cuts):
            mark = f"{kind}-{number}"
            size = (60, 3000, 70000)[number % 3]
            user = ("ann", "bob")[number % 2]
            client.sendmail("p@elsewhere.test", [server.address(user)],
                            f"Subject: {mark}\r\n\r\n" +
                            ("y" * 76 + "\r\n") * (size // 78) + "end\r\n")
            acknowledged.append(mark)
            pids = stop_all(server)
            copy = scratch / "copy"
            subprocess.run(["cp", "--sparse=always", "--reflink=never",
                            str(image), str(copy)], check=True)
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
            recover(copy, kind, server, scratch, acknowledged)
            copy.unlink()
        server.kill()
        server.log_file.close()
    finally:
        if server.process and is_alive(server.process.pid):
            for pid in server.role_pids():
                os.kill(pid, signal.SIGCONT)
            os.kill(server.process.pid, signal.SIGCONT)
            server.kill()
        unmount(folder)
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"      {kind}: {cuts} power cuts, 0 of {len(acknowledged)} "
          "acknowledged messages lost in any", flush=True)


def test_power_cuts_on_ext4():
    cut("ext4", CUTS // 2)


def test_power_cuts_on_xfs():
    cut("xfs", CUTS - CUTS // 2)


def skip(reason):
    print(f"SKIP: {reason}")
    sys.exit(SKIPPED)


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("power cuts need root: a file system is mounted from a file")
    if not pathlib.Path("/dev/loop-control").exists():
        skip("power cuts need loop devices, and there are none")
    for program in ("mkfs.ext4", "mkfs.xfs"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
    run_tests([test_power_cuts_on_ext4, test_power_cuts_on_xfs])
