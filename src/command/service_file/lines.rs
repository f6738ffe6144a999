//! On which line of a config a place is.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser};
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::{Failure, Problem};

/// What lies deeper is told by the line of what it lies in.
const DEPTH: usize = 12;

/// The lines of a file's places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    file: String,
    of: BTreeMap<String, usize>,
}

/// A list or a map that has begun. What has no place is too deep, or stands where a key is.
enum Frame {
    List { place: Option<Place>, next: usize },
    Map { place: Option<Place>, key: Key },
}

/// Of a map's next event.
enum Key {
    /// It is a key.
    Awaited,
    /// It is the value of that key.
    Read(Option<Place>),
}

impl Lines {
    /// Those of a text, as far as it can be read.
    #[must_use]
    pub fn of(file: &str, text: &str) -> Self {
        let mut lines = Self {
            file: file.to_owned(),
            of: BTreeMap::new(),
        };
        let mut frames = Vec::new();
        for next in Parser::new_from_str(text) {
            let Ok((event, span)) = next else { break };
            let line = span.start.line();
            match event {
                Event::Scalar(said, ..) => drop(lines.node(&mut frames, Some(&said), line)),
                Event::Alias(_) => drop(lines.node(&mut frames, None, line)),
                Event::SequenceStart(..) => {
                    let place = lines.node(&mut frames, None, line);
                    frames.push(Frame::List { place, next: 0 });
                }
                Event::MappingStart(..) => {
                    let place = lines.node(&mut frames, None, line);
                    let key = Key::Awaited;
                    frames.push(Frame::Map { place, key });
                }
                Event::SequenceEnd | Event::MappingEnd => drop(frames.pop()),
                _ => {}
            }
        }
        lines
    }

    /// Notes a node's line. Returns its place; a key has none.
    fn node(&mut self, frames: &mut [Frame], said: Option<&str>, line: usize) -> Option<Place> {
        let is_outermost = frames.len() == 1;
        let is_deep = frames.len() > DEPTH;
        match frames.last_mut()? {
            Frame::List { place, next } => {
                let item = place
                    .as_ref()
                    .filter(|_| !is_deep)
                    .map(|place| place.item(*next));
                *next += 1;
                self.note(item.as_ref(), line);
                item
            }
            Frame::Map { key, .. } if matches!(key, Key::Read(_)) => {
                match std::mem::replace(key, Key::Awaited) {
                    Key::Read(place) => place,
                    Key::Awaited => None,
                }
            }
            Frame::Map { place, key } => {
                let below = said.filter(|_| !is_deep).and_then(|said| match place {
                    Some(place) => Some(place.key(said)),
                    None => is_outermost.then(|| Place::from(said)),
                });
                self.note(below.as_ref(), line);
                *key = Key::Read(below);
                None
            }
        }
    }

    fn note(&mut self, place: Option<&Place>, line: usize) {
        if let Some(place) = place {
            self.of.entry(place.to_string()).or_insert(line);
        }
    }

    /// The same failure, with the line of each problem that has a place in the file.
    #[must_use]
    pub fn located(&self, failure: Failure) -> Failure {
        let problems = failure.problems.into_iter().map(|problem| Problem {
            place: problem.place.map(|place| self.with_line(place)),
            ..problem
        });
        Failure {
            problems: problems.collect(),
        }
    }

    /// Of what is not there the line of what it should be in.
    fn with_line(&self, place: Place) -> Place {
        let whole = place.to_string();
        let mut rest = whole.as_str();
        loop {
            if let Some(line) = self.of.get(rest) {
                return Place::from(format!("{}:{line}: {whole}", self.file).as_str());
            }
            match rest.rfind(['.', '[']) {
                Some(end) => rest = &rest[..end],
                None => return place,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use secret_baker_core::config::place::Place;

    #[test]
    fn each_place_has_the_line_of_its_key_and_what_is_not_there_that_of_its_owner() {
        let text = "# first\nsecrets:\n  - { name: A,\n      path: /a }\n  - &b /b\noptions:\n  'x y': *b\n? [k]\n: 1\nlast: 1\n";
        let lines = Lines::of("c.yml", text);
        for (place, line) in [
            ("secrets", 2),
            ("secrets[0]", 3),
            ("secrets[0].path", 4),
            ("secrets[0].pth", 3),
            ("secrets[1]", 5),
            ("options[\"x y\"]", 7),
            ("options.none[2].x", 6),
            ("last", 10),
        ] {
            let told = lines.with_line(Place::from(place)).to_string();
            assert_eq!(told, format!("c.yml:{line}: {place}"));
        }
        let elsewhere = lines.with_line(Place::from("secret-baker.lock.json"));
        assert_eq!(elsewhere.to_string(), "secret-baker.lock.json");
    }
}
