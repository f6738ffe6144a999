//! Which names of environment variables a secret may have: one rule for all that set them.

use crate::contract::{Code, ONLY_NAMED, RESERVED, hint};
use crate::error::Problem;
use crate::plaintext::Secret;

/// Whether a secret may become the variable of that name. `chosen` says that it was chosen by its name, and not as
/// one of all.
///
/// # Errors
/// [`Code::NotAVariable`] for a name that no variable has, and for one that belongs to the runtime, a loader or AWS.
pub fn check_name(name: &str, chosen: bool) -> Result<(), Problem> {
    let is_in = |patterns: &[&str]| patterns.iter().any(|pattern| fits(name, pattern));
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(Problem::new(
            Code::NotAVariable,
            format!("`{name}` is empty or holds `=` or NUL"),
        ));
    }
    if is_in(RESERVED) {
        return Err(Problem::hinted(
            Code::NotAVariable,
            format!("`{name}` is reserved"),
            hint::NOT_A_VARIABLE_RESERVED,
        ));
    }
    if !chosen && is_in(ONLY_NAMED) {
        return Err(Problem::hinted(
            Code::NotAVariable,
            format!("`{name}` was not chosen by its name"),
            hint::NOT_A_VARIABLE_ONLY_NAMED,
        ));
    }
    Ok(())
}

/// Whether a variable can hold the plaintext.
///
/// # Errors
/// [`Code::NotAVariable`] for one that holds NUL.
pub fn check_value(plaintext: &Secret) -> Result<(), Problem> {
    if plaintext.expose().contains('\0') {
        return Err(Problem::new(Code::NotAVariable, "its value holds NUL"));
    }
    Ok(())
}

/// The problem of two secrets that would be one variable.
#[must_use]
pub fn twice(name: &str) -> Problem {
    Problem::hinted(
        Code::NotAVariable,
        format!("both would be `{name}`"),
        hint::NOT_A_VARIABLE_TWICE,
    )
}

/// `*` stands for any beginning or end.
fn fits(name: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (None, Some(beginning)) => name.starts_with(beginning),
        (None, None) => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, chosen: bool) -> String {
        let problem = check_name(name, chosen).unwrap_err();
        assert_eq!(problem.code, Code::NotAVariable);
        problem.to_string()
    }

    #[test]
    fn what_is_reserved_is_refused_however_it_was_chosen() {
        for name in [
            "PATH",
            "HOME",
            "LD_PRELOAD",
            "AWS_ENDPOINT_URL",
            "_HANDLER",
            "NODE_OPTIONS",
            "OPENSSL_CONF",
            "OPENSSL_MODULES",
            "NODE_TLS_REJECT_UNAUTHORIZED",
            "NODE_EXTRA_CA_CERTS",
            "SSL_CERT_FILE",
            "GEM_PATH",
            "ERL_AFLAGS",
            "DOTNET_ADDITIONAL_DEPS",
            "BASH_FUNC_a%%",
            "COR_PROFILER_PATH",
            "SECRET_BAKER_FILE",
        ] {
            for chosen in [true, false] {
                assert!(
                    refused(name, chosen).contains("is reserved; that variable belongs"),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn some_are_set_only_where_they_are_named() {
        for name in ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "ENV"] {
            assert!(
                refused(name, false).contains("only where it is chosen by its name"),
                "{name}"
            );
            check_name(name, true).unwrap();
        }
    }

    #[test]
    fn a_name_that_no_variable_has_is_refused() {
        for name in ["", "A=B", "A\0B"] {
            assert!(refused(name, true).contains("empty or holds"), "{name:?}");
        }
    }

    #[test]
    fn what_only_looks_so_is_free() {
        for name in [
            "PATHS",
            "MY_AWS_KEY",
            "LDAP",
            "HOMEPAGE",
            "ENVIRONMENT",
            "PROXY_HOST",
            "Path",
        ] {
            check_name(name, false).unwrap();
        }
    }
}
