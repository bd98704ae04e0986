//! A line on stderr whenever something changes, when `RAYSCOPE_LOG` is set: for scripts that wait for it.

use crate::cli::output::say_to_stderr;
use crate::view::session::Session;
use bevy::prelude::{Local, Res, Single, Window, With};
use bevy::window::PrimaryWindow;

/// Says what changed since the last frame.
pub fn report(
    session: Res<Session>,
    window: Option<Single<&Window, With<PrimaryWindow>>>,
    mut last: Local<String>,
    mut on: Local<Option<bool>>,
) {
    if !*on.get_or_insert_with(|| std::env::var_os("RAYSCOPE_LOG").is_some()) {
        return;
    }
    let size = window.map(|window| window.physical_size()).unwrap_or_default();
    let line = format!("{} size={}x{}", state(&session), size.x, size.y);
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
    let layout = session.settings.preset;
    format!(
        "{page} selection={selection:?} dialog={dialog:?} compared={compared} theme={theme} \
         layout={layout:?}"
    )
}
