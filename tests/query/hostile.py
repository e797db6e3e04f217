"""Query strings that are made to take long or to break a reader, and what they are made of."""

from __future__ import annotations

from searchlib.query.parser import MAX_QUERY_CHARACTERS

# What is repeated: operators, signs, brackets, quotes, escapes, fields, values, patterns, boosts.
PIECES = [
    "a", "a ", "gale ", "é ", "北", "北京 ", "1 ", "12:30 ", "to ", "TO ", "or ", "a or ", "a not ",
    "gale ANDNOT ", "gale ANDMAYBE ", "gale REQUIRE ", "a AND ", "a OR ", "a NOT ", "NOT ", "AND ",
    "OR ", "ANDNOT ", "NOT a ", "a AND b OR ", "a OR b AND ", "a ANDNOT b ANDMAYBE c REQUIRE d OR ",
    "a REQUIRE b ANDMAYBE c ANDNOT d OR e AND f ", "|", "| ", "|| ", "&& ", "a | ", "a && ", "a|",
    "-", "- ", "-a ", "--", "+", "+a ", "!", "!a ", "-(", "-(a ", "+(a ", "NOT (", "-!a ", "+-",
    "a -b +c ", "(", ")", "()", "(a ", "(a) ", "a) ", "a(b)", "(a OR ", "(a AND NOT ",
    "[", "]", "[ to ", "[to]", "{", "}", "[a TO b] ", "{a TO b} ", "[ TO ] ", "[a TO ", "[TO",
    '"', '""', '" "', '"a" ', '"a b" ', '"a b"~3 ', '"a* b" ', '"a*" ', '"a b', '"* ', "'", "''",
    "'a' ", "'a b' ", " '", "a'", "'’", "“", "“a” ", "\\", "\\\\", "\\a", "a\\", '\\" ', "\\(",
    "title:", "title: ", "title:a ", "title:(", "title:(a ", "title:[a TO b] ", "title:-a ",
    "title:title:", "nowhere:a ", "nowhere:", "nowhere:(", "a.b.c:x ", "a.", "a.b ", ":", ": ",
    "::", "a:b:", "x : ", "url:x ", "id:x ", "categories:x ", "categories:x* ", "categories:x~ ",
    'categories:"x y" ', "categories:[a TO b] ", "published:", "published:2025 ",
    "published:soon ", "published:2025-13 ", "published:yesterdy ", "published:today ",
    "published:now-7d ", "published:now-1d+1d-1d/d ", 'published:"last week" ',
    'published:"3 weeks" ', "published:>=2025 ", "published:>=x ", "published:>", "published > ",
    "published:[2025 TO 2026] ", "published:[x TO y] ", "published:[2025 TO ", "published:(x ",
    "published:2025..2026 ", "published:a..b ", "published:.. ", "2025-01..2025-02 ", "..",
    "a..b ", "published:/a/ ", "published:a* ", ">", "<", ">=", "<= ", "price:1 ", "price:x ",
    "price:[1 TO 2] ", "price:1,234 ", "pages:1.5 ", "price:1e1 ", "price>5 ", "price:-5 ",
    "price:- 5 ", "price: > x ", "NEAR(", "NEAR(a ", "NEAR(a b, 3) ", "NEAR(a, ", "NEAR() ",
    "a NEAR/5 ", "a w/5 ", "a PRE/5 ", "a w/1 b w/2 ", "NEAR/5 ", "w/5 ", "w/", "NEAR(NEAR(",
    "NEAR((a b) ", "a&&", "a&&b ", "a|b", "—a ", "a—", "a=b ", "pages=1 ", 'צ"ל', "pages:(>1 ",
    "pages:≥1 ", "pages:(-1 ", "published:now 1 ", "published:(now ", "published:2025 to ",
    "(a OR b) NEAR/3 ", "published:x NEAR/3 a ", "(a w/2 ", "*", "?", "* ", "? ", "a*", "a* ",
    "a? ", "?a", "a?b ", "*a", "*a ", "*?", "[a]*", "a[b]*c ", "a[", "a[b ", "[*", "~", "a~",
    "a~ ", "a~2 ", "a~9 ", "~1", "^", "a^2 ", "^2", "a^", "(a)^2 ", '"a"^2 ', "a^2^2 ", "a^.5",
    "/", "/a/ ", "/a", " /", "/(/ ", "//", "http://", "http://a?b=c ", "www.", "a/b?c=d ", "...",
    ",", "1.", "1..", "a-", "-a-", "a'b", "a’", "_", "#", "\u200b", "\u00ad", "\n", "\t", "\0",
    "\ud800", "\U0001f600", "\uf8ff", "\U000f0028", "ﬀ", "İ", "\u0345",
]  # fmt: skip

_MOST = MAX_QUERY_CHARACTERS


def repeated(piece: str, length: int = _MOST) -> str:
    """Repeat a piece, as often as it has room in a length."""
    return piece * max(length // len(piece), 1)


def _numbered(piece: str) -> str:
    """Repeat a piece with another number each time, so that nothing can be remembered."""
    return "".join(piece.format(number) for number in range(_MOST // len(piece)))[:_MOST]


# What is not one piece again and again.
OTHERS: dict[str, str] = {
    "a long word": "a" * _MOST,
    "a long word with ?": "a" * (_MOST - 1) + "?",
    "a long prefix": "a" * (_MOST - 1) + "*",
    "a long word of brackets": "a" + "[" * (_MOST - 1),
    "a long word of carets": "x" + "^2" * (_MOST // 2 - 1),
    "a long word of tildes": "x" + "~2" * (_MOST // 2 - 1),
    "a long name": "a" * (_MOST - 2) + ":b",
    "a long name of dots": "a." * (_MOST // 2 - 1) + ":",
    "blanks": " " * _MOST,
    "blanks behind a field": "title" + " " * (_MOST - 10) + ":a",
    "blanks behind a name": "nowhere" + " " * (_MOST - 10) + ":a",
    "brackets in brackets": "(" * (_MOST // 2 - 1) + "a" + ")" * (_MOST // 2 - 1),
    "NOT of NOT": "NOT " * (_MOST // 4 - 1) + "a",
    "minus of minus": "a " + "-" * (_MOST - 2),
    "a date of dots": "published:" + "." * (_MOST - 10),
    "a date of digits": "published:" + "9" * (_MOST - 10),
    "a date of steps": "published:now" + "-1d" * 6_000,
    "a date of ranges": "published:" + "1.." * 6_000,
    "a date of to": 'published:"' + "to " * 6_000 + '"',
    "a date of units": 'published:"' + "week " * 3_900 + '"',
    "a date of numbers": 'published:"' + "1 " * 9_900 + '"',
    "a number of digits": "price:" + "9" * (_MOST - 10),
    "a number of groups": "price:" + "9," * (_MOST // 2 - 10),
    "a range of blanks": "[" + " " * (_MOST - 5) + "TO]",
    "a range of words": "published:[" + "x " * 4_000 + "TO " + "y " * 4_000 + "]",
    "a range of TO": "[" + "TO " * 6_600 + "]",
    "a phrase of stars": '"' + "* " * 9_900 + '"',
    "a phrase of prefixes": '"' + "a* " * 6_600 + '"',
    "a phrase with ?": '"' + "a " * 9_900 + '?"',
    "a quoted bound": '["' + "a" * 19_000 + '" TO x]',
    "words near each other": "NEAR(" + "a " * 9_900 + ")",
    "different names": _numbered("f{}:x "),
    "different dates": _numbered("published:d{} "),
    "different dates in brackets": "published:(" + _numbered("d{} ")[:19_900] + ")",
    "different days": "published:(" + _numbered("-{}d ")[:19_900] + ")",
    "different ranges": _numbered("published:[a{0} TO b{0}] "),
    "different comparisons": _numbered("published>d{} "),
    "different numbers": _numbered("price:d{} "),
    "different names compared": _numbered("pu{}>1 "),
    "different distances": _numbered("NEAR(a b,{}) "),
    "the same date": "published:(" + repeated("ab ", 19_900) + ")",
    "the same day": "published:(" + repeated("now ", 19_900) + ")",
    "numbers": "price:(" + repeated("1 ", 19_900) + ")",
    "labels": "categories:(" + repeated("x ", 19_900) + ")",
    "words near each other in groups": "(" * 18 + repeated("a OR ", 18_000) + "b"
    + "".join(f") w/{number} b" for number in range(18)),
    "all operators nested": "(a REQUIRE b ANDMAYBE c ANDNOT d OR e AND " * 20 + "f" + " g)^2" * 20,
}  # fmt: skip

HOSTILE: dict[str, str] = {
    **{f"{piece!r} again and again": repeated(piece) for piece in PIECES},
    **OTHERS,
}  # fmt: skip
