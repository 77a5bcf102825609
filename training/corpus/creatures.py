"""Animals, birds, sea creatures, insects, dinosaurs and monsters: what each one looks like and does.

A block is a line ``name | kind | colors | adjectives``, then ``+`` looks ("with ..."), ``>`` doings ("is ...") and ``.`` sentences.
"""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

TEXT = """
cat | animal | gray orange black whitesmoke sandybrown | ginger, gray, black, fluffy, striped, sleepy
+ long white whiskers; half-closed green eyes; a tail curled around its paws; a small pink nose
> curled up in a tight ball; washing one paw; stretching its back; stalking an invisible mouse; gazing out with wide eyes
. The cat’s whiskers fan out like fine wires of light.
. Its pupils have narrowed to thin black slits.
. The tip of its tail twitches, the only sign that the cat is not asleep.
kitten | animal | orange lightgray white | tiny, playful, tabby
+ oversized ears and round blue eyes; fuzzy fur that stands out in all directions
> batting at a ball of yarn; tumbling over its own feet; peeking over an edge
. The kitten’s paws still look too big for its body.
dog | animal | saddlebrown tan black goldenrod | brown, loyal, shaggy, spotted, happy
+ floppy ears and a wet black nose; a red collar with a small brass tag; a tongue that hangs out to one side
> wagging its tail; leaping to catch a ball; sitting with its head tilted; running with its ears flying; digging in the dirt
. The dog’s eyes are fixed on something just outside the picture, full of hope.
. Its tail is a blur, and its whole body joins in.
. Wet fur stands up in small spikes along the dog’s neck.
puppy | animal | wheat burlywood chocolate | golden, clumsy, curious
+ soft folds of skin and big round paws; a nose smeared with earth
> chewing on an old slipper; tumbling through the grass; looking up with pleading eyes
. The puppy’s ears are too long for its head and drag in the dust.
horse | animal | sienna saddlebrown black white | brown, white, black, noble, galloping
+ a flowing mane and a long, proud neck; a glossy coat with a white blaze; flared nostrils and strong legs
> galloping with its mane streaming; grazing with a lowered neck; rearing up on its hind legs; trotting along a fence; carrying a rider with ease
. The horse’s mane lifts with every stride like a dark flame.
. Clods of earth fly up from its hooves.
. Veins and muscles show under the short, shining coat.
fox | animal | orangered chocolate darkorange | red, sly, young, arctic
+ a bushy tail tipped with white; pointed black ears; amber eyes above a narrow snout
> slipping between the trees; pouncing with all four paws in the air; sleeping with its tail over its nose; pausing with one paw raised
. The fox’s coat burns orange against the duller colors around it.
. Its black stockings look as if it had stepped into ink.
. The fox listens with its whole body, head low and ears forward.
wolf | animal | dimgray slategray gray | gray, lone, white, fierce
+ piercing yellow eyes; a thick ruff of fur around the neck; long legs and huge paws
> howling with its muzzle raised; padding silently forward; baring its teeth; standing on a rocky ledge
. The wolf’s breath hangs before it in a pale cloud.
. Frost sparkles on the dark guard hairs of its back.
bear | animal | saddlebrown sienna black | brown, huge, gentle, grizzly
+ massive shoulders and a broad head; small round ears; claws as long as fingers
> fishing in a rushing stream; standing upright against a tree; lumbering along the bank; scratching its back on a trunk
. Water streams from the bear’s shaggy coat in silver cords.
. The bear’s small dark eyes look thoughtful rather than wild.
polar bear | animal | snow ivory aliceblue | white, mighty, young
+ thick cream-colored fur; black eyes and a black nose
> walking across the ice; shaking water from its fur; leading its cub
. The polar bear’s fur picks up every blue and yellow of the arctic light.
panda | animal | white black whitesmoke | round, peaceful, baby
+ black patches around the eyes; a plump white belly; round black ears
> munching on bamboo; rolling down a slope; sitting like a person with its legs stretched out
. Splinters of green bamboo are caught in the panda’s fur.
. The panda’s black and white coat makes the simplest and clearest shape in the scene.
rabbit | animal | tan white lightgray | white, brown, shy, quick
+ long upright ears, pink on the inside; a fluffy tail; a twitching nose
> hopping through the clover; sitting up on its hind legs; nibbling on a carrot; darting into a burrow
. The rabbit’s ears turn separately, one forward and one back.
. Its whole body seems to consist of softness and attention.
squirrel | animal | peru sienna orangered | red, busy, gray
+ a plume of a tail arched over its back; cheeks stuffed with nuts; tiny clever hands
> burying an acorn; leaping from branch to branch; holding a nut in both paws
. The squirrel’s tail curls like a question mark behind it.
hedgehog | animal | rosybrown tan saddlebrown | small, shy, prickly
+ a coat of pale-tipped spines; a pointed, shiny nose
> snuffling through fallen leaves; rolled into a ball; carrying a leaf on its back
. A yellow leaf has stuck to the hedgehog’s spines.
mouse | animal | gray tan lightgray | tiny, brown, white
+ round, thin ears that let the light through; a long, bare tail
> nibbling on a crumb of cheese; peering out of a hole; balancing on a thin stalk
. The mouse is so small that a single leaf could hide it.
elephant | animal | gray slategray darkgray | old, majestic, baby, gray
+ a long wrinkled trunk; curved ivory tusks; ears like great fans
> spraying water over its back; walking in slow, heavy steps; reaching for leaves with its trunk; leading its calf by the trunk
. Deep wrinkles cross the elephant’s skin like a map of dry rivers.
. Its ears sweep back and forth and stir the dust.
. Beside the elephant, every other shape looks fragile.
lion | animal | goldenrod darkgoldenrod peru | golden, proud, old, roaring
+ a heavy mane that darkens toward the chest; amber eyes; a tufted tail
> roaring with its eyes half shut; lying on a sunlit rock; striding through tall grass; guarding its pride
. The wind combs the lion’s mane to one side.
. A scar crosses its nose, the trace of some old quarrel.
. The lion’s gaze is level and unhurried, that of a king.
tiger | animal | darkorange orange chocolate | striped, powerful, white
+ black stripes over burning orange fur; a white chin and chest; heavy, silent paws
> creeping through the bamboo; wading into a river; snarling with its ears flat; resting in the shade
. The tiger’s stripes break up its outline among the shadows.
. Its shoulders roll with each slow step.
leopard | animal | goldenrod tan | spotted, snow, sleek
+ dark rosettes on golden fur; a long balancing tail
> draped over a thick branch; leaping across a gap; watching from above
. The leopard’s spots look like fingerprints of shade.
giraffe | animal | goldenrod sandybrown peru | tall, graceful, young
+ an endless neck with a net of brown patches; long dark lashes; two small horns
> bending down to drink; browsing in the top of a tree; striding across the plain
. The giraffe’s head rises far above everything around it.
. Its blue-black tongue curls around a twig.
zebra | animal | white black | striped, alert
+ crisp black and white stripes; a short bristling mane
> grazing on dry grass; kicking up dust; standing side by side with its shadow
. The zebra’s stripes bend around its body like lines on a drawing of the land.
monkey | animal | saddlebrown sienna | cheeky, small, brown
+ a curling tail; nimble hands; a pale, expressive face
> swinging from a vine; peeling a banana; making a face at the viewer
. The monkey hangs by one arm and still seems perfectly comfortable.
gorilla | animal | darkslategray black | huge, silverback
+ a silver saddle of fur; a heavy brow; enormous arms
> beating its chest; sitting with folded arms; pushing aside a curtain of leaves
. The gorilla’s eyes are brown, deep, and surprisingly kind.
koala | animal | gray silver | drowsy, gray
+ fluffy round ears; a large leathery nose
> hugging a branch; chewing a eucalyptus leaf; dozing in a fork of a tree
. The koala’s arms are wrapped around the trunk as if it were a friend.
kangaroo | animal | peru rosybrown | red, bounding
+ powerful hind legs; a thick tail; a joey that looks out of the pouch
> leaping across the red earth; standing upright to listen; boxing the air
. The kangaroo touches the ground only for an instant between two bounds.
cow | animal | white saddlebrown black | spotted, brown, gentle
+ large patches of black and white; a soft wet muzzle; a brass bell on a strap
> chewing with half-closed eyes; grazing on fresh grass; looking over a gate
. A fly circles the cow’s twitching ear.
pig | animal | pink lightpink | pink, muddy, plump
+ a curly tail; a round snout; floppy ears
> rolling in the mud; trotting along a path; sniffing for acorns
. Dried mud cracks on the pig’s round sides.
sheep | animal | ivory whitesmoke linen | woolly, white, black-faced
+ a thick curly fleece; a narrow dark face
> nibbling at short grass; following a narrow track; resting in the shade
. Bits of straw are caught in the sheep’s deep wool.
goat | animal | white tan | bearded, nimble, mountain
+ ridged horns that sweep back; a pointed beard
> balancing on a narrow ledge; chewing on a bush; butting a post
. The goat’s slotted yellow eyes give it a mocking look.
deer | animal | peru sienna burlywood | graceful, spotted, young
+ branching antlers; large ears and dark, wet eyes; pale spots along its flanks
> pausing at the edge of the trees; leaping over a fallen log; drinking at the water’s edge
. The deer’s antlers repeat the shape of the bare branches around it.
. One ear is turned back, listening.
camel | animal | burlywood tan sandybrown | tired, sandy-colored
+ a tall hump covered by a woven blanket; heavy eyelids; a long curved neck
> striding across the dunes; kneeling in the sand; waiting beside a well
. Red tassels swing from the camel’s bridle at every step.
frog | animal | limegreen green olivedrab | green, tiny, tree
+ bulging golden eyes; wet, shining skin; sticky round toes
> sitting on a lily pad; leaping into the water; clinging to a reed; puffing up its throat
. The frog’s skin is so wet that it mirrors the sky.
. Its wide mouth seems to smile.
turtle | animal | olivedrab darkolivegreen olive | old, green, slow
+ a domed shell with a pattern of plates; wrinkled skin; a hooked beak
> crawling over wet sand; basking on a log; stretching its neck
. Moss grows along the edge of the turtle’s shell.
snake | animal | olivedrab darkgreen gold | coiled, green, spotted
+ a flickering forked tongue; scales in a diamond pattern; unblinking eyes
> winding around a branch; gliding through the leaves; coiled in the sun
. The snake’s body forms one long, unbroken line through the picture.
crocodile | animal | darkolivegreen olivedrab | huge, motionless
+ rows of crooked teeth; a ridged, armored back
> floating like a log; lying on a mudbank with open jaws
. Only the crocodile’s eyes and nostrils break the still surface.
owl | bird | saddlebrown tan whitesmoke | snowy, brown, wise
+ a round, flat face with huge amber eyes; soft mottled feathers; tufts like raised eyebrows
> perched on a bare branch; turning its head all the way around; gliding without a sound
. The owl’s eyes are like two small moons.
. Its feathers blend with the bark behind it.
eagle | bird | saddlebrown darkgoldenrod | bald, golden, mighty
+ a hooked yellow beak; broad wings with fingered tips; fierce pale eyes
> soaring in wide circles; diving with its talons spread; perched on a crag
. The eagle’s wings span a good part of the sky.
. Its eyes are fixed on a point far below.
parrot | bird | limegreen red blue gold | colorful, scarlet, green
+ a thick curved beak; feathers in red, blue, and yellow; a long tapering tail
> cracking a nut in one claw; sitting on a shoulder; squawking with spread wings
. The parrot’s colors look freshly painted.
penguin | bird | black white midnightblue | little, emperor, waddling
+ a white belly and a black back; short stiff flippers; a patch of gold at the throat
> waddling across the ice; sliding on its belly; huddling against the cold; diving into dark water
. The penguin leans forward, as if into a wind.
. Snow sticks to the penguin’s feet and beak.
duck | bird | gold forestgreen saddlebrown | yellow, wild, mallard
+ a glossy green head; a flat orange bill
> paddling in a small circle; leading a row of ducklings; shaking water from its tail
. V-shaped ripples spread behind the duck.
swan | bird | white ivory | white, elegant, black
+ a long neck bent into an S; wings lifted like sails
> gliding over still water; spreading its wings; bowing its head
. The swan’s reflection is nearly as clear as the swan itself.
rooster | bird | firebrick orangered | proud, red
+ a bright red comb; tail feathers that shimmer green and blue
> crowing at daybreak; strutting across the yard; standing on a fence post
. The rooster’s tail is a fountain of dark, glossy feathers.
peacock | bird | teal royalblue mediumseagreen | splendid, blue
+ a fan of feathers with a hundred eyes; a slender blue neck; a tiny crown
> spreading its tail; walking slowly over a lawn
. Each eye on the peacock’s tail is ringed with bronze, blue, and green.
flamingo | bird | hotpink lightpink salmon | pink, slender
+ a bent black-tipped bill; long thin legs
> standing on one leg; wading through shallow water; folding its neck
. The flamingo’s color is strongest at the wing and pales toward the neck.
crow | bird | black midnightblue | black, clever
+ glossy black feathers with a violet sheen; a strong straight beak
> perched on a crooked fence; carrying something shiny; cawing from a bare tree
. The crow looks like a hole cut out of the sky, until the light touches its wing.
hummingbird | bird | mediumseagreen teal | tiny, iridescent
+ a needle-thin beak; a throat that flashes ruby red
> hovering in front of a blossom; darting to one side
. The hummingbird’s wings are nothing but a pale blur.
whale | sea | steelblue darkslateblue slategray | blue, enormous, humpback
+ long grooves along its throat; a broad forked tail; barnacles on its skin
> breaching in a tower of spray; diving with its tail high; singing in the deep; swimming beside its calf
. Water pours from the whale’s back in sheets.
. The whale’s small eye looks out, calm and ancient.
. Beside the whale, a boat would look like a toy.
shark | sea | slategray steelblue | great white, gray
+ rows of jagged teeth; a tall triangular fin; cold black eyes
> circling slowly; rushing out of the dark; cutting the surface with its fin
. The shark’s pale belly flashes as it turns.
dolphin | sea | lightsteelblue steelblue | playful, gray
+ a smiling beak; smooth, wet skin
> leaping over the waves; spinning in the air; swimming in front of a bow
. The dolphin hangs in the air for a moment, ringed with drops.
octopus | sea | orangered darkviolet coral | giant, purple, red
+ eight curling arms; rows of round suckers; a soft, domed head
> reaching out with its arms; hiding between rocks; squirting a cloud of ink
. The octopus’s arms each follow an idea of their own.
. Its skin ripples from smooth to rough in an instant.
fish | sea | orange gold royalblue | tropical, golden, striped
+ bright stripes; fins like thin silk
> swimming through the coral; circling in a glass bowl; nibbling at seaweed
. The fish’s scales overlap like tiny coins.
jellyfish | sea | violet lightcyan mediumpurple | glowing, translucent
+ a pulsing bell; long trailing tentacles
> rising with soft pulses; drifting in the dark water
. Light seems to come from inside the jellyfish.
crab | sea | orangered red | red, tiny
+ two raised claws; eyes on short stalks
> scuttling sideways over the sand; waving one claw; hiding under a stone
. The crab’s tracks form a dotted line behind it.
butterfly | insect | orange royalblue gold | blue, orange, delicate
+ wings patterned like stained glass; a dusting of tiny scales; curled feelers
> fluttering above the flowers; resting with open wings; landing on an outstretched finger
. Sunlight passes through the butterfly’s wings and colors the leaf below.
. A dark border frames each of its wings.
bee | insect | gold goldenrod | busy, fuzzy
+ a striped, fuzzy body; pollen on its hind legs
> crawling into a blossom; humming from flower to flower
. The bee’s legs are thick with yellow pollen.
ladybug | insect | red crimson | red, spotted
+ seven black spots; a round glossy shell
> climbing a blade of grass; opening its wing cases
. The ladybug shines like a drop of red enamel.
spider | insect | dimgray black | large, black
+ eight slender legs; a cluster of dark eyes
> waiting in the middle of its web; lowering itself on a thread
. Dewdrops turn the spider’s web into a string of pearls.
snail | insect | burlywood tan | slow, small
+ a spiral shell; two long eye stalks
> gliding along a wet stem; leaving a silver trail
. The snail’s shell winds inward in bands of brown and cream.
dinosaur | dinosaur | olivedrab darkolivegreen peru | huge, green, ancient
+ a long muscular tail; scaly, mottled skin
> stomping through a swamp; raising its head above the trees
. The dinosaur’s head sways high above the treetops.
T-Rex | dinosaur | darkolivegreen saddlebrown sienna | towering, roaring, fierce
+ enormous jaws lined with dagger-like teeth; tiny arms with two claws; a massive, balanced body
> roaring at the top of its voice; charging through the trees; snapping at the air; lowering its head to sniff the ground
. Strings of saliva glisten between the T-Rex’s teeth.
. The T-Rex’s tail swings out behind it like a heavy beam.
. Every footfall of the T-Rex sends stones jumping.
triceratops | dinosaur | olive darkkhaki | armored, stubborn
+ three long horns; a broad bony frill; a parrot-like beak
> lowering its horns to charge; shielding its young; grazing on low ferns
. Old scratches run across the triceratops’s frill.
sauropod | dinosaur | darkseagreen gray | gigantic, long-necked
+ an immensely long neck; legs like pillars
> stretching its neck to the treetops; wading through a lake
. The sauropod’s neck bends over the forest like a bridge.
pterodactyl | dinosaur | slategray rosybrown | soaring, leathery
+ leathery wings stretched on one long finger; a bony crest
> gliding over the cliffs; diving toward the water
. Veins show in the pterodactyl’s wings where the sun shines through.
dragon | monster | firebrick darkgreen darkred midnightblue gold | red, green, fierce, ancient, golden
+ leathery wings spread wide; curved horns and a spiked tail; scales that glint like wet slate; a crest of spines
> breathing a ribbon of fire; circling a broken tower; resting on a heap of gold; landing with outstretched claws; roaring into the storm
. The dragon’s throat glows orange just before the flame comes.
. Smoke curls from its nostrils and drifts along its neck.
. The scales on the dragon’s chest are as broad as shields.
. Its wings are torn at the edges like old sails.
unicorn | animal | white lavender plum | white, gentle, magical
+ a spiraling silver horn; a mane in pastel colors; shining hooves
> stepping out of the mist; drinking from a moonlit pool; rearing under the stars
. Sparks trail from the tip of the unicorn’s horn.
. Small flowers open where the unicorn has stepped.
phoenix | bird | orangered gold | blazing, reborn
+ wings of living flame; long golden tail feathers
> rising from glowing ashes; soaring in a trail of sparks
. Embers fall from the phoenix’s wings like burning leaves.
ghost | fairy | ghostwhite lavender | pale, friendly, shy
+ hollow dark eyes; a body like thin cloth; a wavering outline
> floating through a wall; hovering above the ground; waving with one sleeve
. The room shows faintly through the ghost’s body.
alien | fairy | mediumseagreen limegreen | green, curious
+ huge dark eyes; a smooth domed head; long thin fingers
> stepping out of a beam of light; raising one hand in greeting; studying a flower
. The alien’s skin has a faint metallic sheen.
zombie | monster | darkseagreen olivedrab | shuffling, ragged
+ torn clothes; sunken eyes; gray-green skin
> stumbling forward with raised arms; climbing out of the ground
. One of the zombie’s shoes is missing.
troll | monster | darkolivegreen dimgray | mossy, grumpy
+ a long crooked nose; moss on its shoulders; a wooden club
> sitting under a stone bridge; scratching its head; blocking the road
. Mushrooms grow in the folds of the troll’s skin.
"""
