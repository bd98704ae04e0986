//! A line on stderr whenever something changes, when `RAYSCOPE_LOG` is set: for scripts that wait for it.

use crate::cli::output::say_to_stderr;
use crate::view::session::Session;
use bevy::prelude::{Local, Res};

/// Says what changed since the last frame.
pub fn report(session: Res<Session>, mut last: Local<String>, mut on: Local<Option<bool>>) {
    if !*on.get_or_insert_with(|| std::env::var_os("RAYSCOPE_LOG").is_some()) {
        return;
    }
    let line = state(&session);
    if line != *last {
        say_to_stderr(&format!("rayscope: {line}"));
        *last = line;
    }
}

/// What the window shows, in one line: `run=add_arrays step=12 stop=4 time=0 playing=false ...`.
pub fn state(session: &Session) -> String {
    let dialog = session.dialog.as_ref().map(|dialog| dialog.panel());
    let theme = session.theme().name;
    let page = match (session.trouble(), session.look()) {
        (Some(_), _) => "trouble".to_owned(),
        (None, None) => "empty".to_owned(),
        (None, Some(look)) => {
            let history = &look.run.history;
            let stop = look.playback.stop(history).map_or(0, |stop| stop + 1);
            format!(
                "run={:?} step={} stop={stop} time={} playing={}",
                look.run.title,
                look.playback.step(),
                look.playback.clock().as_nanos(),
                look.playback.is_playing(),
            )
        }
    };
    let compared = session.compared().is_some();
    let selection = session.selection();
    format!("{page} selection={selection:?} dialog={dialog:?} compared={compared} theme={theme}")
}
