//! The driver of a static graph (being written).
