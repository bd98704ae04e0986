//! Programs, run by an immediate executor.

mod api;
mod generators;
mod host;
mod lesson;
mod limits;
mod refused;
mod shapes;
