"""The scanner alone: against Python's own parser where the reply is plain Python, and where each bound lies."""

from __future__ import annotations

import ast
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas.calls import Call
from lib_omost.canvas.limits import MAX_CALL_CHARS, MAX_CALL_CODE, MAX_NESTING, MAX_REPLY_CHARS
from lib_omost.canvas.scanner import Scanner, Start, Statement, TooLong

BEGIN = "canvas.add_local_description("
NAME = "add_local_description"


def scan(*pieces: str) -> list[Statement]:
    scanner = Scanner()
    return [statement for piece in pieces for statement in scanner.feed(piece)] + scanner.finish()


def outline(statement: Statement) -> tuple[object, ...]:
    """What a statement says, without the source of its arguments."""
    if not isinstance(statement, Call):
        return type(statement).__name__, statement.line
    arguments = [(each.name, each.line, each.node and ast.dump(each.node)) for each in statement.arguments]
    return statement.name, statement.line, arguments, statement.repairs, statement.complete, statement.problem


def quoted(quotes: str, text: str) -> str:
    """A literal of `text`, with as few escapes as it needs."""
    if len(quotes) == 1:
        return quotes + text.replace("\\", "\\\\").replace(quotes, f"\\{quotes}").replace("\n", "\\n") + quotes
    return quotes + text.replace("\\", "\\\\").replace(quotes[0], f"\\{quotes[0]}") + quotes


texts = st.text("ab '\"\\()[]{}#,=:;\n\té“’\u2028", max_size=12)
literals = st.builds(quoted, st.sampled_from(["'", '"', "'''", '"""']), texts) | st.sampled_from(
    [
        "''",
        '""',
        "''''''",
        '""""""',
        "'a\\\nb'",
        "'\\''",
        '"\\\\"',
        "'''\\''''",
        "'''a\"b''c'''",
        "'a' \\\n 'b'",
    ]
)
blanks = st.sampled_from(["", " ", "\n    ", "  # it's (a) [comment\n", " # ''' \"\n\n  "])
plain_values = literals | st.sampled_from(["5.0", "-3", "None", "True", "red", "1.5", "...", "a.b", "{'a': 1}"])


def joined(items: list[str], between: list[str]) -> str:
    return "".join(f"{blank}{item}," for item, blank in zip(items, between, strict=False))


def nested(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(values, min_size=1, max_size=3)
    return st.builds(
        lambda form, items, between, after: form.format(joined(items, between) + after),
        st.sampled_from(["[{}]", "({})", "f({})", "{{{}}}"]),
        items,
        st.lists(blanks, min_size=3, max_size=3),
        blanks,
    ) | st.builds(lambda left, blank, right: f"({left} {blank}{right})", literals, blanks, literals)


values = st.recursive(plain_values, nested, max_leaves=5)
keywords = st.lists(
    st.sampled_from(["location", "tags", "description", "mood", "_x1", "r", "style"]), unique=True, max_size=4
)


@st.composite
def calls(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(["canvas.add_local_description", "c . set_global_description ", "x = a.b.add_region"]))
    arguments = draw(st.lists(values, max_size=2)) + [
        f"{keyword}{draw(blanks)}={draw(blanks)}{draw(values)}" for keyword in draw(keywords)
    ]
    source = joined(arguments, draw(st.lists(blanks, min_size=len(arguments), max_size=len(arguments))))
    return f"{name}({source.removesuffix(',') if draw(st.booleans()) else source}{draw(blanks)})"


others = st.sampled_from(["canvas = Canvas()", "print('x')", "# canvas.add_region('x')", "x = ')'", ""])
programs = st.lists(calls() | others, max_size=4)
ends = st.lists(st.sampled_from(["\n", "\n\n", "\n# It's\n"]), min_size=4, max_size=4)


def expected(program: str) -> list[tuple[int, tuple[object, ...]]]:
    """Of each statement the number of characters after which it is complete, and its outline, as Python reads it."""
    starts = list(accumulate((len(line) for line in program.split("\n")), lambda at, size: at + size + 1, initial=0))
    lines = program.split("\n")
    found: list[tuple[int, tuple[object, ...]]] = []
    for statement in ast.parse(program).body:
        call = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
        assert isinstance(call, ast.Call | ast.Constant)
        if isinstance(call, ast.Constant) or (isinstance(call.func, ast.Name) and call.func.id == "print"):
            continue
        line = call.func.end_lineno
        assert line is not None
        assert call.end_lineno is not None
        assert call.end_col_offset is not None
        if isinstance(call.func, ast.Name):
            found.append((starts[call.end_lineno - 1] + call.end_col_offset - 1, ("Start", line)))
            continue
        assert isinstance(call.func, ast.Attribute)
        arguments = [(None, node.lineno - line, ast.dump(node)) for node in call.args]
        arguments += [(each.arg, each.lineno - line, ast.dump(each.value)) for each in call.keywords]
        column = len(lines[call.end_lineno - 1].encode()[: call.end_col_offset].decode())
        end = starts[call.end_lineno - 1] + column
        found.append((end, (call.func.attr, line, arguments, (), True, "")))
    return found


@settings(max_examples=60, deadline=None)
@given(programs, ends)
def test_plain_python_is_read_as_python_reads_it(parts: list[str], between: list[str]) -> None:
    program = "".join(part + end for part, end in zip(parts, between, strict=False))
    scanner = Scanner()
    found = [(at, outline(each)) for at, char in enumerate(program, 1) for each in scanner.feed(char)]
    assert found == expected(program), "and each call with its closing bracket"
    assert scanner.finish() == []
    assert [outline(each) for each in scan(program)] == [told for _, told in found]


REGION = "canvas.add_region("
# Replies with ¦ wherever a statement is complete, and the statements: name, line, arguments, whether its end was found.
ARRIVALS: dict[str, tuple[str, list[tuple[str, int, list[str], bool] | Start]]] = {
    "brackets of other kinds": (
        f"canvas.add_region \t(('x'))¦{REGION[:-1]}（'y')¦",
        [("add_region", 1, ["'x'"], True), ("add_region", 1, ["'y'"], True)],
    ),
    "the last text is not closed": (
        f"{BEGIN}'x',\n tags='y\n)\n¦{BEGIN}'z')¦", [(NAME, 1, ["'x'", "tags='y'"], True), (NAME, 4, ["'z'"], True)],
    ),
    "a quote within a text": (
        f"{BEGIN}'the dragon's tail')\n¦{BEGIN}'z')¦",
        [(NAME, 1, ['"the dragon\'s tail"'], True), (NAME, 2, ["'z'"], True)],
    ),
    "a quote within a text, and more on the line": (
        f"{BEGIN}'a b'c d'); {REGION}¦'x')¦", [(NAME, 1, ['"a b\'c d"'], True), ("add_region", 1, ["'x'"], True)],
    ),
    "a quote behind a word": (f"{BEGIN}'x', y'z', 5)\n¦", [(NAME, 1, ["\"x', y'z\"", "5"], True)]),
    "a text behind a number": (f"{BEGIN}'x', 5 'z', 5)¦", [(NAME, 1, ["'x'", "5", "'z'", "5"], True)]),
    "a letter behind a text": (f"{BEGIN}'x'y', 5)\n¦", [(NAME, 1, ["\"x'y\"", "5"], True)]),
    "a bracket of another kind": (f"{BEGIN}['x'))\n¦", [(NAME, 1, ["['x']"], True)]),
    "a bracket too many": (f"{BEGIN}'x'}}, 'y')\n¦", [(NAME, 1, ["'x'", "'y'"], True)]),
    "a canvas within a call": (
        f"{BEGIN}'x', [5\n  my_canvas: Canvas = Canvas(¦¦", [(NAME, 1, ["'x'", "[5]"], False), Start(2)],
    ),
    "a canvas within a text": (f"{BEGIN}'x', '''y\nc = Canvas(¦¦", [(NAME, 1, ["'x'"], False), Start(2)]),
    "a call within a call": (
        f"{BEGIN}'x', [7\n  {REGION}¦'y')¦", [(NAME, 1, ["'x'", "[7]"], False), ("add_region", 2, ["'y'"], True)],
    ),
    "a call within a call's line": (
        f"{BEGIN}'x', [7; {REGION}¦'y')¦", [(NAME, 1, ["'x'", "[7]"], False), ("add_region", 1, ["'y'"], True)],
    ),
    "a call within a text": (
        f"{BEGIN}'x', '''y\n{REGION}¦'z')¦", [(NAME, 1, ["'x'"], False), ("add_region", 2, ["'z'"], True)],
    ),
    "no call within a text": (
        f"{BEGIN}'''x\nprint(y)\nz; {REGION}0)''')¦", [(NAME, 1, [f"'x\\nprint(y)\\nz; {REGION}0)'"], True)],
    ),
    "no call within a comment": (f"{BEGIN}  # {REGION}\n# {REGION}\n'x')¦", [(NAME, 1, ["'x'"], True)]),
    "a fence within a call": (
        f"{BEGIN}'x', (56\n```¦\n{REGION}'y')¦", [(NAME, 1, ["'x'", "56"], False), ("add_region", 3, ["'y'"], True)],
    ),
    "an indented fence within a call": (f"{BEGIN}'x', [56\n  ~~~¦", [(NAME, 1, ["'x'", "[56]"], False)]),
    "a fence within a text": (f"{BEGIN}'x', '''y\n```¦''')", [(NAME, 1, ["'x'"], False)]),
    "no fence within a text of one line": (f"{BEGIN}'x', '```\\n```')¦", [(NAME, 1, ["'x'", "'```\\n```'"], True)]),
    "the end": (f"{BEGIN}'x', 5, 'y¦", [(NAME, 1, ["'x'", "5"], False)]),
    "lines of all kinds": (
        f"\r\n\r\n\r{REGION}'x')¦\n\n{REGION}\r\n'y\\\r\nz')¦",
        [("add_region", 4, ["'x'"], True), ("add_region", 6, ["'yz'"], True)],
    ),
    "what cannot be a text": (f"{REGION}'\x00\ud800\udfff')¦", [("add_region", 1, ["'\ufffd\ufffd\ufffd'"], True)]),
}  # fmt: skip


@pytest.mark.parametrize(("marked", "statements"), ARRIVALS.values(), ids=ARRIVALS)
def test_statements_arrive_as_soon_as_they_end(marked: str, statements: list[tuple[str, int, list[str], bool]]) -> None:
    scanner = Scanner()
    found: list[object] = []
    arrivals = ""
    for char in marked.replace("¦", ""):
        complete = [told(each) for each in scanner.feed(char)]
        arrivals += char + "¦" * len(complete)
        found += complete
    complete = [told(each) for each in scanner.finish()]
    assert found + complete == statements
    assert arrivals + "¦" * len(complete) == marked


def told(statement: Statement) -> object:
    if not isinstance(statement, Call):
        return statement
    sources = [
        f"{each.name}={ast.unparse(each.node)}" if each.name else ast.unparse(each.node) if each.node else each.source
        for each in statement.arguments
    ]
    return statement.name, statement.line, sources, statement.complete


def arrives(source: str) -> Call | None:
    """The call that the last character of `source` completes."""
    scanner = Scanner()
    assert scanner.feed(source[:-1]) == []
    found = scanner.feed(source[-1])
    assert all(isinstance(each, Call) for each in found)
    return found[0] if found else None  # type: ignore[return-value]


def test_a_call_may_have_so_many_characters() -> None:
    name = BEGIN.removeprefix("canvas.")
    for prefix in ("", "\n"):
        room = MAX_CALL_CHARS - len(prefix + "'')")
        longest = arrives(f"{BEGIN}{prefix}'{'x' * room}')")
        assert longest is not None
        assert longest.arguments
        assert name + prefix in longest.arguments[0].source
        (dropped, *others) = scan(f"\n{BEGIN}{prefix}'{'x' * (room + 1)}')\n{REGION}'y')")
        assert isinstance(dropped, Call)
        problem = f"it is longer than {MAX_CALL_CHARS:,} characters"
        assert (dropped.name, dropped.line, dropped.arguments, dropped.problem) == (NAME, 2, (), problem)
        assert [told(each) for each in others] == [("add_region", 3 + len(prefix), ["'y'"], True)]


def test_a_call_may_have_so_much_code() -> None:
    """Beyond it the call is in disorder, and ends at the end of its line, if it can be mended."""
    for padding, code in (("", 0), ("  # it's a comment, too\n", 0), ("'a text, ' + ", 1), ("[(), {}][-1] + ", 4)):
        longest = "x" * (MAX_CALL_CODE - 1 - code)
        assert arrives(f"{BEGIN}{padding}{longest[1:]}   ,)") is not None, "blanks do not count"
        assert arrives(f"{BEGIN}{padding}{longest},)") is not None
        assert arrives(f"{BEGIN}{padding}{longest}x,)") is None


def test_brackets_may_be_nested_so_deep() -> None:
    for opening, closing in ("[]", "()", "{}"):
        deep = MAX_NESTING - 1
        call = arrives(f"{BEGIN}{opening * deep}'x'{closing * deep})")
        assert call is not None
        assert call.problem == ""
        (broken,) = scan(f"{BEGIN}{opening * (deep + 1)}'x'{closing * (deep + 1)})")
        assert isinstance(broken, Call)
        assert "nested" in broken.problem
        assert arrives(f"{BEGIN}{opening * (deep + 1)}'x'{closing * (deep + 1)})") is None
        assert arrives(f"{BEGIN}{f'{opening}{closing},' * 2 * MAX_NESTING})") is not None, "one after the other"


@pytest.mark.parametrize("lines", [7, 8])
def test_lines_that_may_end_a_call_are_tried_so_often(lines: int) -> None:
    """Each try reads the call from its beginning."""
    source = f"{BEGIN}'a'b', [(5)\n" + "5,\n" * 50 + " (5) ;\n" * (lines - 1) + "])\n"
    expected = (NAME, 1, None, True)
    assert [(each.name, each.line, None, each.complete) for each in scan(source) if isinstance(each, Call)] == [
        expected
    ]
    assert (arrives(source) is not None) == (lines < 8)


def test_what_is_behind_the_last_character_that_is_read_is_not_read() -> None:
    call = f"{BEGIN}'x')"
    padding = "x\r\n" * 10 + "\n" * (MAX_REPLY_CHARS - len(call) - 20 - len(call) - 1)
    whole = call + padding + "\n" + call
    line = 1 + 10 + len(padding) - 30 + 1
    read = [(NAME, 1, ["'x'"], True), (NAME, line, ["'x'"], True)]
    assert [told(each) for each in scan(whole)] == read
    for pieces in ((whole + call,), (whole, call), tuple(whole + call), (whole, "", "x", call)):
        *found, end = scan(*pieces)
        assert [told(each) for each in found] == read
        assert end == TooLong(line)
    *found, cut, end = scan(whole[:-1] + ", 'y', 'z')", call)
    assert told(cut) == (NAME, line, ["'x'"], False), "the call that is open is given up"
    assert end == TooLong(line)


@pytest.mark.parametrize("before", [*"'\")]}.-+=*/\\!?…’", "\n"])
def test_only_a_name_is_called(before: str) -> None:
    assert scan(f"canvas.add_region{before}('x')") == []
    assert len(scan(f"canvas.add_region{before}\n{REGION}'x')")) == 1
