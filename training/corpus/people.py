"""People, fighters and folk of fairy tales: what each one looks like and does. The blocks are those of ``creatures.py``."""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

TEXT = """
warrior | fighter | saddlebrown dimgray maroon | brave, lone, armored, fierce
+ a horned helmet and a round shield; a long braided beard; war paint across the cheeks
> swinging a heavy axe; raising a sword toward the sky; bracing behind a shield; striding through the smoke
. The warrior’s cloak is singed along the hem.
. Old scratches catch the light on the warrior’s breastplate.
. $His jaw is set, and $his eyes never leave the enemy.
knight | fighter | silver slategray lightsteelblue | brave, silver, black, young
+ polished plate armor; a plume on the helmet; a shield with a painted lion
> lifting the visor of the helmet; kneeling with both hands on the sword; riding into the wind; facing the danger alone
. The knight’s armor reflects the whole scene in small, bent pictures.
. A red plume nods above the knight’s helmet.
. The coat of arms on the shield is chipped but still bright.
samurai | fighter | darkred black indigo | silent, old, masked
+ lacquered armor laced with silk; a curved sword; a crested helmet
> drawing a sword in one motion; bowing the head; standing motionless in the wind
. Silk cords cross the samurai’s armor in neat rows.
. A single petal clings to the flat of the blade.
ninja | fighter | black darkslategray | masked, swift
+ dark cloth that hides all but the eyes; throwing stars at the belt
> leaping from a rooftop; crouching in the shadows; balancing on a beam
. Only the ninja’s eyes can be seen, narrow and attentive.
viking | fighter | saddlebrown rosybrown | bearded, red-haired
+ a fur-lined cloak; a heavy axe; a braided red beard
> standing at the bow of a ship; raising a drinking horn; shouting across the water
. Rings of silver shine in the viking’s beard.
soldier | fighter | olive darkolivegreen | tired, young
+ a dusty uniform; a heavy pack; a dented helmet
> marching along a muddy road; keeping watch; reading a letter from home
. Dust has turned the soldier’s uniform the color of the road.
archer | fighter | forestgreen saddlebrown | hooded, skilled
+ a tall curved bow; a quiver full of feathered arrows; a green hood
> drawing the bow to the cheek; aiming at a far target; letting an arrow fly
. The bowstring is drawn so tight that it seems to hum.
pirate | person | maroon black saddlebrown | bearded, cunning, old
+ an eyepatch and a gold earring; a tricorn hat; a striped sash
> holding a torn map; leaning on a cutlass; looking through a spyglass; guarding a treasure chest
. A parrot’s feather is tucked into the pirate’s hat.
. Salt has stiffened the pirate’s long coat.
wizard | person | indigo darkslateblue purple | old, wise, bearded
+ a tall pointed hat; a beard that reaches the belt; a robe sewn with stars
> raising a glowing staff; reading from a huge book; conjuring a ring of sparks; stirring the air with one finger
. Light from the staff runs along the wizard’s beard like water.
. The stars on the robe seem to twinkle.
witch | person | purple black darkgreen | old, young, cheerful
+ a crooked hat; a broom of twigs; striped stockings
> stirring a bubbling cauldron; flying on a broom; gathering herbs
. Green steam lights the witch’s face from below.
king | person | gold darkred purple | old, just, crowned
+ a golden crown set with rubies; a robe trimmed with fur
> sitting on a carved throne; raising a goblet; looking over the land
. The king’s rings flash when $he moves $his hand.
queen | person | purple gold crimson | young, proud, regal
+ a slender crown; a gown with long sleeves; a string of pearls
> holding a scepter; walking down a wide staircase; looking out from a balcony
. The train of the queen’s gown spreads over three steps.
princess | person | pink lightpink lavender | brave, young
+ a silver circlet; a dress with embroidered flowers
> dancing in a sunlit hall; reading in a tower window; holding a lantern
. Tiny flowers are stitched along the hem of the princess’s dress.
fairy | fairy | plum lightgreen violet | tiny, glowing
+ transparent dragonfly wings; a wand with a star at its tip
> hovering above a flower; sprinkling glittering dust; riding on a leaf
. The fairy’s wings beat so fast that they blur into light.
mermaid | fairy | teal mediumturquoise seagreen | singing, green-haired
+ a tail of emerald scales; hair woven with shells
> sitting on a wave-washed rock; swimming through a sunken hall; combing her long hair
. Drops run down the mermaid’s tail like glass beads.
elf | fairy | forestgreen olivedrab | quiet, graceful
+ pointed ears; a cloak of leaves; a slender bow
> standing between silver trees; listening to the forest; walking without a sound
. The elf’s cloak has exactly the color of the leaves behind it.
vampire | person | darkred black | pale, elegant
+ a high-collared cape; sharp white teeth; pale skin
> stepping out of the fog; bowing with a smile; spreading a black cape
. The lining of the vampire’s cape is red as wine.
angel | fairy | ivory lightgoldenrodyellow | glowing, kind
+ great white wings; a soft halo
> descending on a beam of light; folding its wings; watching over the land
. Each feather of the angel’s wings is edged with gold.
giant | monster | rosybrown saddlebrown | friendly, enormous
+ hands as large as doors; a patched coat
> stepping over a hill; holding a tree like a walking stick; sleeping against a mountain
. Birds have nested in the giant’s hair.
man | person | steelblue slategray saddlebrown | young, old, tall, smiling
+ rolled-up sleeves; a short dark beard; a plain linen shirt
> reading a newspaper; walking with an umbrella; leaning against a wall; carrying a heavy basket
. The man’s shadow stretches out long beside him.
woman | person | indianred teal mediumpurple | young, old, elegant, smiling
+ a red scarf in the wind; dark hair pinned up; a flowing dress
> holding a bunch of flowers; looking out to the horizon; riding a bicycle; playing with a strand of hair
. A breeze lifts the edge of the woman’s scarf.
. Small earrings catch the light beside the woman’s cheek.
girl | person | lightcoral skyblue gold | little, laughing, curious
+ two long braids; a yellow raincoat; freckles across the nose
> jumping over a puddle; holding a red balloon; reading under a tree; skipping along the path
. The girl’s braids fly up as she moves.
. One of her shoelaces has come undone.
boy | person | steelblue tomato olivedrab | little, barefoot, dreamy
+ tousled hair; a striped shirt; scraped knees
> flying a kite; chasing a hoop; holding a toy boat; lying on his back in the grass
. The boy’s pockets bulge with stones and string.
child | person | gold coral skyblue | happy, small
+ rosy cheeks; a knitted hat with a bobble
> building a tower; pointing at the sky; laughing with open arms
. The child’s whole face is one bright smile.
baby | person | lightpink lightskyblue | laughing, sleeping
+ round cheeks; tiny curled fingers
> reaching for a toy; sleeping under a soft blanket
. The baby’s hand closes around nothing at all with great determination.
old man | person | gray tan | wrinkled, kind
+ a white beard; a wooden cane; round glasses
> sitting on a bench; feeding the birds; telling a story
. Deep laughter lines surround the old man’s eyes.
farmer | person | olivedrab peru | sunburnt, cheerful
+ a straw hat; muddy boots; a checked shirt
> leaning on a pitchfork; driving a tractor; carrying a basket of apples
. Bits of hay stick to the farmer’s sleeves.
chef | person | white linen | busy, proud
+ a tall white hat; a spotless apron
> tossing vegetables in a pan; tasting from a wooden spoon; decorating a cake
. Steam from the pan wraps the chef in a warm cloud.
doctor | person | white lightcyan | friendly, tired
+ a white coat; a stethoscope around the neck
> studying a chart; listening with a stethoscope
. A pen is clipped to the doctor’s breast pocket.
teacher | person | steelblue brown | patient, young
+ a stack of books; chalk on the sleeves
> writing on a blackboard; pointing at a map
. White dust covers the teacher’s fingertips.
artist | person | indianred goldenrod | dreamy, paint-stained
+ a palette in one hand; a beret; paint on the apron
> painting at an easel; stepping back to look; mixing a new color
. Spots of every color cover the artist’s apron.
musician | person | darkslateblue maroon | passionate, young
+ closed eyes; a dark velvet jacket
> playing a violin; bending over a guitar; bowing to the audience
. The musician seems to hear nothing but the music.
dancer | person | crimson hotpink | graceful, barefoot
+ a wide swirling skirt; raised arms; ribbons in the hair
> spinning on one foot; leaping high; bending backward in a curve
. The dancer’s skirt opens like a flower.
astronaut | person | white lightgray | lonely, floating
+ a bulky white suit; a golden visor; a coiled air hose
> floating weightlessly; planting a flag; walking with long, slow leaps; reaching for a tool
. The whole landscape curves across the astronaut’s visor.
. Fine gray dust clings to the astronaut’s boots.
fisherman | person | darkslategray goldenrod | patient, old
+ a yellow oilskin coat; a long fishing rod
> casting a line; mending a net; sitting in a small boat
. The fisherman’s line makes one thin scratch of light.
detective | person | dimgray tan | clever, tired
+ a long trench coat; a hat pulled low; a magnifying glass
> examining a footprint; standing under a street lamp; lighting a pipe
. The brim of the hat hides half of the detective’s face.
cowboy | person | saddlebrown sandybrown | lone, dusty
+ a wide hat; leather boots with spurs; a coiled rope
> riding along a ridge; tipping a hat; throwing a lasso
. The cowboy’s spurs flash in the low light.
superhero | person | red royalblue | masked, flying
+ a flowing cape; an emblem on the chest; a tight mask
> flying with one fist forward; landing on one knee; lifting a car
. The superhero’s cape cracks in the wind.
clown | person | red gold | smiling, sad
+ a red nose; enormous shoes; a wig of orange curls
> juggling five balls; bowing deeply; riding a tiny bicycle
. A painted tear shines on the clown’s cheek.
snowman | toy | white aliceblue | cheerful, round, melting
+ a carrot nose and coal eyes; a red woolen scarf; stick arms
> standing in the snow; tilting to one side; wearing an old hat
. Small footprints circle the snowman.
. The snowman’s smile is made of seven pieces of coal.
scarecrow | toy | wheat peru | ragged, lonely
+ a coat stuffed with straw; a battered hat
> standing with outstretched arms; watching over the field
. A crow sits, quite unafraid, on the scarecrow’s arm.
"""
