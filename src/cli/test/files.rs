//! Golden records on the disk, beside their scenarios.

use rayscope::analysis::golden::Golden;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The file that `golden` belongs into.
pub fn place(scenario: &Path, golden: &Golden) -> PathBuf {
    scenario.with_extension(match golden {
        Golden::Log(_) => "golden.jsonl",
        Golden::Summary(_) => "golden.digest",
    })
}

/// Both files that a scenario's golden record may be in.
fn places(scenario: &Path) -> [PathBuf; 2] {
    ["golden.jsonl", "golden.digest"].map(|ending| scenario.with_extension(ending))
}

/// The golden record of a scenario: none, a good one, or what is wrong with it.
pub fn read(scenario: &Path) -> Option<Result<Golden, String>> {
    for (number, file) in places(scenario).into_iter().enumerate() {
        let name = file.display().to_string();
        match fs::read_to_string(&file) {
            Ok(text) if number == 0 => return Some(Golden::read_log(&text, &name)),
            Ok(text) => return Some(Golden::read_summary(&text, &name)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Some(Err(format!("{name}: {error}"))),
        }
    }
    None
}

/// Makes `golden` the record of a scenario, and the only one. It is written beside and then moved, so that nobody
/// ever finds half of one.
pub fn write(scenario: &Path, golden: &Golden) -> io::Result<()> {
    let file = place(scenario, golden);
    let mut text = Vec::new();
    golden.write(&mut text)?;
    let draft = scenario.with_extension("golden.draft");
    fs::write(&draft, text)?;
    fs::rename(&draft, &file)?;
    for other in places(scenario) {
        if other != file && other.is_file() {
            fs::remove_file(other)?;
        }
    }
    Ok(())
}
