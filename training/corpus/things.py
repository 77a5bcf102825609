"""All things that a picture can show: every noun with its kind and its material."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from training import subjects
from training.corpus import artifacts, creatures, grammar, kinds, nature, nouns, people

# The painter's kinds are broader; its subjects without specific material get that of these kinds.
_PAINTER_KINDS = {
    "animal": "animal", "person": "person", "plant": "flower", "food": "food", "place": "building",
    "vehicle": "landcar", "sky": "heavenly", "object": "object",
}  # fmt: skip


# Names that are plural or denote one particular thing do not fit sentences with "a".
# fmt: off
_UNFIT = frozenset({
    "autumn leaves", "bacon", "bamboo", "beach", "beer", "blueberries", "books", "bread", "butter", "candy",
    "cheese", "cherries", "chopsticks", "city", "clover", "coffee", "coral", "corn", "couple", "crossed swords",
    "curry", "dice", "earth", "family", "fire", "fireworks", "fog", "footprints", "french fries", "garlic",
    "glasses", "grapes", "grass", "honey", "house with a garden", "ice cream", "lightning", "man in a turban",
    "meat on a bone", "mount fuji", "ocean", "pancakes", "paw prints", "peanuts", "pizza", "popcorn", "rain",
    "ramen", "rice", "salad", "sand", "santa claus", "scales", "scissors", "sky", "snow", "soup", "spaghetti",
    "statue of liberty", "stew", "sun behind a cloud", "sun with a face", "sushi", "t-shirt", "tea", "tulips",
    "village", "wheat", "wind", "wine", "wrestlers",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Kind:
    """Material for every member of a kind. ``placement`` is ground, sky, water, small, large, back, low or top."""

    name: str
    placement: str
    pronoun: str
    looks: tuple[str, ...]
    doings: tuple[str, ...]
    sentences: tuple[str, ...]
    plurals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun with its looks ("with ..."), doings ("is ...") and sentences, if any."""

    name: str
    kind: Kind
    colors: tuple[str, ...]
    adjectives: tuple[str, ...]
    looks: tuple[str, ...] = ()
    doings: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def plural(self) -> str:
        return grammar.plural(self.name)

    @property
    def rich(self) -> bool:
        """Whether it has specific material."""
        return bool(self.doings)


def _items(text: str, mark: str = ";") -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark) if part.strip())


@cache
def all_kinds() -> dict[str, Kind]:
    """Every kind by name."""
    found: dict[str, Kind] = {}
    for block in kinds.TEXT.split("== ")[1:]:
        head, *lines = block.strip().splitlines()
        name, placement, pronoun = head.split()
        by_mark: dict[str, list[str]] = {"+": [], ">": [], ".": [], "*": []}
        for line in lines:
            by_mark[line[0]].append(line[1:].strip())
        found[name] = Kind(
            name,
            placement,
            pronoun,
            _items(by_mark["+"][0]),
            _items(by_mark[">"][0]),
            tuple(by_mark["."]),
            tuple(by_mark["*"]),
        )
    return found


def _rich_things() -> list[Thing]:
    things: list[Thing] = []
    lines = [
        line
        for text in (creatures.TEXT, people.TEXT, artifacts.TEXT, nature.TEXT)
        for line in text.strip().splitlines()
    ]
    for line in lines:
        if line[:2] == "+ ":
            looks = _items(line[2:])
        elif line[:2] == "> ":
            things[-1] = _with(things[-1], looks=looks, doings=_items(line[2:]))
        elif line[:2] == ". ":
            things[-1] = _with(things[-1], sentences=(*things[-1].sentences, line[2:].strip()))
        else:
            name, kind, colors, adjectives = _items(line, "|")
            things.append(Thing(name, all_kinds()[kind], tuple(colors.split()), _items(adjectives, ",")))
    return things


def _with(thing: Thing, **changes: tuple[str, ...]) -> Thing:
    fields = {name: getattr(thing, name) for name in thing.__slots__} | changes
    return Thing(**fields)


@cache
def all_things() -> dict[str, Thing]:
    """Every thing by name: those with specific material, the further nouns, and all that the painter can draw."""
    pool = {thing.name: thing for thing in _rich_things()}
    for kind, words in nouns.WORDS.items():
        colors, adjectives = tuple(nouns.KIND_COLORS[kind].split()), _items(nouns.ADJECTIVES[kind], ",")
        for word in _items(words, ","):
            pool.setdefault(word, Thing(word, all_kinds()[kind], colors, adjectives))
    for subject in subjects.SUBJECTS:
        if subject.name not in _UNFIT:
            kind = _PAINTER_KINDS[subject.kind]
            pool.setdefault(
                subject.name,
                Thing(
                    subject.name,
                    all_kinds()[kind],
                    tuple(nouns.KIND_COLORS[kind].split()),
                    _items(nouns.ADJECTIVES[kind], ","),
                ),
            )
    return pool


@cache
def by_kind(*names: str) -> tuple[Thing, ...]:
    """The things of these kinds, in a fixed order."""
    return tuple(thing for thing in all_things().values() if thing.kind.name in names)


def thing(name: str) -> Thing:
    """The thing of this name. Raises KeyError for an unknown one."""
    return all_things()[name]
