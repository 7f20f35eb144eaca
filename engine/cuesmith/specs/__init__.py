"""What users write (styles, shows, banks, lists of hits and beats): record types, loaders, checks."""
