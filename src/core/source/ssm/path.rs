//! A path of the config: whether it may be a secret that somebody resolved too early, and what else it was mistaken for.

use super::name::{Parameter, Reason};
use super::variable::parameter;
use crate::config::Text;
use crate::config::text::{LONGEST_UNKNOWN, is_name, size_of};
use crate::config::variable::{Piece, pieces};
use crate::config::written::{Origin, Written};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// What is wrong with a path before anybody is asked for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    /// Parameter Store would refuse it.
    #[error("Parameter Store has no parameter {described}: {reason}")]
    Name { described: Shown, reason: String },
    /// A variable has given the secret where its path belongs.
    #[error("`{written}` gives the secret itself, and what belongs here is its path")]
    Secret { written: Shown, path: Option<Shown> },
    /// A variable has given what may be a secret.
    #[error(
        "what `{written}` gives is no path: what comes whole out of a variable must begin with `/` or `arn:`, and may else be a secret, so it is not shown"
    )]
    Variable { written: Shown },
    /// The config is a program, and its text may be a secret.
    #[error(
        "the path, {size}, begins neither with `/` nor with `arn:` and does not stand in the config just so: it may be a secret that was resolved already, so it is not shown"
    )]
    Unknown { size: Shown },
    /// `${AWS::Region}` in a path.
    #[error("`{variable}` is resolved by CloudFormation, if by anybody, long after the bake")]
    CloudFormation { variable: Shown },
    /// `ssm:/path`.
    #[error("a path of Parameter Store has no `ssm:` before it")]
    Scheme { meant: Option<Shown> },
    /// A prefix where a single parameter must stand.
    #[error("`{path}` stands for many secrets, which are named by the rest of their paths")]
    NamedPrefix { path: Shown },
    /// A Secrets Manager reference, which Parameter Store shows in plaintext only.
    #[error(
        "`{path}` is a secret of Secrets Manager: Parameter Store shows it only decrypted, so there is no ciphertext to bake"
    )]
    SecretsManager { path: Shown },
}

impl Explain for BadPath {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        let baker = &caller.baker;
        Some(match self {
            Self::Name { .. } => return None,
            Self::Secret { path: Some(path), .. } => format!("write the path itself: `{path}`; {baker} fetches its ciphertext, and nobody decrypts it on the way"),
            Self::Secret { path: None, .. } => format!("write the path itself, such as `/path/to/parameter`; {baker} fetches its ciphertext from Parameter Store, and nobody decrypts it on the way"),
            Self::Variable { .. } => "write the path itself; if the variable holds the secret, store that as a SecureString parameter and write the parameter's path".into(),
            Self::Unknown { .. } => "write the parameter's whole path or its ARN, or a name without `/` in the config itself".into(),
            Self::CloudFormation { .. } => caller.write_it_out.clone(),
            Self::Scheme { meant: Some(meant) } => format!("write `{meant}`"),
            Self::Scheme { meant: None } => "write the path alone, which begins with `/`".into(),
            Self::NamedPrefix { path } => format!("write `{{ path: {path} }}` in a list"),
            Self::SecretsManager { .. } => "store the value as a SecureString parameter under a customer managed key".into(),
        })
    }
}

impl BadPath {
    /// Parameter Store has nothing of that name.
    #[must_use]
    pub fn name(path: &Text, reason: &Reason) -> Self {
        Self::Name {
            described: described(path),
            reason: reason.said(path.is_public()),
        }
    }
}

/// What the caller writes for a text whose origin it could not find. Nobody has written it so: it is not told.
const EXPRESSION: &str = "${expression:*}";

/// A path, or an item of a list, which is name and path in one.
///
/// # Errors
/// It may be a secret that somebody resolved too early.
pub fn read(value: &str, written: Written<'_>, is_item: bool) -> Result<Text, BadPath> {
    match written.origin(value) {
        Origin::Literal => Ok(Text::public(value)),
        Origin::Whole {
            written,
            secret: true,
        } => Err(secret(written)),
        // The slash may have been written before it: that tells nothing of what the variable holds.
        Origin::Whole { written, .. } if written.trim_start().starts_with('/') => {
            Ok(Text::hidden(value, written))
        }
        Origin::Whole { written, .. } if begins_like_a_path(value) => Ok(fitting(value, written)),
        Origin::Whole { written, .. } if written.trim() != EXPRESSION => Err(BadPath::Variable {
            written: written.into(),
        }),
        Origin::Built {
            written,
            secret: true,
        } => Ok(Text::hidden(value, written)),
        Origin::Built { written, .. } => Ok(fitting(value, written)),
        Origin::Unknown if begins_like_a_path(value) || (is_item && is_name(value)) => {
            Ok(fitting(value, &size_of(value)))
        }
        Origin::Whole { .. } | Origin::Unknown => Err(BadPath::Unknown {
            size: size_of(value).into(),
        }),
    }
}

/// A path as far as it may be shown before it is taken.
#[must_use]
pub fn shows(value: &str, written: Written<'_>) -> Option<Shown> {
    let path = read(value, written, false).ok();
    let path = path.filter(Text::is_public)?;
    Some(path.shown().clone())
}

/// Shown if it looks like a path or name.
fn fitting(value: &str, written: &str) -> Text {
    let path = value.strip_suffix("/*").unwrap_or(value);
    if is_name(value) || (begins_like_a_path(value) && path.chars().all(is_of_path)) {
        Text::public(value)
    } else {
        Text::hidden(value, written)
    }
}

fn secret(written: &str) -> BadPath {
    let path = match pieces(written.trim())[..] {
        [Piece::Variable(variable)] => parameter(variable),
        _ => None,
    };
    BadPath::Secret {
        written: written.into(),
        path: path.map(Shown::from),
    }
}

/// What the user took a path for, where that can be told.
#[must_use]
pub fn misread(path: &Text) -> Option<BadPath> {
    let text = path.value();
    if let Some(at) = text.find("${") {
        let end = text[at..].find('}').map_or(text.len(), |end| at + end + 1);
        let variable = &text[at..end];
        let shown = if path.is_public() || variable.starts_with("${AWS::") {
            Shown::of(variable)
        } else {
            "${...}".into()
        };
        return Some(BadPath::CloudFormation { variable: shown });
    }
    let scheme = text
        .get(..4)
        .filter(|scheme| scheme.eq_ignore_ascii_case("ssm:"))?;
    let rest = text[scheme.len()..].strip_prefix('/')?;
    let meant = format!("/{}", rest.trim_start_matches('/'));
    let tells = path.is_public() && Parameter::parse(&meant).is_ok();
    Some(BadPath::Scheme {
        meant: tells.then(|| meant.into()),
    })
}

/// "named `x`", or what else can be said of a text that is no parameter's name.
fn described(path: &Text) -> Shown {
    let (value, size) = (path.value(), size_of(path.value()));
    if !path.is_public() {
        let unwritten = path.shown().as_str() == size;
        return if unwritten {
            format!("of the name that is set there, {}", path.shown()).into()
        } else {
            format!("of the name that `{}` gives", path.shown()).into()
        };
    }
    if value.chars().count() <= LONGEST_UNKNOWN && value.chars().all(is_of_path) {
        return format!("named `{}`", path.shown()).into();
    }
    // Enough to find it by, and too little to be a secret.
    let few = (value.chars().count() / 4).min(4);
    let beginning: String = value.chars().take(few).collect();
    if beginning.is_empty() {
        format!("of the name that is set there, {size}").into()
    } else {
        format!("of the name that is set there, {size} that begins with `{beginning}`").into()
    }
}

fn begins_like_a_path(text: &str) -> bool {
    text.starts_with('/') || text.starts_with("arn:")
}

fn is_of_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':')
}
