//! A player for a finished run: where it stands, how it goes on, and every command that a person can give.
//!
//! It knows no window and no clock: whoever shows it says how much real time went by.

use crate::base::{Instant, Span};
use crate::replay::history::History;
use crate::replay::index::Entity;
use crate::state::State;

/// How far one step goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grain {
    /// To the next record that a teacher would draw.
    Story,
    /// One record.
    Event,
    /// All records of one instant.
    Instant,
    /// So much virtual time, whether something happens or not.
    Time(Span),
}

/// What a person asks for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PlaybackCommand {
    /// Go on by itself; from the end, begin anew.
    Play,
    /// Stand still.
    Pause,
    /// The other of the two.
    Toggle,
    /// One step on. A step by hand ends playing.
    StepForward(Grain),
    /// One step back.
    StepBack(Grain),
    /// Before the first record.
    First,
    /// After the last record.
    Last,
    /// So many records applied.
    JumpToStep(usize),
    /// Everything up to and including that time.
    JumpToTime(Instant),
    /// The next record that concerns it.
    NextOf(Entity),
    /// The one before.
    PreviousOf(Entity),
    /// Virtual seconds a real second, or steps a beat; held between a thousandth and a million.
    SetSpeed(f64),
    /// How far playing and the arrow keys step.
    SetGrain(Grain),
    /// At the end, begin anew instead of standing still.
    SetLoop(bool),
    /// So much real time went by.
    Advance(Span),
}

/// Real time for one step of a story or of events at speed 1: enough to read a caption.
const BEAT: Span = Span::from_millis(1_500);
const SLOWEST: f64 = 0.001;
const FASTEST: f64 = 1e6;

/// Where a person is in a history.
#[derive(Clone, Debug)]
pub struct Playback {
    step: usize,
    clock: Instant,
    state: State,
    playing: bool,
    speed: f64,
    grain: Grain,
    looping: bool,
    /// Real time since the last beat.
    held: Span,
}

impl Playback {
    /// At the beginning, standing still, in steps of the story.
    pub fn new(history: &History) -> Playback {
        Playback {
            step: 0,
            clock: Instant::ZERO,
            state: history.state_at(0),
            playing: false,
            speed: 1.0,
            grain: Grain::Story,
            looping: false,
            held: Span::ZERO,
        }
    }

    /// How many records are applied.
    pub fn step(&self) -> usize {
        self.step
    }

    /// The time shown: it moves on between records while time plays.
    pub fn clock(&self) -> Instant {
        self.clock
    }

    /// What is true at this step.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether it goes on by itself.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// See [`PlaybackCommand::SetSpeed`].
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// How far one step goes.
    pub fn grain(&self) -> Grain {
        self.grain
    }

    /// Whether it begins anew at the end.
    pub fn is_looping(&self) -> bool {
        self.looping
    }

    /// How much of the way to the next step is over, from 0 to 1: for movements between two steps.
    pub fn progress(&self) -> f64 {
        if let Grain::Time(_) = self.grain {
            return 0.0;
        }
        (self.held.as_nanos() as f64 / self.beat().as_nanos() as f64).min(1.0)
    }

    /// Carries out a command.
    pub fn update(&mut self, history: &History, command: PlaybackCommand) {
        match command {
            PlaybackCommand::Play => self.play(history),
            PlaybackCommand::Pause => self.playing = false,
            PlaybackCommand::Toggle if self.playing => self.playing = false,
            PlaybackCommand::Toggle => self.play(history),
            PlaybackCommand::StepForward(grain) => self.by_hand(history, grain, true),
            PlaybackCommand::StepBack(grain) => self.by_hand(history, grain, false),
            PlaybackCommand::First => self.go_to(history, 0),
            PlaybackCommand::Last => self.go_to(history, history.len()),
            PlaybackCommand::JumpToStep(step) => self.go_to(history, step),
            PlaybackCommand::JumpToTime(at) => self.go_to_time(history, at),
            PlaybackCommand::NextOf(entity) => {
                if let Some(step) = history.next_of(self.step, entity) {
                    self.go_to(history, step);
                }
            }
            PlaybackCommand::PreviousOf(entity) => {
                if let Some(step) = history.previous_of(self.step, entity) {
                    self.go_to(history, step);
                }
            }
            PlaybackCommand::SetSpeed(speed) if speed.is_finite() => {
                self.speed = speed.clamp(SLOWEST, FASTEST);
            }
            PlaybackCommand::SetSpeed(_) => {}
            PlaybackCommand::SetGrain(grain) => {
                self.grain = grain;
                self.held = Span::ZERO;
            }
            PlaybackCommand::SetLoop(looping) => self.looping = looping,
            PlaybackCommand::Advance(real) if self.playing => self.advance(history, real),
            PlaybackCommand::Advance(_) => {}
        }
    }

    fn play(&mut self, history: &History) {
        if self.is_at_end(history) {
            self.go_to(history, 0);
        }
        self.held = Span::ZERO;
        self.playing = true;
    }

    fn is_at_end(&self, history: &History) -> bool {
        self.step == history.len() && self.clock >= history.end()
    }

    fn by_hand(&mut self, history: &History, grain: Grain, forward: bool) {
        self.playing = false;
        if forward { self.forward(history, grain) } else { self.back(history, grain) }
    }

    fn forward(&mut self, history: &History, grain: Grain) {
        let last = history.len();
        let step = match grain {
            Grain::Story => history.next_story(self.step).unwrap_or(last),
            Grain::Event => self.step + 1,
            Grain::Instant => {
                let next = history.records().get(self.step);
                next.map_or(last, |record| history.step_at(record.at))
            }
            Grain::Time(span) => return self.go_to_time(history, self.clock + span),
        };
        self.go_to(history, step);
    }

    fn back(&mut self, history: &History, grain: Grain) {
        let step = match grain {
            Grain::Story => history.previous_story(self.step).unwrap_or(0),
            Grain::Event => self.step.saturating_sub(1),
            Grain::Instant => history.step_before(history.instant_of(self.step)),
            Grain::Time(span) if self.clock.as_nanos() <= span.as_nanos() => 0,
            Grain::Time(span) => {
                let earlier = self.clock.as_nanos() - span.as_nanos();
                return self.go_to_time(history, Instant::from_nanos(earlier));
            }
        };
        self.go_to(history, step);
    }

    fn go_to_time(&mut self, history: &History, at: Instant) {
        let at = at.min(history.end());
        self.go_to(history, history.step_at(at));
        self.clock = at;
    }

    fn go_to(&mut self, history: &History, step: usize) {
        let step = step.min(history.len());
        let ahead = step.checked_sub(self.step);
        match ahead {
            // One step forward is one apply; only a longer way is better begun at a checkpoint.
            Some(ahead) if ahead <= history.cost_of(step).max(1) => {
                history.advance(&mut self.state, self.step, step);
            }
            _ => self.state = history.state_at(step),
        }
        self.step = step;
        self.clock = history.instant_of(step);
        self.held = Span::ZERO;
    }

    fn beat(&self) -> Span {
        let nanos = BEAT.as_nanos() as f64 / self.speed;
        Span::from_nanos((nanos as u64).max(1))
    }

    fn advance(&mut self, history: &History, real: Span) {
        if self.is_at_end(history) {
            return self.at_end(history);
        }
        if let Grain::Time(_) = self.grain {
            let span = Span::from_nanos((real.as_nanos() as f64 * self.speed) as u64);
            return self.go_to_time(history, self.clock + span);
        }
        let (beat, held) = (self.beat(), self.held + real);
        let beats = held.as_nanos() / beat.as_nanos();
        // However long a frame took, it moves by a bounded number of steps.
        for _ in 0..beats.min(MOST_BEATS) {
            self.forward(history, self.grain);
        }
        self.held = Span::from_nanos(held.as_nanos() % beat.as_nanos());
    }

    fn at_end(&mut self, history: &History) {
        if self.looping {
            self.go_to(history, 0);
        } else {
            self.playing = false;
        }
    }
}

/// Steps in one frame at most.
const MOST_BEATS: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::TaskId;
    use crate::trace::fixture::{lesson, walk};
    use PlaybackCommand::{
        Advance, First, JumpToStep, JumpToTime, Last, NextOf, Play, PreviousOf, SetGrain, SetLoop,
        SetSpeed, StepBack, StepForward, Toggle,
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
        for grain in [Grain::Story, Grain::Event, Grain::Instant] {
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
        assert_eq!(Some(playback.step()), history.next_story(0));
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
}
