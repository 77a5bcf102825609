"""Vehicles, buildings, furniture, instruments, tools and toys: what each one looks like and does. Blocks as in ``creatures.py``."""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

TEXT = """
car | landcar | red royalblue black gold | red, blue, vintage, old, rusty
+ rounded fenders and chrome bumpers; a folded-down roof
> driving along the coast; parked under a tree; rounding a bend
. The car’s paint is so shiny that clouds drift across its hood.
. One wing mirror is bent, as if after a narrow street.
race car | landcar | red yellow dodgerblue | sleek, fast
+ a low, pointed nose; a broad rear wing; numbers on its sides
> speeding around a corner; crossing the finish line
. The race car is so low that it seems glued to the track.
truck | landcar | orangered steelblue | heavy, blue, dusty
+ a tall grille; twin exhaust pipes; a loaded bed
> hauling a load of logs; climbing a mountain road
. Mud has dried in waves along the truck’s sides.
fire truck | landcar | red firebrick | shiny, red
+ a long ladder on its roof; coiled hoses; a brass bell
> rushing to the rescue; raising its ladder
. Blue lights flash from the roof of the fire truck.
bus | landcar | gold red | yellow, crowded, double-decker
+ two rows of windows; a round destination sign
> stopping at a corner; crossing a bridge
. Faces are pressed against the windows of the bus.
taxi | landcar | yellow gold | yellow
+ a checkered stripe; a lit sign on the roof
> splashing through a puddle; waiting at the curb
. Neon colors slide over the wet roof of the taxi.
tractor | landcar | green red | green, muddy
+ huge rear wheels; a smoking pipe
> pulling a plow; rolling over the field
. Clods of earth fall from the tractor’s deep treads.
motorcycle | landcar | black crimson | black, roaring
+ a teardrop tank; long chrome pipes
> leaning into a curve; standing on the roadside
. Heat shimmers around the motorcycle’s engine.
bicycle | landcar | teal tomato | old, green
+ a wicker basket; a curved handlebar; thin spoked wheels
> leaning against a wall; rolling down a lane
. The spokes of the bicycle throw a fan of thin shadows.
train | landcar | darkred darkgreen black | long, steam-driven, red
+ a tall smokestack; a row of lit carriages; great driving wheels
> crossing a stone viaduct; puffing around a bend; waiting at the platform
. White steam rolls back over the roofs of the train.
. The rails gleam like two drawn lines in front of the train.
tank | landcar | olivedrab darkolivegreen | heavy, camouflaged
+ wide steel tracks; a long gun barrel
> rolling over a trench; turning its turret
. Deep ruts mark the way the tank has come.
carriage | landcar | gold maroon | golden, horse-drawn
+ carved doors; tall wheels; velvet curtains
> rolling through a gate; waiting by the steps
. The lamps of the carriage glow like two fireflies.
ship | ship | saddlebrown navy | tall, old, three-masted
+ billowing white sails; a carved figurehead; rows of cannon ports
> riding a huge wave; sailing into the sunset; lying at anchor
. The figurehead of the ship leans out over the foam.
. Sailors as small as ants climb in the ship’s rigging.
boat | ship | sienna red white | little, wooden, red, fishing
+ a patched sail; two oars
> rocking on the waves; tied to a post; gliding over the lake
. Water drips in bright beads from the boat’s oars.
sailboat | ship | white dodgerblue | white, slim
+ a tall triangular sail; a striped spinnaker
> leaning in the wind; racing across the bay
. The sailboat’s wake is a thin line of foam.
submarine | ship | gold darkslategray | yellow, rusty
+ round portholes; a periscope; a heavy propeller
> diving past a reef; breaking through the surface
. Two searchlights reach out from the submarine’s nose.
airplane | aircraft | white silver red | small, silver, red
+ two broad wings; a spinning propeller
> looping through the clouds; coming in to land; towing a banner
. The airplane’s propeller is a disc of blurred light.
helicopter | aircraft | orangered navy | red, rescue
+ a whirling rotor; a glass cockpit
> hovering above the roofs; lowering a rope
. The air below the helicopter is whipped into waves.
rocket | aircraft | white crimson silver | gleaming, red, tall
+ sharp fins; a round window; a pointed red nose
> lifting off in a column of flame; standing on its launch pad; arching toward the stars
. A pillar of fire and cloud stands under the rocket.
. Ice flakes fall from the rocket’s white sides.
hot air balloon | aircraft | red gold skyblue | striped, colorful
+ broad colored panels; a wicker basket; a bright burner flame
> floating over the hills; rising at dawn; drifting with the wind
. The flame makes the hot air balloon glow from inside like a lamp.
spaceship | aircraft | silver slategray | sleek, alien, battered
+ glowing engines; rows of tiny windows; a hull covered in panels
> gliding past a planet; landing in a cloud of dust; leaving a blue trail
. Countless tiny lights show how vast the spaceship is.
ufo | aircraft | silver palegreen | hovering, silver
+ a glass dome; a ring of colored lights
> hovering without a sound; sending down a beam of light
. The grass bends away from the beam of the ufo.
kite | aircraft | red gold | colorful, diamond-shaped
+ a long tail of paper bows; crossed sticks
> dancing in the wind; tugging at its string
. The kite’s tail writes loops into the sky.
castle | building | gray slategray tan | old, ruined, towering, stone
+ round towers with pointed roofs; a drawbridge; banners on every tower
> rising from a steep cliff; guarding the valley; standing dark against the sky
. Ravens circle the highest tower of the castle.
. Torches burn on both sides of the castle’s gate.
. Its walls grow straight out of the rock.
house | building | indianred wheat white | small, crooked, white, haunted
+ a red tiled roof; green shutters; a smoking chimney; flower boxes
> standing at the end of a lane; nestled among trees
. A lamp has been left burning in the house’s front window.
. The garden gate of the house stands open.
cottage | building | tan burlywood | cozy, thatched
+ a thatched roof; a round door; roses around the porch
> nestled at the foot of a hill; smoking from its chimney
. The cottage’s thatch hangs down over the windows like a fringe.
tower | building | slategray dimgray | tall, leaning, ruined
+ a spiral stair; narrow slits for windows
> rising above the treetops; leaning to one side
. A single window near the top of the tower is lit.
lighthouse | building | white red | red-and-white, lonely
+ broad red bands; a glass lantern room
> sending its beam over the water; standing on the rocks
. The beam of the lighthouse sweeps like a slow white arm.
windmill | building | white sienna | old, wooden
+ four latticed sails; a wooden cap
> turning slowly; standing in a field of grain
. The shadow of the windmill’s sails wheels over the ground.
church | building | white gray | small, white
+ a pointed steeple; colored glass windows
> standing on a hill; ringing its bells
. The colored windows of the church glow from within.
temple | building | darkred gold | golden, ancient, ruined
+ curved roofs; red columns; stone lions at the stair
> rising out of the jungle; floating in the mist
. Incense drifts from the doors of the temple.
pyramid | building | sandybrown khaki | huge, golden
+ worn stone steps; a bright capstone
> rising out of the sand; throwing a sharp shadow
. One face of the pyramid is bright and the other nearly blue.
skyscraper | building | steelblue slategray | glass, gleaming
+ hundreds of lit windows; a needle-thin top
> reaching into the clouds; mirroring its neighbors
. Clouds slide across the skyscraper’s glass front.
bridge | building | gray saddlebrown | stone, old, wooden
+ three wide arches; a worn railing
> spanning a deep gorge; arching over the river
. The arches of the bridge close into full circles in the water.
tent | building | orange khaki | orange, small
+ a taut canvas roof; ropes and pegs
> glowing from a lamp inside; pitched on flat ground
. Shadows move on the inside wall of the tent.
barn | building | firebrick brown | red, weathered
+ a white cross on the door; a tall hayloft
> standing beside the field; leaning with age
. Swallows fly in and out under the barn’s roof.
well | building | gray rosybrown | stone, mossy
+ a little shingled roof; a bucket on a rope
> standing in the middle of the yard
. Ferns grow between the stones of the well.
fountain | building | lightgray turquoise | marble, splashing
+ three stone basins; playful jets of water
> sparkling in the middle of the square
. Coins shimmer on the bottom of the fountain.
statue | building | gray darkseagreen | marble, bronze, broken
+ a stern face; a raised arm; a mossy pedestal
> gazing over the square; crumbling slowly
. A pigeon sits on the head of the statue.
street lamp | building | gold darkslategray | iron, tall
+ a curved iron neck; a glass globe
> shining on the wet pavement
. Moths circle the globe of the street lamp.
fence | building | white saddlebrown | white, broken
+ uneven pickets; peeling paint
> running along the path
. One picket of the fence is missing.
chair | furniture | saddlebrown sienna | wooden, red, rocking
+ a woven seat; a carved back
> standing by the window; rocking gently
. A knitted shawl hangs over the chair.
table | furniture | peru saddlebrown | round, long, wooden
+ a checked tablecloth; sturdy legs
> laid for a meal; standing in the middle of the room
. Light slants across the table and shows every crumb.
sofa | furniture | teal olive | soft, green, worn
+ deep cushions; rolled arms
> filling one side of the room
. One cushion of the sofa still shows the shape of a sleeper.
bed | furniture | lightsteelblue linen | unmade, canopy
+ a patchwork quilt; plump pillows
> standing under a slanted roof
. The quilt of the bed has slid halfway to the floor.
bookshelf | furniture | saddlebrown maroon | crowded, tall
+ rows of leather spines; a ladder on rails
> reaching up to the ceiling
. A gap in the bookshelf shows where one book is missing.
fireplace | furniture | firebrick darkgray | stone, crackling
+ a carved mantel; glowing logs
> warming the whole room
. Firelight dances over everything near the fireplace.
lamp | object | gold khaki | glowing, brass, old
+ a pleated shade; a brass foot
> throwing a warm circle of light; standing on a small table
. The lamp draws a soft circle on the wall behind it.
lantern | object | orange gold | paper, iron, glowing
+ panes of amber glass; a curved handle
> hanging from a branch; swinging in the wind
. Moths tap against the glass of the lantern.
candle | object | ivory gold | flickering, half-burnt
+ drops of wax down one side; a trembling flame
> burning in a brass holder
. A thread of smoke rises from the candle’s flame.
campfire | object | orangered gold | crackling, small
+ crossed logs; leaping yellow flames
> sending sparks into the dark
. The campfire paints every face and stone orange on one side.
book | object | maroon saddlebrown | open, ancient, thick
+ yellowed pages; a ribbon; gilded edges
> lying open on the table; floating in the air
. Tiny drawings fill the margins of the book.
clock | object | gold saddlebrown | old, ticking
+ roman numerals; ornate hands
> hanging on the wall; striking midnight
. The pendulum of the clock is caught in the middle of its swing.
mirror | object | silver gold | cracked, tall
+ a carved golden frame; a silvery surface
> leaning against the wall
. The mirror shows a slightly different room.
key | object | gold rosybrown | rusty, golden
+ a round bow; three uneven teeth
> lying in the dust; hanging on a red thread
. The key is worn thin where fingers have turned it.
crown | object | gold goldenrod | golden, jeweled
+ red and green stones; pointed arches
> resting on a velvet pillow
. Each jewel in the crown holds its own small fire.
sword | object | silver lightsteelblue | shining, ancient, broken
+ a leather-wrapped hilt; runes along the blade
> stuck in a stone; lying across a shield
. The blade of the sword mirrors a strip of sky.
shield | object | silver darkred | round, dented
+ a painted emblem; an iron rim
> leaning against a rock
. Three deep cuts cross the front of the shield.
treasure chest | object | saddlebrown gold | open, heavy
+ iron bands; a heap of gold coins
> overflowing with jewels; half buried in sand
. Gold light spills out of the treasure chest onto everything near it.
balloon | toy | red hotpink dodgerblue | red, shiny
+ a thin white string; a small bright window of reflected light
> floating upward; tugging at its string
. The balloon is so light that a breath would carry it off.
teddy bear | toy | peru burlywood | old, beloved
+ a missing button eye; worn velvet paws
> sitting on a pillow; slumped against a book
. A patch of another fabric covers the teddy bear’s elbow.
doll | toy | lightpink linen | porcelain, rag
+ painted eyes; a lace dress
> sitting on a shelf
. A thin crack runs across the doll’s cheek.
gift | toy | crimson gold | wrapped, big
+ a wide ribbon; a shiny bow
> waiting under the tree
. A small card is tied to the gift.
robot | machine | silver steelblue orange | friendly, rusty, giant, small
+ round glowing eyes; jointed metal arms; an antenna with a red tip
> watering a flower; waving with one hand; walking with heavy steps
. The robot’s eyes shine like two headlamps.
. A sticker of a star has been put on the robot’s chest.
computer | machine | lightgray black | old, glowing
+ a bright screen; a worn keyboard
> showing lines of code; humming on a desk
. The screen of the computer paints the desk blue.
camera | object | black silver | vintage
+ a round lens; a leather strap
> standing on a tripod
. The lens of the camera holds a tiny upside-down view.
telescope | machine | goldenrod saddlebrown | brass, huge
+ a long polished tube; a wooden tripod
> pointing at the stars
. The brass of the telescope is cold and bright.
guitar | instrument | sienna peru | acoustic, electric
+ six bright strings; a worn soundboard
> leaning against a chair; playing a slow song
. The strings of the guitar are still trembling.
piano | instrument | black maroon | grand, old
+ a row of black and white keys; an open lid
> standing in the lamplight
. The lid of the piano mirrors the keys.
violin | instrument | sienna chocolate | old, golden
+ a carved scroll; a slender bow
> lying in its open case
. Dust of rosin lies under the strings of the violin.
drum | instrument | firebrick gold | big, painted
+ tight ropes; a round skin
> booming across the square
. The skin of the drum trembles at every beat.
trumpet | instrument | gold goldenrod | shining
+ a wide bell; three valves
> sounding a bright call
. The bell of the trumpet mirrors the whole crowd.
umbrella | object | red black | red, open
+ thin metal ribs; a curved wooden handle
> keeping off the rain; lying open on the ground
. Drops run down the umbrella and fall from every tip.
hat | clothing | black saddlebrown | tall, straw
+ a wide brim; a silk band
> hanging on a hook
. A feather is stuck into the band of the hat.
ball | toy | red dodgerblue | bouncing, striped
+ curved stripes of color; a scuffed skin
> rolling down the slope; flying through the air
. The ball leaves a line of round prints.
cauldron | object | black dimgray | bubbling
+ three stubby legs; a green, foaming brew
> hanging over a fire
. Green steam pours over the rim of the cauldron.
crystal | object | mediumpurple aqua | glowing, purple
+ sharp facets; an inner light
> growing out of the rock
. Colors travel through the crystal as the light moves.
anchor | object | darkslategray | rusty, heavy
+ two broad hooks; a length of chain
> half buried in the sand
. Small shells have settled on the anchor.
"""
