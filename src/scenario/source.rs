//! The text of other files that a scenario names, or why there is none.

use crate::scenario::code::Code;
use crate::scenario::diagnostic::{Reporter, Source};
use crate::scenario::load::{FileProblem, Files};
use crate::scenario::read::range_of;
use jsonc_parser::ast::Value;
use std::ops::Range;
use std::sync::Arc;

/// The file that a value names, which must lie in the scenario's folder.
pub fn open(
    r: &mut Reporter,
    files: &dyn Files,
    value: &Value<'_>,
    most: u64,
) -> Option<Arc<Source>> {
    let path = r.name(value, "a path")?;
    let range = range_of(value);
    if leaves(r, path, range.clone()) {
        return None;
    }
    to_source(r, files.read(path, most), range, path)
}

/// Whether the path leads out of the scenario's folder, which is then reported.
pub fn leaves(r: &mut Reporter, path: &str, range: Range<usize>) -> bool {
    let leaves = path.starts_with('/')
        || path.contains(['\\', ':', '\0'])
        || path.split('/').any(|part| part == "..");
    if leaves {
        let message = format!("`{path}` leads out of the scenario's folder");
        let help = "name a file beside the scenario or in a folder below, with `/` between";
        r.advise(Code::OutsideFolder, range, message, help);
    }
    leaves
}

/// Text from bytes; what is wrong with the file is reported at `range`, what is wrong in it inside.
pub fn to_source(
    r: &mut Reporter,
    bytes: Result<Vec<u8>, FileProblem>,
    range: Range<usize>,
    name: &str,
) -> Option<Arc<Source>> {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(problem) => {
            let (code, message) = match problem {
                FileProblem::Missing => (Code::FileMissing, format!("there is no file `{name}`")),
                FileProblem::Outside => {
                    let message =
                        format!("`{name}` is a link that leads out of the scenario's folder");
                    (Code::OutsideFolder, message)
                }
                FileProblem::TooLarge(most) => {
                    (Code::FileTooLarge, format!("`{name}` has more than {most} bytes"))
                }
                FileProblem::Unreadable(why) => {
                    (Code::FileUnreadable, format!("`{name}` cannot be read: {why}"))
                }
            };
            r.say(code, range, message);
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source::new(name, &text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let help = match bytes[..] {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16: save it as UTF-8",
                _ => "save it as UTF-8",
            };
            let text = format!("{}\u{fffd}", String::from_utf8_lossy(&bytes[..good]));
            // The source loses its byte order mark, and so does the place.
            let source = Source::new(name, &text);
            let at = source.text.len() - '\u{fffd}'.len_utf8();
            let message = format!("`{name}` is not UTF-8 (byte {good})");
            let end = source.text.len();
            r.within(&source, |r| r.advise(Code::NotUtf8, at..end, message, help));
            None
        }
    }
}
