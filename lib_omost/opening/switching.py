"""Switching models while the program runs: the models that are on this disk, and the exchange of one for another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import SettingsError
from ..presets import COMPOSERS, PAINTERS, ROOT, ComposerPreset, PainterPreset, composer_preset, painter_preset
from ..render.settings import Lora
from ..studio import Studio
from .choice import Choice, planned, reachable
from .options import Options, parse_lora
from .studio import Loaders, open_models

WEIGHTS = (".safetensors", ".gguf")
MAX_FOUND = 200
"""Number of files that are listed per folder."""
REASON = "These models were chosen on the page."


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be loaded: the name to load it by, and its title."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class LoraUse:
    """A LoRA file of the folder, by its name there, and its weight; 0 means that it is not used."""

    name: str
    weight: float = 0.0


class Switchboard:
    """Exchanges the models of `studio`. guide: whether composers are guided, see `Options`."""

    def __init__(self, options: Options, studio: Studio, loaders: Loaders) -> None:
        self.studio = studio
        self.guide = options.guide
        self._options = options
        self._loaders = loaders

    @classmethod
    def open(cls, options: Options) -> Switchboard:
        """A studio for `options` whose models can be exchanged. Raises as `open_studio`."""
        return cls(options, *open_models(options))

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders with `checkpoints`, `composers` and `loras`."""
        return (ROOT / "models",) if self._options.models is None else (self._options.models, ROOT / "models")

    def composers(self) -> list[Offer]:
        """The composers on this disk; the loaded one comes first."""
        found = [Offer(preset.name, preset.title) for preset in COMPOSERS.values() if self._is_here(preset)]
        return _first(self._own_name(self.studio.composer_preset), [*found, *self._files("composers")])

    def painters(self) -> list[Offer]:
        """The painters on this disk; the loaded one comes first."""
        found = [Offer(preset.name, preset.title) for preset in PAINTERS.values() if self._is_here(preset)]
        return _first(self._own_name(self.studio.painter_preset), [*found, *self._files("checkpoints")])

    def loras(self) -> list[LoraUse]:
        """The LoRAs of the folders, with the weights that are in use."""
        used = {_path(lora): lora.scale for lora in self.studio.painter_preset.added}
        files = self._lora_files()
        return [LoraUse(name, used.get(path, 0.0)) for name, path in files.items()]

    def switch(self, composer: str, painter: str, loras: Sequence[LoraUse], guide: bool | None = None) -> bool:
        """Load these models in place of others; "" keeps what is loaded. guide: see `Options`. Returns whether anything
        changes.

        Waits for work in progress. Raises SettingsError for a model or LoRA that does not exist, and while a model is
        still loading.
        """
        if any(part.state == "loading" for part in self.studio.status().parts):
            raise SettingsError("A model is still loading: wait until it is ready, then switch.")
        old_composer, old_painter = self.studio.composer_preset, self.studio.painter_preset
        options = replace(self._options, loras=self._named(loras), guide=guide)
        device = self._loaders.accelerator.device
        wanted = Choice(
            composer_preset(composer or self._own_name(old_composer)),
            painter_preset(painter or self._own_name(old_painter)),
            device,
            REASON,
        )
        choice = planned(options, wanted)
        self.guide = guide
        changed = False
        if choice.composer != old_composer:
            composing = self._loaders.composer(choice)
            self.studio.exchange_composer(choice.composer, composing, REASON, choice.plan, choice.memory)
            changed = True
        if choice.painter != old_painter:
            model = replace(self._loaders, options=options).painter(choice)
            self.studio.exchange_painter(choice.painter, model, REASON, choice.plan, choice.memory)
            changed = True
        return changed

    def _named(self, loras: Sequence[LoraUse]) -> list[str]:
        """The LoRAs as arguments of the command line. Those that were named when the program was started and are in no
        folder stay."""
        files = self._lora_files()
        kept = [text for text in self._options.loras if _path(parse_lora(text)) not in files.values()]
        for use in loras:
            if use.name not in files:
                raise SettingsError(f"There is no LoRA {use.name!r} in the folder any more.")
            if use.weight:
                kept.append(f"{files[use.name]}:{use.weight:g}")
        return kept

    def _lora_files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in self.folders:
            for path in _weights(folder / "loras"):
                found.setdefault(path.stem, path.resolve())
        return found

    def _files(self, kind: str) -> list[Offer]:
        return [Offer(str(path), path.stem) for folder in self.folders for path in _weights(folder / kind)]

    def _is_here(self, preset: ComposerPreset | PainterPreset) -> bool:
        """Whether the files of the preset are on this disk; nothing is asked over the network."""
        sources = [preset.source]
        if isinstance(preset, PainterPreset) and preset.lora is not None:
            sources.append(f"{preset.lora.source}/{preset.lora.file}")
        offline = replace(self._options, offline=True)
        return all(Path(source).exists() or reachable(source, offline) for source in sources)

    def _own_name(self, preset: ComposerPreset | PainterPreset) -> str:
        return preset.source if preset.name == "server" else preset.name


def _path(lora: Lora) -> Path:
    return Path(lora.source) / lora.file


def _weights(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in WEIGHTS and path.is_file())[:MAX_FOUND]


def _first(name: str, offers: list[Offer]) -> list[Offer]:
    own = [offer for offer in offers if offer.name == name] or [Offer(name, Path(name).name)]
    return [*own[:1], *(offer for offer in offers if offer.name != name)]
