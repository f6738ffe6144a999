//! The program, for machines without Node.js.

use std::process::ExitCode;

use secret_baker_cli::{Host, Launchers, run};
use secret_baker_core::failure::panics;

fn main() -> ExitCode {
    // Whoever catches it says so in a sentence.
    std::panic::set_hook(Box::new(panics::remember));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("secret-baker: cannot start: {error}; give the process higher limits");
            return ExitCode::from(3);
        }
    };
    let host = Host::Program {
        called: "secret-baker".into(),
        surroundings: serde_json::Value::Null,
        // They come by npm.
        launchers: Launchers::new(),
    };
    let code = runtime.block_on(run(std::env::args_os().skip(1).collect(), host));
    // What is still being resolved need not be waited for.
    runtime.shutdown_background();
    ExitCode::from(code)
}
