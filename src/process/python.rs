//! The Python process (being written).
