//! What credentials need to be allowed.

use super::want::Reference;
use crate::source::permission::{Condition, On, Permission, Who, to_open as opens};
use crate::source::survey::{Survey, Told};

/// Under which credstash makes its data keys by default.
const KEY: &str = "alias/credstash";
const NOTICE: &str = "which key a credential of credstash is under stands nowhere: alias/credstash, its default, is taken for it";

/// No other item of the table.
pub fn to_read(reference: &Reference) -> Permission {
    Permission {
        who: Who::Deployment,
        place: reference.place.clone(),
        purpose: "ReadCredentials",
        actions: if reference.version.is_some() {
            &["dynamodb:GetItem"]
        } else {
            &["dynamodb:Query"]
        },
        on: On::Own {
            service: "dynamodb",
            region: reference.region.clone(),
            resource: format!("table/{}", reference.table),
        },
        conditions: vec![Condition {
            operator: "ForAllValues:StringEquals",
            key: "dynamodb:LeadingKeys".to_owned(),
            value: reference.credential.value().to_owned(),
        }],
        notice: None,
    }
}

pub fn to_open(reference: &Reference, told: &Survey) -> Permission {
    let mut opened = opens(told, "OpenCredentials", reference.context.as_ref());
    if let On::Keys { keys, .. } = &mut opened.on {
        *keys = Told::Known(vec![KEY.to_owned()]);
    }
    Permission {
        notice: Some(NOTICE),
        ..opened
    }
}
