"""What is said on stderr: errors, warnings, hints, each in its colour."""

from __future__ import annotations

import sys

from ratchet.cli.annotations import annotate_error
from ratchet.cli.report import render_error
from ratchet.cli.terminal import paint_for
from ratchet.errors import RatchetError


def print_error(error: RatchetError) -> int:
    """Print an error, in GitHub Actions with its annotations, and return its exit code."""
    print(render_error(error, paint_for(sys.stderr)), file=sys.stderr)
    annotate_error(error)
    return error.exit_code


def print_warning(sentence: str) -> None:
    """Print what is odd and stops nothing."""
    print(f"{paint_for(sys.stderr)('warning', 'Warning:')} {sentence}", file=sys.stderr)


def print_hint(sentence: str) -> None:
    """Print the next step."""
    print(f"{paint_for(sys.stderr)('hint', 'Hint:')} {sentence}", file=sys.stderr)
