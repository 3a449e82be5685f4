"""Lists are filtered, sorted and cut into pages, and an index leads to every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from ratchet.errors import InvalidInput
from ratchet.execution.document import Execution
from ratchet.store.executions import EXECUTIONS, RECORDINGS
from ratchet.store.page import Page, count_rows, read_page
from ratchet.store.query import parse_query
from ratchet.store.store import Store, open_store
from tests.postgres import make_database_url
from tests.store.made import START, fill, make_execution
from tests.store.plans import Plan, forget_statistics, plan_of


def a_day_of_work() -> Iterator[Execution]:
    """Make 120 executions: every third of `report`, some failed, one under way."""
    for number in range(120):
        task = "report" if number % 3 == 0 else "total"
        if number % 10 == 7:
            yield make_execution(
                number, task=task, status="failed", code="time_limit" if number % 20 == 7 else "script_error"
            )
        else:
            yield make_execution(number, task=task, status="running" if number == 119 else "completed")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store that holds a day's work, for tests that only read."""
    with open_store(make_database_url(request, tmp_path_factory.mktemp("store"))) as opened:
        forget_statistics(opened, "executions")
        fill(opened, a_day_of_work())
        yield opened


def ask(store: Store, *parameters: str) -> Page:
    pairs = [tuple(each.split("=", 1)) for each in parameters]
    with store.reading() as session:
        return read_page(session, EXECUTIONS, parse_query(EXECUTIONS, [(name, value) for name, value in pairs]))


def numbers(page: Page) -> list[int]:
    return [round(row["created_at"].timestamp() - START) for row in page.rows]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (["limit=3"], [119, 118, 117]),
        (["_order=ASC", "limit=3"], [0, 1, 2]),
        (["_sort=created_at", "_order=asc", "_start=10", "_end=12"], [10, 11]),
        (["page=2", "limit=2"], [117, 116]),
        (["task=report", "limit=3"], [117, 114, 111]),
        (["task=report", "status=failed"], [117, 87, 57, 27]),
        (["task=nobody"], []),
        (["status=running"], [119]),
        (["status_in=running,failed", "limit=4"], [119, 117, 107, 97]),
        (["status=running", "status=failed", "limit=2"], [119, 117]),
        (["status_ne=completed", "_order=ASC", "limit=3"], [7, 17, 27]),
        (["error=time_limit", "limit=2"], [107, 87]),
        (["error_contains=script", "limit=2"], [117, 97]),
        (["task_starts_with=rep", "limit=2"], [117, 114]),
        (["task_ends_with=tal", "limit=2"], [119, 118]),
        (["task_like=REP", "limit=2"], [117, 114]),
        (["task_contains=REP"], []),
        (["task_gt=report", "limit=2"], [119, 118]),
        (["task_lte=report", "limit=1"], [117]),
        (["created_at_gte=2026-02-02T02:41:50Z", "limit=5"], [119, 118, 117, 116, 115]),
        (["created_at_lt=2026-02-02T02:40:03Z"], [2, 1, 0]),
        (["created_at=2026-02-02T03:40:05+01:00"], [5]),
        (["parent_id=x"], []),
        (["parent_id_in=x,y"], []),
        (["status=failed", "status_ne=failed"], []),
        (["created_at_ne=2026-02-02T02:41:59Z", "limit=1"], [118]),
    ],
)
def test_a_page_holds_what_was_asked_for(store: Store, parameters: Sequence[str], expected: list[int]) -> None:
    assert numbers(ask(store, *parameters)) == expected


@pytest.mark.parametrize("filters", [(), ("status_in=failed,completed",), ("task=total", "_order=ASC")])
def test_pages_that_follow_each_other_hold_every_row_once(store: Store, filters: Sequence[str]) -> None:
    whole = numbers(ask(store, *filters, "limit=1000"))
    pieces: list[int] = []
    page = ask(store, *filters, "limit=7")
    while page.after is not None:
        pieces += numbers(page)
        page = ask(store, *filters, "limit=7", f"after={page.after}")
    assert pieces + numbers(page) == whole


def test_rows_are_counted_on_request(store: Store) -> None:
    with store.reading() as session:
        counts = [
            count_rows(session, EXECUTIONS, parse_query(EXECUTIONS, parameters))
            for parameters in ([], [("status", "failed"), ("task_ne", "report")], [("task", "nobody")])
        ]
    assert counts == [120, 8, 0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (["stauts=failed"], "There is no filter `stauts`"),
        (["status=fialed"], "`status` is never `fialed`"),
        (["status="], "`status` is never ``"),
        (["status_in=failed,x"], "`status` is never `x`"),
        (["status_ne=none"], "`status` is never `none`"),
        (["error=timeout"], "`error` is never `timeout`"),
        (["status_near=failed"], "There is no filter `status_near`"),
        (["created_at_contains=2026"], "`created_at` cannot be asked for by `_contains`"),
        (["created_at=yesterday"], "`created_at` is `yesterday`, not a time"),
        (["_sort=output"], "The list is not sorted by `output`"),
        (["_order=up"], "`_order` is `up`, not `ASC` or `DESC`"),
        (["limit=0"], "`limit` is `0`, not a whole number from 1 to 1,000"),
        (["limit=1001"], "`limit` is `1001`, not a whole number from 1 to 1,000"),
        (["page=-1"], "`page` is `-1`, not a whole number from 1 to 10,000"),
        (["limit=5", "limit=6"], "`limit` is given twice"),
        (["page=1", "_start=0"], "A page is asked for in two ways"),
        (["_start=5", "_end=5"], "`_end` is `5`, not a whole number from 6 to 1,005"),
        (["task_ne=a", "task_ne=b"], "`task_ne` is given twice"),
        (["after=nothing"], "`after` is `nothing`, which is not in the list any more"),
    ],
)
def test_what_is_no_filter_is_refused(parameters: Sequence[str], message: str) -> None:
    with open_store("sqlite::memory:") as store, pytest.raises(InvalidInput) as caught:
        ask(store, *parameters)
    assert caught.value.message == message


LISTS = {
    "": "created_at",
    "_order=ASC": "created_at",
    "created_at_gte=2026-02-02T02:40:30Z": "created_at",
    "task=total": "task_created_at",
    "task=total&created_at_lt=2026-02-02T02:40:30Z": "task_created_at",
    "status=failed": "status_created_at",
    "status_ne=completed": "status_created_at",
    "task=total&status=failed": "task_status_created_at",
    "task=total&status_in=failed,running": "task_status_created_at",
    "task_like=t&status_in=failed,running": "status_created_at",
    "error=time_limit": "error_created_at",
    "task=total&error=time_limit": "task_error_created_at",
    "job_id=j": "job_id_created_at",
    "job_id_in=j,k": "job_id_created_at",
    "schedule_id=s": "schedule_id_created_at",
    "parent_id=p": "parent_id_created_at",
}
"""What a list of executions is asked for, and the index that leads to it."""


@pytest.mark.parametrize(("asked", "index"), LISTS.items())
def test_an_index_leads_to_every_page(store: Store, asked: str, index: str) -> None:
    check_plan(store, plan_of(store, EXECUTIONS, asked), index)


@pytest.mark.parametrize(
    ("asked", "index"), [("", "created_at"), ("_order=ASC", "created_at"), ("task=total", "task_created_at")]
)
def test_an_index_leads_to_every_page_of_what_is_recorded(store: Store, asked: str, index: str) -> None:
    check_plan(store, plan_of(store, RECORDINGS, asked), f"recorded_{index}")


def check_plan(store: Store, plan: Plan, index: str) -> None:
    """Tell whether a statement reads nothing but what an index leads to."""
    reads = plan.readings("executions")
    assert reads
    assert all(f" ix_executions_{index}_id " in f"{read} " for read in reads), plan
    assert not plan.sorts_what_it_reads("executions", is_sqlite=store.is_sqlite), plan
