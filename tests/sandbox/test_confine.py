from __future__ import annotations

import errno
import json
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines a process")

ROOT = Path(__file__).resolve().parents[2]
CLOSE_RANGE, LANDLOCK, SECCOMP = 436, 444, 277 if platform.machine() == "aarch64" else 317

PREAMBLE = f"""
import errno, json, math, os, resource, select, signal, socket, sys, threading, time
sys.path.insert(0, {str(ROOT)!r})
from ratchet.sandbox.confine import confine, prepare, probe
from ratchet.sandbox.kernel import Kernel, bind_kernel
prepare()
real = bind_kernel()

def kernel(*, without=(), answer=-errno.ENOSYS, system=real.system, machine=real.machine, library=None):
    def call(number, *arguments):
        return answer if number in without else real.system_call(number, *arguments)
    return Kernel(system=system, machine=machine, system_call=call, prctl=real.prctl, library=library)

def confined(memory_bytes=96 << 20, cpu_seconds=20, **options):
    return confine(memory_bytes=memory_bytes, cpu_seconds=cpu_seconds, **options)

def refusal(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return 0

def say(value):
    os.write(1, json.dumps(value).encode())
"""


def _run(code: str, *, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "-c", PREAMBLE + code]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


def _said(code: str, *, text: str = "") -> object:
    child = _run(code, text=text)
    assert (child.returncode, child.stderr) == (0, "")
    value: object = json.loads(child.stdout)
    return value


def test_worker_can_read_its_input_and_write_its_outputs() -> None:
    child = _run("confined(); os.write(1, os.read(0, 100)); os.write(2, b'errors')", text="input")
    assert (child.returncode, child.stdout, child.stderr) == (0, "input", "errors")


def test_worker_can_compute_allocate_and_ask_for_the_time_and_for_randomness() -> None:
    said = _said("""
confined()
time.sleep(0.001)
say([len(bytes(32 << 20)), len(os.urandom(8)), time.time() > 0, time.clock_gettime(time.CLOCK_REALTIME) > 0,
     select.select([0], [], [], 5)[0], select.poll().poll(0), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0])
""")
    assert said == [32 << 20, 8, True, True, [0], [], True]


def test_worker_can_end_itself_with_a_status_and_by_abort() -> None:
    assert _run("confined(); os._exit(7)").returncode == 7
    assert _run("confined(); sys.exit(8)").returncode == 8
    assert _run("confined(); os.abort()").returncode == -signal.SIGABRT


def test_worker_can_set_an_alarm() -> None:
    code = """
signal.signal(signal.SIGALRM, lambda *_: (say("rang"), os._exit(0)))
confined()
signal.setitimer(signal.ITIMER_REAL, 0.01)
while True:
    time.sleep(1)
"""
    assert _said(code) == "rang"


def test_memory_beyond_the_limit_is_a_memory_error() -> None:
    code = """
confined(memory_bytes=32 << 20)
bytes(16 << 20)
try:
    bytes(33 << 20)
except MemoryError:
    say("refused")
"""
    assert _said(code) == "refused"


def test_endless_loop_ends_with_the_processor_time() -> None:
    assert _run("confined(cpu_seconds=0.1)\nwhile True: pass").returncode == -signal.SIGXCPU


def test_limits_are_counted_from_what_the_process_has_used() -> None:
    code = f"""
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
confined(memory_bytes=64 << 20, cpu_seconds=20, kernel=kernel(without=({SECCOMP},)))
names = "CORE", "FSIZE", "NPROC", "NOFILE", "CPU"
beyond = resource.getrlimit(resource.RLIMIT_AS)[0] - size
say([abs(beyond - (64 << 20)) < 4 << 20, *(resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in names)])
"""
    assert _said(code) == [True, [0, 0], [0, 0], [0, 0], [3, 3], [21, 22]]


def test_limit_that_is_stricter_already_stays() -> None:
    code = f"""
resource.setrlimit(resource.RLIMIT_CPU, (5, 30))
confined(memory_bytes=None, kernel=kernel(without=({SECCOMP},)))
say([resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY])
"""
    assert _said(code) == [[5, 22], True]


def test_without_figures_memory_and_processor_time_have_no_limit() -> None:
    code = f"""
confined(memory_bytes=None, cpu_seconds=None, kernel=kernel(without=({SECCOMP},)))
say([resource.getrlimit(number)[1] == resource.RLIM_INFINITY for number in (resource.RLIMIT_AS, resource.RLIMIT_CPU)])
"""
    assert _said(code) == [True, True]


@pytest.mark.parametrize("missing_calls", [(SECCOMP,), (SECCOMP, CLOSE_RANGE)])
def test_inherited_descriptors_are_closed(missing_calls: tuple[int, ...]) -> None:
    code = f"""
os.dup2(0, 3), os.dup2(0, 500)
confined(kernel=kernel(without={missing_calls}))
say([refusal(os.fstat, number) for number in (0, 1, 2, 3, 4, 500)])
"""
    assert _said(code) == [0, 0, 0, errno.EBADF, errno.EBADF, errno.EBADF]


def test_engine_may_use_other_descriptors() -> None:
    code = """
os.dup2(0, 7), os.dup2(1, 9)
confined(engine_fds=(7, 9, 10))
refusals = [refusal(os.read, 0, 1), refusal(os.write, 1, b"x"), refusal(os.write, 2, b"x")]
os.write(9, json.dumps([os.read(7, 9).decode(), *refusals]).encode())
"""
    assert _said(code, text="input") == ["input", errno.EPERM, errno.EPERM, errno.EPERM]


def test_process_cannot_be_traced_or_gain_privileges() -> None:
    get_dumpable, get_no_new_privileges = 3, 39
    code = f"""
confined(kernel=kernel(without=({SECCOMP},)))
say([real.prctl({get_dumpable}), real.prctl({get_no_new_privileges})])
"""
    assert _said(code) == [0, 1]


def test_kernel_without_landlock_leaves_seccomp() -> None:
    code = f"""
isolation = confined(kernel=kernel(without=({LANDLOCK},)))
say([isolation.to_json(), refusal(os.open, "/", 0)])
"""
    reason = "the kernel has no Landlock; it came with Linux 5.13"
    applied = ["undumpable", "no_new_privs", "rlimits", "seccomp"]
    missing = [{"measure": "landlock", "reason": reason}]
    assert _said(code) == [{"level": "partial", "applied": applied, "missing": missing}, errno.EPERM]


def test_landlock_that_is_not_turned_on_says_what_to_do() -> None:
    code = f"say(probe(kernel=kernel(without=({LANDLOCK},), answer=-errno.EOPNOTSUPP)).missing)"
    reason = "the kernel was started without Landlock; add `landlock` to the `lsm=` boot parameter"
    assert _said(code) == [["landlock", reason]]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            f"without=({SECCOMP},)",
            "the kernel has no seccomp filters; they need `CONFIG_SECCOMP_FILTER` and Linux 4.14",
        ),
        (
            f"without=({SECCOMP},), answer=-errno.EPERM",
            "the container forbids seccomp filters; update the container engine or its seccomp profile",
        ),
        (
            "machine='riscv64'",
            "there is no list of system calls for `riscv64`; use a 64-bit Python on x86-64 or aarch64",
        ),
    ],
)
def test_kernel_without_seccomp_leaves_landlock(options: str, reason: str, tmp_path: Path) -> None:
    code = f"""
tcp = socket.socket()
os.dup2(tcp.fileno(), 2)
isolation = confined(kernel=kernel({options}))
os.close(0)
files = [refusal(os.open, "/etc/passwd", 0), refusal(os.listdir, "/"), refusal(os.mkdir, {str(tmp_path / "new")!r})]
say([isolation.level, isolation.missing, files, refusal(socket.socket(fileno=2).connect, ("127.0.0.1", 1))])
"""
    assert _said(code) == ["partial", [["seccomp", reason]], [errno.EACCES] * 3, errno.EACCES]


LINUX_ONLY = dict.fromkeys(("undumpable", "no_new_privs", "landlock", "seccomp"), "only Linux has it")


def test_other_systems_are_held_by_limits_alone() -> None:
    code = """
isolation = confined(kernel=kernel(system="freebsd", machine="amd64"))
say([isolation.level, isolation.applied, dict(isolation.missing), refusal(os.open, "/dev/null", 0)])
"""
    assert _said(code) == ["partial", ["rlimits"], LINUX_ONLY, errno.EMFILE]


def test_macos_adds_its_own_sandbox_and_stays_partial() -> None:
    code = """
asked = []
library = {"sandbox_init": lambda profile, flags, error: asked.append(profile.decode()) or 0}
mac = kernel(system="darwin", machine="arm64", library=library)
foreseen = probe(kernel=mac)
isolation = confined(kernel=mac)
say([isolation == foreseen, isolation.level, isolation.applied, dict(isolation.missing), asked])
"""
    assert _said(code) == [True, "partial", ["rlimits", "sandbox_init"], LINUX_ONLY, ["pure-computation"]]


def test_macos_without_its_sandbox_says_what_is_missing() -> None:
    code = """
isolation = confined(kernel=kernel(system="darwin", machine="arm64", library={}))
say([isolation.level, isolation.applied, dict(isolation.missing)])
"""
    missing = {**LINUX_ONLY, "sandbox_init": "this system has no `sandbox_init`"}
    assert _said(code) == ["partial", ["rlimits"], missing]


def test_windows_adds_a_job_and_stays_partial() -> None:
    code = """
names = ("CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject", "GetCurrentProcess",
         "K32GetProcessMemoryInfo")
def answering(name):
    return lambda *arguments: 1
windows = kernel(system="win32", machine="", library={name: answering(name) for name in names})
foreseen = probe(kernel=windows)
isolation = confined(kernel=windows)
say([isolation == foreseen, isolation.level, isolation.applied, dict(isolation.missing)])
"""
    assert _said(code) == [True, "partial", ["rlimits", "job_object"], LINUX_ONLY]


def test_second_thread_is_held_by_seccomp_and_reported() -> None:
    code = """
start, answers = threading.Event(), []
thread = threading.Thread(target=lambda: (start.wait(), answers.append(refusal(os.open, "/etc/passwd", 0))))
thread.start()
isolation = confined()
start.set()
thread.join()
say([isolation.missing, answers])
"""
    assert _said(code) == [[["landlock", "Landlock binds one of the 2 threads of this process"]], [errno.EPERM]]


def test_forked_process_may_signal_itself_and_not_its_parent() -> None:
    code = """
parent = os.getpid()
child = os.fork()
if not child:
    confined()
    os._exit(refusal(os.kill, parent, 0))
first = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
child = os.fork()
if not child:
    confined()
    os.abort()
say([first, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])])
"""
    assert _said(code) == [errno.EPERM, -signal.SIGABRT]


def test_probe_foresees_what_confine_reaches_and_changes_nothing() -> None:
    code = """
foreseen = probe()
with open("/etc/passwd"), socket.socket():
    dumpable, privileges = real.prctl(3), real.prctl(39)
say([dumpable, privileges, resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0, foreseen == confined()])
"""
    assert _said(code) == [1, 0, True, True]


def test_nothing_is_imported_after_prepare() -> None:
    code = """
before = set(sys.modules)
confined()
say(sorted(set(sys.modules) - before))
"""
    assert _said(code) == []
