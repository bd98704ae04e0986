//! The panels, one file each. A panel is a function of a `Look` that pushes commands.

pub mod link;
