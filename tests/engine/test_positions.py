"""Where an error happened, in the engine's words and in ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasmtime import Trap

from ratchet.engine.positions import Frame, line_text, locate, parse_stack, refine
from ratchet.engine.source import original_column, parse_transpiled, transpile_request
from tests.engine.bare_engine import SourceReader, run_and_fail
from tests.engine.differences import expected_on

ON_EACH_ENGINE = True

FAILURES = Path(__file__).parent / "failures"
CASES = sorted(path.stem for path in FAILURES.glob("*.err"))


@pytest.fixture(scope="module")
def reader() -> SourceReader:
    return SourceReader()


@pytest.mark.parametrize("case", CASES)
def test_failure_is_located_in_the_authors_own_file(case: str, reader: SourceReader, engine: str) -> None:
    expected = (FAILURES / f"{case}.err").read_text("utf-8").strip()
    library = FAILURES / f"{case}.lib.js"
    files = {library.name: library.read_text("utf-8")} if library.exists() else {}
    main = next(path for path in sorted(FAILURES.glob(f"{case}.*s")) if not path.name.endswith(".lib.js"))
    source = main.read_text("utf-8")
    if expected_on(engine, case, "") == "nowhere":
        with pytest.raises(Trap, match="call stack exhausted"):
            run_and_fail(engine, script=source)
        return
    if main.suffix == ".ts":
        assert located_in_typescript(engine, main.name, source, reader) == expected
        return
    if main.suffix == ".mjs":
        thrown = run_and_fail(engine, module=main.name, modules={**files, main.name: source})
        place = locate(thrown["stack"], thrown["message"], {**files, main.name: source})
    else:
        thrown = run_and_fail(engine, script=source)
        place = locate(thrown["stack"], thrown["message"], {"<input>": source})
    assert place is not None
    assert f"{place.file.replace('<input>', main.name)}:{place.line}:{place.column}" == expected


def located_in_typescript(engine: str, name: str, source: str, reader: SourceReader) -> str:
    transpiled = parse_transpiled(reader.transpile(transpile_request(source)))
    assert transpiled.code is not None
    thrown = run_and_fail(engine, module=name, modules={name: transpiled.code})
    place = locate(thrown["stack"], thrown["message"], {name: transpiled.code})
    assert place is not None
    assert place.line is not None
    assert place.column is not None
    return f"{name}:{place.line}:{original_column(transpiled.columns, place.line, place.column)}"


def test_there_are_enough_failures_to_judge_by() -> None:
    assert len(CASES) >= 90


def test_stack_is_read_frame_by_frame() -> None:
    stack = "    at f (main.js:3:5)\n    at map (native)\n    at get total (<input>:1:1)\n    at bad.js:2:15\n"
    assert parse_stack(stack) == [
        Frame("f", "main.js", 3, 5),
        Frame("map"),
        Frame("get total", "<input>", 1, 1),
        Frame(None, "bad.js", 2, 15),
    ]


def test_lines_that_are_no_frames_are_left_out() -> None:
    assert parse_stack("boo\n  nothing at all\n    at f (a.js:1:2)") == [Frame("f", "a.js", 1, 2)]


def test_odd_numbers_stay_part_of_the_name() -> None:
    assert parse_stack("    at f (a.js:99999999999:2)") == [Frame("f", "a.js:99999999999", 2, 0)]
    assert parse_stack("    at f (a.js:٣:2)") == [Frame("f", "a.js:٣", 2, 0)]


def test_endless_stack_is_cut_at_a_hundred_frames() -> None:
    assert len(parse_stack("    at f (a.js:1:2)\n" * 5_000)) == 100


@given(st.text())
def test_any_text_is_a_stack(text: str) -> None:
    for frame in parse_stack(text) + parse_stack("    at " + text):
        assert min(frame.line, frame.column) >= 0


@given(
    st.text(alphabet="ab.[](){}=>,;:`'\"/\\$\n *?!0 of", max_size=200),
    st.integers(0, 12),
    st.integers(0, 60),
    st.sampled_from(
        [
            "cannot read property 'a' of undefined",
            "cannot set property 'b' of null",
            "cannot read property 'Symbol.iterator' of undefined",
            "Cannot convert undefined or null to object",
            "a is not defined",
            "'b' is read-only",
            "not a function",
            "invalid 'in' operand",
            "boo",
        ]
    ),
    st.sampled_from([None, "a", "<eval>"]),
)
def test_any_text_is_a_source(source: str, line: int, column: int, message: str, name: str | None) -> None:
    for native in (None, "b"):
        for callback in (False, True):
            refine(source, line, column, message, function=name, native=native, callback=callback)


def test_error_outside_of_the_users_files_has_no_place() -> None:
    assert locate("    at f (other.js:1:1)\n    at map (native)", "boo", {"main.js": "1"}) is None


def test_frames_can_be_moved_to_another_file_and_line() -> None:
    place = locate(
        "    at f (<input>:12:1)",
        "cannot read property 'b' of undefined",
        {"lib/a.js": "\nconst f = (x) => x.b;\n"},
        lambda frame: ("lib/a.js", frame.line - 10),
    )
    assert place is not None
    assert (place.file, place.line, place.column, place.text) == ("lib/a.js", 2, 20, "const f = (x) => x.b;")


def test_line_beyond_the_end_has_no_text() -> None:
    assert line_text("a\r\nb", 1) == "a"
    assert line_text("a\r\nb", 2) == "b"
    assert line_text("a\r\nb", 3) is None


def test_source_too_large_to_search_keeps_the_reported_position() -> None:
    assert refine("x;" * 200_000, 1, 7, "cannot read property 'x' of undefined") == (1, 7)


@pytest.mark.parametrize(
    "broken",
    ["const q = {} / " + "[0," * 60, "{} /" + "[/]" * 2000, "{}" + "/[" * 2000],
    ids=["open", "closed", "many"],
)
def test_text_that_looks_like_a_regular_expression_is_read_at_once(broken: str) -> None:
    source = f"{broken}\nconst items = order.items;\n"
    assert refine(source, 2, 15, "cannot read property 'items' of undefined") == (2, 21)
