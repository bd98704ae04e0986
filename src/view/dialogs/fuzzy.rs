//! Finding by a few letters: `slp` finds "Save picture as PNG" less well than "sp" does.

/// How well `text` fits `query`: `None` if a letter of the query is missing or out of order. Letters in a row and
/// at the beginning of words count more.
pub fn fit(query: &str, text: &str) -> Option<i32> {
    let mut score = 0;
    let mut letters = text.char_indices().peekable();
    let mut before = ' ';
    let mut in_row = false;
    for wanted in query.chars().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()) {
        loop {
            let (at, letter) = letters.next()?;
            let starts_word = !before.is_alphanumeric();
            before = letter;
            if letter.to_lowercase().eq([wanted]) {
                score +=
                    1 + 6 * i32::from(starts_word) + 4 * i32::from(in_row) - (at as i32 / 8).min(4);
                in_row = true;
                break;
            }
            in_row = false;
        }
    }
    Some(score)
}

/// The positions in `texts` of those that fit, the best first; equals in their order.
pub fn best<'t>(query: &str, texts: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let mut found: Vec<(i32, usize)> =
        texts.enumerate().filter_map(|(at, text)| Some((-fit(query, text)?, at))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_it_comes_first_and_what_lacks_a_letter_does_not_come() {
        let texts = ["Reload", "Next theme", "Search…", "The end"];
        assert_eq!(best("the", texts.into_iter()), [3, 1]);
        assert_eq!(best("", texts.into_iter()), [0, 1, 2, 3]);
        assert_eq!(fit("xq", "Reload"), None);
        assert!(fit("nt", "Next theme") > fit("xt", "Next theme"));
    }

    #[test]
    fn letters_of_any_script_will_do() {
        assert!(fit("ö", "GRÖSSER").is_some() && fit("節", "節點").is_some());
        assert_eq!(fit(&"a".repeat(10_000), "a"), None);
    }
}
