"""The pages: thin scripts that read widgets, call `genre` and draw."""
