//! Every command, and that no walk through a run leaves the folded state.

use super::*;
use crate::base::TaskId;
use crate::trace::fixture::{lesson, walk};
use PlaybackCommand::{
    Advance, First, JumpToStep, JumpToStop, JumpToTime, Last, NextOf, Play, PreviousOf, SetGrain,
    SetLoop, SetSpeed, StepBack, StepForward, Toggle,
};
use proptest::prelude::*;

fn seconds(seconds: u64) -> Span {
    Span::from_millis(seconds * 1_000)
}

fn steps(history: &History, grain: Grain) -> Vec<usize> {
    let mut playback = Playback::new(history);
    let mut seen = Vec::new();
    while playback.step() < history.len() {
        playback.update(history, StepForward(grain));
        seen.push(playback.step());
    }
    seen
}

#[test]
fn each_grain_reaches_the_end_and_comes_back_the_same_way() {
    let history = History::new(lesson());
    for grain in [Grain::Event, Grain::Instant] {
        let there = steps(&history, grain);
        let mut playback = Playback::new(&history);
        playback.update(&history, Last);
        let mut back = Vec::new();
        while playback.step() > 0 {
            back.push(playback.step());
            playback.update(&history, StepBack(grain));
        }
        back.reverse();
        assert_eq!(there, back, "{grain:?}");
    }
    assert_eq!(steps(&history, Grain::Event).len(), history.len());
    assert_eq!(steps(&history, Grain::Instant).len(), 4);
}

#[test]
fn thirteen_steps_tell_the_lesson_there_and_back() {
    let history = History::new(lesson());
    let mut playback = Playback::new(&history);
    assert_eq!(playback.stop(&history), None);
    for number in 0..13 {
        playback.update(&history, StepForward(Grain::Story));
        assert_eq!(playback.stop(&history), Some(number));
        assert_eq!(playback.step(), history.story()[number].step as usize);
    }
    assert_eq!(playback.step(), history.len());
    for number in (0..12).rev() {
        playback.update(&history, StepBack(Grain::Story));
        assert_eq!(playback.stop(&history), Some(number));
    }
    playback.update(&history, StepBack(Grain::Story));
    assert_eq!((playback.step(), playback.stop(&history)), (0, None));
}

#[test]
fn between_two_stops_a_step_back_goes_to_the_one_before() {
    let history = History::new(lesson());
    let mut playback = Playback::new(&history);
    let between = history.story()[3].step as usize + 1;
    playback.update(&history, JumpToStep(between));
    assert_eq!(playback.stop(&history), None);
    playback.update(&history, StepBack(Grain::Story));
    assert_eq!(playback.stop(&history), Some(3));
    playback.update(&history, JumpToStop(8));
    assert_eq!(playback.stop(&history), Some(8));
}

#[test]
fn time_plays_at_its_speed_and_stops_at_the_end() {
    let history = History::new(lesson());
    let mut playback = Playback::new(&history);
    playback.update(&history, SetGrain(Grain::Time(seconds(1))));
    playback.update(&history, SetSpeed(2.0));
    playback.update(&history, Advance(seconds(1)));
    assert_eq!(playback.clock(), Instant::ZERO, "it does not play yet");
    playback.update(&history, Play);
    playback.update(&history, Advance(Span::from_millis(750)));
    assert_eq!(playback.clock(), Instant::from_nanos(1_500_000_000));
    assert_eq!(playback.step(), history.step_at(Instant::ZERO));
    playback.update(&history, Advance(seconds(60)));
    assert_eq!((playback.step(), playback.clock()), (history.len(), history.end()));
    playback.update(&history, Advance(seconds(1)));
    assert!(!playback.is_playing());
    playback.update(&history, Play);
    assert_eq!((playback.step(), playback.is_playing()), (0, true));
}

#[test]
fn a_story_plays_one_stop_a_beat_and_can_loop() {
    let history = History::new(lesson());
    let mut playback = Playback::new(&history);
    playback.update(&history, Toggle);
    playback.update(&history, Advance(Span::from_millis(1_499)));
    assert_eq!(playback.step(), 0);
    assert!(playback.progress() > 0.99);
    playback.update(&history, Advance(Span::from_millis(1)));
    assert_eq!(playback.stop(&history), Some(0));
    playback.update(&history, SetLoop(true));
    playback.update(&history, Advance(seconds(600)));
    assert_eq!(playback.step(), history.len());
    playback.update(&history, Advance(seconds(0)));
    assert_eq!((playback.step(), playback.is_playing()), (0, true));
    playback.update(&history, StepForward(Grain::Event));
    assert!(!playback.is_playing(), "a step by hand ends playing");
}

#[test]
fn it_follows_one_task() {
    let history = History::new(lesson());
    let sum = Entity::Task(TaskId::new(2));
    let mut playback = Playback::new(&history);
    let mut seen = Vec::new();
    for _ in 0..9 {
        playback.update(&history, NextOf(sum));
        seen.push(playback.step());
    }
    seen.dedup();
    let whole: Vec<usize> = history.records_of(sum).iter().map(|n| *n as usize + 1).collect();
    assert_eq!(seen, whole);
    playback.update(&history, PreviousOf(sum));
    assert_eq!(playback.step(), whole[whole.len() - 2]);
}

#[test]
fn odd_commands_do_no_harm() {
    let history = History::new(lesson());
    let mut playback = Playback::new(&history);
    for command in [
        SetSpeed(f64::NAN),
        SetSpeed(-3.0),
        JumpToStep(usize::MAX),
        JumpToTime(Instant::NEVER),
        StepForward(Grain::Time(Span::MAX)),
        StepForward(Grain::Event),
        Play,
        SetSpeed(1e300),
        Advance(Span::MAX),
        First,
        StepBack(Grain::Event),
        StepBack(Grain::Instant),
        StepBack(Grain::Time(Span::MAX)),
    ] {
        playback.update(&history, command);
        assert_eq!(playback.state(), &history.state_at(playback.step()));
    }
    assert_eq!((playback.step(), playback.speed()), (0, FASTEST));
}

fn command() -> impl Strategy<Value = PlaybackCommand> {
    let grain = prop_oneof![
        Just(Grain::Story),
        Just(Grain::Event),
        Just(Grain::Instant),
        (0..9u64).prop_map(|nanos| Grain::Time(Span::from_nanos(nanos))),
    ];
    let task = (0..9u32).prop_map(|task| Entity::Task(TaskId::new(task)));
    prop_oneof![
        grain.clone().prop_map(StepForward),
        grain.clone().prop_map(StepBack),
        grain.prop_map(SetGrain),
        (0..400usize).prop_map(JumpToStep),
        (0..90u64).prop_map(|at| JumpToTime(Instant::from_nanos(at))),
        (0..3_000u64).prop_map(|real| Advance(Span::from_millis(real))),
        task.clone().prop_map(NextOf),
        task.prop_map(PreviousOf),
        Just(Toggle),
        Just(Last),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn wherever_it_goes_its_state_is_the_folded_one(
        seed: u64,
        commands in prop::collection::vec(command(), 1..60),
    ) {
        let history = History::with_stride(walk(seed, 600), 16);
        let mut playback = Playback::new(&history);
        for command in commands {
            playback.update(&history, command);
            prop_assert_eq!(playback.state(), &history.state_at(playback.step()));
        }
    }
}
