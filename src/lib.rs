//! Rayscope: what would this Ray program do on that cluster, step by step, and why?
//!
//! The way of the data is one way: text becomes a [`model`] in [`scenario`], the [`engine`] runs the
//! model and leaves a [`trace`], and everything that people see is read from the trace by [`replay`],
//! [`analysis`] and [`chart`]. A module names only modules of a lower rank (see ARCHITECTURE.md).

pub mod analysis;
pub mod base;
pub mod chart;
pub mod engine;
pub mod model;
pub mod policy;
pub mod process;
pub mod replay;
pub mod scenario;
pub mod state;
pub mod trace;
