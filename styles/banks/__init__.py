"""Tables shared by all styles: YAML only."""
