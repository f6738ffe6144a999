//! What can be told before anything is packaged: whether each function asks for what there is, and no build context holds too much.

use std::path::Path;

use super::claims::claims;
use super::function::{Artefact, Function};
use super::launcher::Launchers;
use crate::bundle::Bundle;
use crate::failure::{Caller, Failure};

/// Sees what `put` would refuse, as far as no artefact needs to be there for it. Touches nothing. Relative paths start from `service`.
///
/// # Errors
/// Every function that asks for what there is not, at once.
pub fn foresee(
    functions: &[Function],
    bundle: &Bundle,
    service: &Path,
    caller: &Caller,
) -> Result<(), Failure> {
    let functions: Vec<_> = functions.iter().map(without_artefact).collect();
    let claims = claims(&functions, bundle, service, caller)?;
    Launchers::read(&claims)?;
    Ok(())
}

/// Which artefact it will be may change until all is packaged.
fn without_artefact(function: &Function) -> Function {
    let artefact = match &function.artefact {
        Artefact::Zip(_) | Artefact::Folder(_) => Artefact::Elsewhere,
        other => other.clone(),
    };
    Function {
        artefact,
        ..function.clone()
    }
}

#[cfg(test)]
mod tests;
