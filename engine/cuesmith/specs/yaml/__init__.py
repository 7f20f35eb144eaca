"""Read YAML files: values with positions, inheritance by `extends`, and every fault with its place and a suggestion."""
