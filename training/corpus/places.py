"""Places: what is behind, below and around the subjects.

A block is ``name | phrase | sort | colors`` (sort: land, water, sky, space, room, table), then ``_`` sentences about
ground and background for the whole picture, ``~`` sentences about the surroundings of one element, and ``#`` backdrop
regions written as ``description | color | sentence | sentence | tags``. Nothing here names a time of day or weather:
those are chosen separately.
"""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

TEXT = """
forest | in a dense forest | land | darkgreen forestgreen
_ Tall trunks rise on every side, and their crowns close into a green roof.
_ The forest floor is soft with moss, fern, and fallen leaves.
_ Thin shafts of light slip between the branches and break into patches.
~ Ferns and roots frame the spot on both sides.
~ The bark of the nearest trunks shows deep, mossy grooves.
~ Fallen leaves cover the ground in brown and copper layers.
~ A few pale mushrooms grow close by.
# A wall of tall trees in the background. | darkgreen | Behind everything else, trunk stands behind trunk until the green turns almost black. | Here and there a lighter gap shows how deep the woods go. | trees, forest, trunks, deep green, shade
# A forest path covered with leaves. | saddlebrown | A narrow path winds over roots and stones toward the viewer. | Leaves of copper and gold lie thick along both edges. | path, roots, fallen leaves, moss
meadow | on a flowering meadow | land | yellowgreen olivedrab
_ The meadow spreads out in soft waves, dotted with daisies and clover.
_ Long grass bends in the breeze and shows its silver undersides.
_ A line of low hills closes the view far behind.
~ Wildflowers in white, yellow, and violet stand knee-high all around.
~ Blades of grass cross in front and give the picture depth.
~ Small insects hum over the clover nearby.
# Rolling green hills on the horizon. | olivedrab | One soft hill rises behind another, each a little paler than the last. | Hedges and single trees draw dark lines across the slopes. | hills, horizon, green, hedges
# A carpet of wildflowers in the foreground. | yellowgreen | Daisies, poppies, and cornflowers fill the lowest part of the picture. | The nearest blossoms are large and slightly out of focus. | wildflowers, daisies, poppies, foreground
beach | on a wide sandy beach | water | khaki sandybrown
_ Smooth sand stretches along the shore and darkens where the waves have been.
_ The water runs up in thin sheets of foam and slides back again.
_ Shells, driftwood, and ribbons of seaweed mark the line of the last tide.
~ Footprints lead past and fade toward the water.
~ Small shells and polished stones lie scattered in the sand.
~ A thin film of water mirrors everything close to it.
# Gentle waves rolling onto the shore. | lightseagreen | Row after row of low waves comes in and breaks into white lace. | The water is turquoise in the shallows and deep blue farther out. | waves, sea, foam, turquoise, shore
# A strip of wet sand with shells. | tan | The sand in the foreground is ribbed by the tide. | A few shells, pink and white, lie half buried. | sand, shells, tide, foreground
desert | in a vast desert | land | sandybrown burlywood
_ Dunes roll to the horizon, their crests as sharp as folded paper.
_ The sand is combed into fine, parallel ripples.
_ Heat blurs the line where the land meets the sky.
~ The wind has drawn tiny ridges into the sand all around.
~ A dry, thorny bush casts a thin net of shadow.
~ Grains of sand blow low over the ground.
# Golden dunes under an open sky. | sandybrown | Long dunes curve across the whole width, one side bright and the other in shade. | The farthest ones melt into a pale haze. | dunes, desert, sand, haze
# Rippled sand and a few dry stones. | burlywood | The foreground is bare, with small dark stones half sunk in the sand. | Fine ripples run from one side to the other. | sand, stones, ripples, foreground
mountains | high in the mountains | land | slategray steelblue
_ Jagged peaks surround the scene, streaked with snow.
_ Boulders and tough grass cover the slopes.
_ The air is so clear that far ridges look close enough to touch.
~ Loose stones and tufts of yellow grass cover the ground here.
~ Patches of old snow lie in the hollows.
~ A steep drop opens just beyond.
# A chain of snowy peaks. | slategray | White summits stand in a row and cut the sky into sharp triangles. | Blue shadows fill the valleys between them. | mountains, peaks, snow, ridges
# Boulders and tough grass on a slope. | dimgray | Gray boulders lie where they came to rest long ago. | Yellow grass grows out of every crack. | boulders, grass, slope, foreground
snow | in a snowy landscape | land | aliceblue lightsteelblue
_ A thick blanket of snow has smoothed every edge of the land.
_ Bare trees stand like ink drawings against the white.
_ Blue shadows lie in the hollows of the drifts.
~ Fresh tracks lead through the powder.
~ Crystals of ice glitter on everything nearby.
~ The snow creaks and settles under the slightest weight.
# Snow-covered fir trees. | lightsteelblue | Firs stand shoulder to shoulder, their branches bent under white loads. | Now and then a little snow slides down in a glittering veil. | fir trees, snow, white, winter
# A smooth snowdrift in front. | aliceblue | The drift in the foreground curves like a frozen wave. | Its shaded side is a clear, cold blue. | snowdrift, snow, foreground, blue shadow
sea | on the open sea | water | teal steelblue
_ Waves rise and fall in long rows as far as the eye can see.
_ Foam draws white lines over the dark water.
_ The horizon is a single clean stroke between water and sky.
~ Water slaps and curls on every side.
~ Spray hangs in the air and catches the light.
~ The swell lifts everything up and lets it sink again.
# Rolling waves with white crests. | steelblue | The waves come in steady ranks, each with a crest of torn foam. | Between them the water is smooth and as dark as glass. | waves, sea, foam, swell
underwater | deep under the sea | water | darkcyan midnightblue
_ Everything is bathed in blue and green, and the light comes down in slanting curtains.
_ Corals and sea fans cover the rocks in crowded gardens.
_ Tiny bubbles rise in wavering strings.
~ Sea grass sways slowly to one side and back.
~ Small fish flash past in little groups.
~ Grains of sand swirl up and settle again.
# A colorful coral reef. | coral | Corals in pink, orange, and violet branch out like strange trees. | Anemones open and close among them. | coral reef, corals, anemones, colorful
# Beams of light falling from the surface. | darkcyan | High above, the surface moves like liquid glass. | Pale beams reach down and fade in the deep. | light beams, surface, water, blue
city | in a busy city | land | slategray dimgray
_ Tall buildings line the street, their windows stacked in endless rows.
_ The pavement is crowded with signs, lamps, and passing people.
_ Wires and balconies crisscross the space overhead.
~ A shop window throws a bright rectangle onto the pavement.
~ Posters and neon letters cover the wall behind.
~ People hurry past as blurred shapes.
# A row of tall buildings. | slategray | Facades of brick, glass, and concrete rise side by side. | Countless windows repeat into the distance. | city, buildings, windows, facades
# A street with crosswalk stripes. | dimgray | The asphalt shines slightly, and white stripes lead across it. | A manhole cover and a few leaves lie by the curb. | street, asphalt, crosswalk, foreground
village | in a small old village | land | tan burlywood
_ Half-timbered houses lean toward each other over a cobbled lane.
_ Flower boxes brighten nearly every window.
_ Smoke rises straight up from the crooked chimneys.
~ Cobblestones, worn smooth and round, cover the ground.
~ A wooden cart and a barrel stand against the nearest wall.
~ A sleepy dog lies in a doorway not far off.
# Crooked half-timbered houses. | tan | The houses stand close together, no two of the same height. | Their shutters are painted green, red, and blue. | houses, village, half-timbered, shutters
# A cobbled lane. | rosybrown | Rounded stones fill the lower part of the picture like loaves in a tray. | A shallow gutter runs down the middle. | cobblestones, lane, foreground
castle hill | before a ruined castle | land | gray darkslategray
_ Broken walls and a gate without doors rise on the hill behind.
_ Tattered banners hang from the last standing tower.
_ Fallen blocks of stone lie in the long grass.
~ Ivy crawls over the stones nearby.
~ An old banner, torn and faded, lies on the ground.
~ Cold wind moves the grass between the fallen blocks.
# The ruins of an old castle. | gray | Two broken towers stand against the sky, joined by a crumbling wall. | Birds fly in and out of the empty windows. | castle, ruins, towers, crumbling walls
battlefield | on a vast battlefield | land | darkslategray dimgray
_ The ground is torn up by hooves, wheels, and boots.
_ Smoke drifts in low bands between broken banners.
_ Small fires burn here and there among the wreckage.
~ Splintered spears and a lost helmet lie close by.
~ Mud and ashes fly up at every step.
~ A torn banner flaps on its broken pole.
# Smoke and distant banners. | dimgray | In the distance, banners and spears rise out of a gray veil of smoke. | The glow of fires flickers at the bottom of it. | smoke, banners, spears, fires
# Churned mud with broken weapons. | saddlebrown | The foreground is a chaos of mud, footprints, and broken shields. | A single sword stands upright in the earth. | mud, broken shields, sword, foreground
jungle | in a steaming jungle | land | darkgreen seagreen
_ Giant leaves and hanging vines fill every gap.
_ The air is so damp that the farther trees fade into a green haze.
_ Bright flowers glow like lamps in the half-light.
~ Broad leaves drip with moisture all around.
~ A vine as thick as an arm loops down beside it.
~ Orchids cling to the nearest trunk.
# A tangle of vines and giant leaves. | seagreen | Leaves as large as sails overlap from one edge to the other. | Vines hang down in long, swinging loops. | jungle, vines, giant leaves, green haze
swamp | in a misty swamp | water | darkolivegreen darkslategray
_ Black water stands between twisted roots and drowned trunks.
_ Gray moss hangs from the branches in long beards.
_ Pale mist creeps over the surface and hides where the water ends.
~ Reeds and round leaves break the surface of the water.
~ A rotten log lies half sunk in the mud.
~ Slow bubbles rise and burst.
# Twisted trees standing in dark water. | darkslategray | Bare, crooked trees reach out of the water like hands. | Their reflections tremble below them. | swamp, twisted trees, dark water, moss
garden | in a blooming garden | land | mediumseagreen limegreen
_ Flower beds curve around a small lawn, full of roses, lilies, and lavender.
_ A gravel path leads to a bench under an arch of climbing plants.
_ Hedges keep the rest of the world out.
~ Rose petals have fallen on the gravel nearby.
~ Lavender and sage fill the bed to one side.
~ A watering can has been forgotten in the grass.
# A hedge with climbing roses. | forestgreen | A tall hedge closes the garden, and roses climb all over it. | White and pink blossoms peep out of the dark leaves. | hedge, roses, garden, blossoms
farm | on a quiet farm | land | olivedrab goldenrod
_ Fields of grain and stubble reach to a line of poplars.
_ A red barn and a wooden fence stand in the middle distance.
_ Bales of straw are scattered over the field.
~ Straw and chicken feathers lie on the ground.
~ A bucket hangs on the nearest fence post.
~ Tracks of a cart lead through the soft earth.
# A red barn behind a wooden fence. | firebrick | The barn is old, and its boards have faded to a dusty red. | A crooked fence runs in front of it from side to side. | barn, fence, farm, red boards
park | in a green city park | land | mediumseagreen yellowgreen
_ Old trees shade the lawn, and a path curves past a pond.
_ Benches and iron lamps line the way.
_ The roofs of the city look over the treetops.
~ A few leaves turn over on the path.
~ An empty bench stands a few steps away.
~ Pigeons pick at crumbs not far off.
# A pond with a small bridge. | cadetblue | A little arched bridge crosses the pond. | Water lilies gather along the edge. | pond, bridge, water lilies, park
sky | high above the clouds | sky | skyblue lightskyblue
_ White clouds lie below like a sea of wool.
_ Far down, through a gap, fields and rivers look like a painted map.
_ The open air is wide, clear, and full of light.
~ Wisps of cloud stream past.
~ There is nothing around but air and light.
~ Thin vapor curls in the wake.
# A sea of white clouds below. | whitesmoke | Clouds pile up in domes and towers across the bottom of the picture. | Their valleys are filled with pale blue shade. | clouds, sea of clouds, white, below
space | in the depths of space | space | midnightblue black
_ Countless stars are strewn over the blackness.
_ A nebula spreads veils of violet and blue behind everything.
_ There is neither up nor down, only distance.
~ Specks of dust and ice drift by in silence.
~ A hard, clear light comes from one side only.
~ Behind it, stars shine without twinkling.
# A glowing nebula. | darkslateblue | Clouds of gas glow in violet, rose, and blue. | Young stars burn inside them like lamps in fog. | nebula, stars, violet, gas clouds
# A large planet with thin rings. | peru | The planet fills one part of the sky, striped in cream and rust. | Its rings are as thin as a drawn line. | planet, rings, stripes, space
moon | on the surface of the moon | space | gray darkgray
_ The ground is gray dust, pitted with craters of every size.
_ The sky is perfectly black, although the light is strong.
_ Far away, a blue planet hangs above the horizon.
~ Sharp footprints are pressed into the dust.
~ Small rocks throw long, hard shadows.
~ The rim of a crater rises just behind.
# A blue planet above the horizon. | royalblue | The planet is half lit, wrapped in swirls of white cloud. | It is the only color in a world of gray. | blue planet, horizon, clouds, black sky
living room | in a cozy living room | room | burlywood peru
_ Warm light fills the room and settles on wood, wool, and books.
_ A patterned rug covers most of the floor.
_ Pictures in uneven frames hang on the wall.
~ The pattern of the rug continues underneath.
~ A half-read book lies within reach.
~ The wall behind has a faint, flowered paper.
# A window with long curtains. | lightgoldenrodyellow | The curtains are drawn to both sides, and the panes shine. | A row of small plants stands on the sill. | window, curtains, sill, plants
# A patterned rug on a wooden floor. | firebrick | The rug is woven in red, cream, and dark blue. | Its fringe lies a little untidily on the boards. | rug, wooden floor, pattern, foreground
kitchen | in a bright kitchen | room | wheat beige
_ Copper pans hang in a row above the counter.
_ Jars of flour, rice, and spices fill the shelves.
_ The tiles are white, with a thin blue line.
~ A dusting of flour lies on the counter.
~ A checked cloth has been thrown down nearby.
~ Bunches of herbs hang to dry above.
# Shelves with jars and copper pans. | tan | Jars stand on the shelves in rows, each with a handwritten label. | Below them, copper pans hang by size. | shelves, jars, copper pans, kitchen
table | on a rustic wooden table | table | saddlebrown sienna
_ The boards of the table are old and full of scratches and knots.
_ A folded linen cloth lies to one side.
_ The background is a plain dark wall that lets the colors glow.
~ The grain of the wood runs past underneath.
~ A few crumbs and a knife lie nearby.
~ The edge of a linen cloth comes into view.
# A dark wall with a soft gradient. | darkslategray | The wall is almost black at the edges and warmer in the middle. | Nothing on it distracts from what stands in front. | dark wall, background, gradient
# A wooden tabletop with a linen cloth. | sienna | The tabletop fills the lower part, its grain clearly drawn. | The folds of the cloth lead toward the middle. | wooden table, linen cloth, grain, foreground
library | in an ancient library | room | saddlebrown maroon
_ Shelves climb to a painted ceiling, loaded with thousands of books.
_ Ladders on brass rails lean here and there.
_ Dust floats in the light that falls from high windows.
~ Piles of books rise on both sides.
~ A green reading lamp shines close by.
~ Loose pages have slid to the floor.
# Towering shelves full of books. | saddlebrown | Row upon row of leather spines covers the wall up to the ceiling. | A ladder leads to the topmost shelf. | bookshelves, books, ladder, library
laboratory | in a cluttered laboratory | room | darkslategray slategray
_ Glass tubes and flasks bubble on a long bench.
_ Cables hang from the ceiling, and small lamps blink on the walls.
_ Drawings and formulas cover a blackboard at the back.
~ Tools and screws lie scattered around.
~ A flask of green liquid bubbles nearby.
~ Notes in hurried handwriting are pinned to the wall.
# A bench with bubbling flasks. | teal | Flasks, burners, and coils of glass crowd the bench. | Liquids in green, blue, and orange shine from within. | flasks, laboratory, glass, bubbling liquids
cave | inside a huge cave | land | darkslategray black
_ Stone teeth hang from the ceiling and grow from the floor.
_ Glowing crystals light the walls in blue and violet.
_ Water drips into a still, black pool.
~ Wet stone glistens all around.
~ A cluster of crystals sheds a faint glow.
~ Drops fall from above, one after another.
# Glowing crystals on the cave wall. | mediumpurple | Crystals stick out of the rock in fans of violet and blue. | Their light fades quickly into the dark. | crystals, cave, glow, violet
volcano land | in a land of lava and ash | land | darkred black
_ Cracks in the black ground show glowing lava below.
_ Ash falls slowly, like dirty snow.
_ A broken mountain smokes on the horizon.
~ Hot air trembles above the ground.
~ Glowing cracks run through the rock close by.
~ Flakes of ash settle on every surface.
# A smoking volcano on the horizon. | darkred | The cone is black, and its tip glows like a coal. | A gray column of smoke leans to one side. | volcano, smoke, glow, ash
prehistoric valley | in a prehistoric valley | land | darkseagreen olive
_ Giant ferns and cone-bearing trees cover the valley floor.
_ A slow brown river loops between swampy banks.
_ Steam rises from hot springs in the distance.
~ Ferns taller than a person stand all around.
~ Three-toed footprints are filled with water.
~ A dragonfly as long as an arm darts by.
# Giant ferns and ancient trees. | darkseagreen | Tree ferns spread their umbrellas over the valley. | Behind them, strange scaly trunks rise into the haze. | ferns, ancient trees, prehistoric, haze
future city | in a city of the future | land | darkslateblue indigo
_ Slim towers rise so high that their tops are lost in light.
_ Glowing lanes of traffic run between them on several levels.
_ Holograms and signs in cyan and magenta float in the air.
~ Neon light is mirrored in the smooth floor.
~ A small drone hums past.
~ Strips of light are set into the ground.
# Towers with neon lights. | indigo | Towers of glass and light stand close together. | Bridges and glowing lanes connect them at dizzying heights. | towers, neon, futuristic city, bridges
harbor | in an old harbor | water | cadetblue steelblue
_ Masts sway above the quay, and nets hang out to dry.
_ Crates and barrels are piled up between the boats.
_ Colored houses line the water and are mirrored in it.
~ Ropes lie coiled on the worn stones.
~ The water laps against the quay wall.
~ A gull waits on a post nearby.
# Colored houses along the quay. | lightcoral | Narrow houses in yellow, pink, and blue stand side by side. | Their reflections tremble in the harbor water. | harbor, colored houses, quay, reflections
lake shore | by a quiet lake | water | steelblue cadetblue
_ The lake lies still and mirrors the far shore.
_ Reeds and smooth stones line the water’s edge.
_ Wooded slopes rise on the other side.
~ Reeds lean over the shallow water.
~ Round stones shine through the clear water.
~ A ring spreads slowly over the surface.
# A calm lake with reflections. | steelblue | The lake reaches to the far shore without a wave. | Trees and slopes hang upside down in it. | lake, reflections, calm water, far shore
stage | on a theater stage | room | darkred maroon
_ Heavy red curtains hang on both sides.
_ Spotlights draw bright circles on the boards.
_ The audience is a dark sea of heads.
~ Dust dances in the beam of the spotlight.
~ The polished boards mirror the light.
~ A fold of the curtain reaches into the picture.
# Heavy red curtains. | maroon | The curtains fall in deep folds from above. | Their edges are trimmed with gold. | curtains, red, stage, gold trim
"""
