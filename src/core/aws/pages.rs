//! An answer in pages, of a service that speaks JSON.

use serde_json::Value;

use super::json_call::JsonService;
use super::trouble::Trouble;

/// How an action gives its pages.
#[derive(Debug, Clone, Copy)]
pub struct Paged {
    /// The action.
    pub action: &'static str,
    /// Where a page has its items.
    pub items: &'static str,
    /// Where a page tells that there is a next one; what stands there is asked for in a `next` of the request.
    pub more: &'static str,
    /// Where the request names the page.
    pub next: &'static str,
}

/// The items of all pages, those that are empty but for a next one too. The time for all calls ends pages that never end.
///
/// # Errors
/// Those of a call.
pub async fn all(
    service: &JsonService,
    paged: Paged,
    mut request: Value,
) -> Result<Vec<Value>, Trouble> {
    let mut all = Vec::new();
    loop {
        let mut page = service.call(paged.action, &request).await?;
        if let Some(Value::Array(items)) = page.get_mut(paged.items).map(Value::take) {
            all.extend(items);
        }
        match page.get_mut(paged.more).map(Value::take) {
            None | Some(Value::Null) => return Ok(all),
            Some(Value::String(token)) if token.is_empty() => return Ok(all),
            Some(next) => request[paged.next] = next,
        }
    }
}
