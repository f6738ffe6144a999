//! What the user of a program that makes variables of secrets calls things.

/// Parts of sentences.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// What chooses the secrets: `SECRET_BAKER_ENV`.
    pub choice: &'static str,
    /// What takes a choice back: `unset it`.
    pub no_choice: &'static str,
    /// Where a command must be: `in the artefact or the image`.
    pub place: &'static str,
}
