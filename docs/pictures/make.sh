#!/bin/sh
# Makes the README's pictures with the embedded models: sh docs/pictures/make.sh [FOLDER]
# FOLDER (default: docs/pictures) gets a strip for every round, and the replies and single pictures under replies/.
# From the root of the repository, in the README's environment. The same command writes the same replies, byte for byte.
set -eu
out=${1:-docs/pictures}
work=$out/replies
mkdir -p "$work"

round() { # name, prompt, edit
    one=$work/$1-1 two=$work/$1-2
    python -m lib_omost compose "$2" > "$one.txt"
    python -m lib_omost render "$one.txt" --seed 7 -o "$one.png"
    python -m lib_omost compose "$3" --edit "$one.txt" > "$two.txt"
    python -m lib_omost render "$two.txt" --seed 7 -o "$two.png"
    python -m training.strip "$2" "$one.txt" "$one.png" "$3" "$two.txt" "$two.png" -o "$out/$1.png"
}

rounds() { # name, first prompt, edits: each repaints only what it changes
    name=$1 number=1
    shift
    for said; do
        reply=$work/$name-$number
        if [ $number = 1 ]; then
            python -m lib_omost compose "$said" > "$reply.txt"
            python -m lib_omost render "$reply.txt" --seed 7 -o "$reply.png"
        else
            before=$work/$name-$((number - 1))
            python -m lib_omost compose "$said" --edit "$before.txt" > "$reply.txt"
            python -m lib_omost render "$reply.txt" --keep "$before.png" -o "$reply.png"
        fi
        number=$((number + 1))
    done
    number=1
    for said; do
        set -- "$@" "$said" "$work/$name-$number.txt" "$work/$name-$number.png"
        shift
        number=$((number + 1))
    done
    python -m training.strip --pictures "$@" -o "$out/$name.png"
}

rounds kept "a cat and a tree in a meadow" "add a red balloon" "make the cat black" "remove the tree" \
    "add a rabbit on the right"
round round "the fierce battle of warriors and a dragon" "make the dragon red"
round meadow "a cat and a dog in a meadow, a rainbow in the sky" "remove the dog"
round castle "a castle on a hill at night, a dragon in the sky" "make the castle pink"
round snow "a penguin and a fir tree in the snow" "move the penguin to the right"
round savanna "an elephant and a lion on a meadow" "make the elephant blue"
