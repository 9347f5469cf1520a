"""``python -m archive`` and the console script ``archive``."""

from archive.cli import main

if __name__ == "__main__":
    main()
