"""Material for anything of a kind: looks, doings and sentences that fit every member.

One block per kind. The first line is ``== kind placement pronoun``; then ``+`` looks ("with ..."), ``>`` doings ("is
..."), ``.`` sentences about one member and ``*`` sentences about several. ``@`` stands for the noun, ``@s`` for its
plural. People use $he, $his and $him.
"""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

TEXT = """
== animal ground it
+ alert ears and bright, watchful eyes; a thick coat that catches the light along the back; sturdy legs and a steady stance; a soft nose and fine whiskers; fur that darkens toward the paws; a long, expressive tail
> standing still with its head raised; walking slowly forward; resting with its legs tucked under its body; looking straight at the viewer; sniffing the ground with great care; running at full stretch; drinking from a shallow pool; turning its head toward a distant sound
. Each hair of its coat is visible, lighter at the tips and darker close to the skin.
. The @ holds its weight evenly on all four legs, calm but ready to move.
. A faint rim of light runs along its spine and separates it from what lies behind.
. Its eyes are clear and round, with a small highlight that makes the @ look alive.
. The muscles of its shoulders show gently under the coat.
. Its shadow falls softly on the ground and anchors the @ in place.
. Dust and small blades of grass cling to its lower legs.
. There is a quiet intelligence in the way the @ watches its surroundings.
* The @s stay close together, shoulder to shoulder, as if they shared one thought.
* No two of the @s look quite alike: one is darker, another smaller, a third more curious.
* Some of the @s look outward while the others keep their heads low.
* Their overlapping shapes form a lively pattern of backs, ears, and legs.
== bird sky it
+ smooth feathers that overlap like tiles; a sharp, slightly curved beak; round, glassy eyes; wings marked with darker bars; a tail that opens like a fan; slender legs and curled claws
> gliding with its wings outstretched; perched with its feathers ruffled; beating its wings against the wind; calling with its beak wide open; banking in a slow curve; preening one wing; landing with its claws reaching forward
. Every feather is drawn separately, from the soft down of the breast to the stiff quills of the wing.
. The @ tilts its head, and one bright eye catches the light.
. Air seems to flow under its wings and lift the @ without effort.
. The colors of its plumage change from the throat to the tail in fine steps.
. Its silhouette is clean and easy to read against the open space behind.
. A loose feather drifts down below the @.
. Its beak shines faintly, like polished horn.
* The @s keep an even distance from each other, like notes on a line.
* Some of the @s flap hard while others simply ride the air.
* Together the @s draw a loose arc that leads the eye across the picture.
== sea water it
+ scales that shimmer in bands; broad fins edged with light; a smooth, streamlined body; dark, rounded eyes; a tail that sweeps from side to side; a pale belly and a darker back
> gliding through clear water; turning in a slow circle; leaping out in a burst of spray; drifting with the current; diving toward the deep; rising to the surface among bubbles
. Ripples of light move over its back like a net.
. The @ leaves a trail of small silver bubbles.
. Its fins are thin enough for the light to shine through.
. Water closes around the @ without a sound and carries tiny grains of sand along.
. Its skin is wet and gleaming, with fine scratches from years of swimming.
. The @ bends its whole body in one easy curve.
* The @s move as one, turning at the same moment.
* Light flashes from the @s whenever they change direction.
* Smaller @s keep to the middle, where the others shelter them.
== insect small it
+ delicate wings with fine veins; thin, jointed legs; long feelers that tremble; a shiny, rounded body; large eyes made of many facets; tiny hairs that hold drops of dew
> resting on a broad leaf; hovering just above a blossom; crawling along a thin stem; opening its wings to the sun; climbing toward the light
. Seen this close, the @ looks like a small machine of lacquer and glass.
. The pattern on its body repeats on both sides with perfect symmetry.
. A drop of dew beside the @ mirrors the whole scene upside down.
. Its feelers reach forward and test the air.
. The leaf under the @ bends a little under its weight.
* The @s are scattered like bright crumbs over the leaves.
* Some of the @s rest while the others buzz from place to place.
== person ground he
+ weathered hands and a calm face; a long coat with wide sleeves; hair tied back with a ribbon; a leather belt with small pouches; sturdy boots and a woolen scarf; a thoughtful look and raised eyebrows; a wide-brimmed hat
> standing with both feet firmly planted; walking forward with long steps; looking over one shoulder; raising one hand in greeting; kneeling to examine the ground; sitting with crossed legs; pointing at something far away; laughing with closed eyes
. The face of the @ is lit from one side, so that every line tells a little of $his story.
. $His clothes hang in heavy folds and show that they have been worn for years.
. The @ carries $himself with quiet confidence.
. The fabric is painted thread by thread, with worn edges at the cuffs and collar.
. Light settles on the shoulders of the @ and on the bridge of $his nose.
. $His hands are relaxed, and the gesture is easy to read from a distance.
. A few strands of hair have come loose and move in the air.
* The @s stand close together, and each face shows a different feeling.
* Some of the @s talk with lively gestures while the others listen.
* Their clothes share the same colors, which makes the @s look like one company.
== fighter ground he
+ battered armor with bright edges; a round shield and a well-worn sword; a cloak torn at the hem; a helmet that hides half the face; leather straps and iron buckles; scars on both hands; chainmail that clinks at every step
> raising a sword high above the head; advancing behind a raised shield; standing guard with a lowered weapon; charging forward with a shout; blocking a heavy blow; kneeling after the fight; leading the others with an outstretched arm
. Dents and scratches cover the armor of the @, each one a memory of an earlier fight.
. $His stance is low and balanced, ready for the next strike.
. Sparks and dust hang in the air around the @.
. The @ grips the weapon so hard that the knuckles turn white.
. Behind the visor, the eyes of the @ are narrow and determined.
. The cloak of the @ snaps in the wind like a flag.
. Mud has splashed up to $his knees.
* The @s form a tight line, shield beside shield.
* Some of the @s press forward while others steady themselves for the next attack.
* Blades, helmets, and spear points rise above the @s like a thicket of metal.
== dinosaur ground it
+ pebbled skin with darker stripes; a heavy tail held off the ground; powerful hind legs and thick claws; rows of pointed teeth; folds of skin around the neck; small, sharp eyes under bony brows
> roaring with its jaws wide open; striding through tall ferns; lowering its head to charge; tearing leaves from a high branch; guarding a nest of speckled eggs; swinging its tail in a wide arc
. Its skin is rough and cracked like dried mud, with lighter patches along the belly.
. Every step of the @ presses a deep print into the soft earth.
. The huge body of the @ makes the ferns around it look like moss.
. Its breath turns to mist in the damp air.
. Muscles shift under the thick hide as the @ turns.
. Insects circle around its back in the warm haze.
* The @s move in a loose herd, and the ground trembles under them.
* The largest of the @s lead the way while the young ones keep to the middle.
* Long necks, tails, and horned heads overlap in a wall of living armor.
== monster ground it
+ curved horns and glowing eyes; a hide as rough as bark; claws like hooked blades; spines that run down the back; a mouth full of uneven teeth; smoke that curls from its nostrils
> rearing up to its full height; creeping out of the shadows; roaring at the sky; guarding a narrow passage; spreading its limbs as if to seize the whole scene; watching with unblinking eyes
. The @ seems older than the land around it.
. A cold gleam in its eyes follows whoever looks at the picture.
. Strange markings glow faintly on the skin of the @.
. Its shape breaks the outline of the horizon and makes everything else look small.
. The ground around the @ is cracked and scorched.
. Despite its frightening size, the @ moves with unexpected grace.
* The @s gather like a dark tide, their eyes shining in pairs.
* Each of the @s is shaped differently, yet all of them share the same hungry look.
== fairy ground it
+ large shining eyes; a faint glow around the whole body; pale skin with a pearly sheen; a garment woven of leaves and light; delicate hands; hair that floats as if under water
> floating a little above the ground; holding a small light between both hands; smiling at the viewer; dancing in a slow circle; peeking out from behind a leaf; scattering sparks of magic
. A trail of tiny sparks follows every movement of the @.
. The light around the @ tints everything near it.
. The @ looks both very young and very old.
. Fine, glittering dust settles on the ground below.
. The figure is slender and graceful, with soft edges that melt into the glow.
* The @s drift around each other like sparks above a fire.
* Each of the @s carries a light of a different color.
== landcar ground it
+ glossy paint with crisp reflections; round headlights and chrome trim; thick tires with a deep tread; dusty windows; a dented bumper and a long radio aerial; bright stripes along the side
> driving along a winding road; parked at an angle to the viewer; racing past in a blur of motion; waiting with its lights on; climbing a steep slope; throwing up dust from its rear wheels
. Reflections of the surroundings slide over the hood and doors of the @.
. The tires of the @ press firmly into the ground.
. Small scratches, bolts, and labels give the @ a believable, used look.
. Its windows mirror a strip of sky.
. Warm light spills from the headlamps and picks out the dust in front of the @.
. The long shadow of the @ points toward the viewer.
* The @s stand bumper to bumper and make a row of bright colors.
* Some of the @s are spotless while others are covered in dust.
== ship water it
+ a tall mast and taut ropes; a curved hull with peeling paint; white sails full of wind; a row of round portholes; a small flag at the stern; weathered planks and brass fittings
> sailing across the open water; rocking gently at anchor; cutting through a high wave; leaving a long, foaming wake; drifting in the mist; entering a quiet harbor
. The hull of the @ rises and falls, and water runs off it in bright threads.
. Ropes, hooks, and knots are drawn with a sailor’s care.
. The reflection of the @ breaks into long ribbons on the water.
. Spray flies up where the bow meets the waves.
. Salt and sun have bleached the wood of the @.
* The @s are spread over the water, smaller and paler toward the horizon.
* Masts and flags of the @s sway to the same slow rhythm.
== aircraft sky it
+ long, slender wings; polished metal panels with rows of rivets; a rounded nose; a bright stripe along the fuselage; small windows that catch the sun; a thin trail of vapor
> flying high above the land; rising steeply into the air; turning in a wide curve; descending slowly; hanging almost motionless in the air; racing past the clouds
. Sunlight runs along the body of the @ in one clean line.
. The @ is small enough against the sky to show how much space surrounds it.
. Below the @, its shadow slips over the landscape.
. Every seam and panel of the @ is visible in the clear air.
. The air behind the @ shimmers with heat.
* The @s keep formation at different heights, the nearest large and the farthest a mere dot.
* Bright colors make it easy to tell the @s apart.
== food small it
+ a golden crust and soft edges; a glossy surface with tiny highlights; crumbs scattered around the plate; a sprig of green on top; steam that rises in thin curls; layers that show at the cut side
> served on a simple white plate; arranged on a wooden board; steaming in the middle of the table; cut open to show the inside; piled high in a bowl; waiting beside a folded napkin
. The surface of the @ glistens where the light touches it.
. The texture is so clear that one can almost taste the @.
. A few crumbs and a drop of sauce make the serving look freshly made.
. Warm colors, from honey to deep brown, make the @ inviting.
. Soft steam blurs the background a little above the @.
. The plate beneath the @ has a thin painted rim.
* The @s are arranged in a loose circle, each a little different in shape.
* The front row of @s is sharp, and the ones behind fade into softness.
== fruit small it
+ smooth, taut skin with a soft shine; a short stem and one green leaf; small freckles and color changes; drops of water on the skin; a cut side with juicy flesh; a pale bloom that a finger has wiped away
> lying on a wooden table; resting in a shallow bowl; hanging from a leafy branch; sliced in half beside a knife; stacked with others in a basket; rolling toward the edge of the table
. The skin of the @ turns from one hue to another without a visible border.
. A single highlight makes the @ look round and heavy.
. Drops of water cling to the @ and act as tiny lenses.
. The soft shadow under the @ carries a hint of its color.
. The @ looks ripe enough to be eaten at once.
* The @s touch and overlap, and their colors warm each other.
* One of the @s has rolled away from the rest and lies alone.
== drink small it
+ a clear rim with a bright edge; small bubbles that climb to the top; beads of moisture on the outside; a thin slice of lemon; a layer of pale foam; a curl of steam
> standing on a small saucer; catching the light on the edge of the table; being filled to the brim; waiting beside an open book
. Light passes through the @ and throws a warm patch on the tabletop.
. Small bubbles gather along the inside of the glass.
. The handle and rim are outlined with a fine white highlight.
. A ring of moisture shows where the @ stood a moment ago.
* The @s stand in a row, each filled to a slightly different height.
== flower small it
+ velvety petals that open outward; a slender green stem; a center dusted with pollen; leaves with fine veins; dew on the outer petals; buds that have not opened yet
> blooming in full sunlight; bending in a light breeze; opening toward the light; growing between mossy stones; standing in a glass vase
. The petals of the @ are thin enough to glow when the light comes from behind.
. Fine veins run through every petal and meet in the center.
. A bee has just left the @, and the stem still sways.
. Around the @, blurred greens make its color stand out.
. One fallen petal lies on the ground below.
* The @s fill the space in drifts of color, tall ones behind and low ones in front.
* Some of the @s are wide open while others are still tight buds.
== tree large it
+ a broad crown full of moving leaves; deeply furrowed bark; roots that grip the earth; branches that reach far to both sides; moss on the shaded side; light falling through gaps in the foliage
> growing on a gentle slope; swaying in the wind; spreading its branches over the ground; standing alone in the open; dropping its leaves one by one
. The trunk of the @ is thick and slightly twisted, as if it had turned to follow the sun.
. Patches of light and shade move over the bark.
. Small birds have made their home in the crown of the @.
. The roots of the @ rise out of the soil like sleeping animals.
. Each leaf is a small stroke of its own shade.
* The @s stand in loose rows, their crowns joined into one roof.
* Between the @s, thin shafts of light fall to the ground.
== building large it
+ thick stone walls and narrow windows; a steep roof with old tiles; a heavy wooden door; carved details above the entrance; warm light behind the windows; ivy that climbs to the eaves
> rising above the surroundings; standing on a low hill; overlooking the land; half hidden behind trees; casting a long shadow; lit from within
. The walls of the @ show every season they have seen, in stains, cracks, and patches of moss.
. Small windows catch the light and throw it back.
. A narrow path leads up to the door of the @.
. The outline of the @ is crisp against the sky, with chimneys and corners clearly drawn.
. A thin thread of smoke rises from somewhere behind the roof.
. Steps worn hollow by many feet lead to the entrance.
* The @s lean against each other in a crooked, friendly row.
* Roofs and windows of the @s repeat with small variations into the distance.
== landform back it
+ jagged ridges and deep folds; patches of snow near the top; layers of blue haze; scattered rocks at the foot; slopes covered with dark forest; a bare, wind-worn crest
> rising in the distance; stretching across the whole horizon; fading into the haze; towering over the valley; glowing in the slanting light
. Haze softens the lower slopes and makes the @ look immense.
. The light picks out one side of the @ and leaves the other in blue shadow.
. Thin clouds rest against the upper edge of the @.
. From this far away, trees on the @ are no more than a dark fur.
. The outline of the @ gives the picture a strong, quiet backdrop.
* The @s overlap one behind another, each paler than the one before.
* Together the @s close the view and hold the eye within the picture.
== water back it
+ long, slow ripples; a bright path of reflected light; reeds along the edge; foam that gathers at the shore; clear shallows with round pebbles; a surface as smooth as glass
> stretching toward the horizon; reflecting the sky; winding between its banks; breaking softly on the shore; shining between the trees
. The surface of the @ repeats the colors of the sky in broken strokes.
. Rings spread where something has touched the water.
. Near the edge, the @ is clear enough to show the stones on the bottom.
. A light breeze roughens one part of the @ and leaves the rest smooth.
* The @s shine like scattered pieces of mirror.
== furniture low it
+ turned legs and worn edges; a soft seat with a knitted blanket; warm wood with a visible grain; brass handles; faded upholstery with a small pattern; a scratched but polished top
> standing against the wall; placed at a slight angle; waiting in the middle of the room; covered with books and papers; draped with a striped cloth
. The wood of the @ shines where hands have touched it most.
. A cushion with embroidered corners lies on the @.
. The legs of the @ cast thin, crossing shadows on the floor.
. Small scratches and a ring from a cup show that the @ is in daily use.
. The color of the @ fits the warm tones of the room.
* The @s are arranged as if people had just stood up and left.
== object small it
+ a smooth surface with soft reflections; fine scratches from long use; a small engraved pattern; neatly finished edges; a touch of tarnish; a simple, well-balanced shape
> lying in the foreground; resting on a flat stone; leaning against a wall; gleaming in the light; half covered by a cloth; standing upright
. The @ is drawn with so much care that its weight can be felt.
. A clean highlight follows the edge of the @.
. Its soft shadow shows exactly where the @ touches the ground.
. Small marks of wear make the @ look like something with a past.
. The material of the @ is easy to recognize, from the grain to the gloss.
. Nothing around the @ is brighter, so the eye comes back to it.
* The @s are laid out with care, none of them hiding another.
* Some of the @s are new and shiny while others are worn with age.
== toy small it
+ bright, cheerful colors; rounded corners; visible stitches and button eyes; a slightly chipped coat of paint; a painted smile; little moving parts
> standing in a playful pose; sitting on the floor; tumbling across the carpet; lined up as if for a parade; waiting for someone to play
. The @ has clearly been loved for many years.
. Its simple shapes and strong colors make the @ look friendly.
. A small seam runs along the side of the @.
. The @ is small, but the low point of view makes it look grand.
* The @s are scattered as if a game had just been interrupted.
== instrument low it
+ polished wood with a warm sheen; taut strings and small pegs; shining keys and valves; delicate inlays; a curved body; worn spots where fingers have rested
> leaning beside an empty chair; resting on a velvet cloth; being played with great feeling; standing on a small stage
. The varnish of the @ reflects the room in amber tones.
. One can almost hear a low, warm note from the @.
. Fine details such as screws, strings, and seams are clearly visible.
. A sheet of music lies close to the @.
* The @s stand ready as if the players would return at any moment.
== machine ground it
+ metal plates held by heavy rivets; blinking lights and thin cables; jointed arms; a glowing lens; smooth white panels; oil stains around the hinges
> humming quietly; moving one arm with great precision; scanning its surroundings; standing on broad metal feet; waiting for a command; repairing a broken part
. Small lights on the @ blink in a steady rhythm.
. The metal of the @ is scratched at the edges and polished in the middle.
. Cables and pistons are visible at every joint of the @.
. Its single lens seems to focus on the viewer.
. A faint hum and a trace of steam surround the @.
* The @s are built alike, but each has its own scratches and stickers.
== heavenly top it
+ a soft halo of light; a bright core; pale, drifting veils around it; a glow that fades by degrees; a clear, round outline
> shining high above the scene; glowing behind thin clouds; hanging low over the horizon; casting its light over everything below
. The light of the @ colors every edge below it.
. Around the @, the sky changes from pale to deep in smooth rings.
. The @ is the brightest spot in the upper part of the picture.
. A few thin clouds cross in front of the @ without hiding it.
* The @s are scattered over the sky in clusters and lonely points.
* Some of the @s burn bright and steady while others barely glimmer.
== weather top it
+ soft, swelling edges; dark undersides and bright tops; torn, wind-blown borders; countless fine streaks; a cold inner glow
> drifting slowly across the sky; gathering above the horizon; sweeping over the land; spreading a dim light
. The shape of the @ changes from moment to moment, and the light changes with it.
. The @ gives the upper part of the picture depth and movement.
. Below the @, the land lies in a softer light.
. The edges of the @ dissolve into the air.
* The @s form broad layers, each with its own tone.
* Between the @s, strips of clear sky remain.
== clothing small it
+ neat stitching along the seams; soft folds; a row of small buttons; a colorful lining; frayed edges; a woven pattern
> hanging from a hook; folded neatly; draped over the back of a chair; worn with pride
. The weave of the @ is visible in the folds.
. The @ keeps the shape of the person who wore it last.
. A small patch shows where the @ was mended by hand.
* The @s are folded into a neat pile of colors.
"""
