"""Sentence templates that fit any element or scene. Slots: {a} {n} {is} {has} {s} {doing} {side} {items} {place} {when} {rest}."""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

TITLES = ("{a} {doing}", "{a}")

FIRSTS = (
    "{side}, {a} {is} {doing}",
    "{side}, {a} {is} shown {doing}",
    "{a} {is} {doing} {side}",
    "{a} can be seen {side}, {doing}",
    "{side}, the eye meets {a}, {doing}",
    "{side}, {a} appear{s}, {doing}",
    "{a}, {doing}, stand{s} out {side}",
    "{side}, there {is} {a}, {doing}",
    "{side}, one finds {a}, {doing}",
    "the space {side} belongs to {a}, {doing}",
    "{a} take{s} up the space {side}, {doing}",
    "{side}, {doing}, {is} {a}",
    "the artist has placed {a} {side}, {doing}",
    "{a} {is} {doing}, placed {side}",
    "{a} {is} {doing}",
    "here {a} {is} {doing}",
    "one sees {a}, {doing}",
    "the eye meets {a}, {doing}",
)

LOOKS = (
    "the {n} {has} {look}, and also {look2}",
    "with {look}, the {n} {is} easy to recognize",
    "one notices {look} first, then {look2}",
    "the {n} {is} painted with {look} and {look2}",
    "every detail of the {n} is clear, down to {look}",
    "{look} and {look2} give the {n} $his character",
    "up close, the {n} show{s} {look}",
    "what sets the {n} apart are {look} and {look2}",
    "light and shade bring out {look}",
    "the {n}, with {look}, seem{s} almost alive",
)

CLOSES = (
    "the {n} bring{s} a note of {sense} into the picture",
    "a sense of {sense} surrounds the {n}",
    "the {n} and the space around $him speak of {sense}",
    "the way the {n} {is} placed here adds to the feeling of {sense}",
    "{sense} and {sense2} meet in this part of the picture",
    "this part of the scene is all about {sense}",
    "the {n} give{s} the eye a place to rest",
    "next to everything else, the {n} hold{s} $his own",
    "the color of the {n} sets off the quieter tones nearby",
    "the {n} tie{s} this corner of the picture to the rest",
)

ATMOSPHERES = (
    "The atmosphere is {m1} and {m2}, with a sense of {sense}.",
    "The atmosphere is one of {sense} and {sense2}.",
    "A {m1} atmosphere with a touch of {sense}.",
    "The mood here is {m1}, full of {sense}.",
    "The air feels {m1} and {m2}.",
    "The atmosphere is {m1}, and it hints at {sense}.",
)

STYLES = (
    "The style is {pair}, with a focus on {focus}.",
    "The style is {pair} and brings out {focus}.",
    "A {pair} style with attention to {focus}.",
    "The style is {pair}, with {focus}.",
    "Rendered in a {pair} way, with emphasis on {focus}.",
)

SCENE_TITLES = (
    "a {m1} scene with {items} {place}{when}",
    "{items} {place}{when}",
    "a {m1} picture of {items} {place}{when}",
    "a {m1} view of {items} {place}{when}",
    "a {m1} moment with {items} {place}{when}",
    "an image that shows {items} {place}{when}",
    "a {m1} and {m2} scene featuring {items} {place}{when}",
)

OPENINGS = (
    (
        "in this {m1} scene, <{a} {is} {doing}> {place}",
        "in this {m1} scene, <{a} {is} {doing}> {place}, together with {rest}",
    ),
    ("the picture shows <{a}> {place}, <{doing}>", "the picture shows {items} {place}"),
    ("everything revolves around <{a}> {place}", "<{a} meet{s}> {rest} {place}"),
    ("{place}, <{a} {is} {doing}>", "{place}, <{a} {is} {doing}>, and {rest} share the scene"),
    (
        "<{a} {is}> the only subject of this {m1} picture {place}",
        "<{a} take{s}> the main part in this {m1} picture, next to {rest}",
    ),
    (
        "the scene is set {place}, where <{a} {is} {doing}>",
        "the scene is set {place}, where <{a} {is} {doing}> in the company of {rest}",
    ),
    ("this {m1} image places <{a}> {place}", "this {m1} image brings together {items} {place}"),
    ("the whole picture belongs to <{a}>, <{doing}> {place}", "{items} fill this {m1} scene {place}"),
)

# These name no subject or all of them, so that an edit has little to correct.
TERSE_OPENINGS = tuple(
    (text, text)
    for text in (
        "the scene is set {place}",
        "everything happens {place}",
        "the whole scene is {m1}, set {place}",
        "this is a {m1} scene {place}",
        "the picture shows {items}",
        "this {m1} image brings together {items}",
    )
)

# For two subjects in a relation, whose doing already names the second; {others} lists what else there is.
RELATED_TITLES = (
    "<{a} {doing}> {place}{when}{others}",
    "a {m1} scene of <{a} {doing}> {place}{when}{others}",
    "a {m1} picture that shows <{a} {doing}> {place}{when}{others}",
    "<{a} {doing}>{others} {place}{when}",
)
RELATED_OPENINGS = (
    "in this {m1} scene, <{a} {is} {doing}> {place}{others}",
    "{place}, <{a} {is} {doing}>{others}",
    "the picture tells of <{a} {doing}> {place}{others}",
    "the scene is set {place}, where <{a} {is} {doing}>{others}",
    "this {m1} image shows <{a}> {place}, <{doing}>{others}",
)

# What one subject does to another: prompt words, doing of the first, doing of the second, mood, layout.
RELATIONS = (
    ("fighting", "fighting {b}", "striking back at {a}", "tense", "face"),
    ("attacking", "attacking {b}", "defending $himself against {a}", "tense", "face"),
    ("chasing", "chasing {b}", "running away from {a}", "energetic", "face"),
    ("looking at", "looking at {b}", "looking back at {a}", "calm", "face"),
    ("talking to", "talking to {b}", "listening to {a}", "funny", "face"),
    ("playing with", "playing with {b}", "joining in the game with {a}", "joyful", "face"),
    ("next to", "standing next to {b}", "standing beside {a}", "calm", "face"),
    ("beside", "resting beside {b}", "keeping {a} company", "calm", "face"),
    ("meeting", "meeting {b} for the first time", "facing {a} with curiosity", "mysterious", "face"),
    ("protecting", "protecting {b}", "sheltering behind {a}", "epic", "face"),
    ("dancing with", "dancing with {b}", "turning in step with {a}", "joyful", "face"),
    ("racing against", "racing against {b}", "trying to overtake {a}", "energetic", "face"),
    ("riding", "riding {b}", "carrying {a} forward", "epic", "ride"),
    ("riding on", "riding on the back of {b}", "bearing {a} without effort", "energetic", "ride"),
    ("sitting on", "sitting on {b}", "holding {a} safely", "calm", "on"),
    ("standing on", "standing on top of {b}", "supporting {a}", "majestic", "on"),
    ("under", "sheltering under {b}", "spreading above {a}", "calm", "under"),
    ("in front of", "standing in front of {b}", "rising behind {a}", "majestic", "front"),
    ("behind", "waiting behind {b}", "standing in front of {a}", "mysterious", "back"),
    ("flying over", "flying over {b}", "lying below {a}", "epic", "over"),
    ("above", "hanging above {b}", "lying in the shadow of {a}", "mysterious", "over"),
    ("holding", "holding {b}", "resting in the hands of {a}", "calm", "hold"),
    ("with", "accompanied by {b}", "keeping close to {a}", "calm", "face"),
    ("eating", "eating {b} with great pleasure", "being eaten by {a}", "funny", "eat"),
    ("cooking", "cooking {b}", "being prepared by {a}", "cozy", "eat"),
    ("looking for", "looking for {b}", "hiding from {a}", "mysterious", "eat"),
    ("selling", "selling {b}", "offered for sale by {a}", "joyful", "eat"),
    ("wearing", "wearing {b}", "worn proudly by {a}", "funny", "wear"),
    ("trying on", "trying on {b} in front of a mirror", "tried on by {a}", "funny", "wear"),
    ("playing", "playing {b} with closed eyes", "sounding under the hands of {a}", "joyful", "play"),
    ("carrying", "carrying {b}", "carried along by {a}", "calm", "hold"),
    ("throwing", "throwing {b} high into the air", "flying from the hands of {a}", "energetic", "hold"),
    ("painting", "painting {b}", "taking shape under the brush of {a}", "calm", "hold"),
    ("building", "building {b} piece by piece", "being built by {a}", "joyful", "make"),
    ("planting", "planting {b} with both hands", "just planted by {a}", "calm", "plant"),
    ("watering", "watering {b}", "being watered by {a}", "calm", "plant"),
    ("examining", "examining {b} closely", "keeping still while studied by {a}", "funny", "face"),
    ("feeding", "feeding {b}", "eating from the hand of {a}", "cozy", "face"),
    ("hugging", "hugging {b}", "held tightly by {a}", "cozy", "face"),
    ("teaching", "teaching {b} a new trick", "learning from {a}", "funny", "face"),
    ("driving", "driving {b}", "steered by {a}", "energetic", "drive"),
    ("repairing", "repairing {b}", "being repaired by {a}", "calm", "drive"),
    ("guarding", "guarding {b}", "watched over by {a}", "epic", "front"),
    ("flying around", "flying around {b}", "standing below while circled by {a}", "magical", "over"),
)
