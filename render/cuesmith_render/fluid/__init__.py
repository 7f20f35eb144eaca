"""FluidSynth: binding, discovery, calibration."""
