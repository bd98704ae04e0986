//! Any text is a workflow or gets an error; what is written from a workflow is a scenario.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rayscope::scenario::import::{Format, ImportOptions, parse, to_scenario_json};
use rayscope::scenario::{LoadOptions, NoFiles};

fuzz_target!(|text: &str| {
    let (imported, found) = parse(Format::WfFormat, text, "fuzz.json", ImportOptions::default());
    assert_eq!(imported.is_some(), !found.has_errors());
    if let Some(imported) = imported {
        let written = to_scenario_json(&imported);
        let options = LoadOptions::default();
        let (scenario, found) = rayscope::scenario::parse(&written, "out", &NoFiles, &options);
        assert!(scenario.is_some(), "{found}");
    }
});
