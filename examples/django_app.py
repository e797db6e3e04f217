"""A JSON API to an archive of news, in Django and in one file.

::

    python django_app.py runserver
    gunicorn django_app:application
"""

import logging
import os
import sys
from collections.abc import Callable
from functools import cache

from django import forms
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import path

from searchlib import (
    Article,
    Between,
    Index,
    IndexLockedError,
    QueryError,
    QuerySyntaxError,
    SearchlibError,
    StorageError,
)
from searchlib.query import MatchAll

settings.configure(
    ALLOWED_HOSTS=["localhost", "127.0.0.1", "testserver"],
    MIDDLEWARE=[f"{__name__}.SearchErrors"],
    NEWS_INDEX=os.environ.get("NEWS_INDEX", "news.index"),
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("SECRET_KEY", "only for this example"),
)


@cache
def news() -> Index[Article]:
    """Open the index once in each process, for all of its threads."""
    return Index.open(settings.NEWS_INDEX, Article)


class SearchForm(forms.Form):
    """The parameters of a search."""

    q = forms.CharField(required=False)
    source = forms.CharField(required=False)
    since = forms.DateField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1000)

    def conditions(self) -> dict[str, object]:
        """Make a filter. Values stay values: whatever is in them, they are not read as a query."""
        source, since = self.cleaned_data["source"], self.cleaned_data["since"]
        by_source: dict[str, object] = {"source": source} if source else {}
        by_date: dict[str, object] = {"published": Between(since)} if since else {}
        return by_source | by_date


class SearchErrors:
    """Answers with a status where searchlib raises an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> JsonResponse | None:
        """Tell the client what is wrong with its query; the rest is for the log."""
        if isinstance(error, QueryError):
            position = error.position if isinstance(error, QuerySyntaxError) else None
            return JsonResponse({"detail": str(error), "position": position}, status=400)
        if not isinstance(error, SearchlibError):
            return None
        logging.error("%s", error, exc_info=error)
        passing = isinstance(error, (IndexLockedError, StorageError))
        answer = JsonResponse({"detail": "try again later"}, status=503 if passing else 500)
        if passing:
            answer["Retry-After"] = "1"
        return answer


def search(request: HttpRequest) -> JsonResponse:
    """Find articles."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"detail": form.errors.get_json_data()}, status=400)
    results = news().search(
        form.cleaned_data["q"] or MatchAll(),
        filter=form.conditions(),
        offset=10 * ((form.cleaned_data["page"] or 1) - 1),
    )
    return JsonResponse(results.to_json())


def show(_: HttpRequest, key: str) -> JsonResponse:
    """Show an article."""
    article = news().get(key)
    if article is None:
        raise Http404(f"there is no article {key!r}")
    return JsonResponse(article.model_dump(mode="json"))


urlpatterns = [path("search", search), path("articles/<str:key>", show)]
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
