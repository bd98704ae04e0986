//! The picture of the moment as a file in the current folder.

use crate::view::command::Picture;
use crate::view::session::Session;
use std::path::PathBuf;

/// Writes it; the file's name says which run and when.
pub fn save(session: &Session, format: Picture) -> Result<PathBuf, String> {
    let look = session.look().ok_or("Nothing is shown.")?;
    let _ = (look, format);
    Err("This build cannot draw pictures yet.".to_owned())
}
