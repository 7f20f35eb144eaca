"""Everything that touches FluidSynth: binding, search, channels, events, synthesis, calibration."""
