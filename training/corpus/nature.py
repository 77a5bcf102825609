"""Food, plants, landforms and the sky: what each one looks like and does. Blocks as in ``creatures.py``."""

from __future__ import annotations

TEXT = """
apple | fruit | red crimson yellowgreen | red, green, shiny
+ a brown stem with one leaf; a yellow blush on one side
> lying in the grass; cut in half on a board; hanging from a low branch
. A small bite has been taken out of the apple.
pear | fruit | yellowgreen gold | ripe, yellow
+ a slender neck; freckled skin
> leaning against another fruit
. The pear’s skin is dotted like fine sand.
orange | fruit | orange darkorange | juicy
+ dimpled peel; a star of green at the top
> peeled in one long spiral
. A fine mist of oil hangs around the peel of the orange.
banana | fruit | yellow gold | ripe
+ a smooth curve; brown freckles
> lying in a bunch
. The banana’s skin opens in three long flaps.
grape | fruit | purple indigo | dark, dusty
+ a silvery bloom; a curling tendril
> hanging in a heavy bunch
. Light glows through the outermost grape.
strawberry | fruit | crimson red | sweet, red
+ a cap of green leaves; tiny golden seeds
> dipped in cream; lying in a paper box
. Every seed of the strawberry has its own little dent.
cherry | fruit | crimson darkred | dark
+ a long thin stem; a mirror-like skin
> hanging in a pair
. The window is reflected in the cherry as a tiny square.
lemon | fruit | yellow gold | bright
+ a pointed tip; waxy peel
> sliced into thin wheels
. The cut side of the lemon sparkles with juice.
watermelon | fruit | green crimson | huge, sliced
+ dark green stripes; red flesh with black seeds
> cut into wide wedges
. Pink juice runs from the watermelon over the board.
pumpkin | fruit | darkorange orangered | carved, round
+ deep ribs; a twisted stem; a carved grin
> glowing from a candle inside; sitting on the steps
. Candlelight flickers through the teeth of the pumpkin.
loaf of bread | food | peru burlywood | fresh, crusty
+ a cracked golden crust; a dusting of flour
> cooling on a rack; torn in two
. Steam rises from the torn side of the bread.
wheel of cheese | food | gold khaki | yellow, old
+ round holes; a waxy rind
> lying under a glass bell
. A thin slice has been cut from the cheese.
pizza | food | tomato gold | hot, large
+ melted cheese; slices of tomato and basil
> coming out of the oven; missing one slice
. A long string of cheese connects the slice to the pizza.
hamburger | food | peru goldenrod | juicy, towering
+ a sesame bun; crisp lettuce
> dripping with sauce
. Seeds dot the shining bun of the hamburger.
cake | food | lightpink chocolate | birthday, three-tiered, chocolate
+ smooth frosting; lit candles; sugar roses
> standing on a glass stand; waiting to be cut
. Tiny flames tremble on top of the cake.
cupcake | food | lightpink lavender | pink
+ a swirl of cream; colored sprinkles
> sitting in a paper cup
. One sprinkle has fallen beside the cupcake.
ice cream cone | food | lightpink ivory | melting
+ three round scoops; a crisp cone
> melting in the sun
. A drop runs down the cone of the ice cream.
donut | food | hotpink peru | glazed
+ pink icing; rainbow sprinkles
> lying on a napkin
. The icing of the donut shines like wet paint.
cookie | food | peru chocolate | warm
+ melting chocolate chips; cracked edges
> stacked in a tower
. Crumbs lie in a half circle around the cookie.
bowl of soup | food | orange tomato | hot
+ floating herbs; a swirl of cream
> steaming in a deep bowl
. A spoon leans on the rim beside the soup.
plate of sushi | food | salmon white | fresh
+ bright slices of fish; pearly rice
> lined up on a black tray
. Every grain of rice in the sushi can be counted.
egg | food | white gold | fried, speckled
+ a smooth oval shell; a bright yolk
> sizzling in a pan
. The yolk of the egg trembles slightly.
jar of honey | food | gold goldenrod | golden
+ slow, thick folds; a glass jar
> dripping from a wooden dipper
. The honey folds over itself like ribbon.
cup of coffee | drink | saddlebrown sienna | hot, black
+ a heart drawn in the foam; a white cup
> steaming beside a newspaper
. A thin line of steam bends above the coffee.
cup of tea | drink | darkgoldenrod seagreen | hot, green
+ a painted pot; thin porcelain
> being poured from high above
. Leaves circle slowly on the bottom of the tea.
glass of wine | drink | maroon crimson | red
+ a tall-stemmed glass; a dark bottle
> glowing in the candlelight
. The wine throws a ruby spot on the tablecloth.
rose | flower | crimson red lightpink | red, white, single
+ tightly folded petals; a thorny stem
> opening in the morning; lying on an open book
. The inner petals of the rose are darker than the outer ones.
sunflower | flower | gold goldenrod | tall, golden
+ a dark spiral center; a ring of flame-like petals
> turning toward the sun
. Bees crawl over the broad face of the sunflower.
tulip | flower | tomato hotpink gold | red, yellow
+ a smooth cup of petals; broad blue-green leaves
> standing in neat rows
. The tulip is closed like two cupped hands.
lotus | flower | lightpink lavender | pink, floating
+ layers of pointed petals; round floating leaves
> opening on still water
. A drop rolls like mercury on the leaf beside the lotus.
mushroom | flower | red tan | red, spotted, giant
+ a domed cap with white dots; a pale ringed stem
> growing in the moss; glowing in the dark
. The gills under the mushroom’s cap are as thin as paper.
cactus | flower | forestgreen olivedrab | prickly, tall
+ rows of sharp spines; one pink blossom
> standing in the dry heat
. The ribs of the cactus throw narrow shadows.
tree | tree | forestgreen darkolivegreen | old, lonely, bare, huge
+ gnarled roots; a hollow in its trunk; a wide green crown
> standing at the edge of the path; bending in the wind
. A rope swing hangs from the tree’s lowest branch.
oak | tree | darkolivegreen sienna | ancient
+ massive, twisting limbs; deep bark
> spreading over the meadow
. Acorns lie thick around the foot of the oak.
pine | tree | darkgreen | tall, snowy
+ dark needles; a straight trunk
> standing on the ridge
. Snow slides from the branches of the pine.
palm tree | tree | seagreen peru | bending
+ long feathered leaves; a ringed, curving trunk
> leaning over the beach
. Coconuts hang in a cluster under the palm tree’s leaves.
cherry tree | tree | lightpink pink | blossoming
+ clouds of pink blossoms; dark, slender branches
> shedding petals like snow
. The ground beneath the cherry tree is pink.
mountain | landform | slategray steelblue | snowy, distant, jagged
+ a white peak; steep gray faces
> rising above the clouds; glowing in the last light
. A glacier runs down the mountain like a white road.
. The mountain’s peak catches light that the valley has already lost.
volcano | landform | darkred dimgray | erupting, smoking
+ a glowing crater; rivers of lava; a column of ash
> hurling fire into the sky; smoking on the horizon
. Lava winds down the volcano in bright orange threads.
. The underside of the ash cloud above the volcano glows red.
hill | landform | olivedrab yellowgreen | green, rolling
+ soft, rounded slopes; a winding path
> rolling toward the horizon
. Cloud shadows slide over the hill.
cliff | landform | dimgray tan | steep, white
+ layers of bare rock; nesting ledges
> dropping straight into the sea
. Spray rises halfway up the cliff.
island | landform | seagreen khaki | green, floating
+ a ring of pale sand; a tuft of palms
> lying alone in the sea; floating in the sky
. Waves draw a white line all around the island.
cave | landform | darkslategray | dark, glowing
+ hanging stones; a low, wide mouth
> opening in the rock
. A cold breath comes out of the cave.
rock | object | gray dimgray | mossy, big
+ rough gray faces; cushions of moss
> lying beside the path
. Lichen draws pale maps on the rock.
river | water | steelblue cadetblue | winding, clear
+ gravel banks; white rapids
> winding through the valley
. The river divides around a stone and closes again.
lake | water | steelblue darkcyan | calm, frozen
+ reeds along the shore; a perfect mirror
> lying between the hills
. The lake doubles every shape that stands on its shore.
waterfall | water | lightcyan powderblue | thundering, tall
+ a curtain of white water; a cloud of spray
> plunging into a deep pool
. A small rainbow stands in the spray of the waterfall.
ocean | water | teal steelblue | stormy, calm
+ long rows of waves; caps of foam
> rolling toward the shore
. The horizon of the ocean is one clean line.
sun | heavenly | gold orange | golden, setting, rising
+ broad golden rays; a blazing rim
> sinking toward the horizon; breaking through the clouds
. The sun lays a long path of gold over everything below.
moon | heavenly | lightgoldenrodyellow lavender | full, crescent, pale
+ gray seas and craters; a ring of pale light
> rising behind the hills; hanging huge and low
. The moon silvers every edge that faces it.
star | heavenly | lightyellow gold | bright, shooting
+ a sharp, twinkling point; a long tail
> falling across the sky
. The star burns steadily while the others twinkle.
planet | heavenly | peru mediumpurple | ringed, giant
+ tilted rings; bands of swirling cloud
> filling a quarter of the sky
. Tiny moons cross the face of the planet.
comet | heavenly | lightcyan aqua | blazing
+ a long double tail; an icy core
> racing through the dark
. The tail of the comet fans out across half the sky.
meteorite | heavenly | orangered firebrick | burning, falling
+ a burning crust; a trail of smoke
> streaking toward the ground
. A line of fire shows where the meteorite has passed.
rainbow | weather | violet lightgreen | bright, double
+ seven clear bands; soft edges
> arching over the land
. One foot of the rainbow seems to touch the ground.
cloud | weather | whitesmoke lightgray | dark, fluffy, white
+ towering heaps; flat gray bases
> drifting slowly overhead; building up in the west
. The top of the cloud shines like fresh snow.
bolt of lightning | weather | lightyellow lavender | jagged, blinding
+ forked branches; a white-hot core
> splitting the sky
. For a moment the lightning turns everything white and black.
tornado | weather | dimgray slategray | twisting
+ a narrow, whirling funnel; a skirt of dust
> tearing over the fields
. Boards and leaves circle inside the tornado.
"""
