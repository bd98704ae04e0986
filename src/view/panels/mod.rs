//! The panels, one file each. A panel is a function of a `Look` that pushes commands.

pub mod chip;
pub mod fields;
pub mod inspector;
pub mod link;
pub mod numbers;
pub mod program;
pub mod rows;
pub mod sentences;
pub mod transport;
pub mod trays;
