//! Signals, before the command is there to get them.

use std::process;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag::register_conditional_shutdown;

/// What shells add to a signal's number.
const ENDED: i32 = 128;

/// The first process of a container is not ended by a signal that it does not handle. The command has its signals as
/// without us, since a handler does not outlive `exec`.
pub fn end_as_others_do() {
    if process::id() != 1 {
        return;
    }
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        // Without it all is as it was.
        let _ =
            register_conditional_shutdown(signal, ENDED + signal, Arc::new(AtomicBool::new(true)));
    }
}
