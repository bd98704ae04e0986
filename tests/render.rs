//! `rayscope render` as people use it: pictures, a page, what is refused, and exit codes.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used)]

#[path = "support/said.rs"]
mod said;

use said::Said;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const LESSON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/lesson/add_arrays.json");

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `rayscope render` of the lesson.
    fn render(&self, args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rayscope"));
        Said::by(command.args(["render", LESSON]).args(args).current_dir(self.folder.path()))
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Width and height, as the header of a PNG says them.
fn size_of_png(file: &Path) -> (u32, u32) {
    let bytes = fs::read(file).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

fn thirteen(ending: &str) -> Vec<String> {
    (1..=13).map(|number| format!("{number:02}.{ending}")).collect()
}

#[test]
fn the_story_is_thirteen_pictures() {
    let place = Place::new();
    let said = place.render(&["--story", "-o", "new/pictures"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(said.err.contains("13 files written to new/pictures"), "{}", said.err);
    assert_eq!(place.files("new/pictures"), thirteen("svg"));
    let mut seen = Vec::new();
    for name in place.files("new/pictures") {
        let text = fs::read_to_string(place.path("new/pictures").join(name)).unwrap();
        assert!(text.starts_with("<svg xmlns=") && text.ends_with("</svg>\n"));
        assert!(!seen.contains(&text), "each picture tells something else");
        seen.push(text);
    }
    let again = place.render(&["--story", "-o", "again"]);
    assert_eq!(again.code, 0);
    let bytes = |folder| fs::read(place.path(folder).join("08.svg")).unwrap();
    assert_eq!(bytes("new/pictures"), bytes("again"), "the same run is the same bytes");
}

#[test]
fn pngs_are_as_large_as_they_should_be() {
    let place = Place::new();
    let said = place.render(&["--steps", "2..3", "-f", "png", "-o", "pixels"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(place.files("pixels"), ["02.png", "03.png"]);
    let (w, h) = size_of_png(&place.path("pixels/02.png"));
    let said = place.render(&["--step", "2", "--scale", "1", "-o", "one.png"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(size_of_png(&place.path("one.png")), (w / 2, h / 2));
}

#[test]
fn a_page_has_every_step() {
    let place = Place::new();
    for args in [&["-o", "story.html"][..], &["--story", "-f", "html", "-o", "story.html"]] {
        let said = place.render(args);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.err.contains("1 file written: story.html"), "{}", said.err);
        let html = fs::read_to_string(place.path("story.html")).unwrap();
        assert_eq!(html.matches("<svg").count(), 13);
        assert!(html.contains("The ids are returned immediately"));
        fs::remove_file(place.path("story.html")).unwrap();
    }
    let said = place.render(&["--story", "-f", "html"]);
    assert!(said.code == 0 && said.out.starts_with("<!doctype html>"), "{}", said.err);
}

#[test]
fn one_moment_goes_to_stdout() {
    let place = Place::new();
    let last = place.render(&[]);
    assert!(last.code == 0 && last.out.starts_with("<svg"), "{}", last.err);
    assert_eq!(last.out, place.render(&["--step", "13"]).out);
    let start = place.render(&["--at", "0s"]).out;
    let middle = place.render(&["--at", "2.5s"]).out;
    assert!(start.starts_with("<svg") && start != middle);
    assert_eq!(place.render(&["--at", "1000s"]).code, 0, "after the end is the end");
    let dark = place.render(&["--at", "2.5s", "--theme", "dark"]).out;
    assert!(dark.contains("#16191d") && !middle.contains("#16191d"));
}

#[test]
fn a_run_is_also_a_chart_over_time() {
    let place = Place::new();
    let said = place.render(&["--gantt"]);
    assert!(said.code == 0 && said.out.starts_with("<svg"), "{}", said.err);
    assert!(said.out.contains("make_array#1") && said.out.contains("<title>add_arrays</title>"));
    let said = place.render(&["--gantt", "-o", "gantt.png"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(size_of_png(&place.path("gantt.png")).0, 2_560);
}

#[test]
fn the_task_graph_is_a_picture_too() {
    let said = Place::new().render(&["--graph"]);
    assert!(said.code == 0 && said.out.starts_with("<svg"), "{}", said.err);
    assert!(said.out.contains(">add_arrays</text>") && said.out.contains(">id3</text>"));
}

#[test]
fn what_cannot_be_done_is_bad_usage() {
    let place = Place::new();
    for (args, word) in [
        (&["--story"][..], "-o FOLDER"),
        (&["--story", "-f", "png"], "-o FOLDER"),
        (&["--story", "-o", "story.svg"], "-o FOLDER"),
        (&["--step", "2", "-f", "png"], "-o FILE.png"),
        (&["--step", "2", "-o", "picture"], ".svg, .png or .html"),
        (&["--step", "0"], "the first stop is 1"),
        (&["--step", "2", "--at", "1s"], "--at"),
        (&["--step", "2", "--steps", "1..2"], "--steps"),
        (&["--gantt", "-o", "x.html"], ".svg or .png"),
        (&["--gantt", "--steps", "1..2"], "--steps"),
        (&["--gantt", "--story"], "--story"),
        (&["--gantt", "--graph"], "--graph"),
        (&["--graph", "-o", "x.html"], ".svg or .png"),
        (&["--steps", "7..3", "-o", "x"], "3..7"),
        (&["--steps", "0..3", "-o", "x"], "3..7"),
        (&["--steps", "some", "-o", "x"], "3..7"),
        (&["--at", "soon"], "--at"),
        (&["--theme", "pink"], "lesson, dark, contrast"),
        (&["--scale", "2"], "PNG"),
        (&["--scale", "nan", "-o", "x.png"], "above 0"),
        (&["--scale", "1e9", "-o", "x.png"], "pixels"),
        (&["--json"], "-o OUT"),
    ] {
        let said = place.render(args);
        let text = format!("{}{}", said.out, said.err);
        assert_eq!(said.code, 2, "{args:?}: {text}");
        assert!(text.contains(word), "{args:?}: {text}");
    }
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn stops_that_are_not_there_match_nothing() {
    let place = Place::new();
    for args in [&["--step", "14"][..], &["--steps", "14..20", "-o", "x"]] {
        let said = place.render(args);
        assert_eq!(said.code, 4, "{args:?}: {}", said.err);
        assert!(said.err.contains("its stops are 1 to 13"), "{}", said.err);
    }
    let said = place.render(&["--steps", "12..", "-o", "x"]);
    assert_eq!((said.code, place.files("x")), (0, vec!["12.svg".into(), "13.svg".into()]));
}

#[test]
fn json_lists_the_files() {
    let place = Place::new();
    let said = place.render(&["--story", "-o", "pictures", "--json"]);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(value["stops"], 13);
    assert_eq!(value["files"].as_array().unwrap().len(), 13);
    assert_eq!(value["files"][4], "pictures/05.svg");
    assert!(said.err.is_empty(), "{}", said.err);
}

#[test]
fn a_place_that_cannot_be_written_is_bad_input() {
    let place = Place::new();
    fs::write(place.path("file"), "").unwrap();
    for args in [&["--story", "-o", "file/pictures"][..], &["-o", "file/story.html"]] {
        let said = place.render(args);
        assert_eq!(said.code, 3, "{args:?}: {}", said.err);
        assert!(said.err.contains("cannot be written"), "{}", said.err);
    }
}

#[test]
fn a_long_story_is_cut_unless_it_says_where() {
    let place = Place::new();
    let tasks: Vec<String> = (0..300)
        .map(|n| match n {
            0 => r#"{ "name": "t0", "duration": "1s" }"#.to_owned(),
            _ => format!(r#"{{ "name": "t{n}", "duration": "1s", "inputs": ["t{}"] }}"#, n - 1),
        })
        .collect();
    let scenario = format!(
        r#"{{ "version": 1, "cluster": {{ "nodes": [{{ "count": 1, "resources": {{ "CPU": 1 }} }}] }}, "tasks": [{}] }}"#,
        tasks.join(",")
    );
    fs::write(place.path("long.json"), scenario).unwrap();
    let render = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rayscope"));
        command.args(["render", "long.json"]).args(args).current_dir(place.folder.path());
        command.output().unwrap()
    };
    let output = render(&["--story", "-o", "all"]);
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && err.contains("the first 400 are drawn"), "{err}");
    let files = place.files("all");
    assert_eq!((files.len(), files[0].as_str()), (400, "001.svg"));
    assert!(render(&["--steps", "401..402", "-o", "more"]).status.success());
    assert_eq!(place.files("more"), ["401.svg", "402.svg"]);
}
