"""What variables say."""

from __future__ import annotations

from tests.config.conftest import Load, Refuse


def warnings_of(load: Load, **variables: str) -> list[tuple[str, str | None]]:
    """Return the message and the hint of each warning under variables."""
    return [(warning.message, warning.hint) for warning in load(**variables).warnings]


def test_a_variable_that_stands_for_nothing_is_a_warning_with_the_nearest_name(load: Load) -> None:
    assert warnings_of(load, RATCHET_EXECUTION__TIMEUOT_SECONDS="3", RATCHET_ZZZ="3") == [
        (
            "`RATCHET_EXECUTION__TIMEUOT_SECONDS` stands for no setting",
            "Did you mean `RATCHET_EXECUTION__TIMEOUT_SECONDS`?",
        ),
        ("`RATCHET_ZZZ` stands for no setting", "`ratchet config show` lists every setting"),
    ]


def test_a_variable_that_is_empty_says_nothing(load: Load) -> None:
    configuration = load("execution: {timers: 3}", RATCHET_EXECUTION__TIMERS="")
    assert configuration.limits.timers == 3
    assert configuration.warnings == ()


def test_the_flat_variables_of_the_original_are_taken_with_a_warning(load: Load) -> None:
    configuration = load(
        RATCHET_MAX_EXECUTION_SECONDS="12",
        RATCHET_VALIDATE_SCHEMAS="false",
        RATCHET_CACHE_ENABLED="0",
        RATCHET_CACHE_SIZE="100",
        RATCHET_LOG_LEVEL="warn",
    )
    assert configuration.limits.timeout_seconds == 12
    assert configuration.validate_schemas is False
    assert configuration.cache("/default") is None
    assert configuration.logging.level == "warning"
    assert [warning.message for warning in configuration.warnings] == [
        "`RATCHET_CACHE_SIZE` does nothing any more: `cache.max_bytes` bounds what is kept instead",
        "`RATCHET_CACHE_ENABLED` is `RATCHET_CACHE__ENABLED` now",
        "`RATCHET_LOG_LEVEL` is `RATCHET_LOGGING__LEVEL` now",
        "`RATCHET_MAX_EXECUTION_SECONDS` is `RATCHET_EXECUTION__TIMEOUT_SECONDS` now",
        "`RATCHET_VALIDATE_SCHEMAS` is `RATCHET_EXECUTION__VALIDATE_SCHEMAS` now",
        "`warn` for `logging.level` is `warning` now",
    ]


def test_the_name_of_today_wins_over_the_flat_one(load: Load) -> None:
    configuration = load(RATCHET_LOG_LEVEL="debug", RATCHET_LOGGING__LEVEL="error")
    assert configuration.logging.level == "error"
    assert [warning.message for warning in configuration.warnings] == [
        "`RATCHET_LOG_LEVEL` is ignored, for `RATCHET_LOGGING__LEVEL` is set too"
    ]


def test_every_variable_that_does_not_fit_is_named(refuse: Refuse) -> None:
    assert refuse(
        "execution: {timers: -5}",
        RATCHET_EXECUTION__TIMERS="-1",
        RATCHET_EXECUTION__WORKERS__MAX="none",
        RATCHET_LOGGING__TARGETS='[{"type":"file"}]',
        RATCHET_MAX_EXECUTION_SECONDS="0",
    ) == [
        "1:21 `execution.timers` is `-5`, not a whole number from 0 to 1,000,000",
        "`RATCHET_LOGGING__TARGETS[0].type` is `file`, which needs a `path`",
        '`RATCHET_MAX_EXECUTION_SECONDS` is `"0"`, not a number above 0 and at most 86,400',
        '`RATCHET_EXECUTION__TIMERS` is `"-1"`, not a whole number from 0 to 1,000,000',
        '`RATCHET_EXECUTION__WORKERS__MAX` is `"none"`, not a whole number from 1 to 1,024, or null',
    ]


def test_a_list_that_is_not_json_is_refused(refuse: Refuse) -> None:
    for text in ("[", "stderr", '[{"type": "stderr", "type": "file"}]'):
        (problem,) = refuse(RATCHET_LOGGING__TARGETS=text)
        assert problem.startswith("`RATCHET_LOGGING__TARGETS` is not JSON: ")


def test_a_variable_is_not_expanded(load: Load) -> None:
    assert load(RATCHET_CACHE__FOLDER="/a/${B}").values["cache.folder"] == "/a/${B}"


def test_the_environment_that_was_given_is_read_and_no_other(load: Load) -> None:
    assert load(RATCHET_EXECUTION__TIMERS="3").limits.timers == 3
    assert load().limits.timers == 1000
