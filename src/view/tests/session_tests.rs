//! What commands do to the session, without a frame being drawn.

use crate::cli::load::Choices;
use crate::view::command::{Command, Way};
use crate::view::dialogs::Dialog;
use crate::view::jobs::make;
use crate::view::session::cursor::follow;
use crate::view::session::{Errand, Order, Parting, Session, Source, Then};
use crate::view::tests::window::shipped;
use rayscope::base::TaskId;
use rayscope::replay::{Entity, Grain, Playback, PlaybackCommand};
use rayscope::trace::first_divergence;

fn source(name: &str) -> Source {
    Source::File(shipped(name), Choices::default())
}

/// Does what the session asks of others, at once.
fn settle(session: &mut Session) {
    loop {
        let errands = session.take_errands();
        if errands.is_empty() {
            return;
        }
        for errand in errands {
            match errand {
                Errand::Load(order) => session.arrived(order.id, make(&order.source)),
                Errand::Compare(id, here, there) => {
                    session.parted(id, &there, Parting::of(&here.history, &there.history));
                }
                Errand::Save(_) | Errand::Keep | Errand::FullScreen | Errand::Quit => {}
            }
        }
    }
}

fn with(name: &str) -> Session {
    let mut session = Session::default();
    session.order(source(name), Then::Show(None));
    settle(&mut session);
    session
}

fn load_of(session: &mut Session) -> Order {
    let loads = session.take_errands().into_iter().filter_map(|errand| match errand {
        Errand::Load(order) => Some(*order),
        _ => None,
    });
    loads.last().expect("something is to be read")
}

#[test]
fn equal_runs_are_followed_step_by_step_and_stop_by_stop() {
    let (one, other) = (make(&Source::Lesson).expect("runs"), make(&Source::Lesson).expect("runs"));
    let (led, history) = (&one.history, &other.history);
    let (mut leader, mut cursor) = (Playback::new(led), Playback::new(history));
    for grain in [Grain::Story, Grain::Event] {
        leader.update(led, PlaybackCommand::First);
        for _ in 0..=led.len() {
            follow(&mut cursor, history, &leader, led, None);
            let places = (cursor.step(), cursor.stop(history), leader.step(), leader.stop(led));
            assert_eq!((places.0, places.1), (places.2, places.3));
            assert_eq!(cursor.state(), leader.state());
            leader.update(led, PlaybackCommand::StepForward(grain));
        }
    }
}

#[test]
fn another_run_is_followed_by_time_and_never_ahead_of_it() {
    let runs =
        ["lesson/wait_two", "lesson/wait_one"].map(|name| make(&source(name)).expect("runs"));
    let (led, history) = (&runs[0].history, &runs[1].history);
    let part = first_divergence(led.trace(), history.trace()).map(|found| found.index);
    assert!(part.is_some_and(|part| part > 0), "they begin alike");
    let (mut leader, mut cursor) = (Playback::new(led), Playback::new(history));
    let mut before = 0;
    for step in 0..=led.len() {
        leader.update(led, PlaybackCommand::JumpToStep(step));
        follow(&mut cursor, history, &leader, led, part);
        assert!(cursor.step() >= before && cursor.clock() <= leader.clock(), "step {step}");
        before = cursor.step();
    }
    assert_eq!(cursor.step(), history.step_at(led.end()), "at the end all of that time is over");
    leader
        .update(led, PlaybackCommand::SetGrain(Grain::Time(rayscope::base::Span::from_millis(1))));
    leader.update(
        led,
        PlaybackCommand::JumpToTime(rayscope::base::Instant::from_nanos(5_500_000_000)),
    );
    follow(&mut cursor, history, &leader, led, part);
    assert_eq!(cursor.clock(), leader.clock(), "between two records time is the same");
}

#[test]
fn a_late_answer_changes_nothing() {
    let mut session = with("lesson/add_arrays");
    session.apply(Command::Open(shipped("lesson/wait_one")));
    let first = load_of(&mut session);
    session.apply(Command::Open(shipped("lesson/wait_two")));
    let second = load_of(&mut session);
    session.arrived(first.id, make(&first.source));
    assert_eq!(session.runs().len(), 1);
    session.arrived(second.id, make(&second.source));
    assert_eq!(session.look().expect("shown").run.title, "ray.wait, two at a time");
    session.apply(Command::OpenLesson);
    let third = load_of(&mut session);
    session.apply(Command::Cancel);
    session.arrived(third.id, make(&third.source));
    assert_eq!(session.runs().len(), 2);
}

#[test]
fn the_oldest_run_that_nobody_looks_at_goes() {
    let mut session = with("lesson/wait_two");
    session.order(source("lesson/wait_one"), Then::Compare);
    settle(&mut session);
    for _ in 0..20 {
        session.order(source("lesson/add_arrays"), Then::Show(None));
        settle(&mut session);
    }
    assert!(session.runs().len() <= 12);
    session.apply(Command::ShowRun(0));
    session.apply(Command::CompareWith(Some(1)));
    settle(&mut session);
    for _ in 0..20 {
        session.order(source("lesson/drawings"), Then::Again);
        settle(&mut session);
        let compared = session.compared().expect("still compared").shown.run;
        assert_eq!(session.runs()[compared].title, "add_arrays");
    }
    assert_eq!(session.look().expect("shown").run.title, "the thirteen drawings");
}

#[test]
fn showing_the_compared_run_changes_places() {
    let mut session = with("lesson/wait_two");
    session.order_after(source("lesson/wait_one"), Then::Compare);
    settle(&mut session);
    assert_eq!((session.shown().unwrap().run, session.compared().unwrap().shown.run), (0, 1));
    session.apply(Command::ShowRun(1));
    settle(&mut session);
    assert_eq!((session.shown().unwrap().run, session.compared().unwrap().shown.run), (1, 0));
    session.apply(Command::Compare);
    assert!(session.compared().is_none());
    session.apply(Command::NextDivergence);
    assert!(session.messages()[0].text.contains("Nothing is compared"));
}

#[test]
fn differences_are_gone_through_in_their_order_and_round_again() {
    let mut session = with("lesson/wait_two");
    let Source::File(file, _) = source("lesson/wait_two") else { return };
    let choices = Choices { policy: Some("spread".to_owned()), ..Choices::default() };
    session.order(Source::File(file, choices), Then::Compare);
    settle(&mut session);
    let mut steps = Vec::new();
    for _ in 0..40 {
        session.apply(Command::NextDivergence);
        steps.push(session.shown().unwrap().playback.step());
    }
    let round = steps.iter().skip(1).position(|step| *step == steps[0]).expect("round again") + 1;
    assert!(round > 1, "more than one task went elsewhere: {steps:?}");
    assert!(steps[..round].is_sorted(), "{steps:?}");
}

#[test]
fn what_was_selected_can_be_selected_again() {
    let mut session = with("lesson/add_arrays");
    let [a, b, c] = [0, 1, 2].map(|task| Some(Entity::Task(TaskId::new(task))));
    for task in [a, b, c] {
        session.apply(Command::Select(task));
    }
    let back = Command::SelectionHistory(Way::Back);
    session.apply(back.clone());
    assert_eq!(session.selection(), b);
    session.apply(Command::Select(None));
    session.apply(back.clone());
    assert_eq!(session.selection(), c, "from nothing, the last one");
    session.apply(back.clone());
    session.apply(back.clone());
    session.apply(back);
    assert_eq!(session.selection(), a);
    session.apply(Command::Select(c));
    session.apply(Command::SelectionHistory(Way::On));
    assert_eq!(session.selection(), c, "nothing comes after what is new");
}

#[test]
fn a_refused_change_is_told_where_it_was_made() {
    let mut session = with("lesson/add_arrays");
    session.apply(Command::Dialog(crate::view::command::Panel::Edit));
    let Some(Dialog::Edit(edit)) = &mut session.dialog else { panic!("it opens") };
    edit.choices_mut().latency = Some("soon".to_owned());
    session.apply(Command::RunAgain);
    settle(&mut session);
    assert!(session.trouble().is_none() && session.runs().len() == 1, "the last good run stays");
    let Some(Dialog::Edit(edit)) = &session.dialog else { panic!("it stays open") };
    assert!(edit.trouble().expect("refused").text.contains("--latency"));
}

#[test]
fn another_number_of_nodes_keeps_their_network_and_stores() {
    let mut session = with("lesson/add_arrays");
    let node = |session: &Session| {
        let look = session.look().expect("shown");
        let cluster = &look.run.history.trace().header.cluster;
        let first = cluster.nodes.iter().next().expect("a node").clone();
        (cluster.nodes.len(), first.latency, first.bandwidth, first.object_store_memory)
    };
    let (count, latency, bandwidth, store) = node(&session);
    session.apply(Command::Dialog(crate::view::command::Panel::Edit));
    let Some(Dialog::Edit(edit)) = &mut session.dialog else { panic!("it opens") };
    edit.choices_mut().cluster = Some("5x2".to_owned());
    session.apply(Command::RunAgain);
    settle(&mut session);
    assert_eq!((count, node(&session)), (3, (5, latency, bandwidth, store)));
    let Some(Dialog::Edit(edit)) = &mut session.dialog else { panic!("it stays open") };
    edit.choices_mut().bandwidth = Some("unlimited".to_owned());
    edit.choices_mut().latency = Some("1ms".to_owned());
    session.apply(Command::RunAgain);
    settle(&mut session);
    let changed = (5, rayscope::base::Span::from_millis(1), None, store);
    assert_eq!(node(&session), changed);
}

#[test]
fn pictures_are_written_with_the_moment_in_their_names() {
    let mut session = with("lesson/add_arrays");
    session.apply(Command::StepStory(Way::On));
    session.apply(Command::StepStory(Way::On));
    let folder = tempfile::tempdir().expect("a folder");
    use crate::view::command::Picture;
    for (format, name, begins) in [
        (Picture::Svg, "add_arrays-step-02-at-0.000s.svg", &b"<svg"[..]),
        (Picture::Png, "add_arrays-step-02-at-0.000s.png", &b"\x89PNG"[..]),
    ] {
        let file = crate::view::picture::save(&session, format, folder.path()).expect("written");
        assert_eq!(file.file_name().and_then(|name| name.to_str()), Some(name));
        assert!(std::fs::read(&file).expect("it is there").starts_with(begins));
    }
}

#[test]
fn odd_commands_do_no_harm() {
    let mut empty = Session::default();
    let mut full = with("lesson/add_arrays");
    for session in [&mut empty, &mut full] {
        for entry in crate::view::commands::TABLE {
            session.apply(entry.command.clone());
        }
        for command in [
            Command::ShowRun(99),
            Command::CompareWith(Some(0)),
            Command::CompareWith(Some(99)),
            Command::Select(Some(Entity::Task(TaskId::new(99)))),
            Command::StepOfSelection(Way::On),
            Command::Follow(Way::On),
            Command::Follow(Way::Back),
            Command::Dismiss(99),
            Command::Theme("no such theme"),
        ] {
            session.apply(command);
        }
        session.take_errands();
        assert!(session.theme().name == "lesson");
    }
}
