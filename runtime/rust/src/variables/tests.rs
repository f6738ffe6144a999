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
