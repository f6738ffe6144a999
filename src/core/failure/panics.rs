//! A panic is a mistake of ours: it becomes a failure that tells where it happened.

use std::any::Any;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, PoisonError};

use super::internal::Internal;

/// Where the last one happened: the payload that is caught does not say it, and a thread of ours may have ended with it.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// For the hook of a program that has one: keeps the place for `of_panic`.
pub fn remember(info: &PanicHookInfo<'_>) {
    let place = info
        .location()
        .map(|place| format!("{}:{}", short(place.file()), place.line()));
    *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
}

/// The end of a source file's path: its beginning tells of the machine that has built it.
fn short(file: &str) -> String {
    let parts: Vec<_> = file.rsplit(['/', '\\']).take(3).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

/// What a caught panic says.
#[must_use]
pub fn of_panic(panic: &(dyn Any + Send)) -> Internal {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("a panic without words");
    let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let said = place.map_or_else(|| text.to_owned(), |place| format!("{text} ({place})"));
    Internal { said: said.into() }
}
