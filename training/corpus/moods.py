"""Moods, styles, lights, weathers and qualities: the words that set the tone of a whole picture.

Each line of a table is ``name | ...``; the columns are named above it.
"""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

# name | adjectives | senses | closing sentences for the whole picture
MOODS = """
calm | calm, peaceful, quiet, gentle, serene | stillness, rest, harmony, slow time, ease | The overall mood is calm, as if the world had paused for a breath; Nothing hurries here, and the whole picture invites the eye to rest; A gentle quiet lies over everything
epic | epic, heroic, grand, mighty, stirring | courage, greatness, destiny, power, triumph | The whole scene feels like a page from an old legend; Everything is larger than life, and the moment seems decisive; The overall mood is heroic, full of courage and danger
tense | tense, fierce, dangerous, breathless, threatening | danger, suspense, urgency, struggle, alarm | Tension runs through the picture like a stretched string; Everything happens at once, and nobody can tell how it will end; The overall mood is fierce, with danger on every side
joyful | joyful, cheerful, bright, lively, sunny | delight, fun, freedom, laughter, good cheer | The overall mood is cheerful and full of energy; One can almost hear laughter in the air; Everything in the picture seems glad to be alive
mysterious | mysterious, secretive, dim, enchanted, strange | secrets, wonder, the unknown, hidden things, riddles | The overall mood is mysterious, as if a secret were about to be told; Much stays hidden, and that makes the eye search all the more; Something unseen seems to wait just outside the frame
magical | magical, dreamlike, shimmering, enchanting, tender | wonder, enchantment, fantasy, dreams, miracles | The whole picture shimmers as if it had been dreamed; Magic seems to be the most natural thing here; The overall mood is dreamlike and full of wonder
melancholy | melancholy, lonely, wistful, hushed, sorrowful | longing, loss, farewell, silence, memory | A soft sadness lies over the scene; The overall mood is wistful, like the memory of a summer long past; Much in the picture speaks of parting
scary | eerie, frightening, sinister, gloomy, haunting | dread, menace, unease, nightmares, darkness | The overall mood is eerie, and every shadow seems to watch; Something is wrong here, though it is hard to say what; Fear creeps through the picture on soft feet
cozy | cozy, warm, homely, snug, comfortable | comfort, warmth, home, safety, trust | The overall mood is warm and homely; Everything invites one to sit down and stay; The picture feels like an evening indoors while it rains outside
majestic | majestic, solemn, vast, timeless, dignified | grandeur, awe, height, eternity, dignity | The overall mood is solemn, and the eye needs time to take in the size of it; The scene has the dignity of something very old; Space and silence make the picture feel immense
funny | funny, whimsical, playful, silly, charming | humor, mischief, surprise, play, nonsense | The overall mood is playful, with a wink in every corner; The scene makes one smile before one knows why; Everyone takes the situation with great seriousness, which makes it funnier
romantic | romantic, tender, soft, intimate, dreamy | love, tenderness, longing, closeness, devotion | The overall mood is tender and intimate; Soft colors wrap the scene like a whispered promise; The picture tells of two hearts without saying a word
lonely | lonely, empty, silent, distant, bare | solitude, emptiness, distance, waiting, silence | The overall mood is one of solitude, and the empty space speaks louder than the figures; Silence seems to fill the picture to its edges; So much room is left that everything looks a little lost
energetic | energetic, dynamic, fast, wild, thrilling | speed, motion, excitement, force, adventure | Everything in the picture is in motion; The overall mood is wild and thrilling; Lines of movement pull the eye from one side to the other
"""

# name (as the user asks) | sky and light for the whole picture | color | tags
TIMES = """
at night | The sky is deep and dark, and a few stars glitter above; Moonlight lays a silver edge on every shape | midnightblue | night, stars, moonlight
at sunset | The sky glows in orange and rose, and the sun touches the horizon; Low golden light makes every shadow long | darkorange | sunset, golden light, long shadows
at sunrise | The first light spreads pale pink along the horizon; A cool blue still lingers in the shadows while the sun comes up | lightsalmon | sunrise, first light, pink sky
in the morning | The morning light is clear and slightly cool; Dew glistens wherever the young sun reaches | lightcyan | morning light, dew, clear air
at noon | The sun stands high, and the shadows are short and hard; A bright, cloudless sky fills the top of the picture | skyblue | noon, bright sun, clear sky
in the afternoon | Warm afternoon light falls at a slant from the left; The sky is a soft blue with a few lazy clouds | lightskyblue | afternoon, warm light, blue sky
at dusk | The last light fades to violet, and the first lamps come on; Shapes turn to silhouettes under the darkening sky | slateblue | dusk, violet sky, silhouettes
at dawn | A thin band of light separates the dark land from the gray sky; The world is still colorless and hushed before the day begins | lightsteelblue | dawn, gray light, hush
"""

# name (as the user asks) | sentences | color | tags
WEATHERS = """
in the rain | Rain falls in fine slanting lines and blurs the distance; Puddles and wet surfaces mirror everything upside down | lightslategray | rain, puddles, wet surfaces
in the snow | Snowflakes drift down thickly and soften every outline; A fresh white layer has settled on everything that lies flat | aliceblue | snow, snowflakes, white
in the fog | Fog swallows the background and leaves only pale shapes; The light is soft and comes from nowhere in particular | lightgray | fog, mist, pale light
in a storm | Dark clouds race across the sky, and wind tears at everything loose; A flash of lightning shows the land in hard white for an instant | darkslategray | storm, dark clouds, wind, lightning
on a sunny day | The sun shines from a clear blue sky and makes the colors strong; Crisp shadows lie on the ground | deepskyblue | sunshine, clear sky, strong colors
under a cloudy sky | A gray layer of cloud covers the whole sky and spreads an even light; Colors look muted and shadows almost disappear | lightslategray | clouds, overcast, soft light
in strong wind | Wind sweeps through the picture and bends grass, cloth, and smoke to one side; Torn clouds hurry across the sky | lightsteelblue | wind, movement, torn clouds
under a rainbow | After the rain, a wide rainbow spans the sky; Wet colors shine in the returning sun | lightskyblue | rainbow, wet colors, sun
in autumn | Leaves in red, amber, and brown are falling everywhere; The air is hazy and smells of earth | peru | autumn, falling leaves, amber
in spring | Fresh green and pale blossoms cover every branch; The light is soft and young | lightgreen | spring, blossoms, fresh green
"""

# name (as the user asks) | style words | focuses | sentence for the whole picture
STYLES = """
realistic | realistic and detailed, lifelike and precise, photorealistic and sharp | natural textures, true colors, fine surface detail, believable light | The picture is rendered realistically, with natural light and true colors
watercolor | loose and transparent, soft and watery, light and fluid | flowing washes, bleeding edges, white paper left bare, delicate layers of color | The picture is painted in watercolor, with soft washes and bare paper shining through
oil painting | rich and painterly, thick and expressive, classical and warm | visible brushstrokes, deep glazes, glowing darks, layered paint | The picture is painted in oil, with thick strokes and deep, glowing shadows
cartoon | bold and simple, colorful and rounded, lively and exaggerated | clear outlines, flat colors, big expressions, funny poses | The picture is drawn as a cartoon, with clear outlines and flat, happy colors
anime | clean and expressive, crisp and colorful, stylized and bright | large eyes, fine line work, glowing highlights, dramatic poses | The picture is drawn in the style of anime, with fine lines and luminous colors
pixel art | blocky and nostalgic, crisp and limited, tiny and charming | square pixels, a small palette, clear silhouettes, simple shading | The picture is made of large square pixels with a small, well-chosen palette
3D icon | rounded and glossy, soft and clean, playful and polished | smooth shapes, soft shadows, bright highlights, simple volumes | The picture looks like a set of glossy 3D icons, with rounded shapes and soft shadows
pencil sketch | spare and lively, rough and sensitive, fine and monochrome | hatched shadows, searching lines, empty paper, light and dark | The picture is drawn in pencil, with hatched shadows and open paper
cyberpunk | dark and neon-lit, gritty and electric, sleek and wet | neon reflections, cables and screens, cyan against magenta, rain-slick surfaces | The picture has a cyberpunk look, with neon reflections on wet surfaces
fairy tale | storybook-like and tender, ornate and warm, old-fashioned and magical | curling lines, golden light, small hidden details, rounded forms | The picture looks like a page from an old storybook
surreal | surreal and precise, dreamlike and odd, strange and poetic | impossible scale, floating things, long shadows, unexpected meetings | The picture is surreal, and its strangest parts are drawn most exactly
minimalist | simple and airy, plain and balanced, quiet and reduced | empty space, a few strong shapes, clean edges, one accent color | The picture is minimalist, with few shapes and much empty space
cinematic | cinematic and dramatic, wide and moody, intense and deep | strong contrast, shallow depth of field, sweeping light, a bold point of view | The picture is framed like a still from a great film
vintage | faded and nostalgic, grainy and warm, worn and gentle | sepia tones, soft grain, rounded corners, old-time details | The picture has the faded warmth of an old photograph
"""

QUALITIES = """
High-quality rendering with crisp detail and soft shadows.
Excellent quality with rich textures and balanced light.
Sharp, high-resolution depiction with natural shading.
Finely detailed work with clean edges and deep colors.
Professional quality with careful lighting and texture.
High-quality image with vivid color and clear contrast.
Masterful depiction with subtle tones and precise detail.
Very detailed rendering with lifelike surfaces.
Top quality with smooth gradients and a clear focus.
High-definition rendering with dramatic light.
Beautifully finished, with fine detail in light and shadow.
Crisp, polished depiction with realistic materials.
High quality with sharp focus and gentle reflections.
Carefully composed depiction with detailed textures.
"""
