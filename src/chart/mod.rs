//! A run as pictures and sentences, in plain data: no colours of a terminal, no pixels of a window.

pub mod ascii;
pub mod axis;
pub mod captions;
pub mod curve;
pub mod functions;
pub mod geometry;
pub mod graph;
mod groups;
pub mod html;
mod leases;
pub mod paint;
pub mod png;
pub mod scene;
pub mod series;
pub mod story;
pub mod svg;
pub mod text;
pub mod theme;
pub mod timeline;
pub mod why;

pub use ascii::gantt;
pub use captions::short;
pub use story::{Caption, at as caption_at};
pub use why::why;
