"""Texts in the style of canvases with the classes to read: a region's thing, colour and number; a picture's setting.

The text of a region names its thing by any noun of the lexicon that has a similar thing in the art, or by words for
nothing drawable. Secondary nouns ("a girl in a red raincoat", "an owl on a stack of books") are not the thing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from lib_omost.embedded.lexicon import Lexicon
from lib_omost.embedded.painter import gist, setting
from lib_omost.embedded.painter.conditioning import WEATHERS
from training import phrases
from training.captions import Caption, backdrop_caption, region_caption
from training.grounds import GROUNDS, HOURS
from training.scenes import TINTS, Placement, sample_scene
from training.subjects import SUBJECTS, Subject, plural
from training.wordnet import WordNet

NOTHING = len(SUBJECTS)
TINT_NAMES = tuple(TINTS)
NO_TINT = len(TINT_NAMES)
PLAIN, UNKNOWN = len(GROUNDS), len(GROUNDS) + 1
_INDEX = {subject.name: number for number, subject in enumerate(SUBJECTS)}
_COLOR_WORDS = frozenset(word for name in TINTS for word in name.split())
_KINDS = {
    "animal": "animal", "person": "person", "group": "person", "plant": "plant", "food": "food", "building": "place",
    "nature": "place", "water": "place", "vehicle": "vehicle", "sky": "sky", "place": "place", "scene": "place",
}  # fmt: skip

# Names of each ground in the text of a whole picture.
_GROUNDS: dict[str, str] = {
    "sky": "a clear blue sky|the open sky|high above the clouds|the heavens|the sky",
    "meadow": "a meadow|a green meadow|a grassy field|a lawn|a park|the park|the countryside|"
    "a pasture|rolling green hills|"
    "a farm|a hillside|grassland|a valley|the savannah|a plain",
    "sea": "the sea|the open sea|the ocean|a calm ocean|a lake|a river|a harbor|the water|a bay|"
    "the waves|a pond|a dock|"
    "a pier|a canal",
    "beach": "a beach|the beach|a sandy beach|the seaside|the shore|a tropical island|the coast|a seashore|an island",
    "snow": "a snowy landscape|the snow|a snowy field|a winter landscape|the arctic|ice and snow|a snowy mountain|"
    "a frozen lake|a glacier|antarctica|a winter wonderland|a ski slope",
    "desert": "a desert|the desert|sand dunes|a sandy desert|the sahara|a dry canyon|a canyon|the wild west|egypt",
    "forest": "a forest|the forest|the woods|a dense forest|an enchanted forest|autumn leaves|a forest clearing|a wood|"
    "a swamp|a pine forest|under a tree|an autumn forest|a cherry orchard",
    "jungle": "a jungle|the jungle|a rainforest|a tropical forest|dense jungle|a bamboo forest|the amazon",
    "mountains": "the mountains|a mountain landscape|a mountain valley|a mountain pass|the alps|a cliff|a rocky cliff|"
    "the peaks|a mountain path|the highlands|the himalayas",
    "garden": "a garden|a flower garden|a japanese garden|a backyard|a courtyard|a village green|"
    "a terrace|an orchard|a zoo|"
    "a playground",
    "field": "a wheat field|a corn field|golden fields|a field of wheat|a harvest field|"
    "a farm field|a prairie|a vineyard|"
    "a field of sunflowers",
    "room": "a room|a living room|a cozy room|a bedroom|a library|an office|a study|a studio|"
    "a cozy cabin|a house|a cafe|"
    "a bookshop|a classroom|a shop|a museum|a castle hall|a throne room|a theatre|a stage|a table|"
    "a wooden table|a desk|"
    "a reading nook|a shelf|a windowsill|a laboratory|a workshop|a hospital|a temple|a bar|a restaurant|a circus|a gym",
    "kitchen": "a kitchen|the kitchen|a bakery|a bathroom|a dining room|a kitchen table|a kitchen counter|a diner",
    "street": "a street|a village street|a busy street|a town square|a small town|a village|an alley|a market|a road|"
    "a street market|a cobbled street|the suburbs|a station|a railway station|a parking lot|a highway",
    "city": "a city|the city|a big city|a city skyline|a modern city|downtown|new york|tokyo|"
    "a cyberpunk city|a metropolis|"
    "a rooftop|neon lights|paris|london|skyscrapers|a futuristic city",
    "volcanic": "a volcano|lava|a volcanic landscape|hell|rivers of lava|a burning land|a dragon's lair|flames|mordor",
    "underwater": "under the sea|underwater|the deep sea|the bottom of the sea|a coral reef|the seabed|an aquarium|"
    "the depths of the ocean|beneath the waves",
    "cave": "a cave|a dark cave|a dungeon|a cavern|a mine|an underground cave|a crypt|a tunnel|a tomb|a dark hall",
    "battlefield": "a battlefield|a battle|the fierce battle|a ruined land|a war zone|a wasteland|a muddy field|"
    "an arena|ruins|an ancient battlefield|a stormy plain|a graveyard",
    "space": "space|outer space|deep space|the cosmos|a galaxy|the stars of the universe|a nebula|the moon|mars|orbit|"
    "a space station|an alien planet|the void|the milky way",
}  # fmt: skip
_HOURS = {
    "day": "|||||in daylight|on a sunny day|at noon|in the morning|under a bright sky|in spring|"
    "in summer|in bright light",
    "dusk": "at sunset|at dusk|at sunrise|at dawn|in the golden hour|in the evening|at twilight|in the evening light|"
    "under an orange sky|in the setting sun|as the sun sets|in the last light",
    "night": "at night|under the stars|under a starry sky|in the moonlight|under the full moon|at midnight|by night|"
    "in the dark of night|under a dark sky|on a moonlit night|on a starry night|lit by moonlight",
}
_WEATHER_TEXTS = {
    "rain": "in the rain|in a storm|in a thunderstorm|on a rainy day|in pouring rain|"
    "with rain falling|in stormy weather",
    "snow": "in falling snow|while it snows|in a snowstorm|in a blizzard|with snow falling|with snowflakes in the air",
    "fog": "in the fog|in thick fog|in the mist|with mist over the ground|on a foggy day|in a haze",
}
_BESIDE = (
    "with {a} {x}", "with {x}s", "wearing {a} {x}", "in {a} {c} {x}", "holding {a} {x}", "holding {a} {c} {x}",
    "perched on {a} {x}", "on {a} {x}", "on a stack of {x}s", "next to {a} {x}", "beside {a} {x}",
    "walking {a} {x}", "riding {a} {x}", "under {a} {x}", "in front of {a} {x}", "behind {a} {x}", "near {a} {x}",
    "chasing {a} {x}", "fighting {a} {x}", "eating {a} {x}", "playing {a} {x}", "carrying {a} {x}",
    "looking at {a} {x}", "full of {x}s", "made of {x}", "covered with {x}s", "in {a} {x}", "inside {a} {x}",
    "and {a} {x}", "sitting on {a} {x}", "standing on {a} {x}", "reading {a} {x}", "sleeping on {a} {x}",
    "surrounded by {x}s", "flying over {a} {x}", "parked in front of {a} {x}", "of {a} {x}", "at {a} {x}",
    "from {a} {x}", "swimming in {a} {x}", "crossing {a} {x}",
)  # fmt: skip
_PLAIN = ("on a plain {} background", "on a {} background", "before a {} wall", "on {}")
_PEOPLE_PARTS = ("long beard", "curly hair", "red hair", "long hair", "blue eyes", "big smile", "pointed hat", "cloak")
_FEW = {
    1: ("two", "a pair of", "a couple of", "both"),
    2: ("three", "several", "a few"),
    3: ("four", "many", "a group of", "five"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A condition's texts and its classes: for a region `thing`, `tint` and `count` minus 1, for a whole picture
    `ground`, `hour`, `weather` and `color`; -1 for a class that does not apply."""

    caption: Caption
    thing: int = -1
    tint: int = -1
    count: int = -1
    ground: int = -1
    hour: int = -1
    weather: int = -1
    color: int = -1


class Readings:
    """Makes random readings; words that are frequent in the tagged texts of WordNet are drawn more often."""

    def __init__(self, lexicon: Lexicon, net: WordNet | None) -> None:
        drawn, empty, weights = [], [], []
        for word, (look, row) in lexicon._rows.items():
            kind = look.split()[0]
            nearest = row.partition("\t")[2].split()
            if nearest and word not in phrases.BACKDROPS:
                name = lexicon._labels[int(nearest[0])]
                drawn.append((word, _INDEX[name], _KINDS.get(kind, "object")))
                senses = net.nouns.get(word.replace(" ", "_"), ()) if net else ()
                count = sum(sense.count for sense in senses)
                weights.append((1.0 if " " not in word else 0.4) * (8.0 * min(count, 4) ** 0.5 + 0.3))
            elif not nearest:
                empty.append((word, _KINDS.get(kind, "object")))
        self.drawn, self.weights, self.empty = drawn, weights, empty
        self._lexicon = lexicon
        self._shares = _sums([4.0 if s.core else 2.0 if s.words else 0.6 for s in SUBJECTS])
        self._cumulative = _sums(weights)

    def head(self, rng: random.Random) -> tuple[str, int, str]:
        """(words, thing, kind) of a region's subject."""
        chance = rng.random()
        if chance < 0.45:
            number = rng.choices(range(len(SUBJECTS)), cum_weights=self._shares)[0]
            subject = SUBJECTS[number]
            word = rng.choice((subject.name, *subject.words)) if rng.random() < 0.6 else subject.name
            return word, self.label(word, number), subject.kind
        if chance < 0.92:
            return rng.choices(self.drawn, cum_weights=self._cumulative)[0]
        word, kind = rng.choice(self.empty)
        return word, NOTHING, kind

    def label(self, word: str, default: int) -> int:
        """What is drawn for a word: what the lexicon says, which decides in the program, too, or `default`."""
        noun = self._lexicon.noun(word)
        if noun is None or noun.word != word.lower():
            return default
        return _INDEX[noun.nearest[0]] if noun.nearest else NOTHING

    def noun(self, rng: random.Random) -> str:
        """Any noun, for a secondary thing."""
        if rng.random() < 0.5:
            return rng.choice(SUBJECTS).name
        return rng.choices(self.drawn, cum_weights=self._cumulative)[0][0]

    def region(self, rng: random.Random) -> Reading:
        """Texts of a region."""
        place = sample_scene(rng, regions=1).placements[0]
        if rng.random() < 0.07:
            name = rng.choice(phrases.BACKDROPS)
            noun = name.partition(" of ")[0]
            thing = self.label(noun, self.label(noun.rpartition(" ")[2], NOTHING))
            return Reading(backdrop_caption(place, rng, name), thing=thing)
        word, thing, kind = self.head(rng)
        tint, count = NO_TINT, 0
        adjectives = rng.sample(phrases.ADJECTIVES, rng.choices((0, 1, 2), (50, 38, 12))[0])
        if rng.random() < 0.22 and not _COLOR_WORDS & set(word.lower().split()):
            tint = rng.randrange(len(TINT_NAMES))
            adjectives.append(TINT_NAMES[tint])
        spoken = " ".join((*adjectives, word))
        chance = rng.random()
        if chance < 0.16:
            count = rng.choice((1, 1, 2, 3))
            spoken = f"{rng.choice(_FEW[count])} {' '.join((*adjectives, plural(word)))}"
        elif chance < 0.22:
            count = 1
            spoken = " ".join((*adjectives, plural(word)))
        elif chance < 0.9:
            article = "an" if spoken[0].lower() in "aeiou" else "a"
            spoken = f"{rng.choice((article, article, article, 'the', 'one', 'his', 'her'))} {spoken}"
        if rng.random() < 0.06:
            spoken = (
                rng.choice(("portrait of", "a picture of", "close-up of", "a statue of", "the figure of"))
                + f" {spoken}"
            )
        told = spoken
        chance = rng.random()
        if chance < 0.42:
            told += f" {self._beside(rng, kind)}"
            if rng.random() < 0.25:
                told += f" {self._beside(rng, kind)}"
        elif chance < 0.6:
            told += f" {rng.choice(phrases.DOING[kind].split('|'))}"
        elif chance < 0.72:
            told += " " + rng.choice(phrases.WHERE).format(w=place.location, g=rng.choice(phrases.GROUNDS))
        elif chance < 0.78:
            told += f" is {self._beside(rng, kind)}"
        told = told[0].upper() + told[1:] + rng.choice(("", ".", ".", ","))
        own = Subject("", word, kind, (), False)
        other = Subject("", self.noun(rng), kind, (), False)
        suffixes = list(
            region_caption(Placement(place.location, place.offset, place.area, (own,)), rng, (other,)).suffixes
        )
        if rng.random() < 0.5:
            suffixes.insert(0, f"{told.rstrip('.,')} {self._beside(rng, kind)}.")
        if rng.random() < 0.3:
            suffixes.insert(0, f"The {self.noun(rng)} is {self._beside(rng, kind)}.")
        if thing == NOTHING:
            tint = count = -1
        return Reading(Caption((told,), tuple(suffixes[: rng.randrange(4)])), thing=thing, tint=tint, count=count)

    def whole(self, rng: random.Random) -> Reading:
        """Texts of a whole picture."""
        listed = []
        for _ in range(rng.choices((0, 1, 2, 3), (1, 4, 4, 2))[0]):
            noun = self.noun(rng)
            listed.append(f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}")
            if rng.random() < 0.25:
                listed[-1] += f" {self._beside(rng, 'object')}"
        spoken = rng.choice((" and ", ", ", " with ")).join(listed) or "a scene"
        ground, hour, weather, color = UNKNOWN, 0, 0, NO_TINT
        parts, chance = [], rng.random()
        if chance < 0.12:
            pass
        elif chance < 0.22:
            ground, color = PLAIN, rng.randrange(len(TINT_NAMES))
            parts.append(
                rng.choice(("on a plain {} background", "on a {} background", "before a {} wall", "on {}")).format(
                    TINT_NAMES[color]
                )
            )
        else:
            ground = rng.randrange(len(GROUNDS))
            words = rng.choice(_GROUNDS[GROUNDS[ground]].split("|"))
            if not words.startswith(("under", "beneath", "in ", "high")):
                words = f"{rng.choice(('in', 'on', 'at', 'through', 'over', 'before', 'in the middle of'))} {words}"
            parts.append(words)
            hour = rng.choices(range(3), (5, 2, 3))[0]
            if said := rng.choice(_HOURS[HOURS[hour]].split("|")):
                parts.append(said)
            if rng.random() < 0.22:
                weather = rng.randrange(1, 4)
                parts.append(rng.choice(_WEATHER_TEXTS[("rain", "snow", "fog")[weather - 1]].split("|")))
            rng.shuffle(parts)
        if rng.random() < 0.25 and parts:
            told = f"{parts[0]} {' '.join(parts[1:])}, {spoken}"
        else:
            told = f"{spoken} {' '.join(parts)}"
        suffixes = []
        if parts and rng.random() < 0.5:
            held = parts.pop(rng.randrange(len(parts)))
            if rng.random() < 0.5:
                told = f"{spoken} {' '.join(parts)}"  # only in a later sentence
            suffixes.append(
                rng.choice(("The scene is set {}.", "It all takes place {}.", "The scene is {}.", "{}")).format(held)
            )
        values = {"l": spoken, "m": rng.choice(phrases.MOODS)}
        for text in rng.sample([t for t in phrases.GLOBAL_DETAILS if "{s}" not in t], rng.randrange(3)):
            suffixes.append(text.format(**values))
        if rng.random() < 0.3:
            suffixes.append(", ".join(self.noun(rng) for _ in range(3)))
        rng.shuffle(suffixes)
        told = " ".join(told.split())
        return Reading(
            Caption((told[0].upper() + told[1:] + rng.choice(("", ".")),), tuple(suffixes)),
            ground=ground, hour=hour, weather=weather, color=color,
        )  # fmt: skip

    def gist(self, rng: random.Random) -> Reading:
        """The gist that the program makes for a thing of the lexicon."""
        if rng.random() < 0.03:
            return Reading(Caption((gist.NOTHING,), ()), thing=NOTHING)
        thing = rng.randrange(len(SUBJECTS))
        tint = rng.randrange(len(TINT_NAMES)) if rng.random() < 0.3 else NO_TINT
        count = rng.choice((1, 1, 1, 2, 3, 4))
        name = "" if tint == NO_TINT else TINT_NAMES[tint]
        text = gist.thing_text(SUBJECTS[thing].name, name, count)
        return Reading(Caption((text,), ()), thing=thing, tint=tint, count=count - 1)

    def setting_gist(self, rng: random.Random) -> Reading:
        """The gist that the program makes for a setting, or for none."""
        if rng.random() < 0.1:
            return Reading(Caption((gist.NOTHING,), ()), ground=UNKNOWN, hour=0, weather=0, color=NO_TINT)
        ground, hour, weather = rng.randrange(len(GROUNDS)), rng.randrange(len(HOURS)), rng.randrange(len(WEATHERS))
        text = setting.setting_text(GROUNDS[ground], HOURS[hour], WEATHERS[weather])
        return Reading(Caption((text,), ()), ground=ground, hour=hour, weather=weather, color=NO_TINT)

    def _beside(self, rng: random.Random, kind: str) -> str:
        if kind == "person" and rng.random() < 0.25:
            return f"with a {rng.choice(_PEOPLE_PARTS)}"
        noun = self.noun(rng)
        if rng.random() < 0.3:
            noun = f"{rng.choice(phrases.ADJECTIVES)} {noun}"
        article = rng.choice(("an" if noun[0] in "aeiou" else "a", "the"))
        return rng.choice(_BESIDE).format(a=article, x=noun, c=rng.choice(TINT_NAMES))


def _sums(weights: list[float]) -> list[float]:
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums
