"""A page that searches an archive of news, in Flask.

::

    gunicorn --preload --workers 2 --threads 8 'flask_app:create_app("news.index")'

The index may be opened before the workers are forked: they share its files, and no state.
"""

import logging

from flask import Flask, abort, render_template_string, request

from searchlib import (
    Article,
    DocumentError,
    Index,
    IndexLockedError,
    QueryError,
    SnippetOptions,
    StorageError,
)

# Snippets are HTML in which everything but the marks is escaped, so they are `safe`. All else is
# text, which Jinja escapes.
PAGE = """<!doctype html>
<title>News</title>
<form><input name="q" value="{{ request.args.q }}"></form>
{% for note in results.notes %}<p class="note">{{ note.message }}</p>{% endfor %}
<p>{{ results.total }} articles</p>
{% for hit in results %}
<article>
<h2><a href="{{ url_for('show', key=hit.key) }}">{{ hit.document.title }}</a></h2>
{% if hit.snippets.body %}<p>{{ hit.snippets.body.html | safe }}</p>{% endif %}
</article>
{% endfor %}
"""
ARTICLE = """<!doctype html>
<title>{{ article.title }}</title>
<h1>{{ article.title }}</h1>
{% for paragraph in (article.body or "").split("\\n\\n") %}<p>{{ paragraph }}</p>{% endfor %}
"""
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def create_app(path: str) -> Flask:
    """Make the application."""
    app = Flask(__name__)
    index = Index.open_or_create(path, Article)

    @app.get("/")
    def search() -> str:
        # A person at a search box is served better by what a query can be read as than by an
        # error: the notes say what was ignored.
        source = request.args.get("source")
        results = index.search(
            request.args.get("q") or "*",
            lenient=True,
            filter={"source": source} if source else None,
            offset=10 * max(request.args.get("page", 1, type=int) - 1, 0),
            snippets=SnippetOptions(fields=["body"]),
        )
        return render_template_string(PAGE, results=results)

    @app.get("/articles/<key>")
    def show(key: str) -> str:
        article = index.get(key)
        return render_template_string(ARTICLE, article=article) if article else abort(404)

    @app.post("/articles")
    def add() -> Answer:
        # Rare changes can be made in the request. Of many at a time, each waits for those before
        # it: put them into a queue then (writer_process.py).
        report = index.add(request.get_json(), strict=True, timeout=5)
        return f"{report.added} added, {report.replaced} replaced", 201

    @app.errorhandler(QueryError)
    def refuse_query(error: QueryError) -> Answer:
        return str(error), 400

    @app.errorhandler(DocumentError)
    def refuse_document(error: DocumentError) -> Answer:
        return str(error), 422

    @app.errorhandler(IndexLockedError)
    @app.errorhandler(StorageError)
    def postpone(error: Exception) -> Answer:
        logging.error("%s", error, exc_info=error)
        return "try again later", 503, {"Retry-After": "1"}

    return app
