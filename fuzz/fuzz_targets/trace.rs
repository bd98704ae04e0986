//! Any bytes as a trace: refused with a place, or read, folded, written and read again without a difference.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rayscope::chart;
use rayscope::replay::History;
use rayscope::trace;

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = trace::read(bytes, "fuzz.jsonl") else { return };
    let mut written = Vec::new();
    trace::write(&read, &mut written).expect("writing to memory does not fail");
    let again = trace::read(&written[..], "again.jsonl").expect("what was written can be read");
    assert_eq!(read, again);
    let history = History::new(read);
    for step in 0..=history.len() {
        chart::captions::story(&history, step);
    }
    chart::gantt(&history, 80);
});
