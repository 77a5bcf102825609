"""Language: whether a text is one that the reader can read, which is English."""

from __future__ import annotations

import re

from ..lexicon import Lexicon
from ..words import PREPOSITIONS, word_set

_ENGLISH = word_set(
    """
    a an the and or of in on at with is are to for from by under over near its his her their my it that this
    into
    """
) | frozenset(word for word in PREPOSITIONS if " " not in word and len(word) > 3)
_OTHER = (
    word_set(
        """
    un une le la les des du au aux de et avec sur dans sous chez el los las del al con y en una por para ein
    eine einen einem einer der die das den dem und mit im am auf über unter vor hinter aus von zu il lo gli i di
    della dello nel nella sul sulla e da um uma os as no na do dos com não pelo het een van op met bij onder
    naar en ett och på med i till en et og
    """
    )
    - _ENGLISH
)
_EVERYDAY = word_set(
    """
    hund hunde katze katzen drache drachen pferd vogel haus baum schloss burg ritter mann frau mädchen junge himmel
    sonne mond wald meer berg nacht roter rote rotes blauer blaue blaues grün grüner grüne schwarzer schwarze weiß
    weißer weiße großer große kleiner kleine größer zwei drei noch mach mache machen spielen füge entferne lösche
    perro perros gato gatos caballo pájaro dragón casa árbol castillo caballero hombre mujer niña niño cielo noche
    bosque montaña rojo roja azul verde blanco blanca amarillo pequeño pequeña dos tres más haz quita añade jugando
    chien chiens oiseau cheval maison arbre château chevalier homme femme fille garçon ciel nuit forêt deux trois
    ajoute enlève cane gatto gatti cavallo uccello albero castello cavaliere uomo donna cielo notte rosso rossa cão
    cavalo pássaro árvore castelo cavaleiro homem mulher noite vermelho vermelha
    """
)
"""Words of things and changes that are no English words."""
LEAST_KNOWN = 0.55
"""Share of its words that the lexicon must know."""


def is_english(text: str, lexicon: Lexicon) -> bool:
    """Whether a text seems to be English: its script, its small words, and how many of its words the lexicon knows."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return True
    if sum(letter.isascii() for letter in letters) < 0.7 * len(letters):
        return False
    # Names are of any language.
    found = [word for word in re.findall(r"[^\W\d_]+(?:'[a-z]+)?", text) if not word[0].isupper()]
    own = sum(word in _ENGLISH for word in found)
    foreign = sum(word in _OTHER for word in found)
    if not own and any(word.lower() in _EVERYDAY for word in re.findall(r"[^\W\d_]+", text)):
        return False
    if foreign > 1 and foreign > own:
        return False
    known = sum(word in _ENGLISH or bool(lexicon.parts_of_speech(word.removesuffix("'s"))) for word in found)
    if foreign and foreign >= own and known - foreign < LEAST_KNOWN * len(found):
        return False
    return len(found) < 3 or known >= LEAST_KNOWN * len(found)
