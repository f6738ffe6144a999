//! Opens a secret with the crate secret-baker.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

async fn hello(_: LambdaEvent<Value>) -> Result<Value, Error> {
    let password = secret_baker::secret("DB_PASSWORD").await?;
    let beginning: String = password.expose().chars().take(3).collect();
    let body = format!("the password begins with {beginning}");
    Ok(json!({ "statusCode": 200, "body": body }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(hello)).await
}
