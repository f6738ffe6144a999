//! How the user wrote the config, walked side by side with what the framework made of it: text that came out of a variable may be
//! a secret that somebody resolved too early.

use serde_json::Value;

use super::variable::{Piece, Variable, pieces};

/// The place of the written config that belongs to a place of the resolved one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written<'a>(Known<'a>);

#[derive(Debug, Clone, Copy, Default)]
enum Known<'a> {
    /// Nobody could tell: the config is a program, or does not fit to what it became.
    #[default]
    Nothing,
    /// This stands there.
    Here(&'a Value),
    /// A text above stands for all that is here.
    Within(&'a str),
}

/// Where a text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// It was written so, or came out of what is as public as the config.
    Literal,
    /// Nobody can tell.
    Unknown,
    /// Out of literal text and variables.
    Built {
        /// As it was written.
        written: &'a str,
        /// Whether one of the variables is of a store of secrets.
        secret: bool,
    },
    /// Out of variables and nothing else, but for punctuation.
    Whole {
        /// As it was written.
        written: &'a str,
        /// Whether one of the variables is of a store of secrets.
        secret: bool,
    },
}

impl<'a> From<Option<&'a Value>> for Written<'a> {
    fn from(written: Option<&'a Value>) -> Self {
        Self(written.map_or(Known::Nothing, Known::Here))
    }
}

impl<'a> Written<'a> {
    /// What belongs to a list's item.
    #[must_use]
    pub fn item(self, index: usize) -> Self {
        self.below(|list| list.get(index).filter(|_| list.is_array()))
    }

    /// What belongs to a map's value.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.below(|map| map.get(key).filter(|_| map.is_object()))
    }

    fn below(self, within: impl FnOnce(&'a Value) -> Option<&'a Value>) -> Self {
        if let Some(text) = self.text() {
            return Self(Known::Within(text));
        }
        Self(match self.0 {
            Known::Here(value) => within(value).map_or(Known::Nothing, Known::Here),
            Known::Within(_) | Known::Nothing => Known::Nothing,
        })
    }

    /// Whether a map's key is as public as the config; in a program keys are written out as a rule.
    #[must_use]
    pub fn is_public_key(self, key: &str) -> bool {
        match (self.0, self.text()) {
            (Known::Here(Value::Object(map)), _) => map.contains_key(key),
            (Known::Nothing, _) => true,
            (_, Some(text)) => only_literal(&pieces(text)),
            (_, None) => false,
        }
    }

    /// The text that stands for all of this, as it was written.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        match self.0 {
            Known::Here(value) => value.as_str(),
            Known::Within(text) => Some(text),
            Known::Nothing => None,
        }
    }

    /// Where a text of the resolved config came from.
    #[must_use]
    pub fn origin(self, text: &str) -> Origin<'a> {
        let Some(written) = self.text() else {
            return Origin::Unknown;
        };
        let within = matches!(self.0, Known::Within(_));
        let pieces = pieces(written);
        let mut variables = variables(&pieces).peekable();
        if variables.peek().is_none() {
            // A text without variables is what it says, but for an escaped dollar sign.
            let same = written == text || written.replace("\\${", "${") == text;
            return if same && !within {
                Origin::Literal
            } else {
                Origin::Unknown
            };
        }
        let secret = variables.any(Variable::is_secret);
        if only_literal(&pieces) || (!secret && is_quoted(written, text)) {
            return Origin::Literal;
        }
        if within || !pieces.iter().any(tells_something) {
            Origin::Whole { written, secret }
        } else {
            Origin::Built { written, secret }
        }
    }
}

fn variables<'a, 'p>(pieces: &'p [Piece<'a>]) -> impl Iterator<Item = Variable<'a>> + 'p {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Variable(variable) => Some(*variable),
        Piece::Literal(_) => None,
    })
}

fn only_literal(pieces: &[Piece<'_>]) -> bool {
    variables(pieces).all(Variable::is_literal)
}

/// A slash before a variable, or punctuation between two, makes no path of them.
fn tells_something(piece: &Piece<'_>) -> bool {
    match piece {
        Piece::Literal(text) => text.contains(char::is_alphanumeric) || text.ends_with("/*"),
        Piece::Variable(variable) => variable.is_literal(),
    }
}

/// Whether a text stands in quotes within the written one: the value that a variable has for want of another.
fn is_quoted(written: &str, text: &str) -> bool {
    ['\'', '"']
        .iter()
        .any(|quote| written.contains(&format!("{quote}{text}{quote}")))
}

#[cfg(test)]
mod tests;
