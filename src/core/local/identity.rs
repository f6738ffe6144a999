//! The age identities of this machine, from where SOPS takes them.

use std::ffi::OsString;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, str};

use age::{ssh, x25519};
use zeroize::Zeroizing;

use super::program;
use crate::failure::shown::Shown;

/// No file of keys is longer.
const LONGEST: u64 = 256 * 1024;
/// For all commands together: some ask a person.
const PATIENCE: Duration = Duration::from_mins(1);

/// The variables of the environment, by their names.
pub type Variables<'a> = &'a (dyn Fn(&str) -> Option<OsString> + Send + Sync);

/// What can open an age file.
pub type Identity = Box<dyn age::Identity>;

/// What was found.
#[derive(Default)]
pub struct Identities {
    /// All that can be used.
    pub all: Vec<Identity>,
    /// What was there and cannot be used, in words: part of a message where nothing opens.
    pub passed: Vec<Shown>,
}

impl Identities {
    /// Those that lie in variables and files.
    #[must_use]
    pub fn of(variables: Variables<'_>) -> Self {
        let mut found = Self::default();
        for (path, from, must_exist) in ssh_files(variables) {
            found.ssh_file(&path, &from, must_exist);
        }
        if let Some(keys) = variables("SOPS_AGE_KEY") {
            let keys = Zeroizing::new(keys.to_string_lossy().into_owned());
            found.words(&keys, &"SOPS_AGE_KEY".into());
        }
        if let Some(file) = variables("SOPS_AGE_KEY_FILE") {
            found.file(Path::new(&file), &"SOPS_AGE_KEY_FILE".into(), true);
        }
        if let Some(file) = keys_file(variables) {
            found.file(&file, &Shown::path(&file), false);
        }
        found
    }

    /// Those that the commands of `SOPS_AGE_KEY_CMD` and `SOPS_AGE_SSH_PRIVATE_KEY_CMD` give for one of these recipients. Asked last: they
    /// may ask a person.
    #[must_use]
    pub fn of_commands(variables: Variables<'_>, recipients: &[&str]) -> Self {
        let deadline = Instant::now() + PATIENCE;
        let mut found = Self::default();
        let commands = ["SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"];
        for (variable, recipient) in commands
            .iter()
            .flat_map(|variable| recipients.iter().map(move |one| (*variable, one)))
        {
            let Some(command) = variables(variable).filter(|command| !command.is_empty()) else {
                continue;
            };
            let from = Shown::of(variable);
            match said_by(&command.to_string_lossy(), recipient, deadline) {
                Ok(keys) if variable == "SOPS_AGE_KEY_CMD" => found.lines(&keys, &from),
                Ok(key) => found.ssh(&key, &from),
                Err(why) => found.pass(&from, &why),
            }
        }
        found
    }

    fn pass(&mut self, from: &Shown, why: &str) {
        let passed = Shown::from(format!("{from} {why}"));
        if !self.passed.contains(&passed) {
            self.passed.push(passed);
        }
    }

    fn file(&mut self, path: &Path, from: &Shown, must_exist: bool) {
        match read(path, must_exist) {
            Ok(Some(keys)) => self.lines(&keys, from),
            Ok(None) => {}
            Err(why) => self.pass(from, &why),
        }
    }

    fn ssh_file(&mut self, path: &Path, from: &Shown, must_exist: bool) {
        match read(path, must_exist) {
            Ok(Some(key)) => self.ssh(&key, from),
            Ok(None) => {}
            Err(why) => self.pass(from, &why),
        }
    }

    /// One identity a line, as age has it.
    fn lines(&mut self, keys: &[u8], from: &Shown) {
        let Ok(keys) = str::from_utf8(keys) else {
            return self.pass(from, "is no text");
        };
        for (line, key) in keys.lines().map(str::trim).enumerate() {
            if !key.is_empty() && !key.starts_with('#') {
                self.native(key, from, line);
            }
        }
    }

    /// The variable alone may hold several on a line.
    fn words(&mut self, keys: &str, from: &Shown) {
        let lines = keys.lines().enumerate();
        for (line, key) in lines.filter(|(_, text)| !text.starts_with('#')) {
            for word in key.split_whitespace() {
                self.native(word, from, line);
            }
        }
    }

    fn native(&mut self, key: &str, from: &Shown, line: usize) {
        match key.parse::<x25519::Identity>() {
            Ok(identity) => self.all.push(Box::new(identity)),
            // Its own words may repeat a part of the key.
            Err(_) => self.pass(
                from,
                &format!(
                    "has on line {} what is no AGE-SECRET-KEY-1...: plugins and other kinds of keys are not used here",
                    line + 1
                ),
            ),
        }
    }

    fn ssh(&mut self, key: &[u8], from: &Shown) {
        match ssh::Identity::from_buffer(BufReader::new(key), None) {
            Ok(ssh::Identity::Unencrypted(key)) => {
                self.all.push(Box::new(ssh::Identity::Unencrypted(key)));
            }
            Ok(ssh::Identity::Encrypted(_)) => {
                self.pass(from, "is protected by a passphrase, which is not asked for");
            }
            Ok(ssh::Identity::Unsupported(_)) => {
                self.pass(from, "is an SSH key of a kind that age does not use");
            }
            Err(_) => self.pass(from, "is no private SSH key"),
        }
    }
}

/// Each with what a message calls it, and whether it must be there.
fn ssh_files(variables: Variables<'_>) -> Vec<(PathBuf, Shown, bool)> {
    let mut files = Vec::new();
    if let Some(file) = variables("SOPS_AGE_SSH_PRIVATE_KEY_FILE") {
        files.push((file.into(), "SOPS_AGE_SSH_PRIVATE_KEY_FILE".into(), true));
    }
    if let Some(home) = home(variables) {
        for name in ["id_ed25519", "id_rsa"] {
            let path = home.join(".ssh").join(name);
            let from = Shown::path(&path);
            files.push((path, from, false));
        }
    }
    files
}

/// SOPS's own file of keys, below the folder that Go calls the user's for configs.
#[must_use]
pub fn keys_file(variables: Variables<'_>) -> Option<PathBuf> {
    let given = |name| variables(name).filter(|folder| !folder.is_empty());
    let folder = if cfg!(windows) {
        PathBuf::from(given("AppData")?)
    } else if let Some(folder) = given("XDG_CONFIG_HOME") {
        PathBuf::from(folder)
    } else if cfg!(target_os = "macos") {
        home(variables)?.join("Library/Application Support")
    } else {
        home(variables)?.join(".config")
    };
    Some(folder.join("sops").join("age").join("keys.txt"))
}

fn home(variables: Variables<'_>) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let home = variables(name).filter(|home| !home.is_empty())?;
    Some(home.into())
}

/// `None`: it is not there, and need not be.
fn read(path: &Path, must_exist: bool) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(_) if !must_exist && !path.exists() => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    let mut keys = Zeroizing::new(Vec::new());
    let read = file.take(LONGEST + 1).read_to_end(&mut keys);
    read.map_err(|error| format!("cannot be read: {error}"))?;
    if keys.len() as u64 > LONGEST {
        return Err(format!("is longer than {} KiB", LONGEST / 1024));
    }
    Ok(Some(keys))
}

/// What a command says: no shell runs it, and it is told the recipient, as SOPS does.
fn said_by(
    command: &str,
    recipient: &str,
    deadline: Instant,
) -> Result<Zeroizing<Vec<u8>>, String> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let words = words.ok_or("is no command")?;
    let left = deadline.saturating_duration_since(Instant::now());
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .env("SOPS_AGE_RECIPIENT", recipient);
    let ended = program::run(&mut command, left);
    let ended = ended.map_err(|why| format!("gives none: {why}"))?;
    if !ended.status.success() {
        return Err(format!("gives none: it ended with {}", ended.status));
    }
    Ok(ended.output)
}

#[cfg(test)]
mod tests;
