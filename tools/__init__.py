"""Scripts for maintainers: train and measure the model of melodic expectation."""
