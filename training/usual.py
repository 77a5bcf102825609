"""Usual looks: the lexicon's default kind, place and size of things, as plain data.

A row is a kind, a usual place and a size from 0 (an ant) to 4 (a mountain), then the words to which they apply; a row
that begins with spaces continues the previous one.
"""

from __future__ import annotations

from dataclasses import dataclass

# A word of WordNet and its lexicographer file. Said of whatever is below; the nearest one above a word counts.
ROOTS = """
none any 2: entity.3, physical_object.3, phenomenon.3, group.3, body.14, biological_group.14
animal ground 0: invertebrate.5, insect.5, arachnid.5, rodent.5
animal air 1: bird.5, owl.5, bat.5
animal ground 2: flightless_bird.5, penguin.5, animal.3
animal ground 1: chicken.5, fowl.5, amphibian.5, turtle.5
animal water 1: aquatic_bird.5, fish.5, crustacean.5, mollusk.5, coelenterate.5
animal air 0: butterfly.5
animal water 3: shark.5, aquatic_mammal.5
animal water 4: whale.5
animal ground 3: ungulate.5, bear.5, big_cat.5
animal ground 4: elephant.5, dinosaur.5, mythical_monster.18
group ground 3: animal_group.14, social_group.14, gathering.14, people.14
person ground 3: mythical_being.18, imaginary_being.18, person.3, spiritual_being.18
person ground 2: child.18
plant ground 2: plant.3, shrub.20
plant ground 1: plant_part.20, flower.20, fungus.20, herb.20, grass.20
plant ground 4: tree.20
plant ground 3: vegetation.14
scene ground 4: forest.14, woods.14, area.6, room.6, way.6, track.6, land.17, land.15, geographical_area.15,
    beach.17, shore.17
food surface 1: food.3, food.13, beverage.13, fruit.20, edible_fruit.13
food surface 2: meal.13
object surface 1: tableware.6, container.6, toy.6, lamp.6, plaything.6
object any 1: artifact.3, covering.6, device.6, equipment.6, creation.6, decoration.6, block.6, strip.6,
    instrumentality.6
building ground 4: structure.6, building.6, facility.6, establishment.6, monument.6
none any 1: line.6, part.17, shape.3, star.25
part any 2: structural_member.6, movable_barrier.6, door.6, surface.6
object ground 3: column.6, barrier.6, gate.6, statue.6
object ground 2: fence.6, supporting_structure.6, piano.6, machine.6, sign.6, rock.17, skeleton.8, fire.11
part any 3: floor.6, roof.6
part any 1: window.6
vehicle ground 3: self-propelled_vehicle.6, wheeled_vehicle.6, vehicle.6, craft.6
vehicle water 3: vessel.6, submarine.6
vehicle sky 3: aircraft.6, spacecraft.6, rocket.6
vehicle ground 2: bicycle.6
vehicle sky 2: balloon.6, missile.6
furniture ground 2: furniture.6, furnishing.6, rug.6, toilet.6, bed.6
furniture any 3: curtain.6
clothing worn 1: clothing.6, footwear.6, headdress.6, armor.6
clothing worn 0: jewelry.6, eyeglasses.6, spectacles.6
object held 1: weapon.6, tool.6, musical_instrument.6, implement.6
material any 1: fabric.6, substance.3, material.27
object surface 0: book.6
object ground 1: baggage.6, natural_object.3
object sky 1: flag.6
sky sky 1: celestial_body.17
sky sky 0: star.17
nature ground 4: geological_formation.17, mountain.17, hill.17, island.17
water ground 4: body_of_water.17
place any 4: location.3, region.15
nature ground 2: ice.27
scene any 4: universe.17
sky sky 2: constellation.17
scene sky 4: sky.17
body any 1: body_part.8, hair.8
weather sky 3: atmospheric_phenomenon.19, weather.19, precipitation.19
sky sky 3: cloud.19, lightning.19
light any 3: light.19
sky sky 4: rainbow.17
time any 4: time_period.28, time.28, point.28
group any 2: collection.14, arrangement.14
object any 0: gem.6, jewel.6
nature ground 3: geyser.17, wave.11
object any 3: explosion.11
"""
# Words themselves: what WordNet's counts, of news and novels, are wrong about for prompts.
WORDS = """
object sky 1: kite, balloon, drone, flag, banner
object ground 2: post, sign, neon_sign, fire, bonfire, rock, well, fountain, gargoyle, telescope, swing, easel, harp
group any 1: stack, bunch
group any 2: pile
animal ground 4: dragon, monster, t-rex, dinosaur
animal ground 3: hippo, unicorn, griffin, centaur, werewolf
person water 3: mermaid
animal air 3: phoenix, pegasus
animal water 4: kraken
object ground 4: sphinx
person air 2: ghost
person ground 3: robot, android, cyborg, skeleton, scarecrow, alien, waitress, wizard, witch, samurai, ninja,
    zombie, queen, king, knight
person ground 2: snowman, elf, kid, child, girl, boy
sky sky 1: moon, sun, planet, comet, meteor, meteorite, asteroid, eclipse, shooting_star, full_moon,
    crescent_moon
sky sky 0: star, snowflake
sky sky 2: cloud, firework, fireworks, world, earth
sky sky 3: rainbow, lightning, galaxy, nebula
sky sky 4: aurora, northern_lights, milky_way
vehicle sky 3: hot-air_balloon, airship, spaceship, starship, plane, airplane, zeppelin, rocket, helicopter, jet
vehicle sky 2: ufo, flying_saucer, satellite
object ground 1: campfire, log, stone, treasure, jack-o'-lantern, beehive, anchor, barrel, drum
object any 1: flame, crystal, nest, web
object any 3: explosion
nature ground 4: tornado, volcano, waterfall, glacier, cliff, cave, mountain, hill, island
water ground 4: river, lake, sea, ocean
water ground 3: pond, stream
water ground 1: puddle
nature water 4: iceberg
nature ground 3: wave
object any 2: painting, poster
object surface 1: present, gift, skull, map, bowl, glass, cup, mug, plate, toy, doll, teddy, teddy_bear, pillow, globe,
    bouquet, chess, potion, laptop
object surface 0: book, letter, magazine, scroll, card, coin, pawn, rook
object held 0: newspaper, smartphone
none any 1: poem, photograph, photo, picture, image, portrait, logo, drawing, sketch, illustration, watercolor,
    wallpaper, cartoon, icon, mascot, scene, view, landscape, background, foreground, close-up, style, art, mood,
    render, comic, sticker, star-shaped, emoji, selfie, cyberpunk
scene ground 4: forest, jungle, field, meadow, garden, park, desert, street, city, town, village, beach,
    kitchen, room, alley, library, cafe, bar, market, harbor, harbour, path, road
scene any 4: space, outer_space
scene sky 4: sky
weather ground 4: snow
weather sky 4: rain, storm
weather any 4: fog, mist
time any 4: sunset, sunrise, dusk, dawn, night, twilight, noon, midnight, autumn, christmas, halloween, winter,
    spring, summer, fall
light any 4: moonlight, sunlight, candlelight
light any 2: light, shadow, smoke, steam, glow
object ground 3: arch, fireplace, statue
food surface 1: noodle, noodles, orange, drink, sushi, ramen, spaghetti, sandwich, pizza, burger, cupcake,
    lemon, apple, cherry, strawberry, coffee, tea, wine, bread, cheese, ham, donut, doughnut
clothing worn 0: ring, crown, hat, mask, top_hat, headphones, sunglasses
animal ground 0: mouse
animal air 1: bat, pigeon
animal air 2: crane, hawk, eagle
animal water 2: seal, squid, octopus
object held 1: bow, lantern, umbrella, sword, shield, staff, wand, spear, guitar, violin, trumpet
furniture ground 2: table, chair, bench, hammock
vehicle ground 4: train
plant ground 2: plant, cactus, grass
plant ground 1: rose, tulip, mushroom
plant any 0: leaf, leaves
plant any 1: branch
object any 0: gem
material any 1: gold
body any 1: wing, tail, face, beard, horn, hand, head
body any 0: eye, smile
person air 1: fairy
person air 3: angel
person ground 4: mech
person ground 1: baby
building ground 4: windmill, lighthouse, bridge, castle, tower, church, temple, pyramid, skyscraper, pagoda,
    palace, fortress
building ground 3: diner, house, cottage, cabin, hut, tent, barn, igloo, treehouse, carousel
food ground 1: pumpkin
event any 3: party, battle, war, race, fight, duel, parade, concert, wedding, festival
event any 2: picnic, birthday, game, dance, show
group ground 3: couple, family, band, crowd, herd, pack, army, team
group any 3: group, flock, school, fleet, row
group air 2: swarm
vehicle water 3: gondola, boat
animal water 1: lobster, crab, duck, salmon, jellyfish
animal ground 1: beaver, turkey, chicken, goose, lamb
object air 2: chandelier
animal air 0: bee, moth, dragonfly, firefly, fireflies
clothing worn 1: cape, cloak, apron, suit, uniform, armour, costume, hoodie
food surface 0: egg, plum
food surface 1: banana, peach, pineapple, mango, carrot, onion, corn, cucumber, kiwi, pepper
food surface 2: watermelon
plant ground 4: tree, oak, pine
plant ground 3: bamboo
plant any 2: vine
vehicle ground 3: car, truck, bus, tram, carriage, motorbike
vehicle water 4: ship
vehicle water 2: canoe
vehicle ground 2: scooter, sled, sleigh
vehicle ground 1: skateboard
"""


@dataclass(frozen=True, slots=True)
class Look:
    """The usual kind, place and size of a word, as in the lexicon's headings."""

    kind: str
    place: str
    size: int


def looks(text: str) -> dict[str, Look]:
    """The looks in a table, by word."""
    found = {}
    for row in text.strip().replace("\n    ", " ").splitlines():
        usual, _, words = row.partition(": ")
        kind, place, size = usual.split()
        found.update(dict.fromkeys(words.split(", "), Look(kind, place, int(size))))
    return found
