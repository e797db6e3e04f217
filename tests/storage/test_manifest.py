from __future__ import annotations

import json
import string
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.errors import (
    CorruptIndexError,
    IndexVersionError,
    NotAnIndexError,
    StorageError,
)
from searchlib.storage import (
    CatalogueEntry,
    DeletionsEntry,
    KeptEntry,
    Manifest,
    SegmentEntry,
    manifest,
    names,
)
from tests.conftest import examples
from tests.tables import each

PATH = Path("manifest.json")
SEGMENT = "segment-00000007-0123456789abcdef.seg"
DELETIONS = "deletions-00000008-0123456789abcdef.del"

crcs = st.integers(0, 2**32 - 1)
generations = st.integers(0, 2**63 - 1)
schemas = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=5,
    ),
    max_size=4,
)  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> SegmentEntry:
    doc_count = draw(st.integers(0, 2**31 - 1))
    deletions = None
    if doc_count and draw(st.booleans()):
        count = draw(st.integers(1, doc_count))
        deletions = DeletionsEntry(names.new_deletions(draw(generations)), count, draw(crcs))
    name = names.new_segment(draw(generations))
    return SegmentEntry(name, doc_count, draw(st.integers(0, 2**63 - 1)), draw(crcs), deletions)


catalogues = st.builds(
    CatalogueEntry, generations.map(names.new_catalogue), st.integers(0, 2**63 - 1), crcs
)


def kept(kind: str) -> st.SearchStrategy[KeptEntry]:
    made = generations.map(lambda number: names.new_kept(kind, number))
    return st.builds(KeptEntry, made, st.integers(0, 2**63 - 1), crcs)


manifests = st.builds(
    Manifest,
    generations,
    schemas,
    st.lists(entries(), max_size=3).map(tuple),
    st.integers(1, 9),
    st.none() | catalogues,
    st.none() | kept("synonyms"),
    st.none() | kept("alerts"),
)


def example() -> Manifest:
    deletions = DeletionsEntry(DELETIONS, 3, 99)
    return Manifest(8, {"model": "Zürich"}, (SegmentEntry(SEGMENT, 10, 1234, 5, deletions),))


def as_json(given: Manifest) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(manifest.encode(given))
    return document


def seal(document: object) -> bytes:
    """Give a document of any kind a checksum that is right."""
    text = json.dumps(document, indent=2) if not isinstance(document, str) else document
    body = text.removesuffix("\n}").encode()
    return body + f',\n  "checksum": "{zlib.crc32(body):08x}"\n}}\n'.encode()


@settings(max_examples=examples(100))
@given(manifests)
def test_what_is_written_is_read(written: Manifest) -> None:
    data = manifest.encode(written)
    assert manifest.decode(data, PATH) == written
    assert manifest.encode(manifest.decode(data, PATH)) == data


def test_the_format_is_as_documented() -> None:
    assert manifest.__doc__ is not None
    documented = manifest.__doc__.partition("::\n\n")[2].partition("\n\nThe last")[0]
    documented = "".join(line[4:] for line in documented.splitlines(keepends=True))
    deletions = DeletionsEntry("deletions-00000007-60303ae22b998861.del", 12, 2596069104)
    entry = SegmentEntry(
        "segment-00000005-9f86d081884c7d65.seg", 20000, 41234567, 305419896, deletions
    )
    catalogue = CatalogueEntry("catalogue-00000007-2c26b46b68ffc68f.jsonl", 3456789, 1985229328)
    synonyms = KeptEntry("synonyms-00000006-fcde2b2edba56bf4.txt", 123, 3421780262)
    made = Manifest(7, {}, (entry,), catalogue=catalogue, synonyms=synonyms)
    written = manifest.encode(made).decode()
    assert (
        written.partition('"checksum": "')[0]
        == (documented.replace("{...}", "{}").partition('"checksum": "')[0])
    )


def test_every_flipped_bit_is_found() -> None:
    data = manifest.encode(example())
    for place in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[place] ^= 1 << bit
            with pytest.raises(CorruptIndexError, match="checksum does not match"):
                manifest.decode(bytes(damaged), PATH)


def test_every_truncation_is_found() -> None:
    data = manifest.encode(example())
    for length in range(len(data)):
        with pytest.raises((CorruptIndexError, NotAnIndexError), match=r"manifest\.json"):
            manifest.decode(data[:length], PATH)


@given(st.binary(max_size=300))
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises((CorruptIndexError, NotAnIndexError)):
        manifest.decode(data, PATH)


@pytest.mark.parametrize("data", [b'{"name": "A web app", "icons": []}', b"hello", b"\xff" * 99])
def test_a_file_of_others_is_called_that(data: bytes) -> None:
    with pytest.raises(NotAnIndexError, match="another file"):
        manifest.decode(data, PATH)


@pytest.mark.parametrize("data", [b"", b"\0" * 500])
def test_what_a_crash_of_the_system_may_leave_is_called_damaged(data: bytes) -> None:
    with pytest.raises(CorruptIndexError):
        manifest.decode(data, PATH)


def test_version_1_had_no_analysis_but_the_first() -> None:
    document = as_json(example())
    del document["checksum"], document["analysis"], document["catalogue"]
    del document["synonyms"], document["alerts"]
    document["version"] = 1
    assert manifest.decode(seal(document), PATH) == example()


def test_version_2_had_no_catalogue() -> None:
    document = as_json(example())
    del document["checksum"], document["catalogue"], document["synonyms"], document["alerts"]
    document["version"] = 2
    assert manifest.decode(seal(document), PATH) == example()


def test_version_3_had_neither_synonyms_nor_alerts() -> None:
    document = as_json(example())
    del document["checksum"], document["synonyms"], document["alerts"]
    document["version"] = 3
    assert manifest.decode(seal(document), PATH) == example()


@each("name", ["alerts-00000007-2c26b46b68ffc68f.txt", "../x.txt", SEGMENT, 7])
def test_a_kept_file_is_named_by_its_kind(name: object) -> None:
    document = as_json(example())
    del document["checksum"]
    document["synonyms"] = {"name": name, "size": 1, "checksum": 1}
    with pytest.raises(CorruptIndexError, match="expected the name of a"):
        manifest.decode(seal(document), PATH)


@each(
    ("version", "absent"),
    [
        (1, "catalogue"),
        (1, ""),
        (2, ""),
        (2, "analysis"),
        (3, ""),
        (3, "alerts"),
        (4, "alerts"),
    ],
)
def test_a_version_has_its_own_members_only(version: int, absent: str) -> None:
    document = as_json(example()) | {"version": version}
    del document["checksum"]
    document.pop(absent, None)
    with pytest.raises(CorruptIndexError, match="members"):
        manifest.decode(seal(document), PATH)


def test_a_newer_version_is_told_from_damage() -> None:
    document = {"format": "searchlib index", "version": 5, "something": "else"}
    with pytest.raises(IndexVersionError, match=r"version 4 or older, got version 5; upgrade"):
        manifest.decode(seal(document), PATH)


HOSTILE_NAMES = [
    "", ".", "..", "../" + SEGMENT, "/etc/passwd", "a/" + SEGMENT, SEGMENT + "/..",
    SEGMENT + "\n", SEGMENT + "\0", "\\" + SEGMENT, SEGMENT.upper(), SEGMENT + ".tmp",
    DELETIONS, "manifest.json", "write.lock", "C:" + SEGMENT, SEGMENT.replace("0", "٠"), 7, None,
]  # fmt: skip


@each("name", HOSTILE_NAMES)
def test_no_name_leads_elsewhere(name: object) -> None:
    document = as_json(example())
    del document["checksum"]
    document["segments"][0]["name"] = name
    with pytest.raises(CorruptIndexError, match="expected the name of a segment file"):
        manifest.decode(seal(document), PATH)
    document = as_json(example())
    del document["checksum"]
    document["segments"][0]["deletions"]["name"] = SEGMENT if name == DELETIONS else name
    with pytest.raises(CorruptIndexError, match="expected the name of a deletions file"):
        manifest.decode(seal(document), PATH)


@each(
    ("place", "value", "reason"),
    [
        (["version"], True, "version: expected an integer"),
        (["version"], 0, "version: expected an integer"),
        (["format"], "another", "expected the format"),
        (["generation"], -1, "generation"),
        (["generation"], 1.0, "generation"),
        (["generation"], 2**63, "generation"),
        (["analysis"], 0, "analysis"),
        (["analysis"], "2", "analysis"),
        (["schema"], [], "schema"),
        (["segments"], {}, "members"),
        (["segments"], [7], "expected an object of name, doc_count"),
        (["segments", 0], {}, "expected an object of name, doc_count"),
        (["segments", 0, "more"], 1, "expected an object of name, doc_count"),
        (["segments", 0, "doc_count"], 2**31, "doc_count"),
        (["segments", 0, "doc_count"], 2, "count of deletions: expected an integer from 0 to 2"),
        (["segments", 0, "doc_count"], "10", "doc_count"),
        (["segments", 0, "size"], -1, "size"),
        (["segments", 0, "size"], None, "size"),
        (["segments", 0, "checksum"], 2**32, "checksum"),
        (["segments", 0, "deletions"], [], "expected an object of name, count"),
        (["segments", 0, "deletions", "count"], 0, "count of deletions"),
        (["segments", 0, "deletions", "checksum"], -1, "checksum"),
        (["more"], 1, "members"),
    ],
)
def test_each_member_is_checked(place: list[str | int], value: object, reason: str) -> None:
    document: Any = as_json(example())
    del document["checksum"]
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(CorruptIndexError, match=reason):
        manifest.decode(seal(document), PATH)


@each("inner", ["NaN", "-Infinity", "1e999", "9" * 5000, "{", "[" * 100_000,
                                   '{"a":' * 100_000, '{"a": 1, "a": 1}', '"\x01"'])  # fmt: skip
def test_json_that_is_none_of_ours(inner: str) -> None:
    text = json.dumps(as_json(example()), indent=2)
    text = text.replace('"Z\\u00fcrich"', inner).rpartition(",\n")[0] + "\n}"
    assert inner in text
    with pytest.raises(CorruptIndexError, match=r"manifest\.json: the manifest is damaged"):
        manifest.decode(seal(text), PATH)


def test_a_file_twice() -> None:
    entry = SegmentEntry(SEGMENT, 1, 1, 1)
    with pytest.raises(ValueError, match=r"got segment-.* twice"):
        Manifest(1, {}, (entry, entry))


def test_a_manifest_that_could_not_be_read_is_not_written() -> None:
    with pytest.raises(StorageError, match="at most 8388608 bytes"):
        manifest.encode(Manifest(0, {"much": "x" * manifest.MAX_BYTES}))
    with pytest.raises(CorruptIndexError, match="at most 8388608 bytes"):
        manifest.decode(b" " * (manifest.MAX_BYTES + 1), PATH)
    with pytest.raises(ValueError, match="not JSON compliant"):
        manifest.encode(Manifest(0, {"weight": float("nan")}))


@given(st.integers(0, 2**63 - 1))
def test_names_are_ours_and_never_the_same(generation: int) -> None:
    for make, is_one in [
        (names.new_segment, names.is_segment),
        (names.new_deletions, names.is_deletions),
        (names.new_manifest, names.is_left_by_create),
    ]:
        first, second = make(generation), make(generation)
        assert first != second
        assert is_one(first)
        assert names.owner(first) == first.removesuffix(".tmp")


@given(st.text(string.ascii_lowercase + ".-/\n", max_size=12))
def test_a_temporary_file_belongs_to_its_segment(suffix: str) -> None:
    allowed = suffix == "" or (
        suffix.startswith(".") and suffix.endswith(".tmp") and ".." not in suffix
        and "/" not in suffix and "\n" not in suffix
    )  # fmt: skip
    assert names.owner(SEGMENT + suffix) == (SEGMENT if allowed else None)


@each("name", ["manifest.json", "write.lock", "notes.txt", "segment.seg",
                                  "segment-1-0123456789abcdef.seg", SEGMENT + ".bak",
                                  "my-" + SEGMENT, "tmp"])  # fmt: skip
def test_other_files_are_not_ours(name: str) -> None:
    assert names.owner(name) is None
