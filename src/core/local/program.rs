//! Another program, run to its end: without a shell, without input, for a bounded time, its output bounded.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// No program that is run here has more to say.
const LONGEST_OUTPUT: u64 = 64 * 1024;
/// Between two looks whether it has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// What it said, and how it ended.
pub struct Ended {
    /// Its end.
    pub status: ExitStatus,
    /// Its output, which may be a key.
    pub output: Zeroizing<Vec<u8>>,
    /// What it complained of.
    pub complaint: Zeroizing<Vec<u8>>,
}

/// Why it did not end well.
#[derive(Debug, thiserror::Error)]
pub enum NotRun {
    /// It could not be started.
    #[error("it cannot be run: {0}")]
    Start(#[from] io::Error),
    /// It was stopped.
    #[error("it had not ended after {} s", .0.as_secs())]
    Late(Duration),
}

/// Runs it.
///
/// # Errors
/// It cannot be started, or has not ended in time; then it is killed.
pub fn run(command: &mut Command, limit: Duration) -> Result<Ended, NotRun> {
    let deadline = Instant::now() + limit;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let output = read(child.stdout.take());
    let complaint = read(child.stderr.take());
    let ended = wait(&mut child, deadline).map_err(|error| {
        // It may have ended by itself in between.
        let _ = child.kill();
        let _ = child.wait();
        error.map_or(NotRun::Late(limit), NotRun::Start)
    });
    let status = ended?;
    // A program of its own that it has left behind may hold its output open.
    let rest = |text: &mpsc::Receiver<_>| {
        let left = deadline.saturating_duration_since(Instant::now());
        text.recv_timeout(left).map_err(|_| NotRun::Late(limit))
    };
    Ok(Ended {
        status,
        output: rest(&output)?,
        complaint: rest(&complaint)?,
    })
}

/// `Err(None)`: the time is over.
fn wait(child: &mut Child, deadline: Instant) -> Result<ExitStatus, Option<io::Error>> {
    loop {
        if let Some(status) = child.try_wait().map_err(Some)? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            return Err(None);
        }
        thread::sleep(PAUSE);
    }
}

/// Reads beside, so that a program that says much does not wait for us for ever.
fn read(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Zeroizing<Vec<u8>>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Zeroizing::new(Vec::new());
        if let Some(mut pipe) = pipe {
            // What cannot be read is not there; the status tells the rest.
            let _ = pipe.by_ref().take(LONGEST_OUTPUT).read_to_end(&mut text);
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
        // Nobody may be waiting any more.
        let _ = send.send(text);
    });
    receive
}

#[cfg(test)]
mod tests;
