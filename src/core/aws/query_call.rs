//! A call of a service that speaks AWS' query protocol: a form goes out, XML comes back.

use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_types::error::ErrorMetadata;
use roxmltree::{Document, Node};
use url::form_urlencoded::Serializer;

use super::Aws;
use super::calls::Calls;
use super::endpoint::Service;
use super::signed_call::{Ask, SignedService};
use super::trouble::Trouble;
use crate::contract;
use crate::failure::Failure;

/// Deeper than any answer: an end for what a stranger nests.
const DEPTH: usize = 32;

/// How a service is spoken to.
#[derive(Debug, Clone, Copy)]
pub struct Api {
    /// Whose it is.
    pub service: Service,
    /// A date: `2010-05-08`.
    pub version: &'static str,
}

/// An element of an answer: of one without others below it the text, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Without a prefix.
    pub name: String,
    /// What it says; empty where others stand in it.
    pub text: String,
    /// Those in it, in their order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first one of this name in it.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first one of this name in it.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// The members of a list of this name; none where there is no such list.
    pub fn members(&self, name: &str) -> impl Iterator<Item = &Self> {
        let list = self.child(name).into_iter();
        list.flat_map(|list| list.children.iter().filter(|child| child.name == "member"))
    }
}

/// More than are ever asked for: an end for what a strange service pages for ever.
const PAGES: usize = 50;

/// Finds in a page what names the next one.
pub type NextPage = for<'a> fn(&'a Element) -> Option<&'a str>;

/// A service, in the one place that it has for a region.
pub struct QueryService {
    /// Its calls, for their pace.
    pub calls: Arc<Calls>,
    api: Api,
    service: SignedService<Element>,
}

impl QueryService {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws, api: Api, region: &str) -> Result<Self, Failure> {
        let service = SignedService::of(aws, api.service, region, read).await?;
        Ok(Self {
            calls: Arc::clone(&service.calls),
            api,
            service,
        })
    }

    /// All pages of an answer: where `next` finds the name of one more in a page, that is asked for as `parameter`. `None`: they have no
    /// end.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn pages(
        &self,
        action: &str,
        asked: &[(String, String)],
        (parameter, next): (&str, NextPage),
    ) -> Result<Option<Vec<Element>>, Trouble> {
        let mut parameters = asked.to_vec();
        let mut pages = Vec::new();
        while pages.len() < PAGES {
            let page = self.call(action, &parameters).await?;
            parameters.truncate(asked.len());
            parameters.extend(next(&page).map(|name| (parameter.to_owned(), name.to_owned())));
            pages.push(page);
            if parameters.len() == asked.len() {
                return Ok(Some(pages));
            }
        }
        Ok(None)
    }

    /// Makes one call with these parameters, at the pace of all. Returns the answer's `...Result`.
    ///
    /// # Errors
    /// The last attempt's.
    pub async fn call(
        &self,
        action: &str,
        parameters: &[(String, String)],
    ) -> Result<Element, Trouble> {
        let ask = Ask {
            method: "POST",
            path: "/".into(),
            headers: vec![(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8".into(),
            )],
            body: self.form(action, parameters),
        };
        let answer = self.service.call(ask).await?;
        let result = answer.child(&format!("{action}Result")).cloned();
        Ok(result.unwrap_or_default())
    }

    fn form(&self, action: &str, parameters: &[(String, String)]) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("Action", action);
        form.append_pair("Version", self.api.version);
        form.extend_pairs(parameters);
        form.finish()
    }
}

fn read(response: &HttpResponse) -> Result<Element, OrchestratorError<ErrorMetadata>> {
    let body = parse(response.body().bytes().unwrap_or_default());
    if response.status().is_success() {
        return body.map_err(|error| OrchestratorError::response(error.into()));
    }
    let body = body.unwrap_or_default();
    let error = body.child("Error");
    let mut refusal = ErrorMetadata::builder();
    let code = error.and_then(|error| error.text_of("Code"));
    if let Some(code) = code.filter(|code| contract::is_error_name(code)) {
        refusal = refusal.code(code);
    }
    if let Some(said) = error.and_then(|error| error.text_of("Message")) {
        refusal = refusal.message(said);
    }
    Err(OrchestratorError::operation(refusal.build()))
}

fn parse(bytes: &[u8]) -> Result<Element, String> {
    let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    element(document.root_element(), DEPTH).ok_or_else(|| "nested too deeply".into())
}

fn element(node: Node<'_, '_>, depth: usize) -> Option<Element> {
    let below = depth.checked_sub(1)?;
    let children = node.children().filter(Node::is_element);
    let children: Option<Vec<_>> = children.map(|child| element(child, below)).collect();
    let children = children?;
    let text = node.text().filter(|_| children.is_empty());
    Some(Element {
        name: node.tag_name().name().to_owned(),
        text: text.unwrap_or_default().to_owned(),
        children,
    })
}

#[cfg(test)]
mod tests;
