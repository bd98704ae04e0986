//! Moving the cursor, and where it stands in another run: steps, stops and times.

use crate::view::command::Way;
use crate::view::panels::numbers::round_span;
use crate::view::session::Session;
use rayscope::base::{Instant, Span};
use rayscope::replay::{Grain, History, Playback, PlaybackCommand};

/// A run that is not much shorter and not much longer than this is stepped by seconds.
const SECOND: Span = Span::from_millis(1_000);

impl Session {
    /// Moves the cursor; a compared run follows.
    pub(super) fn play(&mut self, command: PlaybackCommand) {
        let Some(shown) = &mut self.shown else { return };
        shown.playback.update(&self.runs[shown.run].history, command);
        if let Some(compared) = &mut self.compared {
            let (here, there) = (&self.runs[shown.run], &self.runs[compared.shown.run]);
            let part = compared.parts_at();
            let other = &mut compared.shown.playback;
            follow(other, &there.history, &shown.playback, &here.history, part);
        }
    }

    pub(super) fn step(&mut self, way: Way) {
        if let Some(shown) = &self.shown {
            self.step_by(way, shown.playback.grain());
        }
    }

    pub(super) fn step_by(&mut self, way: Way, grain: Grain) {
        self.play(match way {
            Way::On => PlaybackCommand::StepForward(grain),
            Way::Back => PlaybackCommand::StepBack(grain),
        });
    }

    pub(super) fn step_time(&mut self, way: Way) {
        if let Some(shown) = &self.shown {
            let span = second_of(&self.runs[shown.run].history);
            self.step_by(way, Grain::Time(span));
        }
    }

    pub(super) fn step_of_selection(&mut self, way: Way) {
        let Some(entity) = self.selection() else { return self.step_by(way, Grain::Story) };
        self.play(match way {
            Way::On => PlaybackCommand::NextOf(entity),
            Way::Back => PlaybackCommand::PreviousOf(entity),
        });
    }

    pub(super) fn next_grain(&mut self) {
        let Some(shown) = &self.shown else { return };
        let next = match shown.playback.grain() {
            Grain::Story => Grain::Event,
            Grain::Event => Grain::Instant,
            Grain::Instant => Grain::Time(tick_of(&self.runs[shown.run].history)),
            Grain::Time(_) => Grain::Story,
        };
        self.play(PlaybackCommand::SetGrain(next));
    }
}

/// The grain of time that fits a run: a twentieth of it, rounded.
pub fn tick_of(history: &History) -> Span {
    round_span(Span::from_nanos(history.end().as_nanos() / 20))
}

/// A second, or a hundredth of a run in which a second is much or nothing.
fn second_of(history: &History) -> Span {
    let length = history.end().as_nanos();
    let second = SECOND.as_nanos();
    if (2 * second..=500 * second).contains(&length) {
        SECOND
    } else {
        round_span(Span::from_nanos(length / 100))
    }
}

/// Puts the cursor of one run where that of another stands. Up to record `part` the runs are equal, so the same
/// step means the same; after it the same time does, and within an instant as many of its records.
pub fn follow(
    cursor: &mut Playback,
    history: &History,
    leader: &Playback,
    led: &History,
    part: Option<usize>,
) {
    let step = leader.step();
    if part.is_none_or(|part| step <= part) && step <= history.len() {
        let stop = leader.stop(led);
        let same = stop.filter(|stop| history.story().get(*stop) == led.story().get(*stop));
        cursor.update(
            history,
            same.map_or(PlaybackCommand::JumpToStep(step), |stop| {
                PlaybackCommand::JumpToStop(stop)
            }),
        );
    } else if leader.clock() > led.instant_of(step) {
        // Time plays, and stands between two records.
        cursor.update(history, PlaybackCommand::JumpToTime(leader.clock()));
    } else {
        let step = step_within(history, led, leader.clock(), step);
        cursor.update(history, PlaybackCommand::JumpToStep(step));
    }
    cursor.update(history, PlaybackCommand::Pause);
}

/// The step of `history` that has applied as many records of the instant `at` as `step` has in `led`.
fn step_within(history: &History, led: &History, at: Instant, step: usize) -> usize {
    if step >= led.step_at(at) {
        return history.step_at(at);
    }
    let done = step.saturating_sub(led.step_before(at));
    (history.step_before(at) + done).min(history.step_at(at))
}
