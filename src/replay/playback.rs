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
    /// That stop of the story, counted from 0.
    JumpToStop(usize),
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
    /// How many stops of the story are passed; several can stand at one step.
    passed: usize,
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
            passed: 0,
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

    /// The stop of the story at which it stands; `None` before the first one and between two.
    pub fn stop(&self, history: &History) -> Option<usize> {
        let last = self.passed.checked_sub(1)?;
        (history.story().get(last)?.step as usize == self.step).then_some(last)
    }

    /// How many stops of the story are passed.
    pub fn stops_passed(&self) -> usize {
        self.passed
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
            PlaybackCommand::JumpToStop(stop) => self.go_to_stop(history, stop + 1),
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
            Grain::Story => return self.go_to_stop(history, self.passed + 1),
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
            Grain::Story => {
                let stands = self.stop(history).is_some();
                return self
                    .go_to_stop(history, self.passed - usize::from(stands && self.passed > 0));
            }
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

    /// Goes where `passed` stops are passed: to the last of them, or before the first record.
    fn go_to_stop(&mut self, history: &History, passed: usize) {
        let story = history.story();
        match passed.min(story.len()).checked_sub(1) {
            Some(_) if passed > story.len() => self.go_to(history, history.len()),
            Some(last) => {
                self.go_to(history, story[last].step as usize);
                self.passed = last + 1;
            }
            None => self.go_to(history, 0),
        }
    }

    fn go_to_time(&mut self, history: &History, at: Instant) {
        let at = at.min(history.end());
        self.go_to(history, history.step_at(at));
        self.clock = at;
    }

    fn go_to(&mut self, history: &History, step: usize) {
        let step = step.min(history.len());
        history.seek(&mut self.state, self.step, step);
        self.step = step;
        // Before the first record nothing is told yet, not even what will run.
        self.passed = if step == 0 { 0 } else { history.stops_passed(step) };
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
#[path = "playback_tests.rs"]
mod tests;
