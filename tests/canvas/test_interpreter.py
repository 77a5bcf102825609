"""What models really write, each with what must be made of it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lib_omost.canvas import Canvas, GlobalDescription, Interpretation, Rect, interpret
from lib_omost.canvas.limits import (
    MAX_DISTANCE,
    MAX_LIST_ITEMS,
    MAX_NOTES,
    MAX_REGIONS,
    MAX_REPLY_CHARS,
    MAX_TEXT_CHARS,
    MIN_DISTANCE,
)
from tests.canvas.replies import BOAT, CANVAS, DRAGON, GULL, REPLY, SCENE, TOWER, call

TRANSCRIPT = Path(__file__).resolve().parents[3] / "shared" / "data" / "transcript.md"
CODE = REPLY.removeprefix("```python\n").removesuffix("\n```")


def kinds(result: Interpretation) -> list[str]:
    return [note.kind for note in result.notes]


def only(result: Interpretation) -> Canvas:
    assert result.error is None
    assert result.canvas is not None
    return result.canvas


FORMS = {
    "as models write it": REPLY,
    "py fence": REPLY.replace("```python", "```py"),
    "Python fence": REPLY.replace("```python", "``` Python"),
    "plain fence": REPLY.replace("```python", "```"),
    "tildes": REPLY.replace("```", "~~~"),
    "no fence": CODE,
    "unclosed fence": "```python\n" + CODE,
    "indented fence": "   " + REPLY.replace("\n", "\n   "),
    "CRLF": REPLY.replace("\n", "\r\n"),
    "CR": REPLY.replace("\n", "\r"),
    "text around": f"Sure! Here's a canvas (it's big):\n\n{REPLY}\n\nI hope that's what you wanted; it isn't final.",
    "text around without blank lines": f"Here is it:\n{REPLY}\nDone (really).",
    "several fences": CODE.replace("\n\n", "\n```\nThen, let's add more:\n```python\n"),
    "canvas=Canvas()": REPLY.replace("canvas = Canvas()", "canvas=Canvas()"),
    "canvas  =  Canvas ( )": REPLY.replace("canvas = Canvas()", "canvas  =  Canvas ( )"),
    "typed": REPLY.replace("canvas = Canvas()", "canvas: Canvas = Canvas()"),
    "no Canvas()": REPLY.replace("canvas = Canvas()\n", ""),
    "another variable": REPLY.replace("canvas.", "scene.").replace("canvas = ", "scene = "),
    "attribute of an object": REPLY.replace("canvas.", "self.canvas.").replace("canvas = ", "self.canvas = "),
    "no variable": REPLY.replace("canvas.", ""),
    "assigned": REPLY.replace("canvas.add", "_ = canvas.add"),
    "chained": CODE.replace("# Set a global description for the canvas\ncanvas", "").replace("\ncanvas.add", "\n.add"),
    "blank before the bracket": REPLY.replace("description(", "description ("),
    "prompt signs": "\n".join(f">>> {line}" if line.startswith("canvas") else line for line in CODE.split("\n")),
    "bullets": CODE.replace("\ncanvas.", "\n- canvas."),
    "numbered": CODE.replace("\ncanvas.", "\n1. canvas."),
    "indented code": "\n".join(f"    {line}" for line in CODE.split("\n")),
    "tabs": REPLY.replace("    ", "\t"),
    "no indentation": REPLY.replace("    ", ""),
    "on one line": " ".join(line for line in CODE.split("\n") if not line.startswith("#")).replace(
        ") canvas", "); canvas"
    ),
    "one line without semicolons": " ".join(line for line in CODE.split("\n") if not line.startswith("#")),
    "comments": REPLY.replace(",\n", ",  # it's (a) comment\n"),
    "comment lines": REPLY.replace("\n    ", "\n    # don't [mind me\n    "),
    "no trailing commas": re.sub(r",(\n\s*[\])])", r"\1", REPLY),
    "double quotes": REPLY.replace("wind\\'s", "wind~s").replace("'", '"').replace("~", "'"),
    "triple quotes": REPLY.replace("'A gull.'", "'''A gull.'''").replace("'boat, waves'", '"""boat, waves"""'),
    "triple quotes over lines": REPLY.replace("'A gull.'", "'''\n    A gull.\n    '''"),
    "empty texts": REPLY.replace("atmosphere='',", "atmosphere='' '',"),
    "implicit joining": REPLY.replace("A fishing boat fighting", "A fishing '\n        'boat fighting"),
    "joining by +": REPLY.replace("A fishing boat fighting", "A fishing ' +\n        'boat ' + 'fighting"),
    "joining in brackets": REPLY.replace("'A gull.'", "('A '\n 'gull.')"),
    "line continuation": REPLY.replace("'A gull.'", "'A ' \\\n 'gull.'"),
    "escaped newline in a text": REPLY.replace("A fishing boat fighting", "A fishing \\\nboat fighting"),
    "tuple": REPLY.replace("['The boat’s bow points at the sky.',]", "('The boat’s bow points at the sky.',)").replace(
        "[\n        'The boat’s bow points at the sky.',\n    ]", "('The boat’s bow points at the sky.',)"
    ),
    "set": REPLY.replace(
        "[\n        'The boat’s bow points at the sky.',\n    ]", "{'The boat’s bow points at the sky.'}"
    ),
    "list of lists": REPLY.replace("[\n        'Waves", "[['Waves").replace("loud.',\n    ]", "loud.',\n    ]]"),
    "f-string": REPLY.replace("'A gull.'", "f'A gull.'"),
    "f-string in capitals": REPLY.replace("'A gull.'", 'F"A gull."'),
    "raw and unicode texts": REPLY.replace("'A gull.'", "r'A gull.'").replace("'gull'", "u'gull'"),
    "escapes": REPLY.replace("'A gull.'", "'A \\x67\\u0075\\154l.'"),
    "integer distance": REPLY.replace("4.0", "4"),
    "signed distance": REPLY.replace("4.0", "+4.0"),
    "None for missing texts": REPLY.replace("atmosphere=''", "atmosphere=None").replace("style=''", "style=None"),
    "missing texts": re.sub(r"    (atmosphere|style|quality_meta)='',\n", "", REPLY),
    "empty list left out": REPLY.replace("    detailed_descriptions=[],\n", ""),
    "None for a list": REPLY.replace("detailed_descriptions=[]", "detailed_descriptions=None"),
    "keywords in another order": REPLY.replace("    location='on the top',\n", "").replace(
        "    HTML_web_color_name='snow',\n", "    HTML_web_color_name='snow',\n    location='on the top',\n"
    ),
    "within a function": CODE.replace("# Initialize", "def main():\n    # Initialize").replace("\n", "\n    ")
    + "\n\nmain()",
    "imports around": f"from canvas import Canvas\nimport os\n{CODE}\ncanvas.render()\nprint(canvas)",
    "byte order mark": "\ufeff" + CODE,
    "no-break spaces": REPLY.replace("    ", "\u00a0\u00a0\u00a0\u00a0"),
    "the class stub before it": "class Canvas:\n    def add_local_description(self, location: str):\n        pass\n"
    + CODE,
    "commented call": REPLY.replace("\ncanvas = ", "\n# canvas.add_local_description(location='x')\ncanvas = "),
}


@pytest.mark.parametrize("reply", FORMS.values(), ids=FORMS)
def test_forms_that_say_the_same_need_no_note(reply: str) -> None:
    assert interpret(reply) == Interpretation(CANVAS)


def test_positional_arguments() -> None:
    reply = (
        "c = Canvas()\n"
        "c.set_global_description('A cave.', ['It is dark.'], 'cave', 'black')\n"
        "c.add_local_description('on the left', 'no offset', 'a small square area', 5.0, 'A dragon.', "
        "['It breathes fire.', 'It has wings.'], 'dragon, fire', 'tense', style='bold', quality_meta='sharp', "
        "HTML_web_color_name='red')"
    )
    result = interpret(reply)
    assert result.notes == ()
    assert only(result).regions == (DRAGON,)
    assert only(result).global_description.color_name == "black"


@pytest.mark.skipif(not TRANSCRIPT.exists(), reason="the published transcript is not here")
def test_published_transcript() -> None:
    replies = re.findall(r"```python\n.*?\n```", TRANSCRIPT.read_text(), re.DOTALL)
    first, second = (interpret(reply) for reply in replies)
    assert first.notes == second.notes == ()
    rects = [(10, 80, 10, 80), (15, 90, 0, 40), (0, 75, 50, 90), (0, 35, 25, 85), (40, 90, 0, 50)]
    assert [region.rect.as_tuple for region in only(first).regions] == rects
    assert [region.rect.as_tuple for region in only(second).regions] == [*rects, (0, 50, 40, 90)]
    assert [len(region.detailed_descriptions) for region in only(first).regions] == [7, 6, 6, 5, 6]
    assert [region.distance for region in only(first).regions] == [5.0, 6.5, 7.0, 8.0, 4.5]
    assert [region.color_name for region in only(first).regions] == [
        "darkolivegreen", "saddlebrown", "darkgreen", "slategray", "dimgray",
    ]  # fmt: skip
    assert len(only(first).global_description.detailed_descriptions) == 7


# What is written for one argument; the field of the region that it becomes; the kinds of the notes.
MENDED: dict[str, tuple[dict[str, str | None], dict[str, object], list[str]]] = {
    "middle": ({"location": "'in the middle'"}, {"location": "in the center"}, ["corrected"]),
    "top left": ({"location": "'top left'"}, {"location": "on the top-left"}, ["corrected"]),
    "on the upper left": ({"location": "'on the upper left'"}, {"location": "on the top-left"}, ["corrected"]),
    "capitals": ({"location": "'On The Left'"}, {"location": "on the left"}, ["corrected"]),
    "unknown place": ({"location": "'on the moon'"}, {"location": "in the center"}, ["defaulted"]),
    "no place": ({"location": None}, {"location": "in the center"}, ["defaulted"]),
    "place None": ({"location": "None"}, {"location": "in the center"}, ["defaulted"]),
    "place a number": ({"location": "7"}, {"location": "in the center"}, ["defaulted"]),
    "slightly to the top": ({"offset": "'slightly to the top'"}, {"offset": "slightly to the upper"}, ["corrected"]),
    "unknown offset": ({"offset": "'a mile to the east'"}, {"offset": "no offset"}, ["defaulted"]),
    "big": ({"area": "'a big square area'"}, {"area": "a large square area"}, ["corrected"]),
    "half an area": ({"area": "'a large area'"}, {"area": "a large square area"}, ["defaulted"]),
    "unknown area": ({"area": "'everywhere'"}, {"area": "a medium-sized square area"}, ["defaulted"]),
    "burgundy": ({"HTML_web_color_name": "'burgundy'"}, {"color_name": "maroon"}, ["corrected"]),
    "hex": ({"HTML_web_color_name": "'#ff0101'"}, {"color_name": "red"}, ["corrected"]),
    "three numbers": ({"HTML_web_color_name": "(0, 0, 255)"}, {"color_name": "blue"}, ["corrected"]),
    "hex number": ({"HTML_web_color_name": "0xff0101"}, {"color_name": "red"}, ["corrected"]),
    "odd number": ({"distance_to_viewer": "5if"}, {"distance": 5.0}, ["defaulted"]),
    "number in another form": ({"distance_to_viewer": "0x5"}, {}, []),
    "number with an exponent": ({"distance_to_viewer": ".5e1"}, {}, []),
    "bare word": ({"HTML_web_color_name": "red"}, {}, []),
    "rainbow": ({"HTML_web_color_name": "'rainbow'"}, {"color_name": "gray"}, ["defaulted"]),
    "no colour": ({"HTML_web_color_name": None}, {"color_name": "gray"}, ["defaulted"]),
    "distance as text": ({"distance_to_viewer": "'7.5'"}, {"distance": 7.5}, ["corrected"]),
    "distance in metres": ({"distance_to_viewer": "'7.5 meters'"}, {"distance": 7.5}, ["corrected"]),
    "distance in words": ({"distance_to_viewer": "'far'"}, {"distance": 5.0}, ["defaulted"]),
    "no distance": ({"distance_to_viewer": None}, {"distance": 5.0}, ["defaulted"]),
    "negative distance": ({"distance_to_viewer": "-3.0"}, {"distance": 5.0}, ["defaulted"]),
    "no distance at all": ({"distance_to_viewer": "0"}, {"distance": MIN_DISTANCE}, ["corrected"]),
    "infinite distance": ({"distance_to_viewer": "1e999"}, {"distance": MAX_DISTANCE}, ["corrected"]),
    "huge integer": ({"distance_to_viewer": "9" * 400}, {"distance": MAX_DISTANCE}, ["corrected"]),
    "integer too long to read": ({"distance_to_viewer": "9" * 5000}, {"distance": MAX_DISTANCE}, ["corrected"]),
    "nan": ({"distance_to_viewer": "'nan'"}, {"distance": 5.0}, ["defaulted"]),
    "float('nan')": ({"distance_to_viewer": "float('nan')"}, {"distance": 5.0}, ["defaulted"]),
    "calculation": ({"distance_to_viewer": "10**9"}, {"distance": 5.0}, ["defaulted"]),
    "truth value": ({"distance_to_viewer": "True"}, {"distance": 5.0}, ["defaulted"]),
    "single text for a list": (
        {"detailed_descriptions": "'It breathes fire.'"},
        {"detailed_descriptions": ("It breathes fire.",)},
        ["corrected"],
    ),
    "number in a list": (
        {"detailed_descriptions": "['It breathes fire.', 5, 'It has wings.']"},
        {},
        ["dropped"],
    ),
    "ellipsis in a list": ({"detailed_descriptions": "['It breathes fire.', 'It has wings.', ...]"}, {}, ["dropped"]),
    "list for a text": ({"tags": "['dragon', 'fire']"}, {}, ["corrected"]),
    "call for a text": ({"tags": "', '.join(tags)"}, {"tags": ""}, ["dropped"]),
    "f-string with an expression": ({"tags": "f'dragon, {x}'"}, {"tags": ""}, ["dropped"]),
    "bytes": ({"tags": "b'dragon, fire'"}, {}, []),
    "doubled braces": ({"tags": "f'{{dragon}}, fire'"}, {"tags": "{dragon}, fire"}, []),
    "repeated text": ({"tags": "'dragon' * 3"}, {"tags": ""}, ["dropped"]),
    "no description": ({"description": None}, {"description": "It breathes fire."}, ["defaulted"]),
    "description None": ({"description": "None"}, {"description": "It breathes fire."}, ["defaulted"]),
    "empty description": ({"description": "''"}, {"description": ""}, []),
    "extra keyword": ({"mood": "'grim'"}, {}, ["dropped"]),
    "extra positional": ({"tags": "'dragon, fire', **{'x': 1}"}, {}, ["dropped"]),
    "other name": ({"tags": "'dragon, fire', color='blue'"}, {}, ["corrected", "dropped"]),
    "name with a typing mistake": ({"atmosphere": None, "atmoshere": "'tense'"}, {}, ["corrected"]),
    "given twice": ({"tags": "'x', tags='dragon, fire'"}, {}, ["dropped"]),
    "typographic quotes": ({"description": "‘A dragon.’"}, {}, ["corrected"]),
    "typographic double quotes": ({"description": "“A dragon.”"}, {}, ["corrected"]),
    "typographic quotes with an apostrophe": (
        {"description": "‘The dragon’s tail (long) isn’t short.’"},
        {"description": "The dragon’s tail (long) isn’t short."},
        ["corrected"],
    ),
    "typographic quotes with a plain apostrophe": (
        {"description": "“The dragon's tail.”"},
        {"description": "The dragon's tail."},
        ["corrected"],
    ),
    "stray quote": ({"description": "'The dragon's tail'"}, {"description": "The dragon's tail"}, ["corrected"]),
    "two stray quotes": (
        {"description": "'The dragon's tail, the knights' shields and more'"},
        {"description": "The dragon's tail, the knights' shields and more"},
        ["corrected"],
    ),
    "stray quotes around a word": (
        {"description": "'A sign that reads 'danger' in red'"},
        {"description": "A sign that reads 'danger' in red"},
        ["corrected"],
    ),
    "stray double quotes": (
        {"description": '"A sign that reads "danger (really)" in red"'},
        {"description": 'A sign that reads "danger (really)" in red'},
        ["corrected"],
    ),
    "stray quote and a bracket": (
        {"description": "'It's huge (really) :) and'"},
        {"description": "It's huge (really) :) and"},
        ["corrected"],
    ),
    "stray quote in a list": (
        {"detailed_descriptions": "['It's breathing fire.', 'It has wings.']"},
        {"detailed_descriptions": ("It's breathing fire.", "It has wings.")},
        ["corrected"],
    ),
    "unclosed text": ({"description": "'A dragon."}, {}, ["corrected"]),
    "text over two lines": (
        {"description": "'A dragon\n        that flies.'"},
        {"description": "A dragon that flies."},
        ["corrected"],
    ),
    "missing equals": ({"description": None, "tags": "'dragon, fire', description 'A dragon.'"}, {}, ["corrected"]),
    "colon for equals": ({"tags": None, "style": "'bold', tags: 'dragon, fire'"}, {}, ["corrected"]),
    "one bracket too many": ({"tags": None, "style": "'bold'], tags='dragon, fire'"}, {}, ["corrected"]),
    "missing value": ({"tags": ""}, {"tags": ""}, ["corrected"]),
    "doubled comma": ({"tags": "'dragon, fire',"}, {}, ["corrected"]),
    "unclosed list": ({"detailed_descriptions": "['It breathes fire.', 'It has wings.'"}, {}, ["corrected"]),
    "list closed by a bracket of another kind": (
        {"detailed_descriptions": "['It breathes fire.', 'It has wings.'}"},
        {},
        ["corrected"],
    ),
    "broken argument": ({"tags": "5 if else"}, {"tags": ""}, ["dropped"]),
    "broken phrase": ({"location": "lambda"}, {"location": "in the center"}, ["dropped", "defaulted"]),
    "full-width comma": ({"tags": None, "style": "'bold'， tags='dragon, fire'"}, {}, []),
    "text too long": (
        {"description": "'" + "a" * (MAX_TEXT_CHARS + 1) + "'"},
        {"description": "a" * MAX_TEXT_CHARS},
        ["dropped"],
    ),
    "joined lists": ({"detailed_descriptions": "['It breathes fire.'] + ['It has wings.']"}, {}, []),
    "two texts for one": ({"tags": "'dragon', 'fire'"}, {}, ["corrected"]),
    "two texts for a list": ({"detailed_descriptions": "'It breathes fire.', 'It has wings.'"}, {}, []),
    "three values for a list": (
        {"detailed_descriptions": "'It breathes fire.', 'It has wings.', f('“”’’’’’’’’’’’’’’’’’’’’’’’')"},
        {},
        ["dropped"],
    ),
    "two values for a phrase": ({"location": "'on the left', 'on the top'"}, {}, ["dropped"]),
    "too many texts": (
        {"detailed_descriptions": str(["a"] * (MAX_LIST_ITEMS + 5))},
        {"detailed_descriptions": ("a",) * MAX_LIST_ITEMS},
        ["dropped"],
    ),
    "NUL": ({"description": "'A\\x00dragon.'"}, {"description": "A dragon."}, []),
    "surrogate": ({"description": "'A\\ud800dragon.'"}, {"description": "A dragon."}, []),
    "name of a character": ({"description": "'A \\N{DASH} dragon.'"}, {"description": "A \\N{DASH} dragon."}, []),
    "unknown escapes": ({"description": "'A \\d \\x4 \\u12 dragon.'"}, {"description": "A \\d \\x4 \\u12 dragon."}, []),
}  # fmt: skip


@pytest.mark.parametrize(("values", "fields", "expected"), MENDED.values(), ids=MENDED)
def test_near_misses(values: dict[str, str | None], fields: dict[str, object], expected: list[str]) -> None:
    reply = "\n".join(["canvas.set_global_description('A cave.', [], '', 'black')", call(**values), call()])  # type: ignore[arg-type]
    result = interpret(reply)
    assert only(result).regions == (replace(DRAGON, **fields), DRAGON)  # type: ignore[arg-type]
    assert kinds(result) == expected, result.notes
    for note in result.notes:
        assert 2 <= note.line <= 2 + call(**values).count("\n")  # type: ignore[arg-type]
        assert note.message.endswith(".")


def test_missing_commas_between_keywords() -> None:
    reply = re.sub(r",\n    (offset|area|description|style|HTML)", r"\n    \1", REPLY)
    result = interpret(reply)
    assert only(result) == CANVAS
    assert set(kinds(result)) == {"corrected"}


def test_one_line_with_a_stray_quote_keeps_the_others() -> None:
    first = "canvas.set_global_description('A cave.', [], '', 'black')"
    broken = call(description="'The dragon's tail'").replace("\n", " ")
    good = call().replace("\n", " ")
    result = interpret(f"{first}; {broken}; {good}")
    assert only(result).regions == (replace(DRAGON, description="The dragon's tail"), DRAGON)


def test_lines_of_notes() -> None:
    reply = f"Sure:\n\n{REPLY}".replace("'on the top'", "'at the top'").replace("'snow'", "'burgundy'")
    result = interpret(reply)
    lines = reply.split("\n")
    assert [lines[note.line - 1].strip() for note in result.notes] == [
        "location='at the top',",
        "HTML_web_color_name='burgundy',",
    ]
    assert [(note.written, note.made) for note in result.notes] == [
        ("at the top", "on the top"),
        ("burgundy", "maroon"),
    ]


CAVE, SEA, SKY = (f"canvas.set_global_description('A {it}.', [], '', 'black')" for it in ("cave", "sea", "sky"))
AGAIN = "\n\ncanvas = Canvas()\n"
# A reply, and of each of its notes the line, the kind, what was written, what was made, and a fact in the sentence.
NOTED: dict[str, tuple[str, list[tuple[int, str, str, str, str]]]] = {
    "one value too many": (
        f"{CAVE}\ncanvas.add_local_description('on the left', 'no offset', 'a small square area', 5.0, 'A dragon.',\n"
        "['It breathes fire.', 'It has wings.'], 'dragon, fire', 'tense', 'bold', 'sharp', 'red',\n'more',\n7 )",
        [(4, "dropped", "more", "", "too many"), (5, "dropped", "7", "", "too many")],
    ),
    "values without a name": (
        f"{CAVE}\n" + call(location="'on the left',\n 'on the top',\n [1,\n2]"),
        [(4, "dropped", "on the top", "", "without a name"), (5, "dropped", "[ 1 , 2 ]", "", "without a name")],
    ),
    "no code": (
        f"{CAVE}\n" + call(style="'bold',\n\n  mood=\n 5 if else", tags="'dragon, fire'"),
        [(13, "dropped", "mood = 5 if else", "", "not valid code")],
    ),
    "no code for a phrase": (
        f"{CAVE}\n" + call(location="\n\n lambda").replace("lambda,\n    offset='no offset'", "lambda"),
        [
            (2, "defaulted", "", "no offset", "an offset"),
            (3, "dropped", "location = lambda", "", "not valid code"),
            (3, "defaulted", "", "in the center", "a location"),
        ],
    ),
    "unknown names": (
        f"{CAVE}\n" + call(mood="{'grim':\n 1}", **{"x" * 200: "1"}),
        [
            (14, "dropped", "mood={'grim': 1}", "", "no argument named 'mood'"),
            (16, "dropped", "x" * 119 + "…", "", "no argument named 'xxx"),
        ],
    ),
    "a name in other letters": (f"{CAVE}\n" + call(é="1"), [(14, "dropped", "_=1", "", "no argument named '_'")]),
    "two texts for one, twice": (
        f"{CAVE}\n" + call(tags="'x', 'y', tags='dragon', 'fire'"),
        [
            (9, "dropped", "x", "", "'tags' is given twice"),
            (9, "corrected", "['dragon', 'fire' ]", "dragon, fire", "'tags' was joined"),
        ],
    ),
    "values behind an unknown name": (
        f"{CAVE}\ncanvas.add_local_description(mood='grim', 'on the left', 'no offset', 'a small square area', 5.0, "
        "'A dragon.', ['It breathes fire.', 'It has wings.'], 'dragon, fire', 'tense', 'bold', 'sharp', 'red')",
        [(2, "dropped", "mood=grim", "", "no argument named 'mood'")],
    ),
    "unpacked": (
        f"{CAVE}\n" + call(tags="'dragon, fire',\n *[1],\n **{'x': 1}"),
        [(10, "dropped", "*=*[1]", "", "unpacked"), (11, "dropped", "**={'x': 1}", "", "unpacked")],
    ),
    "another name": (
        f"{CAVE}\n" + call(HTML_web_color_name=None, Color="'red'"),  # type: ignore[arg-type]
        [(13, "corrected", "Color", "HTML_web_color_name", "'Color'")],
    ),
    "given three times": (
        f"{CAVE}\n" + call(tags="'x',\n tags=['y',\n'z'],\n tags='dragon, fire'"),
        [(9, "dropped", "x", "", "'tags' is given twice"), (10, "dropped", "['y', 'z']", "", "'tags' is given twice")],
    ),
    "a second scene": (f"{CAVE}\n{SEA}\n{call()}", [(2, "dropped", "A cave.", "A sea.", "again")]),
    "anew": (f"{CAVE}\n{call()}\n{call()}{AGAIN}{SEA}\n{call()}", [(29, "dropped", "Canvas()", "", "the 3 desc")]),
    "anew without a scene": (
        f"{call()}\n{call()}{AGAIN}{SEA}\n{call()}", [(28, "dropped", "Canvas()", "", "the 2 descriptions")],
    ),
    "anew, and then again": (
        f"{CAVE}\n{call()}{AGAIN}{SEA}\n{SKY}\n{call()}",
        [(16, "dropped", "Canvas()", "", "the 2 descriptions"), (18, "dropped", "A sea.", "A sky.", "again")],
    ),
    "made again before a region": (
        f"{CAVE}{AGAIN}{call()}\n{SEA}", [(17, "dropped", "A cave.", "A sea.", "again")],
    ),
    "the form": (
        f"{CAVE}\n"
        + call(tags="\n\n‘dragon, fire’,", style="'b'o'ld'", quality_meta="'s'harp'").replace("add_local", "addLocal"),
        [
            (2, "corrected", "addLocal_description", "add_local_description", "'addLocal_description'"),
            (11, "corrected", "‘dragon, fire’", "", "Typographic"),
            (11, "corrected", ",", "", "comma"),
            (13, "corrected", "'b'o'ld'", "", "(2 times in this call)."),
        ],
    ),
    "cut off within a text": (
        f"{CAVE}\n" + call().partition("harp")[0],
        [
            (2, "corrected", "add_local_description", "", "not closed"),
            (2, "defaulted", "", "gray", "a colour"),
            (12, "dropped", "'s", "", "cut off"),
        ],
    ),
    "cut off before the description": (
        f"{CAVE}\n{call()}\n" + call(location="'on the moon'").partition("A dr")[0],
        [(15, "dropped", "add_local_description", "", "it is cut off before the end of its description.")],
    ),
    "nothing described": (
        f"{CAVE}\n{call()}\n" + call(description=None, detailed_descriptions=None, tags=None),  # type: ignore[arg-type]
        [(15, "dropped", "add_local_description", "", "it has no description.")],
    ),
    "a method that means none, with a description": (
        f"{CAVE}\n" + call().replace("add_local_description", "paint"),
        [(2, "corrected", "paint", "add_local_description", "'paint'")],
    ),
    "no such method": (
        f"{CAVE}\n{call()}\ncanvas.render('x')\ncanvas.show()",
        [(15, "dropped", "render", "", "the canvas has no such method.")],
    ),
    "no description": (
        "\n".join([CAVE, call(description=None), call(description="None", detailed_descriptions="['']")]),  # type: ignore[arg-type]
        [(2, "defaulted", "", "It breathes fire.", "no desc"), (14, "defaulted", "", "dragon, fire", "no desc")],
    ),
    "no scene": (
        f"\n{call()}\n{call(description=repr('A gull.'))}", [(1, "defaulted", "", "A dragon. A gull.", "no global")],
    ),
    "too many arguments": (
        f"{CAVE}\n{call()}\n" + call(tags="''" + ", x=1" * 60),
        [(15, "dropped", "add_local_description", "", "it has more than 64 arguments.")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "expected"), NOTED.values(), ids=NOTED)
def test_notes_say_where_and_what(reply: str, expected: list[tuple[int, str, str, str, str]]) -> None:
    notes = interpret(reply).notes
    assert [(note.line, note.kind, note.written, note.made) for note in notes] == [told[:4] for told in expected]
    for note, told in zip(notes, expected, strict=True):
        assert told[4] in note.message
        assert is_sentence(note.message)


def is_sentence(text: str) -> bool:
    return text[0].isupper() and not text.isupper() and text.endswith(".")


BROKEN = {
    "no bracket": REPLY.replace("3.5,", "3.5, ((("),
    "missing closing bracket": REPLY.replace("'saddlebrown',\n)", "'saddlebrown',"),
    "call within the call": REPLY.replace("3.5,", "3.5, canvas.add_local_description("),
    "unclosed triple quotes": REPLY.replace("'boat, waves'", "'''boat, waves"),
    "garbage": REPLY.replace("3.5,", "3.5 $$ ?? !! \\ ,"),
    "keyword": REPLY.replace("3.5,", "3.5, import os,"),
    "deep nesting": REPLY.replace("3.5,", "3.5, x=" + "[" * 500 + "]" * 500 + ","),
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN)
def test_a_broken_call_leaves_those_around_it_whole(reply: str) -> None:
    result = interpret(reply)
    canvas = only(result)
    assert canvas.global_description == SCENE
    assert canvas.regions[0] == TOWER
    assert canvas.regions[-1] == GULL
    assert result.notes
    if len(canvas.regions) == 3:
        assert canvas.regions[1].description == BOAT.description


@pytest.mark.parametrize("cut", range(0, len(REPLY), 7))
def test_a_cut_reply_keeps_every_sound_call(cut: int) -> None:
    reply = REPLY[:cut]
    closed = len(re.findall(r"^\)", reply, re.MULTILINE))
    result = interpret(reply)
    regions = result.canvas.regions if result.canvas else ()
    assert regions[: max(0, closed - 1)] == CANVAS.regions[: max(0, closed - 1)]
    assert len(regions) <= closed
    if closed:
        assert only(result).global_description == SCENE
    if len(regions) == closed and closed:  # a part of the call that was cut off, too
        assert regions[-1].description == CANVAS.regions[closed - 1].description
        assert result.notes
    assert (result.canvas is None) == (result.error is not None)


def test_regions_without_a_global_description_get_a_default() -> None:
    result = interpret(f"{call()}\n{call(description=repr('A gull.'))}")
    assert only(result).global_description == GlobalDescription("A dragon. A gull.", color_name="gray")
    assert kinds(result) == ["defaulted"]


def test_the_first_text_that_is_not_empty_stands_for_an_absent_description() -> None:
    result = interpret(call(description="", detailed_descriptions="['', 'It has wings.']"))
    assert only(result).regions[0].description == "It has wings."


def test_a_rectangle_gives_the_phrases_that_are_not_written() -> None:
    reply = call(location="", offset="None", area="'a large square area'", rect="[0, 40, 50, 90]")
    (region,) = only(interpret(reply)).regions
    assert region.free_rect == Rect(0, 40, 50, 90)
    assert (region.location, region.area) == ("on the top-right", "a large square area")
    assert interpret(call(location="", rect="[0, 0, 50, 90]")).canvas.regions[0].location == "in the center"


@pytest.mark.parametrize(
    "reply", ["", "Hello! How are you?", "```python\n```", "canvas = Canvas()", "print('x')", "canvas.render()"]
)
def test_no_canvas_says_why(reply: str) -> None:
    result = interpret(reply)
    assert result.canvas is None
    assert result.error is not None
    assert is_sentence(result.error)
    assert "does not call set_global_description or add_local_description." in result.error


def test_calls_that_say_nothing_make_no_canvas() -> None:
    calls = "canvas.set_global_description()\ncanvas.add_local_description(location='on the left')\ncanvas.render()"
    result = interpret(calls)
    assert result.canvas is None
    assert result.error is not None
    assert is_sentence(result.error)
    assert "no call in the reply could be understood" in result.error
    assert kinds(result) == ["dropped", "dropped"]


def test_a_second_global_description_replaces_the_first() -> None:
    result = interpret("canvas.set_global_description('A cave.', [], '', 'black')\n" + CODE)
    assert only(result) == CANVAS
    assert kinds(result) == ["dropped"]


def test_a_canvas_that_begins_anew_replaces_the_first() -> None:
    result = interpret(f"{REPLY}\nOr better:\n{REPLY}")
    assert only(result) == CANVAS
    assert kinds(result) == ["dropped"]


def test_canvas_made_before_every_call_is_one_canvas() -> None:
    result = interpret(CODE.replace("\ncanvas.add", "\ncanvas = Canvas()\ncanvas.add"))
    assert result == Interpretation(CANVAS)


def test_misspelt_methods() -> None:
    result = interpret(REPLY.replace("add_local_description", "addLocalDescription"))
    assert only(result) == CANVAS
    assert kinds(result) == ["corrected"] * 3


def test_too_many_regions() -> None:
    result = interpret("\n".join([call()] * (MAX_REGIONS + 3)))
    assert only(result).regions == (DRAGON,) * MAX_REGIONS
    assert kinds(result) == ["dropped"] * 3 + ["defaulted"]
    assert str(MAX_REGIONS) in result.notes[0].message


def test_a_reply_that_is_too_long() -> None:
    padding = "# filler\n" * (MAX_REPLY_CHARS // 9)
    result = interpret(REPLY + "\n" + padding + call())
    assert only(result) == CANVAS
    (note,) = result.notes
    lines = (REPLY + "\n" + padding)[:MAX_REPLY_CHARS].count("\n")
    assert (note.line, note.kind, note.written, note.made) == (1 + lines, "dropped", "", "")
    assert f"longer than {MAX_REPLY_CHARS:,} characters" in note.message
    assert is_sentence(note.message)
    exact = REPLY + "\n" + "x" * (MAX_REPLY_CHARS - len(REPLY) - 1)
    assert interpret(exact) == Interpretation(CANVAS)
    assert kinds(interpret(exact + "x")) == ["dropped"]


def test_a_call_that_is_too_long() -> None:
    result = interpret(f"{call(tags=repr('x' * 100_000))}\n{call()}")
    assert only(result).regions == (DRAGON,)
    assert kinds(result) == ["dropped", "defaulted"]


def test_notes_are_bounded() -> None:
    result = interpret("\n".join([call(location="'nowhere'", offset="'x'", area="'x'", tags="5")] * MAX_REGIONS * 3))
    assert len(result.notes) <= MAX_NOTES
    assert all(len(note.written) <= 120 for note in result.notes)
