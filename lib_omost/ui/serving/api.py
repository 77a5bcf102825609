"""The studio's use cases as typed API endpoints, and as MCP tools if `gradio[mcp]` is installed.

docs/api.md describes them with examples. Long-running endpoints stream: every answer holds the whole state so far, and
the last one is complete. Closing the stream stops the work. Errors are reported as one sentence.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import gradio as gr

from lib_omost.artifacts.parent import Parent, changed_part, region_part
from lib_omost.artifacts.record import Record
from lib_omost.canvas import Canvas, Interpretation
from lib_omost.errors import CanvasError, OmostError, SettingsError, shown
from lib_omost.llm.base import Message
from lib_omost.render.repaint import Keep, Repaint
from lib_omost.render.settings import MAX_SEED, Picture, RenderSettings
from lib_omost.studio import Studio

from ..state.discretion import without_folders
from ..state.feed import Feed
from ..state.gallery import Gallery
from ..state.limits import Admission, cost, reading_cost
from ..state.reading import interpretation_of
from .answers import ChatAnswer, RenderAnswer, interpretation_json
from .pictures import Cache, ServedPictures

MAX_CODE = 200_000
"""Maximum length of Canvas code, in characters."""


class Api:
    """The endpoints of one studio. Pictures are saved in `gallery` and served from gradio's cache. `admission` applies
    the limits of the page to each `user`. public: see `build_page`."""

    def __init__(
        self, studio: Studio, gallery: Gallery, cache: Cache, admission: Admission | None = None, public: bool = False
    ) -> None:
        self._studio = studio
        self._pictures = ServedPictures(gallery, cache)
        self._admission = admission or Admission()
        self._worded = without_folders if public else str

    def compose(
        self,
        prompt: str,
        seed: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        max_new_tokens: int | None = None,
        user: str = "",
    ) -> Iterator[dict[str, Any]]:
        """Lay out a picture from a description: the composer writes Canvas code, which is streamed and interpreted.

        Args:
            prompt: What the picture should show, in words.
        """
        sampling = {"seed": seed, "temperature": temperature, "top_p": top_p, "max_new_tokens": max_new_tokens}
        yield from self._chat(user, [], prompt, sampling)

    def edit(
        self,
        code: str,
        prompt: str,
        seed: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        max_new_tokens: int | None = None,
        user: str = "",
    ) -> Iterator[dict[str, Any]]:
        """Change a layout in words: the composer reads the earlier Canvas code and writes a new one.

        Args:
            code: Canvas code, as returned by compose or an earlier edit.
            prompt: What to change, in words.
        """
        with self._reported():
            scene = self._canvas(user, code).global_description.description.rstrip(".")
        history = [Message("user", f"generate an image of {scene}"), Message("assistant", code)]
        sampling = {"seed": seed, "temperature": temperature, "top_p": top_p, "max_new_tokens": max_new_tokens}
        yield from self._chat(user, history, prompt, sampling)

    def check(self, code: str, user: str = "") -> dict[str, Any]:
        """Interpret Canvas code without any model: the layout, and notes on what was corrected or left out.

        Args:
            code: Canvas code, or any text that contains it.
        """
        with self._reported():
            interpretation = self._interpreted(user, code)
            unknown = [] if interpretation.canvas is None else list(self._studio.unknown(interpretation.canvas))
            return {**interpretation_json(interpretation), "unknown": unknown}

    def render(
        self,
        code: str,
        width: int | None = None,
        height: int | None = None,
        steps: int | None = None,
        guidance_scale: float | None = None,
        negative_prompt: str | None = None,
        seed: int | None = None,
        count: int | None = None,
        keep: str | None = None,
        grow: int | None = None,
        strength: float | None = None,
        user: str = "",
    ) -> Iterator[dict[str, Any]]:
        """Paint the layout that Canvas code describes, with every region in its place.

        Args:
            code: Canvas code, as returned by compose or edit.
            width: Width of the picture in pixels, 64 to 2048, a multiple of 8.
            height: Height of the picture in pixels, likewise.
            steps: Solver steps, 1 to 200.
            guidance_scale: How closely the words are followed, 1 to 30.
            negative_prompt: What the picture must not show.
            seed: Seed of the random numbers; picture k (from 0) has the seed plus k.
            count: Number of pictures, 1 to 12.
            keep: The name of an earlier picture, as returned by render: only what the code changes of it is painted \
anew, and the settings are those of that picture.
            grow: With keep: cells of the 90 x 90 grid by which the repainted part is widened, 0 to 45.
            strength: With keep: how much the repainted part may change, 0.05 to 1.
        """
        given = {
            "width": width, "height": height, "steps": steps, "guidance_scale": guidance_scale,
            "negative_prompt": negative_prompt, "seed": seed, "count": count,
        }  # fmt: skip
        with self._reported():
            canvas = self._canvas(user, code)
            if keep is None:
                settings = replace(self._studio.painter_preset.settings, **_not_none(given))
                yield from self._paint(user, self._studio.record(canvas, settings))
                return
            parent = self._pictures.parent(user, keep)
            part, found = changed_part(parent.canvas, canvas, **_not_none({"grow": grow, "strength": strength}))
            settings = replace(parent.settings, **_not_none(given))
            notices = [*found.whole, "The whole picture is painted anew."] if found.whole else []
            if sentence := parent.other_size(settings):
                notices = [sentence]
            if sentence or (found.whole and strength is None):
                yield from self._paint(user, self._studio.record(canvas, settings), notices=notices)
            else:
                yield from self._repaint(user, parent, part, canvas, settings, notices)

    def repaint(
        self,
        picture: str,
        region: str,
        seed: int | None = None,
        count: int | None = None,
        grow: int | None = None,
        strength: float | None = None,
        user: str = "",
    ) -> Iterator[dict[str, Any]]:
        """Paint one region of a picture anew and keep every pixel of the rest.

        Args:
            picture: The name of the picture, as returned by render.
            region: The region's number in the layout, from 1, or words of its description.
            seed: Seed of the random numbers; without it the picture's own seed plus one.
            count: Number of variations, 1 to 12.
            grow: Cells of the 90 x 90 grid by which the region is widened, 0 to 45.
            strength: How much the region may change, 0.05 to 1.
        """
        with self._reported():
            if not isinstance(region, str):
                raise SettingsError(
                    f"The region must be a text: its number or words of its description, not {shown(region)}."
                )
            parent = self._pictures.parent(user, picture)
            part = region_part(parent.canvas, region, **_not_none({"grow": grow, "strength": strength}))
            following = (parent.settings.seed + 1) % (MAX_SEED + 1) if seed is None else seed
            settings = replace(parent.settings, seed=following, **_not_none({"count": count}))
            yield from self._repaint(user, parent, part, parent.canvas, settings, [])

    def _canvas(self, user: str, code: str) -> Canvas:
        interpretation = self._interpreted(user, code)
        if interpretation.canvas is None:
            raise CanvasError(interpretation.error or "There is no canvas in this text.")
        return interpretation.canvas

    def _interpreted(self, user: str, code: str) -> Interpretation:
        if not isinstance(code, str) or len(code) > MAX_CODE:
            raise SettingsError(f"The code must be a text of at most {MAX_CODE} characters.")
        with self._admission.admitted(user, "check", reading_cost(code)):
            return interpretation_of(code)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """A context that turns an OmostError into a gr.Error, whose message reaches the client."""
        try:
            yield
        except OmostError as error:
            raise gr.Error(self._worded(str(error)), print_exception=False) from error

    def _repaint(
        self, user: str, parent: Parent, part: Repaint, canvas: Canvas, settings: RenderSettings, notices: list[str]
    ) -> Iterator[dict[str, Any]]:
        record = replace(self._studio.record(canvas, settings), origin=parent.origin(part))
        yield from self._paint(user, record, parent.keep(part, record.painter_hash), notices)

    def _paint(
        self, user: str, record: Record, keep: Keep | None = None, notices: Sequence[str] = ()
    ) -> Iterator[dict[str, Any]]:
        settings = record.settings
        answer = RenderAnswer(settings.steps, settings.count, notices, self._worded)
        stop = threading.Event()
        with self._admission.admitted(user, "render", cost(settings, self._studio.painter_preset.settings)):
            for events in Feed(self._studio.render(record.canvas, settings, keep=keep, stop=stop), stop):
                for event in events:
                    answer.take(event)
                    if isinstance(event, Picture):
                        answer.add(self._pictures.keep(user, event, self._studio.as_painted(record)))
                yield answer.to_json()
        yield {**answer.to_json(), "state": "finished"}

    def _chat(
        self,
        user: str,
        history: Sequence[Message],
        prompt: str,
        given: dict[str, Any],
    ) -> Iterator[dict[str, Any]]:
        with self._reported():
            if not isinstance(prompt, str):
                raise SettingsError(f"The prompt must be a text, but it is {shown(prompt)}.")
            sampling = replace(self._studio.composer_preset.sampling, **_not_none(given))
            answer = ChatAnswer(self._worded)
            stop = threading.Event()
            with self._admission.admitted(user, "chat"):
                for events in Feed(self._studio.chat(history, prompt, sampling, stop=stop), stop):
                    for event in events:
                        answer.take(event)
                    yield answer.to_json()


def _not_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
