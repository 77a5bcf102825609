"""Files for other programs: pictures with metadata, PNG reading, exports, atomic writes, fingerprints of weights."""
