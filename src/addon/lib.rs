//! The border with JavaScript: the only crate that names napi.

mod artefact;
mod bundle;
mod caller;
mod command;
mod failure;
mod folder;
mod iam;
mod local;
mod session;

use napi_derive::{module_init, napi};
use secret_baker_core::failure::panics;

/// Which release this is: the plugin refuses another than its own.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Two workers: one signs the calls of a round while the other has the connections. More gain nothing, since a bake waits for the network.
#[module_init]
fn start() {
    // The default hook would print a stack to the user's terminal. It is that of this library's own Rust: nobody else's changes.
    std::panic::set_hook(Box::new(panics::remember));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("secret-baker")
        .enable_all()
        .build();
    // Without it napi starts a runtime of its own, which does as well.
    if let Ok(runtime) = runtime {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}
