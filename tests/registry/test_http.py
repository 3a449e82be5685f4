"""An index of tasks over HTTP: any web server with a repository, ZIPs, tokens, and servers that lie."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ratchet.errors import InvalidTask
from ratchet.registry.repository import create_repository, write_index
from tests.registry.conftest import MakeCatalogue, offered
from tests.registry.web import Site, serve
from tests.repositories import write_task


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Serve a repository with one task."""
    folder = tmp_path / "site"
    create_repository(str(folder), name=None, description=None, version="1.0.0", ratchet_version="0.1.0", force=False)
    write_task(folder / "tasks")
    write_index(str(folder))
    with serve(folder) as served:
        yield served


def problems(catalogue: Any) -> list[str]:
    """Return why tasks of the only source are left out."""
    return [problem.message for problem in catalogue.read(fresh=True)[0].contents.problems]


def change_index(site: Site, **facts: Any) -> None:
    """Change the only entry of the index; what is None is taken out."""
    path = site.folder / ".ratchet/index.json"
    index = json.loads(path.read_text())
    entry = {**index["tasks"][0], **facts}
    index["tasks"] = [{key: value for key, value in entry.items() if value is not None}]
    path.write_text(json.dumps(index))


def test_a_web_server_with_a_repository_is_a_source(site: Site, catalogue: MakeCatalogue) -> None:
    shared = catalogue(site.url)
    assert offered(shared) == ["total@1.0.0"]
    task, _ = shared.find("total")
    assert task.foreign
    assert task.path_of("main.js") == "shared/total/main.js"
    assert [path for path, _ in site.asked] == [
        "/.ratchet/index.json",
        *(f"/tasks/total/{name}" for name in sorted(path.name for path in (site.folder / "tasks/total").iterdir())),
    ]


def test_what_has_not_changed_is_not_sent_again(site: Site, catalogue: MakeCatalogue) -> None:
    shared = catalogue(site.url)
    offered(shared)
    site.asked.clear()
    assert offered(shared) == ["total@1.0.0"]
    assert site.asked == [("/.ratchet/index.json", 304)]
    write_task(site.folder / "tasks", "another")
    write_index(str(site.folder))
    site.asked.clear()
    assert offered(shared) == ["another@1.0.0", "total@1.0.0"]
    assert [path for path, _ in site.asked if "total" in path] == []


def test_a_task_that_is_not_what_the_index_says_is_left_out(site: Site, catalogue: MakeCatalogue) -> None:
    (site.folder / "tasks/total/main.js").write_text("() => 'tampered'")
    shared = catalogue(site.url)
    assert offered(shared) == []
    assert "`shared/total` is not what the index says: its digest is `sha256:" in problems(shared)[0]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"digest": None}, "It has no `digest`"),
        ({"digest": "md5:x"}, "It has no `digest`"),
        ({"name": "../x"}, "It has no `name` that is a slug"),
        ({"version": "1"}, "It has no `version`"),
        ({"files": None}, "does not list the `files`"),
        ({"files": ["../../secret"]}, "is not inside its folder"),
        ({"files": ["/etc/passwd", "a\\b"]}, "is not inside its folder"),
        ({"path": "../x"}, "neither a `url` nor a `path`"),
        ({"path": None}, "neither a `url` nor a `path`"),
        ({"name": "other"}, "`shared/other` is `other@1.0.0` in the index, and `total@1.0.0` itself"),
        ({"version": "9.0.0"}, "is `total@9.0.0` in the index, and `total@1.0.0` itself"),
        ({"files": ["metadata.json", "gone.js"]}, "answers 404"),
        ({"url": "http://127.0.0.1:1/x.zip"}, "`127.0.0.1`"),
        ({"url": "file:///etc/passwd"}, "neither `http` nor `https`"),
    ],
)
def test_an_entry_that_cannot_be_is_left_out(
    site: Site, catalogue: MakeCatalogue, facts: dict[str, Any], words: str
) -> None:
    change_index(site, **facts)
    shared = catalogue(site.url)
    assert offered(shared) == []
    assert words in problems(shared)[0]


def test_what_could_not_be_fetched_is_asked_for_again(site: Site, catalogue: MakeCatalogue) -> None:
    main = site.folder / "tasks/total/main.js"
    text = main.read_text()
    main.unlink()
    shared = catalogue(site.url)
    assert offered(shared) == []
    main.write_text(text)
    assert offered(shared) == ["total@1.0.0"]


@pytest.mark.parametrize("body", ["", "{}", "[1]", '{"tasks": 5}', "<html>", '{"tasks": []'])
def test_what_is_no_index_is_no_source(site: Site, catalogue: MakeCatalogue, body: str) -> None:
    (site.folder / ".ratchet/index.json").write_text(body)
    (offer,) = catalogue(site.url).read()
    assert offer.contents.state == "unusable"


def test_an_index_may_name_zips(site: Site, catalogue: MakeCatalogue) -> None:
    (site.folder / "total.zip").write_bytes(zip_of(site.folder / "tasks/total", "total/"))
    for facts in ({"url": "../total.zip"}, {"path": "total.zip", "url": None}):
        change_index(site, files=None, **facts)
        assert offered(catalogue(site.url + ".ratchet/index.json")) == ["total@1.0.0"]


def zip_of(folder: Path, prefix: str) -> bytes:
    """Return a ZIP of a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, prefix + path.relative_to(folder).as_posix())
    return buffer.getvalue()


def test_a_zip_of_tasks_is_a_source(site: Site, catalogue: MakeCatalogue) -> None:
    write_task(site.folder / "tasks", "another")
    (site.folder / "all.zip").write_bytes(zip_of(site.folder / "tasks", "all-main/"))
    shared = catalogue(site.url + "all.zip")
    assert offered(shared) == ["another@1.0.0", "total@1.0.0"]
    assert offered(shared) == ["another@1.0.0", "total@1.0.0"]
    assert site.asked == [("/all.zip", 200), ("/all.zip", 304)]
    assert shared.find("another")[0].location == "shared/another"
    (site.folder / "all.zip").write_bytes(b"PK")
    assert shared.read(fresh=True)[0].contents.state == "cached"


def test_a_token_is_shown_to_the_server_alone(site: Site, catalogue: MakeCatalogue, tmp_path: Path) -> None:
    site.token = "s3cret"
    (detail,) = offered(catalogue(site.url, secret=lambda: "wrong"))
    assert "answers 401" in detail
    assert offered(catalogue(site.url, secret=lambda: "s3cret")) == ["total@1.0.0"]
    (tmp_path / "other").mkdir()
    with serve(tmp_path / "other") as other:
        change_index(site, files=None, url=other.url + "x.zip", digest="sha256:" + "0" * 64)
        shared = catalogue(site.url, secret=lambda: "s3cret")
        # Whoever writes the index must not choose what is asked for on a private network.
        assert "`127.0.0.1`" in problems(shared)[0]
        site.redirects["/.ratchet/index.json"] = other.url + "index.json"
        assert shared.read(fresh=True)[0].contents.state == "cached"
        assert other.asked == []


def test_a_server_that_is_gone_leaves_the_cache(tmp_path: Path, site: Site, catalogue: MakeCatalogue) -> None:
    with serve(site.folder) as gone:
        url = gone.url
        assert offered(catalogue(url)) == ["total@1.0.0"]
    shared = catalogue(url)
    (offer,) = shared.read(fresh=True)
    assert offer.contents.state == "cached"
    assert "127.0.0.1" in offer.contents.detail
    assert shared.find("total")[0].version == "1.0.0"
    assert catalogue(url, offline=True).read()[0].contents.detail.startswith("The source is not asked; as it was at")


def test_a_cache_that_was_tampered_with_is_not_served(site: Site, catalogue: MakeCatalogue, tmp_path: Path) -> None:
    shared = catalogue(site.url)
    offered(shared)
    (kept,) = (tmp_path / "cache").rglob("tasks/*.zip")
    kept.write_bytes(zip_of(site.folder / "tasks/total", "").replace(b"total 1.0.0", b"other 1.0.0"))
    with pytest.raises(InvalidTask, match="somebody has changed it"):
        shared.find("total")
