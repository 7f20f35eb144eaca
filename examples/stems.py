"""Sound for a game: a seamless loop, mastered, and its stems to fade in and out while the game runs."""

import cuesmith
import cuesmith_render

# An ambient cue ends as a loop: what rings on after the last bar line is mixed into the beginning.
cue = cuesmith.compose(style="ambient-scifi", type="ambient", seconds=24, seed=9)

try:
    audio = cuesmith_render.render(cue, lufs=-18)  # loudness of the whole, in LUFS; -16 if you leave it out
except cuesmith.ComponentError as missing:  # no FluidSynth or no soundfont: the message says what to install
    raise SystemExit(str(missing)) from None

audio.save("deck.flac")  # .wav, .flac or .ogg
paths = audio.save_stems("stems", stem_name_prefix="deck-")  # WAV, 24 bits, all of one length; their sum is the mix

print(
    f"{cue.title}: {audio.length_sec:g} s, loop: {audio.loop}, {audio.report.lufs:.1f} LUFS, {audio.report.soundfont}"
)
for name, path in zip(audio.stems, paths, strict=True):
    peak = abs(audio.stems[name]).max()  # (2, frames) float32, full scale 1
    print(f"  {path.name:24} peak {peak:.2f}")

# In the game start all stems at the same sample and change only their volumes: exploring, danger, fight.
# For five versions of a cue with more and more players, see `levels: true` in docs/feelings.md.
