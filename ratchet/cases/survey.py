"""Survey the sources of a task: which statements its cases run, and what could be changed in them."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.engine.survey import MOST_STATEMENTS, Survey, parse_survey, survey_request
from ratchet.execution.reading import SURVEY, read_with
from ratchet.execution.runtime import Runtime
from ratchet.execution.sources import SCRIPT_SUFFIXES, Sources, load_sources
from ratchet.task.model import Task
from ratchet.values import Place

_TESTS = "tests/"


class SurveyedSources(NamedTuple):
    """The sources of a task with what was found in them.

    Args:
        counted: The same sources, whose statements say that they run.
        surveys: By the path of the file.
    """

    sources: Sources
    counted: Sources
    surveys: Mapping[str, Survey]


def survey_task(runtime: Runtime, task: Task) -> SurveyedSources:
    """Return the survey of the entry point and of every script that it could load.

    Raises:
        InvalidTask: A script is not UTF-8 or has a syntax error.
    """
    sources = load_sources(runtime, task, runtime.limits.timeout_seconds)
    scripts = [path for path in sorted(sources.files) if path.endswith(SCRIPT_SUFFIXES) and not path.startswith(_TESTS)]
    ends = time.monotonic() + runtime.limits.timeout_seconds
    surveys = {}
    for number, path in enumerate(scripts):
        first = number * MOST_STATEMENTS
        request = survey_request(sources.files[path], path, first)
        parse = functools.partial(parse_survey, first=first)
        surveys[path] = read_with(runtime, SURVEY, request, parse, place=Place(task.path_of(path)), ends=ends)
    texts = {path: survey.counted for path, survey in surveys.items()}
    counted = sources._replace(files={**sources.files, **texts}, counted=True)
    return SurveyedSources(sources, counted, surveys)
