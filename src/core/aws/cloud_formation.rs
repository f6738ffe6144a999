//! `CloudFormation`: which functions a stack has.

use std::sync::Arc;

use super::Aws;
use super::calls::Calls;
use super::endpoint::CLOUDFORMATION;
use super::query_call::{Api, Element, NextPage, QueryService};
use super::trouble::Trouble;
use crate::failure::Failure;

const API: Api = Api {
    service: CLOUDFORMATION,
    version: "2010-05-15",
};
/// Tells what a stack has.
pub const LIST_STACK_RESOURCES: &str = "cloudformation:ListStackResources";

/// What a stack has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its id in the template.
    pub id: String,
    /// What its own service calls it: a function's name, a stack's ARN.
    pub name: String,
}

/// What a stack has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stack {
    /// Its functions, in the order of `CloudFormation`.
    pub functions: Vec<Resource>,
    /// Its nested stacks, in the same order.
    pub nested: Vec<Resource>,
}

/// `CloudFormation` in one region.
pub struct CloudFormation {
    service: QueryService,
}

impl CloudFormation {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws) -> Result<Self, Failure> {
        let region = aws.region().await?;
        let service = QueryService::of(aws, API, region).await?;
        Ok(Self { service })
    }

    /// Its calls, which tell where it is.
    #[must_use]
    pub fn calls(&self) -> &Arc<Calls> {
        &self.service.calls
    }

    /// What a stack has, by its name or ARN.
    ///
    /// # Errors
    /// `ValidationError`: there is none of that name; any other trouble of the calls.
    pub async fn stack(&self, name: &str) -> Result<Stack, Trouble> {
        let asked = vec![("StackName".to_owned(), name.to_owned())];
        let next: NextPage = |page| page.text_of("NextToken").filter(|next| !next.is_empty());
        let paging = ("NextToken", next);
        let pages = self
            .service
            .pages("ListStackResources", &asked, paging)
            .await?;
        let mut stack = Stack::default();
        for page in pages.ok_or_else(odd)? {
            add(&mut stack, &page).ok_or_else(odd)?;
        }
        Ok(stack)
    }
}

/// `None`: it is no page of resources. What is deleted, or was never made, has no code.
fn add(stack: &mut Stack, page: &Element) -> Option<()> {
    page.child("StackResourceSummaries")?;
    for resource in page.members("StackResourceSummaries") {
        let id = resource.text_of("LogicalResourceId")?.to_owned();
        let name = resource.text_of("PhysicalResourceId").unwrap_or_default();
        let is_gone = resource.text_of("ResourceStatus") == Some("DELETE_COMPLETE");
        if is_gone || name.is_empty() {
            continue;
        }
        let name = name.to_owned();
        match resource.text_of("ResourceType")? {
            "AWS::Lambda::Function" => stack.functions.push(Resource { id, name }),
            "AWS::CloudFormation::Stack" => stack.nested.push(Resource { id, name }),
            _ => {}
        }
    }
    Some(())
}

fn odd() -> Trouble {
    Trouble::no_answer("what came back does not tell a stack's resources")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(name: &str, children: Vec<Element>) -> Element {
        let (name, text) = (name.to_owned(), String::new());
        Element {
            name,
            text,
            children,
        }
    }

    fn resource(id: &str, name: &str, kind: &str, status: &str) -> Element {
        let texts = [
            ("LogicalResourceId", id),
            ("PhysicalResourceId", name),
            ("ResourceType", kind),
            ("ResourceStatus", status),
        ];
        let text = |(name, text): (&str, &str)| Element {
            name: name.into(),
            text: text.into(),
            children: Vec::new(),
        };
        element("member", texts.into_iter().map(text).collect())
    }

    #[test]
    fn the_functions_that_are_there_and_the_nested_stacks() {
        let function = "AWS::Lambda::Function";
        let all = vec![
            resource("A", "shop-a", function, "CREATE_COMPLETE"),
            resource("B", "shop-b", function, "DELETE_COMPLETE"),
            resource("C", "", function, "CREATE_FAILED"),
            resource("N", "arn", "AWS::CloudFormation::Stack", "CREATE_COMPLETE"),
            resource("R", "role", "AWS::IAM::Role", "CREATE_COMPLETE"),
        ];
        let page = element("R", vec![element("StackResourceSummaries", all)]);
        let mut stack = Stack::default();
        add(&mut stack, &page).unwrap();
        let of = |id: &str, name: &str| Resource {
            id: id.into(),
            name: name.into(),
        };
        assert_eq!(stack.functions, [of("A", "shop-a")]);
        assert_eq!(stack.nested, [of("N", "arn")]);
        assert!(add(&mut stack, &element("R", Vec::new())).is_none());
    }
}
