"""What goes wrong between the library and a server is an error of ours that says what to do."""

from __future__ import annotations

import base64
import subprocess
import time
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from searchlib import (
    ArgumentError,
    Article,
    DocumentError,
    Index,
    IndexExistsError,
    IndexNotFoundError,
    NotAnIndexError,
    Number,
    PartialResultsError,
    QueryTooCostly,
    SchemaMismatchError,
    ServerBusyError,
    ServerConflictError,
    ServerError,
    ServerRefusedError,
    ServerTimeoutError,
    ServerUnreachableError,
    Text,
)
from tests.opensearch.cluster import free_ports
from tests.opensearch.proxy import Answer, Asked, Proxy
from tests.opensearch.reports import article, articles, mistake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.opensearch.cluster import Cluster

COUNT = 200
BUSY = Answer(429, {"error": {"type": "rejected_execution_exception", "reason": "queue is full"}})
AWAY = Answer(503, {"error": {"type": "cluster_manager_not_discovered_exception", "reason": "no"}})
ANSWERS = pytest.mark.parametrize(
    ("answer", "kind"),
    [(BUSY, ServerBusyError), (AWAY, ServerUnreachableError)],
    ids=["429", "503"],
)


@pytest.fixture
def proxy(opensearch: Cluster) -> Iterator[Proxy]:
    with Proxy(opensearch.nodes[0].url) as running:
        yield running


@pytest.fixture
def name(address: str) -> str:
    """The name of an index that is deleted afterwards."""
    return address.rpartition("/")[2]


@pytest.fixture
def behind(proxy: Proxy, name: str) -> str:
    """The address of an index behind the proxy."""
    return f"opensearch://{proxy.host}/{name}?timeout=30"


@pytest.fixture
def impatient(index: Index) -> Iterator[Index]:
    """The same, opened so that calls may take a second."""
    with Index.open(f"{index.address}?timeout=1", Article) as opened:
        yield opened


@pytest.fixture
def index(behind: str) -> Iterator[Index]:
    """An index of some articles behind the proxy."""
    with Index.create(behind, Article) as made:
        made.add(articles(COUNT))
        yield made


class TestBusy:
    @ANSWERS
    def test_writing_is_tried_again(
        self, index: Index, proxy: Proxy, answer: Answer, kind: type[ServerError]
    ) -> None:
        proxy.times(2, answer, path="_bulk")
        report = index.add(articles(COUNT + 10))
        assert (report.added, report.replaced, report.rejected) == (10, COUNT, [])
        assert mistake(index, 3, COUNT + 10) is None

    @ANSWERS
    def test_it_is_an_error_in_the_end(
        self, impatient: Index, proxy: Proxy, answer: Answer, kind: type[ServerError]
    ) -> None:
        proxy.times(10_000, answer, path="_search")
        with pytest.raises(kind, match="expected .*; "):
            impatient.search("seven1")
        proxy.times(10_000, answer, path="_bulk")
        with pytest.raises(kind, match="1 documents or more were not acknowledged"):
            impatient.add([article(COUNT)])
        proxy.times(0, answer, path="")
        assert mistake(impatient, 3, COUNT) is None

    def test_some_documents_of_many(self, index: Index, proxy: Proxy) -> None:
        """A server that is busy may take some documents of a request and refuse others."""
        refused: set[str] = set()

        def change(asked: Asked, answer: Any) -> Any:
            if "_bulk" in asked.path and not refused:
                for item in answer["items"][::2]:
                    refused.add(item["index"]["_id"])
                    item["index"] = {"_id": item["index"]["_id"], "status": 429, **BUSY.body}
            return answer

        proxy.change = change
        report = index.add(articles(COUNT + 10))
        assert len(refused) > 10
        assert report.added + report.replaced == COUNT + 10
        assert report.rejected == []
        assert len(index) == COUNT + 10

    def test_a_document_that_the_server_rejects(self, index: Index, proxy: Proxy) -> None:
        why = {"type": "mapper_parsing_exception", "reason": "failed to parse field [price]"}

        def change(_: Asked, answer: Any) -> Any:
            for item in answer.get("items", ()):
                if item["index"]["_id"] == "7":
                    item["index"] = {"_id": "7", "status": 400, "error": why}
            return answer

        proxy.change = change
        report = index.add(articles(COUNT))
        (problem,) = report.rejected
        assert (report.replaced, problem.key) == (COUNT - 1, "7")
        assert "failed to parse field [price]" in problem.reason


class TestLists:
    def test_many_queries_are_one_request(self, index: Index, proxy: Proxy) -> None:
        proxy.asked.clear()
        assert sum(1 for _ in index.search_many(["seven1", "sev*"] * 125, limit=0)) == 250
        asked = [one.path.partition("?")[0].rpartition("/")[2] for one in proxy.asked]
        assert asked == ["point_in_time", *["_msearch"] * 3, "point_in_time"]
        proxy.asked.clear()
        assert len([*index.search_many(["seven1"] * 50, limit=100, filter="seven1")]) == 50
        assert sum("_msearch" in one.path for one in proxy.asked) == 5

    def test_a_query_that_the_server_refuses_is_an_error_in_its_row(
        self, index: Index, proxy: Proxy
    ) -> None:
        why = {"type": "too_many_clauses", "reason": "maxClauseCount is set to 1024"}

        def change(_: Asked, answer: Any) -> Any:
            if "responses" in answer:
                answer["responses"][1] = {"status": 400, "error": why}
            return answer

        proxy.change = change
        rows = [*index.search_many(["seven1", "seven2", "seven3"])]
        assert [type(row.error) for row in rows] == [type(None), QueryTooCostly, type(None)]
        [*rows] = index.search_many(["seven1", "seven2", "seven3"], lenient=True)
        assert [[note.kind for note in row.notes] for row in rows] == [[], ["limit"], []]
        assert [row.total for row in rows] == [index.count("seven1"), 0, index.count("seven3")]

    def test_one_by_one_where_all_at_once_take_too_long(
        self, impatient: Index, proxy: Proxy
    ) -> None:
        def slow(asked: Asked) -> None:
            if asked.body.count(b"search_type") > 1:
                time.sleep(1.5)

        proxy.fault = slow
        rows = [*impatient.search_many(["seven1", "seven2", "("])]
        assert [row.total for row in rows] == [*map(impatient.count, ("seven1", "seven2")), 0]

    def test_an_error_of_the_server_is_raised(self, index: Index, proxy: Proxy) -> None:
        proxy.change = lambda _, answer: (
            {"responses": [BUSY.body | {"status": 429}]} if "responses" in answer else answer
        )
        with pytest.raises(ServerBusyError):
            list(index.search_many(["seven1"]))


class TestPartOfAnAnswer:
    def test_a_shard_that_failed(self, index: Index, proxy: Proxy) -> None:
        def change(_: Asked, answer: Any) -> Any:
            if "hits" in answer:
                total = answer["_shards"]["total"]
                why = [{"shard": 0, "reason": {"type": "io", "reason": "disk is gone"}}]
                answer["_shards"] |= {"successful": total - 1, "failed": 1, "failures": why}
            return answer

        proxy.change = change
        for facets in (None, ["categories"]):
            with pytest.raises(PartialResultsError, match=r"1 of 1.*disk is gone.*partial=true"):
                index.search("seven1", facets=facets)
        with pytest.raises(PartialResultsError):
            list(index)

    def test_part_of_it_may_be_asked_for(self, index: Index, behind: str, proxy: Proxy) -> None:
        proxy.change = lambda _, answer: (
            answer | {"timed_out": True} if "hits" in answer else answer
        )
        with pytest.raises(PartialResultsError):
            index.search("seven1")
        with Index.open(f"{behind}&partial=true", Article) as content:
            found = content.search("seven1")
        assert [note.kind for note in found.notes] == ["partial"]

    def test_a_part_of_a_list(self, index: Index, behind: str, proxy: Proxy) -> None:
        def change(_: Asked, answer: Any) -> Any:
            for one in answer.get("responses", ()):
                one["timed_out"] = True
            return answer

        proxy.change = change
        with pytest.raises(PartialResultsError):
            list(index.search_many(["seven1", "seven2"]))
        with Index.open(f"{behind}&partial=true", Article) as content:
            rows = list(content.search_many(["seven1", "seven2"]))
        assert [[note.kind for note in row.notes] for row in rows] == [["partial"], ["partial"]]
        assert [row.total for row in rows] == [index.count("seven1"), index.count("seven2")]

    @pytest.mark.parametrize("body", ["Welcome", {"ok": True}, [], None])
    def test_an_answer_of_something_else(self, index: Index, proxy: Proxy, body: Any) -> None:
        proxy.fault = lambda _: Answer(200, body)
        with pytest.raises(ServerError):
            index.search("seven1")
        with pytest.raises(ServerError):
            index.add([article(COUNT)])


class TestTime:
    def test_no_call_waits_for_ever(self, impatient: Index, behind: str, proxy: Proxy) -> None:
        proxy.late(20, path="/")
        hurried = behind.replace("=30", "=0.2")
        for call in (
            lambda: impatient.search("seven1"),
            lambda: impatient.add([article(COUNT)]),
            lambda: impatient.delete("1"),
            lambda: impatient.get("1"),
            lambda: len(impatient),
            lambda: list(impatient),
            impatient.stats,
            lambda: Index.open(hurried, Article),
            lambda: Index.create(hurried, Article),
        ):
            with pytest.raises(ServerTimeoutError, match=r"within (1|0\.2) s.*timeout="):
                call()


class TestAddress:
    def test_nobody_listens(self) -> None:
        (port,) = free_ports(1)
        for call in (Index.open, Index.create):
            with pytest.raises(ServerUnreachableError, match=f"127.0.0.1:{port}: .*refused"):
                call(f"opensearch://127.0.0.1:{port}/news", Article)

    def test_one_of_several_listens(self, index: Index, proxy: Proxy, name: str) -> None:
        free = ",".join(f"127.0.0.1:{port}" for port in free_ports(2))
        with Index.open(f"opensearch://{free},{proxy.host}/{name}", Article) as patient:
            assert [mistake(patient, number, COUNT) for number in range(9)] == [None] * 9
            assert patient.add([article(COUNT)]).added == 1

    @pytest.mark.usefixtures("index")
    def test_what_a_node_says_tells_more_than_that_another_is_gone(
        self, proxy: Proxy, name: str
    ) -> None:
        lost = {"type": "search_phase_execution_exception", "reason": "all shards failed"}
        free = ",".join(f"127.0.0.1:{port}" for port in free_ports(1))
        for hosts in (f"{free},{proxy.host}", f"{proxy.host},{free}"):
            with Index.open(f"opensearch://{hosts}/{name}", Article) as opened:
                proxy.times(10_000, Answer(503, {"error": lost}), path="_search")
                with pytest.raises(PartialResultsError, match="all shards failed"):
                    opened.search("seven1")
                proxy.times(0, BUSY, path="")

    def test_no_such_host(self) -> None:
        with pytest.raises(ServerUnreachableError, match=r"nowhere\.invalid"):
            Index.open("opensearch://nowhere.invalid:9200/news", Article)

    def test_no_index(self, proxy: Proxy) -> None:
        with pytest.raises(IndexNotFoundError, match=r"absent.*Index\.create"):
            Index.open(f"opensearch://{proxy.host}/absent", Article)

    def test_the_index_of_another_program(
        self, opensearch: Cluster, proxy: Proxy, name: str
    ) -> None:
        opensearch.request("PUT", f"/{name}/_doc/1", {"title": "storm"})
        with pytest.raises(NotAnIndexError):
            Index.open(f"opensearch://{proxy.host}/{name}", Article)
        with pytest.raises(IndexExistsError):
            Index.create(f"opensearch://{proxy.host}/{name}", Article)

    def test_an_index_that_is_there(self, index: Index, behind: str) -> None:
        with pytest.raises(IndexExistsError):
            Index.create(behind, Article)
        assert len(index) == COUNT

    def test_an_index_that_is_gone(self, index: Index, opensearch: Cluster, name: str) -> None:
        opensearch.request("DELETE", f"/{name}*")
        with pytest.raises(IndexNotFoundError):
            index.search("seven1")
        with pytest.raises(IndexNotFoundError):
            index.add([article(1)])
        health = opensearch.request("GET", "/_cluster/health?level=indices")
        assert not [one for one in health["indices"] if one.startswith(name)]


class TestLogin:
    @pytest.mark.parametrize("status", [401, 403])
    def test_refused(self, proxy: Proxy, status: int) -> None:
        proxy.fault = lambda _: Answer(status, {"error": "no", "status": status})
        with pytest.raises(ServerRefusedError, match="user and password") as raised:
            Index.open(f"opensearch://ida:secret@{proxy.host}/news", Article)
        assert "secret" not in str(raised.value)

    def test_user_and_password(self, proxy: Proxy, name: str) -> None:
        with Index.create(f"opensearch://ida:p%40ss@{proxy.host}/{name}", Article) as index:
            index.add(articles(10))
            assert mistake(index, 1, 10) is None
            assert "p%40ss" not in f"{index!r} {index.address}"
        assert authorizations(proxy) == {"Basic " + base64.b64encode(b"ida:p@ss").decode()}

    @pytest.mark.parametrize("is_in_environment", [False, True])
    def test_api_key(
        self, proxy: Proxy, name: str, monkeypatch: pytest.MonkeyPatch, is_in_environment: bool
    ) -> None:
        address = f"opensearch://{proxy.host}/{name}"
        if is_in_environment:
            monkeypatch.setenv("SEARCHLIB_OPENSEARCH_API_KEY", "a1b2")
        else:
            address = f"{address}?api_key=a1b2"
        with Index.create(address, Article) as index:
            index.add(articles(10))
            assert "a1b2" not in f"{index!r} {index.address}"
        assert authorizations(proxy) == {"ApiKey a1b2"}


def authorizations(proxy: Proxy) -> set[str]:
    """How requests said who asks."""
    assert proxy.asked
    headers = ({k.lower(): v for k, v in asked.headers.items()} for asked in proxy.asked)
    return {one.get("authorization", "nobody") for one in headers}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody signed, and its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    made.write_text(made.read_text() + key.read_text())
    return made


@pytest.fixture
def safe(opensearch: Cluster, certificate: Path) -> Iterator[Proxy]:
    with Proxy(opensearch.nodes[0].url, certificate=certificate) as running:
        yield running


class TestTls:
    def test_a_certificate_that_is_trusted(self, safe: Proxy, certificate: Path, name: str) -> None:
        with Index.create(
            f"opensearch://{safe.host}/{name}?tls=true&ca={certificate}", Article
        ) as index:
            index.add(articles(10))
            assert mistake(index, 1, 10) is None

    def test_a_certificate_that_is_not(self, safe: Proxy, name: str) -> None:
        with pytest.raises(ServerRefusedError, match=r"certificate.*\?ca="):
            Index.create(f"opensearch://{safe.host}/{name}?tls=true", Article)

    def test_a_certificate_for_another_host(
        self, safe: Proxy, certificate: Path, name: str
    ) -> None:
        host = safe.host.replace("127.0.0.1", "localhost")
        with pytest.raises(ServerRefusedError, match="certificate"):
            Index.create(f"opensearch://{host}/{name}?tls=true&ca={certificate}", Article)

    @pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
    def test_a_certificate_that_nobody_looks_at(self, safe: Proxy, name: str) -> None:
        with Index.create(
            f"opensearch://{safe.host}/{name}?tls=true&verify=false", Article
        ) as index:
            index.add(articles(10))
            assert len(index) == 10

    def test_only_one_of_both_speaks_tls(self, safe: Proxy, proxy: Proxy, name: str) -> None:
        for address in (f"{safe.host}/{name}", f"{proxy.host}/{name}?tls=true"):
            with pytest.raises(ServerError, match="tls=true|certificate"):
                Index.create(f"opensearch://{address}", Article)

    def test_no_such_file(self, proxy: Proxy) -> None:
        with pytest.raises(ArgumentError, match=r"nowhere\.pem"):
            Index.open(f"opensearch://{proxy.host}/news?tls=true&ca=nowhere.pem", Article)


class TestAnIndexInTrouble:
    def test_closed(self, opensearch: Cluster, index: Index, name: str) -> None:
        opensearch.request("POST", f"/{name}/_close")
        with pytest.raises(ServerError, match="closed"):
            index.search("seven1")
        with pytest.raises(ServerError, match="closed"):
            index.add([article(1)])

    def test_read_only_as_a_disk_is_full(
        self, opensearch: Cluster, impatient: Index, name: str
    ) -> None:
        block = {"index.blocks.read_only_allow_delete": True}
        opensearch.request("PUT", f"/{name}/_settings", block)
        with pytest.raises(ServerError, match="disks are full"):
            impatient.add([article(COUNT)])
        assert mistake(impatient, 1, COUNT) is None


class Priced(Article):
    price: Annotated[float | None, Number()] = None


class Loose(Article):
    title: Annotated[str, Text(language=None)] = ""


class TestSchema:
    def test_another_model(self, index: Index, behind: str) -> None:
        with pytest.raises(SchemaMismatchError, match="title"):
            Index.open(behind, Loose)

    def test_a_model_that_has_grown(self, index: Index, behind: str) -> None:
        with Index.open(behind, Priced) as grown:
            grown.add([Priced(id="new", title="Report", price=2.5)])
            assert [hit.key for hit in grown.search("price:2.5")] == ["new"]
            assert len(grown) == COUNT + 1

    def test_a_field_that_another_program_has_mapped(
        self, opensearch: Cluster, index: Index, behind: str, name: str
    ) -> None:
        """The name of the new field is taken, with another type."""
        opensearch.request("PUT", f"/{name}/_mapping", {"properties": {"price": {"type": "text"}}})
        with Index.open(behind, Priced) as grown, pytest.raises(ServerError, match="price"):
            grown.add([Priced(id="new", title="Report", price=2.5)])


def test_a_document_that_does_not_fit(index: Index) -> None:
    strange: Any = [article(COUNT), "no article", article(COUNT + 1)]
    report = index.add(strange)
    assert (report.added, len(report.rejected)) == (2, 1)
    with pytest.raises(DocumentError):
        index.add(strange, strict=True)
    assert len(index) == COUNT + 2


def test_two_syncs_at_a_time(index: Index, behind: str) -> None:
    with Index.open(behind, Article) as other, index.writer() as one, other.writer() as another:
        for writer in (one, another):
            with writer.new_catalogue():
                pass
        one.commit()
        with pytest.raises(ServerConflictError, match="again"):
            another.commit()
