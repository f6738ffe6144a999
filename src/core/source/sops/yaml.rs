//! YAML: one document, its anchors followed as far as anybody needs.

use serde::de::DeserializeSeed as _;
use serde_json::Value;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::AliasLimits;
use serde_saphyr::{Budget, DuplicateKeyPolicy, Error, MergeKeyPolicy, Options};

use super::tree::{DEPTH, Fault, LEAVES, Node, Tell, Unread, Walk};

/// Tells each value, those of an alias anew, and gives what stands under `sops`.
///
/// # Errors
/// It is no map, has several documents, or more than anybody writes.
pub fn walk(text: &str, tell: Tell<'_>) -> Result<Option<Value>, Unread> {
    let mut walk = Walk::new(tell);
    let node = Node(&mut walk);
    let walked = serde_saphyr::with_deserializer_from_str_with_options(text, options(), |yaml| {
        node.deserialize(yaml)
    });
    match walked {
        Ok(()) => Ok(walk.metadata),
        Err(error) => Err(Unread {
            fault: walk.fault.unwrap_or_else(|| fault(&error)),
            line: error.location().map_or(0, |location| location.line()),
        }),
    }
}

/// The bounds, and what SOPS makes of YAML.
#[must_use]
pub fn options() -> Options {
    let mut budget = Budget::default();
    budget.max_depth = DEPTH + 1;
    budget.max_aliases = LEAVES;
    budget.max_anchors = LEAVES;
    let mut aliases = AliasLimits::default();
    aliases.max_total_replayed_events = 2 * LEAVES;
    let mut options = Options::default();
    options.budget = Some(budget);
    options.alias_limits = aliases;
    // The walk tells them as it does those of JSON.
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    // SOPS has merged nothing: `<<` is a key like others in what a value is bound to.
    options.merge_keys = MergeKeyPolicy::AsOrdinary;
    options.strict_booleans = true;
    options.with_snippet = false;
    options
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::MultipleDocuments { .. } => Fault::Documents,
        Error::Budget {
            breach: BudgetBreach::Depth { .. },
            ..
        } => Fault::Deep,
        Error::Budget { .. } => Fault::Many,
        _ => Fault::Syntax,
    }
}
