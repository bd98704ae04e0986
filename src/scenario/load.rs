//! The one place that reads files: everything else takes text.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// There is none.
    Missing,
    /// It lies outside the folder that it has to be in.
    Outside,
    /// It has more bytes than that.
    TooLarge(u64),
    /// Anything else, in words: a folder, no permission.
    Unreadable(String),
}

/// Where the files come from that a scenario names.
pub trait Files {
    /// The bytes of a file beside the scenario; the path is relative and has no `..`.
    fn read(&self, relative: &str, most: u64) -> Result<Vec<u8>, FileProblem>;
}

/// No files at all: for text that stands alone.
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str, _: u64) -> Result<Vec<u8>, FileProblem> {
        Err(FileProblem::Missing)
    }
}

/// Files of one folder, and not beyond it.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder that `file` is in.
    pub fn of(file: &Path) -> Folder {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        Folder { path: parent.unwrap_or(Path::new(".")).to_owned() }
    }
}

impl Files for Folder {
    fn read(&self, relative: &str, most: u64) -> Result<Vec<u8>, FileProblem> {
        let folder = self.path.canonicalize().map_err(problem)?;
        // Links are followed first: what counts is where the file really is.
        let path = folder.join(relative).canonicalize().map_err(problem)?;
        if !path.starts_with(&folder) {
            return Err(FileProblem::Outside);
        }
        read_limited(&path, most)
    }
}

/// All files of the machine: for what the command line names.
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileProblem> {
        read_limited(Path::new(path), most)
    }
}

/// The bytes of a file, if they are not too many.
pub fn read_limited(path: &Path, most: u64) -> Result<Vec<u8>, FileProblem> {
    let facts = fs::metadata(path).map_err(problem)?;
    if facts.is_dir() {
        return Err(FileProblem::Unreadable("it is a folder".to_owned()));
    }
    if !facts.is_file() {
        // A pipe or a device could block or never end.
        return Err(FileProblem::Unreadable("it is not a plain file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(problem)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(problem)?;
    if bytes.len() as u64 > most { Err(FileProblem::TooLarge(most)) } else { Ok(bytes) }
}

fn problem(error: std::io::Error) -> FileProblem {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileProblem::Missing,
        std::io::ErrorKind::PermissionDenied => {
            FileProblem::Unreadable("permission is denied".to_owned())
        }
        _ => FileProblem::Unreadable(error.to_string()),
    }
}
