"""The settings of a render and the events that it reports. Values only: no torch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lib_omost.canvas.conditions import Wording
from lib_omost.errors import SettingsError, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

Formula = Literal["layered", "omost", "omost-layered"]
Phase = Literal["base", "hires"]
Sampler = Literal["dpm++", "lcm", "lightning", "hyper", "turbo", "flow"]
Prediction = Literal["epsilon", "v_prediction"]
Precision = Literal["float32", "bfloat16", "float16"]

FORMULAS: tuple[Formula, ...] = ("omost", "layered", "omost-layered")
SAMPLERS: tuple[Sampler, ...] = ("dpm++", "lcm", "lightning", "hyper", "turbo", "flow")
PREDICTIONS: tuple[Prediction, ...] = ("epsilon", "v_prediction")
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16", "float16")
WORDINGS: tuple[Wording, ...] = ("sentences", "tags")
LCM_STEPS = 50
"""Length of the schedule that latent consistency models are distilled from: the upper limit of their steps."""
MAX_SEED = 2**32 - 1
MAX_SIZE = 2048
"""Of the width and the height of a picture, in pixels."""
MAX_NEGATIVE_PROMPT = 4000
MAX_OPENING = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """The settings of one render; the defaults are those of a full-size SDXL checkpoint.

    width, height: pixels, 64 to 2048, multiples of 8.
    steps: solver steps of the base pass, 1 to 200.
    guidance_scale: classifier-free guidance, 1 to 30; at 1 there is no guidance and the negative pass is not run.
    guidance_rescale: 0 to 1, how far the contrast is rescaled to that of the unguided prediction (Lin et al. 2023,
        https://arxiv.org/abs/2305.08891, section 3.4, who use 0.7 for checkpoints with zero terminal SNR).
    clip_skip: 0 to 10, layers of the text encoders to skip, not counting the last layer, which SDXL never uses. As in
        diffusers, negative prompts skip none. What other programs call clip skip 2 is 0 here.
    negative_prompt: up to 4000 characters; empty means no negative prompt.
    seed: 0 to 2**32 - 1; picture k (from 0) has the seed ``seed + k``.
    count: number of pictures, 1 to 12, painted one after another.
    hires_scale: 1.0 (no second pass) to 2.0 times the size in each direction.
    hires_steps: solver steps of the second pass, 1 to 200.
    hires_denoise: fraction of the schedule that the second pass runs, 0.01 to 1.
    color_strength: 0 to 0.99. At 0 the render starts from noise. Above 0 it starts from the latents of the colour
        picture and runs the last ``1 - color_strength`` of the schedule, in `steps` steps.
    formula: how regions share a pixel, see `lib_omost.render.regions`.
    sampler: "dpm++" for an ordinary SDXL checkpoint, "flow" for FLUX.2, which has no other; the others for checkpoints
        and LoRAs that were distilled to a few steps, each with its solver, see `render.sdxl.sampling`. With "lcm" a
        full schedule has at most 50 steps, so a second pass or a start from colours, which run only its end, have
        fewer.
    repeat_scene: put the global description before the texts of every region, as the reference does.
    wording: whether elements are named by their descriptions or by their tags, see `lib_omost.canvas.conditions`.
    opening: up to 300 characters that precede every description, such as the quality tags of a checkpoint.
    tiled_decode: decode in tiles; None leaves it to the memory plan and the size.
    previews: report a coarse preview after every step.

    Raises SettingsError for a value of the wrong type or out of range.
    """

    width: int = 896
    height: int = 1152
    steps: int = 25
    guidance_scale: float = 5.0
    guidance_rescale: float = 0.0
    clip_skip: int = 0
    negative_prompt: str = "lowres, bad anatomy, bad hands, cropped, worst quality"
    seed: int = 12345
    count: int = 1
    hires_scale: float = 1.0
    hires_steps: int = 20
    hires_denoise: float = 0.4
    color_strength: float = 0.0
    formula: Formula = "omost"
    sampler: Sampler = "dpm++"
    repeat_scene: bool = False
    wording: Wording = "sentences"
    opening: str = ""
    tiled_decode: bool | None = None
    previews: bool = True

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            _whole(name, getattr(self, name), 64, MAX_SIZE)
            if getattr(self, name) % 8:
                raise SettingsError(f"The {name} must be a multiple of 8 pixels, but it is {getattr(self, name)}.")
        _whole("number of steps", self.steps, 1, 200)
        _number("guidance scale", self.guidance_scale, 1.0, 30.0)
        _number("guidance rescale", self.guidance_rescale, 0.0, 1.0)
        _whole("clip skip", self.clip_skip, 0, 10)
        _whole("seed", self.seed, 0, MAX_SEED)
        _whole("number of pictures", self.count, 1, 12)
        _number("hires scale", self.hires_scale, 1.0, 2.0)
        _whole("number of hires steps", self.hires_steps, 1, 200)
        _number("hires denoise", self.hires_denoise, 0.01, 1.0)
        _number("color strength", self.color_strength, 0.0, 0.99)
        if not isinstance(self.negative_prompt, str):
            raise SettingsError("The negative prompt must be a text.")
        if len(self.negative_prompt) > MAX_NEGATIVE_PROMPT:
            raise SettingsError(
                f"The negative prompt has {len(self.negative_prompt)} characters; "
                f"please keep it below {MAX_NEGATIVE_PROMPT}."
            )
        if self.formula not in FORMULAS:
            raise SettingsError(f"The region formula must be one of {', '.join(FORMULAS)}, not {shown(self.formula)}.")
        if self.sampler not in SAMPLERS:
            raise SettingsError(f"The sampler must be one of {', '.join(SAMPLERS)}, not {shown(self.sampler)}.")
        if self.wording not in WORDINGS:
            raise SettingsError(f"The wording must be one of {', '.join(WORDINGS)}, not {shown(self.wording)}.")
        if not isinstance(self.opening, str) or len(self.opening) > MAX_OPENING:
            raise SettingsError(f"The opening words must be a text of at most {MAX_OPENING} characters.")
        if self.sampler == "lcm":
            self._check_lcm()
        for name in ("repeat_scene", "previews"):
            if not isinstance(getattr(self, name), bool):
                raise SettingsError(f"The setting {name} must be true or false.")
        if self.tiled_decode is not None and not isinstance(self.tiled_decode, bool):
            raise SettingsError("The setting tiled_decode must be true, false or none.")

    def _check_lcm(self) -> None:
        passes = [("steps", self.steps, 1.0 - self.color_strength)]
        if self.hires:
            passes.append(("hires steps", self.hires_steps, self.hires_denoise))
        for what, steps, denoise in passes:
            most = int(LCM_STEPS * denoise + 1e-6)
            if steps > most:
                raise SettingsError(
                    f"The sampler lcm can run at most {most} {what} with these settings, not {steps}: "
                    "choose a smaller number; four to eight are enough."
                )

    @property
    def hires(self) -> bool:
        """Whether there is a second pass."""
        return self.hires_scale > 1.0

    def alone(self, index: int) -> RenderSettings:
        """The settings that reproduce picture `index` (from 0) of this render alone."""
        return replace(self, seed=self.seed + index, count=1)


@dataclass(frozen=True, slots=True)
class Lora:
    """A LoRA: a file in a hub repository or folder, and the factor of its weights."""

    source: str
    file: str
    scale: float = 1.0

    def __str__(self) -> str:
        """FILE:WEIGHT, without local folders, which a shared picture must not disclose."""
        name = self.file if Path(self.source).is_absolute() else f"{self.source}/{self.file}"
        return f"{name}:{self.scale:g}"


@dataclass(frozen=True, slots=True)
class Training:
    """How a checkpoint was trained; None for what is unknown.

    prediction: whether it predicts the noise or the velocity. zero_snr: whether the last timestep is pure noise (zero
    terminal SNR, https://arxiv.org/abs/2305.08891).
    """

    prediction: Prediction | None = None
    zero_snr: bool | None = None

    def __str__(self) -> str:
        """A description for the user, "" if nothing is known."""
        snr = {None: "", True: "zero terminal SNR", False: "no zero terminal SNR"}[self.zero_snr]
        return ", ".join(part for part in (self.prediction or "", snr) if part)


UNSAID = Training()


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: `step` of `steps` solver steps are done in this phase of picture `picture` (from 0) of `pictures`."""

    picture: int
    pictures: int
    phase: Phase
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A coarse RGB preview of picture `picture` (from 0), a few hundred pixels wide, to be scaled for display."""

    image: Image
    picture: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture: `index` from 0, the seed that makes it alone again, the seconds it took, and the latents
    [C, h, w] that it was decoded from, if its painter has such."""

    index: int
    seed: int
    image: Image
    seconds: float
    latents: NDArray[np.float16] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that tells the user what was done differently from the request, such as splitting a long prompt."""

    message: str


RenderEvent = Step | Preview | Picture | Notice


def _whole(what: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SettingsError(f"The {what} must be a whole number from {low} to {high}, but it is {shown(value)}.")


def _number(what: str, value: object, low: float, high: float) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= high:  # type: ignore[operator]  # also false for NaN
        raise SettingsError(f"The {what} must be a number from {low:g} to {high:g}, but it is {shown(value)}.")
