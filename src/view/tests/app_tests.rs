//! The app as a person uses it, without a screen.

use crate::cli::load::Choices;
use crate::view::session::Source;
use crate::view::settings::Settings;
use crate::view::tests::window::{Seen, shipped};
use crate::view::tiles::{self, Pane, Preset};
use crate::view::window::Start;
use rayscope::base::TaskId;
use rayscope::replay::Entity;
use std::fs;

fn open(name: &str) -> Start {
    Start::with(Source::File(shipped(name), Choices::default()))
}

fn step(seen: &Seen) -> usize {
    seen.session().shown().expect("a run is shown").playback.step()
}

#[test]
fn thirteen_presses_tell_the_lesson_and_thirteen_take_it_back() {
    let mut seen = Seen::new(Start::lesson());
    assert!(seen.state().starts_with("run=\"add_arrays\" step=0 stop=0"), "{}", seen.state());
    let mut there = Vec::new();
    for press in 1..=13 {
        there.push((seen.stop(), step(&seen)));
        seen.key("Right");
        assert_eq!(seen.stop(), press);
    }
    let end = seen.session().look().expect("shown").run.history.len();
    assert_eq!((seen.stop(), step(&seen)), (13, end), "the last stop is the end of the run");
    for before in there.into_iter().rev() {
        seen.key("Left");
        assert_eq!((seen.stop(), step(&seen)), before);
    }
    assert_eq!((seen.stop(), step(&seen)), (0, 0), "the opening again");
}

#[test]
fn every_way_of_stepping_has_its_key() {
    let mut seen = Seen::new(Start::lesson());
    seen.keys(&["PageDown", "PageDown", "PageDown", "."]);
    assert_eq!(seen.stop(), 4);
    seen.keys(&["PageUp", ","]);
    assert_eq!(seen.stop(), 2);
    seen.keys(&["Home", "Ctrl+Right", "Ctrl+Right", "Ctrl+Right", "Ctrl+Left"]);
    assert_eq!(step(&seen), 2);
    seen.key("Shift+Right");
    assert!(seen.state().contains("time=1000000000 "), "{}", seen.state());
    seen.keys(&["Shift+Right", "Shift+Right", "Shift+Left"]);
    assert!(seen.state().contains("time=2000000000 "), "{}", seen.state());
    seen.keys(&["End", "G", "Left"]);
    let end = seen.session().look().expect("shown").run.history.len();
    assert_eq!(step(&seen), end - 1, "the grain is the event now");
}

#[test]
fn space_plays_and_pauses_and_plus_makes_it_faster() {
    let mut seen = Seen::new(Start::lesson());
    seen.keys(&["+", "+", "+", "Space"]);
    assert!(seen.state().contains("playing=true"));
    seen.frames(12);
    assert!(
        seen.stop() >= 1,
        "at eight times the speed a stop takes 0.19 s, ten frames: {}",
        seen.state()
    );
    seen.key("Space");
    assert!(seen.state().contains("playing=false"));
    let stood = seen.stop();
    seen.frames(50);
    assert_eq!(seen.stop(), stood);
}

#[test]
fn what_is_typed_into_a_field_steps_nothing() {
    let mut seen = Seen::new(Start::lesson());
    seen.keys(&["Right", "Right", "Ctrl+K"]);
    seen.write("gt1 .");
    seen.keys(&["Left", "Right", "Home", "Space"]);
    assert_eq!(seen.stop(), 2, "{}", seen.state());
    assert!(seen.state().contains("dialog=Some(Palette)") && seen.state().contains("theme=lesson"));
    seen.key("Esc");
    assert!(seen.state().contains("dialog=None"));
    seen.key("Right");
    assert_eq!(seen.stop(), 3);
}

#[test]
fn the_palette_finds_and_does() {
    let mut seen = Seen::new(Start::lesson());
    seen.key("Ctrl+P");
    seen.write("to the end");
    seen.key("Enter");
    assert!(seen.state().contains("dialog=None"), "{}", seen.state());
    assert_eq!(seen.stop(), 13);
    seen.key("Ctrl+K");
    seen.write("theme: ");
    seen.keys(&["Down", "Enter"]);
    assert!(!seen.state().contains("theme=lesson"), "the second theme: {}", seen.state());
}

#[test]
fn search_selects_and_goes_there() {
    let mut seen = Seen::new(Start::lesson());
    seen.key("/");
    seen.write("add_arrays");
    seen.key("Enter");
    assert_eq!(seen.session().selection(), Some(Entity::Task(TaskId::new(2))));
    let first = step(&seen);
    assert!(first > 0);
    seen.key(".");
    assert!(step(&seen) > first, "the next record of the selection");
    seen.key(",");
    assert_eq!(step(&seen), first);
    seen.key("Esc");
    assert_eq!(seen.session().selection(), None);
}

#[test]
fn the_selection_walks_by_keys_alone() {
    let mut seen = Seen::new(Start::lesson());
    seen.keys(&["End", "Alt+Down", "Alt+Down", "Alt+Right"]);
    let on_node_1 = seen.session().selection();
    assert!(matches!(on_node_1, Some(Entity::Worker(_))), "{on_node_1:?}");
    seen.key("Alt+Left");
    assert_eq!(seen.session().selection(), Some(Entity::Node(rayscope::base::NodeId::new(1))));
    seen.keys(&["/"]);
    seen.write("add_arrays");
    seen.keys(&["Enter", "["]);
    assert_eq!(
        seen.session().selection(),
        Some(Entity::Task(TaskId::new(0))),
        "its first argument's maker"
    );
    seen.key("]");
    assert_eq!(seen.session().selection(), Some(Entity::Task(TaskId::new(2))));
    seen.keys(&["Ctrl+Shift+Left", "Ctrl+Shift+Left"]);
    assert_eq!(seen.session().selection(), Some(Entity::Task(TaskId::new(2))));
    seen.key("Ctrl+Shift+Right");
    assert_eq!(seen.session().selection(), Some(Entity::Task(TaskId::new(0))));
}

#[test]
fn the_mouse_does_it_too() {
    let mut seen = Seen::new(Start::lesson());
    seen.click("One step on (→)");
    seen.click("One step on (→)");
    assert_eq!(seen.stop(), 2);
    seen.click("View");
    assert!(seen.has("Next theme"));
    seen.click("Next theme T");
    assert!(!seen.state().contains("theme=lesson"), "{}", seen.state());
}

#[test]
fn a_scenario_with_mistakes_opens_with_them_and_is_mended_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("wrong.json");
    let right = fs::read_to_string(shipped("lesson/drawings")).expect("a shipped scenario");
    fs::write(&file, right.replacen("\"cluster\"", "\"clutser\"", 1)).expect("written");
    let mut seen = Seen::new(Start::with(Source::File(file, Choices::default())));
    assert!(seen.state().starts_with("trouble"), "{}", seen.state());
    let trouble = seen.session().trouble().expect("it is wrong").clone();
    assert!(trouble.text.contains("did you mean `cluster`"), "{}", trouble.text);
    assert!(seen.has("did you mean `cluster`"));
    seen.click("Change it here…");
    assert!(seen.state().contains("dialog=Some(Edit)"), "{}", seen.state());
    seen.keys(&["Ctrl+R"]);
    seen.wait();
    assert!(seen.state().starts_with("trouble"), "nothing was changed yet");
    if let Some(crate::view::dialogs::Dialog::Edit(edit)) = &mut seen.session_mut().dialog {
        edit.set_text(right);
    }
    seen.keys(&["Ctrl+R"]);
    seen.wait();
    assert!(seen.state().starts_with("run=\"the thirteen drawings\""), "{}", seen.state());
}

#[test]
fn a_trace_of_another_version_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("old.jsonl");
    fs::write(&file, "{\"rayscope\":{\"trace\":99}}\n").expect("written");
    let mut seen = Seen::new(Start::lesson());
    seen.drop_file(&file);
    let trouble = seen.session().trouble().expect("it is wrong").text.clone();
    assert!(trouble.contains("old.jsonl:1"), "{trouble}");
    seen.click("Back");
    assert!(seen.state().starts_with("run=\"add_arrays\""), "the last good run stays");
}

#[test]
fn dropped_files_open_at_their_beginning() {
    let mut seen = Seen::new(Start::lesson());
    seen.keys(&["End"]);
    seen.drop_file(&shipped("lesson/wait_one"));
    assert!(seen.state().starts_with("run=\"ray.wait, one at a time\" step=0"), "{}", seen.state());
    assert_eq!(seen.session().runs().len(), 2);
}

#[test]
fn a_change_keeps_the_cursor_at_its_time_and_the_earlier_run() {
    let mut seen = Seen::new(open("lesson/wait_two"));
    seen.keys(&["Shift+Right", "Shift+Right", "Shift+Right"]);
    assert!(seen.state().contains("time=3000000000 "), "{}", seen.state());
    seen.key("Ctrl+E");
    if let Some(crate::view::dialogs::Dialog::Edit(edit)) = &mut seen.session_mut().dialog {
        edit.choices_mut().cluster = Some("1x1".to_owned());
    }
    seen.key("Ctrl+R");
    seen.wait();
    assert_eq!(seen.session().runs().len(), 2);
    assert!(
        seen.state().contains("1x1") && seen.state().contains("time=3000000000 "),
        "{}",
        seen.state()
    );
    seen.keys(&["C"]);
    assert!(seen.state().contains("compared=true"));
    let compared = seen.session().compared().expect("compared");
    assert_eq!(compared.shown.run, 0);
    assert_eq!(compared.shown.playback.clock().as_nanos(), 3_000_000_000);
    seen.keys(&["N"]);
    assert!(seen.has("They part at"), "{:?}", seen.labels());
    seen.keys(&["C"]);
    assert!(seen.state().contains("compared=false"));
}

#[test]
fn two_files_are_compared_at_one_cursor() {
    let mut start = open("lesson/wait_two");
    start.compare = Some((shipped("lesson/wait_one"), Choices::default()));
    let mut seen = Seen::new(start);
    assert!(seen.state().contains("compared=true"), "{}", seen.state());
    for _ in 0..8 {
        seen.key("Right");
        let session = seen.session();
        let (left, right) =
            (session.shown().expect("shown"), session.compared().expect("compared"));
        let clocks = (left.playback.clock(), right.shown.playback.clock());
        assert!(clocks.1 <= clocks.0, "{clocks:?}");
    }
    seen.key("N");
    assert!(seen.has("ray.wait, one at a time"));
}

#[test]
fn a_small_window_works() {
    let mut seen = Seen::sized(open("lesson/wait_two"), 400, 300);
    seen.keys(&[
        "Right", "Right", "?", "Esc", "Ctrl+K", "Esc", "/", "Esc", "Ctrl+O", "Esc", "Ctrl+E", "Esc",
    ]);
    assert_eq!(seen.stop(), 2, "{}", seen.state());
    assert!(seen.has("Cluster"));
}

#[test]
fn layouts_themes_and_sizes_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kept/view.json");
    let mut seen = Seen::kept(Start::lesson(), 1280, 800, Settings::default(), Some(&file));
    seen.keys(&["3", "T", "Ctrl++", "M"]);
    let kept = Settings::load(&file).expect("it was kept");
    assert_eq!(kept.preset, Preset::Numbers);
    assert_eq!((kept.scale, kept.reduced_motion), (1.1, true));
    assert_ne!(kept.theme, "lesson");
    assert!(kept.tree == tiles::preset(Preset::Numbers));
    seen.keys(&["0", "1"]);
    assert!(tiles::is_open(&seen.session().settings.tree, Pane::Scene));
    fs::write(&file, "{\"scale\": \"large\"}").expect("written");
    assert!(Settings::load(&file).is_err_and(|error| error.contains("view.json")));
    fs::write(&file, "{\"scale\": 1e9, \"theme\": \"no such\"}").expect("written");
    assert_eq!(Settings::load(&file).expect("it can be read").scale, 3.0);
}

#[test]
fn odd_names_and_large_runs_are_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("odd.json");
    let long = "n".repeat(200);
    let text = format!(
        "{{\"version\": 1, \"name\": \"節點 {long}\", \"cluster\": \"60x4\", \"tasks\": [\
         {{\"name\": \"任務 {long}\", \"duration\": \"1s\", \"outputs\": [{{\"size\": \"1MB\"}}]}}]}}"
    );
    fs::write(&file, text).expect("written");
    let mut seen = Seen::new(Start::with(Source::File(file, Choices::default())));
    if let Some(trouble) = seen.session().trouble() {
        panic!("{}", trouble.text);
    }
    seen.keys(&["Right", "Right", "Right", "End", "2", "3", "1"]);
    assert!(seen.state().starts_with("run=\"節點"), "{}", seen.state());
}
