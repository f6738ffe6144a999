//! Where the bundle lies.

use std::path::{Component, Path, PathBuf};

use crate::contract::FILE;
use crate::environment::Environment;

/// The paths at which the bundle is looked for, in this order, none twice.
pub(crate) fn places(environment: &Environment) -> Vec<PathBuf> {
    if let Some(file) = environment.path("SECRET_BAKER_FILE") {
        return vec![file];
    }
    let root = environment.path("LAMBDA_TASK_ROOT");
    let handler = environment.text("_HANDLER");
    let below = root
        .as_deref()
        .zip(handler.as_deref())
        .and_then(|(root, handler)| folder_of(root, handler));
    let program = std::env::current_exe()
        .ok()
        .and_then(|file| file.parent().map(Path::to_owned));
    let current = std::env::current_dir().ok();
    let mut places = Vec::new();
    for folder in [root, below, program, current].into_iter().flatten() {
        let place = folder.join(FILE);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The folder of a handler such as `src/app.handler`, which must lie below the root.
fn folder_of(root: &Path, handler: &str) -> Option<PathBuf> {
    let folder = Path::new(handler).parent()?;
    let below = folder
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    below.then(|| root.join(folder))
}
