"""The painters that the program knows by name, with their settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..hub import hub_file, is_repository
from ..render.settings import UNSAID, Lora, RenderSettings, Training
from ..safety.filtering import sounds_unfiltered
from .families import FLUX2, SDXL, ZIMAGE, PainterFamily, family_of, is_distilled
from .sources import ROOT, require_source

EMBEDDED_PAINTER = ROOT / "models" / "painter"
BIG_PAINTER = "realvisxl"


@dataclass(frozen=True, slots=True)
class PainterPreset:
    """An image model and its settings.

    source: a hub repository, a folder or a single file. lora: merged into the weights. settings: the defaults that suit
    the model. added: LoRAs of the user. training: overrides what the files say. unfiltered: whether it was deliberately
    trained on adult pictures (see `filtering.py`). absent: names of
    settings that this model, unlike others of its family, has no choice of.
    """

    name: str
    title: str
    source: str
    lora: Lora | None = None
    settings: RenderSettings = field(default_factory=RenderSettings)
    embedded: bool = False
    added: tuple[Lora, ...] = ()
    training: Training = UNSAID
    note: str = ""
    unfiltered: bool = False
    family: PainterFamily = SDXL
    absent: frozenset[str] = frozenset()

    @property
    def lacking(self) -> frozenset[str]:
        """The names of the settings that this model has no choice of."""
        return self.family.absent | self.absent


_ADULT = "Trained on adult pictures, too: leave its opening words as they are, and read its licence first."


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
            note="512 x 512 pixels in 1 to 4 steps without guidance. Read its licence first: it has special terms.",
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
            # The author's clip skip 2 counts the last layer, which SDXL never uses, so nothing else is skipped.
            settings=RenderSettings(
                guidance_scale=7.0,
                wording="tags",
                opening="score_9, score_8_up, score_7_up, score_6_up, score_5_up, score_4_up, rating_safe",
                negative_prompt="",
            ),
            note=f"Drawings and cartoons, from tags with their scores. {_ADULT}",
            unfiltered=True,
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
            unfiltered=True,
        ),
        PainterPreset(
            name="flux2-klein",
            title="FLUX.2 klein 4B, 4 steps",
            source="black-forest-labs/FLUX.2-klein-4B",
            settings=FLUX2.settings,
            note="Photographs and drawings from whole sentences, in 4 steps. About 16 GB of graphics memory, or 8 in 4 "
            "bits.",
            family=FLUX2,
            absent=frozenset({"guidance_scale", "negative_prompt"}),
        ),
        PainterPreset(
            name="z-image-turbo",
            title="Z-Image Turbo, 9 steps",
            source="Tongyi-MAI/Z-Image-Turbo",
            settings=ZIMAGE.settings,
            note="Photographs and drawings from whole sentences, in 9 steps. About 20 GB of graphics memory, or 8 in 4 "
            "bits.",
            family=ZIMAGE,
            absent=frozenset({"guidance_scale", "negative_prompt"}),
        ),
        PainterPreset(
            name="embedded",
            title="Embedded painter, SDXL in miniature",
            source=str(EMBEDDED_PAINTER),
            settings=RenderSettings(
                width=384,
                height=384,
                steps=20,
                guidance_scale=1.0,
                negative_prompt="",
                color_strength=0.15,
                formula="layered",
            ),
            embedded=True,
            note="Draws small pictures in the style of 3D icons and knows only the things that it was trained on.",
        ),
    )
}


def painter_preset(name: str) -> PainterPreset:
    """The preset called `name`, or one made for a hub repository, a diffusers folder, or a single file on this disk or
    of the hub (owner/model/file.safetensors).

    Raises SettingsError if `name` is none of these.
    """
    for preset in PAINTERS.values():
        # A source by itself is the checkpoint as it is.
        if name == preset.name or (name == preset.source and preset.lora is None):
            return preset
    if hub_file(name) is None:
        require_source(name, "painter", PAINTERS, "or a folder or file that exists")
    family = family_of(name)
    distilled = family.base is None or is_distilled(name)
    no_guidance = family is FLUX2 and distilled
    return PainterPreset(
        name=name,
        title=Path(name).name if Path(name).expanduser().is_dir() or is_repository(name) else Path(name).stem,
        source=name,
        settings=family.settings if distilled or family.base is None else family.base,
        unfiltered=sounds_unfiltered(name),
        family=family,
        absent=frozenset({"guidance_scale", "negative_prompt"} if no_guidance else ()),
    )
