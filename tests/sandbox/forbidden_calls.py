"""The system calls that a worker must not make, and an engine that makes them from inside a real worker."""

from __future__ import annotations

import ctypes
import json
import os

from ratchet.engine import Host
from ratchet.engine.prelude import Prelude

MISSING = -1
"""Stands in for the number of a call that the architecture does not have."""

# The numbers on x86-64 and aarch64, then the arguments. Unrefused, each would fail with another error or do no harm.
# A string is a path. "memory" is the address of a page of this process, "parent" and "self" are process ids.
FORBIDDEN: dict[str, tuple[int, int, tuple[int | str, ...]]] = {
    "open": (2, MISSING, ("/etc/passwd", os.O_RDONLY)),
    "openat for reading": (257, 56, (-100, "/etc/passwd", os.O_RDONLY)),
    "openat for writing": (257, 56, (-100, "/nonexistent/file", os.O_WRONLY)),
    "openat of a device": (257, 56, (-100, "/dev/null", os.O_RDWR)),
    "openat2": (437, 437, (-100, "/etc/passwd", "memory", 24)),
    "open_by_handle_at": (304, 265, (-100, "memory", 0)),
    "creat": (85, MISSING, ("/nonexistent/file", 0o600)),
    "truncate": (76, 45, ("/nonexistent/file", 0)),
    "ftruncate": (77, 46, (1, 0)),
    "unlink": (87, MISSING, ("/nonexistent/file",)),
    "unlinkat": (263, 35, (-100, "/nonexistent/file", 0)),
    "mkdirat": (258, 34, (-100, "/nonexistent/folder", 0o700)),
    "mknodat": (259, 33, (-100, "/nonexistent/node", 0o600, 0)),
    "linkat": (265, 37, (-100, "/etc/passwd", -100, "/nonexistent/file", 0)),
    "symlinkat": (266, 36, ("/etc/passwd", -100, "/nonexistent/file")),
    "renameat2": (316, 276, (-100, "/nonexistent/a", -100, "/nonexistent/b", 0)),
    "fchmodat": (268, 53, (-100, "/nonexistent/file", 0o777)),
    "fchmod of standard input": (91, 52, (0, 0o666)),
    "fchownat": (260, 54, (-100, "/nonexistent/file", 0, 0, 0)),
    "utimensat": (280, 88, (-100, "/nonexistent/file", 0, 0)),
    "newfstatat": (262, 79, (-100, "/etc/passwd", "memory", 0)),
    "statx": (332, 291, (-100, "/etc/passwd", 0, 0xFFF, "memory")),
    "readlinkat": (267, 78, (-100, "/proc/self/exe", "memory", 100)),
    "getcwd": (79, 17, ("memory", 100)),
    "chdir": (80, 49, ("/",)),
    "chroot": (161, 51, ("/",)),
    "pivot_root": (155, 41, ("/", "/nonexistent")),
    "mount": (165, 40, ("none", "/nonexistent", "tmpfs", 0, 0)),
    "umount2": (166, 39, ("/nonexistent", 0)),
    "open_tree": (428, 428, (-100, "/", 0)),
    "fsopen": (430, 430, ("tmpfs", 0)),
    "setxattr": (188, 5, ("/nonexistent/file", "user.x", "memory", 1, 0)),
    "inotify_init1": (294, 26, (0,)),
    "fanotify_init": (300, 262, (0, 0)),
    "socket for IPv4": (41, 198, (2, 1, 0)),
    "socket for IPv6": (41, 198, (10, 1, 0)),
    "socket for files": (41, 198, (1, 1, 0)),
    "socket for netlink": (41, 198, (16, 3, 0)),
    "socketpair": (53, 199, (1, 1, 0, "memory")),
    "connect": (42, 203, (0, "memory", 16)),
    "bind": (49, 200, (0, "memory", 16)),
    "listen": (50, 201, (0, 1)),
    "sendto": (44, 206, (1, "memory", 1, 0, 0, 0)),
    "sendmsg": (46, 211, (1, "memory", 0)),
    "recvfrom": (45, 207, (0, "memory", 1, 0, 0, 0)),
    "recvmsg": (47, 212, (0, "memory", 0)),
    "fork": (57, MISSING, ()),
    "vfork": (58, MISSING, ()),
    "clone of the process": (56, 220, (17, 0, 0, 0, 0)),
    "clone into a user namespace": (56, 220, (0x10000000 | 17, 0, 0, 0, 0)),
    "clone3": (435, 435, ("memory", 64)),
    "unshare": (272, 97, (0,)),
    "setns": (308, 268, (0, 0)),
    "execve": (59, 221, ("/nonexistent/program", 0, 0)),
    "execveat": (322, 281, (-100, "/nonexistent/program", 0, 0, 0)),
    "kill of the parent": (62, 129, ("parent", 0)),
    "kill of itself": (62, 129, ("self", 0)),
    "kill of everything": (62, 129, (-1, 0)),
    "tgkill of the parent": (234, 131, ("parent", "parent", 0)),
    "tkill of the parent": (200, 130, ("parent", 0)),
    "rt_sigqueueinfo": (129, 138, ("parent", 0, "memory")),
    "pidfd_open": (434, 434, ("parent", 0)),
    "pidfd_send_signal": (424, 424, (0, 0, 0, 0)),
    "ptrace": (101, 117, (16, "parent", 0, 0)),
    "process_vm_readv": (310, 270, ("parent", "memory", 0, "memory", 0, 0)),
    "process_vm_writev": (311, 271, ("parent", "memory", 0, "memory", 0, 0)),
    "process_madvise": (440, 440, (0, "memory", 0, 4, 0)),
    "kcmp": (312, 272, ("self", "self", 0, 0, 0)),
    "prctl to become dumpable": (157, 167, (4, 1)),
    "prctl for a name": (157, 167, (15, "name")),
    "seccomp": (317, 277, (0, 0, 0)),
    "personality": (135, 92, (0xFFFFFFFF,)),
    "setuid": (105, 146, (0,)),
    "setresuid": (117, 147, (0, 0, 0)),
    "setgroups": (116, 159, (0, "memory")),
    "capset": (126, 91, ("memory", "memory")),
    "prlimit64": (302, 261, (0, 7, 0, "memory")),
    "setrlimit": (160, 164, (7, "memory")),
    "setpriority": (141, 140, (0, 0, 0)),
    "sched_setscheduler": (144, 119, (0, 0, "memory")),
    "sched_setaffinity": (203, 122, (0, 8, "memory")),
    "memfd_create": (319, 279, ("name", 0)),
    "memfd_secret": (447, 447, (0,)),
    "mmap of executable memory": (9, 222, (0, 4096, 5, 0x22, -1, 0)),
    "mmap of writable and executable memory": (9, 222, (0, 4096, 7, 0x22, -1, 0)),
    "mmap of a descriptor": (9, 222, (0, 4096, 1, 0x02, 0, 0)),
    "mmap of shared memory": (9, 222, (0, 4096, 3, 0x21, -1, 0)),
    "mmap of huge pages": (9, 222, (0, 2 << 20, 3, 0x40022, -1, 0)),
    "mprotect to executable": (10, 226, ("memory", 4096, 5)),
    "pkey_mprotect to executable": (329, 288, ("memory", 4096, 5, -1)),
    "madvise to spoil a page of the host": (28, 233, ("memory", 4096, 100)),
    "mlock": (149, 228, ("memory", 4096)),
    "futex with priority inheritance": (202, 98, ("memory", 6 | 128, 0, 0)),
    "shmget": (29, 194, (0, 4096, 0o1600)),
    "shmat": (30, 196, (0, 0, 0)),
    "msgget": (68, 186, (0, 0o600)),
    "semget": (64, 190, (0, 1, 0o600)),
    "mq_open": (240, 180, ("name", 0)),
    "io_uring_setup": (425, 425, (1, "memory")),
    "io_uring_enter": (426, 426, (0, 0, 0, 0, 0, 0)),
    "io_setup": (206, 0, (1, "memory")),
    "bpf": (321, 280, (0, "memory", 0)),
    "perf_event_open": (298, 241, ("memory", 0, -1, -1, 0)),
    "userfaultfd": (323, 282, (0,)),
    "keyctl": (250, 219, (0, -3, 0)),
    "add_key": (248, 217, ("user", "name", "memory", 1, -3)),
    "landlock_create_ruleset": (444, 444, (0, 0, 1)),
    "init_module": (175, 105, ("memory", 0, "")),
    "finit_module": (313, 273, (-1, "", 0)),
    "kexec_load": (246, 104, (0, 0, 0, 0xFFFF)),
    "reboot": (169, 142, (0, 0, 0, 0)),
    "swapoff": (168, 225, ("/nonexistent",)),
    "settimeofday": (164, 170, (0, 0)),
    "syslog": (103, 116, (10, 0, 0)),
    "sethostname": (170, 161, ("memory", -1)),
    "ioctl of standard input": (16, 29, (0, 0x541B, "memory")),
    "ioctl to type on a terminal": (16, 29, (0, 0x5412, "memory")),
    "fcntl of standard output": (72, 25, (1, 3, 0)),
    "dup": (32, 23, (0,)),
    "dup3": (292, 24, (0, 1, 0)),
    "pipe2": (293, 59, ("memory", 0)),
    "epoll_create1": (291, 20, (0,)),
    "eventfd2": (290, 19, (0, 0)),
    "signalfd4": (289, 74, (-1, "memory", 8, 0)),
    "timerfd_create": (283, 85, (0, 0)),
    "timer_create": (222, 107, (0, 0, "memory")),
    "splice": (275, 76, (0, 0, 1, 0, 1, 0)),
    "sendfile": (40, 71, (1, 0, 0, 1)),
    "copy_file_range": (326, 285, (0, 0, 1, 0, 1, 0)),
    "pread64": (17, 67, (0, "memory", 1, 0)),
    "pwrite64": (18, 68, (1, "memory", 1, 0)),
    "preadv2": (327, 286, (0, "memory", 1, 0, 0, 0)),
    "pwritev2": (328, 287, (1, "memory", 1, 0, 0, 0)),
    "vmsplice": (278, 75, (1, "memory", 0, 0)),
    "lseek": (8, 62, (0, 0, 1)),
    "read of standard output": (0, 63, (1, "memory", 0)),
    "read of descriptor 3": (0, 63, (3, "memory", 1)),
    "read of standard input with high bits": (0, 63, (1 << 32, "memory", 0)),
    "readv of standard output": (19, 65, (1, "memory", 0)),
    "write to standard input": (1, 64, (0, "memory", 0)),
    "write to descriptor 3": (1, 64, (3, "memory", 1)),
    "writev to descriptor 3": (20, 66, (3, "memory", 0)),
    "fstat of descriptor 3": (5, 80, (3, "memory")),
    "set_robust_list": (273, 99, (0, 24)),
    "arch_prctl": (158, MISSING, (0x1003, "memory")),
    "modify_ldt": (154, MISSING, (0, 0, 0)),
    "a call of the x32 interface": (0x40000000 + 39, MISSING, ()),
    "a call that does not exist": (9999, 9999, ()),
}


class ProbingEngine:
    """An engine that makes the calls in place of a task, and returns what became of each as its output."""

    name = "probing"
    version = "1"

    def __init__(self, _prelude: Prelude) -> None:
        self._page = ctypes.create_string_buffer(8192)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._is_arm = os.uname().machine == "aarch64"
        self._user = os.geteuid()
        self._host: Host | None = None

    def attach(self, host: Host) -> None:
        """Note where the result goes."""
        self._host = host

    def limit_memory(self, _memory_bytes: int) -> bool:
        """Leave it to the system."""
        return False

    def deliver(self, _event: str, _value: str) -> None:
        """Make every call; the number of each error, 0 for a call that was let through."""
        assert self._host is not None
        address = (ctypes.addressof(self._page) + 4095) & ~4095
        words = {"memory": address, "parent": os.getppid(), "self": os.getpid()}
        results = {}
        for name, (on_x86, on_arm, arguments) in FORBIDDEN.items():
            number = on_arm if self._is_arm else on_x86
            if number != MISSING:
                answer = self._libc.syscall(ctypes.c_long(number), *(_argument(value, words) for value in arguments))
                results[name] = ctypes.get_errno() if answer == -1 else 0
                if os.getpid() != words["self"]:
                    os._exit(0)
        self._host.receive("R", json.dumps({"user": self._user, "results": results}))

    def evaluate(self, _expression: str) -> str | None:
        """Know no JavaScript."""
        return None


def _argument(value: int | str, words: dict[str, int]) -> ctypes.c_long | ctypes.c_char_p:
    if isinstance(value, int):
        return ctypes.c_long(value)
    return ctypes.c_long(words[value]) if value in words else ctypes.c_char_p(value.encode())
