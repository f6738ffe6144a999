//! The framework's variables, as they stand in a text of the config: `/app/${sls:stage}/db`.

/// A piece of a text as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// It stands for itself, as does what `CloudFormation` resolves.
    Literal(&'a str),
    /// The inside of `${...}`.
    Variable(Variable<'a>),
}

/// What stands between `${` and `}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable<'a>(&'a str);

/// Takes a text apart. What is no variable for the framework (`\${x:y}`, `${AWS::Region}`, `${Name}`) is literal.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find("${") {
        let start = at + found;
        let inside = &text[start + 2..];
        let length = length_of(inside);
        let variable = Variable(&inside[..length]);
        at = start + 2;
        if text[..start].ends_with('\\') || !variable.is_one() {
            continue;
        }
        if from < start {
            pieces.push(Piece::Literal(&text[from..start]));
        }
        pieces.push(Piece::Variable(variable));
        at = (start + 2 + length + 1).min(text.len());
        from = at;
    }
    if from < text.len() {
        pieces.push(Piece::Literal(&text[from..]));
    }
    pieces
}

/// How many bytes stand before the brace that closes a variable; all of them where none does.
fn length_of(inside: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in outside_quotes(inside) {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    // A quote that nothing closes is none: then the next brace ends it.
    inside.find('}').unwrap_or(inside.len())
}

/// One of the addresses that a variable may come from: the first, or what stands after a comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// Such as `ssm`; empty for a literal.
    pub kind: &'a str,
    /// Such as `eu-west-1`, of `ssm(eu-west-1):...`.
    pub parameters: Option<&'a str>,
    /// What is read there.
    pub within: &'a str,
}

impl<'a> Variable<'a> {
    /// `type:address` or `type(parameters)`, where the type is a word.
    fn is_one(self) -> bool {
        let begins = self.0.trim_start();
        let word = begins
            .find(|c: char| !is_of_word(c))
            .unwrap_or(begins.len());
        let after = &begins[word..];
        word > 0 && after.starts_with([':', '(']) && !after.starts_with("::")
    }

    fn addresses(self) -> Vec<Address<'a>> {
        split_at_commas(self.0)
            .into_iter()
            .map(Address::of)
            .collect()
    }

    /// The first of its addresses that is a store of secrets.
    #[must_use]
    pub fn store(self) -> Option<Address<'a>> {
        self.addresses().into_iter().find(Address::is_secret)
    }

    /// Whether a store of secrets may have given its value, at whatever depth it is named.
    #[must_use]
    pub fn is_secret(self) -> bool {
        self.addresses().iter().any(|address| {
            address.is_secret()
                || pieces(address.within).into_iter().any(Piece::is_secret)
                || pieces(address.parameters.unwrap_or_default())
                    .into_iter()
                    .any(Piece::is_secret)
        })
    }

    /// Whether its value is as public as the config itself.
    #[must_use]
    pub fn is_literal(self) -> bool {
        self.addresses().iter().all(|address| {
            let plain = !address.within.contains("${");
            let of_account = ["accountid", "region"]
                .iter()
                .any(|public| address.within.eq_ignore_ascii_case(public));
            match address.kind {
                "" | "sls" => plain,
                "self" => plain && !address.within.is_empty(),
                "aws" => of_account && address.parameters.is_none(),
                _ => false,
            }
        })
    }
}

impl Piece<'_> {
    fn is_secret(self) -> bool {
        matches!(self, Piece::Variable(variable) if variable.is_secret())
    }
}

impl<'a> Address<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.trim();
        let word = text.find(|c: char| !is_of_word(c)).unwrap_or(text.len());
        let (kind, after) = text.split_at(word);
        if let Some(within) = after.strip_prefix(':') {
            return Self {
                kind,
                parameters: None,
                within,
            };
        }
        if kind.is_empty() || !after.starts_with('(') {
            // Quoted, a number or a word: it stands for itself.
            return Self {
                kind: "",
                parameters: None,
                within: text,
            };
        }
        let end = after.rfind(')').unwrap_or(after.len());
        let parameters = after.get(1..end).unwrap_or_default();
        let rest = after.get(end + 1..).unwrap_or_default();
        let within = rest.strip_prefix(':').unwrap_or(rest);
        Self {
            kind,
            parameters: Some(parameters),
            within,
        }
    }

    /// The stores that are known by name, and whatever calls itself one.
    fn is_secret(&self) -> bool {
        let word = |text: &str| -> String {
            let plain = text.chars().filter(char::is_ascii_alphanumeric);
            plain.collect::<String>().to_ascii_lowercase()
        };
        let kind = word(self.kind);
        if kind == "aws" {
            let below = self.within.split([':', '(']).next().unwrap_or_default();
            return is_store(&word(below));
        }
        is_store(&kind)
    }
}

/// A store of secrets by the name of its variable, in lower case and without `-` and `_`.
fn is_store(kind: &str) -> bool {
    const NAMES: [&str; 30] = [
        "ssm",
        "asm",
        "gsm",
        "kms",
        "op",
        "onepassword",
        "1password",
        "hcv",
        "hcp",
        "doppler",
        "sops",
        "credstash",
        "infisical",
        "akeyless",
        "bitwarden",
        "bws",
        "lastpass",
        "lpass",
        "keeper",
        "conjur",
        "chamber",
        "gopass",
        "pass",
        "envkey",
        "strongbox",
        "azurekv",
        "akv",
        "dashlane",
        "age",
        "gpg",
    ];
    const PARTS: [&str; 6] = [
        "secret",
        "vault",
        "password",
        "ssm",
        "parameterstore",
        "decrypt",
    ];
    NAMES.contains(&kind) || PARTS.iter().any(|part| kind.contains(part))
}

/// Splits at the commas that stand in no quotes, braces or parentheses.
fn split_at_commas(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0_usize, 0, Vec::new());
    for (at, character) in outside_quotes(text) {
        match character {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// The characters that stand in no quotes, and where.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut open = None;
    text.char_indices().filter(move |(_, character)| {
        let is_quote = matches!(character, '\'' | '"');
        match open {
            Some(quote) if quote == *character => open = None,
            None if is_quote => open = Some(*character),
            _ => {}
        }
        open.is_none() && !is_quote
    })
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests;
