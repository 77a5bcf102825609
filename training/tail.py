"""Tail: the rest of the art that shows things, as plain data: code points and names, by kind.

The names are the labels of Unicode's CLDR from `emojibase-data` 17.0.0 (MIT), some of them shortened.
"""

from __future__ import annotations

TAIL: dict[str, str] = {
    "animal": """
1f63a|grinning cat
1f638|grinning cat with smiling eyes
1f639|cat with tears of joy
1f63b|smiling cat with heart-eyes
1f63c|cat with wry smile
1f63d|kissing cat
1f640|weary cat
1f63f|crying cat
1f63e|pouting cat
1f648|see-no-evil monkey
1f649|hear-no-evil monkey
1f64a|speak-no-evil monkey
1f435|monkey face
1f436|dog face
1f9ae|guide dog
1f415-200d-1f9ba|service dog
1f431|cat face
1f42f|tiger face
1f434|horse face
1f42e|cow face
1f403|water buffalo
1f437|pig face
1f43d|pig nose
1f42b|two-hump camel
1f42d|mouse face
1f430|rabbit face
1f423|hatching chick
1f424|baby chick
1fabd|wing
1f9aa|oyster
1fab3|cockroach
1fab0|fly
1f9a0|microbe
""",
    "person": """
1f4a9|pile of poo
1f479|ogre
1f9d2|child
1f9d1|person
1f471|person with blond hair
1f9d4-200d-2642-fe0f|man with a beard
1f9d4-200d-2640-fe0f|woman with a beard
1f468-200d-1f9b0|man with red hair
1f468-200d-1f9b1|man with curly hair
1f468-200d-1f9b3|man with white hair
1f468-200d-1f9b2|man without hair
1f469-200d-1f9b0|woman with red hair
1f9d1-200d-1f9b0|person with red hair
1f469-200d-1f9b1|woman with curly hair
1f9d1-200d-1f9b1|person with curly hair
1f469-200d-1f9b3|woman with white hair
1f9d1-200d-1f9b3|person with white hair
1f469-200d-1f9b2|woman without hair
1f9d1-200d-1f9b2|person without hair
1f471-200d-2640-fe0f|woman with blond hair
1f471-200d-2642-fe0f|man with blond hair
1f9d3|older person
1f9d1-200d-2695-fe0f|health worker
1f468-200d-2695-fe0f|man health worker
1f468-200d-1f393|man student
1f469-200d-1f393|woman student
1f468-200d-1f3eb|man teacher
1f468-200d-2696-fe0f|man judge
1f469-200d-2696-fe0f|woman judge
1f468-200d-1f33e|man farmer
1f469-200d-1f33e|woman farmer
1f468-200d-1f373|man cook
1f469-200d-1f373|woman cook
1f468-200d-1f527|man mechanic
1f469-200d-1f527|woman mechanic
1f9d1-200d-1f3ed|factory worker
1f468-200d-1f3ed|man factory worker
1f469-200d-1f3ed|woman factory worker
1f9d1-200d-1f4bc|office worker
1f469-200d-1f4bc|woman office worker
1f468-200d-1f52c|man scientist
1f469-200d-1f52c|woman scientist
1f9d1-200d-1f4bb|technologist
1f468-200d-1f4bb|man technologist
1f468-200d-1f3a4|man singer
1f469-200d-1f3a4|woman singer
1f468-200d-1f3a8|man artist
1f469-200d-1f3a8|woman artist
1f468-200d-2708-fe0f|man pilot
1f469-200d-2708-fe0f|woman pilot
1f468-200d-1f680|man astronaut
1f469-200d-1f680|woman astronaut
1f468-200d-1f692|man firefighter
1f469-200d-1f692|woman firefighter
1f46e-200d-2642-fe0f|man police officer
1f46e-200d-2640-fe0f|woman police officer
1f575-fe0f-200d-2640-fe0f|woman detective
1f482-200d-2642-fe0f|man guard
1f482-200d-2640-fe0f|woman guard
1f477-200d-2642-fe0f|man construction worker
1f477-200d-2640-fe0f|woman construction worker
1f473-200d-2642-fe0f|man wearing turban
1f473-200d-2640-fe0f|woman wearing turban
1f472|person with skullcap
1f9d5|woman with headscarf
1f935-200d-2642-fe0f|man in tuxedo
1f935-200d-2640-fe0f|woman in tuxedo
1f470-200d-2642-fe0f|man with veil
1f470-200d-2640-fe0f|woman with veil
1f930|pregnant woman
1fac3|pregnant man
1fac4|pregnant person
1f931|breast-feeding
1f469-200d-1f37c|woman feeding baby
1f468-200d-1f37c|man feeding baby
1f9d1-200d-1f37c|person feeding baby
1f936|Mrs. Claus
1f9b8-200d-2642-fe0f|man superhero
1f9b8-200d-2640-fe0f|woman superhero
1f9b9-200d-2642-fe0f|man supervillain
1f9b9-200d-2640-fe0f|woman supervillain
1f9d9|mage
1f9da-200d-2642-fe0f|man fairy
1f9da-200d-2640-fe0f|woman fairy
1f9db-200d-2642-fe0f|man vampire
1f9db-200d-2640-fe0f|woman vampire
1f9dc|merperson
1f9dc-200d-2642-fe0f|merman
1f9dd-200d-2642-fe0f|man elf
1f9dd-200d-2640-fe0f|woman elf
1f9de-200d-2642-fe0f|man genie
1f9de-200d-2640-fe0f|woman genie
1f9df-200d-2642-fe0f|man zombie
1f9df-200d-2640-fe0f|woman zombie
1f486|person getting massage
1f486-200d-2642-fe0f|man getting massage
1f486-200d-2640-fe0f|woman getting massage
1f487|person getting haircut
1f487-200d-2642-fe0f|man getting haircut
1f487-200d-2640-fe0f|woman getting haircut
1f6b6-200d-2642-fe0f|man walking
1f6b6-200d-2640-fe0f|woman walking
1f9cd|person standing
1f9cd-200d-2642-fe0f|man standing
1f9cd-200d-2640-fe0f|woman standing
1f9ce|person kneeling
1f9ce-200d-2642-fe0f|man kneeling
1f9ce-200d-2640-fe0f|woman kneeling
1f9d1-200d-1f9af|person with white cane
1f468-200d-1f9af|man with white cane
1f469-200d-1f9af|woman with white cane
1f9d1-200d-1f9bc|person in motorized wheelchair
1f468-200d-1f9bc|man in motorized wheelchair
1f469-200d-1f9bc|woman in motorized wheelchair
1f9d1-200d-1f9bd|person in manual wheelchair
1f468-200d-1f9bd|man in manual wheelchair
1f469-200d-1f9bd|woman in manual wheelchair
1f3c3-200d-2642-fe0f|man running
1f3c3-200d-2640-fe0f|woman running
1f574-fe0f|person in suit levitating
1f46f|people with bunny ears
1f46f-200d-2642-fe0f|men with bunny ears
1f46f-200d-2640-fe0f|women with bunny ears
1f9d6|person in steamy room
1f9d6-200d-2642-fe0f|man in steamy room
1f9d6-200d-2640-fe0f|woman in steamy room
1f9d7-200d-2642-fe0f|man climbing
1f9d7-200d-2640-fe0f|woman climbing
1f3cc-fe0f|person golfing
1f3cc-fe0f-200d-2642-fe0f|man golfing
1f3cc-fe0f-200d-2640-fe0f|woman golfing
1f3c4-200d-2642-fe0f|man surfing
1f3c4-200d-2640-fe0f|woman surfing
1f6a3-200d-2642-fe0f|man rowing boat
1f6a3-200d-2640-fe0f|woman rowing boat
1f3ca-200d-2642-fe0f|man swimming
1f3ca-200d-2640-fe0f|woman swimming
26f9-fe0f|person bouncing ball
26f9-fe0f-200d-2642-fe0f|man bouncing ball
26f9-fe0f-200d-2640-fe0f|woman bouncing ball
1f3cb-fe0f|person lifting weights
1f3cb-fe0f-200d-2642-fe0f|man lifting weights
1f3cb-fe0f-200d-2640-fe0f|woman lifting weights
1f6b4-200d-2642-fe0f|man biking
1f6b4-200d-2640-fe0f|woman biking
1f6b5|person mountain biking
1f6b5-200d-2642-fe0f|man mountain biking
1f6b5-200d-2640-fe0f|woman mountain biking
1f938-200d-2642-fe0f|man cartwheeling
1f938-200d-2640-fe0f|woman cartwheeling
1f93c-200d-2642-fe0f|men wrestling
1f93c-200d-2640-fe0f|women wrestling
1f93d|person playing water polo
1f93d-200d-2642-fe0f|man playing water polo
1f93d-200d-2640-fe0f|woman playing water polo
1f93e|person playing handball
1f93e-200d-2642-fe0f|man playing handball
1f93e-200d-2640-fe0f|woman playing handball
1f939-200d-2642-fe0f|man juggling
1f939-200d-2640-fe0f|woman juggling
1f9d8-200d-2642-fe0f|man in lotus position
1f9d8-200d-2640-fe0f|woman in lotus position
1f6c0|person taking bath
1f6cc|person in bed
1f48f|kiss
1f491|couple with heart
""",
    "plant": """
1f4ae|white flower
1f3f5-fe0f|rosette
1f940|wilted flower
2618-fe0f|shamrock
1f343|leaf fluttering in wind
1faba|nest with eggs
""",
    "food": """
1fad2|olive
1f96c|leafy green
1fad8|beans
1fada|ginger root
1fadb|pea pod
1fad3|flatbread
1f96f|bagel
1fad4|tamale
1f959|stuffed flatbread
1f9c6|falafel
1f958|shallow pan of food
1fad5|fondue
1f963|bowl with spoon
1f9c8|butter
1f9c2|salt
1f96b|canned food
1f358|rice cracker
1f35a|cooked rice
1f35b|curry rice
1f360|roasted sweet potato
1f362|oden
1f365|fish cake with swirl
1f96e|moon cake
1f361|dango
1f95f|dumpling
1f960|fortune cookie
1f961|takeout box
1f367|shaved ice
1f36e|custard
1f37c|baby bottle
1f375|teacup without handle
1f376|sake
1f37e|bottle with popping cork
1f379|tropical drink
1f37b|clinking beer mugs
1f942|clinking glasses
1f943|tumbler glass
1fad7|pouring liquid
1f964|cup with straw
1f9cb|bubble tea
1f9c3|beverage box
1f9c9|mate
""",
    "place": """
1f30e|globe showing Americas
1f30f|globe showing Asia-Australia
1f310|globe with meridians
1f3d5-fe0f|camping
1f3dc-fe0f|desert
1f3de-fe0f|national park
1f3d7-fe0f|building construction
1f9f1|brick
1f3e3|Japanese post office
1f3e4|post office
1f3e9|love hotel
1f3ec|department store
1f492|wedding
1f54d|synagogue
1f54b|kaaba
1f301|foggy
1f303|night with stars
1f304|sunrise over mountains
1f305|sunrise
1f306|cityscape at dusk
1f307|sunset
2668-fe0f|hot springs
1f6dd|playground slide
1f488|barber pole
""",
    "vehicle": """
1f683|railway car
1f686|train
1f687|metro
1f688|light rail
1f689|station
1f69d|monorail
1f69e|mountain railway
1f68d|oncoming bus
1f68e|trolleybus
1f690|minibus
1f694|oncoming police car
1f696|oncoming taxi
1f698|oncoming automobile
1f69b|articulated lorry
1f9bd|manual wheelchair
1f9bc|motorized wheelchair
1f6fa|auto rickshaw
1f6fc|roller skate
1f68f|bus stop
1f6e2-fe0f|oil drum
26fd|fuel pump
1f6de|wheel
1f6a8|police car light
1f6a5|horizontal traffic light
1f6a6|vertical traffic light
1f6d1|stop sign
1f6df|ring buoy
1f6f3-fe0f|passenger ship
26f4-fe0f|ferry
1f6e5-fe0f|motor boat
1f6e9-fe0f|small airplane
1f6eb|airplane departure
1f6ec|airplane arrival
1f4ba|seat
1f69f|suspension railway
1f6a0|mountain cableway
1f6a1|aerial tramway
""",
    "sky": """
1f311|new moon
1f312|waxing crescent moon
1f313|first quarter moon
1f314|waxing gibbous moon
1f316|waning gibbous moon
1f317|last quarter moon
1f318|waning crescent moon
1f31a|new moon face
1f31b|first quarter moon face
1f31c|last quarter moon face
1f321-fe0f|thermometer
1f31d|full moon face
1f31f|glowing star
1f30c|milky way
1f324-fe0f|sun behind small cloud
1f325-fe0f|sun behind large cloud
1f326-fe0f|sun behind rain cloud
1f329-fe0f|cloud with lightning
1f32b-fe0f|fog
1f32c-fe0f|wind face
1f300|cyclone
2614|umbrella with rain drops
26f1-fe0f|umbrella on ground
""",
    "object": """
1f601|beaming face with smiling eyes
1f602|face with tears of joy
1f634|sleeping face
1f637|face with medical mask
1f920|cowboy hat face
1f973|partying face
1f60e|smiling face with sunglasses
1f913|nerd face
1f622|crying face
1f620|angry face
1f48c|love letter
1f498|heart with arrow
1f496|sparkling heart
1f494|broken heart
1f49b|yellow heart
1f49a|green heart
1f499|blue heart
1f49c|purple heart
1f5a4|black heart
1f4a2|anger symbol
1f4a8|dashing away
1f4ac|speech balloon
1f4ad|thought balloon
1f44b|waving hand
1f590-fe0f|hand with fingers splayed
1f44d|thumbs up
270a|raised fist
270d-fe0f|writing hand
1f4aa|flexed biceps
1f9be|mechanical arm
1f9bf|mechanical leg
1f9b5|leg
1f9b6|foot
1f442|ear
1f9bb|ear with hearing aid
1f443|nose
1f9e0|brain
1fac0|anatomical heart
1fac1|lungs
1f9b7|tooth
1f440|eyes
1f441-fe0f|eye
1f445|tongue
1f444|mouth
1fae6|biting lip
1f962|chopsticks
1f37d-fe0f|fork and knife with plate
1f374|fork and knife
1f944|spoon
1f52a|kitchen knife
1fad9|jar
1f6ce-fe0f|bellhop bell
231b|hourglass done
231a|watch
23f1-fe0f|stopwatch
1f387|sparkler
1f9e8|firecracker
2728|sparkles
1f389|party popper
1f38a|confetti ball
1f38d|pine decoration
1f38e|Japanese dolls
1f38f|carp streamer
1f390|wind chime
1f391|moon viewing ceremony
1f9e7|red envelope
1f397-fe0f|reminder ribbon
1f39f-fe0f|admission tickets
1f3ab|ticket
1f396-fe0f|military medal
1f3c5|sports medal
1f947|1st place medal
1f948|2nd place medal
1f949|3rd place medal
26be|baseball
1f94e|softball
1f3d0|volleyball
1f3c8|american football
1f3c9|rugby football
1f94f|flying disc
1f3b3|bowling
1f3cf|cricket game
1f3d1|field hockey
1f3d2|ice hockey
1f94d|lacrosse
1f3d3|ping pong
1f3f8|badminton
1f94a|boxing glove
1f94b|martial arts uniform
1f945|goal net
26f3|flag in hole
26f8-fe0f|ice skate
1f3a3|fishing pole
1f93f|diving mask
1f3bd|running shirt
1f3bf|skis
1f94c|curling stone
1f3af|bullseye
1fa80|yo-yo
1f52b|water pistol
1f3b1|pool 8 ball
1f3ae|video game
1f579-fe0f|joystick
1f3b0|slot machine
1fa85|piñata
1faa9|mirror ball
1fa86|nesting dolls
2660-fe0f|spade suit
2665-fe0f|heart suit
2666-fe0f|diamond suit
2663-fe0f|club suit
1f0cf|joker
1f004|mahjong red dragon
1f3b4|flower playing cards
1f3ad|performing arts
1f9f5|thread
1faa1|sewing needle
1f9f6|yarn
1faa2|knot
1f576-fe0f|sunglasses
1f97d|goggles
1f97c|lab coat
1f9ba|safety vest
1f454|necktie
1f456|jeans
1f9e4|gloves
1f9e6|socks
1f458|kimono
1f97b|sari
1fa71|one-piece swimsuit
1fa72|briefs
1fa73|shorts
1f459|bikini
1f45a|woman's clothes
1faad|folding hand fan
1f45b|purse
1f45c|handbag
1f45d|clutch bag
1f6cd-fe0f|shopping bags
1fa74|thong sandal
1f45e|man's shoe
1f97e|hiking boot
1f97f|flat shoe
1f460|high-heeled shoe
1f461|woman's sandal
1fa70|ballet shoes
1faae|hair pick
1f393|graduation cap
1f9e2|billed cap
26d1-fe0f|rescue worker's helmet
1f4ff|prayer beads
1f484|lipstick
1f507|muted speaker
1f508|speaker low volume
1f509|speaker medium volume
1f50a|speaker high volume
1f4e2|loudspeaker
1f4e3|megaphone
1f4ef|postal horn
1f515|bell with slash
1f3bc|musical score
1f3b5|musical note
1f3b6|musical notes
1f399-fe0f|studio microphone
1f39a-fe0f|level slider
1f39b-fe0f|control knobs
1f3a4|microphone
1f3a7|headphone
1f4fb|radio
1f3b7|saxophone
1fa97|accordion
1fa95|banjo
1fa98|long drum
1fa87|maracas
1fa88|flute
1f4f2|mobile phone with arrow
1f4de|telephone receiver
1f4df|pager
1f4e0|fax machine
1f50b|battery
1faab|low battery
1f50c|electric plug
1f5a5-fe0f|desktop computer
1f5a8-fe0f|printer
2328-fe0f|keyboard
1f5b1-fe0f|computer mouse
1f5b2-fe0f|trackball
1f4bd|computer disk
1f4be|floppy disk
1f4bf|optical disk
1f4c0|dvd
1f9ee|abacus
1f3a5|movie camera
1f39e-fe0f|film frames
1f4fd-fe0f|film projector
1f3ac|clapper board
1f4f8|camera with flash
1f4f9|video camera
1f4fc|videocassette
1f50d|magnifying glass tilted left
1f50e|magnifying glass tilted right
1f4d4|notebook with decorative cover
1f4d5|closed book
1f4d7|green book
1f4d8|blue book
1f4d9|orange book
1f4d3|notebook
1f4d2|ledger
1f4c3|page with curl
1f4c4|page facing up
1f4f0|newspaper
1f5de-fe0f|rolled-up newspaper
1f4d1|bookmark tabs
1f516|bookmark
1f3f7-fe0f|label
1f4b4|yen banknote
1f4b5|dollar banknote
1f4b6|euro banknote
1f4b7|pound banknote
1f4b8|money with wings
1f4b3|credit card
1f9fe|receipt
1f4b9|chart increasing with yen
2709-fe0f|envelope
1f4e7|e-mail
1f4e8|incoming envelope
1f4e9|envelope with arrow
1f4e4|outbox tray
1f4e5|inbox tray
1f4eb|closed mailbox with raised flag
1f4ea|closed mailbox with lowered flag
1f4ec|open mailbox with raised flag
1f4ed|open mailbox with lowered flag
1f4ee|postbox
1f5f3-fe0f|ballot box with ballot
270f-fe0f|pencil
2712-fe0f|black nib
1f58b-fe0f|fountain pen
1f58a-fe0f|pen
1f58c-fe0f|paintbrush
1f58d-fe0f|crayon
1f4dd|memo
1f4bc|briefcase
1f4c1|file folder
1f4c2|open file folder
1f5c2-fe0f|card index dividers
1f4c5|calendar
1f4c6|tear-off calendar
1f5d2-fe0f|spiral notepad
1f5d3-fe0f|spiral calendar
1f4c7|card index
1f4c8|chart increasing
1f4c9|chart decreasing
1f4ca|bar chart
1f4cb|clipboard
1f4cc|pushpin
1f4cd|round pushpin
1f4ce|paperclip
1f587-fe0f|linked paperclips
1f4cf|straight ruler
1f4d0|triangular ruler
2702-fe0f|scissors
1f5c3-fe0f|card file box
1f5c4-fe0f|file cabinet
1f5d1-fe0f|wastebasket
1f513|unlocked
1f50f|locked with pen
1f510|locked with key
26cf-fe0f|pick
2692-fe0f|hammer and pick
1f6e0-fe0f|hammer and wrench
1fa9a|carpentry saw
1f527|wrench
1fa9b|screwdriver
1f529|nut and bolt
1f5dc-fe0f|clamp
1f9af|white cane
1f517|link
26d3-fe0f|chains
1fa9d|hook
1f9f0|toolbox
1f9eb|petri dish
1f9ec|dna
1f4e1|satellite antenna
1f489|syringe
1fa78|drop of blood
1f48a|pill
1fa79|adhesive bandage
1fa7c|crutch
1fa7a|stethoscope
1fa7b|x-ray
1f6d7|elevator
1f6bd|toilet
1faa0|plunger
1f6bf|shower
1faa4|mouse trap
1fa92|razor
1f9f4|lotion bottle
1f9f7|safety pin
1f9fb|roll of paper
1f9fc|soap
1fae7|bubbles
1faa5|toothbrush
1f9fd|sponge
1f9ef|fire extinguisher
1f6d2|shopping cart
1f6ac|cigarette
26b1-fe0f|funeral urn
1f9ff|nazar amulet
1faac|hamsa
1faaa|identification card
1f6ae|litter in bin sign
26a0-fe0f|warning
26d4|no entry
2622-fe0f|radioactive
2623-fe0f|biohazard
2721-fe0f|star of David
262f-fe0f|yin yang
271d-fe0f|latin cross
262a-fe0f|star and crescent
262e-fe0f|peace symbol
267e-fe0f|infinity
267b-fe0f|recycling symbol
269c-fe0f|fleur-de-lis
1f531|trident emblem
2714-fe0f|check mark
274c|cross mark
1f3c1|chequered flag
1f6a9|triangular flag
1f3f4|black flag
1f3f3-fe0f|white flag
1f3f3-fe0f-200d-1f308|rainbow flag
1f3f4-200d-2620-fe0f|pirate flag
""",
}
