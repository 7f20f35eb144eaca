"""The sound of Cuesmith: performances in, audio out."""
