//! Full stores in words: captions, explanations and the event list say them alike.

use crate::state::Event;
use crate::trace::Names;

/// What happened between a store and its node's disk, in a sentence without a capital; `None` for everything else.
pub fn sentence(event: &Event, names: &Names) -> Option<String> {
    Some(match event {
        Event::SpillStarted { node, objects, bytes } => {
            let what = Names::batch(*objects, *bytes);
            format!("{} begins to spill {what} to its disk", names.node(*node))
        }
        Event::ObjectSpilled { object, node } => {
            let (object, node) = (names.token(*object), names.node(*node));
            format!("{object} is on the disk of {node}: its copy in the store may go")
        }
        Event::FallbackAllocated { object, node } => {
            let (object, node) = (names.token(*object), names.node(*node));
            format!("{object} gets a file on {node}: nothing in the store can make room")
        }
        Event::TransferStarted { transfer: _, object, from, to } if from == to => {
            let (object, node) = (names.token(*object), names.node(*to));
            format!("{object} is restored from the disk of {node}")
        }
        _ => return None,
    })
}
