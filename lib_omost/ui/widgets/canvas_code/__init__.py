"""The reply as Canvas code in a box, and the notes about what was corrected in it."""
