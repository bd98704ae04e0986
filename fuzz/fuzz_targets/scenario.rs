//! Any text is a scenario or gets an error, and never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rayscope::scenario::{LoadOptions, NoFiles, parse, parse_program};

fuzz_target!(|text: &str| {
    let options = LoadOptions { most_tasks: 10_000, most_nodes: 1_000, ..Default::default() };
    let (scenario, found) = parse(text, "fuzz.json", &NoFiles, &options);
    assert_eq!(scenario.is_some(), !found.has_errors());
    let (scenario, found) = parse_program(text, "fuzz.py", &options);
    assert_eq!(scenario.is_some(), !found.has_errors());
});
