"""The API in Django. Its settings can be made once in a process, so it has one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.conftest import ARTICLES
from tests.examples.conftest import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib import Article, Index

CLIENT = """
import json, os, sys
import django_app
from django.test import Client
from searchlib import Index, StorageError

client = Client()
for line in sys.stdin:
    path, parameters = json.loads(line)
    if path == "fail":
        def fail(*_, **__):
            raise StorageError(5, "expected a disk that works", "/secret/place")
        Index.search = fail
        continue
    answer = client.get(path, parameters)
    print(json.dumps([answer.status_code, answer.content.decode(), dict(answer.headers)]))
"""


class Answer(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]


def ask(path: Path, *questions: tuple[str, dict[str, Any]]) -> list[Answer]:
    pytest.importorskip("django", reason="django is missing: pip install '.[examples]'")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CLIENT],
        input="".join(json.dumps(question) + "\n" for question in questions),
        cwd=EXAMPLES,
        env={**os.environ, "NEWS_INDEX": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Answer(*json.loads(line)) for line in done.stdout.splitlines()]


def test_articles_are_found(index: Index[Article]) -> None:
    everything, found, filtered, since, injected, second = ask(
        index.path,
        ("/search", {}),
        ("/search", {"q": "talks"}),
        ("/search", {"q": "talks", "source": "Meridian Wire"}),
        ("/search", {"since": "2025-03-04"}),
        ("/search", {"source": '* OR "Meridian Wire"'}),
        ("/search", {"page": 2}),
    )
    assert json.loads(everything.text)["total"] == len(ARTICLES)
    page = json.loads(found.text)
    assert [hit["key"] for hit in page["hits"]] == ["talks", "strike"]
    assert "<mark>" in page["hits"][0]["snippets"]["title"]["html"]
    assert json.loads(filtered.text)["total"] == 1
    assert json.loads(since.text)["total"] == 2
    assert json.loads(injected.text)["total"] == 0
    assert json.loads(second.text)["hits"] == []


def test_errors_have_statuses(index: Index[Article]) -> None:
    syntax, field, page, missing, shown, failed = ask(
        index.path,
        ("/search", {"q": "talks AND (peace"}),
        ("/search", {"q": "colour:red"}),
        ("/search", {"page": "first"}),
        ("/articles/nope", {}),
        ("/articles/talks", {}),
        ("fail", {}),
        ("/search", {}),
    )
    assert (syntax.status, json.loads(syntax.text)["position"]) == (400, 10)
    assert (field.status, page.status, missing.status) == (400, 400, 404)
    assert json.loads(shown.text)["id"] == "talks"
    assert (failed.status, failed.headers["Retry-After"]) == (503, "1")
    assert "secret" not in failed.text


def test_the_application_is_served(index: Index[Article]) -> None:
    """The name that a WSGI server imports."""
    code = "from wsgiref.util import setup_testing_defaults as fill\n"
    code += "import django_app\n"
    code += "environ = {'PATH_INFO': '/articles/talks'}; fill(environ)\n"
    code += "print(b''.join(django_app.application(environ, print)).decode())\n"
    pytest.importorskip("django", reason="django is missing: pip install '.[examples]'")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=EXAMPLES,
        env={**os.environ, "NEWS_INDEX": str(index.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "200 OK" in done.stdout, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["id"] == "talks"
