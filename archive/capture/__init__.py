"""From bytes to an article: decoding, and the readers that recover structure. Knows no SQL."""
