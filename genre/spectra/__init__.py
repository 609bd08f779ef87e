"""What a spectrogram tells: pitch classes, tempo, harmony and percussion.

In: samples or a spectrogram, as an array.  Out: arrays and numbers, as librosa has them.
Knows nothing of files, songs or genres.
"""
