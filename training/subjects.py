"""Subjects: the things that the painter can draw, as plain data (no torch, no files).

Each row has the code points of the sprite in the art, the plain name, and other words that a prompt may use for the
subject; the rows are grouped by kind. A ``*`` before the name marks the subjects that prompts are most likely to name;
training draws them more often. The rest of the art, with names only, is in `training/tail.py`. Similar things share a
sprite if the art has none for one of them (a stegosaurus is drawn as the sauropod).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.tail import TAIL

KINDS = ("animal", "person", "plant", "food", "place", "vehicle", "sky", "object")


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that the painter can draw. ``key``: the name of its sprite file. ``core``: whether it is among the most
    common subjects."""

    key: str
    name: str
    kind: str
    words: tuple[str, ...]
    core: bool

    @property
    def plural(self) -> str:
        """The name in the plural, by the common English rules."""
        return plural(self.name)


_IRREGULAR = {
    "sheep": "sheep", "deer": "deer", "fish": "fish", "ox": "oxen", "mouse": "mice", "goose": "geese", "wolf": "wolves",
    "man": "men", "woman": "women", "child": "children", "person": "people", "leaf": "leaves", "knife": "knives",
    "elf": "elves", "bison": "bison", "moose": "moose", "loaf": "loaves", "scissors": "scissors", "squid": "squid",
    "dice": "dice", "sushi": "sushi", "spaghetti": "spaghetti", "swordsman": "swordsmen", "superhero": "superheroes",
    "tomato": "tomatoes", "potato": "potatoes", "volcano": "volcanoes", "mango": "mangoes",
}  # fmt: skip


_HEAD = re.compile(
    r"(.+?)(?= (?:with|without|of|in|on|at|behind|and) )|((?:[\w-]+ )?(?:man|woman|person))(?= \w+ing\b)"
)


def plural(name: str) -> str:
    """``name`` in the plural by the common English rules and a short list of exceptions. The last word changes, or that
    before a preposition or after a word for a person: "cups of coffee", "women running"."""
    if found := _HEAD.match(name):
        return plural(found[0]) + name[found.end() :]
    head, _, last = name.rpartition(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith(("s", "x", "ch", "sh")):
        last += "es" if not last.endswith("es") else ""
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        last = last[:-1] + "ies"
    else:
        last += "s"
    return f"{head} {last}".strip()


# code points | name | other words
_ANIMALS = """
1f412|*monkey|ape, chimpanzee, primate, macaque
1f98d|gorilla|great ape, silverback, king kong
1f9a7|orangutan|orange ape, red ape
1f415|*dog|puppy, hound, golden retriever, labrador, canine
1f429|poodle|fluffy dog, white dog, curly dog
1f43a|*wolf|grey wolf, werewolf, howling wolf, dire wolf
1f98a|*fox|red fox, vixen, sly fox
1f99d|raccoon|trash panda, masked animal
1f408|*cat|kitten, kitty, tabby, ginger cat, feline
1f408-200d-2b1b|black cat|witch's cat, black kitten
1f981|*lion|king of beasts, big cat, lioness, mane
1f405|*tiger|bengal tiger, striped cat
1f406|leopard|cheetah, jaguar, panther, spotted cat
1face|moose|elk, antlered moose
1facf|donkey|mule, burro
1f40e|*horse|stallion, mare, pony, steed, war horse
1f984|*unicorn|magical horse, horned horse
1f993|zebra|striped horse
1f98c|*deer|stag, doe, reindeer, antlers, fawn
1f9ac|bison|buffalo, aurochs
1f402|ox|bull, bullock, minotaur
1f404|*cow|cattle, dairy cow, calf
1f416|pig|piglet, hog, swine
1f417|boar|wild boar, warthog, razorback
1f40f|ram|bighorn, horned sheep
1f411|*sheep|ewe, lamb, flock, woolly sheep
1f410|goat|billy goat, mountain goat, ibex
1f42a|*camel|dromedary, desert camel, caravan
1f999|llama|alpaca, vicuna
1f992|giraffe|tall giraffe, long-necked animal
1f418|*elephant|african elephant, tusker, war elephant
1f9a3|mammoth|woolly mammoth, mastodon, prehistoric elephant
1f98f|rhinoceros|rhino, horned beast
1f99b|hippopotamus|hippo, river horse
1f401|*mouse|field mouse, little mouse, white mouse
1f400|rat|rodent, sewer rat
1f439|hamster|guinea pig, gerbil
1f407|*rabbit|bunny, hare, white rabbit
1f43f-fe0f|squirrel|chipmunk, red squirrel
1f9ab|beaver|dam builder, castor
1f994|hedgehog|porcupine, spiny animal
1f987|*bat|vampire bat, pterodactyl, pteranodon, pterosaur, flying reptile
1f43b|*bear|grizzly, brown bear, bear cub
1f43b-200d-2744-fe0f|polar bear|white bear, arctic bear
1f428|koala|marsupial bear
1f43c|*panda|giant panda, panda bear
1f9a5|sloth|lazy sloth, tree sloth
1f9a6|otter|sea otter, river otter
1f9a8|skunk|polecat, striped skunk
1f998|kangaroo|wallaby, joey
1f9a1|badger|honey badger, wolverine
1f983|turkey|wild turkey, gobbler
1f414|chicken|hen, poultry
1f413|rooster|cockerel, cock
1f425|chick|baby chick, yellow chick, hatchling
1f426|*bird|bluebird, songbird, sparrow, robin
1f427|*penguin|emperor penguin, antarctic bird
1f54a-fe0f|dove|white dove, pigeon, white bird
1f985|*eagle|hawk, falcon, bald eagle, bird of prey, griffin
1f986|duck|mallard, duckling
1f9a2|swan|white swan, cygnet
1f989|*owl|night owl, barn owl, wise owl
1f9a4|dodo|extinct bird
1f9a9|flamingo|pink bird, heron, crane
1f99a|peacock|peafowl, phoenix
1f99c|parrot|macaw, parakeet, cockatoo
1f426-200d-2b1b|raven|crow, black bird, blackbird
1fabf|goose|gander, wild goose
1f438|*frog|toad, green frog, tree frog
1f40a|*crocodile|alligator, caiman
1f422|turtle|tortoise, sea turtle, terrapin
1f98e|lizard|gecko, iguana, salamander, chameleon, raptor, velociraptor
1f40d|*snake|serpent, cobra, python, viper
1f409|*dragon|wyvern, drake, fire-breathing dragon, winged serpent, hydra
1f432|dragon head|dragon face, dragon's head
1f995|*sauropod|dinosaur, brontosaurus, apatosaurus, apatosaur, brachiosaurus, stegosaurus, triceratops, herbivore
1f996|*T-Rex|tyrannosaurus, tyrannosaurus rex, dinosaur, predator, spinosaurus, godzilla
1f433|*whale|blue whale, spouting whale, humpback
1f42c|dolphin|porpoise, bottlenose
1f9ad|seal|sea lion, walrus
1f41f|*fish|trout, salmon, carp, cod
1f420|tropical fish|clownfish, angelfish, reef fish
1f421|pufferfish|blowfish, fugu
1f988|*shark|great white, hammerhead, megalodon
1f419|*octopus|kraken, tentacles, sea monster
1f41a|seashell|shell, spiral shell, conch
1fab8|coral|coral reef, reef
1fabc|jellyfish|medusa, sea jelly
1f980|crab|red crab, crustacean
1f99e|lobster|crayfish, langoustine
1f990|shrimp|prawn
1f991|squid|giant squid, cuttlefish
1f40c|snail|slug, garden snail
1f98b|*butterfly|moth, monarch butterfly
1f41b|caterpillar|bug, larva
1f41c|ant|worker ant, insect
1f41d|*bee|honeybee, bumblebee, wasp
1fab2|beetle|scarab, bug with shell
1f41e|ladybug|ladybird, lady beetle
1f997|cricket|grasshopper, locust
1f577-fe0f|*spider|tarantula, arachnid
1f578-fe0f|spider web|cobweb, web
1f982|scorpion|stinger
1f99f|mosquito|gnat, midge
1fab1|worm|earthworm
"""
_PEOPLE = """
1f93a|*warrior|fighter, swordsman, fencer, knight, gladiator, viking, duelist
1f977|*ninja|samurai, assassin, shinobi, rogue
1f482|*guard|soldier, royal guard, sentry, guardsman, trooper
1f9d9-200d-2642-fe0f|*wizard|mage, sorcerer, warlock, merlin, druid
1f9d9-200d-2640-fe0f|*witch|sorceress, enchantress, female mage
1f9de|genie|djinn, spirit of the lamp
1f9db|vampire|dracula, count
1f9b8|*superhero|hero, caped hero, champion
1f9b9|supervillain|villain, evil mastermind
1f9dd|*elf|archer, ranger, elven hunter
1f9da|*fairy|pixie, sprite, winged fairy
1f9dc-200d-2640-fe0f|*mermaid|siren, merperson, sea maiden
1f9df|zombie|undead, walking dead, ghoul
1f9cc|*troll|ogre, goblin, orc, monster
1f934|*prince|young king, royal
1f478|*princess|young queen, royal girl
1fac5|*king|queen, monarch, emperor, ruler, crowned person
1f47c|angel|cherub, cupid, baby angel
1f385|santa claus|father christmas, saint nick
1f47b|*ghost|spirit, phantom, spectre, apparition
1f47d|*alien|extraterrestrial, martian, grey alien
1f47e|space monster|space invader, pixel monster
1f916|*robot|android, droid, machine, cyborg, mech
1f47a|goblin mask|tengu, red goblin
1f480|*skull|skeleton, death's head
1f921|clown|jester, circus clown
1f476|baby|infant, newborn, toddler
1f466|*boy|child, kid, lad, son
1f467|*girl|young girl, lass, daughter, little girl
1f468|*man|gentleman, guy, father, husband
1f469|*woman|lady, mother, wife, female
1f9d4|bearded man|beard, lumberjack, hermit
1f474|old man|grandfather, elderly man, elder
1f475|old woman|grandmother, elderly woman, granny
1f469-200d-2695-fe0f|doctor|nurse, physician, medic
1f9d1-200d-1f393|student|graduate, scholar
1f469-200d-1f3eb|teacher|professor, lecturer
1f9d1-200d-2696-fe0f|judge|magistrate
1f9d1-200d-1f33e|*farmer|peasant, gardener, villager, shepherd
1f9d1-200d-1f373|*chef|cook, baker
1f9d1-200d-1f527|mechanic|plumber, technician, smith
1f468-200d-1f4bc|businessman|office worker, banker, man in a suit
1f9d1-200d-1f52c|scientist|chemist, researcher
1f469-200d-1f4bb|programmer|coder, hacker, technologist
1f9d1-200d-1f3a4|singer|rock star, musician, bard
1f9d1-200d-1f3a8|painter|artist, woman painter
1f9d1-200d-2708-fe0f|pilot|aviator, airline captain
1f9d1-200d-1f680|*astronaut|cosmonaut, spaceman, space explorer
1f9d1-200d-1f692|firefighter|fireman
1f46e|police officer|policeman, cop, sheriff
1f575-fe0f-200d-2642-fe0f|*detective|spy, private eye, investigator
1f477|construction worker|builder, workman
1f473|man in a turban|sultan, turban, merchant
1f470|bride|bridal veil, wedding dress
1f935|groom|man in a tuxedo, tuxedo
1f6b6|walker|person walking, traveller, pedestrian
1f3c3|*runner|person running, jogger, sprinter, athlete
1f483|*dancer|woman dancing, flamenco dancer, ballerina
1f57a|disco dancer|man dancing
1f9d7|climber|mountaineer, person climbing
1f3c7|*rider|jockey, horse rider, horseman, cavalry, knight on a horse
1f3c2|snowboarder|person on a snowboard
26f7-fe0f|skier|person skiing
1f3c4|surfer|person surfing
1f6a3|rower|person rowing a boat, rowing boat, fisherman
1f3ca|swimmer|person swimming, diver
1f6b4|*cyclist|person biking, bicycle rider
1f938|acrobat|gymnast, person doing a cartwheel
1f93c|wrestlers|people wrestling, wrestling match
1f939|juggler|person juggling
1f9d8|monk|person meditating, yogi, meditation
1f46b|*couple|man and woman, two people, lovers, pair
1f46a|family|parents and child
"""
_PLANTS = """
1f490|bouquet|bunch of flowers, flower arrangement
1f338|cherry blossom|pink flower, sakura
1fab7|lotus|water lily, lotus flower
1f339|*rose|red rose, red flower
1f33a|hibiscus|tropical flower
1f33b|*sunflower|yellow flower
1f33c|daisy|white flower, blossom
1f337|*tulip|spring flower, flowers
1fabb|hyacinth|lavender, purple flower, bluebell
1f331|seedling|sprout, young plant, shoot
1fab4|potted plant|houseplant, plant in a pot
1f332|*pine tree|evergreen, fir, conifer, spruce, pine, pine forest
1f333|*tree|oak, deciduous tree, green tree, forest, maple tree, woods
1f334|*palm tree|palm, coconut palm
1f335|*cactus|saguaro, desert plant
1f33e|wheat|rice, grain, barley, reeds, grass
1f33f|herb|fern, green leaves, bush, foliage, undergrowth
1f340|clover|four-leaf clover, shamrock
1f341|maple leaf|red leaf, autumn leaf
1f342|autumn leaves|fallen leaves, dry leaves, fallen branches
1f344|*mushroom|toadstool, fungus
1fab5|log|wood, timber, fallen tree, firewood, logs
1fab9|nest|bird's nest, empty nest
1f384|*christmas tree|xmas tree, decorated tree
1f38b|bamboo|tanabata tree
"""
_FOOD = """
1f347|grapes|bunch of grapes, vineyard
1f348|melon|honeydew
1f349|*watermelon|slice of watermelon
1f34a|*orange|tangerine, mandarin, citrus
1f34b|lemon|yellow citrus, lime
1f34c|*banana|bananas
1f34d|pineapple|tropical fruit
1f96d|mango|ripe mango
1f34e|*apple|red apple, fruit
1f34f|green apple|granny smith
1f350|pear|green pear
1f351|peach|apricot, nectarine
1f352|cherries|cherry, red berries
1f353|*strawberry|berry, strawberries
1fad0|blueberries|blue berries
1f95d|kiwi|kiwi fruit
1f345|tomato|red tomato
1f965|coconut|half a coconut
1f951|avocado|guacamole
1f346|eggplant|aubergine
1f954|potato|spud
1f955|*carrot|orange vegetable
1f33d|corn|maize, ear of corn, corncob
1f336-fe0f|chili pepper|hot pepper, red pepper
1fad1|bell pepper|green pepper, capsicum
1f952|cucumber|pickle
1f966|broccoli|green vegetable
1f9c4|garlic|garlic bulb
1f9c5|onion|shallot
1f95c|peanuts|nuts
1f330|chestnut|acorn, nut
1f35e|*bread|loaf, loaf of bread
1f950|croissant|pastry
1f956|baguette|french bread
1f968|pretzel|twisted bread
1f95e|pancakes|stack of pancakes
1f9c7|waffle|belgian waffle
1f9c0|*cheese|wedge of cheese, cheddar
1f356|meat on a bone|roast, roast meat, ham
1f357|chicken leg|drumstick, poultry leg
1f969|steak|cut of meat, beef
1f953|bacon|bacon strips
1f354|*hamburger|burger, cheeseburger
1f35f|french fries|chips, fries
1f355|*pizza|slice of pizza
1f32d|hot dog|sausage
1f96a|sandwich|toastie
1f32e|taco|tacos
1f32f|burrito|wrap
1f95a|egg|white egg, dragon egg
1f373|fried egg|frying pan, cooking pan
1f372|stew|pot of food, soup, cauldron of stew
1f957|salad|green salad, bowl of salad
1f37f|popcorn|bucket of popcorn
1f371|bento|lunch box
1f359|rice ball|onigiri
1f35c|ramen|noodles, bowl of noodles
1f35d|spaghetti|pasta
1f363|sushi|nigiri, raw fish
1f364|fried shrimp|tempura
1f366|*ice cream|ice cream cone, soft serve
1f369|*doughnut|donut
1f36a|*cookie|biscuit
1f382|*birthday cake|cake, cake with candles
1f370|shortcake|slice of cake
1f9c1|cupcake|muffin
1f967|pie|apple pie, pumpkin pie
1f36b|chocolate bar|chocolate
1f36c|candy|sweet, bonbon
1f36d|lollipop|sucker
1f36f|honey pot|honey, jar of honey
1f95b|glass of milk|milk
2615|*cup of coffee|coffee, tea, hot drink, mug, steaming cup
1fad6|teapot|kettle
1f377|wine glass|glass of wine, red wine, goblet
1f378|cocktail|martini
1f37a|beer|mug of beer, ale, tankard
1f9ca|ice cube|ice
"""
_PLACES = """
1f30b|*volcano|erupting volcano, lava, eruption, crater
1f5fb|mount fuji|fuji, blue mountain with snow
26f0-fe0f|*mountain|mountains, hill, hills, cliff, peak, ridge
1f3d4-fe0f|*snowy mountain|snow-capped mountain, alps, glacier, icy peak, snowy peaks
1faa8|*rock|boulder, stone, rocks, rubble
1f6d6|*hut|wooden hut, cabin, shack, straw hut
1f3e0|*house|cottage, home, building, small house
1f3e1|house with a garden|country house, family home
1f3da-fe0f|ruined house|ruins, derelict house, haunted house, abandoned house
1f3d8-fe0f|village|houses, town, row of houses
1f3d9-fe0f|*city|cityscape, skyline, skyscrapers, metropolis
1f3e2|*skyscraper|office building, tower block, tall building
1f3e5|hospital|clinic
1f3e6|bank|bank building
1f3e8|hotel|inn, tavern
1f3ea|shop|store, convenience store, market
1f3eb|school|schoolhouse
1f3ed|factory|power plant, industry, smokestacks
1f3ef|pagoda|japanese castle, japanese fortress
1f3f0|*castle|fortress, palace, citadel, medieval castle, tower, towers
1f5fc|*tower|tokyo tower, eiffel tower, radio tower
1f5fd|statue of liberty|statue, monument
26ea|*church|chapel, cathedral
1f54c|mosque|minaret, arabian palace
1f6d5|*temple|hindu temple, shrine
26e9-fe0f|torii gate|shinto shrine, gate, archway
1f3db-fe0f|greek temple|classical building, acropolis, museum, columns
26f2|*fountain|water fountain, well
26fa|*tent|campsite, camp
1f3d6-fe0f|*beach|beach with umbrella, seaside, shore
1f3dd-fe0f|*island|desert island, tropical island
1f309|*bridge|suspension bridge, bridge at night
1f3df-fe0f|stadium|arena, colosseum
1f3a0|carousel|carousel horse, merry-go-round
1f3a1|ferris wheel|big wheel
1f3a2|roller coaster|amusement ride
1f3aa|*circus tent|circus, big top, marquee
1f6e4-fe0f|railway track|rails, railroad
1f6e3-fe0f|*road|motorway, highway, path, street
1f5ff|stone head|moai, easter island statue
1faa6|gravestone|tombstone, headstone, grave
"""
_VEHICLES = """
1f682|*steam train|locomotive, steam engine, train
1f684|bullet train|high-speed train
1f68b|tram|tram car, streetcar
1f68c|*bus|coach, school bus
1f691|ambulance|emergency van
1f692|*fire engine|fire truck
1f693|*police car|patrol car
1f695|taxi|cab, yellow cab
1f697|*car|automobile, red car, sedan
1f699|blue car|jeep, sport utility vehicle, suv
1f6fb|pickup truck|pickup
1f69a|truck|delivery truck, lorry, van
1f69c|*tractor|farm machine
1f3ce-fe0f|racing car|formula one car, race car
1f3cd-fe0f|*motorcycle|motorbike
1f6f5|scooter|moped
1f6b2|*bicycle|bike, cycle
1f6f4|kick scooter|push scooter
1f6f9|skateboard|longboard
26f5|*sailboat|yacht, sailing boat, sailing ship, galleon
1f6f6|canoe|kayak, rowboat
1f6a4|speedboat|motor boat
1f6a2|*ship|ocean liner, cruise ship, battleship, vessel
2708-fe0f|*airplane|plane, jet, aircraft, airliner
1f681|*helicopter|chopper
1f680|*rocket|spaceship, spacecraft, starship
1f6f8|*flying saucer|ufo, alien ship
1f6f0-fe0f|satellite|space probe, space station
1fa82|parachute|skydiver, parachutist
1f6f7|sled|sleigh, toboggan
"""
_SKY = """
2600-fe0f|*sun|sunlight, sunshine, bright sun
1f31e|sun with a face|smiling sun
1f319|*moon|crescent moon, moonlight
1f315|*full moon|round moon, harvest moon
1f30d|*earth|globe, planet earth, world
1fa90|*planet|saturn, ringed planet, gas giant
2b50|*star|yellow star, golden star
1f320|shooting star|falling star, meteor shower
2604-fe0f|*comet|meteor, meteorite, asteroid, fireball, falling meteorite
2601-fe0f|*cloud|clouds, white cloud, overcast sky
26c5|sun behind a cloud|partly cloudy
26c8-fe0f|*thunderstorm|storm cloud, thundercloud, dark clouds, stormy clouds
1f327-fe0f|rain cloud|rain, raining
1f328-fe0f|snow cloud|snowfall
26a1|*lightning|lightning bolt, thunderbolt, flash of lightning
1f32a-fe0f|*tornado|whirlwind, twister, hurricane
1f308|*rainbow|colourful arc
2744-fe0f|*snowflake|ice crystal
1f525|*fire|flame, flames, bonfire, campfire, blaze
1f4a7|water drop|droplet, raindrop
1f30a|*wave|ocean wave, tsunami, waves
1f4a5|*explosion|blast, collision, bang, impact
1f386|fireworks|firework display
1f388|*balloon|red balloon, party balloon
1fa81|kite|flying kite
"""
_OBJECTS = """
2694-fe0f|*crossed swords|swords, battle, duel, clashing swords
1f5e1-fe0f|*sword|dagger, blade, knife
1f6e1-fe0f|*shield|armor, buckler, wooden shield
1f3f9|*bow and arrow|bow, arrow, longbow, archery
1fa93|*axe|battle axe, hatchet
1f528|hammer|war hammer, mallet
1fa83|boomerang|curved stick
1f4a3|bomb|grenade, cannonball
1fa96|*helmet|military helmet, army helmet
1f451|*crown|golden crown, royal crown
1f48e|*gem|diamond, jewel, crystal
1f48d|ring|diamond ring, engagement ring
1fa99|coin|gold coin, treasure, gold
1f4b0|money bag|sack of gold, bag of money
1f3c6|*trophy|golden cup, prize
1f5dd-fe0f|*key|old key, golden key
1f512|padlock|lock
1f56f-fe0f|*candle|candlelight, burning candle
1fa94|oil lamp|magic lamp, diya lamp
1f3ee|*lantern|red lantern, paper lantern, lamp
1f4a1|light bulb|lightbulb, idea
1f526|flashlight|torch
1f52e|*crystal ball|magic orb, orb
1fa84|magic wand|wand
1f4dc|scroll|parchment, ancient scroll
1f4d6|*book|open book, spellbook
1f4da|books|stack of books, pile of books
1f5fa-fe0f|map|treasure map, world map
1f9ed|compass|navigation
23f3|hourglass|sand timer
1f570-fe0f|*clock|mantel clock, antique clock
23f0|alarm clock|ringing clock
1f383|*pumpkin|jack-o-lantern, halloween pumpkin
26c4|*snowman|snow man
1f9f8|*teddy bear|toy bear, plush toy
1f381|*gift|present, wrapped box
1f380|ribbon|bow tie of ribbon, pink bow
26bd|*soccer ball|football, ball
1f3c0|basketball|orange ball
1f3be|tennis ball|tennis racket
1f3b2|dice|die, game die
265f-fe0f|chess pawn|pawn, chess piece
1f3b8|*guitar|electric guitar
1f3bb|violin|fiddle, cello
1f3ba|trumpet|horn, bugle
1f3b9|piano|keyboard, piano keys
1f941|drum|snare drum, war drum
1f514|bell|golden bell
1f3a8|artist's palette|paint palette, paints
1f5bc-fe0f|*painting|framed picture, picture frame
1f4f7|*camera|photo camera
1f4fa|television|tv set
1f4bb|*laptop|computer
1f4f1|phone|smartphone, mobile phone
260e-fe0f|telephone|old telephone
1f52d|*telescope|spyglass
1f52c|microscope|lab instrument
2697-fe0f|*potion|alembic, flask, distillery
1f9ea|test tube|vial
1f9f2|magnet|horseshoe magnet
2699-fe0f|gear|cog, gears, machinery
2696-fe0f|scales|balance, scale of justice
2693|*anchor|ship's anchor
1f6aa|*door|wooden door, doorway
1fa9f|*window|window pane
1fa91|*chair|seat, stool, throne
1f6cb-fe0f|*sofa|couch, armchair
1f6cf-fe0f|*bed|mattress, bedroom bed
1fa9e|mirror|looking glass
1f6c1|bathtub|bath
1fa9c|ladder|rungs
1f9fa|*basket|wicker basket, picnic basket
1faa3|bucket|pail
1f9f9|*broom|broomstick
1f3fa|*vase|amphora, urn, jar
26b0-fe0f|coffin|casket
1f4e6|*box|crate, package, chest
1f392|*backpack|rucksack, bag
1f9f3|suitcase|luggage
1f302|closed umbrella|folded umbrella
2602-fe0f|*umbrella|parasol
1f3a9|*top hat|hat, magician's hat
1f452|sun hat|straw hat
1f453|glasses|spectacles
1f45f|*shoe|sneaker, running shoe
1f462|boot|boots
1f455|t-shirt|shirt
1f457|*dress|gown
1f9e5|coat|jacket
1f9e3|scarf|red scarf
2764-fe0f|*heart|red heart, love
1f9e9|puzzle piece|jigsaw
1fab6|feather|quill, plume
1f463|footprints|tracks
1f43e|paw prints|animal tracks
1f9b4|bone|bones, dinosaur bone
1faa7|*sign|signpost, placard
"""


def _rows(kind: str, text: str) -> list[Subject]:
    rows = []
    for line in text.strip().splitlines():
        key, name, words = f"{line}|".split("|")[:3]
        others = tuple(word.strip() for word in words.split(",") if word.strip())
        rows.append(Subject(key, name.lstrip("*"), kind, others, name.startswith("*")))
    return rows


# Sprites of our own (`training/drawn.py`): name, kind.
_DRAWN = (
    ("table", "object"), ("bench", "object"), ("fence", "object"), ("brick wall", "object"), ("bookshelf", "object"),
    ("lighthouse", "place"), ("windmill", "place"), ("pyramid", "place"), ("barrel", "object"), ("cage", "object"),
    ("lamp", "object"), ("street lamp", "object"), ("cart", "vehicle"), ("throne", "object"), ("stairs", "object"),
    ("treasure chest", "object"), ("well", "object"), ("rug", "object"), ("hill", "place"), ("submarine", "vehicle"),
    ("igloo", "place"), ("market stall", "place"), ("swing", "object"), ("cave", "place"), ("mailbox", "object"),
)  # fmt: skip
OWN = "drawn:"
"""The beginning of their keys."""

_TABLES = (_ANIMALS, _PEOPLE, _PLANTS, _FOOD, _PLACES, _VEHICLES, _SKY, _OBJECTS)
SUBJECTS: tuple[Subject, ...] = (
    *(row for kind, text in zip(KINDS, _TABLES, strict=True) for row in _rows(kind, text)),
    *(row for kind, text in TAIL.items() for row in _rows(kind, text)),
    *(Subject(OWN + name, name, kind, (), False) for name, kind in _DRAWN),
)
BY_NAME: dict[str, Subject] = {subject.name: subject for subject in SUBJECTS}
