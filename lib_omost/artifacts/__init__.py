"""What leaves the program and comes back: picture records, PNG files, exports, atomic writes, fingerprints."""
