#!/usr/bin/env bash
# Opens the real window under a virtual display with a software driver, presses keys, and looks at what is drawn.
# Usage: tests/window/smoke.sh PROGRAM [FOLDER FOR THE PICTURES]
# Wants Xvfb, xdotool, ImageMagick and a Vulkan driver (Debian: xvfb xdotool imagemagick mesa-vulkan-drivers).
set -euo pipefail
cd "$(dirname "$0")/../.."

program=$(realpath "${1:?which program?}")
work=$(mktemp -d)
shots=${2:-$work}
mkdir -p "$shots"
log=$work/log
app=
server=

finish() {
    [ -z "$app" ] || kill "$app" 2> /dev/null || true
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "smoke: $*" >&2
    [ ! -f "$log" ] || tail -n 5 "$log" >&2
    exit 1
}

# Neither what somebody kept nor what this run keeps shall matter.
export XDG_CONFIG_HOME=$work/config XDG_RUNTIME_DIR=$work/runtime RAYSCOPE_LOG=1
mkdir -m 700 "$XDG_RUNTIME_DIR"

# Without a display, and without a driver: one sentence and exit code 2.
unset WAYLAND_DISPLAY WAYLAND_SOCKET DISPLAY
refused() {
    local said code=0
    said=$("$@" 2>&1 > /dev/null) || code=$?
    [ "$code" = 2 ] || fail "exit code $code instead of 2: $said"
    [[ $said == *"rayscope run"*"rayscope render"* ]] || fail "it does not say what to use instead: $said"
}
refused "$program" view scenarios/lesson/add_arrays.json

mkfifo "$work/number"
Xvfb -displayfd 3 -screen 0 1920x1080x24 3> "$work/number" 2> /dev/null &
server=$!
DISPLAY=:$(head -n 1 "$work/number")
export DISPLAY
VK_ICD_FILENAMES=/nonexistent VK_DRIVER_FILES=/nonexistent refused "$program" view scenarios/lesson/add_arrays.json

# start ARGS: opens the window and waits until something is shown in it.
start() {
    : > "$log"
    "$program" "$@" 2> "$log" &
    app=$!
    await "run=|trouble"
    window=$(xdotool search --sync --name Rayscope | head -n 1)
    xdotool windowfocus "$window"
}

# await PATTERN: the last thing that the log says is that.
await() {
    for _ in $(seq 600); do
        if tail -n 1 "$log" | grep -qE -- "$1"; then return; fi
        kill -0 "$app" 2> /dev/null || fail "the program ended while waiting for $1"
        sleep 0.1
    done
    fail "waited in vain for $1"
}

press() { xdotool key "$1"; await "$2"; }

# shot NAME: a picture of the window once it no longer changes; it has to show something.
shot() {
    local before=
    sleep 0.5
    for _ in $(seq 50); do
        import -window "$window" "$shots/$1.png"
        local now
        now=$(identify -format '%#' "$shots/$1.png")
        [ "$now" != "$before" ] || break
        before=$now
        sleep 0.4
    done
    local colours
    colours=$(identify -format '%k' "$shots/$1.png")
    [ "$colours" -ge 40 ] || fail "$1 is blank: $colours colours"
}

differ() { # how many pixels of two pictures differ
    compare -metric AE "$shots/$1.png" "$shots/$2.png" null: 2>&1 | grep -oE '^[0-9.e+]+' || true
}
other() { [ "$(printf '%.0f' "$(differ "$1" "$2")")" -ge "${3:-500}" ] || fail "$1 and $2 look alike"; }

quit() {
    xdotool key ctrl+q
    local code=0
    wait "$app" || code=$?
    app=
    [ "$code" = 0 ] || fail "it ended with exit code $code"
}

# The lesson: thirteen steps forward and back.
start
await 'step=0 stop=0 '
shot opening
for stop in $(seq 13); do
    press Right "stop=$stop "
    case $stop in 2 | 5 | 8 | 13) shot "stop-$stop" ;; esac
done
other opening stop-2 && other stop-2 stop-5 && other stop-5 stop-8 && other stop-8 stop-13
for stop in $(seq 12 -1 0); do press Left "stop=$stop "; done
shot opening-again
[ "$(printf '%.0f' "$(differ opening opening-again)")" -lt 200 ] || fail "the way back leads elsewhere"

# Playing moves by itself.
press space 'playing=true'
await 'stop=2 '
press space 'playing=false'

# Colours, layouts, sizes, sheets.
press End 'stop=13 '
press t 'theme=dark'
shot dark
other stop-13 dark 100000
press 2 'layout=Timeline'
shot timeline
other dark timeline
press 3 'layout=Numbers'
shot numbers
other timeline numbers
press question 'dialog=Some\(Sheet\)'
shot sheet
press Escape 'dialog=None'
press ctrl+k 'dialog=Some\(Palette\)'
xdotool type --delay 60 'lesson lay'
shot palette
press Return 'dialog=None'
xdotool windowsize "$window" 1850 1000
await 'size=1850x1000'
shot large
xdotool windowsize "$window" 400 300
await 'size=400x300'
shot small
quit

# Two runs at one cursor, and a difference to go to.
start view scenarios/lesson/wait_two.json --compare scenarios/lesson/wait_one.json --at 2.5s
await 'time=2500000000 .*compared=true'
shot compared
press n 'time=0 .*compared=true'
quit

# What is wrong in a file is shown in the window.
sed 's/"cluster"/"clutser"/' scenarios/lesson/drawings.json > "$work/wrong.json"
start view "$work/wrong.json"
await trouble
shot trouble
quit

echo "smoke: the window opens, steps forward and back, and changes as it should"
