"""Which composers and painters the program knows by name, and what each one likes.

A preset is a value: the faces show its title and note, the studio reads its settings. Anything that a user names
and that is not a preset (a hub repository, a folder, a file, a server) becomes a preset through `composer_preset` or
`painter_preset`, so that the rest of the program sees presets only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .errors import SettingsError
from .filtering import sounds_unfiltered
from .hub import hub_file, is_repository
from .llm.address import Address, is_address
from .llm.base import Sampling
from .render.settings import UNSAID, Lora, RenderSettings, Training

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED_COMPOSER = ROOT / "models" / "composer"
EMBEDDED_PAINTER = ROOT / "models" / "painter"

Family = Literal["llama-3", "chatml", "phi-3"]
Bits = Literal[4, 8]


@dataclass(frozen=True, slots=True)
class ComposerPreset:
    """One language model: where it comes from, how it is spoken to, how it likes to be sampled.

    `source` is a hub repository, a folder, a GGUF file or a server's address; `family` the chat format, None for the
    one that the model's vocabulary shows; `context_length` counts tokens; `bits` quantises the weights while they are
    loaded (None leaves them as they are); `grammar` tells whether the model is held to the Canvas grammar; `examples`
    are prompts that it answers well; `unfiltered` says that it was made to refuse nothing (see `filtering.py`).
    """

    name: str
    title: str
    source: str
    family: Family | None
    context_length: int
    bits: Bits | None = None
    sampling: Sampling = field(default_factory=Sampling)
    grammar: bool = False
    embedded: bool = False
    note: str = ""
    examples: tuple[str, ...] = ()
    unfiltered: bool = False

    @property
    def remote(self) -> bool:
        """Whether a server runs the model, so that it needs no device here."""
        return is_address(self.source)


@dataclass(frozen=True, slots=True)
class PainterPreset:
    """One image model: where it comes from, a LoRA to be merged into it, and the settings that suit it (sizes in
    pixels). `added` are the user's own LoRAs, `training` what is known better than the files say it."""

    name: str
    title: str
    source: str
    lora: Lora | None = None
    settings: RenderSettings = field(default_factory=RenderSettings)
    embedded: bool = False
    added: tuple[Lora, ...] = ()
    training: Training = UNSAID
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

_UNFILTERED = "Trained without filtering: a page that others reach runs it with both safety checks only."

_ADULT = "Trained on adult pictures, too: leave its opening words as they are, and read its licence first."


def _omost(repository: str, title: str, family: Family, bits: int, memory: int, note: str) -> ComposerPreset:
    """A published Omost model. 4 or 8 bits are loaded as published where the repository's name says so, and made of the
    full weights elsewhere; `memory` in GB while it writes."""
    published = repository.endswith("bits")
    name = repository if published or bits == 16 else f"{repository}-{bits}bits"
    return ComposerPreset(
        name=name,
        title=f"{title}, {bits} bit",
        source=f"lllyasviel/{repository}",
        family=family,
        # Phi-3 states 128k; its replies are only trustworthy within about 8k.
        context_length=8192,
        bits=None if published or bits == 16 else 4 if bits == 4 else 8,
        note=f"{note} About {memory} GB of graphics memory.",
        examples=OMOST_EXAMPLES,
        unfiltered=note == _UNFILTERED,
    )


def _general(name: str, title: str, source: str, memory: int, bits: Bits | None = None) -> ComposerPreset:
    """A general instruct model, which knows canvases from the system prompt alone."""
    return ComposerPreset(
        name=name,
        title=title,
        source=source,
        family="chatml",
        context_length=8192,
        bits=bits,
        grammar=True,
        note=f"Not trained for canvases, so it is held to their grammar. Apache-2.0. About {memory} GB.",
        examples=OMOST_EXAMPLES,
    )


COMPOSERS: dict[str, ComposerPreset] = {
    preset.name: preset
    for preset in (
        _omost("omost-llama-3-8b-4bits", "Omost Llama-3 8B", "llama-3", 4, 6, "Trained on filtered data."),
        _omost("omost-llama-3-8b", "Omost Llama-3 8B", "llama-3", 8, 10, "Trained on filtered data."),
        _omost("omost-llama-3-8b", "Omost Llama-3 8B", "llama-3", 16, 17, "Trained on filtered data."),
        _omost("omost-dolphin-2.9-llama3-8b-4bits", "Omost Dolphin 2.9 8B", "chatml", 4, 6, _UNFILTERED),
        _omost("omost-dolphin-2.9-llama3-8b", "Omost Dolphin 2.9 8B", "chatml", 8, 10, _UNFILTERED),
        _omost("omost-dolphin-2.9-llama3-8b", "Omost Dolphin 2.9 8B", "chatml", 16, 17, _UNFILTERED),
        _omost("omost-phi-3-mini-128k-8bits", "Omost Phi-3 mini", "phi-3", 8, 4, "The small one."),
        _omost("omost-phi-3-mini-128k", "Omost Phi-3 mini", "phi-3", 4, 3, "Its last resort: 4 bits cost quality."),
        _omost("omost-phi-3-mini-128k", "Omost Phi-3 mini", "phi-3", 16, 8, "The small one in full."),
        _general("qwen2.5-7b-4bits", "Qwen2.5 7B Instruct, 4 bit", "Qwen/Qwen2.5-7B-Instruct", 6, 4),
        _general("qwen3-4b", "Qwen3 4B Instruct", "Qwen/Qwen3-4B-Instruct-2507", 9),
        _general("smollm2-1.7b", "SmolLM2 1.7B Instruct", "HuggingFaceTB/SmolLM2-1.7B-Instruct", 4),
        ComposerPreset(
            name="embedded",
            title="Embedded composer, SmolLM2 135M with our adapter",
            source=str(EMBEDDED_COMPOSER),
            family="chatml",
            context_length=8192,
            sampling=Sampling(temperature=0.5, top_p=0.9, max_new_tokens=1536),
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
            name="animagine",
            title="Animagine XL 3.1",
            source="cagliostrolab/animagine-xl-3.1",
            settings=RenderSettings(
                guidance_scale=6.0,
                wording="tags",
                opening="masterpiece, best quality, very aesthetic, absurdres",
                negative_prompt="lowres, bad anatomy, bad hands, cropped, worst quality",
            ),
            note="Drawings in the anime style, from tags. Its relatives take other opening words, such as score_9.",
        ),
        PainterPreset(
            name="pony",
            title="Pony Diffusion V6 XL",
            source="LyliaEngine/Pony_Diffusion_V6_XL/ponyDiffusionV6XL_v6StartWithThisOne.safetensors",
            # Its author's clip skip 2 counts the last layer, which SDXL never reads: no more is to be skipped.
            settings=RenderSettings(
                guidance_scale=7.0,
                wording="tags",
                opening="score_9, score_8_up, score_7_up, score_6_up, score_5_up, score_4_up, rating_safe",
                negative_prompt="",
            ),
            note=f"Drawings and cartoons, from tags with their scores. {_ADULT}",
        ),
        PainterPreset(
            name="noobai",
            title="NoobAI XL 1.0, v-prediction",
            source="Laxhar/noobai-XL-Vpred-1.0/NoobAI-XL-Vpred-v1.0.safetensors",
            settings=RenderSettings(
                guidance_rescale=0.7,
                steps=28,
                wording="tags",
                opening="masterpiece, best quality, newest, absurdres, highres, safe",
                negative_prompt="nsfw, worst quality, old, early, low quality, lowres, signature, bad hands",
            ),
            note=f"Drawings in the anime style, from tags, with deep darks and bright lights. {_ADULT}",
        ),
        PainterPreset(
            name="embedded",
            title="Embedded painter, SDXL in miniature",
            source=str(EMBEDDED_PAINTER),
            settings=RenderSettings(
                width=256, height=256, steps=20, guidance_scale=2.0, negative_prompt="", color_strength=0.15
            ),
            embedded=True,
            note="Draws small pictures in the style of 3D icons and knows only the things that it was trained on.",
        ),
    )
}

BIG_COMPOSER = "omost-llama-3-8b-4bits"
BIG_PAINTER = "realvisxl"


def composer_preset(name: str) -> ComposerPreset:
    """The preset called `name`, or one made for a hub repository `owner/model`, a local folder, a GGUF file or the
    address of an OpenAI-compatible server.

    Raises SettingsError where `name` is none of these.
    """
    for preset in COMPOSERS.values():
        # A source by itself is the checkpoint as it is.
        if name == preset.name or (name == preset.source and preset.bits is None):
            return preset
    if is_address(name):
        return _served(name)
    path = Path(name).expanduser()
    if path.is_file() and path.suffix.lower() != ".gguf":
        raise SettingsError(f"The composer {name} is a file of another kind: name a .gguf file or a whole folder.")
    _require_source(
        name,
        "composer",
        COMPOSERS,
        "a folder or a .gguf file that exists, or a server such as http://127.0.0.1:8000/v1",
    )
    trained_for_canvas = "omost" in name.lower()
    return ComposerPreset(
        name=name,
        title=path.name,
        source=str(path) if path.exists() else name,
        family=None,
        context_length=8192,
        grammar=not trained_for_canvas,
        examples=OMOST_EXAMPLES,
        unfiltered=sounds_unfiltered(name),
    )


def _served(address: str) -> ComposerPreset:
    return ComposerPreset(
        name="server",  # pictures remember the composer's name, and an address is nobody else's business
        title=f"Model at {Address.parse(address).url}",
        source=address,
        family=None,
        context_length=8192,
        grammar=True,
        note="A model on another server; what it writes is only as good as that model.",
        examples=OMOST_EXAMPLES,
    )


def painter_preset(name: str) -> PainterPreset:
    """The preset called `name`, or one made for a hub repository, a diffusers folder, or a single file on this disk or
    of the hub (owner/model/file.safetensors).

    Raises SettingsError where `name` is none of these.
    """
    for preset in PAINTERS.values():
        # A source by itself is the checkpoint as it is.
        if name == preset.name or (name == preset.source and preset.lora is None):
            return preset
    if hub_file(name) is None:
        _require_source(name, "painter", PAINTERS, "or a folder or file that exists")
    return PainterPreset(name=name, title=Path(name).stem, source=name)


def _require_source(
    name: str, part: str, presets: dict[str, ComposerPreset] | dict[str, PainterPreset], others: str
) -> None:
    if is_repository(name) or Path(name).expanduser().exists():
        return
    raise SettingsError(
        f"There is no {part} called {name!r}: name one of {', '.join(presets)}, "
        f"a hub repository such as owner/model, {others}."
    )
