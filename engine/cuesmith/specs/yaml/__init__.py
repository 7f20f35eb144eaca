"""Reading YAML: positions, extends, every fault with its place and a guess."""
