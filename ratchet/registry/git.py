"""Fetch a repository and read its objects; nothing is ever checked out.

What a repository can do to those who use it happens in a checkout: hooks, filters such as LFS's, links, submodules,
names that are no names. Objects are read as bytes, and `tree` says which of them make a task.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence

from ratchet.errors import Unavailable
from ratchet.registry.git_command import git_environment, run_git
from ratchet.registry.remote import Fetched
from ratchet.registry.source import Source, is_local, path_of, shown_uri
from ratchet.registry.store import Store
from ratchet.registry.tree import Leaf, parse_tree, tasks_in_tree
from ratchet.task.text import printable

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def fetch_git(source: Source, store: Store, known: str | None) -> Fetched | None:
    """Return the tasks of a repository at its branch, tag or commit; see `remote.Fetch`.

    Raises:
        Unavailable: Git is not there, or the repository, or what is asked for in it.
    """
    with tempfile.TemporaryDirectory(prefix="ratchet-git-") as folder:
        repository = _Repository(source, folder)
        wanted = repository.find()
        if known is not None and wanted == known:
            return None
        commit = repository.fetch(wanted)
        leaves = _below(parse_tree(repository.git("ls-tree", "-r", "-l", "-z", "--full-tree", commit)), source)
        return Fetched(commit, list(tasks_in_tree(leaves, repository.blobs, source.name)))


def _below(leaves: list[Leaf], source: Source) -> list[Leaf]:
    """Return what stands in the folder that holds the tasks, with paths inside it."""
    start = source.subdirectory.strip("/") + "/" if source.subdirectory else ""
    inside = [leaf._replace(path=leaf.path[len(start) :]) for leaf in leaves if leaf.path.startswith(start)]
    if start and not inside:
        raise Unavailable(f"`{shown_uri(source.uri)}` has no folder `{printable(source.subdirectory)}`")
    return inside


class _Repository:
    """A repository that is fetched into a folder."""

    def __init__(self, source: Source, folder: str) -> None:
        self._source = source
        self._folder = folder
        self._uri = path_of(source.uri) if is_local(source.uri) else source.uri
        for word in (self._uri, source.branch or "", source.ref or ""):
            if word.startswith("-"):
                raise Unavailable(f"`{printable(word)}` begins with a dash, as an option of git does")
        self._environment = git_environment(self._uri, source.secret() if source.secret else None)
        self.git("init", "--quiet", "--bare", "--template=")

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run git in the folder."""
        return run_git(["--git-dir", self._folder, *arguments], self._environment, given)

    def find(self) -> str | None:
        """Return the commit to fetch, None where only the whole history can tell.

        Raises:
            Unavailable: The repository cannot be asked, or has no such branch or tag.
        """
        source = self._source
        if source.ref and _COMMIT.fullmatch(source.ref):
            return source.ref
        names = _names_for(source)
        lines = self.git("ls-remote", "--quiet", "--", self._uri, *names).decode("utf-8", "replace").splitlines()
        found = {name: commit for commit, _, name in (line.partition("\t") for line in lines)}
        commit = next((found[name] for name in names if name in found), None)
        if commit is None and (source.shallow or not source.ref):
            wanted = printable(source.branch or source.ref or "HEAD")
            hint = " (an abbreviated commit needs `shallow: false`)" if source.ref else ""
            raise Unavailable(f"`{shown_uri(source.uri)}` has no `{wanted}`{hint}")
        return commit

    def fetch(self, commit: str | None) -> str:
        """Fetch a commit alone, or the whole history, and return the commit that is wanted."""
        fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"]
        if self._source.shallow and commit is not None:
            self.git(*fetch, "--depth=1", "--", self._uri, commit)
        else:
            self.git(*fetch, "--", self._uri, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        wanted = f"{commit or self._source.ref}^{{commit}}"
        return self.git("rev-parse", "--verify", "--end-of-options", wanted).decode("ascii").strip()

    def blobs(self, objects: Sequence[str]) -> list[bytes]:
        """Return the contents of objects."""
        output = self.git("cat-file", "--batch", given="".join(f"{name}\n" for name in objects).encode())
        contents: list[bytes] = []
        position = 0
        for _ in objects:
            start = output.index(b"\n", position) + 1
            size = int(output[position:start].split()[2])
            contents.append(output[start : start + size])
            position = start + size + 1
        return contents


def _names_for(source: Source) -> list[str]:
    """Return the full names that a branch or tag may have, the first that is there wins."""
    if source.branch:
        return [f"refs/heads/{source.branch}"]
    if source.ref:
        # A tag with a message is an object of its own; `^{}` is the commit that it names.
        return [f"refs/tags/{source.ref}^{{}}", f"refs/tags/{source.ref}", f"refs/heads/{source.ref}"]
    return ["HEAD"]
