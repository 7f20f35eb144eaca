"""What is run by hand, seldom: making the data that ships. Needs the dev dependencies."""
