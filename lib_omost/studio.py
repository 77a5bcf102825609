"""The use cases: chat, check, render. Page, command line and API run models only through this module; from the rooms
below it they use values, such as settings, canvases and saved conversations.

A studio owns one composer, one painter and the device that they share. `chat` and `render` are streams of events. Such
a stream ends by itself; the caller can stop it with an event or by closing it, and it then releases the device.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .artifacts.fingerprint import fingerprint
from .artifacts.record import Record
from .canvas import Canvas, CanvasStream, Interpretation, conditions, interpret, reply_without_extension, system_prompt
from .canvas.events import GlobalSet, RegionAdded
from .canvas.layouts import read_layout
from .canvas.thinking import MarkedThinking
from .errors import RefusedError, SettingsError
from .events import CanvasChanged as CanvasChanged
from .events import ChatEvent as ChatEvent
from .events import ChatFinished as ChatFinished
from .events import PaintEvent as PaintEvent
from .events import Performance as Performance
from .events import Status as Status
from .events import TextPiece as TextPiece
from .events import Waiting as Waiting
from .events import layout_events, unknown_sentence
from .llm.base import ChatModel, Message, Sampling
from .llm.runaway import Runaway
from .llm.window import candidates
from .presets import ComposerPreset, PainterPreset, fitted
from .render.painter import unknown_things
from .render.repaint import Keep
from .render.settings import Notice as Notice
from .render.settings import Picture, RenderEvent, RenderSettings
from .runtime.accelerator import Accelerator, Lease
from .runtime.background import BackgroundModel
from .runtime.device import peak_memory
from .runtime.plan import LARGEST, Plan, smaller
from .safety.guard import Guard

if TYPE_CHECKING:
    from .render.painter import Ability, Painter

MAX_PROMPT = 20_000
"""Maximum length of one prompt, in characters."""


class Studio:
    """One composer and one painter on one device, with the safety checks of `guard`."""

    def __init__(
        self,
        composer_preset: ComposerPreset,
        painter_preset: PainterPreset,
        composer: BackgroundModel[ChatModel],
        painter: BackgroundModel[Painter],
        accelerator: Accelerator,
        reason: str = "",
        models: Path | None = None,
        memory: str = "",
        guard: Guard | None = None,
        advice: str = "",
        plan: Plan = LARGEST,
    ) -> None:
        self.composer_preset = composer_preset
        self.painter_preset = painter_preset
        self._composer = composer
        self._painter = painter
        self._accelerator = accelerator
        self._reason = reason
        self._models = models
        self._memory = memory
        self._guard = guard or Guard()
        self._advice = advice
        self._plan = plan
        self._performance = Performance()
        self._noted: tuple[str, ...] = ()

    def start(self) -> None:
        """Start loading all models in the background."""
        self._guard.start()
        self._composer.start()
        self._painter.start()

    def load(self) -> None:
        """Load composer and painter on this thread, as ZeroGPU requires."""
        self._composer.load()
        self._painter.load()

    def exchange_composer(
        self, preset: ComposerPreset, model: BackgroundModel[ChatModel], reason: str, plan: Plan, memory: str
    ) -> None:
        """Use another composer from now on, and start loading it. Waits for work in progress; the memory of the former
        one is given back first. plan: for both models from now on; `memory` is the sentence about it."""
        with self._accelerator.vacated("composer", keep_together=plan.together):
            self.composer_preset, self._composer, self._reason = preset, model, reason
            self._plan, self._memory = plan, memory
        model.start()

    def exchange_painter(
        self, preset: PainterPreset, model: BackgroundModel[Painter], reason: str, plan: Plan, memory: str
    ) -> None:
        """The same for another painter."""
        with self._accelerator.vacated("painter", keep_together=plan.together):
            self.painter_preset, self._painter, self._reason = preset, model, reason
            self._plan, self._memory = plan, memory
        model.start()

    def status(self) -> Status:
        return Status(
            self._composer.status,
            self._painter.status,
            self._accelerator.device,
            self._reason,
            self._memory_line(),
            tuple(check.status for check in self._guard.checks),
            self._advice,
            self.performance,
        )

    @property
    def performance(self) -> Performance:
        """How fast the last reply and the last picture were, and how much device memory was used."""
        measured = self._performance
        if measured == Performance() or self._accelerator.device == "cpu":
            return measured
        return replace(
            measured, peak_memory=peak_memory(self._accelerator.device) or None, memory_plan=self._current_plan.memory
        )

    def check(self, reply: str) -> Interpretation:
        """Interpret a reply; needs no model."""
        return interpret(reply)

    def chat(
        self, history: Sequence[Message], prompt: str, sampling: Sampling, *, stop: threading.Event | None = None
    ) -> Iterator[ChatEvent]:
        """Ask the composer. `history` holds the earlier rounds: user prompts and the full replies to them.

        Raises SettingsError for an empty or too long prompt, ModelError if the model is missing or fails, and
        RefusedError if the text check refuses a prompt or, as soon as it is written, an element of the layout.
        """
        text = prompt.strip()
        if not text:
            raise SettingsError("The prompt is empty: say what the picture should show.")
        if len(text) > MAX_PROMPT:
            raise SettingsError(f"The prompt has {len(text)} characters; at most {MAX_PROMPT} can be read.")
        stop = stop or threading.Event()
        yield from self._wait_for_checks(stop)
        # Earlier prompts are checked, too, because the browser sends them and may send anything.
        asked = [message.text for message in history if message.role == "user"]
        self._guard.read([*asked, text], "what was asked", stop)
        for status in self._composer.wait(stop):
            yield Waiting(status.message, status.progress)
        messages = self._prepared([*history, Message("user", text)], stop)
        lease = None
        if not stop.is_set():
            lease = yield from self._wait_for_turn("composer", stop)
        if lease is None:
            yield ChatFinished("", interpret(""), 0, 0.0, "stopped")
            return
        with lease:
            yield from self._compose(messages, sampling, stop)

    def render(
        self,
        canvas: Canvas,
        settings: RenderSettings,
        *,
        keep: Keep | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[PaintEvent]:
        """Paint the canvas: `settings.count` pictures, one after another; a stop keeps the pictures that are done. With
        `keep` only a part of an earlier picture is repainted. If it has another size or the painter cannot do so, the
        whole picture is painted, with a notice.

        Raises ModelError if the painter is missing, RenderError or SettingsError if it cannot paint this canvas, and
        RefusedError if the text check refuses the layout or the picture check refuses every picture. For one refused
        picture there is a notice. The first render begins with notices of what was left out of the painter's files.
        With a picture check there are no previews, because they would not be checked.
        """
        stop = stop or threading.Event()
        settings, notices = fitted(self.painter_preset, settings)
        yield from map(Notice, notices)
        region_conditions = conditions(canvas, settings.wording, settings.opening)
        yield from self._wait_for_checks(stop)
        self._guard.read_conditions(region_conditions, stop)
        if self._guard.picture is not None:
            settings = replace(settings, previews=False)
        lease = yield from self._wait_for_turn("painter", stop)
        if lease is None:
            return
        with lease:
            painter = self._painter.model
            notes = self._painter.status.notes
            yield from (Notice(note) for note in notes if note not in self._noted)
            self._noted = notes
            if unknown := unknown_things(painter, region_conditions):
                yield Notice(unknown_sentence(unknown))
            negative = settings.negative_prompt or any(condition.negative for condition in region_conditions)
            if negative and "negative prompts" not in painter.abilities:
                yield Notice(f"{painter.name} takes no negative prompts, so they are left out.")
            if keep is not None and "kept pictures" not in painter.abilities:
                keep = None
                yield Notice(f"{painter.name} cannot keep parts of a picture: all of it is painted anew.")
            with closing(painter.render(region_conditions, settings, stop=stop, keep=keep)) as events:
                yield from self._permitted(events)

    def record(self, canvas: Canvas, settings: RenderSettings, prompts: Sequence[str] | None = None) -> Record:
        """The metadata for pictures of such a render. `prompts` are the user's prompts to the composer; None if the
        canvas does not come from the composer."""
        by_composer = prompts is not None
        return Record(
            canvas,
            fitted(self.painter_preset, settings)[0],
            painter=_public_name(self.painter_preset.name),
            painter_hash=fingerprint(self.painter_preset.source, self._models),
            composer=_public_name(self._composer_name) if by_composer else "",
            composer_hash=fingerprint(self.composer_preset.source, self._models) if by_composer else "",
            prompts=tuple(prompts or ()),
            loras=tuple(str(lora) for lora in self.painter_preset.added),
            training=str(self.painter_preset.training),
        )

    def unknown(self, canvas: Canvas) -> tuple[str, ...]:
        """What the painter says that it does not know of `canvas`, such as "neon sign"; empty if it is not loaded."""
        loading, settings = self._painter, self.painter_preset.settings
        if loading.status.state != "ready":
            return ()
        return unknown_things(loading.model, conditions(canvas, settings.wording, settings.opening))

    @property
    def abilities(self) -> frozenset[Ability] | None:
        """The optional features of the painter; None if it is not loaded."""
        return self._painter.model.abilities if self._painter.status.state == "ready" else None

    def as_painted(self, record: Record) -> Record:
        """`record` as the painter, which is loaded by now, has painted it: with its precision, and without the earlier
        picture if it cannot keep parts of one."""
        record = replace(record, precision=self._painter.model.precision)
        able = "kept pictures" in (self.abilities or ())
        return record if able or record.origin is None else replace(record, origin=None)

    @property
    def _composer_name(self) -> str:
        if self.composer_preset.remote and self._composer.status.state == "ready":
            return self._composer.model.name
        return self.composer_preset.name

    @property
    def _current_plan(self) -> Plan:
        """The memory plan that is followed now."""
        plan = self._painter.model.plan if self._painter.status.state == "ready" else self._plan
        return plan if self._accelerator.keeps_together or not plan.together else smaller(plan) or plan

    def _memory_line(self) -> str:
        plan = self._current_plan
        if plan == self._plan:
            return self._memory
        return f"Memory ran out: since then the plan for {plan.memory} GB, {plan.description}."

    def _prepared(self, messages: Sequence[Message], stop: threading.Event) -> list[Message]:
        """The rules of the canvas and `messages`, with their tokens counted. Ends early if `stop` is set."""
        prepared = [Message("system", system_prompt())]
        if stop.is_set():
            return prepared
        composer = self._composer.model
        unread = len(messages) - len(candidates(messages, composer.context_length))
        for index, message in enumerate(messages):
            if stop.is_set():
                return prepared
            if message.role == "assistant" and index >= unread:
                # Models do not know the extended keywords that users set by hand (see canvas/extension.py).
                message = Message("assistant", reply_without_extension(message.text))
            prepared.append(message)
        composer.prepare(prepared, stop)
        return prepared

    def _compose(self, messages: Sequence[Message], sampling: Sampling, stop: threading.Event) -> Iterator[ChatEvent]:
        began = time.perf_counter()
        parser, runaway, marked = CanvasStream(), Runaway(), MarkedThinking()
        pieces: list[str] = []
        with closing(
            self._composer.model.stream(messages, sampling, grammar=self.composer_preset.grammar, stop=stop)
        ) as generation:
            for notice in generation.notices:
                yield Notice(notice)
            repeating = False
            for raw in itertools.chain(generation, [None]):
                piece = marked.finish() if raw is None else marked.feed(raw)
                if not piece:
                    continue
                pieces.append(piece)
                yield TextPiece(piece, marked.open)
                for event in parser.feed(piece):
                    yield CanvasChanged(event, parser.canvas)
                    if isinstance(event, GlobalSet | RegionAdded) and parser.canvas is not None:
                        self._guard.read_canvas(parser.canvas, stop)
                if repeating := runaway.feed(piece):
                    break
            finished = "repeating" if repeating else generation.finished or "stopped"
            tokens, limit = generation.tokens, generation.limit
            speed = generation.speed
        seconds = time.perf_counter() - began
        final_events = parser.finish()
        for event in final_events:
            yield CanvasChanged(event, parser.canvas)
        reply, interpretation = "".join(pieces), parser.result()
        if interpretation.canvas is None and (other := read_layout(reply)).canvas is not None:
            interpretation = other  # a layout in another form, such as JSON
            yield from layout_events(other)
        if interpretation.canvas is not None:
            self._guard.read_canvas(interpretation.canvas, stop)
        if tokens:
            self._performance = replace(self._performance, tokens_per_second=tokens / seconds)
        window_full = limit is not None and limit < sampling.max_new_tokens
        yield ChatFinished(reply, interpretation, tokens, seconds, finished, speed, window_full)

    def _wait_for_checks(self, stop: threading.Event) -> Iterator[Waiting]:
        """Wait until the checks are ready, and report progress meanwhile."""
        for status in self._guard.wait(stop):
            yield Waiting(status.message, status.progress)

    def _permitted(self, events: Iterator[RenderEvent]) -> Iterator[RenderEvent]:
        """The events, with a notice in place of each picture that the picture check refuses. Raises RefusedError if it
        refuses all."""
        refusals, permitted = [], 0
        for event in events:
            if isinstance(event, Picture):
                self._performance = replace(self._performance, seconds_per_picture=event.seconds)
            if not isinstance(event, Picture):
                yield event
            elif (refusal := self._guard.refusal(event.image, event.index + 1, event.seed)) is None:
                permitted += 1
                yield event
            else:
                refusals.append(refusal)
                yield Notice(refusal)
        if refusals and not permitted:
            raise RefusedError(refusals[0])

    def _wait_for_turn(
        self, name: Literal["composer", "painter"], stop: threading.Event
    ) -> Generator[Waiting, None, AbstractContextManager[Lease | None] | None]:
        """Wait until the model is loaded and, unless it is remote, the device is free; report progress meanwhile.

        Returns None if `stop` was set first.
        """
        while True:
            model = self._model(name)
            for status in model.wait(stop):
                yield Waiting(status.message, status.progress)
            if name == "composer" and self.composer_preset.remote:
                return None if stop.is_set() else nullcontext()
            lease, acquired = self._accelerator.lease(name), False
            try:
                while not acquired and not stop.is_set():
                    if not (acquired := lease.acquire(timeout=0.5)):
                        yield Waiting(f"Waiting for the {self._accelerator.holder or 'device'} to finish its work …")
                acquired = acquired and model is self._model(name)  # else it was exchanged meanwhile
                if acquired:
                    return lease
                if stop.is_set():
                    return None
            finally:
                if not acquired:
                    lease.give_up()

    def _model(self, name: Literal["composer", "painter"]) -> BackgroundModel[ChatModel] | BackgroundModel[Painter]:
        return self._composer if name == "composer" else self._painter


def _public_name(name: str) -> str:
    """A model's name without local folders, which a shared picture must not disclose."""
    path = Path(name).expanduser()
    return path.name if path.is_absolute() or path.exists() else name
