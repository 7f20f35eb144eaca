"""What is fast and what is not, measured side by side: `python -m benchmarks`."""
