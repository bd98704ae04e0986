//! Reads `captions`: what a scenario says at stops of the story in its own words.

use crate::model::Words;
use crate::scenario::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::read::range_of;
use jsonc_parser::ast::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Keys of a caption.
pub const CAPTION_KEYS: &[&str] = &["stop", "say", "why", "aside"];
/// Longer texts are no captions.
const MOST_CHARACTERS: usize = 400;
/// Nobody steps through more stops than this.
const MOST_STOPS: u64 = 100_000;

/// The captions in the order of their stops.
pub fn read_captions(r: &mut Reporter, value: &Value<'_>) -> Option<Vec<Words>> {
    let mut seen = BTreeSet::new();
    let mut captions = Vec::new();
    for value in r.list(value, "captions")? {
        let Some(fields) = r.fields(value, "a caption", CAPTION_KEYS) else { continue };
        let stop = fields.need(r, "stop");
        let number = stop.and_then(|v| r.whole(v, "the stop of a caption", (1, MOST_STOPS)));
        let mut words = |key| fields.get(key).and_then(|v| text(r, v));
        let (say, why, aside) = (words("say"), words("why"), words("aside"));
        let (Some(stop), Some(number)) = (stop, number) else { continue };
        if !seen.insert(number) {
            let message = format!("stop {number} has two captions");
            r.say(Code::DuplicateKey, range_of(stop), message);
        }
        captions.push(Words { stop: number as u32, say, why, aside });
    }
    captions.sort_by_key(|words| words.stop);
    Some(captions)
}

fn text(r: &mut Reporter, value: &Value<'_>) -> Option<Arc<str>> {
    let text = r.text(value, "a caption's text")?;
    if text.chars().count() > MOST_CHARACTERS {
        let message = format!("a caption has at most {MOST_CHARACTERS} characters");
        r.say(Code::TooLarge, range_of(value), message);
        return None;
    }
    Some(text.into())
}
