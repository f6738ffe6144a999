//! Sets a value of a SOPS file, by the environment's credentials and identities: `set_in_sops FILE [FIELD] < VALUE`. What the core does
//! for whoever asks it to, in a process of its own.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use secret_baker_core::aws::{Aws, Connection};
use secret_baker_core::config::Text;
use secret_baker_core::failure::Caller;
use secret_baker_core::local::store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [file, field @ ..] = arguments.as_slice() else {
        return ExitCode::from(2);
    };
    let mut value = Vec::new();
    if std::io::stdin().read_to_end(&mut value).is_err() {
        return ExitCode::from(2);
    }
    let aws = Aws::new(Connection::default());
    let at = (Path::new("."), &Text::public(file));
    let field = field.first().map(String::as_str);
    match store::set(&aws, &|name| std::env::var_os(name), at, field, &value).await {
        Ok(written) => {
            let written = std::io::stdout().write_all(&written.bytes);
            written.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        Err(failure) => {
            eprintln!("{}", failure.told(&Caller::default()));
            ExitCode::FAILURE
        }
    }
}
