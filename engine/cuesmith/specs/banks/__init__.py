"""The banks: records for the rows of the tables under styles/banks, and their loader."""
