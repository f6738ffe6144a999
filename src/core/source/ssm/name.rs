//! A parameter as it is asked for: a name or an ARN, with an optional version or label.
//!
//! The rules are those of Parameter Store's `GetParameters` (API reference, "Names") and
//! of its naming constraints. Only what it surely refuses is refused here.

use std::fmt;

use crate::contract;

/// Why Parameter Store has no parameter of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    says: String,
    /// The same, with a piece of the name in it.
    shows: Option<String>,
}

impl Reason {
    /// In words; with a piece of the name only where that is public.
    #[must_use]
    pub fn said(&self, public: bool) -> String {
        let shows = self.shows.as_ref().filter(|_| public);
        shows.unwrap_or(&self.says).clone()
    }
}

impl From<&str> for Reason {
    fn from(says: &str) -> Self {
        says.to_owned().into()
    }
}

impl From<String> for Reason {
    fn from(says: String) -> Self {
        Self { says, shows: None }
    }
}

/// One parameter, spelled as Parameter Store takes it. A part of it may have come out of a store of secrets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Parameter {
    asked: String,
    bare_len: usize,
    region: Option<String>,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter({} characters)", self.asked.chars().count())
    }
}

impl Parameter {
    /// Reads `name`, `name:version`, `name:label` and the same with an `arn:aws:ssm:...`.
    ///
    /// # Errors
    /// The reason why Parameter Store has no such parameter, without its path.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let (region, name_at) = if text.starts_with("arn:") {
            let arn = Arn::parse(text)?;
            (Some(arn.region.to_owned()), arn.name_at)
        } else {
            (None, 0)
        };
        let bare_len = match text[name_at..].find(':') {
            Some(colon) => {
                check_selector(&text[name_at + colon + 1..])?;
                name_at + colon
            }
            None => text.len(),
        };
        check_name(&text[name_at..bare_len], region.is_some())?;
        check_length(if name_at == 0 { SHORTEST_ARN_PREFIX } else { 0 } + bare_len)?;
        Ok(Self {
            asked: text.to_owned(),
            bare_len,
            region,
        })
    }

    /// As it stands in a request.
    #[must_use]
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// Without its version or label.
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.asked[..self.bare_len]
    }

    /// Its name, without ARN, version and label, as commands of the AWS CLI take it.
    #[must_use]
    pub fn name(&self) -> String {
        match self.bare().split_once(":parameter/") {
            Some((_, name)) if name.contains('/') => format!("/{}", name.trim_start_matches('/')),
            Some((_, name)) => name.to_owned(),
            None => self.bare().to_owned(),
        }
    }

    /// The version or label, without its colon.
    #[must_use]
    pub fn selector(&self) -> Option<&str> {
        self.asked.get(self.bare_len + 1..)
    }

    /// The region that its ARN names; `None` for a plain name.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The bare name without ARN prefix and leading slash: equal for two spellings that
    /// may mean the same parameter.
    #[must_use]
    pub fn stem(&self) -> &str {
        let bare = self.bare();
        let name = bare
            .split_once(":parameter/")
            .map_or(bare, |(_, name)| name);
        name.trim_start_matches('/')
    }
}

/// All parameters below a path: `/app/prod/*`. As `Parameter`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Prefix {
    path: String,
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefix({} characters)", self.path.chars().count())
    }
}

impl Prefix {
    /// Whether a path is meant as a prefix.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.ends_with("/*")
    }

    /// Reads `/app/prod/*`, and `/*` for all that begins with a slash.
    ///
    /// # Errors
    /// The reason why no parameter can stand below it.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let path = text.strip_suffix("/*").unwrap_or(text);
        if path.starts_with("arn:") {
            return Err("a prefix is a path such as `/app/prod/*`, not an ARN".into());
        }
        if !text.starts_with('/') {
            return Err("a prefix begins with `/`".into());
        }
        if !path.is_empty() {
            check_name(path, false)?;
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// The path as `GetParametersByPath` takes it.
    #[must_use]
    pub fn path(&self) -> &str {
        if self.path.is_empty() {
            "/"
        } else {
            &self.path
        }
    }

    /// The rest of a parameter's name below this path.
    #[must_use]
    pub fn rest_of<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix(&self.path)
            .unwrap_or(name)
            .trim_start_matches('/')
    }
}

/// Where the name begins inside `arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME`.
struct Arn<'a> {
    region: &'a str,
    name_at: usize,
}

impl<'a> Arn<'a> {
    fn parse(text: &'a str) -> Result<Self, Reason> {
        const SHAPE: &str = "an ARN reads `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`";
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().unwrap_or_default();
        let (_, partition, service, region, account, resource) =
            (next(), next(), next(), next(), next(), next());
        let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        if !contract::is_partition(partition)
            || service != "ssm"
            || region.is_empty()
            || !digits
            || !resource.starts_with("parameter/")
        {
            return Err(SHAPE.into());
        }
        check_region(partition, region)?;
        // `parameter` is not part of the name, its slash belongs to a hierarchy's.
        let name_at = text.len() - resource.len() + "parameter/".len();
        Ok(Self { region, name_at })
    }
}

fn check_region(partition: &str, region: &str) -> Result<(), Reason> {
    if !contract::is_region(region) {
        return Err(
            "what stands in its ARN in the place of the region is none, such as `eu-central-1`"
                .into(),
        );
    }
    let right = contract::partition_of(region);
    if contract::knows_partition(partition) && right != partition {
        let says = "the region of its ARN lies in another partition than its ARN says".to_owned();
        let shows = Some(format!(
            "the region {region} lies in the partition {right}, and its ARN says {partition}"
        ));
        return Err(Reason { says, shows });
    }
    Ok(())
}

/// `arn:aws:ssm:us-east-1:123456789012:parameter`: no parameter's prefix is shorter.
const SHORTEST_ARN_PREFIX: usize = 44;
const LONGEST_ARN: usize = 1011;
const MOST_LEVELS: usize = 15;

fn check_length(with_prefix: usize) -> Result<(), Reason> {
    if with_prefix > LONGEST_ARN {
        return Err(format!("with its ARN it is longer than {LONGEST_ARN} characters").into());
    }
    Ok(())
}

fn check_name(name: &str, in_arn: bool) -> Result<(), Reason> {
    if name.is_empty() {
        return Err("the name is empty".into());
    }
    if let Some(bad) = name.chars().find(|c| !is_name_character(*c)) {
        let says = "a name is made of letters, digits and `_.-/`".to_owned();
        let shows = Some(format!("{says}, and {bad:?} is none of them"));
        return Err(Reason { says, shows });
    }
    if !in_arn && !name.starts_with('/') && name.contains('/') {
        return Err("a name with levels begins with `/`".into());
    }
    if name.trim_start_matches('/').split('/').count() > MOST_LEVELS {
        return Err(format!("a name has at most {MOST_LEVELS} levels").into());
    }
    Ok(())
}

fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/')
}

/// A version is a number from 1; a label begins with no digit, nor with `aws` or `ssm`.
fn check_selector(selector: &str) -> Result<(), Reason> {
    if selector.bytes().all(|b| b.is_ascii_digit()) {
        return match selector.parse::<i64>() {
            Ok(1..) => Ok(()),
            _ => Err("after the colon stands a version from 1 or a label".into()),
        };
    }
    let lower = selector.to_ascii_lowercase();
    let allowed = selector
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if !allowed
        || selector.len() > 100
        || selector.starts_with(|c: char| c.is_ascii_digit())
        || lower.starts_with("aws")
        || lower.starts_with("ssm")
    {
        return Err("what stands after the colon is neither a version nor a label: a label has at most 100 letters, digits and `_.-`, and begins with no digit, `aws` or `ssm`".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
