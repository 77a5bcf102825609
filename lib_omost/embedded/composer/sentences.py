"""Sentences: what a canvas says of the look of things.

They are written out, and the model chooses: what it writes itself about a part of a thing is sensible only two times in
three.
"""

from __future__ import annotations

PARTS = {
    "person": (
        "face is calm", "face is friendly", "eyes are bright", "eyes are wide open", "hair is neatly combed",
        "hands are steady", "clothes are clean and simple", "clothes are worn but tidy",
    ),
    "animal": ("eyes are bright", "eyes are wide open", "head is held high", "back is strong", "body is slim"),
    "plant": ("leaves are fresh", "leaves move in the wind", "colors are rich", "colors are soft"),
    "food": ("color is rich", "color is fresh", "smell is inviting"),
    "building": ("walls are thick", "walls are old but solid", "windows are bright", "roof is steep"),
    "nature": ("surface is rough", "edges are clear", "colors are soft", "size is impressive"),
    "water": ("surface is calm", "surface glitters in the light", "color is deep"),
    "vehicle": ("body is polished", "windows are clear", "colors are bright", "sides show a few scratches"),
    "sky": ("light is soft", "light is clear", "glow spreads over the picture"),
    "object": ("surface is smooth", "surface shows a few scratches", "color is rich", "shape is simple and clear"),
}  # fmt: skip
"""What is said of a part of a thing, by kind."""

LOOKS = {
    "person": ("calm and friendly", "proud and serious", "busy and cheerful", "happy and relaxed"),
    "animal": ("calm and watchful", "soft and gentle", "alert and lively", "strong and healthy"),
    "plant": ("fresh and lush", "tall and healthy", "soft and colorful"),
    "food": ("fresh and tasty", "good and inviting", "rich and tempting"),
    "building": ("old and solid", "tall and impressive", "quiet and inviting"),
    "nature": ("wide and rugged", "old and still", "rough and solid"),
    "water": ("calm and clear", "deep and blue", "wild and cold"),
    "vehicle": ("solid and well built", "fast and shiny", "old and well used"),
    "sky": ("bright and clear", "soft and pale", "far away and quiet"),
    "object": ("simple and neat", "clean and bright", "old and well used"),
}
"""How a thing looks as a whole, by kind."""
BACKGROUND = tuple(
    f"The background is {look}, so that everything in front of it is easy to see."
    for look in ("soft and calm", "plain and bright", "wide and open", "quiet and simple")
)
"""Sentences about a background of which the prompt says nothing."""
