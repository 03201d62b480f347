"""The public Python API: what another app may ask of camket. `local` works in the same process."""
