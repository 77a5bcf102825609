"""The things that represent common nouns for which WordNet's hypernyms give a misleading result.

A row is the name of a painter's thing and nouns; "nothing" precedes nouns that are better left out than drawn as
something else: surfaces, paths, walls, and words for no thing at all.
"""

from __future__ import annotations

NOTHING = "nothing"

_TABLE = """
dog: corgi, dachshund, pug, bulldog, terrier, collie, husky, retriever, shepherd dog, spaniel, chihuahua, beagle,
 dalmatian, mutt, doggy, doggo, pup, greyhound, rottweiler, sheepdog, mongrel
cat: kitty, tomcat, tabby cat, persian cat, siamese cat, house cat
leopard: jaguar, ocelot, snow leopard, puma, cougar, lynx
lion: lion cub
fox: arctic fox, fennec
wolf: coyote, jackal, hyena
horse: pony, foal, colt, mustang, bronco, pegasus, centaur
deer: antelope, gazelle, fawn, roe deer, impala
cow: cattle, calf, yak, heifer
rat: mole, weasel, opossum, shrew
hedgehog: anteater, armadillo, echidna
bear: grizzly, black bear, bear cub, grizzly bear
bird: finch, canary, wren, cardinal, robin, woodpecker, kingfisher, hummingbird, sparrow, swallow, nightingale,
 bluejay, magpie, cuckoo, lark, thrush, starling
dove: pigeon, seagull, gull, albatross
eagle: vulture, hawk, falcon, osprey, buzzard, condor, griffin, gryphon
flamingo: stork, heron, ibis, egret, spoonbill
goose: ostrich, emu, gosling, pelican
penguin: puffin, auk
chick: duckling
parrot: toucan, budgie, budgerigar, cockatiel, parakeet
T-Rex: raptor, velociraptor
sauropod: triceratops, dinosaur, stegosaurus
dragon: wyvern, basilisk, leviathan
seal: walrus, manatee, sea lion
whale: orca, narwhal
fish: salmon, trout, tuna, carp, catfish, herring, piranha, eel, sardine
tropical fish: goldfish, koi, seahorse, clownfish, guppy
octopus: kraken, sea monster
snake: serpent, cobra, python, rattlesnake, adder, anaconda, viper
cricket: mantis, praying mantis, dragonfly, grasshopper, locust
butterfly: moth
bee: hornet, wasp, firefly
ant: termite, insect
caterpillar: centipede, millipede, grub, inchworm
lizard: iguana, chameleon, newt, salamander, gecko
troll: monster, goblin, orc, gremlin, gargoyle, imp, demon, devil, beast, bigfoot, yeti
ghost: god, spook, wraith, banshee, poltergeist
skull: skeleton, grim reaper, reaper, corpse
zombie: mummy, frankenstein
warrior: knight, samurai, gladiator, crusader, fencer, musketeer, paladin, swordswoman, templar, fighter, barbarian,
 viking
guard: soldier, keeper, sentinel, corporal, sergeant, trooper, infantryman, lieutenant, colonel, redcoat, beefeater
ninja: assassin, murderer, killer, thief, burglar, robber, bandit
wizard: magician, sorcerer, gandalf, alchemist, shaman, conjurer, illusionist
witch: enchantress, fortune teller, sorceress
elf: archer, hobbit, dwarf, gnome, leprechaun, huntress, hunter
santa claus: santa, st nicholas
fairy: nymph, tinkerbell, dryad
princess: queen, empress, duchess, countess, baroness, goddess, cinderella, maiden
prince: duke, baron, nobleman
king: emperor, tsar, pharaoh, sovereign, monarch
superhero: batman, spiderman, superman
supervillain: villain
robot: automaton, cyborg, android, terminator, vacuum cleaner, transformer
alien: martian, extraterrestrial
space monster: invader
clown: jester, harlequin, mime
baby: toddler, newborn, infant, babe
boy: schoolboy, lad, son, nephew, grandson, brother, youngster, youth
girl: schoolgirl, daughter, niece, granddaughter, sister, lass
child: kid, teenager, orphan, kindergartner, pupil
man: guy, fellow, husband, gentleman, boyfriend, uncle, neighbor, stranger, dude, beggar, tourist, hippie, slave,
 prisoner, patient, client, customer, citizen, bastard, comrade, cousin, christ, jesus, punk, bartender, barber,
 actor, philosopher, author, writer, poet, novelist, refugee, settler, immigrant, spectator, visitor, traveler,
 traveller, guest, human, human being, bus driver, cellist, pianist
bearded man: lumberjack, pirate, sailor, blacksmith, hermit, biker, fisherman, hipster, caveman, woodcutter, smith,
 castaway, seaman, miner, angler, prophet, cobbler, butcher, bishop, priest, rabbi, pope
woman with blond hair: blonde woman, blonde girl, blonde
woman: lady, wife, girlfriend, mother, mom, mum, aunt, waitress, housewife, widow, hostess, maid, barmaid, actress,
 stewardess, receptionist, nun, knitter, violinist, harpist, sweetheart
old man: grandfather, grandpa, elder, pensioner, veteran
old woman: grandmother, grandma, granny, crone, hag, babushka
man in tuxedo: waiter, butler, conductor, groomsman, maitre d, usher
man walking: postman, mailman, hiker, wanderer, messenger, courier, pilgrim, hitchhiker, stroller
couple: newlyweds, twins, spouses
family: people, crowd, parents, household, tribe, audience, neighbors, folk
doctor: surgeon, dentist, veterinarian, physician, therapist, psychiatrist, pharmacist
health worker: nurse, midwife, paramedic
judge: lawyer, attorney, senator
businessman: boss, manager, politician, mayor, governor, banker, salesman, diplomat, clerk, leader, gangster, mobster,
 executive, chairman, employer, secretary, journalist, reporter, editor, ambassador
student: graduate, scholar
teacher: professor, instructor, tutor, librarian
scientist: researcher, inventor, biologist, physicist, astronomer, chemist, psychologist, expert, specialist
farmer: scarecrow, gardener, rancher, shepherd, peasant, milkmaid, beekeeper
chef: cook, baker, barista, pizzaiolo
mechanic: plumber, electrician, repairman, engineer, carpenter, technician, janitor
construction worker: builder, bricklayer, labourer, laborer, workman, architect
painter: artist, sculptor, illustrator
singer: musician, guitarist, rapper, drummer, performer, soloist, pop star, bard, minstrel, comedian
pilot: captain, airman, flight attendant, chauffeur, admiral
police officer: policewoman, sheriff, marshal, constable, deputy
detective: sherlock holmes, spy, investigator, observer
cowboy hat face: cowboy, cowgirl, gunslinger, outlaw
dancer: ballerina, ballet dancer, flamenco dancer, belly dancer
climber: mountaineer, alpinist
runner: athlete, jogger, sprinter, marathon runner, football player, quarterback, pitcher
wrestlers: boxer, sumo wrestler, wrestler, sumo
acrobat: gymnast, trapeze artist, tumbler
swimmer: diver, lifeguard
rower: gondolier, ferryman, oarsman
monk: buddha, yogi, guru
cyclist: paperboy
man golfing: golfer
person lifting weights: weightlifter, bodybuilder
person bouncing ball: basketball player
rider: horseman, jockey, cavalryman, equestrian
bouquet: flower, wildflower, flowers, corsage, wreath
rose: carnation, peony, rosebud
daisy: chamomile, chrysanthemum, edelweiss, narcissus, dandelion, white lily
tulip: poppy, crocus, daffodil
hibiscus: orchid, lily, petunia, geranium
lotus: lily pad, water lily, waterlily
hyacinth: lavender, bluebell, lilac, violet, iris, wisteria
cherry blossom: blossom, magnolia, sakura
herb: fern, ivy, vine, basil, mint, parsley, rosemary, branch, twig, thyme, sage, bough, weed, leaf, reed, kelp,
 seaweed
leafy green: lettuce, cabbage, spinach, kale
tree: bush, shrub, willow, oak, birch, elm, linden, orchard, baobab, chestnut tree, bonsai, sapling, hedge
pine tree: fir, cypress, spruce, conifer, larch, cedar, fir tree, redwood, sequoia
log: stump, tree trunk, lumber, plank, beam, driftwood
autumn leaves: foliage, leaves
cactus: agave, aloe, succulent
wheat: hay, straw, rye, haystack, oat
grapes: raisin, currant
cherries: cherry, cranberry
strawberry: raspberry
blueberries: blackberry, plum, blueberry
orange: tangerine, grapefruit, mandarin
apple: fruit, pomegranate
pumpkin: squash, jack-o'-lantern, gourd
carrot: turnip, radish, parsnip
onion: leek
salad: vegetable, cole slaw
bread: toast, loaf
croissant: pastry, strudel, brioche
pancakes: crepe, pancake, blini
cheese: mozzarella, brie, gouda, feta, cheddar
meat on a bone: roast, ham, lamb chop, beef, meat
steak: pork, schnitzel, cutlet
hot dog: sausage, bratwurst, frankfurter
bento: lunch, breakfast, dinner, supper, meal, lunchbox
stew: soup, goulash, broth, chili con carne, cauldron, chowder
spaghetti: pasta, macaroni, lasagna, lasagne, ravioli
ramen: noodle, pho, noodles
sushi: sashimi
cookie: biscuit, gingerbread, cracker
birthday cake: cake, wedding cake
cupcake: muffin
pie: tart, quiche
candy: sweets, marshmallow, toffee
custard: pudding, flan
jar: jam, marmalade
honey pot: honey
glass of milk: milk
cup of coffee: coffee, cappuccino, espresso, latte, mug, cup, cocoa, hot chocolate, coffee cup, coffee mug, teacup
teacup without handle: tea
teapot: kettle
wine glass: wine, goblet, chalice, glass
bottle with popping cork: champagne, bottle, wine bottle
cocktail: martini, drink, margarita
tropical drink: juice, lemonade, orange juice, smoothie
tumbler glass: whisky, whiskey, rum, brandy, liquor, bourbon, gin
cup with straw: soda, cola, milkshake, coke
beer: ale, stein
mountain: peak, ridge, valley, canyon, cliff, crag, summit
snowy mountain: glacier, iceberg
ice cube: ice floe, floe
rock: stone, pebble, meteorite, cobblestone
hut: shed, cabin, log cabin, igloo, stable, treehouse, tree house, kennel, hovel
house: cottage, farmhouse, mansion, bungalow, villa, barn, home, building, restaurant, diner, cafe, bakery, library,
 bookshop, pub, saloon, birdhouse, doghouse, garage, windmill, watermill
village: town, hamlet
skyscraper: apartment, apartment building, high-rise, office, office building
shop: store, kiosk, supermarket, market, stall, market stall, bodega, drugstore, boutique
hotel: inn, tavern, hostel
school: university, college, academy
factory: warehouse, refinery, power station
castle: palace, fort, stronghold, fortress, citadel, chateau
tower: lighthouse, steeple, spire, obelisk, eiffel tower
greek temple: theatre, theater, museum, courthouse, parliament, capitol, pantheon, ruin
church: cathedral, chapel, monastery, abbey, convent, basilica
temple: pyramid, ziggurat
stone head: sphinx, totem, bust
statue of liberty: statue, sculpture, monument, figurine
fountain: well, birdbath
torii gate: gate, arch, archway, gateway, portal, stone arch
bridge: viaduct, footbridge, aqueduct, drawbridge
ferris wheel: big wheel
gravestone: tomb, grave, tombstone
beach: seaside
steam train: locomotive, steam engine, train, steam locomotive
railway car: wagon, boxcar, carriage
tram: streetcar, trolley
bus: school bus, coach, double-decker
truck: van, ice-cream truck, food truck, garbage truck, tow truck, camper
pickup truck: monster truck, ute
tractor: bulldozer, excavator, combine, digger, harvester, steamroller, plow, plough, tank
building construction: crane, scaffold, scaffolding, construction site
car: limousine, convertible, sports car, automobile, vehicle, cabriolet, hearse, vintage car
blue car: jeep, suv, minivan, station wagon
racing car: race car, formula one
sailboat: yacht, galleon, sailing boat, sailing ship, longship, pirate ship, schooner, catamaran, windsurfer, frigate,
 caravel
canoe: kayak, gondola, rowboat, rowing boat, dinghy, punt, raft
speedboat: motorboat, boat, fishing boat
ship: submarine, liner, steamboat, steamer, freighter, tanker, battleship, trawler, barge, tugboat, paddle steamer,
 aircraft carrier, cargo ship
airplane: airship, zeppelin, blimp, glider, fighter jet, bomber, jet, plane, aeroplane
small airplane: biplane, propeller plane
balloon: hot-air balloon, air balloon
rocket: spaceship, spacecraft, missile, space shuttle, shuttle, starship, torpedo
flying saucer: ufo
oncoming automobile: minicar
auto rickshaw: tuk-tuk, rickshaw
sled: sleigh, sledge
manual wheelchair: wheelchair
fuel pump: gas pump, petrol station, gas station, filling station
horizontal traffic light: stoplight
vertical traffic light: traffic light
sun: sunlight, sunbeam
moon: crescent
star: starfish, stars
milky way: galaxy, nebula
cloud: smoke, steam
fire: flame, campfire, bonfire, torch, fireplace, stove, hearth, candle flame
rain cloud: rain, drizzle
snow cloud: snow
sparkles: aurora, northern lights
water drop: dew, puddle
wave: waves, surf, tsunami, waterfall
kitchen knife: knife, cleaver, carving knife
sword: dagger, saber, sabre, katana, rapier, excalibur, blade, lightsaber, scimitar, spear, lance, halberd
bow and arrow: bow, arrow, crossbow
water pistol: pistol, revolver, gun, rifle, musket, shotgun, machine gun, handgun, firearm
bomb: cannon, cannonball, grenade, dynamite
trident emblem: trident, pitchfork
helmet: hard hat, army helmet
crown: tiara, diadem
gem: diamond, ruby, emerald, sapphire, jewel, crystal, amethyst, pearl
coin: medal, penny, dime
box: chest, treasure chest, crate, cardboard box, carton, package, parcel, cupboard, wardrobe, cage
card file box: drawer
file cabinet: cabinet, locker, dresser, refrigerator, fridge
money bag: treasure, loot, sack
lantern: lamp, streetlight, street lamp, streetlamp, lamppost, chandelier, table lamp, floor lamp, desk lamp
flashlight: headlight, searchlight
magnifying glass tilted left: magnifying glass, lens, monocle
crystal ball: orb, snow globe
scroll: parchment, papyrus
book: diary, bible, novel, dictionary, manuscript, encyclopedia
books: bookshelf, bookcase
envelope: letter, mail
newspaper: magazine
teddy bear: toy, stuffed animal, plush
nesting dolls: doll, matryoshka
guitar: lute, ukulele, mandolin
violin: cello, fiddle, viola, double bass, harp
trumpet: trombone, bugle, tuba
piano: harpsichord, grand piano
keyboard: typewriter
flute: clarinet, oboe, bagpipe
drum: drum kit, kettle drum, tambourine
radio: boombox, record player, gramophone, jukebox, stereo
musical score: sheet music
television: tv, screen, monitor
desktop computer: computer, pc
laptop: notebook computer
phone: smartphone, cell phone, cellphone, tablet
telescope: binoculars, spyglass
gear: cogwheel, machine, machinery, clockwork
wheel: tire, steering wheel, wagon wheel, spinning wheel
basket: picnic basket, crib, cradle
bucket: pail, washtub
oil drum: barrel, keg
wastebasket: trash can, garbage can, dustbin
vase: urn, pot, clay pot, pottery, jug, flowerpot, amphora
potted plant: houseplant, pot plant, flower pot
bowl with spoon: bowl, porridge, cereal
fork and knife with plate: plate, dish, tray, platter, cutlery
fork and knife: fork
shallow pan of food: pan, frying pan, casserole, wok
cooked rice: rice
chair: stool, throne, rocking chair, highchair, bench, swing, park bench, pew
sofa: armchair, couch, settee, divan, loveseat
bed: pillow, mattress, hammock, cot, bunk, cushion, bunk bed
bathtub: jacuzzi, sink, washbasin, hot tub
door: entrance, front door
window: windowpane, stained glass
mirror: looking glass
ladder: rope ladder, stairs, staircase, stairway
broom: mop, broomstick
umbrella: parasol, beach umbrella
suitcase: luggage, baggage
handbag: bag, satchel
backpack: knapsack, schoolbag
purse: wallet, pocketbook
top hat: hat, bowler, bowler hat
sun hat: sombrero, straw hat, bonnet
billed cap: cap, baseball cap, beret
goggles: diving goggles
shoe: sneaker, trainer, footwear
woman's sandal: slipper
boot: rain boot, cowboy boot
ice skate: skate
dress: gown, skirt, tutu, robe, evening gown, ball gown, costume, wedding gown
coat: jacket, raincoat, cloak, parka, trench coat, cape, fur coat, uniform, suit, poncho
t-shirt: shirt, sweater, pullover, jersey, blouse, jumper
jeans: pants, trousers, slacks, overall, overalls, leggings
gloves: glove, mitten
socks: stocking, sock
necktie: bow tie
scarf: shawl
yarn: wool
thread: string, spool, cord
knot: rope, lasso
gift: christmas present
pushpin: thumbtack
prayer beads: necklace, bracelet, beads, rosary, pearl necklace
ring: earring
key: skeleton key
syringe: vaccine
fishing pole: fishing rod, fishing net, rod
soccer ball: ball, football
flying disc: frisbee, discus
chess pawn: chess, chess piece, rook, chessboard, chess board
performing arts: mask, theatre mask
pirate flag: jolly roger
black flag: flag, banner
triangular flag: pennant
painting: picture, portrait, photo, photograph, poster, canvas, frame
sign: billboard, signboard, road sign, street sign, neon sign
hand with fingers splayed: hand
pile of poo: poop
explosion: eruption
bubbles: foam, soap bubble, bubble
carousel: merry-go-round, rocking horse
person taking bath: bather
x-ray: radiograph
playground slide: slide, playground
camping: campsite
seashell: shell, clam, mussel, scallop, conch
oyster: pearl oyster
chains: shackle, fetter
axe: hatchet, tomahawk, battle axe
pick: pickaxe
hammer: sledgehammer, mallet, anvil, mace
scissors: shears
white cane: cane, staff, walking stick
magic wand: sceptre, scepter
satellite antenna: antenna, radar
camera: photographer, cameraman
movie camera: movie
elevator: lift
toilet: lavatory
roll of paper: toilet paper
page facing up: paper, document
black nib: quill
artist's palette: easel, paint, palette
paintbrush: brush
lipstick: makeup
nothing: table, desk, counter, shelf, tablecloth, carpet, rug, floor, ceiling, wall, fence, grass, lawn, meadow,
 field, sea, ocean, lake, river, pond, stream, creek, brook, bay, lagoon, sky, air, soil, mud, sand, dune, road,
 street, path, sidewalk, pavement, alley, highway, trail, lane, plaza, courtyard, yard, garden, park, forest, wood,
 woods, jungle, swamp, pasture, prairie, desert, coast, shore, harbor, harbour, port, pier, dock, deck, room, kitchen,
 bedroom, living room, bathroom, hall, hallway, corridor, studio, workshop, laboratory, classroom, cellar, attic,
 stage, background, foreground, horizon, landscape, scene, scenery, backdrop, view, setting, place, location, area,
 side, center, centre, middle, corner, edge, top, bottom, front, back, rear, distance, end, left, right, spot, region,
 space, district, neighborhood, downtown, suburb, territory, land, country, nation, nature, universe, atmosphere,
 darkness, shadow, silhouette, north, south, east, west, frontier, range, line, figure, body, set, series, row, unit,
 system, structure, base, block, group, team, company, society, government, army, cavalry, community, organization,
 committee, class, meeting, navy, countertop, kitchen counter, windowsill, sill, curtain, drapery, blanket, quilt,
 roof, rooftop, chimney, porch, terrace, balcony, runway, cutting board, chopping board, mat, snowfield, ice, traffic,
 traffic jam, slope, hill, hillside, wheat field, cornfield, farm, battlefield, graveyard, cemetery, cave, tunnel,
 hole, pit, pipe, catapult, oven, hose, faucet, airport
table: table, desk, counter, workbench, dining table, kitchen table, coffee table, picnic table, altar
bench: bench, park bench, pew
fence: fence, picket fence, railing, barrier, palisade, handrail
brick wall: brick wall, wall, stone wall, city wall, rampart, barricade
bookshelf: bookshelf, bookcase, shelf, bookshelves
barrel: barrel, keg, cask
cage: cage, birdcage, aviary
lamp: lamp, table lamp, floor lamp, desk lamp, bedside lamp, lampshade
street lamp: street lamp, streetlight, streetlamp, lamppost, street light, lamp post
cart: cart, wagon, wheelbarrow, carriage, handcart, chariot, stagecoach, pushcart
throne: throne, royal throne
stairs: stairs, staircase, stairway, stair, steps, flight of stairs
treasure chest: treasure chest, chest
well: well, wishing well
rug: rug, carpet, doormat, mat, prayer rug
hill: hill, hillock, knoll, mound, hilltop, anthill
igloo: igloo, snow house
market stall: market stall, stall, stalls, booth, market stand, kiosk, fruit stand, lemonade stand
mailbox: mailbox, letterbox, letter box
windmill: windmill, mill, watermill, wind turbine
lighthouse: lighthouse
pyramid: pyramid
submarine: submarine
swing: swing
cave: cave
piano: organ, pipe organ
closed mailbox with raised flag: postal box
puzzle piece: puzzle, jigsaw, jigsaw puzzle
joker: card, playing card
goal net: net, goal
broom: rake
pick: shovel, spade, hoe, scythe
fire extinguisher: hydrant, fire hydrant
playground slide: seesaw
honey pot: beehive, hive
nesting dolls: puppet, marionette
shop: cinema, cafe, bakery, restaurant, bookshop, diner
house with a garden: greenhouse
log: dam
canoe: boat, fishing boat
castle: sandcastle
wastebasket: trashcan, dumpster
spider web: spiderweb
roller coaster: rollercoaster
troll: giant
eagle: phoenix
joystick: lever, controller
slot machine: vending machine, cash machine, ticket machine
headphone: headphones, headset, earphones, earphone
gift: present
fire engine: fire truck
magic wand: baton, drumstick
hammer: gavel
helicopter: drone, quadcopter
bird: jay, blue jay
ox: yak, buffalo
singer: accordion player, bagpiper, piper, guitar player, piano player, flute player, violin player, trumpet player,
 saxophone player, accordionist, flutist, trumpeter, saxophonist, pianist, violinist, cellist, harpist, fiddler
bucket: watering can
bicycle: tricycle, unicycle
church: clock tower, bell tower, belfry, campanile
man: eskimo, inuit
nothing: plain, steppe, moor, heath, marsh, bog, rooftop, head, neck, shoulder, torso, waist, hip, lap, joint, limb
"""


def usual_nearest() -> dict[str, str]:
    """For singular nouns the name of the thing that represents them, or `NOTHING`; later rows take precedence."""
    found = {}
    for row in _TABLE.strip().replace("\n ", " ").split("\n"):
        name, _, words = row.partition(":")
        found |= {word.strip(): name for word in words.split(",") if word.strip()}
    return found
