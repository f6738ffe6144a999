//! The lock: made, brought up to the config, or renewed.

use secret_baker_core::failure::Failure;
use secret_baker_core::lock::Wish;
use secret_baker_core::source::Progress;
use secret_baker_core::{Baked, bake};

use crate::service::Service;

/// Bakes with a service's lock, and writes that; the bundle goes nowhere.
///
/// # Errors
/// Those of a bake, and of the file system.
pub async fn relock(
    service: &Service,
    wish: Wish,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let locking = service.locking(wish);
    let request = service.locked_request(&locking);
    let baked = bake(request, &service.caller, &service.connection, progress).await?;
    if let Some(relocked) = &baked.relocked {
        relocked.write()?;
    }
    Ok(baked)
}
