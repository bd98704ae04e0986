//! The page of a story: every step is in it, nothing is fetched, and no name breaks out of its place.

use super::*;

const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 2\"></svg>\n";

fn page(short: &str, aside: Option<&str>) -> Page<'static> {
    let caption =
        Caption { short: short.into(), why: "Because.".into(), aside: aside.map(str::to_owned) };
    Page { svg: PICTURE, caption }
}

fn meta() -> Meta<'static> {
    Meta { title: "A & B", description: "3 nodes" }
}

#[test]
fn every_step_is_there_with_its_words() {
    let pages: Vec<Page> = (1..=13).map(|n| page(&format!("It did {n}"), None)).collect();
    let html = story(&pages, meta());
    for number in 1..=13 {
        assert!(html.contains(&format!("id=\"{number}\" aria-label=\"Step {number} of 13\"")));
        assert!(html.contains(&format!("<h2>It did {number}</h2>")));
    }
    assert_eq!(html.matches("<svg").count(), 13);
    assert!(html.contains("<title>A &amp; B</title>"));
    assert!(html.contains("step 1 of 13"));
    assert!(!html.contains("class=\"aside\""), "no empty note");
}

#[test]
fn nothing_is_fetched() {
    let html = story(&[page("a", Some("b"))], meta());
    let rest = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["http://", "https://", "//www", "@import", "src=\"", "<link"] {
        assert!(!rest.contains(outside), "{outside}");
    }
    assert!(rest.matches("url(").count() == rest.matches("url(data:font/").count());
}

#[test]
fn what_names_say_is_text() {
    let hostile = "</h2><script>alert(1)</script>\u{0}\u{1b}[31m\"'&amp;";
    let html =
        story(&[page(hostile, Some(hostile))], Meta { title: hostile, description: hostile });
    assert!(!html.contains("<script>alert"));
    assert_eq!(html.matches("&lt;script&gt;alert(1)&lt;/script&gt;").count(), 6);
    assert!(!html.contains(['\u{0}', '\u{1b}']));
}

#[test]
fn a_story_without_steps_is_a_page_too() {
    assert!(story(&[], meta()).ends_with("</html>\n"));
}

#[test]
fn base64_is_that_of_the_rfc() {
    let words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
    let coded = words.map(|word| base64(word.as_bytes()));
    assert_eq!(coded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
}
