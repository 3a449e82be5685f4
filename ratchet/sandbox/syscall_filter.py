"""Decide which system calls a worker may make, as a program for the kernel.

The program is classic BPF over `struct seccomp_data` (Linux, Documentation/userspace-api/seccomp_filter). A call that
is not listed is refused with EPERM; it does not kill, so that the worker can still tell what went wrong. The numbers
of 32-bit and x32 calls are refused with the rest: their architecture or their number matches nothing here.
"""

from __future__ import annotations

import errno
import functools
from array import array

_NUMBERS_OF_X86_64 = {
    "write": 1, "read": 0, "mmap": 9, "munmap": 11, "futex": 202, "brk": 12, "mremap": 25, "madvise": 28,
    "mprotect": 10, "clock_gettime": 228, "poll": 7, "ppoll": 271, "select": 23, "pselect6": 270, "readv": 19,
    "writev": 20, "rt_sigreturn": 15, "rt_sigprocmask": 14, "rt_sigaction": 13, "sigaltstack": 131, "setitimer": 38,
    "getitimer": 36, "clock_getres": 229, "clock_nanosleep": 230, "nanosleep": 35, "gettimeofday": 96, "time": 201,
    "getrandom": 318, "getpid": 39, "gettid": 186, "getrusage": 98, "sched_yield": 24, "restart_syscall": 219,
    "fstat": 5, "tgkill": 234, "tkill": 200, "exit": 60, "exit_group": 231,
}  # fmt: skip

_NUMBERS_OF_AARCH64 = {
    "write": 64, "read": 63, "mmap": 222, "munmap": 215, "futex": 98, "brk": 214, "mremap": 216, "madvise": 233,
    "mprotect": 226, "clock_gettime": 113, "ppoll": 73, "pselect6": 72, "readv": 65, "writev": 66,
    "rt_sigreturn": 139, "rt_sigprocmask": 135, "rt_sigaction": 134, "sigaltstack": 132, "setitimer": 103,
    "getitimer": 102, "clock_getres": 114, "clock_nanosleep": 115, "nanosleep": 101, "gettimeofday": 169,
    "getrandom": 278, "getpid": 172, "gettid": 178, "getrusage": 165, "sched_yield": 124, "restart_syscall": 128,
    "fstat": 80, "tgkill": 131, "tkill": 130, "exit": 93, "exit_group": 94,
}  # fmt: skip

# The names of the architectures in `uname -m`, with their constant in linux/audit.h and their calls.
_ARCHITECTURES = {"x86_64": (0xC000003E, _NUMBERS_OF_X86_64), "aarch64": (0xC00000B7, _NUMBERS_OF_AARCH64)}

_LOAD, _AND, _RETURN, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST = 0x20, 0x54, 0x06, 0x15, 0x35
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_OFFSET_OF_NUMBER, _OFFSET_OF_ARCHITECTURE, _OFFSET_OF_ARGUMENTS = 0, 4, 16

# Of an argument that is a C `int` the kernel reads the lower half, and the upper half may hold anything.
_INT = 0xFFFF_FFFF
_LONG = 0xFFFF_FFFF_FFFF_FFFF

_PROT_READ_WRITE = 0x1 | 0x2
_MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20
# MAP_FIXED, MAP_NORESERVE, MAP_STACK, MAP_FIXED_NOREPLACE; not MAP_HUGETLB and MAP_LOCKED, which the host would feel.
_MAP_HARMLESS = 0x10 | 0x4000 | 0x20000 | 0x100000
# MADV_DONTNEED and MADV_FREE; root could take memory from the host with others, such as MADV_HWPOISON.
_ADVICE = (4, 8)
# Wait and wake, plain and with a bit set; the operations with priority inheritance have a history of holes.
_FUTEX_OPERATIONS = (0, 1, 9, 10)
_FUTEX_PRIVATE_OR_REALTIME = 128 | 256
# The C library musl ends a process by `tkill`; a thread with the number of a process is its first one.
_SIGNALLING = ("tgkill", "tkill")

_RULES_IN_A_LEAF = 4

Guard = tuple[int, int, tuple[int, ...]]
"""An argument's index, the bits of it that count, and the values those bits may have."""


def knows(machine: str) -> bool:
    """Tell whether there is a list of calls for this architecture."""
    return machine in _ARCHITECTURES


def assemble(machine: str, *, pid: int, read_from: int, write_to: tuple[int, ...]) -> array[int]:
    """Return the program, each number a `struct sock_filter`.

    Args:
        machine: As `uname -m` says.
        pid: The process that will be held, the only one it may signal.
        read_from: The descriptor it may read.
        write_to: The descriptors it may write.
    """
    architecture, numbers = _ARCHITECTURES[machine]
    words = [_step(_LOAD, _OFFSET_OF_ARCHITECTURE), _step(_JUMP_IF_EQUAL, architecture, 1, 0), _step(_RETURN, _REFUSE)]
    words.append(_step(_LOAD, _OFFSET_OF_NUMBER))
    body = _body(((0, _INT, (pid,)),))
    for name in _SIGNALLING:
        words += _rule(numbers[name], body)
    return array("Q", words) + _assemble_choice(machine, read_from, write_to)


@functools.cache
def _assemble_choice(machine: str, read_from: int, write_to: tuple[int, ...]) -> array[int]:
    # The part that no process id is in, so that a process can have it from the one it was forked from.
    guards = _guards(read_from, write_to)
    numbers = {number: name for name, number in _ARCHITECTURES[machine][1].items() if name not in _SIGNALLING}
    rules = [(number, _body(guards.get(numbers[number], ()))) for number in sorted(numbers)]
    return array("Q", _choice(rules))


def _guards(read_from: int, write_to: tuple[int, ...]) -> dict[str, tuple[Guard, ...]]:
    reading = ((0, _LONG, (read_from,)),)
    writing = ((0, _LONG, write_to),)
    protection = (2, _LONG & ~_PROT_READ_WRITE, (0,))
    return {
        "read": reading,
        "readv": reading,
        "write": writing,
        "writev": writing,
        "fstat": ((0, _LONG, (read_from, *write_to)),),
        "mmap": (protection, (3, _LONG & ~_MAP_HARMLESS, (_MAP_PRIVATE_ANONYMOUS,))),
        "mprotect": (protection,),
        "madvise": ((2, _INT, _ADVICE),),
        "futex": ((1, _INT & ~_FUTEX_PRIVATE_OR_REALTIME, _FUTEX_OPERATIONS),),
    }


def _choice(rules: list[tuple[int, list[int]]]) -> list[int]:
    # A tree and not a list: the kernel walks the program for every call there is when it takes it over.
    if len(rules) <= _RULES_IN_A_LEAF:
        return [word for number, body in rules for word in _rule(number, body)] + [_step(_RETURN, _REFUSE)]
    middle = len(rules) // 2
    lower, upper = _choice(rules[:middle]), _choice(rules[middle:])
    return [_step(_JUMP_IF_AT_LEAST, rules[middle][0], len(lower), 0), *lower, *upper]


def _rule(number: int, body: list[int]) -> list[int]:
    return [_step(_JUMP_IF_EQUAL, number, 0, len(body)), *body]


def _body(guards: tuple[Guard, ...]) -> list[int]:
    words = [_step(_RETURN, _ALLOW)]
    if guards:
        words.append(_step(_RETURN, _REFUSE))
    # Jumps count forward from the next step, so the last guard is written first; refusal is always the last step.
    for argument, mask, values in reversed(guards):
        offset = _OFFSET_OF_ARGUMENTS + 8 * argument
        words = _comparison(offset, mask & _INT, values, after=words)
        if mask >> 32:
            words = _comparison(offset + 4, mask >> 32, (0,), after=words)
    return words


def _comparison(offset: int, mask: int, values: tuple[int, ...], *, after: list[int]) -> list[int]:
    words = [_step(_LOAD, offset)]
    if mask != _INT:
        words.append(_step(_AND, mask))
    for position, value in enumerate(values, start=1):
        left = len(values) - position
        words.append(_step(_JUMP_IF_EQUAL, value, left, 0 if left else len(after) - 1))
    return words + after


def _step(code: int, constant: int, if_true: int = 0, if_false: int = 0) -> int:
    # A `struct sock_filter` as one number: 16 bits of code, two jumps of 8 bits, 32 bits of constant.
    return code | if_true << 16 | if_false << 24 | constant << 32
