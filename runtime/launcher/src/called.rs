//! What the launcher's own messages call things.

use secret_baker_launcher::words::Words;

/// Of the environment that Lambda gives it.
pub const WORDS: Words = Words {
    choice: "SECRET_BAKER_ENV",
    no_choice: "unset it",
    place: "in the artefact or the image",
};
