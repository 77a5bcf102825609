"""The Canvas language as a JSON schema, for servers that support a schema but not a grammar.

The model then writes one JSON object whose members are the methods of the canvas and their arguments. It is translated
to Canvas code while it arrives, so that the rest of the program only sees code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator
from typing import Any

from ..canvas.fields import Color, FieldSpec, Number, Phrase, Texts
from ..canvas.thinking import Part, Thinking
from ..canvas.writer import quoted
from .grammar import CLOSING, GLOBAL, INDENT, MAX_ITEMS, MAX_REGIONS, OPENING, REGION, CallGrammar

REQUEST = (
    f"Answer with one JSON object: {GLOBAL.method} with its arguments, then {REGION.method} with a list of the "
    "arguments of its calls."
)
"""The instruction after the system prompt, which shows the methods."""

_START = re.compile(r"\s*(?:```\w*\s)?\s*(?=\{)")
_NO_START_YET = re.compile(r"\s*(?:`{0,2}|```\w*\s*)")
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+(?=[\s"{}\[\],:]))', re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")

Parser = Generator[None, str, None]
"""A coroutine that takes one token per step."""


def canvas_schema(max_regions: int = MAX_REGIONS) -> dict[str, Any]:
    """The schema, using only keywords that all servers support. https://json-schema.org/"""
    regions = {"type": "array", "minItems": 1, "maxItems": max_regions, "items": _call(REGION)}
    return _object({GLOBAL.method: _call(GLOBAL), REGION.method: regions})


class CanvasFromJson:
    """Translates the JSON text of a reply to Canvas code while it arrives, one argument at a time.

    A reply that is not a JSON object, because the server ignored the schema, is passed on unchanged, and so is thinking
    before the object.
    """

    def __init__(self) -> None:
        self._thinking = Thinking()
        self._restart()

    def _restart(self) -> None:
        self._waiting = ""
        self._json: bool | None = None
        self._code: list[str] = []
        self._reading = self._reply()
        next(self._reading)

    def feed(self, text: str) -> str:
        """Take the next piece of the reply; returns the code that it completes."""
        return "".join(map(self._take, self._thinking.feed(text)))

    def finish(self) -> str:
        """Returns the code that the end of the reply completes."""
        return "".join(map(self._take, self._thinking.finish()))

    def _take(self, part: Part) -> str:
        if part.kind == "answer":
            return self._translated(part.text)
        waiting = ""
        if part.kind == "unopened":  # what came before was no JSON
            waiting = self._waiting
            self._restart()
        return waiting + part.text

    def _translated(self, text: str) -> str:
        self._waiting += text
        if self._json is None:
            if start := _START.match(self._waiting):
                self._json, self._waiting = True, self._waiting[start.end() :]
            elif not _NO_START_YET.fullmatch(self._waiting):
                self._json = False
        if self._json:
            while token := _TOKEN.match(self._waiting):
                self._waiting = self._waiting[token.end() :]
                self._reading.send(token[1])
        elif self._json is False:
            self._code.append(self._waiting)
            self._waiting = ""
        found = "".join(self._code)
        self._code.clear()
        return found

    def _reply(self) -> Parser:
        yield
        self._code.append(f"{OPENING}canvas = Canvas()\n")
        yield from self._members(self._method)
        self._code.append(CLOSING)
        while True:
            yield

    def _members(self, value: Callable[[str], Parser]) -> Parser:
        """Parse the members of an open object; `value` parses the value of a member by its name."""
        while (token := (yield)) != "}":
            if token.startswith('"'):
                yield  # the colon
                yield from value(_text(token))

    def _method(self, name: str) -> Parser:
        token = yield
        if name == GLOBAL.method and token == "{":
            yield from self._arguments(name)
        elif name == REGION.method and token == "[":
            while (token := (yield)) != "]":
                if token == "{":
                    yield from self._arguments(name)
                else:
                    yield from _skipped(token)
        else:
            yield from _skipped(token)

    def _arguments(self, method: str) -> Parser:
        self._code.append(f"\ncanvas.{method}(\n")
        yield from self._members(self._argument)
        self._code.append(")\n")

    def _argument(self, keyword: str) -> Parser:
        token = yield
        if not keyword.isidentifier():
            yield from _skipped(token)
        elif token == "[":
            self._code.append(f"{INDENT}{keyword}=[\n")
            while (token := (yield)) != "]":
                self._code += [f"{INDENT * 2}{literal},\n" for literal in _literal(token)]
                yield from _skipped(token)
            self._code.append(f"{INDENT}],\n")
        else:
            self._code += [f"{INDENT}{keyword}={literal},\n" for literal in _literal(token)]
            yield from _skipped(token)


def translated(text: str) -> str:
    """The code for a whole JSON text."""
    reading = CanvasFromJson()
    return reading.feed(text) + reading.finish()


def _skipped(token: str) -> Parser:
    """Skip the value that begins with `token`."""
    depth = (token in "{[") - (token in "}]")
    while depth > 0:
        token = yield
        depth += (token in "{[") - (token in "}]")


def _literal(token: str) -> list[str]:
    """The Canvas literal of a string or number, in a list; an empty list for anything else."""
    if token.startswith('"'):
        return [quoted(_text(token))]
    return [token] if _NUMBER.fullmatch(token) else []


def _text(token: str) -> str:
    try:
        value: str = json.loads(token, strict=False)
    except ValueError:  # an invalid escape
        value = token[1:-1]
    return value.encode("utf-8", errors="replace").decode("utf-8")


def _call(call: CallGrammar) -> dict[str, Any]:
    return _object({field.keyword: _field(field) for field in call.fields})


def _field(field: FieldSpec) -> dict[str, Any]:
    match field.kind:
        case Phrase(values=values) | Color(values=values):
            return {"type": "string", "enum": list(values)}
        case Number():
            return {"type": "number"}
        case Texts():
            return {"type": "array", "minItems": 1, "maxItems": MAX_ITEMS, "items": {"type": "string"}}
        case _:
            return {"type": "string"}


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}
