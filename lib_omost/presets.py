"""Which composers and painters the program knows by name, and what each one likes.

A preset is a value: the faces show its title and note, the studio reads its settings. Anything that a user names
and that is not a preset (a hub repository, a folder) becomes a preset through `composer_preset` or `painter_preset`,
so that the rest of the program sees presets only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .errors import SettingsError
from .llm.base import Sampling
from .render.settings import Lora, RenderSettings

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED_COMPOSER = ROOT / "models" / "composer"
EMBEDDED_PAINTER = ROOT / "models" / "painter"

Family = Literal["llama-3", "chatml", "phi-3"]


@dataclass(frozen=True, slots=True)
class ComposerPreset:
    """One language model: where it comes from, how it is spoken to, how it likes to be sampled.

    `source` is a hub repository or a folder; `context_length` counts tokens; `grammar` tells whether the model
    is held to the Canvas grammar; `examples` are prompts that it answers well.
    """

    name: str
    title: str
    source: str
    family: Family
    context_length: int
    sampling: Sampling = field(default_factory=Sampling)
    grammar: bool = False
    embedded: bool = False
    note: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PainterPreset:
    """One image model: where it comes from, a LoRA to be merged into it, and the settings that suit it (sizes in
    pixels)."""

    name: str
    title: str
    source: str
    lora: Lora | None = None
    settings: RenderSettings = field(default_factory=RenderSettings)
    embedded: bool = False
    note: str = ""


OMOST_EXAMPLES = (
    "generate an image of the fierce battle of warriors and a dragon",
    "generate an image of a cat on a table in a room",
    "a ship in a storm at night, a lighthouse on the cliff",
    "generate an image of a knight in front of a castle under a red moon",
)

EMBEDDED_EXAMPLES = (
    "generate an image of the fierce battle of warriors and a dragon",
    "a cat and a dog in a meadow under a rainbow",
    "a castle on a hill at night, a dragon in the sky",
    "a whale in the sea, a sailing boat and the sun",
    "a snowman beside a house in the snow",
)

COMPOSERS: dict[str, ComposerPreset] = {
    preset.name: preset
    for preset in (
        ComposerPreset(
            name="omost-llama-3-8b-4bits",
            title="Omost Llama-3 8B, 4 bit",
            source="lllyasviel/omost-llama-3-8b-4bits",
            family="llama-3",
            context_length=8192,
            note="Trained on filtered data. About 6 GB of graphics memory.",
            examples=OMOST_EXAMPLES,
        ),
        ComposerPreset(
            name="omost-dolphin-2.9-llama3-8b-4bits",
            title="Omost Dolphin 2.9 8B, 4 bit",
            source="lllyasviel/omost-dolphin-2.9-llama3-8b-4bits",
            family="chatml",
            context_length=8192,
            note="Trained without filtering: do not serve it to others without safety measures of your own.",
            examples=OMOST_EXAMPLES,
        ),
        ComposerPreset(
            name="omost-phi-3-mini-128k-8bits",
            title="Omost Phi-3 mini, 8 bit",
            source="lllyasviel/omost-phi-3-mini-128k-8bits",
            family="phi-3",
            # The checkpoint states 128k; its replies are only trustworthy within about 8k.
            context_length=8192,
            note="The small one: about 4 GB of graphics memory.",
            examples=OMOST_EXAMPLES,
        ),
        ComposerPreset(
            name="embedded",
            title="Embedded composer, SmolLM2 135M with our adapter",
            source=str(EMBEDDED_COMPOSER),
            family="chatml",
            context_length=8192,
            sampling=Sampling(temperature=0.5, top_p=0.9, max_new_tokens=1024),
            grammar=True,
            embedded=True,
            note="A very small language model that runs on any CPU. It writes sound canvases about simple scenes.",
            examples=EMBEDDED_EXAMPLES,
        ),
    )
}

PAINTERS: dict[str, PainterPreset] = {
    preset.name: preset
    for preset in (
        PainterPreset(
            name="realvisxl",
            title="RealVisXL 4.0",
            source="SG161222/RealVisXL_V4.0",
            note="Photographs. About 8 GB of graphics memory.",
        ),
        PainterPreset(
            name="sdxl",
            title="Stable Diffusion XL base 1.0",
            source="stabilityai/stable-diffusion-xl-base-1.0",
            note="The base model: drawings, paintings and photographs.",
        ),
        PainterPreset(
            name="sdxl-lightning",
            title="SDXL Lightning, 8 steps",
            source="stabilityai/stable-diffusion-xl-base-1.0",
            lora=Lora("ByteDance/SDXL-Lightning", "sdxl_lightning_8step_lora.safetensors"),
            settings=RenderSettings(
                sampler="lightning", steps=8, guidance_scale=1.0, negative_prompt="", hires_steps=4, hires_denoise=0.5
            ),
            note="The base model distilled to 8 steps without guidance: about a sixth of the time; no negative prompt.",
        ),
        PainterPreset(
            name="sdxl-lcm",
            title="SDXL LCM, 6 steps",
            source="stabilityai/stable-diffusion-xl-base-1.0",
            lora=Lora("latent-consistency/lcm-lora-sdxl", "pytorch_lora_weights.safetensors"),
            settings=RenderSettings(sampler="lcm", steps=6, guidance_scale=1.5, hires_steps=4, hires_denoise=0.5),
            note="The base model distilled to 4 to 8 steps, with a little guidance.",
        ),
        PainterPreset(
            name="realvisxl-hyper",
            title="RealVisXL 4.0 with Hyper-SD, 8 steps",
            source="SG161222/RealVisXL_V4.0",
            lora=Lora("ByteDance/Hyper-SD", "Hyper-SDXL-8steps-CFG-lora.safetensors"),
            settings=RenderSettings(sampler="hyper", steps=8, hires_steps=4, hires_denoise=0.5),
            note="Photographs in 8 steps, with guidance and a negative prompt: about a third of the time.",
        ),
        PainterPreset(
            name="sdxl-turbo",
            title="SDXL Turbo, 4 steps",
            source="stabilityai/sdxl-turbo",
            settings=RenderSettings(
                width=512, height=512, sampler="turbo", steps=4, guidance_scale=1.0, negative_prompt=""
            ),
            note="512 x 512 pixels in 1 to 4 steps without guidance. Read its licence first: it has terms of its own.",
        ),
        PainterPreset(
            name="embedded",
            title="Embedded painter, SDXL in miniature",
            source=str(EMBEDDED_PAINTER),
            settings=RenderSettings(width=256, height=256, steps=20, guidance_scale=2.0, negative_prompt=""),
            embedded=True,
            note="Draws small pictures in the style of 3D icons and knows only the things that it was trained on.",
        ),
    )
}

BIG_COMPOSER = "omost-llama-3-8b-4bits"
BIG_PAINTER = "realvisxl"


def composer_preset(name: str) -> ComposerPreset:
    """The preset called `name`, or one made for a hub repository `owner/model` or a local folder.

    The chat family of an unknown model is read off its name; ChatML is what most small models speak.

    Raises SettingsError where `name` is none of the three.
    """
    for preset in COMPOSERS.values():
        if name in (preset.name, preset.source):
            return preset
    _require_source(name, "composer", COMPOSERS)
    lower = name.lower()
    family: Family = "phi-3" if "phi-3" in lower else "chatml"
    if "llama-3" in lower and "dolphin" not in lower:
        family = "llama-3"
    trained_for_canvas = "omost" in lower
    return ComposerPreset(
        name=name,
        title=Path(name).name,
        source=name,
        family=family,
        context_length=8192,
        grammar=not trained_for_canvas,
        examples=OMOST_EXAMPLES,
    )


def painter_preset(name: str) -> PainterPreset:
    """The preset called `name`, or one made for a hub repository, a diffusers folder or a `.safetensors` file.

    Raises SettingsError where `name` is none of these.
    """
    for preset in PAINTERS.values():
        # A source by itself is the checkpoint as it is.
        if name == preset.name or (name == preset.source and preset.lora is None):
            return preset
    _require_source(name, "painter", PAINTERS)
    return PainterPreset(name=name, title=Path(name).stem, source=name)


def _require_source(name: str, part: str, presets: dict[str, ComposerPreset] | dict[str, PainterPreset]) -> None:
    looks_like_hub = name.count("/") == 1 and not name.startswith((".", "/", "~"))
    if looks_like_hub or Path(name).expanduser().exists():
        return
    raise SettingsError(
        f"There is no {part} called {name!r}: name one of {', '.join(presets)}, "
        "a hub repository such as owner/model, or a folder that exists."
    )
