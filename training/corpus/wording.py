"""How users ask: a brief as a prompt, from one word to a paragraph, polite or blunt, with and without typing errors."""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

import random

from training.corpus import grammar
from training.corpus.briefs import Brief, Wish

_LEADS = (
    "generate an image of {x}", "generate an image of {x}", "generate an image of {x}", "create an image of {x}", "draw {x}", "draw me {x}",
    "paint {x}", "please draw {x}", "can you draw {x}?", "could you please make a picture of {x}?", "i want {x}", "I'd like to see {x}",
    "show me {x}", "make {x}", "make an image of {x} please", "a picture of {x}", "picture of {x}", "an illustration of {x}", "imagine {x}",
    "Please generate an image that shows {x}.", "Would you paint {x} for me?", "give me {x}", "hi, can i get a picture of {x}", "I need an image of {x}.",
    "compose a scene with {x}", "{x} pls", "photo of {x}", "we need {x} for our poster", "my daughter wants {x}",
)  # fmt: skip

NOTHING_VISUAL = (
    "hello", "hi", "hey there", "how are you?", "good morning", "thank you", "thanks!", "who are you?", "what can you do?", "help", "test",
    "tell me a joke", "i am bored", "what time is it?", "2+2", "surprise me", "anything", "something nice", "make something cool", "i love you",
    "what is the meaning of life?", "why is the sky blue?", "write a poem", "sing me a song", "i feel sad today", "ok", "lol", "???",
    "what is happiness?", "can you help me with my homework?", "it's my birthday", "i can't sleep", "good night", "do you like music?",
    "explain magnetism", "explain to me how rain is made", "what is time?", "what is courage?", "how does a radio work?", "tell me a story",
    "tell me about the weather", "tell me what you know", "good afternoon", "hello, how are you today?", "how was your weekend?", "back soon",
    "i don't know", "i have no idea what i want", "no idea, you choose", "not sure what to ask", "whatever you like", "what should i draw?",
    "describe yourself", "are you a robot?", "who made you?", "where do you live?", "what do you think about love?", "why do we dream?",
    "how do i cook rice?", "give me some advice", "translate hello into french", "count to ten", "is anybody there?", "omg", "asdf", "...", "go on",
)  # fmt: skip


def noun_phrase(wish: Wish, rng: random.Random, article: bool = True) -> str:
    """The subject as a prompt names it: "two red foxes", "a fox", "some foxes", "fox"."""
    noun = wish.thing.name if wish.count == 1 else wish.thing.plural
    text = f"{wish.adjective} {noun}".strip()
    if wish.count > 1:
        number = grammar.NUMBERS.get(wish.count, "many")
        return f"{rng.choice((number, number, str(wish.count)))} {text}"
    if not article:
        return text
    if text in ("sun", "moon"):
        return f"the {text}"
    return f"the {text}" if rng.random() < 0.06 else grammar.sentence(grammar.article(text))[:-1].lower()


def prompt(brief: Brief, rng: random.Random) -> str:
    """A prompt for the brief, in one of many styles."""
    manner = rng.choices(("plain", "bare", "tags", "paragraph"), weights=(55, 22, 10, 13))[0]
    if manner == "tags" and not brief.relation:
        text = _tags(brief, rng)
    elif manner == "paragraph":
        text = _paragraph(brief, rng)
    else:
        core = _core(brief, rng, article=manner == "plain" or rng.random() < 0.6)
        text = core if manner == "bare" else rng.choice(_LEADS).replace("{x}", core)
        if brief.style:
            text += rng.choice((", {s} style", " in {s} style", ", {s}", " as {s}", ". style: {s}")).replace(
                "{s}", brief.style.name
            )
        if brief.mood:
            text += rng.choice((", {m} mood", ", it should feel {m}", ". make it {m}", ", very {m}", ", {m}")).replace(
                "{m}", rng.choice(brief.mood.words)
            )
    return _careless(text, rng)


def _core(brief: Brief, rng: random.Random, article: bool) -> str:
    names = [noun_phrase(wish, rng, article) for wish in brief.wishes]
    if brief.relation:
        verb = brief.relation[0]
        if verb == "fighting" and rng.random() < 0.3:
            text = rng.choice(
                ("{a} vs {b}", "the fierce battle between {a} and {b}", "a fight between {a} and {b}")
            ).format(a=names[0], b=names[1])
        else:
            text = f"{names[0]} {verb} {names[1]}"
    else:
        doings = [_doing(wish) for wish in brief.wishes]
        parts = [f"{name} {doing}".strip() for name, doing in zip(names, doings, strict=True)]
        text = grammar.listing(parts) if rng.random() < 0.7 else " and ".join(parts)
    if brief.place:
        text += " " + brief.place.phrase
    tone = brief.time or brief.weather
    return text + (" " + tone.name if tone else "")


def _doing(wish: Wish) -> str:
    return grammar.pronouns(wish.doing, "he") if wish.count == 1 else grammar.several(wish.doing)


def _tags(brief: Brief, rng: random.Random) -> str:
    words = [noun_phrase(wish, rng, article=False) for wish in brief.wishes]
    words += [brief.place.name] if brief.place else []
    words += [tone.name.split()[-1] for tone in (brief.time, brief.weather) if tone]
    words += [rng.choice(brief.mood.words)] if brief.mood else []
    words += [brief.style.name] if brief.style else []
    return rng.choice((", ", ", ", " ")).join(words)


def _paragraph(brief: Brief, rng: random.Random) -> str:
    core = _core(brief, rng, article=True)
    parts = [
        rng.choice(
            (
                "I would like a picture of {x}.",
                "Please create {x}.",
                "The scene: {x}.",
                "I imagine {x}.",
                "This is for a book cover: {x}.",
                "For my story I need {x}.",
            )
        ).format(x=core)
    ]
    if brief.place and rng.random() < 0.6:
        parts.append(rng.choice(brief.place.grounds))
    if brief.mood:
        parts.append(
            rng.choice(
                ("The mood should be {m}.", "It should feel {m}.", "Make it {m}, please.", "I want a {m} feeling.")
            ).format(m=rng.choice(brief.mood.words))
        )
    else:
        parts.append(
            rng.choice(
                (
                    "Take your time with the details.",
                    "Nothing else is important.",
                    "Thank you!",
                    "Lots of detail, please.",
                    "Use rich colors.",
                    "The rest is up to you.",
                )
            )
        )
    if brief.style:
        parts.append(
            rng.choice(("Style: {s}.", "Do it in {s} style.", "It should look like {s}.")).format(s=brief.style.name)
        )
    return " ".join(parts)


def _careless(text: str, rng: random.Random) -> str:
    """The text as people type it: often in lower case, sometimes with a typing error or two."""
    if rng.random() < 0.55:
        text = text.lower()
    elif rng.random() < 0.5:
        text = text[0].upper() + text[1:]
    if rng.random() < 0.1:
        words = text.split(" ")
        for _ in range(rng.choice((1, 1, 2))):
            index = rng.randrange(len(words))
            words[index] = _slip(words[index], rng)
        text = " ".join(words)
    return text.replace("’", "'")


def _slip(word: str, rng: random.Random) -> str:
    if len(word) < 5:
        return word
    at = rng.randrange(1, len(word) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == 1 else word[:at] + word[at] + word[at:]
