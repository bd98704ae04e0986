//! The panels, one file each. A panel is a function of a `Look` that pushes commands.

pub mod chip;
pub mod events;
pub mod fields;
pub mod graph;
pub mod inspector;
pub mod link;
pub mod numbers;
pub mod plots;
pub mod program;
pub mod rows;
pub mod sentences;
pub mod tables;
pub mod timeline;
pub mod transport;
pub mod trays;
