"""`python -m cuesmith`: the same as the command `cuesmith`."""

from cuesmith.cli import main

if __name__ == "__main__":
    main()
