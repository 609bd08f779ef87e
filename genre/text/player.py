"""What the controls of the song player are called."""

WORDS = {
    "play": "Play",
    "pause": "Pause",
    "loop": "Repeat the stretch at the playhead",
    "loopStart": "Start of the repeated stretch",
    "loopEnd": "End of the repeated stretch",
    "speed": "Speed",
    "volume": "Volume",
    "position": "Position in the song",
    "lanes": "Over the time of the song",
    "timeline": "Genres over time",
    "tags": "Heard",
    "others": "All genres",
    "silent": "silent",
    "failed": "This browser cannot play the sound; the pictures can still be read.",
}
