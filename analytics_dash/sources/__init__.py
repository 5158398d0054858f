"""One reader a feed: bytes in, typed rows and rejects out. Filled below."""
