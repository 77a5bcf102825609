"""The composers that the program knows by name, with their settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..errors import SettingsError
from ..llm.address import Address, is_address
from ..llm.base import Sampling
from ..safety.filtering import sounds_unfiltered
from .sources import ROOT, require_source

EMBEDDED_COMPOSER = ROOT / "models" / "composer"
BIG_COMPOSER = "omost-llama-3-8b-4bits"
SMALLER_COMPOSERS = ("omost-phi-3-mini-128k-8bits", "omost-phi-3-mini-128k-4bits", "embedded")
"""Its replacements on cards with less memory, best first."""

Family = Literal["llama-3", "chatml", "phi-3"]
Bits = Literal[4, 8]


@dataclass(frozen=True, slots=True)
class ComposerPreset:
    """A language model and its settings.

    source: a hub repository, a folder, a GGUF file or the address of a server. family: the chat format, None to infer
    it from the vocabulary. context_length: in tokens. bits: quantise the weights while loading, None leaves them
    unchanged. grammar: whether the model is constrained by the Canvas grammar. guided: whether that grammar is made for
    each request from the things that it names (see `llm.guidance`). examples: prompts that it answers well.
    unfiltered: whether it was made to refuse nothing (see `filtering.py`). weights: bytes of its weights on a device.
    per_token: bytes of keys and values per token; 0 if unknown.
    """

    name: str
    title: str
    source: str
    family: Family | None
    context_length: int
    bits: Bits | None = None
    sampling: Sampling = field(default_factory=Sampling)
    grammar: bool = False
    guided: bool = False
    embedded: bool = False
    note: str = ""
    examples: tuple[str, ...] = ()
    unfiltered: bool = False
    weights: int = 0
    per_token: int = 0

    @property
    def remote(self) -> bool:
        """Whether a server runs the model, so that it needs no device here."""
        return is_address(self.source)

    @property
    def quantised(self) -> bool:
        """Whether its weights have 4 or 8 bits, as far as the name tells."""
        return self.bits is not None or self.source.endswith(("-4bits", "-8bits"))


OMOST_EXAMPLES = (
    "generate an image of the fierce battle of warriors and a dragon",
    "generate an image of a cat on a table in a room",
    "a ship in a storm at night, a lighthouse on the cliff",
    "generate an image of a knight in front of a castle under a red moon",
)

EMBEDDED_EXAMPLES = (
    "generate an image of the fierce battle of warriors and a dragon",
    "a cat and a dog in a meadow, a rainbow in the sky",
    "a castle on a hill at night, a dragon in the sky",
    "a sailboat on the sea at sunset, a lighthouse on the right",
    "a snowman beside a house in the snow",
)

_UNFILTERED = "Trained without filtering: a page that others reach runs it with both safety checks only."


_WEIGHTS = {
    "phi-3": {4: 2.2, 8: 3.74, 16: 7.12},
    "llama-3": {4: 5.5, 8: 8.46, 16: 14.96},
    "chatml": {4: 5.5, 8: 8.46, 16: 14.96},
}
"""GiB of the Omost models' weights by family and bits; Dolphin is a Llama-3 with the ChatML format."""
_PER_TOKEN = {"phi-3": 393_216, "llama-3": 131_072, "chatml": 131_072}


def _omost(repository: str, title: str, family: Family, bits: int, memory: int, note: str) -> ComposerPreset:
    """A published Omost model. Weights in 4 or 8 bits are loaded as published if the name of the repository says so,
    else quantised while loading. memory: GB while it writes."""
    published = repository.endswith("bits")
    name = repository if published or bits == 16 else f"{repository}-{bits}bits"
    return ComposerPreset(
        name=name,
        title=f"{title}, {bits} bit",
        source=f"lllyasviel/{repository}",
        family=family,
        # Phi-3 claims 128k, but its replies are only reliable within about 8k.
        context_length=8192,
        bits=None if published or bits == 16 else 4 if bits == 4 else 8,
        note=f"{note} About {memory} GB of graphics memory.",
        examples=OMOST_EXAMPLES,
        unfiltered=note == _UNFILTERED,
        weights=int(_WEIGHTS[family][bits] * 2**30),
        per_token=_PER_TOKEN[family],
    )


def _general(
    name: str, title: str, source: str, memory: int, weights: float, per_token: int, bits: Bits | None = None
) -> ComposerPreset:
    """A general instruct model, which knows the Canvas language only from the system prompt."""
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
        weights=int(weights * 2**30),
        per_token=per_token,
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
        _general("qwen2.5-7b-4bits", "Qwen2.5 7B Instruct, 4 bit", "Qwen/Qwen2.5-7B-Instruct", 6, 5.3, 57_344, 4),
        _general("qwen3-4b", "Qwen3 4B Instruct", "Qwen/Qwen3-4B-Instruct-2507", 9, 7.5, 147_456),
        _general("smollm2-1.7b", "SmolLM2 1.7B Instruct", "HuggingFaceTB/SmolLM2-1.7B-Instruct", 4, 3.2, 196_608),
        ComposerPreset(
            name="embedded",
            title="Embedded composer, SmolLM2 135M with our adapter",
            source=str(EMBEDDED_COMPOSER),
            family="chatml",
            context_length=8192,
            sampling=Sampling(temperature=0.5, top_p=0.9, max_new_tokens=1536),
            grammar=True,
            guided=True,
            embedded=True,
            note="A very small language model that runs on any CPU. It writes sound canvases about simple scenes.",
            examples=EMBEDDED_EXAMPLES,
            weights=int(0.3 * 2**30),
            per_token=23_040,
        ),
    )
}


def composer_preset(name: str) -> ComposerPreset:
    """The preset called `name`, or one made for a hub repository `owner/model`, a local folder, a GGUF file or the
    address of an OpenAI-compatible server.

    Raises SettingsError if `name` is none of these.
    """
    for preset in COMPOSERS.values():
        # The name of a source means the unmodified checkpoint.
        if name == preset.name or (name == preset.source and preset.bits is None):
            return preset
    if is_address(name):
        return _served(name)
    path = Path(name).expanduser()
    if path.is_file() and path.suffix.lower() != ".gguf":
        raise SettingsError(f"The composer {name} is a file of another kind: name a .gguf file or a whole folder.")
    require_source(
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
        name="server",  # pictures record the composer's name, and an address must not be disclosed
        title=f"Model at {Address.parse(address).url}",
        source=address,
        family=None,
        context_length=8192,
        grammar=True,
        note="A model on another server; what it writes is only as good as that model.",
        examples=OMOST_EXAMPLES,
    )
